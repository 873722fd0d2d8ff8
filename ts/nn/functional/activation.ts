// Activations under their functional names and with `inplace`.

import { inPlace, snapshot } from "../../autograd/inplace.ts";
import { type OpRecord, record, tracks } from "../../autograd/record.ts";
import { untaped } from "../../autograd/untaped.ts";
import { type DTypeLike, float64 } from "../../core/dtype.ts";
import { ValueError } from "../../core/errors.ts";
import { positional } from "../../core/options.ts";
import * as torch from "../../ops/activation.ts";
import * as rectifier from "../../ops/activationrectifier.ts";
import * as smooth from "../../ops/activationsmooth.ts";
import { checkFloat } from "../../ops/arguments.ts";
import { checkTensor } from "../../ops/dispatch.ts";
import { uniform_ } from "../../ops/fillrandom.ts";
import { fromNumbers } from "../../ops/numbers.ts";
import * as exponential from "../../ops/softmax.ts";
import { empty, type Tensor } from "../../tensor/tensor.ts";

export { hardshrink, prelu, sigmoid, tanh } from "../../ops/activation.ts";
export { logsigmoid, softsign, tanhshrink } from "../../ops/activationsmooth.ts";

export interface InplaceOptions {
  /** Write the result over the input; default false. */
  inplace?: boolean;
}
type Inplace = boolean | InplaceOptions;

/** What `inplace` asks for: `op` of the input, written over it or not. */
function perhapsInPlace(name: string, input: Tensor, inplace: boolean, op: (x: Tensor) => Tensor): Tensor {
  return inplace ? inPlace(`${name}_`, input, () => op(tracks(input) ? snapshot(input) : input)) : op(input);
}
const flag = (op: string, inplace: Inplace | undefined): boolean =>
  positional<[boolean?]>(op, ["inplace"], [inplace])[0] ?? false;

/** Each element, or 0 where it is negative. */
export function relu(input: Tensor, inplace?: Inplace): Tensor {
  // Its gradient needs the result alone, so that no copy of the input is kept.
  return flag("relu", inplace) ? inPlace("relu_", input, () => torch.relu(input)) : torch.relu(input);
}
/** Each element clamped to [0, 6]. */
export function relu6(input: Tensor, inplace?: Inplace): Tensor {
  return perhapsInPlace("relu6", input, flag("relu6", inplace), (x) => rectifier.hardtanh(x, 0, 6));
}
/** The scaled exponential linear unit of each element. */
export function selu(input: Tensor, inplace?: Inplace): Tensor {
  return perhapsInPlace("selu", input, flag("selu", inplace), rectifier.selu);
}
/** clamp(x + 3, 0, 6) / 6 of each element. */
export function hardsigmoid(input: Tensor, inplace?: Inplace): Tensor {
  return perhapsInPlace("hardsigmoid", input, flag("hardsigmoid", inplace), rectifier.hardsigmoid);
}
/** x clamp(x + 3, 0, 6) / 6 of each element. */
export function hardswish(input: Tensor, inplace?: Inplace): Tensor {
  return perhapsInPlace("hardswish", input, flag("hardswish", inplace), rectifier.hardswish);
}
/** x sigmoid(x) of each element. */
export function silu(input: Tensor, inplace?: Inplace): Tensor {
  return perhapsInPlace("silu", input, flag("silu", inplace), smooth.silu);
}
/** x tanh(softplus(x)) of each element. */
export function mish(input: Tensor, inplace?: Inplace): Tensor {
  return perhapsInPlace("mish", input, flag("mish", inplace), smooth.mish);
}

export interface LeakyReluOptions extends InplaceOptions {
  /** Factor of negative elements; default 0.01. */
  negativeSlope?: number;
}
/** Each element, times `negativeSlope` where it is negative. */
export function leakyRelu(
  input: Tensor,
  negativeSlope?: number | LeakyReluOptions,
  inplace?: boolean | LeakyReluOptions,
  options?: LeakyReluOptions,
): Tensor {
  const [slope = 0.01, over = false] = positional<[number?, boolean?]>(
    "leakyRelu",
    ["negativeSlope", "inplace"],
    [negativeSlope, inplace, options],
  );
  return perhapsInPlace("leakyRelu", input, over, (x) => rectifier.leakyRelu(x, slope));
}

