// Quantiles, covariances and distances.
import { getDefaultDtype } from "../core/dtype.ts";
import { DtypeError, ShapeError, ValueError } from "../core/errors.ts";
import { positional } from "../core/options.ts";
import { shapeText, wrapDim } from "../core/shape.ts";
import { isTensor, type Tensor } from "../tensor/tensor.ts";
import { movedim, unsqueeze } from "./dims.ts";
import { checkTensor } from "./dispatch.ts";
import { vectorNorm } from "./linalg/norms.ts";
import { into } from "./out.ts";
import { DIST, normAlong } from "./reducespread.ts";
import { reshape } from "./views.ts";

type Interpolation = "linear" | "lower" | "higher" | "nearest" | "midpoint";
export interface QuantileOptions {
  dim?: number | null;
  /** Keep the reduced dimension with size 1; default false. */
  keepdim?: boolean;
  /** What stands between two elements; default "linear". */
  interpolation?: Interpolation;
  out?: Tensor;
}
const INTERPOLATIONS = ["linear", "lower", "higher", "nearest", "midpoint"];

/** The q-quantiles, q within [0, 1], of all elements or along a dimension; those of a 1-d q are stacked in front. NaN where an element is NaN. */
export function quantile(
  input: Tensor,
  q: number | Tensor,
  dim?: number | null | QuantileOptions,
  keepdim?: boolean | QuantileOptions,
  options?: QuantileOptions,
): Tensor {
  return quantiles("quantile", input, [q, dim, keepdim, options]);
}
/** As `quantile`, of the elements that are not NaN. */
export function nanquantile(
  input: Tensor,
  q: number | Tensor,
  dim?: number | null | QuantileOptions,
  keepdim?: boolean | QuantileOptions,
  options?: QuantileOptions,
): Tensor {
  return quantiles("nanquantile", input, [q, dim, keepdim, options]);
}

function quantiles(op: "quantile" | "nanquantile", input: Tensor, args: readonly unknown[]): Tensor {
  checkTensor(op, input);
  const [given, over = null, keepdim = false, interpolation = "linear", out] = positional<
    [number | Tensor, (number | null)?, boolean?, Interpolation?, Tensor?]
  >(op, ["q", "dim", "keepdim", "interpolation", "out"], args);
  if (input.dtype.itemsize < 4 || !input.dtype.isFloatingPoint)
    throw new DtypeError(`${op}: input must be float32 or float64, got ${input.dtype}`);
  if (input.numel() === 0)
    throw new ValueError(`${op}: input must be non-empty, it has shape ${shapeText(input.shape)}`);
  if (!INTERPOLATIONS.includes(interpolation))
    throw new ValueError(
      `${op}: interpolation must be one of ${INTERPOLATIONS.join(", ")}, got ${String(interpolation)}`,
    );
  const q = isTensor(given) ? given : input.newTensor(given as never);
  if (q.ndim > 1)
    throw new ShapeError(`${op}: q must be a scalar or 1-d, it has shape ${shapeText(q.shape)}`);
  if (q.dtype !== input.dtype) throw new DtypeError(`${op}: q must be of ${input.dtype}, got ${q.dtype}`);
  if (q.detach().ge(0).logicalAnd(q.detach().le(1)).logicalNot().any().item())
    throw new ValueError(`${op}: q must lie within [0, 1]`);
  const d = over === null ? 0 : wrapDim(op, over, input.ndim);
  const flat = over === null || input.ndim === 0;
  const lines = flat ? reshape(input, [-1]) : movedim(input, d, -1);
  const sorted = lines.sort(-1).values as Tensor;
  const n = sorted.shape.at(-1)!,
    missing = sorted.detach().isnan();
  const points = q.reshape([-1]);
  let rank: Tensor;
  if (op === "nanquantile") rank = points.mul(missing.logicalNot().sum(-1, true).sub(1).clamp(0));
  else
    rank = points
      .mul(n - 1)
      .add(sorted.detach().newZeros([...sorted.shape.slice(0, -1), 1]))
      .maskedFill(missing.any(-1, true), n - 1);
  if (interpolation === "lower") rank = rank.floor();
  if (interpolation === "higher") rank = rank.ceil();
  if (interpolation === "nearest") rank = rank.round();
  const below = rank.detach().floor();
  let values = sorted.gather(-1, below.long());
  if (interpolation === "linear" || interpolation === "midpoint") {
    const above = sorted.gather(-1, rank.detach().ceil().long());
    values = values.lerp(above, interpolation === "midpoint" ? 0.5 : rank.sub(below));
  }
  // The points stand last: in front of the rest for a list of them, else they are one and vanish.
  const front = movedim(values, -1, 0);
  const rest = flat
    ? keepdim
      ? input.shape.map(() => 1)
      : []
    : keepdim
      ? input.shape.with(d, 1)
      : input.shape.toSpliced(d, 1);
  return into(op, { out }, reshape(front, q.ndim === 0 ? rest : [q.numel(), ...rest]));
}

