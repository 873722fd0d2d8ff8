import { positional } from "../../core/options.ts";
import { floatText, pythonText } from "../../core/pythontext.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import type { Names } from "../forwardnames.ts";
import { localResponseNorm, type ResponseNormOptions } from "../functional/responsenorm.ts";
import { Module } from "../module.ts";

/** Divides by the mean square of neighbouring channels: `localResponseNorm`. */
export class LocalResponseNorm extends Module {
  protected static get inputs(): Names {
    return ["input"];
  }
  readonly size: number;
  readonly alpha: number;
  readonly beta: number;
  readonly k: number;

  constructor(size: number | ResponseNormOptions, ...rest: (number | ResponseNormOptions)[]) {
    super();
    [this.size, this.alpha = 1e-4, this.beta = 0.75, this.k = 1] = positional(
      "LocalResponseNorm",
      ["size", "alpha", "beta", "k"],
      [size, ...rest],
    );
  }
  override forward(input: Tensor): Tensor {
    return localResponseNorm(input, this.size, this.alpha, this.beta, this.k);
  }
  override extraRepr(): string {
    return `${pythonText(this.size)}, alpha=${floatText(this.alpha)}, beta=${floatText(this.beta)}, k=${floatText(this.k)}`;
  }
}
