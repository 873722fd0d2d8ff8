import { positional } from "../../core/options.ts";
import { pythonText } from "../../core/pythontext.ts";
import type { Sizes } from "../../ops/conv.ts";
import { type FoldOptions, fold, type UnfoldOptions, unfold } from "../../ops/fold.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import type { Names } from "../forwardnames.ts";
import { Module } from "../module.ts";

/** Windows of [N, C, H, W] as columns [N, C * KH * KW, places]. */
export class Unfold extends Module {
  protected static get inputs(): Names {
    return ["input"];
  }
  readonly kernelSize: Sizes;
  readonly dilation: Sizes;
  readonly padding: Sizes;
  readonly stride: Sizes;

  constructor(kernelSize: Sizes | UnfoldOptions, ...rest: (Sizes | UnfoldOptions)[]) {
    super();
    [this.kernelSize, this.dilation = 1, this.padding = 0, this.stride = 1] = positional(
      "Unfold",
      ["kernelSize", "dilation", "padding", "stride"],
      [kernelSize, ...rest],
    );
  }
  override forward(input: Tensor): Tensor {
    return unfold(input, this.kernelSize, this.dilation, this.padding, this.stride);
  }
  override extraRepr(): string {
    return `kernel_size=${pythonText(this.kernelSize)}, dilation=${pythonText(this.dilation)}, padding=${pythonText(this.padding)}, stride=${pythonText(this.stride)}`;
  }
}

/** Columns [N, C * KH * KW, places] summed into images [N, C, H, W]. */
export class Fold extends Module {
  protected static get inputs(): Names {
    return ["input"];
  }
  readonly outputSize: Sizes;
  readonly kernelSize: Sizes;
  readonly dilation: Sizes;
  readonly padding: Sizes;
  readonly stride: Sizes;

  constructor(outputSize: Sizes | FoldOptions, ...rest: (Sizes | FoldOptions)[]) {
    super();
    [this.outputSize, this.kernelSize, this.dilation = 1, this.padding = 0, this.stride = 1] = positional(
      "Fold",
      ["outputSize", "kernelSize", "dilation", "padding", "stride"],
      [outputSize, ...rest],
    );
  }
  override forward(input: Tensor): Tensor {
    return fold(input, this.outputSize, this.kernelSize, this.dilation, this.padding, this.stride);
  }
  override extraRepr(): string {
    return (
      `output_size=${pythonText(this.outputSize)}, kernel_size=${pythonText(this.kernelSize)}, dilation=${pythonText(this.dilation)}, ` +
      `padding=${pythonText(this.padding)}, stride=${pythonText(this.stride)}`
    );
  }
}
