import { type OpRecord, record, tracks } from "../autograd/record.ts";
import { type DTypeLike, int64, toDType } from "../core/dtype.ts";
import { ShapeError } from "../core/errors.ts";
import { positional } from "../core/options.ts";
import { type Shape, shapeText, wrapDims } from "../core/shape.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { checkTensor } from "./dispatch.ts";
import { reduceLines, spread } from "./lines.ts";
import { into } from "./out.ts";

/** One dimension, several, or null for all of them. */
export type Dims = number | readonly number[] | null;

export interface SumOptions {
  dim?: Dims;
  /** Keep the reduced dimensions with size 1; default false. */
  keepdim?: boolean;
  /** The dtype to sum in; default the input's, int64 for integers and bool. */
  dtype?: DTypeLike;
  out?: Tensor;
}

interface Reduced { shape: Shape; dims: readonly number[]; keepdim: boolean }
const sumFormula = (g: Tensor, { shape, dims, keepdim }: Reduced) => spread(g, shape, dims, keepdim);
const SUM: OpRecord<Reduced> = { name: "sum", vjp: sumFormula };
const SUM_DIM: OpRecord<Reduced> = { name: "sum", node: "SumBackward1", vjp: sumFormula };

/** Sum of all elements, or along some dimensions. Integers and bools sum to int64. */
export function sum(input: Tensor, dim?: Dims | SumOptions, keepdim?: boolean | SumOptions, options?: SumOptions): Tensor {
  checkTensor("sum", input);
  const [over, keep = false, given, out] = positional("sum", ["dim", "keepdim", "dtype", "out"], [dim, keepdim, options]);
  const dtype = given ? toDType(given) : input.dtype.isFloatingPoint ? input.dtype : int64;
  const dims = wrapDims("sum", over, input.ndim);
  const result = reduceLines("sum", "sum", input, dims, keep, dtype);
  if (!tracks(input)) return into("sum", { out }, result);
  const whole = over === undefined || over === null;
  return into("sum", { out }, record(whole ? SUM : SUM_DIM, [input], result, { shape: input.shape, dims, keepdim: keep }));
}

/** Sums down to a shape that broadcasts to the input's. @throws ShapeError for any other shape. */
export function sumToSize(input: Tensor, ...size: number[] | [readonly number[]]): Tensor {
  const shape = (size.length === 1 && Array.isArray(size[0]) ? size[0] : size) as readonly number[];
  const lead = input.ndim - shape.length;
  if (lead < 0 || shape.some((n, d) => n !== 1 && n !== input.shape[d + lead]))
    throw new ShapeError(`sumToSize: size ${shapeText(shape)} is not expandable to ${shapeText(input.shape)}`);
  const dims = input.shape.map((_, d) => d).filter((d) => d < lead || (shape[d - lead] === 1 && input.shape[d] !== 1));
  if (dims.length === 0) return input;
  const summed = sum(input, dims, true);
  return lead === 0 ? summed : summed.reshape(shape);
}
