// Functions only (nn.functional). Graham, "Fractional Max-Pooling" (2015): windows at pseudo-random distances.
import { float64 } from "../core/dtype.ts";
import { ShapeError, ValueError } from "../core/errors.ts";
import { positional } from "../core/options.ts";
import { namedResults } from "../core/results.ts";
import { shapeText } from "../core/shape.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { type Sizes, spatial } from "./conv.ts";
import { checkTensor } from "./dispatch.ts";
import { maximum } from "./pooling.ts";
import { windowsAt } from "./poolwindows.ts";
import { rand } from "./random.ts";

export interface FractionalOptions {
  kernelSize?: Sizes;
  /** Sizes of the result; either these or `outputRatio`. */
  outputSize?: Sizes | null;
  /** Sizes of the result over those of the input, between 0 and 1. */
  outputRatio?: Sizes | null;
  /** Also give where the maxima were, as positions in the plane; default false. */
  returnIndices?: boolean;
  /** Numbers in [0, 1) of shape [N, C, rank] to place the windows by, instead of drawing them. */
  _randomSamples?: Tensor | null;
}
type Arg = Sizes | null | boolean | Tensor | FractionalOptions;

/** First elements of the windows along one dimension. */
function firsts(sample: number, size: number, places: number, kernel: number, single: boolean): number[] {
  const round = single ? Math.fround : (x: number) => x;
  const step = places > 1 ? round((size - kernel) / (places - 1)) : 0;
  return Array.from({ length: places }, (_, i) =>
    i === places - 1
      ? size - kernel
      : Math.trunc(round(round(i + sample) * step)) - Math.trunc(round(sample * step)),
  );
}

function pool(op: string, rank: number, input: Tensor, args: readonly unknown[]): Tensor {
  const [kernelSize, outputSize = null, outputRatio = null, returnIndices = false, samples = null] =
    positional<[Sizes, (Sizes | null)?, (Sizes | null)?, boolean?, (Tensor | null)?]>(
      op,
      ["kernelSize", "outputSize", "outputRatio", "returnIndices", "_randomSamples"],
      args,
    );
  checkTensor(op, input);
  if (input.ndim !== rank + 1 && input.ndim !== rank + 2)
    throw new ShapeError(
      `${op}: expected an input of ${rank + 1} or ${rank + 2} dimensions, got shape ${shapeText(input.shape)}`,
    );
  if (outputSize === null && outputRatio === null)
    throw new ValueError(`${op}: one of outputSize and outputRatio must be given`);
  const kernel = spatial(op, "kernelSize", kernelSize, rank, 1),
    sizes = input.shape.slice(-rank);
  const ratios = typeof outputRatio === "number" ? sizes.map(() => outputRatio) : outputRatio;
  const result =
    outputSize === null
      ? sizes.map((size, d) => Math.trunc(size * ratios![d]!))
      : spatial(op, "outputSize", outputSize, rank, 1);
  sizes.forEach((size, d) => {
    if (!(result[d]! >= 1 && result[d]! + kernel[d]! - 1 <= size))
      throw new ShapeError(
        `${op}: a window of ${kernel[d]} and a result of ${result[d]} are too large for a size of ${size}`,
      );
  });
  const lead = input.shape.slice(0, -rank),
    planes = lead.reduce((n, size) => n * size, 1);
  const drawn =
    samples ?? rand([lead.length > 1 ? lead[0]! : 1, lead[lead.length - 1]!, rank], { dtype: input.dtype });
  if (drawn.numel() !== planes * rank)
    throw new ShapeError(`${op}: expected ${rank} random numbers for each of ${planes} planes`);
  const numbers = drawn.to(float64).toTypedArray() as Float64Array;
  // In two dimensions the first number is for the width, in three it is for the depth.
  const order = rank === 2 ? [1, 0] : [0, 1, 2];
  const windows = Array.from({ length: planes }, (_, p) =>
    windowsAt(
      sizes,
      kernel,
      sizes.map((size, d) =>
        firsts(numbers[p * rank + order[d]!]!, size, result[d]!, kernel[d]!, input.dtype.domain === "f32"),
      ),
    ),
  );
  const [values, indices] = maximum(op, input, result, windows, returnIndices);
  return returnIndices ? (namedResults({ values, indices }) as unknown as Tensor) : values;
}

/** Maxima over windows at random distances of [N, C, H, W] or [C, H, W]; with `returnIndices`, `{ values, indices }`. */
export function fractionalMaxPool2d(
  input: Tensor,
  kernelSize: Sizes | FractionalOptions,
  outputSize?: Arg,
  outputRatio?: Arg,
  returnIndices?: boolean | FractionalOptions,
  _randomSamples?: Arg,
  options?: FractionalOptions,
): Tensor {
  return pool("fractionalMaxPool2d", 2, input, [
    kernelSize,
    outputSize,
    outputRatio,
    returnIndices,
    _randomSamples,
    options,
  ]);
}
/** Maxima over windows at random distances of [N, C, D, H, W] or [C, D, H, W]; with `returnIndices`, `{ values, indices }`. */
export function fractionalMaxPool3d(
  input: Tensor,
  kernelSize: Sizes | FractionalOptions,
  outputSize?: Arg,
  outputRatio?: Arg,
  returnIndices?: boolean | FractionalOptions,
  _randomSamples?: Arg,
  options?: FractionalOptions,
): Tensor {
  return pool("fractionalMaxPool3d", 3, input, [
    kernelSize,
    outputSize,
    outputRatio,
    returnIndices,
    _randomSamples,
    options,
  ]);
}
