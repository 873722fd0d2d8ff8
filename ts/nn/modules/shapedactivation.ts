// Activation functions with numbers that shape them: each names its arguments and how they print.
import { ValueError } from "../../core/errors.ts";
import { positional } from "../../core/options.ts";
import { floatText, pythonText } from "../../core/pythontext.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import type { Names } from "../forwardnames.ts";
import * as F from "../functional/index.ts";
import { Module } from "../module.ts";
import type { InplaceOptions } from "./activation.ts";

export interface LeakyReLUOptions extends InplaceOptions {
  /** Slope for negative elements; default 0.01. */
  negativeSlope?: number;
}
/** x where positive, else negativeSlope * x, element by element. */
export class LeakyReLU extends Module {
  protected static get inputs(): Names {
    return ["input"];
  }
  readonly negativeSlope: number;
  readonly inplace: boolean;
  constructor(
    negativeSlope?: number | LeakyReLUOptions,
    inplace?: boolean | LeakyReLUOptions,
    options?: LeakyReLUOptions,
  ) {
    super();
    [this.negativeSlope = 0.01, this.inplace = false] = positional(
      "LeakyReLU",
      ["negativeSlope", "inplace"],
      [negativeSlope, inplace, options],
    );
  }
  override forward(input: Tensor): Tensor {
    return F.leakyRelu(input, this.negativeSlope, { inplace: this.inplace });
  }
  override extraRepr(): string {
    return `negative_slope=${floatText(this.negativeSlope)}${this.inplace ? ", inplace=True" : ""}`;
  }
}

export interface ELUOptions extends InplaceOptions {
  /** Scale of negative elements; default 1. */
  alpha?: number;
}
export interface CELUOptions extends InplaceOptions {
  /** Scale of negative elements; default 1. */
  alpha?: number;
}
abstract class ScaledELU extends Module {
  protected static get inputs(): Names {
    return ["input"];
  }
  protected abstract get functional(): (input: Tensor, alpha: number, options: InplaceOptions) => Tensor;
  readonly alpha: number;
  readonly inplace: boolean;
  constructor(
    alpha?: number | ELUOptions | CELUOptions,
    inplace?: boolean | ELUOptions | CELUOptions,
    options?: ELUOptions | CELUOptions,
  ) {
    super();
    [this.alpha = 1, this.inplace = false] = positional(
      this.constructor.name,
      ["alpha", "inplace"],
      [alpha, inplace, options],
    );
  }
  override forward(input: Tensor): Tensor {
    return this.functional(input, this.alpha, { inplace: this.inplace });
  }
  override extraRepr(): string {
    return `alpha=${floatText(this.alpha)}${this.inplace ? ", inplace=True" : ""}`;
  }
}
/** x where positive, else alpha * (exp(x) - 1), element by element. */
export class ELU extends ScaledELU {
  protected override get functional() {
    return F.elu;
  }
}
/** max(0, x) + min(0, alpha * (exp(x / alpha) - 1)), element by element. */
export class CELU extends ScaledELU {
  protected override get functional() {
    return F.celu;
  }
}

export interface HardtanhOptions extends InplaceOptions {
  /** Lower bound; default -1. */
  minVal?: number;
  /** Upper bound; default 1. */
  maxVal?: number;
}
/** x clipped to [minVal, maxVal], element by element. */
export class Hardtanh extends Module {
  protected static get inputs(): Names {
    return ["input"];
  }
  readonly minVal: number;
  readonly maxVal: number;
  readonly inplace: boolean;
  constructor(
    minVal?: number | HardtanhOptions,
    maxVal?: number | HardtanhOptions,
    inplace?: boolean | HardtanhOptions,
    options?: HardtanhOptions,
  ) {
    super();
    [this.minVal = -1, this.maxVal = 1, this.inplace = false] = positional(
      "Hardtanh",
      ["minVal", "maxVal", "inplace"],
      [minVal, maxVal, inplace, options],
    );
    if (!(this.maxVal > this.minVal))
      throw new ValueError(`Hardtanh: maxVal (${this.maxVal}) must be above minVal (${this.minVal})`);
  }
  override forward(input: Tensor): Tensor {
    return F.hardtanh(input, this.minVal, this.maxVal, { inplace: this.inplace });
  }
  override extraRepr(): string {
    return `min_val=${floatText(this.minVal)}, max_val=${floatText(this.maxVal)}${this.inplace ? ", inplace=True" : ""}`;
  }
}