export interface EluOptions extends InplaceOptions {
  /** Minus the limit for negative elements; default 1. */
  alpha?: number;
}
/** Each element, alpha (exp(x) - 1) where it is negative. */
export function elu(
  input: Tensor,
  alpha?: number | EluOptions,
  inplace?: boolean | EluOptions,
  options?: EluOptions,
): Tensor {
  const [a = 1, over = false] = positional<[number?, boolean?]>(
    "elu",
    ["alpha", "inplace"],
    [alpha, inplace, options],
  );
  return perhapsInPlace("elu", input, over, (x) => rectifier.elu(x, a));
}
/** Each element, alpha (exp(x / alpha) - 1) where it is negative. @throws ValueError for alpha 0. */
export function celu(
  input: Tensor,
  alpha?: number | EluOptions,
  inplace?: boolean | EluOptions,
  options?: EluOptions,
): Tensor {
  const [a = 1, over = false] = positional<[number?, boolean?]>(
    "celu",
    ["alpha", "inplace"],
    [alpha, inplace, options],
  );
  return perhapsInPlace("celu", input, over, (x) => rectifier.celu(x, a));
}

export interface HardtanhOptions extends InplaceOptions {
  /** Default -1. */
  minVal?: number;
  /** Default 1. */
  maxVal?: number;
}
/** Each element clamped to [minVal, maxVal]; without gradient at the ends. @throws ValueError unless min <= max. */
export function hardtanh(
  input: Tensor,
  minVal?: number | HardtanhOptions,
  maxVal?: number | HardtanhOptions,
  inplace?: boolean | HardtanhOptions,
  options?: HardtanhOptions,
): Tensor {
  const [min = -1, max = 1, over = false] = positional<[number?, number?, boolean?]>(
    "hardtanh",
    ["minVal", "maxVal", "inplace"],
    [minVal, maxVal, inplace, options],
  );
  return perhapsInPlace("hardtanh", input, over, (x) => rectifier.hardtanh(x, min, max));
}

export interface ThresholdOptions extends InplaceOptions {
  threshold?: number;
  /** In place of the elements not above the threshold. */
  value?: number;
}
/** Each element, or `value` where it is not above `threshold`. */
export function threshold(
  input: Tensor,
  threshold: number | ThresholdOptions,
  value?: number | ThresholdOptions,
  inplace?: boolean | ThresholdOptions,
  options?: ThresholdOptions,
): Tensor {
  const [limit, otherwise, over = false] = positional<[number, number, boolean?]>(
    "threshold",
    ["threshold", "value", "inplace"],
    [threshold, value, inplace, options],
  );
  return perhapsInPlace("threshold", input, over, (x) => rectifier.threshold(x, limit, otherwise));
}

/** x times the normal distribution function of x; with `approximate` "tanh", by its approximation. */
export function gelu(
  input: Tensor,
  approximate?: "none" | "tanh" | { approximate?: "none" | "tanh" },
): Tensor {
  const [how] = positional<["none" | "tanh" | undefined]>("gelu", ["approximate"], [approximate]);
  return smooth.gelu(input, how);
}

export interface SoftplusOptions {
  /** Default 1. */
  beta?: number;
  /** From where beta x counts as linear; default 20. */
  threshold?: number;
}
/** log(1 + exp(beta x)) / beta of each element. */
export function softplus(
  input: Tensor,
  beta?: number | SoftplusOptions,
  threshold?: number | SoftplusOptions,
  options?: SoftplusOptions,
): Tensor {
  const [b, limit] = positional<[number?, number?]>(
    "softplus",
    ["beta", "threshold"],
    [beta, threshold, options],
  );
  return smooth.softplus(input, b, limit);
}

/** Each element moved towards 0 by `lambd` (default 0.5), 0 within it. @throws ValueError for a negative `lambd`. */
export function softshrink(input: Tensor, lambd?: number | { lambd?: number }): Tensor {
  const [by] = positional<[number?]>("softshrink", ["lambd"], [lambd]);
  return rectifier.softshrink(input, by);
}

