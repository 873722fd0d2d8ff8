// Largest and smallest elements, and where they are.
import { type FusedRecord, type OpRecord, record, recordAll, tracks } from "../autograd/record.ts";
import { bool, int64 } from "../core/dtype.ts";
import { DtypeError } from "../core/errors.ts";
import { isOptions, positional } from "../core/options.ts";
import { namedResults } from "../core/results.ts";
import { type Shape, wrapDim, wrapDims } from "../core/shape.ts";
import { isTensor, type Tensor } from "../tensor/tensor.ts";
import { maximum, minimum } from "./binary.ts";
import { checkTensor } from "./dispatch.ts";
import { checkLines, pickFromLines, reduceLines, restored } from "./lines.ts";
import { into } from "./out.ts";
import type { Dims, ReduceOptions } from "./reduce.ts";

/** Values along a dimension, and where they were. */
export interface ValuesIndices extends Iterable<Tensor> {
  values: Tensor;
  indices: Tensor;
}
export interface ExtremeOptions {
  dim?: number;
  /** Keep the reduced dimension with size 1; default false. */
  keepdim?: boolean;
  /** The second operand of the elementwise form. */
  other?: Tensor;
  /** Where to write the result, or values and indices. */
  out?: Tensor | readonly [Tensor, Tensor];
}
/** The calls of `max` and `min`: the one extreme of a tensor, those along a dimension, or the element by element ones. */
export interface Extreme {
  (input: Tensor, dim: number, keepdim?: boolean | ExtremeOptions, options?: ExtremeOptions): ValuesIndices;
  (input: Tensor, options: ExtremeOptions & { dim: number }): ValuesIndices;
  (input: Tensor, other: Tensor, options?: ExtremeOptions): Tensor;
  (input: Tensor, options: ExtremeOptions & { other: Tensor }): Tensor;
  (input: Tensor): Tensor;
}
/** The same as methods. */
export interface ExtremeMethod {
  (dim: number, keepdim?: boolean | ExtremeOptions, options?: ExtremeOptions): ValuesIndices;
  (options: ExtremeOptions & { dim: number }): ValuesIndices;
  (other: Tensor, options?: ExtremeOptions): Tensor;
  (options: ExtremeOptions & { other: Tensor }): Tensor;
  (): Tensor;
}

interface Whole {
  input: Tensor;
  result: Tensor;
}
/** Equal elements share the gradient evenly. */
const shared = (g: Tensor, { input, result }: Whole) => {
  const at = result.isnan().item() ? input.isnan() : input.eq(result);
  return g.div(at.sum()).mul(at);
};
interface Along {
  indices: Tensor;
  shape: Shape;
  dim: number;
  keepdim: boolean;
}
/** The gradient of a picked value goes to where it was. */
const backToIndex = (g: Tensor, { indices, shape, dim, keepdim }: Along) => {
  if (shape.length === 0) return g;
  const at = restored(indices, shape, [dim], keepdim);
  return g.newZeros(shape).scatter(dim, at, restored(g, shape, [dim], keepdim));
};
const WHOLE: Record<"max" | "min", OpRecord<Whole>> = {
  max: { name: "max", node: "MaxBackward1", vjp: shared },
  min: { name: "min", node: "MinBackward1", vjp: shared },
};
const along = (name: string): FusedRecord<Along> => ({
  name,
  inputs: ["input"],
  backward: ([g], saved) => [g == null ? null : backToIndex(g, saved)],
});
const ALONG = { max: along("max"), min: along("min") };

/** The largest element; with `dim`, those along it and where they are; with another tensor, element by element. NaN wins. */
export const max = ((input: Tensor, ...args: unknown[]) => extreme("max", input, args)) as Extreme;
/** The smallest element; with `dim`, those along it and where they are; with another tensor, element by element. NaN wins. */
export const min = ((input: Tensor, ...args: unknown[]) => extreme("min", input, args)) as Extreme;

function extreme(op: "max" | "min", input: Tensor, args: readonly unknown[]): Tensor | ValuesIndices {
  checkTensor(op, input);
  const [first, ...rest] = args;
  if (args.length === 0) return extremeOfAll(op, input);
  if (isTensor(first) || (isOptions(first) && "other" in first)) {
    const [other, out] = positional(op, ["other", "out"], args);
    return op === "max" ? maximum(input, other, { out }) : minimum(input, other, { out });
  }
  const [dim, keepdim = false, out] = positional(op, ["dim", "keepdim", "out"], [first, ...rest]);
  if (dim === undefined || dim === null) {
    return into(op, { out }, extremeOfAll(op, input));
  }
  const d = wrapDim(op, dim, input.ndim);
  if (input.ndim > 0) checkLines(op, input, [d]);
  const [values, indices] = pickFromLines(op, `${op}WithIndex`, input, d, keepdim);
  if (tracks(input))
    recordAll(ALONG[op], [input], [values, indices], { indices, shape: input.shape, dim: d, keepdim });
  if (out === undefined || out === null) return namedResults({ values, indices });
  return namedResults({
    values: into(op, { out: out[0] }, values),
    indices: into(op, { out: out[1] }, indices),
  });
}

