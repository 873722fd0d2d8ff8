import { ShapeError, ValueError } from "../../core/errors.ts";
import { positional } from "../../core/options.ts";
import { shapeText } from "../../core/shape.ts";
import { checkTensor } from "../../ops/dispatch.ts";
import { bernoulliMask } from "../../ops/fillrandom.ts";
import type { Tensor } from "../../tensor/tensor.ts";

export interface DropoutOptions {
  /** Probability of an element to be zeroed; default 0.5. */
  p?: number;
  /** Without it nothing happens; default true. */
  training?: boolean;
  /** Write the result over the input; default false. */
  inplace?: boolean;
}

type P = number | DropoutOptions;
type Flag = boolean | DropoutOptions;

function options(
  op: string,
  args: readonly unknown[],
  defaultP: number,
  defaultTraining: boolean,
): [number, boolean, boolean] {
  const [p = defaultP, training = defaultTraining, inplace = false] = positional<
    [number?, boolean?, boolean?]
  >(op, ["p", "training", "inplace"], args);
  if (!(p >= 0 && p <= 1))
    throw new ValueError(`${op}: the probability has to be between 0 and 1, but got ${p}`);
  return [p, training, inplace];
}

/** Multiplies by a mask of zeros and 1 / (1 - p), drawn for `shape`. */
function masked(input: Tensor, shape: readonly number[], p: number, inplace: boolean): Tensor {
  const factor =
    p === 1
      ? input.newZeros(shape)
      : bernoulliMask(shape, 1 - p)
          .to(input.dtype)
          .div_(1 - p);
  return inplace ? input.mul_(factor) : input.mul(factor);
}

/** In training, zeroes elements with probability p and scales the others by 1 / (1 - p); else gives back the input. */
export function dropout(
  input: Tensor,
  p?: P,
  training?: Flag,
  inplace?: Flag,
  more?: DropoutOptions,
): Tensor {
  checkTensor("dropout", input);
  const [chance, active, over] = options("dropout", [p, training, inplace, more], 0.5, true);
  return active && chance > 0 && input.numel() > 0 ? masked(input, input.shape, chance, over) : input;
}

/** One value per sample and channel. */
function featureDropout(
  op: string,
  input: Tensor,
  args: readonly unknown[],
  ranks: readonly [number, number],
): Tensor {
  checkTensor(op, input);
  const [chance, active, over] = options(op, args, 0.5, true);
  if (input.ndim < 2)
    throw new ShapeError(
      `${op}: expected an input of ${ranks[0]} or ${ranks[1]} dimensions, got shape ${shapeText(input.shape)}`,
    );
  if (!active || chance === 0 || input.numel() === 0) return input;
  // Without a batch, channels are the first dimension: PyTorch adds one of size 1 for the draw.
  const lead = op !== "dropout2d" && input.ndim !== ranks[1] ? 1 : 2;
  const shape = input.shape.map((size, d) => (d < lead ? size : 1));
  return masked(input, shape, chance, over);
}

/** As `dropout`, for whole channels of [N, C, L] or [C, L]. */
export function dropout1d(
  input: Tensor,
  p?: P,
  training?: Flag,
  inplace?: Flag,
  more?: DropoutOptions,
): Tensor {
  return featureDropout("dropout1d", input, [p, training, inplace, more], [2, 3]);
}
/** As `dropout`, for whole channels of [N, C, H, W]. */
export function dropout2d(
  input: Tensor,
  p?: P,
  training?: Flag,
  inplace?: Flag,
  more?: DropoutOptions,
): Tensor {
  return featureDropout("dropout2d", input, [p, training, inplace, more], [3, 4]);
}
/** As `dropout`, for whole channels of [N, C, D, H, W] or [C, D, H, W]. */
export function dropout3d(
  input: Tensor,
  p?: P,
  training?: Flag,
  inplace?: Flag,
  more?: DropoutOptions,
): Tensor {
  return featureDropout("dropout3d", input, [p, training, inplace, more], [4, 5]);
}

/** What SELU tends to for very negative inputs: the value of what is dropped. */
const ALPHA = 1.7580993408473766;

function alphaMasked(
  op: string,
  input: Tensor,
  args: readonly unknown[],
  shapeOf: (input: Tensor) => number[],
): Tensor {
  checkTensor(op, input);
  const [p, active, over] = options(op, args, 0.5, false);
  if (!active || p === 0 || input.numel() === 0) return input;
  if (p === 1) return over ? input.mul_(0) : input.mul(0);
  const keep = bernoulliMask(shapeOf(input), 1 - p).to(input.dtype);
  const a = 1 / Math.sqrt((ALPHA * ALPHA * p + 1) * (1 - p));
  const shift = keep
    .sub(1)
    .mul_(ALPHA * a)
    .add_(ALPHA * a * p);
  return over ? input.mul_(keep.mul_(a)).add_(shift) : input.mul(keep.mul_(a)).add(shift);
}

/** Dropout that keeps mean and variance of what SELU gives; `training` is false by default. */
export function alphaDropout(
  input: Tensor,
  p?: P,
  training?: Flag,
  inplace?: Flag,
  more?: DropoutOptions,
): Tensor {
  return alphaMasked("alphaDropout", input, [p, training, inplace, more], (x) => [...x.shape]);
}
/** As `alphaDropout`, for whole channels. */
export function featureAlphaDropout(
  input: Tensor,
  p?: P,
  training?: Flag,
  inplace?: Flag,
  more?: DropoutOptions,
): Tensor {
  return alphaMasked("featureAlphaDropout", input, [p, training, inplace, more], (x) =>
    x.shape.map((size, d) => (d < 2 ? size : 1)),
  );
}

type InPlace = Omit<DropoutOptions, "inplace">;
const inPlace =
  (name: string, op: (input: Tensor, p: number, training: boolean, inplace: boolean) => Tensor) =>
  (input: Tensor, p: number | InPlace, training?: boolean | InPlace): Tensor => {
    const [chance, active] = positional<[number, boolean]>(name, ["p", "training"], [p, training]);
    return op(input, chance, active, true);
  };
/** In place: `dropout`. */
export const dropout_ = inPlace("dropout_", dropout);
/** In place: `alphaDropout`. */
export const alphaDropout_ = inPlace("alphaDropout_", alphaDropout);
/** In place: `featureAlphaDropout`. */
export const featureAlphaDropout_ = inPlace("featureAlphaDropout_", featureAlphaDropout);
