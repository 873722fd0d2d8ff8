// Medians: by sorting.
import { type FusedRecord, type OpRecord, record, recordAll, tracks } from "../autograd/record.ts";
import { untaped } from "../autograd/untaped.ts";
import { bool, uint8 } from "../core/dtype.ts";
import { DtypeError } from "../core/errors.ts";
import { positional } from "../core/options.ts";
import { namedResults } from "../core/results.ts";
import { type Shape, wrapDim } from "../core/shape.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { filled } from "./creation.ts";
import { checkTensor } from "./dispatch.ts";
import { checkLines, restored } from "./lines.ts";
import type { ValuesIndices } from "./reduceextreme.ts";

export interface MedianOptions {
  dim?: number;
  /** Keep the reduced dimension with size 1; default false. */
  keepdim?: boolean;
}
/** The calls of `median` and `nanmedian`: of all elements, or along a dimension. */
export interface Median {
  (input: Tensor, dim: number, keepdim?: boolean | MedianOptions, options?: MedianOptions): ValuesIndices;
  (input: Tensor, options: MedianOptions & { dim: number }): ValuesIndices;
  (input: Tensor): Tensor;
}
/** The same as methods. */
export interface MedianMethod {
  (dim: number, keepdim?: boolean | MedianOptions, options?: MedianOptions): ValuesIndices;
  (options: MedianOptions & { dim: number }): ValuesIndices;
  (): Tensor;
}

interface Whole {
  input: Tensor;
  result: Tensor;
}
const whole = (name: string): OpRecord<Whole> => ({
  name,
  vjp: (g, { input, result }) => {
    const at = result.isnan().item() ? input.isnan() : input.eq(result);
    return g.div(at.sum()).mul(at);
  },
});
interface Along {
  indices: Tensor;
  shape: Shape;
  dim: number;
  keepdim: boolean;
}
const along = (name: string): FusedRecord<Along> => ({
  name,
  node: `${name[0]!.toUpperCase()}${name.slice(1)}Backward1`,
  inputs: ["input"],
  backward: ([g], { indices, shape, dim, keepdim }) => {
    if (g == null || shape.length === 0) return [g ?? null];
    const to = (x: Tensor) => restored(x, shape, [dim], keepdim);
    return [g.newZeros(shape).scatter(dim, to(indices), to(g))];
  },
});
const WHOLE = { median: whole("median"), nanmedian: whole("nanmedian") };
const ALONG = { median: along("median"), nanmedian: along("nanmedian") };

/** The lower median of all elements, or along a dimension with where it is; NaN where any element is NaN. */
export const median = ((input: Tensor, ...args: unknown[]) => middle("median", input, args)) as Median;
/** The lower median of the elements that are not NaN, of all or along a dimension with where it is. */
export const nanmedian = ((input: Tensor, ...args: unknown[]) => middle("nanmedian", input, args)) as Median;

function middle(op: "median" | "nanmedian", input: Tensor, args: readonly unknown[]): Tensor | ValuesIndices {
  checkTensor(op, input);
  if (input.dtype === bool) throw new DtypeError(`${op}: not implemented for ${bool}`);
  const [over = null, keepdim = false] = positional<[number?, boolean?]>(op, ["dim", "keepdim"], args);
  if (over === null) {
    const empty = input.numel() === 0;
    const result = untaped(() => (empty ? noMedian(input) : pick(op, input.reshape([-1]), 0)[0].reshape([])));
    return tracks(input) ? record(WHOLE[op], [input], result, { input, result }) : result;
  }
  const d = wrapDim(op, over, input.ndim);
  if (input.ndim > 0) checkLines(op, input, [d]);
  const [values, indices] = untaped(() => {
    const line = input.ndim === 0 ? input.reshape([1]) : input;
    const shape = input.ndim === 0 ? [] : keepdim ? input.shape.with(d, 1) : input.shape.toSpliced(d, 1);
    return pick(op, line, d).map((x) => x.reshape(shape)) as [Tensor, Tensor];
  });
  if (tracks(input))
    recordAll(ALONG[op], [input], [values, indices], { indices, shape: input.shape, dim: d, keepdim });
  return namedResults({ values, indices });
}

/** NaN, or for integers the least one, as PyTorch has it. */
function noMedian({ dtype }: Tensor): Tensor {
  if (dtype.isFloatingPoint) return filled([], Number.NaN, dtype);
  return filled([], dtype === uint8 ? 0 : -(2n ** BigInt(8 * dtype.itemsize - 1)), dtype);
}

/** The lower median along `dim`, kept with size 1, and where it is. Sorting puts NaN last. */
function pick(op: "median" | "nanmedian", x: Tensor, dim: number): [Tensor, Tensor] {
  const { values, indices } = x.sort(dim) as unknown as ValuesIndices;
  const n = x.shape[dim]!;
  if (!x.dtype.isFloatingPoint)
    return [values.narrow(dim, (n - 1) >> 1, 1), indices.narrow(dim, (n - 1) >> 1, 1)];
  const missing = x.isnan().sum(dim, true);
  // With NaNs among them the median is the first NaN in sorted order; nanmedian looks only at those before it.
  const counted = missing.neg().add(n);
  const lower = counted.sub(1).clamp(0).div(2, { roundingMode: "floor" });
  const at = op === "nanmedian" ? lower : lower.mul(missing.eq(0)).add(counted.mul(missing.ne(0)));
  return [values.gather(dim, at), indices.gather(dim, at)];
}
