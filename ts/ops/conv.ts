import { int64 } from "../core/dtype.ts";
import { DtypeError, ShapeError, ValueError } from "../core/errors.ts";
import { positional } from "../core/options.ts";
import { shapeText } from "../core/shape.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { convolution, transposedConvolution } from "./convolution.ts";
import { checkTensor } from "./dispatch.ts";
import { checkSameDtype } from "./matmulkernel.ts";
import { pad } from "./pad.ts";

/** One number for all spatial dimensions, or one for each. */
export type Sizes = number | readonly number[];
export type PaddingMode = "same" | "valid";

export interface ConvArguments {
  bias?: Tensor | null;
  /** Step of the window; default 1. */
  stride?: Sizes;
  /** Zeros around the input; default 0. "same": as many as keep the size (for stride 1). "valid": none. */
  padding?: Sizes | PaddingMode;
  /** Distance between the window's elements; default 1. */
  dilation?: Sizes;
  /** Number of groups of channels that do not mix; default 1. */
  groups?: number;
}
export interface ConvTransposeArguments {
  bias?: Tensor | null;
  /** Step of the window; default 1. */
  stride?: Sizes;
  /** What is cut off around the result; default 0. */
  padding?: Sizes;
  /** What is added to one side of the result; default 0. */
  outputPadding?: Sizes;
  /** Number of groups of channels that do not mix; default 1. */
  groups?: number;
  /** Distance between the window's elements; default 1. */
  dilation?: Sizes;
}

type More<O> = Tensor | Sizes | string | null | O;

/** Sliding dot products along one dimension: [N, C, L] (or [C, L]) with weight [O, C / groups, K]. */
export function conv1d(
  input: Tensor,
  weight: Tensor,
  bias?: Tensor | null | ConvArguments,
  stride?: More<ConvArguments>,
  padding?: More<ConvArguments>,
  dilation?: More<ConvArguments>,
  groups?: number | ConvArguments,
  options?: ConvArguments,
): Tensor {
  return forward("conv1d", 1, input, weight, [bias, stride, padding, dilation, groups, options]);
}
/** Sliding dot products along two dimensions: [N, C, H, W] (or [C, H, W]) with weight [O, C / groups, KH, KW]. */
export function conv2d(
  input: Tensor,
  weight: Tensor,
  bias?: Tensor | null | ConvArguments,
  stride?: More<ConvArguments>,
  padding?: More<ConvArguments>,
  dilation?: More<ConvArguments>,
  groups?: number | ConvArguments,
  options?: ConvArguments,
): Tensor {
  return forward("conv2d", 2, input, weight, [bias, stride, padding, dilation, groups, options]);
}
/** Sliding dot products along three dimensions: [N, C, D, H, W] (or [C, D, H, W]) with weight [O, C / groups, KD, KH, KW]. */
export function conv3d(
  input: Tensor,
  weight: Tensor,
  bias?: Tensor | null | ConvArguments,
  stride?: More<ConvArguments>,
  padding?: More<ConvArguments>,
  dilation?: More<ConvArguments>,
  groups?: number | ConvArguments,
  options?: ConvArguments,
): Tensor {
  return forward("conv3d", 3, input, weight, [bias, stride, padding, dilation, groups, options]);
}

