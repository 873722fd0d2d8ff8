import { positional } from "../../core/options.ts";
import { pythonText } from "../../core/pythontext.ts";
import { linear } from "../../ops/matmullinear.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import type { Names } from "../forwardnames.ts";
import { bilinear } from "../functional/bilinear.ts";
import { uniform_ } from "../init.ts";
import { Module } from "../module.ts";
import type { Parameter } from "../parameter.ts";
import { checkSizes, type FactoryOptions, parameter, resetLinear } from "./build.ts";

export interface LinearOptions extends FactoryOptions {
  /** Whether a learnable bias is added; default true. */
  bias?: boolean;
}

/** x @ weight transposed + bias: [..., inFeatures] to [..., outFeatures]. */
export class Linear extends Module {
  protected static get inputs(): Names {
    return ["input"];
  }
  readonly inFeatures: number;
  readonly outFeatures: number;
  weight: Parameter;
  bias: Parameter | null;

  constructor(
    inFeatures: number,
    outFeatures: number,
    bias?: boolean | LinearOptions,
    options?: LinearOptions,
  ) {
    super();
    const [from, to, hasBias = true, , dtype] = positional(
      "Linear",
      ["inFeatures", "outFeatures", "bias", "device", "dtype"],
      [inFeatures, outFeatures, bias, options],
    );
    checkSizes("Linear", { inFeatures: from, outFeatures: to }, 0);
    this.inFeatures = from;
    this.outFeatures = to;
    this.weight = parameter([to, from], dtype);
    this.bias = hasBias ? parameter([to], dtype) : null;
    this.resetParameters();
  }
  resetParameters(): void {
    resetLinear(this.weight, this.bias);
  }
  override forward(input: Tensor): Tensor {
    return linear(input, this.weight, this.bias);
  }
  override extraRepr(): string {
    return `in_features=${this.inFeatures}, out_features=${this.outFeatures}, bias=${pythonText(this.bias !== null)}`;
  }
}

/** What attention projects its output with; a linear layer of another name. */
export class NonDynamicallyQuantizableLinear extends Linear {}

/** x1 [..., in1] and x2 [..., in2] to y [..., out], each output a form in both: x1 A x2 + bias. */
export class Bilinear extends Module {
  protected static get inputs(): Names {
    return ["input1", "input2"];
  }
  readonly in1Features: number;
  readonly in2Features: number;
  readonly outFeatures: number;
  weight: Parameter;
  bias: Parameter | null;

  constructor(
    in1Features: number,
    in2Features: number,
    outFeatures: number,
    bias?: boolean | LinearOptions,
    options?: LinearOptions,
  ) {
    super();
    const [in1, in2, to, hasBias = true, , dtype] = positional(
      "Bilinear",
      ["in1Features", "in2Features", "outFeatures", "bias", "device", "dtype"],
      [in1Features, in2Features, outFeatures, bias, options],
    );
    checkSizes("Bilinear", { in1Features: in1, in2Features: in2, outFeatures: to });
    this.in1Features = in1;
    this.in2Features = in2;
    this.outFeatures = to;
    this.weight = parameter([to, in1, in2], dtype);
    this.bias = hasBias ? parameter([to], dtype) : null;
    this.resetParameters();
  }
  resetParameters(): void {
    const bound = 1 / Math.sqrt(this.in1Features);
    uniform_(this.weight, -bound, bound);
    if (this.bias !== null) uniform_(this.bias, -bound, bound);
  }
  override forward(input1: Tensor, input2: Tensor): Tensor {
    return bilinear(input1, input2, this.weight, this.bias);
  }
  override extraRepr(): string {
    return `in1_features=${this.in1Features}, in2_features=${this.in2Features}, out_features=${this.outFeatures}, bias=${pythonText(this.bias !== null)}`;
  }
}

/** Gives back its input; arguments of the constructor are ignored. */
export class Identity extends Module {
  protected static get inputs(): Names {
    return ["input"];
  }
  constructor(..._ignored: unknown[]) {
    super();
  }
  override forward(input: Tensor): Tensor {
    return input;
  }
}
