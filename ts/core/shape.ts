import { IndexError, ShapeError } from "./errors.ts";

export type Shape = readonly number[];

/** Number of elements of a shape. */
export function numelOf(shape: Shape): number {
  let n = 1;
  for (let i = 0; i < shape.length; i++) n *= shape[i]!;
  return n;
}

/** Strides, in elements, of a row-major tensor. Dimensions of size 0 count as 1, as in PyTorch. */
export function contiguousStrides(shape: Shape): number[] {
  const strides = new Array<number>(shape.length);
  let step = 1;
  for (let i = shape.length - 1; i >= 0; i--) {
    strides[i] = step;
    step *= Math.max(shape[i]!, 1);
  }
  return strides;
}

export function isContiguous(shape: Shape, strides: Shape): boolean {
  let step = 1;
  for (let i = shape.length - 1; i >= 0; i--) {
    const size = shape[i]!;
    if (size === 0) return true;
    if (size === 1) continue;
    if (strides[i] !== step) return false;
    step *= size;
  }
  return true;
}

export function sameShape(a: Shape, b: Shape): boolean {
  if (a === b) return true;
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

/** `[2, 3]`, as error texts show it. */
export function shapeText(shape: Shape): string {
  return `[${shape.join(", ")}]`;
}

/** The common shape of operands. @throws ShapeError naming the dimension where they differ. */
export function broadcastShapes(op: string, ...shapes: Shape[]): number[] {
  const rank = Math.max(0, ...shapes.map((s) => s.length));
  const out = new Array<number>(rank).fill(1);
  for (const shape of shapes) {
    for (let i = 1; i <= shape.length; i++) {
      const size = shape[shape.length - i]!,
        d = rank - i;
      if (size === out[d] || size === 1) continue;
      if (out[d] !== 1)
        throw new ShapeError(
          `${op}: shapes ${shapes.map(shapeText).join(" and ")} do not broadcast (dimension ${d}: ${out[d]} against ${size})`,
        );
      out[d] = size;
    }
  }
  return out;
}

/** Strides that read a tensor as if it had the broadcast `shape`: 0 along the dimensions it lacks or has once. */
export function broadcastStrides(shape: Shape, from: Shape, strides: Shape): number[] {
  // A dimension that both have once is stepped through once.
  if (sameShape(shape, from)) return strides as number[];
  const lead = shape.length - from.length;
  return shape.map((_, i) => (i < lead || from[i - lead] === 1 ? 0 : strides[i - lead]!));
}

/** A dimension counted from the front. @throws IndexError when it is not an integer within [-ndim, ndim). */
export function wrapDim(op: string, dim: number, ndim: number): number {
  // A 0-d tensor lets itself be addressed as if it had one dimension, as in PyTorch.
  const n = Math.max(ndim, 1);
  if (!Number.isInteger(dim))
    throw new IndexError(`${op}: a dimension must be an integer, got ${String(dim)}`);
  if (dim < -n || dim >= n)
    throw new IndexError(
      `${op}: dimension out of range (expected to be in range of [${-n}, ${n - 1}], but got ${dim})`,
    );
  return dim < 0 ? dim + n : dim;
}

/** Sorted, distinct dimensions; all of them for null or an empty list. @throws IndexError on a repeated one. */
export function wrapDims(
  op: string,
  dims: number | readonly number[] | null | undefined,
  ndim: number,
): number[] {
  if (dims === null || dims === undefined || (typeof dims === "object" && dims.length === 0)) {
    const all = new Array<number>(ndim);
    for (let d = 0; d < ndim; d++) all[d] = d;
    return all;
  }
  if (typeof dims === "number") return ndim === 0 ? (wrapDim(op, dims, 0), []) : [wrapDim(op, dims, ndim)];
  if (!Array.isArray(dims))
    throw new IndexError(`${op}: dimensions must be an integer or an array of them, got ${typeof dims}`);
  const seen = new Set<number>();
  for (const dim of dims) {
    const d = wrapDim(op, dim, ndim);
    if (seen.has(d)) throw new IndexError(`${op}: dim ${d} appears multiple times in the list of dims`);
    seen.add(d);
  }
  return ndim === 0 ? [] : [...seen].sort((a, b) => a - b);
}

/** A shape from `(2, 3)` or `([2, 3])`. @throws ShapeError unless every size is an integer >= `least`. */
export function toShape(op: string, sizes: readonly unknown[], least = 0): number[] {
  const flat = sizes.length === 1 && Array.isArray(sizes[0]) ? (sizes[0] as unknown[]) : sizes;
  for (const size of flat)
    if (!Number.isInteger(size) || (size as number) < least)
      throw new ShapeError(
        `${op}: a size must be an integer${least === 0 ? " >= 0" : ""}, got ${String(size)} in [${flat.map(String).join(", ")}]`,
      );
  return [...(flat as number[])];
}
