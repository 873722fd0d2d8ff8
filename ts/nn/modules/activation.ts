// Activation functions as modules: each names its arguments and how they print; nn.functional does the work.
import { positional } from "../../core/options.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { nameInputs } from "../forwardnames.ts";
import * as F from "../functional/index.ts";
import { constant_ } from "../init.ts";
import { Module } from "../module.ts";
import type { Parameter } from "../parameter.ts";
import { floatText, pythonText } from "../text.ts";
import { type FactoryOptions, parameter } from "./build.ts";

/** 1 / (1 + exp(-x)), element by element. */
export class Sigmoid extends Module {
  override forward(input: Tensor): Tensor {
    return F.sigmoid(input);
  }
}
/** Hyperbolic tangent, element by element. */
export class Tanh extends Module {
  override forward(input: Tensor): Tensor {
    return F.tanh(input);
  }
}
/** log(1 / (1 + exp(-x))), element by element. */
export class LogSigmoid extends Module {
  override forward(input: Tensor): Tensor {
    return F.logsigmoid(input);
  }
}
/** x - tanh(x), element by element. */
export class Tanhshrink extends Module {
  override forward(input: Tensor): Tensor {
    return F.tanhshrink(input);
  }
}
/** x / (1 + |x|), element by element. */
export class Softsign extends Module {
  override forward(input: Tensor): Tensor {
    return F.softsign(input);
  }
}

export interface InplaceOptions {
  /** Write the result over the input; default false. */
  inplace?: boolean;
}

/** An activation whose only argument is whether it works in place. */
abstract class InPlaceActivation extends Module {
  readonly inplace: boolean;

  constructor(inplace?: boolean | InplaceOptions) {
    super();
    [this.inplace = false] = positional<[boolean?]>(this.constructor.name, ["inplace"], [inplace]) as [
      boolean,
    ];
  }
  override extraRepr(): string {
    return this.inplace ? "inplace=True" : "";
  }
}

/** max(0, x), element by element. */
export class ReLU extends InPlaceActivation {
  override forward(input: Tensor): Tensor {
    return F.relu(input, { inplace: this.inplace });
  }
}
/** min(max(0, x), 6), element by element. */
export class ReLU6 extends InPlaceActivation {
  override forward(input: Tensor): Tensor {
    return F.relu6(input, { inplace: this.inplace });
  }
}
/** Scaled exponential linear unit: keeps mean 0 and variance 1, element by element. */
export class SELU extends InPlaceActivation {
  override forward(input: Tensor): Tensor {
    return F.selu(input, { inplace: this.inplace });
  }
}
/** x * sigmoid(x), element by element. */
export class SiLU extends InPlaceActivation {
  override forward(input: Tensor): Tensor {
    return F.silu(input, { inplace: this.inplace });
  }
}
/** x * tanh(softplus(x)), element by element. */
export class Mish extends InPlaceActivation {
  override forward(input: Tensor): Tensor {
    return F.mish(input, { inplace: this.inplace });
  }
}
/** x * relu6(x + 3) / 6, element by element. */
export class Hardswish extends InPlaceActivation {
  override forward(input: Tensor): Tensor {
    return F.hardswish(input, { inplace: this.inplace });
  }
  override extraRepr(): string {
    return "";
  }
}
/** relu6(x + 3) / 6, element by element. */
export class Hardsigmoid extends InPlaceActivation {
  override forward(input: Tensor): Tensor {
    return F.hardsigmoid(input, { inplace: this.inplace });
  }
  override extraRepr(): string {
    return "";
  }
}

