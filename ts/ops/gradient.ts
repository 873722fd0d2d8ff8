// Derivatives of sampled functions by central differences.
import { uint8 } from "../core/dtype.ts";
import { DtypeError, IndexError, ShapeError, ValueError } from "../core/errors.ts";
import { positional } from "../core/options.ts";
import { shapeText, wrapDims } from "../core/shape.ts";
import { isTensor, type Tensor } from "../tensor/tensor.ts";
import { checkNumeric } from "./arguments.ts";
import { describe } from "./dispatch.ts";
import { cat } from "./join.ts";
import { narrow } from "./slices.ts";

export interface GradientOptions {
  /** The distance of samples, one per dimension, or per dimension a list of their coordinates; default 1. */
  spacing?: number | readonly number[] | readonly Tensor[] | null;
  /** Default: each dimension. */
  dim?: number | readonly number[] | null;
  /** Precision at the ends: 1 (default) or 2. */
  edgeOrder?: 1 | 2;
}

/** Derivatives of a sampled function along each of some dimensions, precise to the second order inside, as a list of tensors. */
export function gradient(input: Tensor, options?: GradientOptions): Tensor[] {
  const [given, dim = null, edgeOrder = 1] = positional(
    "gradient",
    ["spacing", "dim", "edgeOrder"],
    [options],
  );
  checkNumeric("gradient", input);
  if (input.dtype === uint8) throw new DtypeError(`gradient: not implemented for ${uint8}`);
  const spacing = given ?? 1;
  if (edgeOrder !== 1 && edgeOrder !== 2)
    throw new ValueError(`gradient: only edgeOrder 1 and 2 are supported, got ${describe(edgeOrder)}`);
  const wrapped = wrapDims("gradient", dim, input.ndim);
  // In the order given, which that of the results is.
  const dims = Array.isArray(dim) ? dim.map((d: number) => (d < 0 ? d + input.ndim : d)) : wrapped;
  const steps = Array.isArray(spacing) ? (spacing as (number | Tensor)[]) : dims.map(() => spacing as number);
  if (steps.length !== dims.length)
    throw new ValueError(`gradient: ${steps.length} spacings for ${dims.length} dimensions`);
  return dims.map((d, i) => along(input, d, steps[i]!, edgeOrder));
}

function along(x: Tensor, d: number, step: number | Tensor, edgeOrder: 1 | 2): Tensor {
  const n = x.shape[d]!;
  if (n < edgeOrder + 1)
    throw new ShapeError(
      `gradient: each dimension needs at least ${edgeOrder + 1} samples, the input has shape ${shapeText(x.shape)}`,
    );
  // Distances between neighbours, as a column along the dimension, or one number for all.
  let h: Tensor | number;
  if (isTensor(step)) {
    if (step.ndim !== 1 || step.shape[0] !== n)
      throw new IndexError(
        `gradient: expected ${n} coordinates along dimension ${d}, got shape ${shapeText(step.shape)}`,
      );
    const gaps = narrow(step, 0, 1, n - 1).sub(narrow(step, 0, 0, n - 1));
    h = gaps.reshape(x.shape.map((_, k) => (k === d ? n - 1 : 1)));
  } else h = step;
  const part = (from: number, count: number) => narrow(x, d, from, count);
  const gap = (from: number, count: number) => (isTensor(h) ? narrow(h, d, from, count) : h);
  const edge = (at: number, next: number, second: number): Tensor => {
    const sign = next > at ? 1 : -1;
    const h1 = gap(Math.min(at, next), 1);
    if (edgeOrder === 1) return part(next, 1).sub(part(at, 1)).mul(sign).div(h1);
    const h2 = gap(Math.min(next, second), 1);
    const both = plus(h1, h2);
    const a = over(plus(both, h1), times(h1, both)),
      b = over(both, times(h1, h2)),
      c = over(h1, times(h2, both));
    return part(next, 1).mul(b).sub(part(at, 1).mul(a)).sub(part(second, 1).mul(c)).mul(sign);
  };
  const first = edge(0, 1, 2),
    last = edge(n - 1, n - 2, n - 3);
  if (n === 2) return cat([first, last], d);
  const h1 = gap(0, n - 2),
    h2 = gap(1, n - 2);
  let inner: Tensor;
  if (isTensor(h1) && isTensor(h2)) {
    const both = h1.add(h2);
    inner = part(2, n - 2)
      .mul(h1.div(h2.mul(both)))
      .add(part(1, n - 2).mul(h2.sub(h1).div(h1.mul(h2))))
      .sub(part(0, n - 2).mul(h2.div(h1.mul(both))));
  } else
    inner = part(2, n - 2)
      .sub(part(0, n - 2))
      .div(times(2, h1));
  return cat([first, inner, last], d);
}

type Quantity = number | Tensor;
const combined =
  (name: "add" | "mul" | "div", plain: (a: number, b: number) => number) =>
  (a: Quantity, b: Quantity): Quantity =>
    isTensor(a) ? a[name](b) : isTensor(b) ? b.mul(0).add(a)[name](b) : plain(a, b);
const plus = combined("add", (a, b) => a + b);
const times = combined("mul", (a, b) => a * b);
const over = combined("div", (a, b) => a / b);