export interface ThresholdOptions extends InplaceOptions {
  /** Elements above it stay. */
  threshold?: number;
  /** What takes the place of the others. */
  value?: number;
}
/** x where above threshold, else value, element by element. */
export class Threshold extends Module {
  protected static get inputs(): Names {
    return ["input"];
  }
  readonly threshold: number;
  readonly value: number;
  readonly inplace: boolean;
  constructor(
    threshold: number | ThresholdOptions,
    value?: number | ThresholdOptions,
    inplace?: boolean | ThresholdOptions,
    options?: ThresholdOptions,
  ) {
    super();
    [this.threshold, this.value, this.inplace = false] = positional(
      "Threshold",
      ["threshold", "value", "inplace"],
      [threshold, value, inplace, options],
    );
  }
  override forward(input: Tensor): Tensor {
    return F.threshold(input, this.threshold, this.value, { inplace: this.inplace });
  }
  override extraRepr(): string {
    return `threshold=${pythonText(this.threshold)}, value=${pythonText(this.value)}${this.inplace ? ", inplace=True" : ""}`;
  }
}

export interface GELUOptions {
  /** "tanh" uses a formula with tanh; default "none". */
  approximate?: "none" | "tanh";
}
/** x times the probability that a standard normal number is below x, element by element. */
export class GELU extends Module {
  protected static get inputs(): Names {
    return ["input"];
  }
  readonly approximate: "none" | "tanh";
  constructor(approximate?: "none" | "tanh" | GELUOptions) {
    super();
    [this.approximate = "none"] = positional<["none" | "tanh" | undefined]>(
      "GELU",
      ["approximate"],
      [approximate],
    );
  }
  override forward(input: Tensor): Tensor {
    return F.gelu(input, { approximate: this.approximate });
  }
  override extraRepr(): string {
    return `approximate='${this.approximate}'`;
  }
}

export interface SoftplusOptions {
  /** Steepness; default 1. */
  beta?: number;
  /** Above it (times beta) the function is x itself; default 20. */
  threshold?: number;
}
/** log(1 + exp(beta * x)) / beta, element by element. */
export class Softplus extends Module {
  protected static get inputs(): Names {
    return ["input"];
  }
  readonly beta: number;
  readonly threshold: number;
  constructor(
    beta?: number | SoftplusOptions,
    threshold?: number | SoftplusOptions,
    options?: SoftplusOptions,
  ) {
    super();
    [this.beta = 1, this.threshold = 20] = positional(
      "Softplus",
      ["beta", "threshold"],
      [beta, threshold, options],
    );
  }
  override forward(input: Tensor): Tensor {
    return F.softplus(input, this.beta, this.threshold);
  }
  override extraRepr(): string {
    return `beta=${pythonText(this.beta)}, threshold=${pythonText(this.threshold)}`;
  }
}

export interface SoftshrinkOptions {
  /** How far; default 0.5. */
  lambd?: number;
}
export interface HardshrinkOptions {
  /** The bound; default 0.5. */
  lambd?: number;
}
abstract class Shrink extends Module {
  protected static get inputs(): Names {
    return ["input"];
  }
  protected abstract get functional(): (input: Tensor, lambd: number) => Tensor;
  readonly lambd: number;
  constructor(lambd?: number | SoftshrinkOptions | HardshrinkOptions) {
    super();
    [this.lambd = 0.5] = positional(this.constructor.name, ["lambd"], [lambd]);
  }
  override forward(input: Tensor): Tensor {
    return this.functional(input, this.lambd);
  }
  override extraRepr(): string {
    return pythonText(this.lambd);
  }
}
/** x moved towards 0 by lambd, element by element. */
export class Softshrink extends Shrink {
  protected override get functional() {
    return F.softshrink;
  }
}
/** x where |x| > lambd, else 0, element by element. */
export class Hardshrink extends Shrink {
  protected override get functional() {
    return F.hardshrink;
  }
}