/** The first half along `dim` (default the last) times the sigmoid of the second. @throws ShapeError for an odd size. */
export function glu(input: Tensor, dim?: number | { dim?: number }): Tensor {
  const [along] = positional<[number?]>("glu", ["dim"], [dim]);
  return smooth.glu(input, along);
}

export interface SoftmaxOptions {
  /** Where to normalise; default 0 for tensors of 0, 1 and 3 dimensions, else 1. */
  dim?: number | null;
  /** Convert to this dtype first; default null keeps the input's. */
  dtype?: DTypeLike | null;
}
type DimArgument = number | null | SoftmaxOptions;

function along(op: string, input: Tensor, args: readonly unknown[]): [dim: number, dtype: DTypeLike | null] {
  checkTensor(op, input);
  const [dim, dtype = null] = positional<[number?, DTypeLike?]>(op, ["dim", "dtype"], args);
  return [dim ?? (input.ndim === 0 || input.ndim === 1 || input.ndim === 3 ? 0 : 1), dtype];
}
/** exp(x) over its sum along `dim`. */
export function softmax(input: Tensor, dim?: DimArgument, dtype?: DTypeLike | null | SoftmaxOptions): Tensor {
  return exponential.softmax(input, ...along("softmax", input, [dim, dtype]));
}
/** The logarithm of `softmax`, accurate where that is near 0. */
export function logSoftmax(
  input: Tensor,
  dim?: DimArgument,
  dtype?: DTypeLike | null | SoftmaxOptions,
): Tensor {
  return exponential.logSoftmax(input, ...along("logSoftmax", input, [dim, dtype]));
}
/** exp(-x) over its sum along `dim`. */
export function softmin(input: Tensor, dim?: DimArgument, dtype?: DTypeLike | null | SoftmaxOptions): Tensor {
  const where = along("softmin", input, [dim, dtype]);
  return exponential.softmax(input.neg(), ...where);
}

const RRELU: OpRecord<{ noise: Tensor }> = {
  name: "rrelu",
  node: "RreluWithNoiseBackward0",
  vjp: (g, { noise }) => g.mul(noise),
};
export interface RreluOptions extends InplaceOptions {
  /** Bounds of the slope; default 1/8 and 1/3. */
  lower?: number;
  upper?: number;
  /** Draw a slope per element; otherwise the mean of the bounds serves, which is the default. */
  training?: boolean;
}
/** Each element, times a slope where it is negative: in training a random one between `lower` and `upper`. */
export function rrelu(
  input: Tensor,
  lower?: number | RreluOptions,
  upper?: number | RreluOptions,
  training?: boolean | RreluOptions,
  inplace?: boolean | RreluOptions,
  options?: RreluOptions,
): Tensor {
  const [low = 1 / 8, high = 1 / 3, active = false, over = false] = positional<
    [number?, number?, boolean?, boolean?]
  >("rrelu", ["lower", "upper", "training", "inplace"], [lower, upper, training, inplace, options]);
  checkFloat("rrelu", input);
  if (!(low <= high)) throw new ValueError(`rrelu: lower (${low}) must not be above upper (${high})`);
  return perhapsInPlace("rrelu", input, over, (x) => {
    const noise = active
      ? slopes(x, low, high)
      : x
          .gt(0)
          .to(x.dtype)
          .mul(1 - (low + high) / 2)
          .add((low + high) / 2);
    const out = untaped(() => x.mul(noise));
    return tracks(x) ? record(RRELU, [x], out, { noise }) : out;
  });
}

/** 1 for positive elements; for each of the others, in order, a number is drawn, as PyTorch does. */
function slopes(input: Tensor, lower: number, upper: number): Tensor {
  const values = input.to(float64).toTypedArray() as Float64Array;
  const count = values.reduce((n, v) => n + (v <= 0 ? 1 : 0), 0);
  const drawn = uniform_(empty([count], float64), lower, upper).toTypedArray() as Float64Array;
  let next = 0;
  return fromNumbers(
    values.map((v) => (v <= 0 ? drawn[next++]! : 1)),
    input.shape,
  ).to(input.dtype);
}
