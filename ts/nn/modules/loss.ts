// Losses as modules: each keeps its options, and nn.functional does the work.
import { positional } from "../../core/options.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { nameInputs } from "../forwardnames.ts";
import * as F from "../functional/index.ts";
import { Module } from "../module.ts";

/** "mean" and "sum" of the elements' losses, or "none" for all of them. */
export type Reduction = "mean" | "sum" | "none";

export interface LossOptions {
  /** Default "mean". */
  reduction?: Reduction;
}

/** Factors that belong to the module's state, and their keys there. */
const FACTORS = { weight: "weight", posWeight: "pos_weight" } as const;

/** A loss with options: `names` are the constructor's arguments in PyTorch's order. */
abstract class Loss<O extends LossOptions> extends Module {
  readonly reduction: Reduction;
  /** The options of the function, but for the factors, which are buffers. */
  private readonly settings: Record<string, unknown>;

  constructor(names: readonly string[], defaults: O, args: readonly unknown[]) {
    super();
    const given = positional<unknown[]>(this.constructor.name, [...names, "sizeAverage", "reduce"], args);
    const options = { reduction: "mean", ...(defaults as object) } as Record<string, unknown>;
    names.forEach((name, i) => {
      if (name in FACTORS)
        this.registerBuffer(FACTORS[name as "weight"], (given[i] ?? null) as Tensor | null);
      else if (given[i] !== undefined) options[name] = given[i];
    });
    this.settings = options;
    this.reduction = options.reduction as Reduction;
  }
  protected get options(): O {
    const factors: Record<string, unknown> = {};
    for (const [name, key] of Object.entries(FACTORS)) {
      const factor = (this as unknown as Record<string, unknown>)[key];
      if (factor) factors[name] = factor;
    }
    return { ...this.settings, ...factors } as unknown as O;
  }
}

/** |x - y|. */
export class L1Loss extends Loss<LossOptions> {
  constructor(reduction?: Reduction | LossOptions) {
    super(["reduction"], {}, [reduction]);
  }
  override forward(input: Tensor, target: Tensor): Tensor {
    return F.l1Loss(input, target, this.options);
  }
}

/** (x - y)^2. */
export class MSELoss extends Loss<LossOptions> {
  constructor(reduction?: Reduction | LossOptions) {
    super(["reduction"], {}, [reduction]);
  }
  override forward(input: Tensor, target: Tensor): Tensor {
    return F.mseLoss(input, target, this.options);
  }
}

export interface SmoothL1LossOptions extends LossOptions {
  /** Where the two meet; default 1. */
  beta?: number;
}
/** Squared below beta, absolute above. */
export class SmoothL1Loss extends Loss<SmoothL1LossOptions> {
  constructor(
    reduction?: Reduction | SmoothL1LossOptions,
    beta?: number | SmoothL1LossOptions,
    options?: SmoothL1LossOptions,
  ) {
    super(["reduction", "beta"], { beta: 1 }, [reduction, beta, options]);
  }
  override forward(input: Tensor, target: Tensor): Tensor {
    return F.smoothL1Loss(input, target, this.options);
  }
}

export interface HuberLossOptions extends LossOptions {
  /** Where the two meet; default 1. */
  delta?: number;
}
/** Squared below delta, absolute above, scaled by delta. */
export class HuberLoss extends Loss<HuberLossOptions> {
  constructor(
    reduction?: Reduction | HuberLossOptions,
    delta?: number | HuberLossOptions,
    options?: HuberLossOptions,
  ) {
    super(["reduction", "delta"], { delta: 1 }, [reduction, delta, options]);
  }
  override forward(input: Tensor, target: Tensor): Tensor {
    return F.huberLoss(input, target, this.options);
  }
}

export interface BCELossOptions extends LossOptions {
  /** Factor of each element's loss. */
  weight?: Tensor | null;
}
/** Cross entropy of probabilities against targets in [0, 1]. */
export class BCELoss extends Loss<BCELossOptions> {
  constructor(
    weight?: Tensor | null | BCELossOptions,
    reduction?: Reduction | BCELossOptions,
    options?: BCELossOptions,
  ) {
    super(["weight", "reduction"], {}, [weight, reduction, options]);
  }
  override forward(input: Tensor, target: Tensor): Tensor {
    return F.binaryCrossEntropy(input, target, this.options);
  }
}

