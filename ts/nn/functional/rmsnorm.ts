import { ShapeError } from "../../core/errors.ts";
import { positional } from "../../core/options.ts";
import { sameShape, shapeText } from "../../core/shape.ts";
import { finfo } from "../../core/typeinfo.ts";
import { sizesOf } from "../../ops/arguments.ts";
import { checkTensor } from "../../ops/dispatch.ts";
import type { Tensor } from "../../tensor/tensor.ts";

export interface RMSNormArguments {
  /** Factors of the shape `normalizedShape`. */
  weight?: Tensor | null;
  /** Added to the mean square; default the distance from 1 to the next number of the dtype. */
  eps?: number | null;
}

/** Divides by the root of the mean square over the last dimensions, whose sizes are `normalizedShape` (Zhang and Sennrich, 2019). */
export function rmsNorm(
  input: Tensor,
  normalizedShape: number | readonly number[],
  weight?: Tensor | null | RMSNormArguments,
  eps?: number | null | RMSNormArguments,
  options?: RMSNormArguments,
): Tensor {
  checkTensor("rmsNorm", input);
  const [factors = null, small = null] = positional<[(Tensor | null)?, (number | null)?]>(
    "rmsNorm",
    ["weight", "eps"],
    [weight, eps, options],
  );
  const sizes = sizesOf("rmsNorm", "normalizedShape", normalizedShape);
  if (sizes.length === 0 || !sameShape(input.shape.slice(-sizes.length), sizes))
    throw new ShapeError(
      `rmsNorm: given normalizedShape ${shapeText(sizes)}, expected an input whose shape ends in it, got ${shapeText(input.shape)}`,
    );
  if (factors !== null) checkTensor("rmsNorm", factors);
  if (factors !== null && !sameShape(factors.shape, sizes))
    throw new ShapeError(
      `rmsNorm: expected weight of the same shape as normalizedShape ${shapeText(sizes)}, got ${shapeText(factors.shape)}`,
    );
  const dims = sizes.map((_, d) => d - sizes.length);
  const scale = input
    .square()
    .mean(dims, true)
    .add(small ?? (input.dtype.isFloatingPoint ? finfo(input.dtype).eps : 0))
    .rsqrt();
  const normal = input.mul(scale);
  return factors === null ? normal : normal.mul(factors);
}
