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
  override extraRepr(): string {
    return (
      `kernel_size=${pythonText(this.kernelSize)}, stride=${pythonText(this.stride)}, padding=${pythonText(this.padding)}, ` +
      `dilation=${pythonText(this.dilation)}, ceil_mode=${pythonText(this.ceilMode)}`
    );
  }
}
/** The largest element of each window of [N, C, L]; with `returnIndices`, `{ values, indices }`. */
export class MaxPool1d extends MaxPool {
  protected static get inputs(): Names {
    return ["input"];
  }
  override forward(input: Tensor): Tensor {
    return maxPool1d(
      input,
      this.kernelSize,
      this.stride,
      this.padding,
      this.dilation,
      this.ceilMode,
      this.returnIndices,
    );
  }
}
/** The largest element of each window of [N, C, H, W]; with `returnIndices`, `{ values, indices }`. */
export class MaxPool2d extends MaxPool {
  protected static get inputs(): Names {
    return ["input"];
  }
  override forward(input: Tensor): Tensor {
    return maxPool2d(
      input,
      this.kernelSize,
      this.stride,
      this.padding,
      this.dilation,
      this.ceilMode,
      this.returnIndices,
    );
  }
}
/** The largest element of each window of [N, C, D, H, W]; with `returnIndices`, `{ values, indices }`. */
export class MaxPool3d extends MaxPool {
  protected static get inputs(): Names {
    return ["input"];
  }
  override forward(input: Tensor): Tensor {
    return maxPool3d(
      input,
      this.kernelSize,
      this.stride,
      this.padding,
      this.dilation,
      this.ceilMode,
      this.returnIndices,
    );
  }
}

abstract class AvgPool extends Module {
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
  override extraRepr(): string {
    return `kernel_size=${pythonText(this.kernelSize)}, stride=${pythonText(this.stride)}, padding=${pythonText(this.padding)}`;
  }
}
/** The mean of each window of [N, C, L]. */
export class AvgPool1d extends AvgPool {
  protected static get inputs(): Names {
    return ["input"];
  }
  override forward(input: Tensor): Tensor {
    return avgPool1d(input, this.kernelSize, this.stride, this.padding, this.ceilMode, this.countIncludePad);
  }
  override extraRepr(): string {
    const tuple = (x: Sizes) => tupleText(typeof x === "number" ? [x] : x);
    return `kernel_size=${tuple(this.kernelSize)}, stride=${tuple(this.stride)}, padding=${tuple(this.padding)}`;
  }
}
/** The mean of each window of [N, C, H, W]. */
export class AvgPool2d extends AvgPool {
  protected static get inputs(): Names {
    return ["input"];
  }
  override forward(input: Tensor): Tensor {
    return avgPool2d(
      input,
      this.kernelSize,
      this.stride,
      this.padding,
      this.ceilMode,
      this.countIncludePad,
      this.divisorOverride,
    );
  }
}
/** The mean of each window of [N, C, D, H, W]. */
export class AvgPool3d extends AvgPool {
  protected static get inputs(): Names {
    return ["input"];
  }
  override forward(input: Tensor): Tensor {
    return avgPool3d(
      input,
      this.kernelSize,
      this.stride,
      this.padding,
      this.ceilMode,
      this.countIncludePad,
      this.divisorOverride,
    );
  }
}

abstract class AdaptivePool extends Module {
  readonly outputSize: OutputSize;

  constructor(outputSize: OutputSize | F.AdaptiveOptions) {
    super();
    [this.outputSize] = positional<[OutputSize]>(this.constructor.name, ["outputSize"], [outputSize]);
  }
  override extraRepr(): string {
    return `output_size=${pythonText(this.outputSize)}`;
  }
}
/** Means over windows that divide [N, C, L] into `outputSize`. */
export class AdaptiveAvgPool1d extends AdaptivePool {
  protected static get inputs(): Names {
    return ["input"];
  }
  override forward(input: Tensor): Tensor {
    return F.adaptiveAvgPool1d(input, this.outputSize);
  }
}
/** Means over windows that divide [N, C, H, W] into `outputSize`. */
export class AdaptiveAvgPool2d extends AdaptivePool {
  protected static get inputs(): Names {
    return ["input"];
  }
  override forward(input: Tensor): Tensor {
    return F.adaptiveAvgPool2d(input, this.outputSize);
  }
}
/** Means over windows that divide [N, C, D, H, W] into `outputSize`. */
export class AdaptiveAvgPool3d extends AdaptivePool {
  protected static get inputs(): Names {
    return ["input"];
  }
  override forward(input: Tensor): Tensor {
    return F.adaptiveAvgPool3d(input, this.outputSize);
  }
}

abstract class AdaptiveMaxPool extends AdaptivePool {
  readonly returnIndices: boolean;

  constructor(outputSize: OutputSize | F.AdaptiveMaxOptions, returnIndices?: boolean | F.AdaptiveMaxOptions) {
    super(
      (
        positional("AdaptiveMaxPool", ["outputSize", "returnIndices"], [outputSize, returnIndices]) as [
          OutputSize,
        ]
      )[0],
    );
    this.returnIndices =
      positional<[OutputSize, boolean?]>(
        this.constructor.name,
        ["outputSize", "returnIndices"],
        [outputSize, returnIndices],
      )[1] ?? false;
  }
}
/** Maxima over windows that divide [N, C, L] into `outputSize`; with `returnIndices`, `{ values, indices }`. */
export class AdaptiveMaxPool1d extends AdaptiveMaxPool {
  protected static get inputs(): Names {
    return ["input"];
  }
  override forward(input: Tensor): Tensor {
    return F.adaptiveMaxPool1d(input, this.outputSize, this.returnIndices);
  }
}
/** Maxima over windows that divide [N, C, H, W] into `outputSize`; with `returnIndices`, `{ values, indices }`. */
export class AdaptiveMaxPool2d extends AdaptiveMaxPool {
  protected static get inputs(): Names {
    return ["input"];
  }
  override forward(input: Tensor): Tensor {
    return F.adaptiveMaxPool2d(input, this.outputSize, this.returnIndices);
  }
}
/** Maxima over windows that divide [N, C, D, H, W] into `outputSize`; with `returnIndices`, `{ values, indices }`. */
export class AdaptiveMaxPool3d extends AdaptiveMaxPool {
  protected static get inputs(): Names {
    return ["input"];
  }
  override forward(input: Tensor): Tensor {
    return F.adaptiveMaxPool3d(input, this.outputSize, this.returnIndices);
  }
}
