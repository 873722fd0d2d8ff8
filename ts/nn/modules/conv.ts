import { ValueError } from "../../core/errors.ts";
import { positional } from "../../core/options.ts";
import { tupleText } from "../../core/pythontext.ts";
import { shapeText } from "../../core/shape.ts";
import * as ops from "../../ops/conv.ts";
import { type PaddingMode, type Sizes, spatial } from "../../ops/conv.ts";
import { type PadMode, pad } from "../../ops/pad.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import type { Names } from "../forwardnames.ts";
import { Module } from "../module.ts";
import type { Parameter } from "../parameter.ts";
import { checkSizes, type FactoryOptions, parameter, resetLinear } from "./build.ts";

export interface ConvOptions extends FactoryOptions {
  inChannels?: number;
  outChannels?: number;
  /** Size of the window. */
  kernelSize?: Sizes;
  /** Step of the window; default 1. */
  stride?: Sizes;
  /** Border around the input; default 0. "same": as much as keeps the size. "valid": none. */
  padding?: Sizes | PaddingMode;
  /** Distance between the window's elements; default 1. */
  dilation?: Sizes;
  /** Number of groups of channels that do not mix; default 1. */
  groups?: number;
  /** Whether a learnable bias is added; default true. */
  bias?: boolean;
  /** What the border is made of; default "zeros". */
  paddingMode?: "zeros" | "reflect" | "replicate" | "circular";
}
export interface ConvTransposeOptions extends Omit<ConvOptions, "padding" | "paddingMode"> {
  /** What is cut off around the result; default 0. */
  padding?: Sizes;
  /** What is added to one side of the result; default 0. */
  outputPadding?: Sizes;
  paddingMode?: "zeros";
}
type Rest<O> = (Sizes | string | boolean | O | undefined)[];

const NAMES = [
  "inChannels",
  "outChannels",
  "kernelSize",
  "stride",
  "padding",
  "dilation",
  "groups",
  "bias",
  "paddingMode",
  "device",
  "dtype",
];
const TRANSPOSE_NAMES = [
  "inChannels",
  "outChannels",
  "kernelSize",
  "stride",
  "padding",
  "outputPadding",
  "groups",
  "bias",
  "dilation",
  "paddingMode",
  "device",
  "dtype",
];

interface Settings {
  inChannels: number;
  outChannels: number;
  kernelSize: Sizes;
  stride?: Sizes;
  padding?: Sizes | PaddingMode;
  outputPadding?: Sizes;
  dilation?: Sizes;
  groups?: number;
  bias?: boolean;
  paddingMode?: string;
  dtype?: FactoryOptions["dtype"];
}

/** What convolutions and their transposes share: sizes, parameters and text. */
abstract class AnyConv extends Module {
  readonly inChannels: number;
  readonly outChannels: number;
  readonly kernelSize: readonly number[];
  readonly stride: readonly number[];
  readonly padding: readonly number[] | PaddingMode;
  readonly dilation: readonly number[];
  readonly outputPadding: readonly number[];
  readonly groups: number;
  readonly paddingMode: string;
  weight: Parameter;
  bias: Parameter | null;

