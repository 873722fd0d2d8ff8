import { positional } from "../../core/options.ts";
import { pythonText, tupleText } from "../../core/pythontext.ts";
import type { OutputSize } from "../../ops/adaptivepool.ts";
import * as F from "../../ops/adaptivepool.ts";
import type { Sizes } from "../../ops/conv.ts";
import {
  type AvgPoolOptions,
  avgPool1d,
  avgPool2d,
  avgPool3d,
  type MaxPoolOptions,
  maxPool1d,
  maxPool2d,
  maxPool3d,
} from "../../ops/pool.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import type { Names } from "../forwardnames.ts";
import { Module } from "../module.ts";

type Rest<O> = (Sizes | boolean | null | O | undefined)[];

abstract class MaxPool extends Module {
  protected static get inputs(): Names {
    return ["input"];
  }
  protected abstract get functional(): typeof maxPool2d;
  readonly kernelSize: Sizes;
  readonly stride: Sizes;
  readonly padding: Sizes;
  readonly dilation: Sizes;
  readonly returnIndices: boolean;
  readonly ceilMode: boolean;

  constructor(kernelSize: Sizes | MaxPoolOptions, ...rest: Rest<MaxPoolOptions>) {
    super();
    // The module's order differs from the function's, as in PyTorch.
    const [size, stride, padding = 0, dilation = 1, returnIndices = false, ceilMode = false] = positional(
      this.constructor.name,
      ["kernelSize", "stride", "padding", "dilation", "returnIndices", "ceilMode"],
      [kernelSize, ...rest],
    );
    this.kernelSize = size;
    this.stride = stride ?? size;
    this.padding = padding;
    this.dilation = dilation;
    this.returnIndices = returnIndices;
    this.ceilMode = ceilMode;
  }
  override forward(input: Tensor): Tensor {
    return this.functional(
      input,
      this.kernelSize,
      this.stride,
      this.padding,
      this.dilation,
      this.ceilMode,
      this.returnIndices,
    );
  }
  override extraRepr(): string {
    return (
      `kernel_size=${pythonText(this.kernelSize)}, stride=${pythonText(this.stride)}, padding=${pythonText(this.padding)}, ` +
      `dilation=${pythonText(this.dilation)}, ceil_mode=${pythonText(this.ceilMode)}`
    );
  }
}
/** The largest element of each window of [N, C, L]; with `returnIndices`, `{ values, indices }`. */
export class MaxPool1d extends MaxPool {
  protected override get functional() {
    return maxPool1d;
  }
}
/** The largest element of each window of [N, C, H, W]; with `returnIndices`, `{ values, indices }`. */
export class MaxPool2d extends MaxPool {
  protected override get functional() {
    return maxPool2d;
  }
}
/** The largest element of each window of [N, C, D, H, W]; with `returnIndices`, `{ values, indices }`. */
export class MaxPool3d extends MaxPool {
  protected override get functional() {
    return maxPool3d;
  }
}

abstract class AvgPool extends Module {
  protected static get inputs(): Names {
    return ["input"];
  }
  protected abstract get functional(): (...args: Parameters<typeof avgPool2d>) => Tensor;
  readonly kernelSize: Sizes;
  readonly stride: Sizes;
  readonly padding: Sizes;
  readonly ceilMode: boolean;
  readonly countIncludePad: boolean;
  readonly divisorOverride: number | null;

