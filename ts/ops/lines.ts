// Reductions: a tensor seen as lines along the reduced dimensions.
import { bool, COMPUTE, type DType, int64 } from "../core/dtype.ts";
import { IndexError } from "../core/errors.ts";
import { contiguousStrides, numelOf, type Shape, shapeText } from "../core/shape.ts";
import { scratch } from "../memory/scratch.ts";
import { kernels } from "../memory/wasm.ts";
import { writeScalar } from "../tensor/plan.ts";
import { cast, packed } from "../tensor/raw.ts";
import { addressOf, empty, emptyScalar, Tensor, written } from "../tensor/tensor.ts";
import { overUnits, parallel } from "../threads/pool.ts";
import { family, kernelFor } from "./dispatch.ts";

/** A tensor seen as [outer, n, inner], to be reduced along the middle. */
export interface Lines {
  source: Tensor;
  outer: number;
  n: number;
  inner: number;
  /** Shape of the result, with and without the reduced dimensions as 1. */
  shape: number[];
  kept: number[];
}

/** Brings the reduced dimensions together (they may need a copy in another order) and gives the sizes around them. */
export function linesOf(input: Tensor, dims: readonly number[]): Lines {
  if (dims.length === 1) return along(input, dims[0]!);
  const kept = input.shape.map((size, d) => (dims.includes(d) ? 1 : size));
  const shape = input.shape.filter((_, d) => !dims.includes(d));
  const first = dims[0] ?? 0,
    last = dims[dims.length - 1] ?? -1;
  const n = numelOf(dims.map((d) => input.shape[d]!));
  if (last - first + 1 === dims.length) {
    return {
      source: packed(input),
      outer: numelOf(input.shape.slice(0, first)),
      n,
      inner: numelOf(input.shape.slice(last + 1)),
      shape,
      kept,
    };
  }
  const rest = input.shape.map((_, d) => d).filter((d) => !dims.includes(d));
  const order = [...rest, ...dims];
  const source = packed(
    new Tensor(
      input.storage,
      input.dtype,
      order.map((d) => input.shape[d]!),
      order.map((d) => input.strides[d]!),
      input.offset,
    ),
  );
  return { source, outer: numelOf(shape), n, inner: 1, shape, kept };
}

/** The same for one dimension, as most calls have it. */
function along(input: Tensor, dim: number): Lines {
  const { shape } = input;
  const kept = shape.slice(),
    rest: number[] = [];
  let outer = 1,
    inner = 1;
  for (let d = 0; d < shape.length; d++) {
    const size = shape[d]!;
    if (d === dim) continue;
    rest.push(size);
    if (d < dim) outer *= size;
    else inner *= size;
  }
  kept[dim] = 1;
  return { source: packed(input), outer, n: shape[dim]!, inner, shape: rest, kept };
}

type LineKernel = (x: number, out: number, n: number, inner: number, begin: number, end: number) => void;
type PairKernel = (
  x: number,
  values: number,
  indices: number,
  n: number,
  inner: number,
  begin: number,
  end: number,
) => void;

/** Runs a reduction kernel over `dims`; the result has the kernel's own dtype, or `resultDtype`. */
export function reduceLines(
  op: string,
  kernel: string,
  input: Tensor,
  dims: readonly number[],
  keepdim: boolean,
  dtype: DType,
  resultDtype?: DType,
): Tensor {
  const compute = COMPUTE[dtype.domain];
  const run = kernelFor(op, family<LineKernel>(kernel), compute);
  const source = cast(input, compute);
  if (dims.length === input.ndim && !keepdim) {
    const whole = packed(source);
    const out = emptyScalar(resultDtype ?? compute);
    reduceWhole(run, kernel, addressOf(whole), addressOf(out), whole.numel(), compute.itemsize);
    return cast(written(out), resultDtype ?? dtype);
  }
  const cut = resultDtype === undefined ? lastRun(dims) : 0;
  if (cut > 0) {
    const inner = reduceLines(op, kernel, source, dims.slice(cut), true, compute);
    const out = reduceLines(op, kernel, inner, dims.slice(0, cut), true, dtype);
    return keepdim
      ? out
      : seenAs(
          out,
          input.shape.filter((_, d) => !dims.includes(d)),
        );
  }
  const lines = linesOf(source, dims);
  const out = empty(keepdim ? lines.kept : lines.shape, resultDtype ?? compute);
  const from = addressOf(lines.source),
    to = addressOf(out),
    { n, inner } = lines;
  const sums = kernel === "sum" || (kernel === "mean" && dtype.isFloatingPoint);
  if (sums && lines.outer === 1 && inner >= WIDE && n >= 2 * ROWS)
    sumRows(compute, from, to, n, inner, kernel === "mean");
  else overUnits(run, lines.outer * inner, n, [from, to, n, inner], [], true);
  return cast(written(out), resultDtype ?? dtype);
}

