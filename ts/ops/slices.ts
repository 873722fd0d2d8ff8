// Views that show a part: narrow, select, slice, diagonal, windows.
import { viewOf } from "../autograd/inplace.ts";
import type { OpRecord } from "../autograd/record.ts";
import { IndexError, ShapeError, ValueError } from "../core/errors.ts";
import { positional } from "../core/options.ts";
import { contiguousStrides, type Shape, shapeText, wrapDim } from "../core/shape.ts";
import { isTensor, type Tensor } from "../tensor/tensor.ts";
import { checkInteger } from "./arguments.ts";
import { checkTensor } from "./dispatch.ts";
import { placed, placeIndex, placeSlice } from "./place.ts";

const SLICE: OpRecord<{ whole: Shape; dim: number; start: number; step: number }> = {
  name: "slice",
  vjp: (g, { whole, dim, start, step }) => placeSlice(g, whole, dim, start, step),
};
const SELECT: OpRecord<{ whole: Shape; dim: number; index: number }> = {
  name: "select",
  vjp: (g, { whole, dim, index }) => placeIndex(g, whole, dim, index),
};
const DIAGONAL: OpRecord<{ whole: Shape; a: number; b: number; by: number }> = {
  name: "diagonal",
  vjp: (g, { whole, a, b, by }) =>
    placed(g, { whole, shape: g.shape, ...diagonalOf(contiguousStrides(whole), a, b, by) }),
};

/** Every `step`-th element of a dimension from `start` to before `end`, as Python counts them; a view. */
export function slice(
  input: Tensor,
  dim: number,
  start: number | null,
  end: number | null,
  step = 1,
): Tensor {
  const d = dimOf("slice", input, dim),
    size = input.shape[d]!;
  if (!Number.isInteger(step) || step <= 0)
    throw new ValueError(`slice: step must be greater than zero, got ${step}`);
  const from = clip(start ?? 0, size),
    to = Math.max(clip(end ?? size, size), from);
  const shape = input.shape.slice(),
    strides = input.strides.slice();
  shape[d] = Math.ceil((to - from) / step);
  strides[d]! *= step;
  return viewOf(SLICE, input, shape, strides, input.offset + from * input.strides[d]!, {
    whole: input.shape,
    dim: d,
    start: from,
    step,
  });
}

function clip(x: number, size: number): number {
  return Math.min(Math.max(x < 0 ? x + size : x, 0), size);
}

/** A view of `length` elements of a dimension, from `start` on. @throws IndexError or ShapeError when they are not there. */
export function narrow(
  input: Tensor,
  dim: number | object,
  start?: number | Tensor | object,
  length?: number | object,
  options?: object,
): Tensor {
  checkTensor("narrow", input);
  const [dim_, first, count] = positional(
    "narrow",
    ["dim", "start", "length"],
    [dim, start, length, options],
  );
  if (input.ndim === 0) throw new ShapeError("narrow: cannot be applied to a 0-d tensor");
  const d = dimOf("narrow", input, dim_),
    size = input.shape[d]!;
  if (isTensor(first) && (first.ndim !== 0 || !first.dtype.isInteger))
    throw new ValueError("narrow: start must be an integer or a 0-d integer tensor");
  let from: number = isTensor(first) ? (first.item() as number) : first;
  checkInteger("narrow", "start", from);
  checkInteger("narrow", "length", count);
  if (count < 0) throw new ShapeError(`narrow: length must be non-negative, got ${count}`);
  if (from < -size || from > size)
    throw new IndexError(`narrow: start ${from} is out of range for dimension ${d} of size ${size}`);
  if (from < 0) from += size;
  if (from + count > size)
    throw new ShapeError(`narrow: start (${from}) + length (${count}) exceeds dimension size (${size})`);
  return slice(input, d, from, from + count);
}

/** A copy of what `narrow` shows. */
export function narrowCopy(
  input: Tensor,
  dim: number | object,
  start?: number | object,
  length?: number | object,
  options?: object,
): Tensor {
  return narrow(input, dim, start, length, options).clone();
}

