// Searching in sorted sequences, membership, and counting by value.
import { bool, COMPUTE, float32, float64, int32, int64 } from "../core/dtype.ts";
import { DtypeError, ShapeError, ValueError } from "../core/errors.ts";
import { positional } from "../core/options.ts";
import { sameShape, shapeText } from "../core/shape.ts";
import { cast, packed } from "../tensor/raw.ts";
import { addressOf, empty, isTensor, type Tensor, written } from "../tensor/tensor.ts";
import { overUnits } from "../threads/pool.ts";
import { checkNumeric } from "./arguments.ts";
import { filled } from "./creation.ts";
import { checkOperand, checkTensor, family } from "./dispatch.ts";
import { foldInto } from "./indexed.ts";
import { intoSame } from "./out.ts";
import { type Operand, resultType } from "./promote.ts";
import { sorted } from "./sort.ts";

export interface SearchOptions {
  /** int32 in place of int64; default false. */
  outInt32?: boolean;
  /** Count elements equal to the value as smaller; default false. */
  right?: boolean;
  /** "left" or "right": another way to say `right`. */
  side?: "left" | "right" | null;
  /** Indices that sort the sequence, which may then come in any order. */
  sorter?: Tensor | null;
  out?: Tensor;
}
type SearchKernel = (
  sequence: number,
  values: number,
  out: number,
  n: number,
  count: number,
  right: number,
  begin: number,
  end: number,
) => void;

/** Positions in lines of `sequence` (along its last dimension) for values of the same dtype. */
function positionsIn(sequence: Tensor, values: Tensor, right: boolean): Tensor {
  const compute = COMPUTE[sequence.dtype.domain];
  const lines = cast(packed(sequence), compute),
    wanted = cast(packed(values), compute);
  const out = empty(values.shape, int64),
    total = out.numel();
  const count = sequence.ndim === 1 ? total : (values.shape.at(-1) ?? 1);
  if (total > 0)
    overUnits(family<SearchKernel>("searchsorted")[compute.domain]!, total, 8, [
      addressOf(lines),
      addressOf(wanted),
      addressOf(out),
      sequence.shape.at(-1)!,
      count,
      Number(right),
    ]);
  return written(out);
}

/**
 * Where values would be inserted into sorted lines (the last dimension of `sortedSequence`) to keep them sorted. The sequence is
 * one line, or has the leading dimensions of the values, whose dtype it shares.
 */
export function searchsorted(
  sortedSequence: Tensor,
  input: Tensor | number,
  options?: SearchOptions,
): Tensor {
  const op = "searchsorted";
  checkNumeric(op, sortedSequence);
  const [values, outInt32 = false, right, side, sorter, out] = positional(
    op,
    ["input", "outInt32", "right", "side", "sorter", "out"],
    [input, options],
  );
  if (side !== undefined && side !== null && side !== "left" && side !== "right")
    throw new ValueError(`${op}: side can only be "left" or "right", got ${String(side)}`);
  if (side === "left" && right === true)
    throw new ValueError(
      `${op}: side and right can't be set to opposites, got side of left while right was true`,
    );
  if (sortedSequence.ndim === 0)
    throw new ShapeError(`${op}: the boundaries must have at least one dimension`);
  checkOperand(op, values);
  let lines = sortedSequence.detach();
  if (isTensor(sorter)) {
    if (!sameShape(sorter.shape, lines.shape))
      throw new ShapeError(
        `${op}: the sorter must have the same shape as the boundaries ${shapeText(lines.shape)}, got ${shapeText(sorter.shape)}`,
      );
    if (sorter.dtype !== int64) throw new DtypeError(`${op}: the sorter must be int64, got ${sorter.dtype}`);
    lines = lines.gather(-1, sorter);
  }
  lines = isTensor(values) ? lines : cast(lines, resultType(lines, values));
  const wanted = isTensor(values) ? values : filled([], values, lines.dtype);
  if (isTensor(values)) checkSearch(op, lines, values);
  else if (lines.ndim !== 1)
    throw new ShapeError(
      `${op}: a number can be searched for in one line only, not in ${shapeText(lines.shape)}`,
    );
  const found = positionsIn(lines, wanted, right === true || side === "right");
  return intoSame(op, { out }, outInt32 ? cast(found, int32) : found);
}

function checkSearch(op: string, lines: Tensor, values: Tensor): void {
  if (
    lines.ndim !== 1 &&
    (lines.ndim !== values.ndim || !sameShape(lines.shape.slice(0, -1), values.shape.slice(0, -1)))
  )
    throw new ShapeError(
      `${op}: the boundaries should have one dimension, or the leading dimensions of the input, got ${shapeText(lines.shape)} and ${shapeText(values.shape)}`,
    );
  if (lines.dtype !== values.dtype)
    throw new DtypeError(
      `${op}: boundaries and input should have the same dtype, got ${lines.dtype} and ${values.dtype}`,
    );
}

export interface BucketizeOptions {
  boundaries?: Tensor;
  /** int32 in place of int64; default false. */
  outInt32?: boolean;
  /** Whether buckets are closed on their right side; default false. */
  right?: boolean;
  out?: Tensor;
}
/** The bucket of each element between sorted boundaries: how many of them are smaller (with `right`: or equal). */
export function bucketize(
  input: Tensor | number,
  boundaries: Tensor | BucketizeOptions,
  options?: BucketizeOptions,
): Tensor {
  checkOperand("bucketize", input);
  const [edges, outInt32 = false, right = false, out] = positional(
    "bucketize",
    ["boundaries", "outInt32", "right", "out"],
    [boundaries, options],
  );
  checkTensor("bucketize", edges);
  if (edges.ndim !== 1)
    throw new ShapeError(
      `bucketize: boundaries must have one dimension, got shape ${shapeText(edges.shape)}`,
    );
  return searchsorted(edges, input as Tensor, { outInt32, right, out });
}

