// Losses of pairs of elements, and of classes.

import { DtypeError, ShapeError, ValueError } from "../../core/errors.ts";
import { positional } from "../../core/options.ts";
import { sameShape, shapeText } from "../../core/shape.ts";
import { checkFloat, checkNumeric, checkTensors } from "../../ops/arguments.ts";
import { tensor } from "../../ops/creation.ts";
import {
  alike,
  BINARY_CROSS_ENTROPY,
  BINARY_CROSS_ENTROPY_WITH_LOGITS,
  checkReduction,
  checkSameShape,
  HUBER,
  lossOf,
  MSE,
  type Reduction,
  reduced,
  SMOOTH_L1,
  softplusOf,
} from "../../ops/loss.ts";
import { alignment, ctc } from "../../ops/lossctc.ts";
import { likelihood, type NllOptions, nll } from "../../ops/lossnll.ts";
import { logSoftmax } from "../../ops/softmax.ts";
import { isTensor, type Tensor } from "../../tensor/tensor.ts";

export interface ReductionOptions {
  /** Default "mean". */
  reduction?: Reduction;
  /** PyTorch's older words for "none" and "sum". */
  sizeAverage?: boolean | null;
  reduce?: boolean | null;
}

/** The values of `names` and the reduction, from arguments of which the last may be options. */
export function lossArguments(op: string, names: readonly string[], args: readonly unknown[]): any[] {
  const values = positional<any[]>(op, [...names, "reduction", "sizeAverage", "reduce"], args);
  const [reduction, sizeAverage, reduce] = values.splice(names.length);
  const old = reduce === false ? "none" : sizeAverage === false ? "sum" : "mean";
  const chosen = (sizeAverage ?? reduce ?? null) === null ? (reduction ?? "mean") : old;
  checkReduction(op, chosen);
  return [...values, chosen];
}

/** |x - y|. */
export function l1Loss(input: Tensor, target: Tensor, options?: ReductionOptions): Tensor {
  const [reduction] = lossArguments("l1Loss", [], [options]);
  const [x, y] = alike("l1Loss", input, target);
  checkNumeric("l1Loss", input);
  checkNumeric("l1Loss", target);
  return reduced(x.sub(y).abs(), reduction);
}

/** (x - y)^2. */
export function mseLoss(input: Tensor, target: Tensor, options?: ReductionOptions): Tensor {
  const [reduction] = lossArguments("mseLoss", [], [options]);
  const [x, y] = alike("mseLoss", input, target);
  return lossOf(MSE, { input: x, target: y, weight: null, posWeight: null, reduction, at: 0 }, (a, b) =>
    a.sub(b).square(),
  );
}

/** (x - y)^2 / (2 beta) where |x - y| is below `beta` (default 1), else |x - y| - beta / 2. */
export function smoothL1Loss(
  input: Tensor,
  target: Tensor,
  options?: ReductionOptions & { beta?: number },
): Tensor {
  const [at = 1, reduction] = lossArguments("smoothL1Loss", ["beta"], [options ?? {}]);
  if (at < 0) throw new ValueError(`smoothL1Loss: beta must not be negative, got ${at}`);
  if (at === 0) return l1Loss(input, target, { reduction });
  const [x, y] = alike("smoothL1Loss", input, target);
  return lossOf(SMOOTH_L1, { input: x, target: y, weight: null, posWeight: null, reduction, at }, (a, b) => {
    const distance = a.sub(b).abs(),
      near = distance.minimum(at);
    return near.mul(distance.sub(near.div(2))).div(at);
  });
}

/** (x - y)^2 / 2 where |x - y| is below `delta` (default 1), else delta (|x - y| - delta / 2). */
export function huberLoss(
  input: Tensor,
  target: Tensor,
  options?: ReductionOptions & { delta?: number },
): Tensor {
  const [at = 1, reduction] = lossArguments("huberLoss", ["delta"], [options ?? {}]);
  if (!(at > 0)) throw new ValueError(`huberLoss: delta must be positive, got ${at}`);
  checkFloat("huberLoss", input);
  const [x, y] = alike("huberLoss", input, target);
  return lossOf(HUBER, { input: x, target: y, weight: null, posWeight: null, reduction, at }, (a, b) => {
    const distance = a.sub(b).abs(),
      near = distance.minimum(at);
    return near.mul(distance.sub(near.div(2)));
  });
}

type WeightOption = ReductionOptions & {
  /** Factor of each element's loss. */
  weight?: Tensor | null;
};

