import { positional } from "../../core/options.ts";
import { floatText, pythonText, tupleText } from "../../core/pythontext.ts";
import { sizesOf } from "../../ops/arguments.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import type { Names } from "../forwardnames.ts";
import { rmsNorm } from "../functional/rmsnorm.ts";
import { ones_ } from "../init.ts";
import { Module } from "../module.ts";
import type { Parameter } from "../parameter.ts";
import { type FactoryOptions, parameter } from "./build.ts";

export interface RMSNormOptions extends FactoryOptions {
  /** Added to the mean square; default the distance from 1 to the next number of the dtype. */
  eps?: number | null;
  /** Whether there is a learnable weight; default true. */
  elementwiseAffine?: boolean;
}
/** Divides by the root of the mean square over the last dimensions: `rmsNorm`. */
export class RMSNorm extends Module {
  protected static get inputs(): Names {
    return ["input"];
  }
  readonly normalizedShape: readonly number[];
  readonly eps: number | null;
  readonly elementwiseAffine: boolean;
  weight: Parameter | null;

  constructor(
    normalizedShape: number | readonly number[],
    eps?: number | null | RMSNormOptions,
    elementwiseAffine?: boolean | RMSNormOptions,
    options?: RMSNormOptions,
  ) {
    super();
    const [shape, small = null, affine = true, , dtype] = positional(
      "RMSNorm",
      ["normalizedShape", "eps", "elementwiseAffine", "device", "dtype"],
      [normalizedShape, eps, elementwiseAffine, options],
    );
    this.normalizedShape = [...sizesOf("RMSNorm", "normalizedShape", shape)];
    this.eps = small;
    this.elementwiseAffine = affine;
    this.weight = affine ? parameter(this.normalizedShape, dtype) : null;
    this.resetParameters();
  }
  resetParameters(): void {
    if (this.weight !== null) ones_(this.weight);
  }
  override forward(input: Tensor): Tensor {
    return rmsNorm(input, this.normalizedShape, this.weight, this.eps);
  }
  override extraRepr(): string {
    const eps = this.eps === null ? "None" : floatText(this.eps);
    return `${tupleText(this.normalizedShape)}, eps=${eps}, elementwise_affine=${pythonText(this.elementwiseAffine)}`;
  }
}
