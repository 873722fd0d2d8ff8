import { ShapeError } from "../../core/errors.ts";
import { positional } from "../../core/options.ts";
import { shapeText } from "../../core/shape.ts";
import { checkTensor } from "../../ops/dispatch.ts";
import { pad } from "../../ops/pad.ts";
import { avgPool2d } from "../../ops/pool.ts";
import type { Tensor } from "../../tensor/tensor.ts";

export interface ResponseNormOptions {
  /** How many neighbouring channels count. */
  size?: number;
  /** Factor of their mean square; default 1e-4. */
  alpha?: number;
  /** Exponent; default 0.75. */
  beta?: number;
  /** Added before; default 1. */
  k?: number;
}

/** Divides by (k + alpha * mean square of neighbouring channels) ^ beta; [N, C, ...]. */
export function localResponseNorm(
  input: Tensor,
  size: number | ResponseNormOptions,
  alpha?: number | ResponseNormOptions,
  beta?: number | ResponseNormOptions,
  k?: number | ResponseNormOptions,
  options?: ResponseNormOptions,
): Tensor {
  checkTensor("localResponseNorm", input);
  const [width, factor = 1e-4, exponent = 0.75, base = 1] = positional<[number, number?, number?, number?]>(
    "localResponseNorm",
    ["size", "alpha", "beta", "k"],
    [size, alpha, beta, k, options],
  );
  if (input.ndim < 3)
    throw new ShapeError(
      `localResponseNorm: expected an input of at least 3 dimensions, got shape ${shapeText(input.shape)}`,
    );
  if (input.numel() === 0) return input;
  const [batch, channels] = input.shape as [number, number];
  const squares = input.mul(input).reshape([batch, 1, channels, -1]);
  const means = avgPool2d(pad(squares, [0, 0, width >> 1, (width - 1) >> 1]), [width, 1], 1).reshape(
    input.shape,
  );
  return input.div(means.mul(factor).add(base).pow(exponent));
}
