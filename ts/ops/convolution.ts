// Convolution and its two gradients. Each is an op whose derivatives are the other two, so gradients of any order follow.
import { type OpRecord, record, tracks } from "../autograd/record.ts";
import type { Shape } from "../core/shape.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { type ConvPlan, convBackInput, convBackWeight, convForward } from "./convkernel.ts";

export interface ConvSettings {
  /** Number of spatial dimensions. */
  rank: number;
  strides: number[];
  pads: number[];
  dilations: number[];
  groups: number;
  /** Spatial sizes of the result. */
  result: number[];
}

interface Saved {
  input: Tensor;
  weight: Tensor;
  grad: Tensor;
  plan: ConvPlan;
}
type Some = Partial<Saved> & { plan: ConvPlan };

/** Sum over all dimensions but the channels. */
const biasGradient = (g: Tensor, { plan }: Saved): Tensor => {
  const channel = g.ndim - 1 - plan.rank;
  return g.sum(g.shape.map((_, d) => d).filter((d) => d !== channel));
};

const CONVOLUTION: OpRecord<Saved> = {
  name: "convolution",
  vjp: {
    input: (g, { weight, plan }) => inputGradient(g, weight, plan),
    weight: (g, { input, plan }) => weightGradient(g, input, plan),
    bias: biasGradient,
  },
};
const INPUT_GRADIENT: OpRecord<Saved> = {
  name: "convolutionInputGradient",
  node: "ConvolutionBackwardBackward0",
  vjp: {
    grad: (gg, { weight, plan }) => convolve(gg, weight, null, plan),
    weight: (gg, { grad, plan }) => weightGradient(grad, gg, plan),
  },
};
const WEIGHT_GRADIENT: OpRecord<Saved> = {
  name: "convolutionWeightGradient",
  node: "ConvolutionBackwardBackward0",
  vjp: {
    grad: (gg, { input, plan }) => convolve(input, gg, null, plan),
    input: (gg, { grad, plan }) => inputGradient(grad, gg, plan),
  },
};
/** As the input gradient, with the operands' names and a bias. */
const TRANSPOSED: OpRecord<Saved> = {
  name: "convTranspose",
  node: "ConvolutionBackward0",
  vjp: {
    input: (g, { weight, plan }) => convolve(g, weight, null, plan),
    weight: (g, { input, plan }) => weightGradient(input, g, plan),
    bias: biasGradient,
  },
};

/** Keeps of two operands those that the other's gradient needs. */
const keep = (saved: Some): Saved => saved as Saved;

function convolve(input: Tensor, weight: Tensor, bias: Tensor | null, plan: ConvPlan): Tensor {
  const out = convForward(input, weight, bias, plan);
  if (!tracks(input, weight, bias)) return out;
  return record(
    CONVOLUTION,
    [input, weight, bias],
    out,
    keep({ input: tracks(weight) ? input : undefined, weight: tracks(input) ? weight : undefined, plan }),
  );
}

function inputGradient(grad: Tensor, weight: Tensor, plan: ConvPlan): Tensor {
  const out = convBackInput(grad, weight, plan);
  return tracks(grad, weight)
    ? record(INPUT_GRADIENT, [grad, weight], out, keep({ grad, weight, plan }))
    : out;
}

function weightGradient(grad: Tensor, input: Tensor, plan: ConvPlan): Tensor {
  const out = convBackWeight(grad, input, plan);
  return tracks(grad, input) ? record(WEIGHT_GRADIENT, [grad, input], out, keep({ grad, input, plan })) : out;
}

/** Sliding dot products; shapes and settings are checked by the caller. */
export function convolution(
  input: Tensor,
  weight: Tensor,
  bias: Tensor | null,
  settings: ConvSettings,
): Tensor {
  const { rank, result } = settings;
  const lead = input.shape.slice(0, input.ndim - 1 - rank);
  return convolve(
    input,
    weight,
    bias,
    planOf(settings, input.shape, weight.shape, [...lead, weight.shape[0]!, ...result]),
  );
}

/** The convolution that takes the result's shape to the input's, transposed. */
export function transposedConvolution(
  input: Tensor,
  weight: Tensor,
  bias: Tensor | null,
  settings: ConvSettings,
): Tensor {
  const { rank, groups, result } = settings;
  const lead = input.shape.slice(0, input.ndim - 1 - rank);
  const plan = planOf(settings, [...lead, weight.shape[1]! * groups, ...result], weight.shape, input.shape);
  const out = convBackInput(input, weight, plan, bias);
  if (!tracks(input, weight, bias)) return out;
  return record(
    TRANSPOSED,
    [input, weight, bias],
    out,
    keep({ input: tracks(weight) ? input : undefined, weight: tracks(input) ? weight : undefined, plan }),
  );
}

function planOf(
  { rank, strides, pads, dilations, groups }: ConvSettings,
  input: Shape,
  weight: Shape,
  output: Shape,
): ConvPlan {
  return { rank, strides, pads, dilations, groups, input, weight, output };
}
