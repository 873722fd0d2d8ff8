// Losses of pairs of elements, each one op on the tape whatever its reduction.
import { nonDifferentiable, notImplemented, type OpRecord, record, tracksAny } from "../autograd/record.ts";
import { untaped } from "../autograd/untaped.ts";
import { ShapeError, ValueError } from "../core/errors.ts";
import { broadcastShapes, sameShape, shapeText } from "../core/shape.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { checkFloat } from "./arguments.ts";
import { checkTensor } from "./dispatch.ts";
import { resultType } from "./promote.ts";

/** "mean" and "sum" of the elements' losses, or "none" for all of them. */
export type Reduction = "mean" | "sum" | "none";

/** @throws ValueError for a word that is no reduction. */
export function checkReduction(op: string, reduction: unknown): asserts reduction is Reduction {
  if (reduction !== "mean" && reduction !== "sum" && reduction !== "none")
    throw new ValueError(`${op}: reduction must be "mean", "sum" or "none", got ${String(reduction)}`);
}

/** The elements' losses as the reduction asks. */
export function reduced(losses: Tensor, reduction: Reduction): Tensor {
  return reduction === "mean" ? losses.mean() : reduction === "sum" ? losses.sum() : losses;
}

/** What the formulas of a loss see. */
export interface LossSaved {
  input: Tensor;
  target: Tensor;
  weight: Tensor | null;
  posWeight: Tensor | null;
  reduction: Reduction;
  /** Where a piecewise loss bends. */
  at: number;
}

/** The gradient of each element's loss. */
function perElement(g: Tensor, { input, reduction }: LossSaved): Tensor {
  return reduction === "mean" ? g.div(input.numel()) : g;
}

/** Runs a loss: `losses` gives those of the elements, off the tape. @throws DtypeError for integers. */
export function lossOf(
  op: OpRecord<LossSaved>,
  saved: LossSaved,
  losses: (x: Tensor, y: Tensor) => Tensor,
): Tensor {
  const { input, target, reduction } = saved;
  checkFloat(op.name, input);
  const out = untaped(() => reduced(losses(input, target), reduction));
  const inputs = [input, target];
  return tracksAny(inputs) ? record(op, inputs, out, saved) : out;
}

/** The two tensors as one dtype and shape. @throws ShapeError where they do not broadcast. */
export function alike(op: string, input: Tensor, target: Tensor): [Tensor, Tensor] {
  checkTensor(op, input);
  checkTensor(op, target);
  const shape = broadcastShapes(op, input.shape, target.shape);
  const wide = (x: Tensor) => (sameShape(x.shape, shape) ? x : x.expand(shape));
  const x = wide(input),
    y = wide(target),
    dtype = resultType(x, y);
  return [x.to(dtype), y.to(dtype)];
}

/** @throws ShapeError unless input and target have the same shape. */
export function checkSameShape(op: string, input: Tensor, target: Tensor): void {
  checkTensor(op, input);
  checkTensor(op, target);
  if (!sameShape(input.shape, target.shape))
    throw new ShapeError(
      `${op}: target size ${shapeText(target.shape)} must be the same as input size ${shapeText(input.shape)}`,
    );
}

const both = (slope: (g: Tensor, s: LossSaved) => Tensor): OpRecord<LossSaved>["vjp"] => ({
  input: slope,
  target: (g, s) => slope(g, s).neg(),
});
export const MSE: OpRecord<LossSaved> = {
  name: "mseLoss",
  vjp: both((g, s) => perElement(g.mul(2), s).mul(s.input.sub(s.target))),
};
export const SMOOTH_L1: OpRecord<LossSaved> = {
  name: "smoothL1Loss",
  vjp: both((g, s) => perElement(g, s).mul(s.input.sub(s.target).div(s.at).maximum(-1).minimum(1))),
};
export const HUBER: OpRecord<LossSaved> = {
  name: "huberLoss",
  vjp: both((g, s) => perElement(g, s).mul(s.input.sub(s.target).maximum(-s.at).minimum(s.at))),
};

const weighed = (x: Tensor, { weight }: LossSaved) => (weight === null ? x : x.mul(weight));
export const BINARY_CROSS_ENTROPY: OpRecord<LossSaved> = {
  name: "binaryCrossEntropy",
  vjp: {
    input: (g, s) => {
      const { input: x, target } = s;
      return weighed(perElement(g, s), s).mul(x.sub(target).div(x.neg().add(1).mul(x).maximum(1e-12)));
    },
    target: (g, s) => weighed(perElement(g, s), s).mul(s.input.logit().neg()),
    weight: nonDifferentiable,
  },
};
export const BINARY_CROSS_ENTROPY_WITH_LOGITS: OpRecord<LossSaved> = {
  name: "binaryCrossEntropyWithLogits",
  vjp: {
    input: (g, s) => {
      const { input: x, target, posWeight } = s;
      const part = weighed(perElement(g, s), s);
      if (posWeight === null) return part.mul(x.sigmoid().sub(target));
      const positive = target.mul(posWeight);
      return part.mul(positive.add(1).sub(target).mul(x.sigmoid()).sub(positive));
    },
    target: (g, s) => {
      const { input: x, posWeight } = s;
      const part = weighed(perElement(g, s), s);
      if (posWeight === null) return part.mul(x.neg());
      const log = softplusOf(x.neg()).neg();
      return part.mul(log.sub(x).sub(posWeight.mul(log)));
    },
    weight: nonDifferentiable,
    posWeight: nonDifferentiable,
  },
};
export const SOFT_MARGIN: OpRecord<LossSaved> = {
  name: "softMarginLoss",
  vjp: {
    input: (g, s) => perElement(g, s).mul(s.target.neg().mul(s.input.mul(s.target).neg().sigmoid())),
    target: notImplemented("PyTorch has no gradient of softMarginLoss by its target either"),
  },
};

/** log(1 + exp(x)), without a threshold: x above 0 is added apart. */
export function softplusOf(x: Tensor): Tensor {
  return x.maximum(0).add(x.abs().neg().exp().log1p());
}
