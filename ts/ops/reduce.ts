import { type OpRecord, record, tracks } from "../autograd/record.ts";
import { bool, type DType, type DTypeLike, int64, toDType, uint8 } from "../core/dtype.ts";
import { DtypeError, ShapeError } from "../core/errors.ts";
import { positional } from "../core/options.ts";
import { numelOf, type Shape, shapeText, wrapDims } from "../core/shape.ts";
import { cast } from "../tensor/raw.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { listed } from "./arguments.ts";
import { checkTensor } from "./dispatch.ts";
import { reduceBytes, reduceLines, spread } from "./lines.ts";
import { into } from "./out.ts";

/** One dimension, several, or null for all of them. */
export type Dims = number | readonly number[] | null;

export interface ReduceOptions {
  dim?: Dims;
  /** Keep the reduced dimensions with size 1; default false. */
  keepdim?: boolean;
  out?: Tensor;
}
export interface SumOptions extends ReduceOptions {
  /** The dtype to compute in and of the result; default the input's, int64 for a sum of integers and bool. */
  dtype?: DTypeLike | null;
}

interface Reduced {
  shape: Shape;
  dims: readonly number[];
  keepdim: boolean;
}
const sumFormula = (g: Tensor, { shape, dims, keepdim }: Reduced) => spread(g, shape, dims, keepdim);
const SUM: OpRecord<Reduced> = { name: "sum", vjp: sumFormula };
const SUM_DIM: OpRecord<Reduced> = { name: "sum", node: "SumBackward1", vjp: sumFormula };

/** The sum or mean of all elements with nothing else asked for: the short way. */
function ofAll(op: "sum" | "mean", made: OpRecord<Reduced>, input: Tensor, dtype: DType): Tensor {
  const dims = ALL[input.ndim] ?? wrapDims(op, null, input.ndim);
  const result = reduceLines(op, op, input, dims, false, dtype);
  return tracks(input) ? record(made, [input], result, { shape: input.shape, dims, keepdim: false }) : result;
}
/** All dimensions, by how many there are. */
const ALL: readonly (readonly number[])[] = [[], [0], [0, 1], [0, 1, 2], [0, 1, 2, 3]];

/** Sum of all elements, or along some dimensions. Integers and bools sum to int64. */
export function sum(
  input: Tensor,
  dim?: Dims | SumOptions,
  keepdim?: boolean | SumOptions,
  options?: SumOptions,
): Tensor {
  checkTensor("sum", input);
  if (dim === undefined && keepdim === undefined && options === undefined)
    return ofAll("sum", SUM, input, input.dtype.isFloatingPoint ? input.dtype : int64);
  const [over, keep = false, given, out] = argumentsOf("sum", dim, keepdim, options);
  const dtype = given ? toDType(given) : input.dtype.isFloatingPoint ? input.dtype : int64;
  const dims = wrapDims("sum", over, input.ndim);
  const result = reduceLines("sum", "sum", input, dims, keep, dtype);
  if (tracks(input) && dtype.isFloatingPoint)
    record(over === undefined || over === null ? SUM : SUM_DIM, [input], result, {
      shape: input.shape,
      dims,
      keepdim: keep,
    });
  return into("sum", { out: ofDtype("sum", out, given, dtype) }, result);
}
type SumArguments = [dim?: Dims, keepdim?: boolean, dtype?: DTypeLike | null, out?: Tensor];
/** Arguments given by position need not go the general way. */
function argumentsOf(op: string, dim: unknown, keepdim: unknown, options: unknown): SumArguments {
  const plain = typeof dim === "number" && typeof keepdim !== "object" && options === undefined;
  return plain
    ? [dim, keepdim as boolean | undefined]
    : positional<SumArguments>(op, SUM_NAMES, [dim, keepdim, options]);
}
const SUM_NAMES = ["dim", "keepdim", "dtype", "out"] as const;

const meanFormula = (g: Tensor, { shape, dims, keepdim }: Reduced) =>
  spread(g.div(numelOf(dims.map((d) => shape[d]!))), shape, dims, keepdim);
const MEAN: OpRecord<Reduced> = { name: "mean", vjp: meanFormula };
const MEAN_DIM: OpRecord<Reduced> = { name: "mean", node: "MeanBackward1", vjp: meanFormula };

/** @throws DtypeError where `out` has not the dtype asked for. */
function ofDtype(op: string, out: Tensor | undefined, given: unknown, dtype: DType): Tensor | undefined {
  if (out && given && out.dtype !== dtype)
    throw new DtypeError(`${op}: expected out tensor to have dtype ${dtype}, but got ${out.dtype} instead`);
  return out;
}

