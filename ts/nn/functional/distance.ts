import { getDefaultDtype } from "../../core/dtype.ts";
import { positional } from "../../core/options.ts";
import { broadcastShapes, sameShape } from "../../core/shape.ts";
import { checkTensors } from "../../ops/arguments.ts";
import { checkTensor } from "../../ops/dispatch.ts";
import { resultType } from "../../ops/promote.ts";
import type { Tensor } from "../../tensor/tensor.ts";

export interface NormalizeOptions {
  /** Kind of the norm; default 2. */
  p?: number;
  /** The dimension whose lines get norm 1; default 1. */
  dim?: number | readonly number[];
  /** The smallest norm divided by; default 1e-12. */
  eps?: number;
  out?: Tensor;
}
/** Divides by the norm along a dimension. */
export function normalize(
  input: Tensor,
  p?: number | NormalizeOptions,
  dim?: number | readonly number[] | NormalizeOptions,
  eps?: number | NormalizeOptions,
  options?: NormalizeOptions,
): Tensor {
  checkTensor("normalize", input);
  const [type = 2, along = 1, least = 1e-12, out] = positional(
    "normalize",
    ["p", "dim", "eps", "out"],
    [p, dim, eps, options],
  );
  return input.div(input.norm(type, along, true).clampMin(least), { out });
}

export interface CosineOptions {
  /** The dimension of the vectors; default 1. */
  dim?: number;
  /** The smallest norm divided by; default 1e-8. */
  eps?: number;
}
/** Cosine of the angle between vectors along a dimension; the operands broadcast. */
export function cosineSimilarity(
  x1: Tensor,
  x2: Tensor,
  dim?: number | CosineOptions,
  eps?: number | CosineOptions,
  options?: CosineOptions,
): Tensor {
  checkTensors("cosineSimilarity", [x1, x2]);
  const [along = 1, least = 1e-8] = positional<[number?, number?]>(
    "cosineSimilarity",
    ["dim", "eps"],
    [dim, eps, options],
  );
  const shape = broadcastShapes("cosineSimilarity", x1.shape, x2.shape);
  const dtype = resultType(x1, x2);
  const wide = (x: Tensor) => (sameShape(x.shape, shape) ? x : x.expand(shape)).to(dtype);
  return unit(wide(x1), along, least)
    .mul(unit(wide(x2), along, least))
    .sum(along);
}
/** Divided by the norm; where that is below `least`, by `least`, which then still counts as the norm in gradients. */
function unit(x: Tensor, dim: number, least: number): Tensor {
  const norm = x.norm(2, dim, true);
  return x.div(norm.add(norm.detach().clampMin(least).sub(norm.detach())));
}

export interface DistanceOptions {
  /** Kind of the norm; default 2. */
  p?: number;
  /** Added to each difference; default 1e-6. */
  eps?: number;
  /** Keep the last dimension with size 1; default false. */
  keepdim?: boolean;
}
/** Norm of the difference of vectors along the last dimension; the operands broadcast. */
export function pairwiseDistance(
  x1: Tensor,
  x2: Tensor,
  p?: number | DistanceOptions,
  eps?: number | DistanceOptions,
  keepdim?: boolean | DistanceOptions,
  options?: DistanceOptions,
): Tensor {
  checkTensors("pairwiseDistance", [x1, x2]);
  const [type = 2, shift = 1e-6, keep = false] = positional<[number?, number?, boolean?]>(
    "pairwiseDistance",
    ["p", "eps", "keepdim"],
    [p, eps, keepdim, options],
  );
  const apart = x1.sub(x2);
  // The shift is a float whatever its value, so that integers become floats.
  return apart
    .to(apart.dtype.isFloatingPoint ? apart.dtype : getDefaultDtype())
    .add(shift)
    .norm(type, -1, keep);
}