/** The weight broadcast to the input. @throws ShapeError where it does not. */
function fitted(op: string, weight: Tensor | null | undefined, input: Tensor): Tensor | null {
  if (weight == null) return null;
  checkTensors(op, [weight]);
  return sameShape(weight.shape, input.shape) ? weight : weight.expand(input.shape);
}

/** Cross entropy of probabilities against targets in [0, 1]. @throws ValueError for probabilities outside [0, 1]. */
export function binaryCrossEntropy(
  input: Tensor,
  target: Tensor,
  weight?: Tensor | null | WeightOption,
  options?: WeightOption,
): Tensor {
  const op = "binaryCrossEntropy";
  const [given, reduction] = lossArguments(op, ["weight"], [weight, options]);
  checkSameShape(op, input, target);
  if (!input.dtype.isFloatingPoint || input.dtype !== target.dtype)
    throw new DtypeError(
      `${op}: input and target must have one floating point dtype, got ${input.dtype} and ${target.dtype}`,
    );
  if (input.lt(0).any().item() || input.gt(1).any().item() || input.isnan().any().item())
    throw new ValueError(`${op}: all elements of input should be between 0 and 1`);
  const w = fitted(op, given, input);
  const saved = { input, target, weight: w, posWeight: null, reduction, at: 0 };
  return lossOf(BINARY_CROSS_ENTROPY, saved, (x, y) => {
    const of = (p: Tensor, log: Tensor) => p.mul(log.maximum(-100));
    const losses = of(y.sub(1), x.neg().log1p()).sub(of(y, x.log()));
    return w === null ? losses : losses.mul(w);
  });
}

/** `binaryCrossEntropy` of the sigmoid of the input, stable for large ones; `posWeight` counts positive targets. */
export function binaryCrossEntropyWithLogits(
  input: Tensor,
  target: Tensor,
  weight?: Tensor | null | (WeightOption & { posWeight?: Tensor | null }),
  options?: WeightOption & { posWeight?: Tensor | null },
): Tensor {
  const op = "binaryCrossEntropyWithLogits";
  const [given, positive, reduction] = lossArguments(op, ["weight", "posWeight"], [weight, options]);
  checkSameShape(op, input, target);
  checkFloat(op, target);
  const w = fitted(op, given, input),
    p = fitted(op, positive, input);
  const saved = { input, target, weight: w, posWeight: p, reduction, at: 0 };
  return lossOf(BINARY_CROSS_ENTROPY_WITH_LOGITS, saved, (x, y) => {
    const below = softplusOf(x.neg());
    const scaled = p === null ? below : below.mul(y.mul(p.sub(1)).add(1));
    const losses = x.sub(x.mul(y)).add(scaled);
    return w === null ? losses : losses.mul(w);
  });
}

type ClassOptions = NllOptions & ReductionOptions;

/** Minus the log-probability of each sample's class: input [N, C, ...], target [N, ...]. @throws IndexError for a class out of range. */
export function nllLoss(
  input: Tensor,
  target: Tensor,
  weight?: Tensor | null | ClassOptions,
  options?: ClassOptions,
): Tensor {
  const [factors = null, ignore = -100, reduction] = lossArguments(
    "nllLoss",
    ["weight", "ignoreIndex"],
    [weight, options],
  );
  return nll(input, likelihood("nllLoss", input, target, factors, ignore, reduction));
}

export interface CrossEntropyOptions extends ClassOptions {
  /** How much of each target is spread over all classes, in [0, 1]; default 0. */
  labelSmoothing?: number;
}

/**
 * Cross entropy of unnormalised scores [N, C, ...] against classes [N, ...] or probabilities of the input's shape.
 * @throws IndexError for a class out of range.
 */
export function crossEntropy(
  input: Tensor,
  target: Tensor,
  weight?: Tensor | null | CrossEntropyOptions,
  options?: CrossEntropyOptions,
): Tensor {
  const op = "crossEntropy";
  checkTensors(op, [input, target]);
  const [factors = null, ignore = -100, smoothing = 0, reduction] = lossArguments(
    op,
    ["weight", "ignoreIndex", "labelSmoothing"],
    [weight, options],
  );
  if (!(smoothing >= 0 && smoothing <= 1))
    throw new ValueError(`${op}: labelSmoothing must be between 0 and 1, got ${smoothing}`);
  if (isTensor(input) && isTensor(target) && sameShape(input.shape, target.shape))
    return againstProbabilities(input, target, factors, reduction, smoothing);
  const classDim = input.ndim === 1 ? 0 : 1;
  const plan = likelihood(op, input, target, factors, ignore, reduction);
  const logs = logSoftmax(input, classDim);
  const loss = nll(logs, plan);
  if (smoothing === 0) return loss;
  const all = weighed(logs, factors, classDim).sum(classDim).neg().maskedFill(plan.target.eq(ignore), 0);
  const spread = reduction === "mean" ? all.sum().div(plan.total) : reduction === "sum" ? all.sum() : all;
  return loss.mul(1 - smoothing).add(spread.mul(smoothing / plan.classes));
}

