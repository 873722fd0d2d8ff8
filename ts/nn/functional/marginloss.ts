// Losses that compare with a margin, and those of other distributions.

import { bool, getDefaultDtype } from "../../core/dtype.ts";
import { IndexError, ShapeError, ValueError } from "../../core/errors.ts";
import { broadcastShapes, sameShape, shapeText, wrapDim } from "../../core/shape.ts";
import { logsigmoid } from "../../ops/activationsmooth.ts";
import { checkFloat, checkTensors } from "../../ops/arguments.ts";
import { tensor } from "../../ops/creation.ts";
import { lossOf, reduced, SOFT_MARGIN, softplusOf } from "../../ops/loss.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { pairwiseDistance } from "./distance.ts";
import { lossArguments, type ReductionOptions } from "./loss.ts";

interface MarginOptions extends ReductionOptions {
  margin?: number;
}

/** x where the target is 1, max(0, margin - x) where it is -1; `margin` is 1 by default. */
export function hingeEmbeddingLoss(input: Tensor, target: Tensor, options?: MarginOptions): Tensor {
  checkTensors("hingeEmbeddingLoss", [input, target]);
  const [far = 1, reduction] = lossArguments("hingeEmbeddingLoss", ["margin"], [options ?? {}]);
  const margin = input.dtype.isFloatingPoint ? far : Math.trunc(far);
  const apart = input.neg().add(margin).clamp(0).maskedFill(target.eq(1), 0);
  return reduced(apart.add(input.maskedFill(target.eq(-1), 0)), reduction);
}

/** log(1 + exp(-y x)) for targets 1 and -1. */
export function softMarginLoss(input: Tensor, target: Tensor, options?: ReductionOptions): Tensor {
  checkTensors("softMarginLoss", [input, target]);
  const [reduction] = lossArguments("softMarginLoss", [], [options]);
  if (!sameShape(broadcastShapes("softMarginLoss", input.shape, target.shape), input.shape))
    throw new ShapeError(
      `softMarginLoss: target size ${shapeText(target.shape)} does not broadcast to input size ${shapeText(input.shape)}`,
    );
  const saved = { input, target, weight: null, posWeight: null, reduction, at: 0 };
  return lossOf(SOFT_MARGIN, saved, (x, y) => softplusOf(x.mul(y).neg()));
}

/** max(0, -y (x1 - x2) + margin); `margin` is 0 by default. */
export function marginRankingLoss(
  input1: Tensor,
  input2: Tensor,
  target: Tensor,
  options?: MarginOptions,
): Tensor {
  checkTensors("marginRankingLoss", [input1, input2, target]);
  const [margin = 0, reduction] = lossArguments("marginRankingLoss", ["margin"], [options ?? {}]);
  if (input1.ndim !== input2.ndim || input1.ndim !== target.ndim)
    throw new ShapeError(
      `marginRankingLoss: all inputs should have the same number of dimensions, got ${[input1, input2, target].map((x) => shapeText(x.shape)).join(", ")}`,
    );
  const gap = target.neg().mul(input1.sub(input2));
  // The margin counts as a float whatever its value.
  const float = gap.dtype.isFloatingPoint ? gap : gap.to(getDefaultDtype());
  return reduced(float.add(margin).clamp(0), reduction);
}

/** 1 - cos(x1, x2) where the target is 1, max(0, cos - margin) where it is -1; vectors along the last dimension. */
export function cosineEmbeddingLoss(
  input1: Tensor,
  input2: Tensor,
  target: Tensor,
  options?: MarginOptions,
): Tensor {
  checkTensors("cosineEmbeddingLoss", [input1, input2, target]);
  const [margin = 0, reduction] = lossArguments("cosineEmbeddingLoss", ["margin"], [options ?? {}]);
  const { ndim } = target;
  if (ndim > 1 || input1.ndim !== ndim + 1 || input2.ndim !== ndim + 1)
    throw new ShapeError(
      `cosineEmbeddingLoss: a target of ${ndim} dimensions expects inputs of ${Math.min(ndim, 1) + 1}, got ${shapeText(input1.shape)} and ${shapeText(input2.shape)}`,
    );
  const length = (x: Tensor) => x.mul(x).sum(ndim).add(1e-12);
  const cos = input1
    .mul(input2)
    .sum(ndim)
    .div(length(input1).mul(length(input2)).sqrt());
  // -1 in the target's own dtype: 255 for uint8, none for bool.
  const apart = target.dtype === bool ? -1 : target.newOnes([]).neg();
  const near = cos.neg().add(1).maskedFill(target.ne(1), 0);
  return reduced(near.add(cos.sub(margin).clamp(0).maskedFill(target.ne(apart), 0)), reduction);
}