  constructor(kernelSize: Sizes | AvgPoolOptions, ...rest: Rest<AvgPoolOptions>) {
    super();
    const [size, stride, padding = 0, ceilMode = false, countIncludePad = true, divisorOverride = null] =
      positional(
        this.constructor.name,
        ["kernelSize", "stride", "padding", "ceilMode", "countIncludePad", "divisorOverride"],
        [kernelSize, ...rest],
      );
    this.kernelSize = size;
    this.stride = stride ?? size;
    this.padding = padding;
    this.ceilMode = ceilMode;
    this.countIncludePad = countIncludePad;
    this.divisorOverride = divisorOverride;
  }
  override forward(input: Tensor): Tensor {
    return this.functional(
      input,
      this.kernelSize,
      this.stride,
      this.padding,
      this.ceilMode,
      this.countIncludePad,
      this.divisorOverride,
    );
  }
  override extraRepr(): string {
    return `kernel_size=${pythonText(this.kernelSize)}, stride=${pythonText(this.stride)}, padding=${pythonText(this.padding)}`;
  }
}
/** The mean of each window of [N, C, L]. */
export class AvgPool1d extends AvgPool {
  protected override get functional() {
    return avgPool1d;
  }
  override extraRepr(): string {
    const tuple = (x: Sizes) => tupleText(typeof x === "number" ? [x] : x);
    return `kernel_size=${tuple(this.kernelSize)}, stride=${tuple(this.stride)}, padding=${tuple(this.padding)}`;
  }
}
/** The mean of each window of [N, C, H, W]. */
export class AvgPool2d extends AvgPool {
  protected override get functional() {
    return avgPool2d;
  }
}
/** The mean of each window of [N, C, D, H, W]. */
export class AvgPool3d extends AvgPool {
  protected override get functional() {
    return avgPool3d;
  }
}

abstract class AdaptivePool extends Module {
  protected static get inputs(): Names {
    return ["input"];
  }
  readonly outputSize: OutputSize;

  constructor(outputSize: OutputSize | F.AdaptiveOptions) {
    super();
    [this.outputSize] = positional<[OutputSize]>(this.constructor.name, ["outputSize"], [outputSize]);
  }
  override extraRepr(): string {
    return `output_size=${pythonText(this.outputSize)}`;
  }
}
abstract class AdaptiveAvgPool extends AdaptivePool {
  protected abstract get functional(): (input: Tensor, outputSize: OutputSize) => Tensor;
  override forward(input: Tensor): Tensor {
    return this.functional(input, this.outputSize);
  }
}
/** Means over windows that divide [N, C, L] into `outputSize`. */
export class AdaptiveAvgPool1d extends AdaptiveAvgPool {
  protected override get functional() {
    return F.adaptiveAvgPool1d;
  }
}
/** Means over windows that divide [N, C, H, W] into `outputSize`. */
export class AdaptiveAvgPool2d extends AdaptiveAvgPool {
  protected override get functional() {
    return F.adaptiveAvgPool2d;
  }
}
/** Means over windows that divide [N, C, D, H, W] into `outputSize`. */
export class AdaptiveAvgPool3d extends AdaptiveAvgPool {
  protected override get functional() {
    return F.adaptiveAvgPool3d;
  }
}

abstract class AdaptiveMaxPool extends AdaptivePool {
  protected abstract get functional(): typeof F.adaptiveMaxPool2d;
  readonly returnIndices: boolean;

  constructor(outputSize: OutputSize | F.AdaptiveMaxOptions, returnIndices?: boolean | F.AdaptiveMaxOptions) {
    const [size, indices = false] = positional<[OutputSize, boolean?]>(
      "AdaptiveMaxPool",
      ["outputSize", "returnIndices"],
      [outputSize, returnIndices],
    );
    super(size);
    this.returnIndices = indices;
  }
  override forward(input: Tensor): Tensor {
    return this.functional(input, this.outputSize, this.returnIndices);
  }
}
/** Maxima over windows that divide [N, C, L] into `outputSize`; with `returnIndices`, `{ values, indices }`. */
export class AdaptiveMaxPool1d extends AdaptiveMaxPool {
  protected override get functional() {
    return F.adaptiveMaxPool1d;
  }
}
/** Maxima over windows that divide [N, C, H, W] into `outputSize`; with `returnIndices`, `{ values, indices }`. */
export class AdaptiveMaxPool2d extends AdaptiveMaxPool {
  protected override get functional() {
    return F.adaptiveMaxPool2d;
  }
}
/** Maxima over windows that divide [N, C, D, H, W] into `outputSize`; with `returnIndices`, `{ values, indices }`. */
export class AdaptiveMaxPool3d extends AdaptiveMaxPool {
  protected override get functional() {
    return F.adaptiveMaxPool3d;
  }
}
