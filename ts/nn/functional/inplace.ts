// Activations written over their input.
import { positional } from "../../core/options.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import * as activation from "./activation.ts";

/** In place: each element, or 0 where it is negative. */
export function relu_(input: Tensor): Tensor {
  return activation.relu(input, true);
}
/** In place: the scaled exponential linear unit. */
export function selu_(input: Tensor): Tensor {
  return activation.selu(input, true);
}
/** In place: `elu`. */
export function elu_(input: Tensor, alpha?: number | { alpha?: number }): Tensor {
  const [a] = positional<[number?]>("elu_", ["alpha"], [alpha]);
  return activation.elu(input, a, true);
}
/** In place: `celu`. */
export function celu_(input: Tensor, alpha?: number | { alpha?: number }): Tensor {
  const [a] = positional<[number?]>("celu_", ["alpha"], [alpha]);
  return activation.celu(input, a, true);
}
/** In place: `leakyRelu`. */
export function leakyRelu_(input: Tensor, negativeSlope?: number | { negativeSlope?: number }): Tensor {
  const [slope] = positional<[number?]>("leakyRelu_", ["negativeSlope"], [negativeSlope]);
  return activation.leakyRelu(input, slope, true);
}
type Range = { minVal?: number; maxVal?: number };
/** In place: `hardtanh`. */
export function hardtanh_(input: Tensor, minVal?: number | Range, maxVal?: number | Range): Tensor {
  const [min, max] = positional<[number?, number?]>("hardtanh_", ["minVal", "maxVal"], [minVal, maxVal]);
  return activation.hardtanh(input, min, max, true);
}
type Limit = { threshold?: number; value?: number };
/** In place: `threshold`. */
export function threshold_(input: Tensor, threshold: number | Limit, value?: number | Limit): Tensor {
  const [limit, otherwise] = positional<[number, number]>(
    "threshold_",
    ["threshold", "value"],
    [threshold, value],
  );
  return activation.threshold(input, limit, otherwise, true);
}
type Slopes = { lower?: number; upper?: number; training?: boolean };
/** In place: `rrelu`. */
export function rrelu_(
  input: Tensor,
  lower?: number | Slopes,
  upper?: number | Slopes,
  training?: boolean | Slopes,
): Tensor {
  const [low, high, active] = positional<[number?, number?, boolean?]>(
    "rrelu_",
    ["lower", "upper", "training"],
    [lower, upper, training],
  );
  return activation.rrelu(input, low, high, active, true);
}