export interface TripletOptions extends MarginOptions {
  /** Order of the distance; default 2. */
  p?: number;
  /** Added to the differences; default 1e-6. */
  eps?: number;
  /** Take the negative's distance to the positive where that is smaller; default false. */
  swap?: boolean;
}
/** max(0, d(anchor, positive) - d(anchor, negative) + margin); `margin` is 1 by default. */
export function tripletMarginLoss(
  anchor: Tensor,
  positive: Tensor,
  negative: Tensor,
  options?: TripletOptions,
): Tensor {
  checkTensors("tripletMarginLoss", [anchor, positive, negative]);
  const [margin = 1, p = 2, eps = 1e-6, swap = false, reduction] = lossArguments(
    "tripletMarginLoss",
    ["margin", "p", "eps", "swap"],
    [options ?? {}],
  );
  if (anchor.ndim !== positive.ndim || anchor.ndim !== negative.ndim)
    throw new ShapeError(
      `tripletMarginLoss: all inputs should have the same number of dimensions, got ${[anchor, positive, negative].map((x) => shapeText(x.shape)).join(", ")}`,
    );
  const near = pairwiseDistance(anchor, positive, p, eps);
  let far = pairwiseDistance(anchor, negative, p, eps);
  if (swap) far = far.minimum(pairwiseDistance(positive, negative, p, eps));
  return reduced(near.sub(far).add(margin).clamp(0), reduction);
}

/** How far apart corresponding samples are. */
export type Distance = (a: Tensor, b: Tensor) => Tensor;
export interface TripletDistanceOptions extends MarginOptions {
  /** Default null, `pairwiseDistance`. */
  distanceFunction?: Distance | null;
  /** Take the negative's distance to the positive where that is smaller; default false. */
  swap?: boolean;
}
/** `tripletMarginLoss` for any distance. */
export function tripletMarginWithDistanceLoss(
  anchor: Tensor,
  positive: Tensor,
  negative: Tensor,
  options?: TripletDistanceOptions,
): Tensor {
  checkTensors("tripletMarginWithDistanceLoss", [anchor, positive, negative]);
  const [given, margin = 1, swap = false, reduction] = lossArguments(
    "tripletMarginWithDistanceLoss",
    ["distanceFunction", "margin", "swap"],
    [options ?? {}],
  );
  const distance: Distance = given ?? pairwiseDistance;
  const near = distance(anchor, positive);
  let far = distance(anchor, negative);
  checkTensors("tripletMarginWithDistanceLoss", [near, far]);
  if (swap) far = far.minimum(distance(positive, negative));
  return reduced(near.sub(far).add(margin).clamp(0), reduction);
}

export interface MultiMarginOptions extends MarginOptions {
  /** 1 or 2; default 1. */
  p?: number;
  /** Factor of each class. */
  weight?: Tensor | null;
}
/** Mean over classes of max(0, margin - x[y] + x[i])^p, i != y: input [N, C], target [N]. @throws IndexError for a class out of range. */
export function multiMarginLoss(input: Tensor, target: Tensor, options?: MultiMarginOptions): Tensor {
  const op = "multiMarginLoss";
  const [p = 1, margin = 1, weight = null, reduction] = lossArguments(
    op,
    ["p", "margin", "weight"],
    [options ?? {}],
  );
  checkFloat(op, input, ...(weight === null ? [] : [weight]));
  checkTensors(op, [target]);
  if (p !== 1 && p !== 2) throw new ValueError(`${op}: p must be 1 or 2, got ${p}`);
  const x = rows(op, input),
    classes = x.shape[1]!;
  if (target.ndim > 1 || target.numel() !== x.shape[0]!)
    throw new ShapeError(
      `${op}: inconsistent target size ${shapeText(target.shape)} for input ${shapeText(input.shape)}`,
    );
  checkClasses(op, target, 0, classes);
  const y = target.reshape([-1, 1]);
  const gaps = x.sub(x.gather(1, y)).add(margin).clamp(0);
  const terms = p === 1 ? gaps : gaps.square();
  const weighed =
    weight === null ? terms : terms.mul(weight.indexSelect(0, target.reshape([-1])).reshape([-1, 1]));
  const others = classIndices(classes).ne(y);
  const losses = weighed.mul(others).sum(1).div(classes);
  return reduced(input.ndim < 2 ? losses.reshape([]) : losses, reduction);
}

const classIndices = (classes: number): Tensor =>
  tensor(Array.from({ length: classes }, (_, i) => BigInt(i))).reshape([1, classes]);

/** A batch of one for a vector. */
function rows(op: string, input: Tensor): Tensor {
  if (input.ndim > 2 || input.numel() === 0)
    throw new ShapeError(`${op}: expected a non-empty vector or matrix, got shape ${shapeText(input.shape)}`);
  return input.ndim === 2 ? input : input.reshape([1, -1]);
}

function checkClasses(op: string, target: Tensor, least: number, classes: number): void {
  if (target.lt(least).any().item() || target.ge(classes).any().item())
    throw new IndexError(`${op}: target out of range, there are ${classes} classes`);
}