/** The gradient of `conv1d` as an op of its own: [N, C, L] with weight [C, O / groups, K]. */
export function convTranspose1d(
  input: Tensor,
  weight: Tensor,
  bias?: Tensor | null | ConvTransposeArguments,
  stride?: More<ConvTransposeArguments>,
  padding?: More<ConvTransposeArguments>,
  outputPadding?: More<ConvTransposeArguments>,
  groups?: number | ConvTransposeArguments,
  dilation?: More<ConvTransposeArguments>,
  options?: ConvTransposeArguments,
): Tensor {
  return backward("convTranspose1d", 1, input, weight, [
    bias,
    stride,
    padding,
    outputPadding,
    groups,
    dilation,
    options,
  ]);
}
/** The gradient of `conv2d` as an op of its own: [N, C, H, W] with weight [C, O / groups, KH, KW]. */
export function convTranspose2d(
  input: Tensor,
  weight: Tensor,
  bias?: Tensor | null | ConvTransposeArguments,
  stride?: More<ConvTransposeArguments>,
  padding?: More<ConvTransposeArguments>,
  outputPadding?: More<ConvTransposeArguments>,
  groups?: number | ConvTransposeArguments,
  dilation?: More<ConvTransposeArguments>,
  options?: ConvTransposeArguments,
): Tensor {
  return backward("convTranspose2d", 2, input, weight, [
    bias,
    stride,
    padding,
    outputPadding,
    groups,
    dilation,
    options,
  ]);
}
/** The gradient of `conv3d` as an op of its own: [N, C, D, H, W] with weight [C, O / groups, KD, KH, KW]. */
export function convTranspose3d(
  input: Tensor,
  weight: Tensor,
  bias?: Tensor | null | ConvTransposeArguments,
  stride?: More<ConvTransposeArguments>,
  padding?: More<ConvTransposeArguments>,
  outputPadding?: More<ConvTransposeArguments>,
  groups?: number | ConvTransposeArguments,
  dilation?: More<ConvTransposeArguments>,
  options?: ConvTransposeArguments,
): Tensor {
  return backward("convTranspose3d", 3, input, weight, [
    bias,
    stride,
    padding,
    outputPadding,
    groups,
    dilation,
    options,
  ]);
}

/** One size per spatial dimension. @throws ValueError unless they are integers of at least `least`. */
export function spatial(op: string, name: string, value: Sizes, rank: number, least: number): number[] {
  if (typeof value !== "number" && !Array.isArray(value))
    throw new ValueError(`${op}: ${name} must be a number or ${rank} numbers, got ${String(value)}`);
  const sizes =
    typeof value === "number"
      ? new Array<number>(rank).fill(value)
      : value.length === 1
        ? new Array<number>(rank).fill(value[0]!)
        : [...value];
  if (sizes.length !== rank)
    throw new ShapeError(`${op}: ${name} must be a number or ${rank} numbers, got ${shapeText(sizes)}`);
  if (sizes.some((size) => !Number.isInteger(size) || size < least))
    throw new ValueError(`${op}: ${name} must be integers >= ${least}, got ${shapeText(sizes)}`);
  return sizes;
}

function forward(op: string, rank: number, input: Tensor, weight: Tensor, args: readonly unknown[]): Tensor {
  const [givenBias = null, stride = 1, padding = 0, dilation = 1, groups = 1] = positional(
    op,
    ["bias", "stride", "padding", "dilation", "groups"],
    args,
  );
  const bias: Tensor | null = givenBias;
  checkOperands(op, rank, input, weight, bias, groups);
  const channels = input.shape[input.ndim - 1 - rank]!,
    [out, own] = weight.shape as [number, number];
  if (own * groups !== channels)
    throw new ShapeError(
      `${op}: weight ${shapeText(weight.shape)} with ${groups} group(s) expects an input of ${own * groups} channels, but the input ${shapeText(input.shape)} has ${channels}`,
    );
  if (out % groups !== 0)
    throw new ShapeError(
      `${op}: the number of output channels (${out}) must be divisible by groups (${groups})`,
    );
  if (bias !== null && (bias.ndim !== 1 || bias.shape[0] !== out))
    throw new ShapeError(`${op}: expected a bias of shape [${out}], got ${shapeText(bias.shape)}`);
  const strides = spatial(op, "stride", stride, rank, 1),
    dilations = spatial(op, "dilation", dilation, rank, 1);
  if (dilations.some((d) => d !== 1)) checkWide(op, input);
  const kernel = weight.shape.slice(2);
  let x = input,
    pads: number[];
  if (padding === "same") {
    if (strides.some((s) => s !== 1))
      throw new ValueError(`${op}: padding "same" is not supported for strided convolutions`);
    const totals = kernel.map((k, d) => dilations[d]! * (k - 1));
    pads = totals.map((total) => total >> 1);
    // What does not divide by two goes to the far side.
    if (totals.some((total) => total % 2 === 1))
      x = pad(x, totals.flatMap((total) => [total % 2, 0]).reverse());
  } else if (padding === "valid") pads = kernel.map(() => 0);
  else if (typeof padding === "string")
    throw new ValueError(`${op}: padding must be "same", "valid" or sizes, got "${padding}"`);
  else pads = spatial(op, "padding", padding, rank, 0);
  const sizes = x.shape.slice(-rank);
  const result = sizes.map(
    (size, d) => Math.floor((size + 2 * pads[d]! - dilations[d]! * (kernel[d]! - 1) - 1) / strides[d]!) + 1,
  );
  sizes.forEach((size, d) => {
    const window = dilations[d]! * (kernel[d]! - 1) + 1;
    if (size + 2 * pads[d]! < window)
      throw new ShapeError(
        `${op}: kernel size can't be greater than actual input size (spatial dimension ${d}: the window covers ${window}, the padded input has ${size + 2 * pads[d]!})`,
      );
  });
  return convolution(x, weight, bias, { rank, strides, pads, dilations, groups, result });
}

