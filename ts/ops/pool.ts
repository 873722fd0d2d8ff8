import { ShapeError, ValueError } from "../core/errors.ts";
import { positional } from "../core/options.ts";
import { namedResults } from "../core/results.ts";
import { shapeText } from "../core/shape.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { type Sizes, spatial } from "./conv.ts";
import { checkTensor } from "./dispatch.ts";
import { averagePool, maximumPool } from "./pooling.ts";
import type { PoolPlan } from "./poolwindows.ts";

export interface MaxPoolOptions {
  kernelSize?: Sizes;
  /** Step of the window; default the window's size. */
  stride?: Sizes | null;
  /** Border around the input that never wins; default 0. */
  padding?: Sizes;
  /** Distance between the window's elements; default 1. */
  dilation?: Sizes;
  /** Round the result's size up instead of down; default false. */
  ceilMode?: boolean;
  /** Also give where the maxima were, as positions in the plane; default false. */
  returnIndices?: boolean;
}
export interface AvgPoolOptions {
  kernelSize?: Sizes;
  /** Step of the window; default the window's size. */
  stride?: Sizes | null;
  /** Border of zeros around the input; default 0. */
  padding?: Sizes;
  /** Round the result's size up instead of down; default false. */
  ceilMode?: boolean;
  /** Whether the border counts in the average; default true. */
  countIncludePad?: boolean;
  /** Divide by this instead of by the number of elements. */
  divisorOverride?: number | null;
}
type Arg<O> = Sizes | null | boolean | O;
type MaxPoolArguments = [
  kernelSize: Sizes | MaxPoolOptions,
  stride?: Arg<MaxPoolOptions>,
  padding?: Arg<MaxPoolOptions>,
  dilation?: Arg<MaxPoolOptions>,
  ceilMode?: boolean | MaxPoolOptions,
  returnIndices?: boolean | MaxPoolOptions,
  options?: MaxPoolOptions,
];
type AvgPoolArguments = [
  kernelSize: Sizes | AvgPoolOptions,
  stride?: Arg<AvgPoolOptions>,
  padding?: Arg<AvgPoolOptions>,
  ceilMode?: boolean | AvgPoolOptions,
  countIncludePad?: boolean | AvgPoolOptions,
  divisorOverride?: number | null | AvgPoolOptions,
  options?: AvgPoolOptions,
];

/** The largest element of each window along one dimension of [N, C, L] or [C, L]; with `returnIndices`, `{ values, indices }`. */
export function maxPool1d(input: Tensor, ...args: MaxPoolArguments): Tensor {
  return max("maxPool1d", 1, input, args);
}
/** The largest element of each window of [N, C, H, W] or [C, H, W]; with `returnIndices`, `{ values, indices }`. */
export function maxPool2d(input: Tensor, ...args: MaxPoolArguments): Tensor {
  return max("maxPool2d", 2, input, args);
}
/** The largest element of each window of [N, C, D, H, W] or [C, D, H, W]; with `returnIndices`, `{ values, indices }`. */
export function maxPool3d(input: Tensor, ...args: MaxPoolArguments): Tensor {
  return max("maxPool3d", 3, input, args);
}

/** The mean of each window along one dimension of [N, C, L] or [C, L]. */
export function avgPool1d(input: Tensor, ...args: AvgPoolArguments): Tensor {
  return average("avgPool1d", 1, input, args);
}
/** The mean of each window of [N, C, H, W] or [C, H, W]. */
export function avgPool2d(input: Tensor, ...args: AvgPoolArguments): Tensor {
  return average("avgPool2d", 2, input, args);
}
/** The mean of each window of [N, C, D, H, W] or [C, D, H, W]. */
export function avgPool3d(input: Tensor, ...args: AvgPoolArguments): Tensor {
  return average("avgPool3d", 3, input, args);
}

function max(op: string, rank: number, input: Tensor, args: readonly unknown[]): Tensor {
  const [kernelSize, stride = null, padding = 0, dilation = 1, ceilMode = false, returnIndices = false] =
    positional(op, ["kernelSize", "stride", "padding", "dilation", "ceilMode", "returnIndices"], args);
  const plan = windows(op, rank, input, kernelSize, stride, padding, dilation, ceilMode);
  const [values, indices] = maximumPool(op, input, plan, returnIndices);
  return returnIndices ? (namedResults({ values, indices }) as unknown as Tensor) : values;
}

function average(op: string, rank: number, input: Tensor, args: readonly unknown[]): Tensor {
  const [
    kernelSize,
    stride = null,
    padding = 0,
    ceilMode = false,
    countIncludePad = true,
    divisorOverride = null,
  ] = positional(
    op,
    ["kernelSize", "stride", "padding", "ceilMode", "countIncludePad", "divisorOverride"],
    args,
  );
  if (divisorOverride === 0) throw new ValueError(`${op}: divisorOverride must not be zero`);
  const plan = windows(op, rank, input, kernelSize, stride, padding, 1, ceilMode);
  if (rank === 3 && plan.kernel.some((k, d) => k > plan.sizes[d]!))
    throw new ShapeError(
      `${op}: a window of ${shapeText(plan.kernel)} does not fit into an image of ${shapeText(plan.sizes)}`,
    );
  return averagePool(op, input, plan, countIncludePad, divisorOverride ?? 0);
}

/** Where the windows lie, after PyTorch's rule for the result's size. */
function windows(
  op: string,
  rank: number,
  input: Tensor,
  kernelSize: Sizes,
  stride: Sizes | null,
  padding: Sizes,
  dilation: Sizes,
  ceilMode: boolean,
): PoolPlan {
  checkTensor(op, input);
  if (input.ndim !== rank + 1 && input.ndim !== rank + 2)
    throw new ShapeError(
      `${op}: expected an input of ${rank + 1} or ${rank + 2} dimensions, got shape ${shapeText(input.shape)}`,
    );
  if (kernelSize === undefined || kernelSize === null) throw new ValueError(`${op}: kernelSize is missing`);
  const kernel = spatial(op, "kernelSize", kernelSize, rank, 1);
  const none = stride === null || stride === undefined || (Array.isArray(stride) && stride.length === 0);
  const strides = none ? kernel : spatial(op, "stride", stride as Sizes, rank, 1);
  const pads = spatial(op, "padding", padding, rank, 0),
    dilations = spatial(op, "dilation", dilation, rank, 1);
  pads.forEach((pad, d) => {
    if (pad > kernel[d]! / 2)
      throw new ValueError(
        `${op}: padding should be at most half of the kernel size, got ${pad} for a kernel of ${kernel[d]}`,
      );
  });
  const sizes = input.shape.slice(-rank);
  if (input.shape.slice(-rank - 1).includes(0))
    throw new ShapeError(
      `${op}: expected an input with non-zero sizes but for the batch, got ${shapeText(input.shape)}`,
    );
  const result = sizes.map((size, d) => {
    const free =
      size + 2 * pads[d]! - dilations[d]! * (kernel[d]! - 1) - 1 + (ceilMode ? strides[d]! - 1 : 0);
    const count = Math.floor(free / strides[d]!) + 1;
    // The last window must start inside the input or its near border.
    return ceilMode && (count - 1) * strides[d]! >= size + pads[d]! ? count - 1 : count;
  });
  if (result.some((size) => size < 1))
    throw new ShapeError(
      `${op}: the result would have spatial sizes ${shapeText(result)} for input ${shapeText(input.shape)} and kernel ${shapeText(kernel)}`,
    );
  return { rank, kernel, strides, pads, dilations, sizes, result };
}
