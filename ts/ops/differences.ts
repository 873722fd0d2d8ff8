// Differences of neighbours, and integrals by the trapezoidal rule.
import { DtypeError, ShapeError } from "../core/errors.ts";
import { isOptions, positional } from "../core/options.ts";
import { shapeText, wrapDim } from "../core/shape.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { checkInteger } from "./arguments.ts";
import { checkTensor } from "./dispatch.ts";
import { cat } from "./join.ts";
import { narrow } from "./slices.ts";
import { reshape } from "./views.ts";

export interface DiffOptions {
  /** How often; default 1. */
  n?: number;
  /** Default -1. */
  dim?: number;
  prepend?: Tensor | null;
  append?: Tensor | null;
}
/** The n-th differences of neighbours along a dimension; of bools, whether they differ. */
export function diff(
  input: Tensor,
  n?: number | DiffOptions,
  dim?: number | DiffOptions,
  prepend?: Tensor | null | DiffOptions,
  append?: Tensor | null | DiffOptions,
): Tensor {
  checkTensor("diff", input);
  const [order = 1, over = -1, before = null, after = null] = positional<
    [number?, number?, (Tensor | null)?, (Tensor | null)?]
  >("diff", ["n", "dim", "prepend", "append"], [n, dim, prepend, append]);
  if (input.ndim === 0) throw new ShapeError("diff: expected at least 1 dimension");
  checkInteger("diff", "n", order);
  const d = wrapDim("diff", over, input.ndim);
  if (order <= 0) return input.clone();
  const parts = [before, input, after].filter((x) => x !== null);
  let x = parts.length === 1 ? input : cat(parts, d);
  for (let k = Math.min(order, x.shape[d]!); k > 0; k--) {
    const [left, right] = neighbours(x, d);
    x = x.dtype.name === "bool" ? right.logicalXor(left) : right.sub(left);
  }
  return x;
}

/** All but the last and all but the first along a dimension. */
function neighbours(x: Tensor, d: number): [Tensor, Tensor] {
  const n = Math.max(x.shape[d]! - 1, 0);
  return [narrow(x, d, 0, n), narrow(x, d, x.shape[d]! - n, n)];
}

export interface TrapezoidOptions {
  /** Where the samples are. */
  x?: Tensor;
  /** Their distance where no `x` is given; default 1. */
  dx?: number;
  /** Default -1. */
  dim?: number;
}

interface Areas {
  /** Between neighbouring samples. */
  parts: Tensor;
  d: number;
  /** The samples' distance where it is one number. */
  dx: number | null;
}
function areas(
  op: string,
  y: Tensor,
  x: Tensor | TrapezoidOptions | undefined,
  options?: TrapezoidOptions,
): Areas {
  checkTensor(op, y);
  const [at, dx = 1, dim = -1] = positional<[Tensor?, number?, number?]>(
    op,
    ["x", "dx", "dim"],
    isOptions(x) ? [x] : [x, options],
  );
  if (at !== undefined) checkTensor(op, at);
  const d = wrapDim(op, dim, y.ndim);
  if (y.dtype.name === "bool" || at?.dtype.name === "bool")
    throw new DtypeError(`${op}: bool is not supported`);
  const [left, right] = neighbours(y, d);
  const sums = left.add(right);
  if (at === undefined) return { parts: sums.mul(dx).div(2), d, dx };
  let steps: Tensor;
  if (at.ndim === 1) {
    if (at.shape[0] !== y.shape[d])
      throw new ShapeError(
        `${op}: there must be one x value for each sample point, got x of shape ${shapeText(at.shape)} for y of shape ${shapeText(y.shape)}`,
      );
    steps = reshape(
      diff(at),
      y.shape.map((_, k) => (k === d ? at.shape[0]! - 1 : 1)),
    );
  } else {
    const whole = at.ndim < y.ndim ? reshape(at, [...y.shape.slice(at.ndim).map(() => 1), ...at.shape]) : at;
    steps = diff(whole, 1, d);
  }
  return { parts: sums.mul(steps).div(2), d, dx: null };
}

/** The integral of samples along a dimension by the trapezoidal rule. */
export function trapezoid(y: Tensor, x?: Tensor | TrapezoidOptions, options?: TrapezoidOptions): Tensor {
  const { parts, d, dx } = areas("trapezoid", y, x, options);
  if (y.shape[d] === 0) return y.newZeros(y.shape.toSpliced(d, 1));
  if (dx === null) return parts.sum(d);
  // All samples but half of the first and the last, as PyTorch adds them: integers do not overflow.
  return y
    .sum(d)
    .sub(y.select(d, 0).add(y.select(d, -1)).mul(0.5))
    .mul(dx);
}
/** An older name of `trapezoid`. */
export function trapz(y: Tensor, x?: Tensor | TrapezoidOptions, options?: TrapezoidOptions): Tensor {
  return trapezoid(y, x, options);
}
/** The integrals up to each sample but the first. */
export function cumulativeTrapezoid(
  y: Tensor,
  x?: Tensor | TrapezoidOptions,
  options?: TrapezoidOptions,
): Tensor {
  const { parts, d } = areas("cumulativeTrapezoid", y, x, options);
  return parts.cumsum(d);
}