/** Each class's numbers times its weight. */
function weighed(x: Tensor, weight: Tensor | null, classDim: number): Tensor {
  return weight === null ? x : x.mul(weight.reshape(x.shape.map((_, d) => (d === classDim ? -1 : 1))));
}

function againstProbabilities(
  input: Tensor,
  target: Tensor,
  weight: Tensor | null,
  reduction: Reduction,
  smoothing: number,
): Tensor {
  if (!target.dtype.isFloatingPoint)
    throw new DtypeError(
      `crossEntropy: expected floating point target with class probabilities, got ${target.dtype}`,
    );
  const classDim = input.ndim === 1 ? 0 : 1,
    classes = input.shape[classDim]!;
  if (weight !== null) checkTensors("crossEntropy", [weight]);
  if (weight !== null && (weight.ndim !== 1 || weight.shape[0] !== classes))
    throw new ShapeError(
      `crossEntropy: weight must be one factor for each of ${classes} classes, got shape ${shapeText(weight.shape)}`,
    );
  const spread = smoothing === 0 ? target : target.mul(1 - smoothing).add(smoothing / classes);
  const terms = weighed(logSoftmax(input, classDim).mul(spread), weight, classDim);
  if (reduction === "none") return terms.sum(classDim).neg();
  return reduction === "sum"
    ? terms.sum().neg()
    : terms
        .sum()
        .neg()
        .div(input.numel() / classes);
}

/**
 * Kullback-Leibler divergence: target (log target - input), where `input` holds logarithms, and `target` does with
 * `logTarget`. "batchmean" divides the sum by the batch size, which is the divergence itself.
 */
export function klDiv(
  input: Tensor,
  target: Tensor,
  options?: Omit<ReductionOptions, "reduction"> & {
    reduction?: Reduction | "batchmean";
    logTarget?: boolean;
  },
): Tensor {
  checkFloat("klDiv", input, target);
  const perBatch = options?.reduction === "batchmean";
  const [logTarget = false, reduction] = lossArguments(
    "klDiv",
    ["logTarget"],
    [perBatch ? { ...options, reduction: "sum" } : (options ?? {})],
  );
  const losses = logTarget
    ? target.exp().mul(target.sub(input))
    : target.xlogy(target).sub(target.mul(input));
  const loss = reduced(losses, reduction);
  return perBatch && input.ndim > 0 ? loss.div(input.shape[0]!) : loss;
}

export interface CtcOptions extends ReductionOptions {
  /** The class that stands for nothing; default 0. */
  blank?: number;
  /** Zero where a target does not fit; default false. */
  zeroInfinity?: boolean;
}
/**
 * Minus the log-probability of label sequences over all alignments: `logProbs` [times, batch, classes], `targets`
 * [batch, most labels] or all labels in a row. "mean" divides each loss by its number of labels first.
 */
export function ctcLoss(
  logProbs: Tensor,
  targets: Tensor,
  inputLengths: Tensor | readonly number[],
  targetLengths: Tensor | readonly number[],
  blank?: number | CtcOptions,
  options?: CtcOptions,
): Tensor {
  const [empty = 0, zeroInfinity = false, reduction] = lossArguments(
    "ctcLoss",
    ["blank", "zeroInfinity"],
    [blank, options],
  );
  const single = isTensor(logProbs) && logProbs.ndim === 2;
  const logs = single ? logProbs.reshape([logProbs.shape[0]!, 1, logProbs.shape[1]!]) : logProbs;
  const plan = alignment(logs, targets, inputLengths, targetLengths, empty, zeroInfinity);
  const losses = ctc(plan);
  if (reduction === "sum") return losses.sum();
  if (reduction === "none") return single ? losses.reshape([]) : losses;
  const lengths = tensor(Float64Array.from(plan.lengths, (n) => Math.max(n, 1)));
  return losses.div(lengths.to(losses.dtype)).mean();
}