/** Hinges between each target class of a row (up to the first -1) and each other class, over the number of classes. */
export function multilabelMarginLoss(input: Tensor, target: Tensor, options?: ReductionOptions): Tensor {
  const op = "multilabelMarginLoss";
  checkTensors(op, [input, target]);
  checkFloat(op, input);
  const [reduction] = lossArguments(op, [], [options]);
  const x = rows(op, input),
    [n, classes] = x.shape as [number, number];
  if (!sameShape(input.shape, target.shape))
    throw new ShapeError(
      `${op}: inconsistent target size ${shapeText(target.shape)} for input ${shapeText(input.shape)}`,
    );
  checkClasses(op, target, -1, classes);
  const list = target.reshape([-1]).tolist() as number[];
  const listed = new Uint8Array(n * classes),
    wanted = new Uint8Array(n * classes);
  for (let row = 0; row < n; row++)
    for (let j = 0; j < classes; j++) {
      const label = list[row * classes + j]!;
      if (label < 0) break;
      listed[row * classes + j] = 1;
      wanted[row * classes + label] = 1;
    }
  const mask = (bits: Uint8Array, shape: number[]) => tensor(bits).bool().reshape(shape);
  const chosen = x.gather(1, target.reshape([n, classes]).clamp(0)).reshape([n, classes, 1]);
  const hinges = x.reshape([n, 1, classes]).sub(chosen).add(1).clamp(0);
  const counts = mask(listed, [n, classes, 1]).mul(mask(wanted, [n, 1, classes]).logicalNot());
  const losses = hinges.mul(counts).sum([1, 2]).div(classes);
  return reduced(input.ndim < 2 ? losses.reshape([]) : losses, reduction);
}

/** Mean over classes (the last dimension) of the cross entropy of each label against its sigmoid. */
export function multilabelSoftMarginLoss(
  input: Tensor,
  target: Tensor,
  weight?: Tensor | null | (ReductionOptions & { weight?: Tensor | null }),
  options?: ReductionOptions & { weight?: Tensor | null },
): Tensor {
  checkTensors("multilabelSoftMarginLoss", [input, target]);
  const [factors = null, reduction] = lossArguments(
    "multilabelSoftMarginLoss",
    ["weight"],
    [weight, options],
  );
  const terms = target
    .mul(logsigmoid(input))
    .add(target.neg().add(1).mul(logsigmoid(input.neg())))
    .neg();
  const losses = factors === null ? terms : terms.mul(factors),
    dim = input.ndim - 1;
  return reduced(
    losses.sum(wrapDim("multilabelSoftMarginLoss", dim, input.ndim)).div(input.shape[dim]!),
    reduction,
  );
}

export interface PoissonNllOptions extends ReductionOptions {
  /** The input is the logarithm of the rate; default true. */
  logInput?: boolean;
  /** Add Stirling's approximation of log(target!); default false. */
  full?: boolean;
  /** Added to a rate before its logarithm is taken; default 1e-8. */
  eps?: number;
}
/** Minus the log-likelihood of counts under Poisson distributions. */
export function poissonNllLoss(input: Tensor, target: Tensor, options?: PoissonNllOptions): Tensor {
  checkTensors("poissonNllLoss", [input, target]);
  const [logInput = true, full = false, eps = 1e-8, reduction] = lossArguments(
    "poissonNllLoss",
    ["logInput", "full", "eps"],
    [options ?? {}],
  );
  let losses = logInput ? input.exp().sub(target.mul(input)) : input.sub(target.mul(input.add(eps).log()));
  if (full) {
    const stirling = target
      .mul(target.log())
      .sub(target)
      .add(
        target
          .mul(2 * Math.PI)
          .log()
          .mul(0.5),
      );
    losses = losses.add(stirling.maskedFill(target.le(1), 0));
  }
  return reduced(losses, reduction);
}

export interface GaussianNllOptions extends ReductionOptions {
  /** Add the constant log(2 pi) / 2; default false. */
  full?: boolean;
  /** The least variance; default 1e-6. */
  eps?: number;
}
/** Minus the log-likelihood of `target` under normal distributions of mean `input` and variance `variance`. @throws ValueError for a negative variance. */
export function gaussianNllLoss(
  input: Tensor,
  target: Tensor,
  variance: Tensor,
  options?: GaussianNllOptions,
): Tensor {
  const op = "gaussianNllLoss";
  checkTensors(op, [input, target]);
  checkFloat(op, variance);
  const [full = false, eps = 1e-6, reduction] = lossArguments(op, ["full", "eps"], [options ?? {}]);
  let spread = variance;
  if (!sameShape(spread.shape, input.shape)) {
    if (sameShape(spread.shape, input.shape.slice(0, -1))) spread = spread.reshape([...spread.shape, 1]);
    else if (!sameShape(spread.shape, [...input.shape.slice(0, -1), 1]))
      throw new ShapeError(
        `${op}: var of shape ${shapeText(variance.shape)} is of incorrect size for input ${shapeText(input.shape)}`,
      );
  }
  if (spread.lt(0).any().item()) throw new ValueError(`${op}: var has negative entries`);
  // The floor has no gradient of its own.
  const floored = spread.add(spread.detach().neg().add(eps).clamp(0));
  const losses = floored.log().add(input.sub(target).square().div(floored)).mul(0.5);
  return reduced(full ? losses.add(0.5 * Math.log(2 * Math.PI)) : losses, reduction);
}