/** Rows as long as this are summed in the order of memory, by blocks of so many (as assembly/reduce.ts has it). */
const WIDE = 64;
const ROWS = 128;

/** Sums blocks of rows, then their sums: memory is read once through, instead of once for every few columns. */
function sumRows(compute: DType, x: number, out: number, n: number, inner: number, mean: boolean): void {
  const run = family<LineKernel>("sum")[compute.domain]!;
  const blocks = Math.floor(n / ROWS),
    rest = n - blocks * ROWS;
  const row = inner * compute.itemsize,
    at = scratch((blocks + 1) * row);
  overUnits(run, blocks * inner, ROWS, [x, at, ROWS, inner]);
  if (rest > 0) run(x + blocks * ROWS * row, at + blocks * row, rest, inner, 0, inner);
  overUnits(run, inner, blocks, [at, out, rest > 0 ? blocks + 1 : blocks, inner]);
  if (mean && compute.domain !== "i64")
    kernels[`div_${compute.domain}`](out, writeScalar(compute.domain, n), out, inner, 1, 0, 1);
}

/** Kernels whose results over parts give the whole one by the same kernel. */
const BY_PARTS = new Set(["sum", "prod", "max", "min", "norm1", "norm2", "logsumexp"]);
const PART = 65536;

/** A long line is reduced in parts of fixed length, on any number of threads, and then their results. */
function reduceWhole(run: LineKernel, kernel: string, x: number, out: number, n: number, size: number): void {
  const parts = Math.floor(n / PART);
  if (parts >= 2 && kernel === "mean") {
    const domain = size === 4 ? "f32" : "f64";
    reduceWhole(family<LineKernel>("sum")[domain]!, "sum", x, out, n, size);
    kernels[`div_${domain}`](out, writeScalar(domain, n), out, 1, 0, 0, 1);
    return;
  }
  if (parts < 2 || !BY_PARTS.has(kernel)) {
    run(x, out, n, 1, 0, 1);
    return;
  }
  const at = scratch((parts + 1) * size),
    rest = n - parts * PART;
  parallel(run, parts, 1, [x, at, PART, 1], [], true);
  if (rest > 0) run(x + parts * PART * size, at + parts * size, rest, 1, 0, 1);
  run(at, out, rest > 0 ? parts + 1 : parts, 1, 0, 1);
}

/** Where the last run of adjacent dimensions begins: runs are reduced one after the other, which needs no copy. */
function lastRun(dims: readonly number[]): number {
  let at = dims.length - 1;
  while (at > 0 && dims[at]! - dims[at - 1]! === 1) at--;
  return Math.max(at, 0);
}

/** A contiguous tensor under another shape of as many elements, off the tape. */
export function seenAs(x: Tensor, shape: Shape): Tensor {
  return new Tensor(x.storage, x.dtype, shape, contiguousStrides(shape), x.offset, true);
}

type DividedKernel = (
  x: number,
  out: number,
  n: number,
  inner: number,
  divisor: number,
  begin: number,
  end: number,
) => void;

/** Sums of squared deviations from the mean over `divisor`, along `dims`; off the tape. */
export function varianceLines(
  op: string,
  input: Tensor,
  dims: readonly number[],
  keepdim: boolean,
  divisor: number,
): Tensor {
  const compute = COMPUTE[input.dtype.domain];
  const lines = linesOf(cast(input, compute), dims);
  const out = empty(keepdim ? lines.kept : lines.shape, compute);
  const count = lines.outer * lines.inner;
  const run = kernelFor(op, family<DividedKernel>("var"), compute);
  overUnits(run, count, lines.n, [addressOf(lines.source), addressOf(out), lines.n, lines.inner, divisor]);
  return cast(written(out), input.dtype);
}