export interface BCEWithLogitsLossOptions extends LossOptions {
  /** Factor of each element's loss. */
  weight?: Tensor | null;
  /** Factor of the positive targets. */
  posWeight?: Tensor | null;
}
/** Cross entropy of sigmoid(x) against targets in [0, 1]. */
export class BCEWithLogitsLoss extends Loss<BCEWithLogitsLossOptions> {
  constructor(
    weight?: Tensor | null | BCEWithLogitsLossOptions,
    reduction?: Reduction | BCEWithLogitsLossOptions,
    posWeight?: Tensor | null | BCEWithLogitsLossOptions,
    options?: BCEWithLogitsLossOptions,
  ) {
    super(["weight", "reduction", "posWeight"], {}, [weight, reduction, posWeight, options]);
  }
  override forward(input: Tensor, target: Tensor): Tensor {
    return F.binaryCrossEntropyWithLogits(input, target, this.options);
  }
}

export interface NLLLossOptions extends LossOptions {
  /** Factor of each class. */
  weight?: Tensor | null;
  /** A target that does not count; default -100. */
  ignoreIndex?: number;
}
/** Minus the log probability of the target class. */
export class NLLLoss extends Loss<NLLLossOptions> {
  constructor(
    weight?: Tensor | null | NLLLossOptions,
    ignoreIndex?: number | NLLLossOptions,
    reduction?: Reduction | NLLLossOptions,
    options?: NLLLossOptions,
  ) {
    super(["weight", "ignoreIndex", "reduction"], { ignoreIndex: -100 }, [
      weight,
      ignoreIndex,
      reduction,
      options,
    ]);
  }
  override forward(input: Tensor, target: Tensor): Tensor {
    return F.nllLoss(input, target, this.options);
  }
}

export interface CrossEntropyLossOptions extends LossOptions {
  /** Factor of each class. */
  weight?: Tensor | null;
  /** A target that does not count; default -100. */
  ignoreIndex?: number;
  /** Share of the target spread over all classes; default 0. */
  labelSmoothing?: number;
}
/** Cross entropy of softmax(x) against class indices or probabilities. */
export class CrossEntropyLoss extends Loss<CrossEntropyLossOptions> {
  constructor(
    weight?: Tensor | null | CrossEntropyLossOptions,
    ignoreIndex?: number | CrossEntropyLossOptions,
    reduction?: Reduction | CrossEntropyLossOptions,
    labelSmoothing?: number | CrossEntropyLossOptions,
    options?: CrossEntropyLossOptions,
  ) {
    super(
      ["weight", "ignoreIndex", "reduction", "labelSmoothing"],
      { ignoreIndex: -100, labelSmoothing: 0 },
      [weight, ignoreIndex, reduction, labelSmoothing, options],
    );
  }
  override forward(input: Tensor, target: Tensor): Tensor {
    return F.crossEntropy(input, target, this.options);
  }
}

export interface KLDivLossOptions extends LossOptions {
  /** Whether the target is in log space; default false. */
  logTarget?: boolean;
}
/** Kullback-Leibler divergence of log probabilities x from y. */
export class KLDivLoss extends Loss<KLDivLossOptions> {
  constructor(
    reduction?: Reduction | KLDivLossOptions,
    logTarget?: boolean | KLDivLossOptions,
    options?: KLDivLossOptions,
  ) {
    super(["reduction", "logTarget"], { logTarget: false }, [reduction, logTarget, options]);
  }
  override forward(input: Tensor, target: Tensor): Tensor {
    return F.klDiv(input, target, this.options);
  }
}

export interface PoissonNLLLossOptions extends LossOptions {
  /** Whether the input is the log of the rate; default true. */
  logInput?: boolean;
  /** Add Stirling's approximation; default false. */
  full?: boolean;
  /** Keeps log(0) away; default 1e-8. */
  eps?: number;
}
/** Minus the log likelihood of Poisson counts. */
export class PoissonNLLLoss extends Loss<PoissonNLLLossOptions> {
  constructor(
    logInput?: boolean | PoissonNLLLossOptions,
    full?: boolean | PoissonNLLLossOptions,
    eps?: number | PoissonNLLLossOptions,
    reduction?: Reduction | PoissonNLLLossOptions,
    options?: PoissonNLLLossOptions,
  ) {
    super(["logInput", "full", "eps", "reduction"], { logInput: true, full: false, eps: 1e-8 }, [
      logInput,
      full,
      eps,
      reduction,
      options,
    ]);
  }
  override forward(input: Tensor, target: Tensor): Tensor {
    return F.poissonNllLoss(input, target, this.options);
  }
}