export interface IsinOptions {
  /** Accepted, and without effect. */
  assumeUnique?: boolean;
  /** Tell which are not; default false. */
  invert?: boolean;
  out?: Tensor;
}
/** Which elements are among the test elements, as bool. Either may be a number. */
export function isin(elements: Operand, testElements: Operand, options?: IsinOptions): Tensor {
  checkOperand("isin", elements);
  checkOperand("isin", testElements);
  if (!isTensor(elements) && !isTensor(testElements))
    throw new ValueError("isin: one of elements and testElements must be a tensor");
  const [, invert = false, out] = positional("isin", ["assumeUnique", "invert", "out"], [options]);
  const dtype = resultType(elements, testElements);
  for (const x of [elements, testElements]) if (isTensor(x)) checkNumeric("isin", x);
  const asked = operand(elements, dtype).detach(),
    all = operand(testElements, dtype).detach().reshape([-1]);
  // NaN equals nothing, and among sorted elements it would lead the search astray.
  const tests = dtype.isFloatingPoint ? all.maskedSelect(all.eq(all)) : all;
  const n = tests.numel();
  let found: Tensor;
  if (n === 0) found = filled(asked.shape, false, bool);
  else {
    const [values] = sorted(tests, 0);
    const at = positionsIn(values, asked, false).clampMax(n - 1);
    found = values.take(at).eq(asked);
  }
  return intoSame("isin", { out }, invert ? found.logicalNot() : found);
}

const operand = (x: Operand, dtype: Tensor["dtype"]): Tensor =>
  isTensor(x) ? cast(x, dtype) : filled([], x, dtype);

export interface BincountOptions {
  weights?: Tensor | null;
  /** The least number of counts; default 0. */
  minlength?: number;
}
/** How often each value from 0 up occurs among the integers of a list, or the sums of their weights. @throws ValueError for negative ones. */
export function bincount(
  input: Tensor,
  weights?: Tensor | null | BincountOptions,
  minlength?: number | BincountOptions,
): Tensor {
  checkTensor("bincount", input);
  const [given = null, least = 0] = positional<[(Tensor | null)?, number?]>(
    "bincount",
    ["weights", "minlength"],
    [weights, minlength],
  );
  if (!Number.isInteger(least) || least < 0)
    throw new ValueError(`bincount: minlength should be >= 0, got ${least}`);
  if (!input.dtype.isInteger) throw new DtypeError(`bincount: not implemented for ${input.dtype}`);
  if (input.ndim === 1 && input.numel() === 0) return filled([least], 0, int64);
  if (input.ndim !== 1)
    throw new ShapeError(
      `bincount: only supports lists of non-negative integers, got shape ${shapeText(input.shape)}`,
    );
  if (given !== null) checkTensor("bincount", given);
  if (given !== null && !sameShape(given.shape, input.shape))
    throw new ShapeError(
      `bincount: weights must have the shape of the input ${shapeText(input.shape)}, got ${shapeText(given.shape)}`,
    );
  const low = input.amin().item() as number;
  if (low < 0) throw new ValueError(`bincount: only supports non-negative integers, got ${low}`);
  const size = Math.max(least, (input.amax().item() as number) + 1);
  const dtype = given === null ? int64 : given.dtype === float32 ? float32 : float64;
  return countInto(
    size,
    cast(input, int64),
    given === null ? filled([1], 1, int64) : cast(given.detach(), dtype),
  );
}

/** Sums of `weights` by position among `size`. */
function countInto(size: number, positions: Tensor, weights: Tensor): Tensor {
  const index = packed(positions);
  return foldInto(filled([size], 0, weights.dtype), { dim: 0, index, shape: index.shape }, weights, "Sum");
}

export interface HistcOptions {
  /** Default 100. */
  bins?: number;
  /** Range of the values counted; where both are 0, that of the input. */
  min?: number;
  max?: number;
  out?: Tensor;
}
/** How many elements lie in each of `bins` equal parts of [min, max], as floats; those outside count nowhere. */
export function histc(
  input: Tensor,
  bins?: number | HistcOptions,
  min?: number | HistcOptions,
  max?: number | HistcOptions,
  options?: HistcOptions,
): Tensor {
  checkTensor("histc", input);
  const [count = 100, from = 0, to = 0, out] = positional(
    "histc",
    ["bins", "min", "max", "out"],
    [bins, min, max, options],
  );
  const { dtype } = input;
  if (dtype !== float32 && dtype !== float64) throw new DtypeError(`histc: not implemented for ${dtype}`);
  if (!Number.isInteger(count) || count <= 0) throw new ValueError(`histc: bins must be > 0, got ${count}`);
  const x = input.detach().reshape([-1]);
  let [low, high] = [Number(from), Number(to)];
  if (low === high && x.numel() > 0) {
    low = x.amin().item() as number;
    high = x.amax().item() as number;
  }
  if (low === high) {
    low -= 1;
    high += 1;
  }
  if (!Number.isFinite(low) || !Number.isFinite(high))
    throw new ValueError(`histc: range of [${low}, ${high}] is not finite`);
  if (!(low < high)) throw new ValueError(`histc: max must be larger than min, got ${high} and ${low}`);
  const inside = x.maskedSelect(x.ge(low).mul(x.le(high)));
  const width = dtype === float32 ? Math.fround(Math.fround(high) - Math.fround(low)) : high - low;
  const at = cast(inside.sub(low).mul(count).div(width), int64).clampMax(count - 1);
  return intoSame("histc", { out }, cast(countInto(count, at, filled([1], 1, int64)), dtype));
}
