// Functions only (nn.functional): sums, means or maxima over bags of looked-up rows.
import { recomputed } from "../autograd/recomputed.ts";
import { untaped } from "../autograd/untaped.ts";
import { float64, int64 } from "../core/dtype.ts";
import { DtypeError, ShapeError, ValueError } from "../core/errors.ts";
import { positional } from "../core/options.ts";
import { sameShape, shapeText } from "../core/shape.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { checkFloat } from "./arguments.ts";
import { fromTypedArray, tensor } from "./creation.ts";
import { checkTensor } from "./dispatch.ts";
import { embedding } from "./embedding.ts";

export interface EmbeddingBagArguments {
  /** Where each bag of a 1-d input starts. */
  offsets?: Tensor | null;
  /** Rows that are looked up are first scaled down, in place, to at most this norm. */
  maxNorm?: number | null;
  /** Kind of that norm; default 2. */
  normType?: number;
  /** Divide each row's gradient by how often it was looked up; default false. */
  scaleGradByFreq?: boolean;
  /** Default "mean". */
  mode?: "sum" | "mean" | "max";
  /** Accepted, and without effect. */
  sparse?: boolean;
  /** A factor of each row, for mode "sum". */
  perSampleWeights?: Tensor | null;
  /** Whether the last offset is the end of the last bag; default false. */
  includeLastOffset?: boolean;
  /** A row that counts for nothing and gets no gradient; negative ones count from the end. */
  paddingIdx?: number | null;
}
type Arg = Tensor | number | boolean | string | null | EmbeddingBagArguments;
const NAMES = [
  "offsets",
  "maxNorm",
  "normType",
  "scaleGradByFreq",
  "mode",
  "sparse",
  "perSampleWeights",
  "includeLastOffset",
  "paddingIdx",
];

/** Of each bag and column, the first row (a place in `rows`) whose element is the largest; -1 for an empty bag. */
function largest(rows: Tensor, bags: readonly number[], count: number): BigInt64Array {
  const width = rows.shape[1]!,
    values = rows.detach().to(float64).toTypedArray() as Float64Array,
    best = new BigInt64Array(count * width).fill(-1n);
  bags.forEach((bag, i) => {
    for (let c = 0; bag >= 0 && c < width; c++) {
      const at = best[bag * width + c]!;
      if (at < 0 || values[i * width + c]! > values[Number(at) * width + c]!)
        best[bag * width + c] = BigInt(i);
    }
  });
  return best;
}

/**
 * What of its row's gradient each index keeps. As in PyTorch, whose kernel takes the frequency for the k-th of the
 * distinct indices from the k-th of all indices in order.
 */
function sharesOf(indices: Tensor): Tensor {
  const list = indices.tolist() as number[],
    ordered = [...list].sort((a, b) => a - b),
    counts = new Map<number, number>(),
    shares = new Map<number, number>();
  for (const index of list) counts.set(index, (counts.get(index) ?? 0) + 1);
  [...new Set(ordered)].forEach((index, k) => shares.set(index, 1 / counts.get(ordered[k]!)!));
  return tensor(Float64Array.from(list, (index) => shares.get(index)!));
}

/**
 * Sums, means or maxima of the rows of `weight` [rows, width] in bags: a 2-d `input` of indices has a bag in each row,
 * a 1-d one has bags that start at `offsets`. Gives [bags, width], zeros for empty bags.
 * @throws ShapeError, DtypeError or ValueError for arguments that do not fit, IndexError for an index out of range.
 */
