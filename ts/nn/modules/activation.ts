// Activation functions without parameters: nn.functional does the work.
import { positional } from "../../core/options.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import type { Names } from "../forwardnames.ts";
import * as F from "../functional/index.ts";
import { Module } from "../module.ts";

/** An activation: `functional` does the work. */
abstract class Activation extends Module {
  protected static get inputs(): Names {
    return ["input"];
  }
  protected abstract get functional(): (input: Tensor) => Tensor;
  override forward(input: Tensor): Tensor {
    return this.functional(input);
  }
}

/** 1 / (1 + exp(-x)), element by element. */
export class Sigmoid extends Activation {
  protected override get functional() {
    return F.sigmoid;
  }
}
/** Hyperbolic tangent, element by element. */
export class Tanh extends Activation {
  protected override get functional() {
    return F.tanh;
  }
}
/** log(1 / (1 + exp(-x))), element by element. */
export class LogSigmoid extends Activation {
  protected override get functional() {
    return F.logsigmoid;
  }
}
/** x - tanh(x), element by element. */
export class Tanhshrink extends Activation {
  protected override get functional() {
    return F.tanhshrink;
  }
}
/** x / (1 + |x|), element by element. */
export class Softsign extends Activation {
  protected override get functional() {
    return F.softsign;
  }
}

export interface InplaceOptions {
  /** Write the result over the input; default false. */
  inplace?: boolean;
}

/** An activation whose only argument is whether it works in place. */
abstract class InPlaceActivation extends Module {
  protected static get inputs(): Names {
    return ["input"];
  }
  protected abstract get functional(): (input: Tensor, options: InplaceOptions) => Tensor;
  readonly inplace: boolean;

  constructor(inplace?: boolean | InplaceOptions) {
    super();
    [this.inplace = false] = positional<[boolean?]>(this.constructor.name, ["inplace"], [inplace]) as [
      boolean,
    ];
  }
  override forward(input: Tensor): Tensor {
    return this.functional(input, { inplace: this.inplace });
  }
  override extraRepr(): string {
    return this.inplace ? "inplace=True" : "";
  }
}

/** max(0, x), element by element. */
export class ReLU extends InPlaceActivation {
  protected override get functional() {
    return F.relu;
  }
}
/** min(max(0, x), 6), element by element. */
export class ReLU6 extends InPlaceActivation {
  protected override get functional() {
    return F.relu6;
  }
}
/** Scaled exponential linear unit: keeps mean 0 and variance 1, element by element. */
export class SELU extends InPlaceActivation {
  protected override get functional() {
    return F.selu;
  }
}
/** x * sigmoid(x), element by element. */
export class SiLU extends InPlaceActivation {
  protected override get functional() {
    return F.silu;
  }
}
/** x * tanh(softplus(x)), element by element. */
export class Mish extends InPlaceActivation {
  protected override get functional() {
    return F.mish;
  }
}
/** x * relu6(x + 3) / 6, element by element. */
export class Hardswish extends InPlaceActivation {
  protected override get functional() {
    return F.hardswish;
  }
  override extraRepr(): string {
    return "";
  }
}
/** relu6(x + 3) / 6, element by element. */
export class Hardsigmoid extends InPlaceActivation {
  protected override get functional() {
    return F.hardsigmoid;
  }
  override extraRepr(): string {
    return "";
  }
}
