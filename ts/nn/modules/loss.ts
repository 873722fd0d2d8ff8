// Losses against targets and probabilities: each keeps its options, and nn.functional does the work.
import type { Tensor } from "../../tensor/tensor.ts";
import type { Names } from "../forwardnames.ts";
import * as F from "../functional/index.ts";
import { Loss, type LossOptions, type Reduction, TargetLoss } from "./lossbase.ts";

/** |x - y|. */
export class L1Loss extends TargetLoss<LossOptions> {
  constructor(reduction?: Reduction | LossOptions) {
    super(["reduction"], {}, [reduction]);
  }
  protected override get functional() {
    return F.l1Loss;
  }
}

/** (x - y)^2. */
export class MSELoss extends TargetLoss<LossOptions> {
  constructor(reduction?: Reduction | LossOptions) {
    super(["reduction"], {}, [reduction]);
  }
  protected override get functional() {
    return F.mseLoss;
  }
}

export interface SmoothL1LossOptions extends LossOptions {
  /** Where the two meet; default 1. */
  beta?: number;
}
/** Squared below beta, absolute above. */
export class SmoothL1Loss extends TargetLoss<SmoothL1LossOptions> {
  constructor(
    reduction?: Reduction | SmoothL1LossOptions,
    beta?: number | SmoothL1LossOptions,
    options?: SmoothL1LossOptions,
  ) {
    super(["reduction", "beta"], { beta: 1 }, [reduction, beta, options]);
  }
  protected override get functional() {
    return F.smoothL1Loss;
  }
}

export interface HuberLossOptions extends LossOptions {
  /** Where the two meet; default 1. */
  delta?: number;
}
/** Squared below delta, absolute above, scaled by delta. */
export class HuberLoss extends TargetLoss<HuberLossOptions> {
  constructor(
    reduction?: Reduction | HuberLossOptions,
    delta?: number | HuberLossOptions,
    options?: HuberLossOptions,
  ) {
    super(["reduction", "delta"], { delta: 1 }, [reduction, delta, options]);
  }
  protected override get functional() {
    return F.huberLoss;
  }
}

export interface BCELossOptions extends LossOptions {
  /** Factor of each element's loss. */
  weight?: Tensor | null;
}
/** Cross entropy of probabilities against targets in [0, 1]. */
export class BCELoss extends TargetLoss<BCELossOptions> {
  constructor(
    weight?: Tensor | null | BCELossOptions,
    reduction?: Reduction | BCELossOptions,
    options?: BCELossOptions,
  ) {
    super(["weight", "reduction"], {}, [weight, reduction, options]);
  }
  protected override get functional() {
    return F.binaryCrossEntropy;
  }
}

export interface BCEWithLogitsLossOptions extends LossOptions {
  /** Factor of each element's loss. */
  weight?: Tensor | null;
  /** Factor of the positive targets. */
  posWeight?: Tensor | null;
}
/** Cross entropy of sigmoid(x) against targets in [0, 1]. */
export class BCEWithLogitsLoss extends TargetLoss<BCEWithLogitsLossOptions> {
  constructor(
    weight?: Tensor | null | BCEWithLogitsLossOptions,
    reduction?: Reduction | BCEWithLogitsLossOptions,
    posWeight?: Tensor | null | BCEWithLogitsLossOptions,
    options?: BCEWithLogitsLossOptions,
  ) {
    super(["weight", "reduction", "posWeight"], {}, [weight, reduction, posWeight, options]);
  }
  protected override get functional() {
    return F.binaryCrossEntropyWithLogits;
  }
}

export interface NLLLossOptions extends LossOptions {
  /** Factor of each class. */
  weight?: Tensor | null;
  /** A target that does not count; default -100. */
  ignoreIndex?: number;
}
/** Minus the log probability of the target class. */
export class NLLLoss extends TargetLoss<NLLLossOptions> {
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
  protected override get functional() {
    return F.nllLoss;
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
export class CrossEntropyLoss extends TargetLoss<CrossEntropyLossOptions> {
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
  protected override get functional() {
    return F.crossEntropy;
  }
}

export interface KLDivLossOptions extends LossOptions {
  /** Whether the target is in log space; default false. */
  logTarget?: boolean;
}
/** Kullback-Leibler divergence of log probabilities x from y. */
export class KLDivLoss extends TargetLoss<KLDivLossOptions> {
  constructor(
    reduction?: Reduction | KLDivLossOptions,
    logTarget?: boolean | KLDivLossOptions,
    options?: KLDivLossOptions,
  ) {
    super(["reduction", "logTarget"], { logTarget: false }, [reduction, logTarget, options]);
  }
  protected override get functional() {
    return F.klDiv;
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
export class PoissonNLLLoss extends TargetLoss<PoissonNLLLossOptions> {
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
  protected override get functional() {
    return F.poissonNllLoss;
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
  protected static get inputs(): Names {
    return ["input", "target", "var"];
  }
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

export interface CTCLossOptions extends LossOptions {
  /** The class that stands for nothing; default 0. */
  blank?: number;
  /** Zero where a target does not fit; default false. */
  zeroInfinity?: boolean;
}
/** Minus the log probability of a label sequence over all alignments. */
export class CTCLoss extends Loss<CTCLossOptions> {
  protected static get inputs(): Names {
    return ["logProbs", "targets", "inputLengths", "targetLengths"];
  }
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