export function embeddingBag(
  input: Tensor,
  weight: Tensor,
  offsets?: Arg,
  maxNorm?: Arg,
  normType?: Arg,
  scaleGradByFreq?: Arg,
  mode?: Arg,
  sparse?: Arg,
  perSampleWeights?: Arg,
  includeLastOffset?: Arg,
  paddingIdx?: Arg,
  options?: EmbeddingBagArguments,
): Tensor {
  const op = "embeddingBag";
  const [
    starts = null,
    limit = null,
    type = 2,
    scale = false,
    kind = "mean",
    ,
    factors = null,
    ended = false,
    padding = null,
  ] = positional<
    [
      (Tensor | null)?,
      (number | null)?,
      number?,
      boolean?,
      string?,
      boolean?,
      (Tensor | null)?,
      boolean?,
      (number | null)?,
    ]
  >(op, NAMES, [
    offsets,
    maxNorm,
    normType,
    scaleGradByFreq,
    mode,
    sparse,
    perSampleWeights,
    includeLastOffset,
    paddingIdx,
    options,
  ]);
  checkTensor(op, input);
  checkFloat(op, weight);
  if (kind !== "sum" && kind !== "mean" && kind !== "max")
    throw new ValueError(`${op}: mode has to be "sum", "mean" or "max", got ${kind}`);
  if (kind === "max" && scale)
    throw new ValueError(`${op}: max mode does not support scaling the gradient by the frequency`);
  if (factors !== null) {
    if (kind !== "sum")
      throw new ValueError(`${op}: perSampleWeights is only supported for mode "sum", got ${kind}`);
    checkTensor(op, factors);
    if (!sameShape(factors.shape, input.shape))
      throw new ShapeError(
        `${op}: perSampleWeights must have the shape of the input ${shapeText(input.shape)}, got ${shapeText(factors.shape)}`,
      );
    if (factors.dtype !== weight.dtype)
      throw new DtypeError(
        `${op}: expected weight and perSampleWeights of the same dtype, got ${weight.dtype} and ${factors.dtype}`,
      );
  }
  if (starts !== null) checkTensor(op, starts);
  const { bags, count } = bagsOf(input, starts, ended);
  const rowCount = weight.shape[0] ?? 0;
  if (padding !== null && (padding >= rowCount || padding < -rowCount))
    throw new ValueError(`${op}: paddingIdx must be within the ${rowCount} rows, got ${padding}`);
  const flat = input.reshape([-1]);
  if (limit !== null) untaped(() => embedding(flat, weight, null, limit, type));
  if (padding !== null) {
    const row = padding < 0 ? padding + rowCount : padding;
    (flat.tolist() as number[]).forEach((index, i) => {
      if (index === row) bags[i] = -1;
    });
  }
  const kept = bags.flatMap((bag, i) => (bag >= 0 ? [i] : [])),
    owners = kept.map((i) => bags[i]!);
  const places = fromTypedArray(BigInt64Array.from(kept, BigInt));
  const shares = scale ? sharesOf(flat).indexSelect(0, places).to(weight.dtype).reshape([-1, 1]) : null;
  return recomputed(op, "EmbeddingBagBackward0", weight, factors, (w, f) => {
    const found = embedding(flat, w).indexSelect(0, places),
      width = w.shape[1]!;
    const rows = scale ? found.sub(found.detach()).mul(shares!).add(found.detach()) : found;
    if (kind === "max") {
      const best = largest(rows, owners, count),
        none = best.map((at) => (at < 0n ? 1n : 0n));
      if (rows.shape[0] === 0) return rows.newZeros([count, width]);
      const shape = [count, width];
      return rows
        .gather(0, fromTypedArray(best.map((at) => (at < 0n ? 0n : at))).reshape(shape))
        .maskedFill(fromTypedArray(none).reshape(shape).ne(0), 0);
    }
    const scaled =
      f === null ? rows : rows.mul(f.reshape([-1]).indexSelect(0, places).reshape([kept.length, 1]));
    const sum = rows
      .newZeros([count, width])
      .indexAdd(0, fromTypedArray(BigInt64Array.from(owners, BigInt)), scaled);
    if (kind === "sum") return sum;
    const sizes = new Float64Array(count);
    for (const bag of owners) sizes[bag]!++;
    return sum.div(
      tensor(sizes.map((n) => Math.max(n, 1)))
        .to(w.dtype)
        .reshape([count, 1]),
    );
  });
}

/** The bag of each index. */
function bagsOf(input: Tensor, offsets: Tensor | null, ended: boolean): { bags: number[]; count: number } {
  const op = "embeddingBag";
  if (input.dtype !== int64 && input.dtype.name !== "int32")
    throw new DtypeError(`${op}: expected int64 or int32 indices, got ${input.dtype}`);
  if (input.ndim === 2) {
    if (offsets !== null)
      throw new ValueError(`${op}: offsets must be null for a 2-d input, whose rows are the bags`);
    const [count, length] = input.shape as [number, number];
    return { bags: Array.from({ length: count * length }, (_, i) => Math.floor(i / length)), count };
  }
  if (input.ndim !== 1)
    throw new ShapeError(`${op}: input has to be 1-d or 2-d, got shape ${shapeText(input.shape)}`);
  if (offsets === null) throw new ValueError(`${op}: offsets must be given for a 1-d input`);
  if (offsets.ndim !== 1)
    throw new ShapeError(`${op}: offsets has to be 1-d, got shape ${shapeText(offsets.shape)}`);
  if (offsets.dtype !== int64 && offsets.dtype.name !== "int32")
    throw new DtypeError(`${op}: expected int64 or int32 offsets, got ${offsets.dtype}`);
  const starts = offsets.tolist() as number[],
    n = input.shape[0]!;
  if (ended && starts.length === 0)
    throw new ValueError(`${op}: includeLastOffset needs at least one offset`);
  if (starts.length > 0 && starts[0] !== 0)
    throw new ValueError(
      `${op}: offsets[0] has to be 0, the first bag starts at the input's start; got ${starts[0]}`,
    );
  for (const start of starts)
    if (start > n)
      throw new ValueError(`${op}: offsets must not exceed the input's length ${n}, got ${start}`);
  const count = ended ? starts.length - 1 : starts.length,
    bags = new Array<number>(n).fill(-1);
  for (let bag = 0; bag < count; bag++)
    bags.fill(bag, starts[bag]!, bag + 1 < starts.length ? starts[bag + 1]! : n);
  return { bags, count };
}
