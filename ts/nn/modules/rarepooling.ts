// Pools beside the maximum and the mean, and the way back from max-pools.
import { ValueError } from "../../core/errors.ts";
import { positional } from "../../core/options.ts";
import { pythonText, tupleText } from "../../core/pythontext.ts";
import type { Sizes } from "../../ops/conv.ts";
import {
  type FractionalOptions,
  fractionalMaxPool2d,
  fractionalMaxPool3d,
} from "../../ops/fractionalpool.ts";
import { maxUnpool1d, maxUnpool2d, maxUnpool3d, type UnpoolOptions } from "../../ops/unpool.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import type { Names } from "../forwardnames.ts";
import { type LPPoolOptions, lpPool1d, lpPool2d, lpPool3d } from "../functional/lppool.ts";
import { Module } from "../module.ts";

abstract class MaxUnpool extends Module {
  readonly kernelSize: readonly number[];
  readonly stride: readonly number[];
  readonly padding: readonly number[];

  constructor(rank: number, args: readonly unknown[]) {
    super();
    const [kernel, stride, padding = 0] = positional<[Sizes, (Sizes | null)?, Sizes?]>(
      this.constructor.name,
      ["kernelSize", "stride", "padding"],
      args,
    );
    const each = (x: Sizes) => (typeof x === "number" ? new Array<number>(rank).fill(x) : x);
    this.kernelSize = each(kernel);
    this.stride = each(stride ?? kernel);
    this.padding = each(padding);
  }
  override extraRepr(): string {
    return `kernel_size=${tupleText(this.kernelSize)}, stride=${tupleText(this.stride)}, padding=${tupleText(this.padding)}`;
  }
}
type UnpoolArg = Sizes | null | UnpoolOptions;
type OutputSize = readonly number[] | null | { outputSize?: readonly number[] | null };
const sizeOf = (name: string, outputSize: OutputSize | undefined) =>
  positional<[(readonly number[] | null)?]>(name, ["outputSize"], [outputSize])[0] ?? null;

/** The way back from `MaxPool1d` with `returnIndices`: `m(values, indices)`. */
export class MaxUnpool1d extends MaxUnpool {
  protected static get inputs(): Names {
    return ["input", "indices", "outputSize"];
  }
  constructor(kernelSize: Sizes | UnpoolOptions, stride?: UnpoolArg, padding?: Sizes | UnpoolOptions) {
    super(1, [kernelSize, stride, padding]);
  }
  override forward(input: Tensor, indices: Tensor, outputSize?: OutputSize): Tensor {
    const { kernelSize, stride, padding } = this;
    return maxUnpool1d(input, indices, kernelSize, stride, padding, sizeOf("MaxUnpool1d", outputSize));
  }
}
/** The way back from `MaxPool2d` with `returnIndices`: `m(values, indices)`. */
export class MaxUnpool2d extends MaxUnpool {
  protected static get inputs(): Names {
    return ["input", "indices", "outputSize"];
  }
  constructor(kernelSize: Sizes | UnpoolOptions, stride?: UnpoolArg, padding?: Sizes | UnpoolOptions) {
    super(2, [kernelSize, stride, padding]);
  }
  override forward(input: Tensor, indices: Tensor, outputSize?: OutputSize): Tensor {
    const { kernelSize, stride, padding } = this;
    return maxUnpool2d(input, indices, kernelSize, stride, padding, sizeOf("MaxUnpool2d", outputSize));
  }
}
/** The way back from `MaxPool3d` with `returnIndices`: `m(values, indices)`. */
export class MaxUnpool3d extends MaxUnpool {
  protected static get inputs(): Names {
    return ["input", "indices", "outputSize"];
  }
  constructor(kernelSize: Sizes | UnpoolOptions, stride?: UnpoolArg, padding?: Sizes | UnpoolOptions) {
    super(3, [kernelSize, stride, padding]);
  }
  override forward(input: Tensor, indices: Tensor, outputSize?: OutputSize): Tensor {
    const { kernelSize, stride, padding } = this;
    return maxUnpool3d(input, indices, kernelSize, stride, padding, sizeOf("MaxUnpool3d", outputSize));
  }
}

type FractionalArg = Sizes | boolean | Tensor | null | FractionalOptions;

