// Activations that are functions and methods alike.
import { type OpRecord, record, tracks } from "../autograd/record.ts";
import { untaped } from "../autograd/untaped.ts";
import { bool } from "../core/dtype.ts";
import { DtypeError, ShapeError } from "../core/errors.ts";
import { positional } from "../core/options.ts";
import { shapeText } from "../core/shape.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { checkFloat } from "./arguments.ts";
import { type BinaryOp, binary, checkTensor, type UnaryOp, unary } from "./dispatch.ts";
import type { OutOptions } from "./out.ts";

const zeros = (g: Tensor) => g.newZeros(g.shape);

// Gradient first, then the forward's result.
const TANH_BACKWARD = {
  name: "tanhBackward",
  kernel: "tanhBackward",
  saves: "operands",
  vjp: {
    input: (g, { other }) => tanhBackward(g, other as Tensor),
    other: (g, { input, other }) => g.mul(input).mul(other).mul(-2),
  },
} satisfies BinaryOp;
const tanhBackward = (g: Tensor, result: Tensor): Tensor => binary(TANH_BACKWARD, g, result);

const TANH = {
  name: "tanh",
  kernel: "tanh",
  saves: "result",
  vjp: (g, { result }) => tanhBackward(g, result),
} satisfies UnaryOp;
/** Hyperbolic tangent of each element. */
export function tanh(input: Tensor, options?: OutOptions): Tensor {
  return unary(TANH, input, options);
}

const SIGMOID_BACKWARD = {
  name: "sigmoidBackward",
  kernel: "sigmoidBackward",
  saves: "operands",
  vjp: {
    input: (g, { other }) => sigmoidBackward(g, other as Tensor),
    other: (g, { input, other }) => g.mul(input).mul((other as Tensor).mul(-2).add(1)),
  },
} satisfies BinaryOp;
const sigmoidBackward = (g: Tensor, result: Tensor): Tensor => binary(SIGMOID_BACKWARD, g, result);

const SIGMOID = {
  name: "sigmoid",
  kernel: "sigmoid",
  saves: "result",
  vjp: (g, { result }) => sigmoidBackward(g, result),
} satisfies UnaryOp;
/** 1 / (1 + exp(-x)) of each element. */
export function sigmoid(input: Tensor, options?: OutOptions): Tensor {
  return unary(SIGMOID, input, options);
}

const RELU_BACKWARD = {
  name: "reluBackward",
  node: "ThresholdBackwardBackward0",
  kernel: "reluBackward",
  saves: "operands",
  vjp: { input: (g, { other }) => reluBackward(g, other as Tensor), other: zeros },
} satisfies BinaryOp;
const reluBackward = (g: Tensor, result: Tensor): Tensor => binary(RELU_BACKWARD, g, result);

const RELU = {
  name: "relu",
  kernel: "relu",
  result: "keep",
  saves: "result",
  vjp: (g, { result }) => reluBackward(g, result),
} satisfies UnaryOp;
/** Each element, or 0 where it is negative. */
export function relu(input: Tensor): Tensor {
  checkTensor("relu", input);
  if (input.dtype === bool) throw new DtypeError(`relu: not implemented for ${bool}`);
  return unary(RELU, input);
}

const HARDSHRINK: OpRecord<{ input: Tensor; lambd: number }> = {
  name: "hardshrink",
  vjp: (g, { input, lambd }) => g.maskedFill(input.abs().gt(lambd).logicalNot(), 0),
};
/** Each element, or 0 where it lies within [-lambd, lambd]; `lambd` is 0.5 by default. */
export function hardshrink(input: Tensor, lambd?: number | { lambd?: number }): Tensor {
  checkFloat("hardshrink", input);
  const [reach = 0.5] = positional<[number?]>("hardshrink", ["lambd"], [lambd]);
  const out = untaped(() => input.maskedFill(input.abs().le(reach), 0));
  return tracks(input) ? record(HARDSHRINK, [input], out, { input, lambd: reach }) : out;
}

const PRELU: OpRecord<{ input: Tensor; weight: Tensor }> = {
  name: "prelu",
  vjp: {
    input: (g, { input, weight }) => g.where(input.gt(0), g.mul(weight)),
    weight: (g, { input }) => g.mul(input.minimum(0)),
  },
};
/** Each element, times `weight` where it is negative: one weight, or one per channel (dimension 1). @throws ShapeError for any other number of weights. */
export function prelu(input: Tensor, weight: Tensor | { weight: Tensor }): Tensor {
  const [slope] = positional<[Tensor]>("prelu", ["weight"], [weight]);
  checkFloat("prelu", input, slope);
  if (input.dtype !== slope.dtype)
    throw new DtypeError(`prelu: expected a weight of ${input.dtype}, got ${slope.dtype}`);
  const channels = input.ndim > 1 ? input.shape[1]! : 1,
    count = slope.numel();
  if (slope.ndim > 1 || (count !== 1 && count !== channels))
    throw new ShapeError(
      `prelu: weight must hold one number or one per channel (${channels}), it has shape ${shapeText(slope.shape)}`,
    );
  const shaped = slope.reshape(input.shape.map((_, d) => (d === 1 && count > 1 ? count : 1)));
  const out = untaped(() => input.where(input.gt(0), input.mul(shaped)));
  return tracks(input, shaped) ? record(PRELU, [input, shaped], out, { input, weight: shaped }) : out;
}
