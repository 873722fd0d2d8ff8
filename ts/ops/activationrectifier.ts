// Activations made of straight pieces, and the exponential units.
import { type OpRecord, record, tracks } from "../autograd/record.ts";
import { untaped } from "../autograd/untaped.ts";
import { ValueError } from "../core/errors.ts";
import { positional } from "../core/options.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { ELU_SLOPE, HARDTANH_SLOPE, LEAKY_RELU_SLOPE, throughSlope } from "./activationslope.ts";
import { checkFloat, checkHolds, checkNumeric } from "./arguments.ts";
import { checkTensor, type ScalarOp, unaryWith } from "./dispatch.ts";

/** Runs a formula of other ops off the tape, and records it as one op. */
function composed<S extends object>(
  op: OpRecord<S>,
  input: Tensor,
  saved: S,
  compute: (x: Tensor) => Tensor,
): Tensor {
  checkFloat(op.name, input);
  const out = untaped(() => compute(input));
  return tracks(input) ? record(op, [input], out, saved) : out;
}

const LEAKY_RELU = {
  name: "leakyRelu",
  kernel: "leakyRelu",
  saves: "input",
  vjp: (g, { input, p }) => throughSlope(LEAKY_RELU_SLOPE, g, input, p),
} satisfies ScalarOp;
/** Each element, times `negativeSlope` (default 0.01) where it is negative. */
export function leakyRelu(input: Tensor, negativeSlope = 0.01): Tensor {
  checkFloat("leakyRelu", input);
  return unaryWith(LEAKY_RELU, input, negativeSlope);
}

const ELU = {
  name: "elu",
  kernel: "elu",
  saves: "input",
  vjp: (g, { input, p }) => throughSlope(ELU_SLOPE, g, input, p),
} satisfies ScalarOp;
/** Each element, alpha (exp(x) - 1) where it is negative; `alpha` is 1 by default. */
export function elu(input: Tensor, alpha = 1): Tensor {
  checkFloat("elu", input);
  return unaryWith(ELU, input, alpha);
}

const SELU_ALPHA = 1.6732632423543772,
  SELU_SCALE = 1.0507009873554805;
const SELU: OpRecord<{ input: Tensor }> = {
  name: "selu",
  node: "EluBackward0",
  vjp: (g, { input }) => g.where(input.gt(0), g.mul(input.minimum(0).exp()).mul(SELU_ALPHA)).mul(SELU_SCALE),
};
/** The scaled exponential linear unit of each element. */
export function selu(input: Tensor): Tensor {
  return composed(SELU, input, { input }, (x) => unaryWith(ELU, x, SELU_ALPHA).mul(SELU_SCALE));
}

const CELU: OpRecord<{ input: Tensor; alpha: number }> = {
  name: "celu",
  vjp: (g, { input, alpha }) => g.where(input.gt(0), g.mul(input.minimum(0).div(alpha).exp())),
};
/** Each element, alpha (exp(x / alpha) - 1) where it is negative; `alpha` is 1 by default. @throws ValueError for alpha 0. */
export function celu(input: Tensor, alpha?: number | { alpha?: number }): Tensor {
  const [a = 1] = positional<[number?]>("celu", ["alpha"], [alpha]);
  if (a === 0) throw new ValueError("celu: alpha cannot be 0");
  return composed(CELU, input, { input, alpha: a }, (x) =>
    x.where(x.gt(0), x.minimum(0).div(a).expm1().mul(a)),
  );
}

const THRESHOLD = {
  name: "threshold",
  kernel: "threshold",
  result: "keep",
  saves: "input",
  vjp: (g, { input, p }) => g.maskedFill(input.le(p), 0),
} satisfies ScalarOp;
/** Each element, or `value` where it is not above `threshold`. */
export function threshold(
  input: Tensor,
  limit: number | { threshold: number; value: number },
  value?: number | { value: number },
): Tensor {
  checkNumeric("threshold", input);
  const [above, otherwise] = positional<[number, number]>(
    "threshold",
    ["threshold", "value"],
    [limit, value],
  );
  if (typeof above !== "number" || typeof otherwise !== "number")
    throw new ValueError(
      `threshold: threshold and value must be numbers, got ${String(above)} and ${String(otherwise)}`,
    );
  for (const x of [above, otherwise]) checkHolds("threshold", input.dtype, x);
  if (input.dtype.isFloatingPoint) return unaryWith(THRESHOLD, input, above, otherwise);
  return input.maskedFill(input.le(Math.trunc(above)), Math.trunc(otherwise));
}

const HARDTANH: OpRecord<{ input: Tensor; min: number; max: number }> = {
  name: "hardtanh",
  vjp: (g, { input, min, max }) => throughSlope(HARDTANH_SLOPE, g, input, min, max),
};
/** Each element clamped to [minVal, maxVal], by default [-1, 1]; without gradient at the ends; all maxVal where that is below minVal. */
export function hardtanh(input: Tensor, minVal = -1, maxVal = 1, op = "hardtanh"): Tensor {
  checkTensor(op, input);
  if (input.dtype.isInteger) {
    const low = Math.trunc(minVal),
      high = Math.trunc(maxVal);
    if (input.dtype.name === "uint8" && (low < 0 || high < 0))
      throw new ValueError(`${op}: an unsigned dtype takes no negative limits, got ${low} and ${high}`);
    return input.clamp(low, high);
  }
  return composed(HARDTANH, input, { input, min: minVal, max: maxVal }, (x) => x.clamp(minVal, maxVal));
}

const HARDSIGMOID: OpRecord<{ input: Tensor }> = {
  name: "hardsigmoid",
  vjp: (g, { input }) => throughSlope(HARDTANH_SLOPE, g.div(6), input, -3, 3),
};
/** clamp(x + 3, 0, 6) / 6 of each element. */
export function hardsigmoid(input: Tensor): Tensor {
  return composed(HARDSIGMOID, input, { input }, (x) => x.add(3).clamp(0, 6).div(6));
}

const HARDSWISH: OpRecord<{ input: Tensor }> = {
  name: "hardswish",
  vjp: (g, { input }) => g.where(input.gt(3), g.mul(input.div(3).add(0.5)).maskedFill(input.lt(-3), 0)),
};
/** x clamp(x + 3, 0, 6) / 6 of each element. */
export function hardswish(input: Tensor): Tensor {
  return composed(HARDSWISH, input, { input }, (x) => x.mul(x.add(3).clamp(0, 6)).div(6));
}

const SOFTSHRINK: OpRecord<{ input: Tensor; lambd: number }> = {
  name: "softshrink",
  vjp: (g, { input, lambd }) => g.maskedFill(input.abs().gt(lambd).logicalNot(), 0),
};
/** Each element moved towards 0 by `lambd` (default 0.5), 0 within it. @throws ValueError for a negative `lambd`. */
export function softshrink(input: Tensor, lambd = 0.5): Tensor {
  if (!(lambd >= 0)) throw new ValueError(`softshrink: lambd must not be negative, got ${lambd}`);
  return composed(SOFTSHRINK, input, { input, lambd }, (x) =>
    x.sub(x.sign().mul(lambd)).maskedFill(x.abs().gt(lambd).logicalNot(), 0),
  );
}