abstract class FractionalMaxPool extends Module {
  protected readonly options: FractionalOptions;

  constructor(args: readonly unknown[]) {
    super();
    const { name } = this.constructor;
    const [kernelSize, outputSize = null, outputRatio = null, returnIndices = false, _randomSamples = null] =
      positional<[Sizes, (Sizes | null)?, (Sizes | null)?, boolean?, (Tensor | null)?]>(
        name,
        ["kernelSize", "outputSize", "outputRatio", "returnIndices", "_randomSamples"],
        args,
      );
    if ((outputSize === null) === (outputRatio === null))
      throw new ValueError(`${name}: exactly one of outputSize and outputRatio must be given`);
    const ratios = typeof outputRatio === "number" ? [outputRatio] : (outputRatio ?? []);
    if (!ratios.every((ratio) => ratio > 0 && ratio < 1))
      throw new ValueError(`${name}: outputRatio must be between 0 and 1, got ${String(outputRatio)}`);
    this.options = { kernelSize, outputSize, outputRatio, returnIndices, _randomSamples };
  }
}
/** Maxima over windows at random distances of [N, C, H, W]. */
export class FractionalMaxPool2d extends FractionalMaxPool {
  protected static get inputs(): Names {
    return ["input"];
  }
  constructor(kernelSize: Sizes | FractionalOptions, ...rest: FractionalArg[]) {
    super([kernelSize, ...rest]);
  }
  override forward(input: Tensor): Tensor {
    return fractionalMaxPool2d(input, this.options);
  }
}
/** Maxima over windows at random distances of [N, C, D, H, W]. */
export class FractionalMaxPool3d extends FractionalMaxPool {
  protected static get inputs(): Names {
    return ["input"];
  }
  constructor(kernelSize: Sizes | FractionalOptions, ...rest: FractionalArg[]) {
    super([kernelSize, ...rest]);
  }
  override forward(input: Tensor): Tensor {
    return fractionalMaxPool3d(input, this.options);
  }
}

abstract class LPPool extends Module {
  readonly normType: number;
  readonly kernelSize: Sizes;
  readonly stride: Sizes | null;
  readonly ceilMode: boolean;

  constructor(args: readonly unknown[]) {
    super();
    [this.normType, this.kernelSize, this.stride = null, this.ceilMode = false] = positional<
      [number, Sizes, (Sizes | null)?, boolean?]
    >(this.constructor.name, ["normType", "kernelSize", "stride", "ceilMode"], args);
  }
  override extraRepr(): string {
    return (
      `norm_type=${pythonText(this.normType)}, kernel_size=${pythonText(this.kernelSize)}, ` +
      `stride=${pythonText(this.stride)}, ceil_mode=${pythonText(this.ceilMode)}`
    );
  }
}
/** The p-norm of each window of [N, C, L]. */
export class LPPool1d extends LPPool {
  protected static get inputs(): Names {
    return ["input"];
  }
  constructor(normType: number | LPPoolOptions, ...rest: (Sizes | boolean | null | LPPoolOptions)[]) {
    super([normType, ...rest]);
  }
  override forward(input: Tensor): Tensor {
    return lpPool1d(input, this.normType, this.kernelSize, this.stride, this.ceilMode);
  }
}
/** The p-norm of each window of [N, C, H, W]. */
export class LPPool2d extends LPPool {
  protected static get inputs(): Names {
    return ["input"];
  }
  constructor(normType: number | LPPoolOptions, ...rest: (Sizes | boolean | null | LPPoolOptions)[]) {
    super([normType, ...rest]);
  }
  override forward(input: Tensor): Tensor {
    return lpPool2d(input, this.normType, this.kernelSize, this.stride, this.ceilMode);
  }
}
/** The p-norm of each window of [N, C, D, H, W]. */
export class LPPool3d extends LPPool {
  protected static get inputs(): Names {
    return ["input"];
  }
  constructor(normType: number | LPPoolOptions, ...rest: (Sizes | boolean | null | LPPoolOptions)[]) {
    super([normType, ...rest]);
  }
  override forward(input: Tensor): Tensor {
    return lpPool3d(input, this.normType, this.kernelSize, this.stride, this.ceilMode);
  }
}
