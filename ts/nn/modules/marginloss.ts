// Losses that ask for a margin: each keeps its options, and nn.functional does the work.
import type { Tensor } from "../../tensor/tensor.ts";
import type { Names } from "../forwardnames.ts";
import * as F from "../functional/index.ts";
import { PairwiseDistance } from "./distance.ts";
import { Loss, type LossOptions, type Reduction, TargetLoss } from "./lossbase.ts";

export interface HingeEmbeddingLossOptions extends LossOptions {
  /** Default 1. */
  margin?: number;
}
/** x where y is 1, max(0, margin - x) where it is -1. */
export class HingeEmbeddingLoss extends TargetLoss<HingeEmbeddingLossOptions> {
  constructor(
    margin?: number | HingeEmbeddingLossOptions,
    reduction?: Reduction | HingeEmbeddingLossOptions,
    options?: HingeEmbeddingLossOptions,
  ) {
    super(["margin", "reduction"], { margin: 1 }, [margin, reduction, options]);
  }
  protected override get functional() {
    return F.hingeEmbeddingLoss;
  }
}

/** log(1 + exp(-y x)). */
export class SoftMarginLoss extends TargetLoss<LossOptions> {
  constructor(reduction?: Reduction | LossOptions) {
    super(["reduction"], {}, [reduction]);
  }
  protected override get functional() {
    return F.softMarginLoss;
  }
}

export interface MarginRankingLossOptions extends LossOptions {
  /** Default 0. */
  margin?: number;
}
/** max(0, -y (x1 - x2) + margin). */
export class MarginRankingLoss extends Loss<MarginRankingLossOptions> {
  protected static get inputs(): Names {
    return ["input1", "input2", "target"];
  }
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
  protected static get inputs(): Names {
    return ["input1", "input2", "target"];
  }
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
  protected static get inputs(): Names {
    return ["anchor", "positive", "negative"];
  }
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

export interface TripletMarginWithDistanceLossOptions extends LossOptions {
  /** Default null, `pairwiseDistance`. */
  distanceFunction?: F.Distance | null;
  /** Default 1. */
  margin?: number;
  /** Take the negative's distance to the positive where that is smaller; default false. */
  swap?: boolean;
}
/** `TripletMarginLoss` for any distance. */
export class TripletMarginWithDistanceLoss extends Loss<TripletMarginWithDistanceLossOptions> {
  protected static get inputs(): Names {
    return ["anchor", "positive", "negative"];
  }
  /** A submodule where it is a module, as `PairwiseDistance` by default. */
  readonly distance_function: F.Distance;
  constructor(options?: TripletMarginWithDistanceLossOptions) {
    super(["distanceFunction", "margin", "swap", "reduction"], { margin: 1, swap: false }, [options]);
    this.distance_function = this.options.distanceFunction ?? new PairwiseDistance();
  }
  override forward(anchor: Tensor, positive: Tensor, negative: Tensor): Tensor {
    const { distance_function: distanceFunction } = this;
    return F.tripletMarginWithDistanceLoss(anchor, positive, negative, { ...this.options, distanceFunction });
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
export class MultiMarginLoss extends TargetLoss<MultiMarginLossOptions> {
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
  protected override get functional() {
    return F.multiMarginLoss;
  }
}

/** Hinge loss over several target classes. */
export class MultiLabelMarginLoss extends TargetLoss<LossOptions> {
  constructor(reduction?: Reduction | LossOptions) {
    super(["reduction"], {}, [reduction]);
  }
  protected override get functional() {
    return F.multilabelMarginLoss;
  }
}

export interface MultiLabelSoftMarginLossOptions extends LossOptions {
  /** Factor of each class. */
  weight?: Tensor | null;
}
/** Cross entropy of sigmoids, averaged over the classes. */
export class MultiLabelSoftMarginLoss extends TargetLoss<MultiLabelSoftMarginLossOptions> {
  constructor(
    weight?: Tensor | null | MultiLabelSoftMarginLossOptions,
    reduction?: Reduction | MultiLabelSoftMarginLossOptions,
    options?: MultiLabelSoftMarginLossOptions,
  ) {
    super(["weight", "reduction"], {}, [weight, reduction, options]);
  }
  protected override get functional() {
    return F.multilabelSoftMarginLoss;
  }
}
