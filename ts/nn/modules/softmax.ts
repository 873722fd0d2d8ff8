import { ShapeError } from "../../core/errors.ts";
import { positional } from "../../core/options.ts";
import { pythonText } from "../../core/pythontext.ts";
import { shapeText } from "../../core/shape.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import type { Names } from "../forwardnames.ts";
import * as F from "../functional/index.ts";
import { Module } from "../module.ts";

export interface GLUOptions {
  /** The dimension halved; default -1. */
  dim?: number;
}
/** The first half of a dimension times the sigmoid of its second half. */
export class GLU extends Module {
  protected static get inputs(): Names {
    return ["input"];
  }
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

/** A softmax along a dimension: `functional` does the work. */
abstract class AlongDim extends Module {
  protected static get inputs(): Names {
    return ["input"];
  }
  protected abstract get functional(): (input: Tensor, dim: number) => Tensor;
  readonly dim: number | null;
  constructor(dim?: number | null | SoftmaxOptions) {
    super();
    [this.dim = null] = positional(this.constructor.name, ["dim"], [dim]);
  }
  override forward(input: Tensor): Tensor {
    return this.functional(input, this.dim ?? implicitDim(input));
  }
  override extraRepr(): string {
    return `dim=${pythonText(this.dim)}`;
  }
}

export interface SoftmaxOptions {
  /** The dimension that sums to 1. */
  dim?: number | null;
}
/** exp(x) along a dimension, divided by its sum. */
export class Softmax extends AlongDim {
  protected override get functional() {
    return F.softmax;
  }
}

export type LogSoftmaxOptions = SoftmaxOptions;
/** Logarithm of softmax. */
export class LogSoftmax extends AlongDim {
  protected override get functional() {
    return F.logSoftmax;
  }
}

export type SoftminOptions = SoftmaxOptions;
/** Softmax of -x. */
export class Softmin extends AlongDim {
  protected override get functional() {
    return F.softmin;
  }
}

/** Softmax over the channels of [N, C, H, W] or [C, H, W]. */
export class Softmax2d extends Module {
  protected static get inputs(): Names {
    return ["input"];
  }
  override forward(input: Tensor): Tensor {
    if (input.ndim !== 3 && input.ndim !== 4)
      throw new ShapeError(
        `Softmax2d: expected an input of 3 or 4 dimensions, got shape ${shapeText(input.shape)}`,
      );
    return F.softmax(input, -3);
  }
}

/** The dimension PyTorch takes where none is given. */
const implicitDim = (input: Tensor): number =>
  input.ndim === 0 || input.ndim === 1 || input.ndim === 3 ? 0 : 1;
