// Activations with smooth slopes.

import { type OpRecord, record, tracks } from "../autograd/record.ts";
import { untaped } from "../autograd/untaped.ts";
import { ShapeError, ValueError } from "../core/errors.ts";
import { shapeText, wrapDim } from "../core/shape.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { GELU_SLOPE, GELU_TANH_SLOPE, SILU_SLOPE, SOFTPLUS_SLOPE, throughSlope } from "./activationslope.ts";
import { checkFloat } from "./arguments.ts";
import { checkTensor, type ScalarOp, type UnaryOp, unary, unaryWith } from "./dispatch.ts";
import { cat } from "./join.ts";

const GELU = {
  name: "gelu",
  kernel: "gelu",
  saves: "input",
  vjp: (g, { input }) => throughSlope(GELU_SLOPE, g, input),
} satisfies UnaryOp;
const GELU_TANH = {
  name: "gelu",
  kernel: "geluTanh",
  saves: "input",
  vjp: (g, { input }) => throughSlope(GELU_TANH_SLOPE, g, input),
} satisfies UnaryOp;
/** x times the normal distribution function of x; with `approximate` "tanh", by its approximation. @throws ValueError for another word. */
export function gelu(input: Tensor, approximate: "none" | "tanh" = "none"): Tensor {
  checkFloat("gelu", input);
  if (approximate !== "none" && approximate !== "tanh")
    throw new ValueError(`gelu: approximate must be "none" or "tanh", got ${String(approximate)}`);
  return unary(approximate === "none" ? GELU : GELU_TANH, input);
}

const SILU = {
  name: "silu",
  kernel: "silu",
  saves: "input",
  vjp: (g, { input }) => throughSlope(SILU_SLOPE, g, input),
} satisfies UnaryOp;
/** x sigmoid(x) of each element. */
export function silu(input: Tensor): Tensor {
  checkFloat("silu", input);
  return unary(SILU, input);
}

const MISH: OpRecord<{ input: Tensor }> = {
  name: "mish",
  vjp: (g, { input }) => {
    const t = softplus(input).tanh();
    return g.mul(t.add(input.mul(input.sigmoid()).mul(t.square().neg().add(1))));
  },
};
/** x tanh(softplus(x)) of each element. */
export function mish(input: Tensor): Tensor {
  checkFloat("mish", input);
  const out = untaped(() => input.mul(softplus(input).tanh()));
  return tracks(input) ? record(MISH, [input], out, { input }) : out;
}

const SOFTPLUS = {
  name: "softplus",
  kernel: "softplus",
  saves: "input",
  vjp: (g, { input, p, q }) => throughSlope(SOFTPLUS_SLOPE, g, input, p, q),
} satisfies ScalarOp;
/** log(1 + exp(beta x)) / beta, by default with beta 1; x itself where beta x is above `threshold` (20). */
export function softplus(input: Tensor, beta = 1, threshold = 20): Tensor {
  checkFloat("softplus", input);
  return unaryWith(SOFTPLUS, input, beta, threshold);
}

const LOG_SIGMOID = {
  name: "logsigmoid",
  node: "LogSigmoidBackward0",
  kernel: "logSigmoid",
  saves: "input",
  vjp: (g, { input }) => g.mul(input.neg().sigmoid()),
} satisfies UnaryOp;
/** log(sigmoid(x)) of each element. */
export function logsigmoid(input: Tensor): Tensor {
  checkFloat("logsigmoid", input);
  return unary(LOG_SIGMOID, input);
}

/** x / (1 + |x|) of each element. */
export function softsign(input: Tensor): Tensor {
  checkTensor("softsign", input);
  return input.div(input.abs().add(1));
}

/** x - tanh(x) of each element. */
export function tanhshrink(input: Tensor): Tensor {
  checkTensor("tanhshrink", input);
  return input.sub(input.tanh());
}

const GLU: OpRecord<{ input: Tensor; dim: number; half: number }> = {
  name: "glu",
  vjp: (g, { input, dim, half }) => {
    const a = input.narrow(dim, 0, half),
      s = input.narrow(dim, half, half).sigmoid();
    return cat([g.mul(s), g.mul(a).mul(s).mul(s.neg().add(1))], dim);
  },
};
/** The first half along `dim` (default the last) times the sigmoid of the second. @throws ShapeError for an odd size. */
export function glu(input: Tensor, dim = -1): Tensor {
  checkFloat("glu", input);
  if (input.ndim === 0) throw new ShapeError("glu: does not support 0-d tensors");
  const d = wrapDim("glu", dim, input.ndim),
    size = input.shape[d]!;
  if (size % 2 !== 0)
    throw new ShapeError(
      `glu: halving dimension must be even, but dimension ${d} is size ${size} (shape ${shapeText(input.shape)})`,
    );
  const half = size / 2;
  const out = untaped(() => input.narrow(d, 0, half).mul(input.narrow(d, half, half).sigmoid()));
  return tracks(input) ? record(GLU, [input], out, { input, dim: d, half }) : out;
}