function backward(op: string, rank: number, input: Tensor, weight: Tensor, args: readonly unknown[]): Tensor {
  const [givenBias = null, stride = 1, padding = 0, outputPadding = 0, groups = 1, dilation = 1] = positional(
    op,
    ["bias", "stride", "padding", "outputPadding", "groups", "dilation"],
    args,
  );
  const bias: Tensor | null = givenBias;
  checkOperands(op, rank, input, weight, bias, groups);
  checkWide(op, input);
  const channels = input.shape[input.ndim - 1 - rank]!,
    [from, own] = weight.shape as [number, number];
  if (from !== channels)
    throw new ShapeError(
      `${op}: weight ${shapeText(weight.shape)} expects an input of ${from} channels, but the input ${shapeText(input.shape)} has ${channels}`,
    );
  if (channels % groups !== 0)
    throw new ShapeError(
      `${op}: the number of input channels (${channels}) must be divisible by groups (${groups})`,
    );
  const out = own * groups;
  if (bias !== null && (bias.ndim !== 1 || bias.shape[0] !== out))
    throw new ShapeError(`${op}: expected a bias of shape [${out}], got ${shapeText(bias.shape)}`);
  const strides = spatial(op, "stride", stride, rank, 1),
    dilations = spatial(op, "dilation", dilation, rank, 1);
  const pads = spatial(op, "padding", padding, rank, 0),
    extra = spatial(op, "outputPadding", outputPadding, rank, 0);
  extra.forEach((e, d) => {
    if (e >= strides[d]! && e >= dilations[d]!)
      throw new ValueError(
        `${op}: outputPadding must be smaller than either stride or dilation, got ${e} against ${strides[d]} and ${dilations[d]}`,
      );
  });
  const result = input.shape
    .slice(-rank)
    .map(
      (size, d) =>
        (size - 1) * strides[d]! - 2 * pads[d]! + dilations[d]! * (weight.shape[d + 2]! - 1) + extra[d]! + 1,
    );
  if (result.some((size) => size < 1))
    throw new ShapeError(`${op}: the result would have spatial sizes ${shapeText(result)}`);
  return transposedConvolution(input, weight, bias, { rank, strides, pads, dilations, groups, result });
}

function checkOperands(
  op: string,
  rank: number,
  input: Tensor,
  weight: Tensor,
  bias: Tensor | null,
  groups: number,
): void {
  checkTensor(op, input);
  checkTensor(op, weight);
  if (bias !== null) checkTensor(op, bias);
  if (input.ndim !== rank + 1 && input.ndim !== rank + 2)
    throw new ShapeError(
      `${op}: expected an input of ${rank + 1} (unbatched) or ${rank + 2} (batched) dimensions, got shape ${shapeText(input.shape)}`,
    );
  if (input.shape.slice(-rank).includes(0))
    throw new ShapeError(
      `${op}: there is nothing to convolve in an input of shape ${shapeText(input.shape)}`,
    );
  if (weight.ndim !== rank + 2)
    throw new ShapeError(
      `${op}: expected a weight of ${rank + 2} dimensions, got shape ${shapeText(weight.shape)}`,
    );
  if (weight.shape.slice(2).includes(0))
    throw new ShapeError(
      `${op}: a window must not be empty, got a weight of shape ${shapeText(weight.shape)}`,
    );
  if (!Number.isInteger(groups) || groups < 1)
    throw new ValueError(`${op}: groups must be a positive integer, got ${groups}`);
  checkSameDtype(op, input, weight, ...(bias === null ? [] : [bias]));
}

/** PyTorch's kernels for transposed and dilated convolutions know one integer dtype. */
function checkWide(op: string, { dtype }: Tensor): void {
  if (dtype.isInteger && dtype !== int64) throw new DtypeError(`${op}: not implemented for ${dtype}`);
}
