// Reductions: a tensor seen as lines along the reduced dimensions.
import { COMPUTE, type DType } from "../core/dtype.ts";
import { numelOf, type Shape } from "../core/shape.ts";
import { cast, packed } from "../tensor/raw.ts";
import { addressOf, empty, Tensor, written } from "../tensor/tensor.ts";
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
  const kept = input.shape.map((size, d) => (dims.includes(d) ? 1 : size));
  const shape = input.shape.filter((_, d) => !dims.includes(d));
  const first = dims[0] ?? 0, last = dims[dims.length - 1] ?? -1;
  const n = numelOf(dims.map((d) => input.shape[d]!));
  if (last - first + 1 === dims.length) {
    return { source: packed(input), outer: numelOf(input.shape.slice(0, first)), n, inner: numelOf(input.shape.slice(last + 1)), shape, kept };
  }
  const rest = input.shape.map((_, d) => d).filter((d) => !dims.includes(d));
  const order = [...rest, ...dims];
  const source = packed(new Tensor(input.storage, input.dtype, order.map((d) => input.shape[d]!), order.map((d) => input.strides[d]!), input.offset));
  return { source, outer: numelOf(shape), n, inner: 1, shape, kept };
}

type ReduceKernel = (x: number, out: number, n: number, inner: number, begin: number, end: number) => void;

/** Runs a reduction kernel over `dims`; the result has the kernel's own dtype, or `dtype`. */
export function reduceLines(op: string, kernel: string, input: Tensor, dims: readonly number[], keepdim: boolean, dtype: DType, resultDtype?: DType): Tensor {
  const compute = COMPUTE[dtype.domain];
  const lines = linesOf(cast(input, compute), dims);
  const out = empty(keepdim ? lines.kept : lines.shape, resultDtype ?? compute);
  const run = kernelFor(op, family<ReduceKernel>(kernel), compute);
  if (out.numel() > 0) run(addressOf(lines.source), addressOf(out), lines.n, lines.inner, 0, lines.outer);
  return cast(written(out), resultDtype ?? dtype);
}

/** Spreads a reduction's gradient over the dimensions it had. */
export function spread(g: Tensor, shape: Shape, dims: readonly number[], keepdim: boolean): Tensor {
  const kept = shape.map((size, d) => (dims.includes(d) ? 1 : size));
  return (keepdim ? g : g.reshape(kept)).expand(shape);
}