export interface GaussianNLLLossOptions extends LossOptions {
  /** Add the constant term; default false. */
  full?: boolean;
  /** The smallest variance; default 1e-6. */
  eps?: number;
}
/** Minus the log likelihood of normal targets. */
export class GaussianNLLLoss extends Loss<GaussianNLLLossOptions> {
  constructor(
    full?: boolean | GaussianNLLLossOptions,
    eps?: number | GaussianNLLLossOptions,
    reduction?: Reduction | GaussianNLLLossOptions,
    options?: GaussianNLLLossOptions,
  ) {
    super(["full", "eps", "reduction"], { full: false, eps: 1e-6 }, [full, eps, reduction, options]);
  }
  override forward(input: Tensor, target: Tensor, variance: Tensor): Tensor {
    return F.gaussianNllLoss(input, target, variance, this.options);
  }
}

export interface HingeEmbeddingLossOptions extends LossOptions {
  /** Default 1. */
  margin?: number;
}
/** x where y is 1, max(0, margin - x) where it is -1. */
export class HingeEmbeddingLoss extends Loss<HingeEmbeddingLossOptions> {
  constructor(
    margin?: number | HingeEmbeddingLossOptions,
    reduction?: Reduction | HingeEmbeddingLossOptions,
    options?: HingeEmbeddingLossOptions,
  ) {
    super(["margin", "reduction"], { margin: 1 }, [margin, reduction, options]);
  }
  override forward(input: Tensor, target: Tensor): Tensor {
    return F.hingeEmbeddingLoss(input, target, this.options);
  }
}

/** log(1 + exp(-y x)). */
export class SoftMarginLoss extends Loss<LossOptions> {
  constructor(reduction?: Reduction | LossOptions) {
    super(["reduction"], {}, [reduction]);
  }
  override forward(input: Tensor, target: Tensor): Tensor {
    return F.softMarginLoss(input, target, this.options);
  }
}

export interface MarginRankingLossOptions extends LossOptions {
  /** Default 0. */
  margin?: number;
}
/** max(0, -y (x1 - x2) + margin). */
export class MarginRankingLoss extends Loss<MarginRankingLossOptions> {
  constructor(
    margin?: number | MarginRankingLossOptions,
    reduction?: Reduction | MarginRankingLossOptions,
    options?: MarginRankingLossOptions,
  ) {
    super(["margin", "reduction"], { margin: 0 }, [margin, reduction, options]);
  }
  override forward(input1: Tensor, input2: Tensor, target: Tensor): Tensor {
    return F.marginRankingLoss(input1, input2, target, this.options);
  }
}

export interface CosineEmbeddingLossOptions extends LossOptions {
  /** Default 0. */
  margin?: number;
}
/** 1 - cos(x1, x2) where y is 1, max(0, cos - margin) where it is -1. */
export class CosineEmbeddingLoss extends Loss<CosineEmbeddingLossOptions> {
  constructor(
    margin?: number | CosineEmbeddingLossOptions,
    reduction?: Reduction | CosineEmbeddingLossOptions,
    options?: CosineEmbeddingLossOptions,
  ) {
    super(["margin", "reduction"], { margin: 0 }, [margin, reduction, options]);
  }
  override forward(input1: Tensor, input2: Tensor, target: Tensor): Tensor {
    return F.cosineEmbeddingLoss(input1, input2, target, this.options);
  }
}

export interface TripletMarginLossOptions extends LossOptions {
  /** Default 1. */
  margin?: number;
  /** Norm of the distance; default 2. */
  p?: number;
  /** Default 1e-6. */
  eps?: number;
  /** Take the negative's distance to the positive where that is smaller; default false. */
  swap?: boolean;
}
/** max(0, distance to the positive - distance to the negative + margin). */
export class TripletMarginLoss extends Loss<TripletMarginLossOptions> {
  constructor(
    margin?: number | TripletMarginLossOptions,
    p?: number | TripletMarginLossOptions,
    eps?: number | TripletMarginLossOptions,
    swap?: boolean | TripletMarginLossOptions,
    reduction?: Reduction | TripletMarginLossOptions,
    options?: TripletMarginLossOptions,
  ) {
    super(["margin", "p", "eps", "swap", "reduction"], { margin: 1, p: 2, eps: 1e-6, swap: false }, [
      margin,
      p,
      eps,
      swap,
      reduction,
      options,
    ]);
  }
  override forward(anchor: Tensor, positive: Tensor, negative: Tensor): Tensor {
    return F.tripletMarginLoss(anchor, positive, negative, this.options);
  }
}