  constructor(rank: number, transposed: boolean, names: readonly string[], args: readonly unknown[]) {
    super();
    const { name } = this.constructor;
    const values = positional<unknown[]>(name, names, args);
    const s = Object.fromEntries(names.map((key, i) => [key, values[i]])) as unknown as Settings;
    const { inChannels, outChannels, groups = 1, padding = 0, paddingMode = "zeros", bias = true } = s;
    checkSizes(name, { inChannels, outChannels, groups });
    if (inChannels % groups !== 0)
      throw new ValueError(`${name}: inChannels (${inChannels}) must be divisible by groups (${groups})`);
    if (outChannels % groups !== 0)
      throw new ValueError(`${name}: outChannels (${outChannels}) must be divisible by groups (${groups})`);
    if (!["zeros", "reflect", "replicate", "circular"].includes(paddingMode))
      throw new ValueError(`${name}: unknown paddingMode "${paddingMode}"`);
    this.inChannels = inChannels;
    this.outChannels = outChannels;
    this.kernelSize = spatial(name, "kernelSize", s.kernelSize, rank, 1);
    this.stride = spatial(name, "stride", s.stride ?? 1, rank, 1);
    this.dilation = spatial(name, "dilation", s.dilation ?? 1, rank, 1);
    this.outputPadding = spatial(name, "outputPadding", s.outputPadding ?? 0, rank, 0);
    this.groups = groups;
    this.paddingMode = paddingMode;
    if (typeof padding === "string") {
      if (padding !== "same" && padding !== "valid")
        throw new ValueError(`${name}: padding must be "same", "valid" or sizes, got "${String(padding)}"`);
      if (padding === "same" && this.stride.some((n) => n !== 1))
        throw new ValueError(
          `${name}: padding "same" is not supported for strided convolutions, got stride ${shapeText(this.stride)}`,
        );
      this.padding = padding;
    } else this.padding = spatial(name, "padding", padding, rank, 0);
    const [first, second] = transposed
      ? [inChannels, outChannels / groups]
      : [outChannels, inChannels / groups];
    this.weight = parameter([first, second, ...this.kernelSize], s.dtype);
    this.bias = bias ? parameter([outChannels], s.dtype) : null;
    this.resetParameters();
  }
  resetParameters(): void {
    resetLinear(this.weight, this.bias);
  }
  override extraRepr(): string {
    let text = `${this.inChannels}, ${this.outChannels}, kernel_size=${tupleText(this.kernelSize)}, stride=${tupleText(this.stride)}`;
    const not = (sizes: readonly number[], usual: number) => sizes.some((n) => n !== usual);
    if (typeof this.padding === "string") text += `, padding=${this.padding}`;
    else if (not(this.padding, 0)) text += `, padding=${tupleText(this.padding)}`;
    if (not(this.dilation, 1)) text += `, dilation=${tupleText(this.dilation)}`;
    if (not(this.outputPadding, 0)) text += `, output_padding=${tupleText(this.outputPadding)}`;
    if (this.groups !== 1) text += `, groups=${this.groups}`;
    if (this.bias === null) text += ", bias=False";
    if (this.paddingMode !== "zeros") text += `, padding_mode=${this.paddingMode}`;
    return text;
  }
}

abstract class Conv extends AnyConv {
  constructor(rank: number, args: readonly unknown[]) {
    super(rank, false, NAMES, args);
  }
  /** The input with its border, where that is not of zeros, and the padding left to do. */
  protected bordered(input: Tensor): [Tensor, Sizes | PaddingMode] {
    if (this.paddingMode === "zeros") return [input, this.padding];
    const edges = this.kernelSize.flatMap((k, d) => {
      const total = this.dilation[d]! * (k - 1),
        half = total >> 1;
      if (this.padding === "valid") return [0, 0];
      // Written backwards: the list of pads starts with the last dimension.
      return this.padding === "same"
        ? [total - half, half]
        : [(this.padding as readonly number[])[d]!, (this.padding as readonly number[])[d]!];
    });
    return [pad(input, edges.reverse(), this.paddingMode as PadMode), 0];
  }
}

/** Convolution of [N, inChannels, L] to [N, outChannels, L']. */
export class Conv1d extends Conv {
  protected static get inputs(): Names {
    return ["input"];
  }
  constructor(
    inChannels: number | ConvOptions,
    outChannels?: number,
    kernelSize?: Sizes | ConvOptions,
    ...rest: Rest<ConvOptions>
  ) {
    super(1, [inChannels, outChannels, kernelSize, ...rest]);
  }
  override forward(input: Tensor): Tensor {
    const [x, padding] = this.bordered(input);
    return ops.conv1d(x, this.weight, this.bias, this.stride, padding, this.dilation, this.groups);
  }
}
/** Convolution of [N, inChannels, H, W] to [N, outChannels, H', W']. */
export class Conv2d extends Conv {
  protected static get inputs(): Names {
    return ["input"];
  }
  constructor(
    inChannels: number | ConvOptions,
    outChannels?: number,
    kernelSize?: Sizes | ConvOptions,
    ...rest: Rest<ConvOptions>
  ) {
    super(2, [inChannels, outChannels, kernelSize, ...rest]);
  }
  override forward(input: Tensor): Tensor {
    const [x, padding] = this.bordered(input);
    return ops.conv2d(x, this.weight, this.bias, this.stride, padding, this.dilation, this.groups);
  }
}
/** Convolution of [N, inChannels, D, H, W] to [N, outChannels, D', H', W']. */
export class Conv3d extends Conv {
  protected static get inputs(): Names {
    return ["input"];
  }
  constructor(
    inChannels: number | ConvOptions,
    outChannels?: number,
    kernelSize?: Sizes | ConvOptions,
    ...rest: Rest<ConvOptions>
  ) {
    super(3, [inChannels, outChannels, kernelSize, ...rest]);
  }
  override forward(input: Tensor): Tensor {
    const [x, padding] = this.bordered(input);
    return ops.conv3d(x, this.weight, this.bias, this.stride, padding, this.dilation, this.groups);
  }
}

