// The first of the sorted elements, one of them, and the most frequent.
import { type FusedRecord, recordAll, tracks } from "../autograd/record.ts";
import { COMPUTE, int64 } from "../core/dtype.ts";
import { IndexError, ValueError } from "../core/errors.ts";
import { positional } from "../core/options.ts";
import { numelOf, type Shape, wrapDim } from "../core/shape.ts";
import { cast, packed, packedCopy } from "../tensor/raw.ts";
import { addressOf, empty, Tensor, written } from "../tensor/tensor.ts";
import { overUnits } from "../threads/pool.ts";
import { checkNumeric } from "./arguments.ts";
import { checkTensor, family, kernelFor } from "./dispatch.ts";
import { asLine, gatherInto } from "./indexed.ts";
import { checkLines, linesOf, restored } from "./lines.ts";
import type { ValuesIndices } from "./reduceextreme.ts";
import { pair, picking, sorted } from "./sort.ts";

/** Up to this share of a line, one pass finds them faster than sorting: 1 of so many. */
const FEW = 16;

export interface TopkOptions {
  k?: number;
  /** Default -1. */
  dim?: number;
  /** The largest, else the smallest; default true. */
  largest?: boolean;
  /** In order; they always are. */
  sorted?: boolean;
  /** Where to write values and indices. */
  out?: readonly [Tensor, Tensor];
}
type TopkKernel = (
  x: number,
  values: number,
  indices: number,
  n: number,
  inner: number,
  k: number,
  largest: number,
  begin: number,
  end: number,
) => void;

const TOPK = picking("topk");
/** The `k` largest (or smallest) elements along `dim` in order, and where they were: `{ values, indices }`. NaN counts as the largest. @throws IndexError where a line has fewer than k. */
export function topk(
  input: Tensor,
  k: number | TopkOptions,
  dim?: number | TopkOptions,
  largest?: boolean | TopkOptions,
  options?: TopkOptions,
): ValuesIndices {
  checkNumeric("topk", input);
  let [count, over = -1, top = true, , out] = positional(
    "topk",
    ["k", "dim", "largest", "sorted", "out"],
    [k, dim, largest, options],
  );
  const d = wrapDim("topk", over, input.ndim);
  const self = asLine(input.detach());
  if (!Number.isInteger(count) || count < 0 || count > self.shape[d]!)
    throw new IndexError(`topk: k must be an integer within [0, ${self.shape[d]}], got ${count}`);
  if (input.ndim === 0) count = 1;
  const lines = count * FEW <= self.shape[d]! ? fewest(self, d, count, top) : sorted(self, d, top);
  const [values, indices] = lines.map((x) => {
    const part = packed(new Tensor(x.storage, x.dtype, self.shape.with(d, count), x.strides, x.offset));
    return input.ndim === 0 ? new Tensor(part.storage, part.dtype, [], [], part.offset, true) : part;
  }) as [Tensor, Tensor];
  if (tracks(input)) recordAll(TOPK, [input], [values, indices], { indices, dim: d, shape: input.shape });
  return pair("topk", values, indices, out);
}

function fewest(self: Tensor, dim: number, k: number, largest: boolean): [Tensor, Tensor] {
  const compute = COMPUTE[self.dtype.domain];
  const { source, outer, n, inner } = linesOf(cast(self, compute), [dim]);
  const shape = self.shape.with(dim, k);
  const values = empty(shape, compute),
    indices = empty(shape, int64);
  const run = kernelFor("topk", family<TopkKernel>("topk"), compute);
  if (numelOf(shape) > 0) {
    overUnits(run, outer * inner, n, [
      addressOf(source),
      addressOf(values),
      addressOf(indices),
      n,
      inner,
      k,
      Number(largest),
    ]);
  }
  written(values);
  return [cast(values, self.dtype), written(indices)];
}

interface Kept {
  indices: Tensor;
  dim: number;
  shape: Shape;
  keepdim: boolean;
}
const picked = (name: string): FusedRecord<Kept> => ({
  name,
  inputs: ["input"],
  backward: ([g], { indices, dim, shape, keepdim }) => {
    if (g == null || shape.length === 0) return [g ?? null];
    const to = (x: Tensor) => restored(x, shape, [dim], keepdim);
    return [g.newZeros(shape).scatter(dim, to(indices), to(g))];
  },
});
const KTHVALUE = picked("kthvalue");
const MODE = picked("mode");