function extremeOfAll(op: "max" | "min", input: Tensor): Tensor {
  const dims = wrapDims(op, null, input.ndim);
  if (input.numel() === 0) checkLines(op, input, dims);
  const result = reduceLines(op, op, input, dims, false, input.dtype);
  return tracks(input) ? record(WHOLE[op], [input], result, { input, result }) : result;
}

interface Several {
  input: Tensor;
  result: Tensor;
  dims: readonly number[];
  keepdim: boolean;
}
const sharedAlong = (g: Tensor, { input, result, dims, keepdim }: Several) => {
  const at = input.eq(restored(result, input.shape, dims, keepdim));
  return at.mul(restored(g, input.shape, dims, keepdim)).div(at.sum(dims, true));
};
const AMAX: OpRecord<Several> = { name: "amax", vjp: sharedAlong };
const AMIN: OpRecord<Several> = { name: "amin", vjp: sharedAlong };

/** The largest elements along some dimensions; equal ones share the gradient. @throws IndexError for empty lines. */
export function amax(
  input: Tensor,
  dim?: Dims | ReduceOptions,
  keepdim?: boolean | ReduceOptions,
  options?: ReduceOptions,
): Tensor {
  return several("amax", "max", AMAX, input, [dim, keepdim, options]);
}
/** The smallest elements along some dimensions; equal ones share the gradient. @throws IndexError for empty lines. */
export function amin(
  input: Tensor,
  dim?: Dims | ReduceOptions,
  keepdim?: boolean | ReduceOptions,
  options?: ReduceOptions,
): Tensor {
  return several("amin", "min", AMIN, input, [dim, keepdim, options]);
}

function several(
  op: string,
  kernel: string,
  records: OpRecord<Several>,
  input: Tensor,
  args: readonly unknown[],
): Tensor {
  checkTensor(op, input);
  const [dim, keepdim = false, out] = positional(op, ["dim", "keepdim", "out"], args);
  const dims = wrapDims(op, dim, input.ndim);
  checkLines(op, input, dims);
  const result = reduceLines(op, kernel, input, dims, keepdim, input.dtype);
  return into(
    op,
    { out },
    tracks(input) ? record(records, [input], result, { input, result, dims, keepdim }) : result,
  );
}

/** Smallest and largest element, of all or along a dimension: `{ min, max }`. */
export function aminmax(input: Tensor, options?: { dim?: number | null; keepdim?: boolean }) {
  checkTensor("aminmax", input);
  const [dim = null, keepdim = false] = positional("aminmax", ["dim", "keepdim"], [options]);
  // A 0-d tensor with a dimension to keep gets one, as in PyTorch.
  const x = input.ndim === 0 && dim !== null && keepdim ? input.reshape([1]) : input;
  return namedResults({ min: amin(x, dim, keepdim), max: amax(x, dim, keepdim) });
}

/** Where the largest element is, along a dimension or in the flattened tensor, as int64; the first of equal ones. */
export function argmax(
  input: Tensor,
  dim?: number | null | ReduceOptions,
  keepdim?: boolean | ReduceOptions,
  options?: ReduceOptions,
): Tensor {
  return place("argmax", input, [dim, keepdim, options]);
}
/** Where the smallest element is, along a dimension or in the flattened tensor, as int64; the first of equal ones. */
export function argmin(
  input: Tensor,
  dim?: number | null | ReduceOptions,
  keepdim?: boolean | ReduceOptions,
  options?: ReduceOptions,
): Tensor {
  return place("argmin", input, [dim, keepdim, options]);
}

function place(op: string, input: Tensor, args: readonly unknown[]): Tensor {
  checkTensor(op, input);
  if (input.dtype === bool) throw new DtypeError(`${op}: not implemented for ${bool}`);
  const [dim, keepdim = false, out] = positional(op, ["dim", "keepdim", "out"], args);
  const dims =
    dim === undefined || dim === null
      ? wrapDims(op, null, input.ndim)
      : wrapDims(op, wrapDim(op, dim, input.ndim), input.ndim);
  checkLines(op, input, dims);
  return into(op, { out }, reduceLines(op, op, input, dims, keepdim, input.dtype, int64));
}