abstract class ConvTranspose extends AnyConv {
  readonly rank: number;

  constructor(rank: number, args: readonly unknown[]) {
    super(rank, true, TRANSPOSE_NAMES, args);
    this.rank = rank;
    if (this.paddingMode !== "zeros")
      throw new ValueError(`${this.constructor.name}: only "zeros" padding is supported`);
  }
  /** What must be added to one side for a result of the sizes asked for. */
  protected extra(input: Tensor, outputSize?: readonly number[] | null): readonly number[] {
    if (outputSize === undefined || outputSize === null) return this.outputPadding;
    const sizes = outputSize.slice(-this.rank),
      own = input.shape.slice(-this.rank),
      pads = this.padding as readonly number[];
    return sizes.map((size, d) => {
      const least =
        (own[d]! - 1) * this.stride[d]! - 2 * pads[d]! + this.dilation[d]! * (this.kernelSize[d]! - 1) + 1;
      if (size < least || size >= least + this.stride[d]!)
        throw new ValueError(
          `${this.constructor.name}: requested an output size of ${shapeText(sizes)}, but dimension ${d} must be within [${least}, ${least + this.stride[d]! - 1}]`,
        );
      return size - least;
    });
  }
}

/** Transposed convolution of [N, inChannels, L] to [N, outChannels, L']. */
export class ConvTranspose1d extends ConvTranspose {
  protected static get inputs(): Names {
    return ["input", "outputSize"];
  }
  constructor(
    inChannels: number | ConvTransposeOptions,
    outChannels?: number,
    kernelSize?: Sizes | ConvTransposeOptions,
    ...rest: Rest<ConvTransposeOptions>
  ) {
    super(1, [inChannels, outChannels, kernelSize, ...rest]);
  }
  override forward(input: Tensor, outputSize?: readonly number[] | null): Tensor {
    return ops.convTranspose1d(
      input,
      this.weight,
      this.bias,
      this.stride,
      this.padding,
      this.extra(input, outputSize),
      this.groups,
      this.dilation,
    );
  }
}
/** Transposed convolution of [N, inChannels, H, W] to [N, outChannels, H', W']. */
export class ConvTranspose2d extends ConvTranspose {
  protected static get inputs(): Names {
    return ["input", "outputSize"];
  }
  constructor(
    inChannels: number | ConvTransposeOptions,
    outChannels?: number,
    kernelSize?: Sizes | ConvTransposeOptions,
    ...rest: Rest<ConvTransposeOptions>
  ) {
    super(2, [inChannels, outChannels, kernelSize, ...rest]);
  }
  override forward(input: Tensor, outputSize?: readonly number[] | null): Tensor {
    return ops.convTranspose2d(
      input,
      this.weight,
      this.bias,
      this.stride,
      this.padding,
      this.extra(input, outputSize),
      this.groups,
      this.dilation,
    );
  }
}
/** Transposed convolution of [N, inChannels, D, H, W] to [N, outChannels, D', H', W']. */
export class ConvTranspose3d extends ConvTranspose {
  protected static get inputs(): Names {
    return ["input", "outputSize"];
  }
  constructor(
    inChannels: number | ConvTransposeOptions,
    outChannels?: number,
    kernelSize?: Sizes | ConvTransposeOptions,
    ...rest: Rest<ConvTransposeOptions>
  ) {
    super(3, [inChannels, outChannels, kernelSize, ...rest]);
  }
  override forward(input: Tensor, outputSize?: readonly number[] | null): Tensor {
    return ops.convTranspose3d(
      input,
      this.weight,
      this.bias,
      this.stride,
      this.padding,
      this.extra(input, outputSize),
      this.groups,
      this.dilation,
    );
  }
}