/** As `reduceLines`, for a bool tensor and the kernels `any_b1` and `all_b1`. */
export function reduceBytes(
  op: "any" | "all",
  input: Tensor,
  dims: readonly number[],
  keepdim: boolean,
): Tensor {
  const lines = linesOf(input, dims);
  const out = empty(keepdim ? lines.kept : lines.shape, bool);
  overUnits(kernels[`${op}_b1`], out.numel(), lines.n, [
    addressOf(lines.source),
    addressOf(out),
    lines.n,
    lines.inner,
  ]);
  return written(out);
}

/** Runs a kernel that finds a value of each line and where it is: `[values, indices]`. */
export function pickFromLines(
  op: string,
  kernel: string,
  input: Tensor,
  dim: number,
  keepdim: boolean,
): [values: Tensor, indices: Tensor] {
  const compute = COMPUTE[input.dtype.domain];
  const lines = linesOf(cast(input, compute), input.ndim === 0 ? [] : [dim]);
  const shape = keepdim ? lines.kept : lines.shape;
  const values = empty(shape, compute),
    indices = empty(shape, int64);
  const run = kernelFor(op, family<PairKernel>(kernel), compute);
  overUnits(run, values.numel(), lines.n, [
    addressOf(lines.source),
    addressOf(values),
    addressOf(indices),
    lines.n,
    lines.inner,
  ]);
  written(values);
  return [cast(values, input.dtype), written(indices)];
}

/** Runs a kernel that finds a value and where it is for each element of a line: `[values, indices]`. */
export function pickAlongLines(
  op: string,
  kernel: string,
  input: Tensor,
  dim: number,
): [values: Tensor, indices: Tensor] {
  const compute = COMPUTE[input.dtype.domain];
  const lines = linesOf(cast(input, compute), input.ndim === 0 ? [] : [dim]);
  const values = empty(input.shape, compute),
    indices = empty(input.shape, int64);
  const run = kernelFor(op, family<PairKernel>(kernel), compute);
  if (values.numel() > 0)
    overUnits(run, lines.outer, lines.n * lines.inner, [
      addressOf(lines.source),
      addressOf(values),
      addressOf(indices),
      lines.n,
      lines.inner,
    ]);
  written(values);
  return [cast(values, input.dtype), written(indices)];
}

/** Runs a kernel along each line of `dim` that gives a line of the same length. */
export function alongLines(op: string, kernel: string, input: Tensor, dim: number, dtype: DType): Tensor {
  const compute = COMPUTE[dtype.domain];
  const lines = linesOf(cast(input, compute), input.ndim === 0 ? [] : [dim]);
  const out = empty(input.shape, compute);
  const run = kernelFor(op, family<LineKernel>(kernel), compute);
  if (out.numel() > 0)
    overUnits(run, lines.outer, lines.n * lines.inner, [
      addressOf(lines.source),
      addressOf(out),
      lines.n,
      lines.inner,
    ]);
  return cast(written(out), dtype);
}

/** Spreads a reduction's gradient over the dimensions it had. */
export function spread(g: Tensor, shape: Shape, dims: readonly number[], keepdim: boolean): Tensor {
  // A single gradient for all elements expands as it is.
  return (g.ndim === 0 ? g : restored(g, shape, dims, keepdim)).expand(shape);
}

/** A reduction's result with the reduced dimensions as 1. */
export function restored(x: Tensor, shape: Shape, dims: readonly number[], keepdim: boolean): Tensor {
  return keepdim || dims.length === 0 || x.ndim === shape.length
    ? x
    : x.reshape(shape.map((size, d) => (dims.includes(d) ? 1 : size)));
}

/** @throws IndexError where a line without elements would have to name one of them. */
export function checkLines(op: string, input: Tensor, dims: readonly number[]): void {
  for (const d of dims)
    if (input.shape[d] === 0)
      throw new IndexError(
        `${op}: expected ${dims.length < input.ndim || input.ndim === 1 ? `reduction dim ${d}` : "every reduced dimension"} to have non-zero size, the input has shape ${shapeText(input.shape)}; an empty reduction has no identity`,
      );
}
