import { ValueError } from "../../core/errors.ts";
import { positional } from "../../core/options.ts";
import { floatText, pythonText } from "../../core/pythontext.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import type { Names } from "../forwardnames.ts";
import * as F from "../functional/dropout.ts";
import { Module } from "../module.ts";

export interface DropoutModuleOptions {
  /** Probability of an element to be zeroed; default 0.5. */
  p?: number;
  /** Write the result over the input; default false. */
  inplace?: boolean;
}

abstract class AnyDropout extends Module {
  protected static get inputs(): Names {
    return ["input"];
  }
  protected abstract get functional(): typeof F.dropout;
  readonly p: number;
  readonly inplace: boolean;

  constructor(
    p?: number | DropoutModuleOptions,
    inplace?: boolean | DropoutModuleOptions,
    options?: DropoutModuleOptions,
  ) {
    super();
    const { name } = this.constructor;
    const [chance = 0.5, over = false] = positional<[number?, boolean?]>(
      name,
      ["p", "inplace"],
      [p, inplace, options],
    );
    if (!(chance >= 0 && chance <= 1))
      throw new ValueError(`${name}: the probability has to be between 0 and 1, but got ${chance}`);
    this.p = chance;
    this.inplace = over;
  }
  override forward(input: Tensor): Tensor {
    return this.functional(input, this.p, this.training, this.inplace);
  }
  override extraRepr(): string {
    return `p=${floatText(this.p)}, inplace=${pythonText(this.inplace)}`;
  }
}

/** In training, zeroes elements with probability p and scales the others by 1 / (1 - p). */
export class Dropout extends AnyDropout {
  protected override get functional() {
    return F.dropout;
  }
}
/** Dropout of whole channels of [N, C, L]. */
export class Dropout1d extends AnyDropout {
  protected override get functional() {
    return F.dropout1d;
  }
}
/** Dropout of whole channels of [N, C, H, W]. */
export class Dropout2d extends AnyDropout {
  protected override get functional() {
    return F.dropout2d;
  }
}
/** Dropout of whole channels of [N, C, D, H, W]. */
export class Dropout3d extends AnyDropout {
  protected override get functional() {
    return F.dropout3d;
  }
}
/** Dropout that keeps mean and variance of what SELU gives. */
export class AlphaDropout extends AnyDropout {
  protected override get functional() {
    return F.alphaDropout;
  }
}
/** AlphaDropout of whole channels. */
export class FeatureAlphaDropout extends AnyDropout {
  protected override get functional() {
    return F.featureAlphaDropout;
  }
}
