import { ShapeError, ValueError } from "../core/errors.ts";
import { positional } from "../core/options.ts";
import { namedResults } from "../core/results.ts";
import { shapeText } from "../core/shape.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { checkTensor } from "./dispatch.ts";
import { adaptiveAverage, adaptiveMaximum } from "./pooling.ts";

/** Sizes of the result; null keeps the input's. */
export type OutputSize = number | null | readonly (number | null)[];
export interface AdaptiveOptions {
  outputSize?: OutputSize;
}
export interface AdaptiveMaxOptions extends AdaptiveOptions {
  /** Also give where the maxima were, as positions in the plane; default false. */
  returnIndices?: boolean;
}

/** Means over windows that divide one dimension of [N, C, L] or [C, L] as evenly as possible into `outputSize`. */
export function adaptiveAvgPool1d(input: Tensor, outputSize: OutputSize | AdaptiveOptions): Tensor {
  const [size] = positional("adaptiveAvgPool1d", ["outputSize"], [outputSize]);
  return adaptiveAverage("adaptiveAvgPool1d", input, resultOf("adaptiveAvgPool1d", 1, input, size));
}
/** Means over windows that divide [N, C, H, W] or [C, H, W] as evenly as possible into `outputSize`. */
export function adaptiveAvgPool2d(input: Tensor, outputSize: OutputSize | AdaptiveOptions): Tensor {
  const [size] = positional("adaptiveAvgPool2d", ["outputSize"], [outputSize]);
  const result = resultOf("adaptiveAvgPool2d", 2, input, size);
  if (result[0] === 1 && result[1] === 1) return input.mean([-1, -2], true);
  return adaptiveAverage("adaptiveAvgPool2d", input, result);
}
/** Means over windows that divide [N, C, D, H, W] or [C, D, H, W] as evenly as possible into `outputSize`. */
export function adaptiveAvgPool3d(input: Tensor, outputSize: OutputSize | AdaptiveOptions): Tensor {
  const [size] = positional("adaptiveAvgPool3d", ["outputSize"], [outputSize]);
  return adaptiveAverage("adaptiveAvgPool3d", input, resultOf("adaptiveAvgPool3d", 3, input, size));
}
/** Maxima over windows that divide one dimension into `outputSize`; with `returnIndices`, `{ values, indices }`. */
export function adaptiveMaxPool1d(
  input: Tensor,
  outputSize: OutputSize | AdaptiveMaxOptions,
  returnIndices?: boolean | AdaptiveMaxOptions,
): Tensor {
  return maxima("adaptiveMaxPool1d", 1, input, [outputSize, returnIndices]);
}
/** Maxima over windows that divide [N, C, H, W] or [C, H, W] into `outputSize`; with `returnIndices`, `{ values, indices }`. */
export function adaptiveMaxPool2d(
  input: Tensor,
  outputSize: OutputSize | AdaptiveMaxOptions,
  returnIndices?: boolean | AdaptiveMaxOptions,
): Tensor {
  return maxima("adaptiveMaxPool2d", 2, input, [outputSize, returnIndices]);
}

/** Maxima over windows that divide [N, C, D, H, W] or [C, D, H, W] into `outputSize`; with `returnIndices`, `{ values, indices }`. */
export function adaptiveMaxPool3d(
  input: Tensor,
  outputSize: OutputSize | AdaptiveMaxOptions,
  returnIndices?: boolean | AdaptiveMaxOptions,
): Tensor {
  return maxima("adaptiveMaxPool3d", 3, input, [outputSize, returnIndices]);
}

function maxima(op: string, rank: number, input: Tensor, args: readonly unknown[]): Tensor {
  const [size, returnIndices = false] = positional(op, ["outputSize", "returnIndices"], args);
  const [values, indices] = adaptiveMaximum(op, input, resultOf(op, rank, input, size), returnIndices);
  return returnIndices ? (namedResults({ values, indices }) as unknown as Tensor) : values;
}

function resultOf(op: string, rank: number, input: Tensor, size: OutputSize): number[] {
  checkTensor(op, input);
  if (input.ndim !== rank + 1 && input.ndim !== rank + 2)
    throw new ShapeError(
      `${op}: expected an input of ${rank + 1} or ${rank + 2} dimensions, got shape ${shapeText(input.shape)}`,
    );
  const list: (number | null)[] = Array.isArray(size) ? size : new Array(rank).fill(size);
  if (list.length !== rank) throw new ValueError(`${op}: outputSize must be a number or ${rank} numbers`);
  const own = input.shape.slice(-rank);
  // Means over one or two dimensions can do without channels.
  if ((/Avg.*[12]d$/.test(op) ? own : input.shape.slice(1)).includes(0))
    throw new ShapeError(`${op}: expected an input with non-zero sizes, got ${shapeText(input.shape)}`);
  return list.map((n, d) => {
    const count = n ?? own[d]!;
    if (!Number.isInteger(count) || count < 0)
      throw new ValueError(`${op}: outputSize must be integers >= 0, got ${count}`);
    return count;
  });
}