export interface CovOptions {
  /** What is taken off the number of observations in the divisor; default 1. */
  correction?: number;
  /** How often each observation was made: integers. */
  fweights?: Tensor | null;
  /** The weight of each observation. */
  aweights?: Tensor | null;
}
/** Covariances of the rows of a matrix, whose columns are observations. A vector is one row. */
export function cov(input: Tensor, options?: CovOptions): Tensor {
  checkTensor("cov", input);
  const [correction = 1, fweights = null, aweights = null] = positional<
    [number?, (Tensor | null)?, (Tensor | null)?]
  >("cov", ["correction", "fweights", "aweights"], [options]);
  if (input.ndim > 2)
    throw new ShapeError(`cov: expected at most 2 dimensions, got shape ${shapeText(input.shape)}`);
  if (input.dtype.name === "bool") throw new DtypeError("cov: bool is not supported");
  const own = input.dtype.isFloatingPoint ? input : input.to(getDefaultDtype());
  const x = own.ndim < 2 ? reshape(own, [1, -1]) : own,
    n = x.shape[1]!;
  for (const [name, w] of [
    ["fweights", fweights],
    ["aweights", aweights],
  ] as const) {
    if (w === null) continue;
    checkTensor("cov", w);
    if (w.ndim > 1 || w.numel() !== n)
      throw new ShapeError(`cov: ${name} must be 1-d with ${n} elements, it has shape ${shapeText(w.shape)}`);
    if (w.dtype.isFloatingPoint === (name === "fweights"))
      throw new DtypeError(
        `cov: ${name} must be ${name === "fweights" ? "integers" : "floating point"}, got ${w.dtype}`,
      );
    if (w.detach().lt(0).any().item()) throw new ValueError(`cov: ${name} cannot be negative`);
  }
  const w = fweights && aweights ? aweights.mul(fweights) : (fweights ?? aweights);
  const total = w ? w.sum() : null;
  if (total && Number(total.item()) === 0) throw new ValueError("cov: the weights sum to zero");
  const mean = (w ? x.mul(w) : x).sum(1).div(total ?? n);
  let divisor: Tensor | number = total ? total.sub(correction) : Math.max(n - correction, 0);
  if (w && aweights && correction !== 0)
    divisor = total!.sub(w.mul(aweights).sum().div(total!).mul(correction));
  if (isTensor(divisor)) divisor = divisor.clamp(0);
  const centred = x.sub(unsqueeze(mean, 1));
  return centred
    .matmul((w ? centred.mul(w) : centred).t())
    .div(divisor)
    .squeeze();
}

/** Pearson's correlations of the rows of a matrix, whose columns are observations. */
export function corrcoef(input: Tensor): Tensor {
  const c = cov(input);
  if (c.ndim === 0) return c.div(c);
  const deviation = c.diagonal().sqrt();
  return c.div(unsqueeze(deviation, 1)).div(unsqueeze(deviation, 0)).clamp(-1, 1);
}

/** The p-norm of the difference of two tensors that broadcast. */
export function dist(input: Tensor, other: Tensor, p: number | { p?: number } = 2): Tensor {
  checkTensor("dist", input);
  checkTensor("dist", other);
  const [order = 2] = positional<[number?]>("dist", ["p"], [p]);
  const difference = input.sub(other);
  return normAlong(
    DIST,
    difference,
    order,
    difference.shape.map((_, d) => d),
    false,
  );
}

/** Slices along `dim` whose p-norm is above `maxnorm`, scaled down to it. */
export function renorm(
  input: Tensor,
  p: number | { p?: number; dim?: number; maxnorm?: number },
  dim?: number | object,
  maxnorm?: number | object,
): Tensor {
  checkTensor("renorm", input);
  const [order, over, most] = positional<[number, number, number]>(
    "renorm",
    ["p", "dim", "maxnorm"],
    [p, dim, maxnorm],
  );
  if (input.ndim < 2)
    throw new ShapeError(`renorm: expected at least 2 dimensions, got shape ${shapeText(input.shape)}`);
  if (!(order > 0)) throw new ValueError(`renorm: p must be positive, got ${order}`);
  if (!(most >= 0)) throw new ValueError(`renorm: maxnorm must not be negative, got ${most}`);
  const d = wrapDim("renorm", over, input.ndim);
  const others = input.shape.map((_, k) => k).filter((k) => k !== d);
  const size = vectorNorm(input, order, others, true);
  const factor = size.add(1e-7).reciprocal().mul(most).where(size.detach().gt(most), 1);
  return input.mul(factor);
}