/** A view of one index of a dimension, without that dimension. @throws IndexError when it is out of range. */
export function select(
  input: Tensor,
  dim: number | object,
  index?: number | object,
  options?: object,
): Tensor {
  checkTensor("select", input);
  const [dim_, at] =
    typeof dim === "number" && typeof index === "number" && options === undefined
      ? [dim, index]
      : positional("select", ["dim", "index"], [dim, index, options]);
  if (input.ndim === 0) throw new IndexError("select: cannot be applied to a 0-d tensor");
  const d = dimOf("select", input, dim_),
    size = input.shape[d]!;
  checkInteger("select", "index", at);
  if (at < -size || at >= size)
    throw new IndexError(
      `select: index ${at} is out of bounds for dimension ${d} with size ${size} (shape ${shapeText(input.shape)})`,
    );
  const i = at < 0 ? at + size : at;
  const shape = input.shape.slice(),
    strides = input.strides.slice();
  shape.splice(d, 1);
  strides.splice(d, 1);
  return viewOf(SELECT, input, shape, strides, input.offset + i * input.strides[d]!, {
    whole: input.shape,
    dim: d,
    index: i,
  });
}

/** A view of the diagonal of two dimensions, put last; `offset` > 0 lies above the main one. */
export function diagonal(
  input: Tensor,
  offset: number | object = 0,
  dim1?: number | object,
  dim2?: number | object,
  options?: object,
): Tensor {
  checkTensor("diagonal", input);
  const [by = 0, first = 0, second = 1] = positional(
    "diagonal",
    ["offset", "dim1", "dim2"],
    [offset, dim1, dim2, options],
  );
  const a = wrapDim("diagonal", first, input.ndim),
    b = wrapDim("diagonal", second, input.ndim);
  if (a === b) throw new ValueError(`diagonal: dimensions cannot be identical, got ${first} and ${second}`);
  const count = Math.max(Math.min(input.shape[a]! + Math.min(by, 0), input.shape[b]! - Math.max(by, 0)), 0);
  const shape = [...without(input.shape, a, b), count];
  const { strides, offset: start } = diagonalOf(input.strides, a, b, by);
  return viewOf(DIAGONAL, input, shape, strides, input.offset + (count === 0 ? 0 : start), {
    whole: input.shape,
    a,
    b,
    by,
  });
}

const without = (list: Shape, a: number, b: number): number[] => list.filter((_, d) => d !== a && d !== b);

function diagonalOf(strides: Shape, a: number, b: number, by: number): { strides: number[]; offset: number } {
  return {
    strides: [...without(strides, a, b), strides[a]! + strides[b]!],
    offset: by >= 0 ? by * strides[b]! : -by * strides[a]!,
  };
}

const UNFOLD: OpRecord<{ shape: Shape; dim: number; size: number; step: number }> = {
  name: "unfold",
  // Windows may overlap; the k-th elements of all windows do not.
  vjp: (g, { shape, dim, size, step }) => {
    let total = g.newZeros(shape);
    const length = shape.length === 0 ? 1 : shape[dim]!;
    for (let k = 0; k < size; k++)
      total = total.add(spreadSteps(g.select(-1, k), shape, dim, length, k, step));
    return total;
  },
};

function spreadSteps(
  g: Tensor,
  shape: Shape,
  dim: number,
  length: number,
  first: number,
  step: number,
): Tensor {
  if (shape.length === 0) return g.reshape([]);
  return length === 0 ? g.newZeros(shape) : placeSlice(g, shape, dim, first, step);
}

/** A view of all windows of `size` elements along a dimension, `step` apart; they become the last dimension. */
export function unfold(
  input: Tensor,
  dimension: number | object,
  size?: number | object,
  step?: number | object,
  options?: object,
): Tensor {
  checkTensor("unfold", input);
  const [dim_, width, by] = positional(
    "unfold",
    ["dimension", "size", "step"],
    [dimension, size, step, options],
  );
  const d = wrapDim("unfold", dim_, input.ndim),
    length = input.shape[d] ?? 1,
    stride = input.strides[d] ?? 1;
  checkInteger("unfold", "size", width);
  checkInteger("unfold", "step", by);
  if (width < 0 || width > length)
    throw new ShapeError(
      `unfold: the window size ${width} must lie between 0 and the size ${length} of dimension ${d}`,
    );
  if (by <= 0) throw new ValueError(`unfold: step must be positive, got ${by}`);
  const count = Math.floor((length - width) / by) + 1;
  const shape = input.ndim === 0 ? [width] : [...input.shape.with(d, count), width];
  const strides = input.ndim === 0 ? [1] : [...input.strides.with(d, stride * by), stride];
  return viewOf(UNFOLD, input, shape, strides, input.offset, {
    shape: input.shape,
    dim: d,
    size: width,
    step: by,
  });
}

function dimOf(op: string, input: Tensor, dim: number): number {
  if (input.ndim === 0) throw new IndexError(`${op}: cannot be applied to a 0-d tensor`);
  return wrapDim(op, dim, input.ndim);
}
