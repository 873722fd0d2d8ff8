import { positional } from "../../core/options.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import type { Names } from "../forwardnames.ts";
import {
  type CosineOptions,
  cosineSimilarity,
  type DistanceOptions,
  pairwiseDistance,
} from "../functional/distance.ts";
import { Module } from "../module.ts";

/** Cosine of the angle between vectors along a dimension. */
export class CosineSimilarity extends Module {
  protected static get inputs(): Names {
    return ["x1", "x2"];
  }
  readonly dim: number;
  readonly eps: number;

  constructor(dim?: number | CosineOptions, eps?: number | CosineOptions, options?: CosineOptions) {
    super();
    [this.dim = 1, this.eps = 1e-8] = positional<[number?, number?]>(
      "CosineSimilarity",
      ["dim", "eps"],
      [dim, eps, options],
    ) as [number, number];
  }
  override forward(x1: Tensor, x2: Tensor): Tensor {
    return cosineSimilarity(x1, x2, this.dim, this.eps);
  }
}

/** Norm of the difference of vectors along the last dimension. */
export class PairwiseDistance extends Module {
  protected static get inputs(): Names {
    return ["x1", "x2"];
  }
  readonly norm: number;
  readonly eps: number;
  readonly keepdim: boolean;

  constructor(
    p?: number | DistanceOptions,
    eps?: number | DistanceOptions,
    keepdim?: boolean | DistanceOptions,
    options?: DistanceOptions,
  ) {
    super();
    const [norm = 2, small = 1e-6, keep = false] = positional<[number?, number?, boolean?]>(
      "PairwiseDistance",
      ["p", "eps", "keepdim"],
      [p, eps, keepdim, options],
    );
    this.norm = norm;
    this.eps = small;
    this.keepdim = keep;
  }
  override forward(x1: Tensor, x2: Tensor): Tensor {
    return pairwiseDistance(x1, x2, this.norm, this.eps, this.keepdim);
  }
}