export interface LeakyReLUOptions extends InplaceOptions {
  /** Slope for negative elements; default 0.01. */
  negativeSlope?: number;
}
/** x where positive, else negativeSlope * x, element by element. */
export class LeakyReLU extends Module {
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
/** x where positive, else alpha * (exp(x) - 1), element by element. */
export class ELU extends Module {
  readonly alpha: number;
  readonly inplace: boolean;
  constructor(alpha?: number | ELUOptions, inplace?: boolean | ELUOptions, options?: ELUOptions) {
    super();
    [this.alpha = 1, this.inplace = false] = positional(
      "ELU",
      ["alpha", "inplace"],
      [alpha, inplace, options],
    );
  }
  override forward(input: Tensor): Tensor {
    return F.elu(input, this.alpha, { inplace: this.inplace });
  }
  override extraRepr(): string {
    return `alpha=${floatText(this.alpha)}${this.inplace ? ", inplace=True" : ""}`;
  }
}

export interface CELUOptions extends InplaceOptions {
  /** Scale of negative elements; default 1. */
  alpha?: number;
}
/** max(0, x) + min(0, alpha * (exp(x / alpha) - 1)), element by element. */
export class CELU extends Module {
  readonly alpha: number;
  readonly inplace: boolean;
  constructor(alpha?: number | CELUOptions, inplace?: boolean | CELUOptions, options?: CELUOptions) {
    super();
    [this.alpha = 1, this.inplace = false] = positional(
      "CELU",
      ["alpha", "inplace"],
      [alpha, inplace, options],
    );
  }
  override forward(input: Tensor): Tensor {
    return F.celu(input, this.alpha, { inplace: this.inplace });
  }
  override extraRepr(): string {
    return `alpha=${floatText(this.alpha)}${this.inplace ? ", inplace=True" : ""}`;
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
/** x moved towards 0 by lambd, element by element. */
export class Softshrink extends Module {
  readonly lambd: number;
  constructor(lambd?: number | SoftshrinkOptions) {
    super();
    [this.lambd = 0.5] = positional("Softshrink", ["lambd"], [lambd]);
  }
  override forward(input: Tensor): Tensor {
    return F.softshrink(input, this.lambd);
  }
  override extraRepr(): string {
    return pythonText(this.lambd);
  }
}

export interface HardshrinkOptions {
  /** The bound; default 0.5. */
  lambd?: number;
}
/** x where |x| > lambd, else 0, element by element. */
export class Hardshrink extends Module {
  readonly lambd: number;
  constructor(lambd?: number | HardshrinkOptions) {
    super();
    [this.lambd = 0.5] = positional("Hardshrink", ["lambd"], [lambd]);
  }
  override forward(input: Tensor): Tensor {
    return F.hardshrink(input, this.lambd);
  }
  override extraRepr(): string {
    return pythonText(this.lambd);
  }
}

export interface GLUOptions {
  /** The dimension halved; default -1. */
  dim?: number;
}
/** The first half of a dimension times the sigmoid of its second half. */
export class GLU extends Module {
  readonly dim: number;
  constructor(dim?: number | GLUOptions) {
    super();
    [this.dim = -1] = positional("GLU", ["dim"], [dim]);
  }
  override forward(input: Tensor): Tensor {
    return F.glu(input, this.dim);
  }
  override extraRepr(): string {
    return `dim=${this.dim}`;
  }
}

export interface SoftmaxOptions {
  /** The dimension that sums to 1. */
  dim?: number | null;
}
/** exp(x) along a dimension, divided by its sum. */
export class Softmax extends Module {
  readonly dim: number | null;
  constructor(dim?: number | null | SoftmaxOptions) {
    super();
    [this.dim = null] = positional("Softmax", ["dim"], [dim]);
  }
  override forward(input: Tensor): Tensor {
    return F.softmax(input, this.dim ?? implicitDim(input));
  }
  override extraRepr(): string {
    return `dim=${pythonText(this.dim)}`;
  }
}

export interface LogSoftmaxOptions {
  /** The dimension that sums to 1. */
  dim?: number | null;
}
/** Logarithm of softmax. */
export class LogSoftmax extends Module {
  readonly dim: number | null;
  constructor(dim?: number | null | LogSoftmaxOptions) {
    super();
    [this.dim = null] = positional("LogSoftmax", ["dim"], [dim]);
  }
  override forward(input: Tensor): Tensor {
    return F.logSoftmax(input, this.dim ?? implicitDim(input));
  }
  override extraRepr(): string {
    return `dim=${pythonText(this.dim)}`;
  }
}

export interface SoftminOptions {
  /** The dimension that sums to 1. */
  dim?: number | null;
}
/** Softmax of -x. */
export class Softmin extends Module {
  readonly dim: number | null;
  constructor(dim?: number | null | SoftminOptions) {
    super();
    [this.dim = null] = positional("Softmin", ["dim"], [dim]);
  }
  override forward(input: Tensor): Tensor {
    return F.softmin(input, this.dim ?? implicitDim(input));
  }
  override extraRepr(): string {
    return `dim=${pythonText(this.dim)}`;
  }
}

/** The dimension PyTorch takes where none is given. */
const implicitDim = (input: Tensor): number =>
  input.ndim === 0 || input.ndim === 1 || input.ndim === 3 ? 0 : 1;

export interface PReLUOptions extends FactoryOptions {
  /** One slope for all, or one per channel; default 1. */
  numParameters?: number;
  /** The slope to start from; default 0.25. */
  init?: number;
}
/** x where positive, else a learnable slope times x. */
export class PReLU extends Module {
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

nameInputs(
  ["input"],
  Sigmoid,
  Tanh,
  LogSigmoid,
  Tanhshrink,
  Softsign,
  ReLU,
  ReLU6,
  SELU,
  SiLU,
  Mish,
  Hardswish,
  Hardsigmoid,
  LeakyReLU,
  ELU,
  CELU,
  Hardtanh,
  Threshold,
  GELU,
  Softplus,
  Softshrink,
  Hardshrink,
  GLU,
  Softmax,
  LogSoftmax,
  Softmin,
  PReLU,
  RReLU,
);
