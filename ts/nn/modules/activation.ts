// Activation functions without parameters: nn.functional does the work.
import { positional } from "../../core/options.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import type { Names } from "../forwardnames.ts";
import * as F from "../functional/index.ts";
import { Module } from "../module.ts";

/** 1 / (1 + exp(-x)), element by element. */
export class Sigmoid extends Module {
  protected static get inputs(): Names {
    return ["input"];
  }
  override forward(input: Tensor): Tensor {
    return F.sigmoid(input);
  }
}
/** Hyperbolic tangent, element by element. */
export class Tanh extends Module {
  protected static get inputs(): Names {
    return ["input"];
  }
  override forward(input: Tensor): Tensor {
    return F.tanh(input);
  }
}
/** log(1 / (1 + exp(-x))), element by element. */
export class LogSigmoid extends Module {
  protected static get inputs(): Names {
    return ["input"];
  }
  override forward(input: Tensor): Tensor {
    return F.logsigmoid(input);
  }
}
/** x - tanh(x), element by element. */
export class Tanhshrink extends Module {
  protected static get inputs(): Names {
    return ["input"];
  }
  override forward(input: Tensor): Tensor {
    return F.tanhshrink(input);
  }
}
/** x / (1 + |x|), element by element. */
export class Softsign extends Module {
  protected static get inputs(): Names {
    return ["input"];
  }
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
  protected static get inputs(): Names {
    return ["input"];
  }
  override forward(input: Tensor): Tensor {
    return F.relu(input, { inplace: this.inplace });
  }
}
/** min(max(0, x), 6), element by element. */
export class ReLU6 extends InPlaceActivation {
  protected static get inputs(): Names {
    return ["input"];
  }
  override forward(input: Tensor): Tensor {
    return F.relu6(input, { inplace: this.inplace });
  }
}
/** Scaled exponential linear unit: keeps mean 0 and variance 1, element by element. */
export class SELU extends InPlaceActivation {
  protected static get inputs(): Names {
    return ["input"];
  }
  override forward(input: Tensor): Tensor {
    return F.selu(input, { inplace: this.inplace });
  }
}
/** x * sigmoid(x), element by element. */
export class SiLU extends InPlaceActivation {
  protected static get inputs(): Names {
    return ["input"];
  }
  override forward(input: Tensor): Tensor {
    return F.silu(input, { inplace: this.inplace });
  }
}
/** x * tanh(softplus(x)), element by element. */
export class Mish extends InPlaceActivation {
  protected static get inputs(): Names {
    return ["input"];
  }
  override forward(input: Tensor): Tensor {
    return F.mish(input, { inplace: this.inplace });
  }
}
/** x * relu6(x + 3) / 6, element by element. */
export class Hardswish extends InPlaceActivation {
  protected static get inputs(): Names {
    return ["input"];
  }
  override forward(input: Tensor): Tensor {
    return F.hardswish(input, { inplace: this.inplace });
  }
  override extraRepr(): string {
    return "";
  }
}
/** relu6(x + 3) / 6, element by element. */
export class Hardsigmoid extends InPlaceActivation {
  protected static get inputs(): Names {
    return ["input"];
  }
  override forward(input: Tensor): Tensor {
    return F.hardsigmoid(input, { inplace: this.inplace });
  }
  override extraRepr(): string {
    return "";
  }
}