/** Mean of all elements, or along some dimensions; NaN of none. @throws DtypeError for integers without a float `dtype`. */
export function mean(
  input: Tensor,
  dim?: Dims | SumOptions,
  keepdim?: boolean | SumOptions,
  options?: SumOptions,
): Tensor {
  checkTensor("mean", input);
  if (dim === undefined && keepdim === undefined && options === undefined && input.dtype.isFloatingPoint)
    return ofAll("mean", MEAN, input, input.dtype);
  const [over, keep = false, given, out] = argumentsOf("mean", dim, keepdim, options);
  const dtype = given ? toDType(given) : input.dtype;
  if (!dtype.isFloatingPoint)
    throw new DtypeError(
      `mean: could not infer output dtype; the dtype must be a floating point one, got ${dtype}`,
    );
  const dims = wrapDims("mean", over, input.ndim);
  const result = reduceLines("mean", "mean", input, dims, keep, dtype);
  if (tracks(input))
    record(over === undefined || over === null ? MEAN : MEAN_DIM, [input], result, {
      shape: input.shape,
      dims,
      keepdim: keep,
    });
  return into("mean", { out: ofDtype("mean", out, given, dtype) }, result);
}

/** Sum of the elements that are not NaN. */
export function nansum(
  input: Tensor,
  dim?: Dims | SumOptions,
  keepdim?: boolean | SumOptions,
  options?: SumOptions,
): Tensor {
  checkTensor("nansum", input);
  const [over, keep = false, given, out] = positional("nansum", SUM_NAMES, [dim, keepdim, options]);
  const dtype = given ? toDType(given) : input.dtype.isFloatingPoint ? input.dtype : int64;
  if (input.dtype.isFloatingPoint && !dtype.isFloatingPoint)
    throw new DtypeError(`nansum: not implemented for ${dtype}`);
  const dims = wrapDims("nansum", over, input.ndim);
  const clean = input.dtype.isFloatingPoint
    ? cast(input.detach().maskedFill(input.isnan(), 0), dtype)
    : input;
  const result = reduceLines("nansum", "sum", clean, dims, keep, dtype);
  if (tracks(input) && dtype.isFloatingPoint)
    record(NANSUM, [input], result, { input, shape: input.shape, dims, keepdim: keep });
  return into("nansum", { out: ofDtype("nansum", out, given, dtype) }, result);
}
const NANSUM: OpRecord<Reduced & { input: Tensor }> = {
  name: "nansum",
  vjp: (g, { input, shape, dims, keepdim }) => spread(g, shape, dims, keepdim).maskedFill(input.isnan(), 0),
};

/** Mean of the elements that are not NaN. @throws DtypeError for integers. */
export function nanmean(
  input: Tensor,
  dim?: Dims | SumOptions,
  keepdim?: boolean | SumOptions,
  options?: SumOptions,
): Tensor {
  checkTensor("nanmean", input);
  const [over, keep = false, dtype, out] = positional("nanmean", SUM_NAMES, [dim, keepdim, options]);
  if (!input.dtype.isFloatingPoint)
    throw new DtypeError(`nanmean: expected input to have a floating point dtype, got ${input.dtype}`);
  const count = sum(input.isnan().logicalNot(), over, keep);
  return into("nanmean", { out }, nansum(input, over, keep, { dtype }).div(count));
}

/** How many elements are not zero, as int64. */
export function countNonzero(input: Tensor, dim?: Dims | { dim?: Dims }): Tensor {
  checkTensor("countNonzero", input);
  const [over] = positional<[Dims | undefined]>("countNonzero", ["dim"], [dim]);
  return sum(input.ne(0), over);
}

/** Whether any element is not zero; bool, and uint8 for uint8. */
export function any(
  input: Tensor,
  dim?: number | null | ReduceOptions,
  keepdim?: boolean | ReduceOptions,
  options?: ReduceOptions,
): Tensor {
  return truth("any", input, [dim, keepdim, options]);
}

/** Whether all elements are not zero; bool, and uint8 for uint8. */
export function all(
  input: Tensor,
  dim?: number | null | ReduceOptions,
  keepdim?: boolean | ReduceOptions,
  options?: ReduceOptions,
): Tensor {
  return truth("all", input, [dim, keepdim, options]);
}

function truth(op: "any" | "all", input: Tensor, args: readonly unknown[]): Tensor {
  checkTensor(op, input);
  const [over, keep = false, out] = positional(op, ["dim", "keepdim", "out"], args);
  const dtype: DType = input.dtype === uint8 ? uint8 : bool;
  return into(
    op,
    { out },
    cast(reduceBytes(op, cast(input, bool), wrapDims(op, over, input.ndim), keep), dtype),
  );
}

/** Sums down to a shape that broadcasts to the input's. @throws ShapeError for any other shape. */
export function sumToSize(input: Tensor, ...size: number[] | [readonly number[]]): Tensor {
  checkTensor("sumToSize", input);
  const shape = listed("sumToSize", "size", size);
  const lead = input.ndim - shape.length;
  if (lead < 0 || shape.some((n, d) => n !== 1 && n !== input.shape[d + lead]))
    throw new ShapeError(
      `sumToSize: size ${shapeText(shape)} is not expandable to ${shapeText(input.shape)}`,
    );
  const dims = input.shape
    .map((_, d) => d)
    .filter((d) => d < lead || (shape[d - lead] === 1 && input.shape[d] !== 1));
  if (shape.length === 0) return sum(input);
  if (dims.length === 0) return input;
  const summed = sum(input, dims, true);
  return lead === 0 ? summed : summed.reshape(shape);
}