export interface KthvalueOptions {
  k?: number;
  /** Default -1. */
  dim?: number;
  /** Keep the reduced dimension with size 1; default false. */
  keepdim?: boolean;
  /** Where to write values and indices. */
  out?: readonly [Tensor, Tensor];
}
/** The k-th smallest element along `dim`, counted from 1, and where it is: `{ values, indices }`. */
export function kthvalue(
  input: Tensor,
  k: number | KthvalueOptions,
  dim?: number | KthvalueOptions,
  keepdim?: boolean | KthvalueOptions,
  options?: KthvalueOptions,
): ValuesIndices {
  checkNumeric("kthvalue", input);
  const [count, over = -1, keep = false, out] = positional(
    "kthvalue",
    ["k", "dim", "keepdim", "out"],
    [k, dim, keepdim, options],
  );
  const d = wrapDim("kthvalue", over, input.ndim);
  if (input.ndim > 0) checkLines("kthvalue", input, [d]);
  const n = input.shape[d] ?? 1;
  if (!Number.isInteger(count) || count < 1 || count > n)
    throw new ValueError(`kthvalue: k must be an integer within [1, ${n}], got ${count}`);
  return oneOf("kthvalue", KTHVALUE, input, d, keep, out, ([values, indices]) => {
    const at = (x: Tensor) =>
      new Tensor(x.storage, x.dtype, x.shape.with(d, 1), x.strides, x.offset + (count - 1) * x.strides[d]!);
    return [packedCopy(at(values)), packedCopy(at(indices))];
  });
}

export type ModeOptions = Omit<KthvalueOptions, "k">;
/** The most frequent element along `dim` (of several, the smallest), and where it is: `{ values, indices }`. */
export function mode(
  input: Tensor,
  dim?: number | ModeOptions,
  keepdim?: boolean | ModeOptions,
  options?: ModeOptions,
): ValuesIndices {
  checkTensor("mode", input);
  const [over = -1, keep = false, out] = positional(
    "mode",
    ["dim", "keepdim", "out"],
    [dim, keepdim, options],
  );
  const d = wrapDim("mode", over, input.ndim);
  if (input.ndim > 0) checkLines("mode", input, [d]);
  return oneOf("mode", MODE, input, d, keep, out, ([values, indices]) => {
    const shape = values.shape.with(d, 1);
    const at = empty(shape, int64);
    const lines = linesOf(cast(values, COMPUTE[values.dtype.domain]), [d]);
    const run = kernelFor(
      "mode",
      family<(x: number, at: number, n: number, inner: number, begin: number, end: number) => void>("mode"),
      lines.source.dtype,
    );
    if (numelOf(shape) > 0)
      run(addressOf(lines.source), addressOf(at), lines.n, lines.inner, 0, numelOf(shape));
    written(at);
    const places = { dim: d, index: at, shape };
    return [
      gatherInto(empty(shape, values.dtype), values, places),
      gatherInto(empty(shape, int64), indices, places),
    ];
  });
}

/** One element of each line: `choose` gives it, with size 1 along `dim`, from the sorted lines and their indices. */
function oneOf(
  op: string,
  made: FusedRecord<Kept>,
  input: Tensor,
  dim: number,
  keepdim: boolean,
  out: readonly [Tensor, Tensor] | undefined,
  choose: (lines: [Tensor, Tensor]) => [Tensor, Tensor],
): ValuesIndices {
  const shape = input.ndim === 0 ? [] : keepdim ? input.shape.with(dim, 1) : input.shape.toSpliced(dim, 1);
  const [values, indices] = choose(sorted(asLine(input.detach()), dim)).map((x) => x.reshape(shape)) as [
    Tensor,
    Tensor,
  ];
  if (tracks(input))
    recordAll(made, [input], [values, indices], { indices, dim, shape: input.shape, keepdim });
  return pair(op, values, indices, out);
}