export interface MultiMarginLossOptions extends LossOptions {
  /** Power of the hinge, 1 or 2; default 1. */
  p?: number;
  /** Default 1. */
  margin?: number;
  /** Factor of each class. */
  weight?: Tensor | null;
}
/** Hinge loss over classes. */
export class MultiMarginLoss extends Loss<MultiMarginLossOptions> {
  constructor(
    p?: number | MultiMarginLossOptions,
    margin?: number | MultiMarginLossOptions,
    weight?: Tensor | null | MultiMarginLossOptions,
    reduction?: Reduction | MultiMarginLossOptions,
    options?: MultiMarginLossOptions,
  ) {
    super(["p", "margin", "weight", "reduction"], { p: 1, margin: 1 }, [
      p,
      margin,
      weight,
      reduction,
      options,
    ]);
  }
  override forward(input: Tensor, target: Tensor): Tensor {
    return F.multiMarginLoss(input, target, this.options);
  }
}

/** Hinge loss over several target classes. */
export class MultiLabelMarginLoss extends Loss<LossOptions> {
  constructor(reduction?: Reduction | LossOptions) {
    super(["reduction"], {}, [reduction]);
  }
  override forward(input: Tensor, target: Tensor): Tensor {
    return F.multilabelMarginLoss(input, target, this.options);
  }
}

export interface MultiLabelSoftMarginLossOptions extends LossOptions {
  /** Factor of each class. */
  weight?: Tensor | null;
}
/** Cross entropy of sigmoids, averaged over the classes. */
export class MultiLabelSoftMarginLoss extends Loss<MultiLabelSoftMarginLossOptions> {
  constructor(
    weight?: Tensor | null | MultiLabelSoftMarginLossOptions,
    reduction?: Reduction | MultiLabelSoftMarginLossOptions,
    options?: MultiLabelSoftMarginLossOptions,
  ) {
    super(["weight", "reduction"], {}, [weight, reduction, options]);
  }
  override forward(input: Tensor, target: Tensor): Tensor {
    return F.multilabelSoftMarginLoss(input, target, this.options);
  }
}

export interface CTCLossOptions extends LossOptions {
  /** The class that stands for nothing; default 0. */
  blank?: number;
  /** Zero where a target does not fit; default false. */
  zeroInfinity?: boolean;
}
/** Minus the log probability of a label sequence over all alignments. */
export class CTCLoss extends Loss<CTCLossOptions> {
  constructor(
    blank?: number | CTCLossOptions,
    reduction?: Reduction | CTCLossOptions,
    zeroInfinity?: boolean | CTCLossOptions,
    options?: CTCLossOptions,
  ) {
    super(["blank", "reduction", "zeroInfinity"], { blank: 0, zeroInfinity: false }, [
      blank,
      reduction,
      zeroInfinity,
      options,
    ]);
  }
  override forward(
    logProbs: Tensor,
    targets: Tensor,
    inputLengths: Tensor | readonly number[],
    targetLengths: Tensor | readonly number[],
  ): Tensor {
    return F.ctcLoss(logProbs, targets, inputLengths, targetLengths, this.options);
  }
}

nameInputs(
  ["input", "target"],
  L1Loss,
  MSELoss,
  SmoothL1Loss,
  HuberLoss,
  BCELoss,
  BCEWithLogitsLoss,
  NLLLoss,
  CrossEntropyLoss,
  KLDivLoss,
  PoissonNLLLoss,
  HingeEmbeddingLoss,
  SoftMarginLoss,
  MultiMarginLoss,
  MultiLabelMarginLoss,
  MultiLabelSoftMarginLoss,
);
nameInputs(["input", "target", "var"], GaussianNLLLoss);
nameInputs(["input1", "input2", "target"], MarginRankingLoss, CosineEmbeddingLoss);
nameInputs(["anchor", "positive", "negative"], TripletMarginLoss);
nameInputs(["logProbs", "targets", "inputLengths", "targetLengths"], CTCLoss);
