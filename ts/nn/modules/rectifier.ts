// Rectifiers whose slope is learned, or drawn.
import { positional } from "../../core/options.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import type { Names } from "../forwardnames.ts";
import * as F from "../functional/index.ts";
import { constant_ } from "../init.ts";
import { Module } from "../module.ts";
import type { Parameter } from "../parameter.ts";
import type { InplaceOptions } from "./activation.ts";
import { type FactoryOptions, parameter } from "./build.ts";

export interface PReLUOptions extends FactoryOptions {
  /** One slope for all, or one per channel; default 1. */
  numParameters?: number;
  /** The slope to start from; default 0.25. */
  init?: number;
}
/** x where positive, else a learnable slope times x. */
export class PReLU extends Module {
  protected static get inputs(): Names {
    return ["input"];
  }
  readonly numParameters: number;
  readonly init: number;
  weight: Parameter;

  constructor(numParameters?: number | PReLUOptions, init?: number | PReLUOptions, options?: PReLUOptions) {
    super();
    const [count = 1, start = 0.25, , dtype] = positional(
      "PReLU",
      ["numParameters", "init", "device", "dtype"],
      [numParameters, init, options],
    );
    this.numParameters = count;
    this.init = start;
    this.weight = parameter([count], dtype);
    constant_(this.weight, start);
  }
  override forward(input: Tensor): Tensor {
    return F.prelu(input, this.weight);
  }
  override extraRepr(): string {
    return `num_parameters=${this.numParameters}`;
  }
}

export interface RReLUOptions extends InplaceOptions {
  /** Bounds of the random slope; default 1/8 and 1/3. */
  lower?: number;
  upper?: number;
}
/** Leaky rectifier with a random slope per element in training, and the mean slope else. */
export class RReLU extends Module {
  protected static get inputs(): Names {
    return ["input"];
  }
  readonly lower: number;
  readonly upper: number;
  readonly inplace: boolean;

  constructor(
    lower?: number | RReLUOptions,
    upper?: number | RReLUOptions,
    inplace?: boolean | RReLUOptions,
    options?: RReLUOptions,
  ) {
    super();
    [this.lower = 1 / 8, this.upper = 1 / 3, this.inplace = false] = positional(
      "RReLU",
      ["lower", "upper", "inplace"],
      [lower, upper, inplace, options],
    );
  }
  override forward(input: Tensor): Tensor {
    return F.rrelu(input, this.lower, this.upper, { training: this.training, inplace: this.inplace });
  }
  override extraRepr(): string {
    return `lower=${this.lower}, upper=${this.upper}${this.inplace ? ", inplace=True" : ""}`;
  }
}
