import { ShapeError } from "../../core/errors.ts";
import { positional } from "../../core/options.ts";
import { shapeText } from "../../core/shape.ts";
import { checkTensor } from "../../ops/dispatch.ts";
import type { Tensor } from "../../tensor/tensor.ts";

/** Moves groups of r * r channels into space: [..., C * r * r, H, W] to [..., C, H * r, W * r]. */
export function pixelShuffle(input: Tensor, upscaleFactor: number | { upscaleFactor: number }): Tensor {
  const [r] = positional<[number]>("pixelShuffle", ["upscaleFactor"], [upscaleFactor]);
  const [channels, height, width] = imageOf("pixelShuffle", input);
  if (!(r > 0) || channels % (r * r) !== 0)
    throw new ShapeError(
      `pixelShuffle: the number of channels (${channels}) must be divisible by the square of the factor (${r})`,
    );
  const lead = input.shape.slice(0, -3),
    n = lead.length,
    c = channels / (r * r);
  return input
    .reshape([...lead, c, r, r, height, width])
    .permute([...lead.map((_, d) => d), n, n + 3, n + 1, n + 4, n + 2])
    .reshape([...lead, c, height * r, width * r]);
}

/** Moves r by r places into channels: [..., C, H * r, W * r] to [..., C * r * r, H, W]. */
export function pixelUnshuffle(input: Tensor, downscaleFactor: number | { downscaleFactor: number }): Tensor {
  const [r] = positional<[number]>("pixelUnshuffle", ["downscaleFactor"], [downscaleFactor]);
  const [channels, height, width] = imageOf("pixelUnshuffle", input);
  if (!(r > 0) || height % r !== 0 || width % r !== 0)
    throw new ShapeError(
      `pixelUnshuffle: height and width of ${shapeText(input.shape)} must be divisible by ${r}`,
    );
  const lead = input.shape.slice(0, -3),
    n = lead.length;
  return input
    .reshape([...lead, channels, height / r, r, width / r, r])
    .permute([...lead.map((_, d) => d), n, n + 2, n + 4, n + 1, n + 3])
    .reshape([...lead, channels * r * r, height / r, width / r]);
}

/** Deals the channels of [N, C, ...] out over `groups`. */
export function channelShuffle(input: Tensor, groups: number | { groups: number }): Tensor {
  checkTensor("channelShuffle", input);
  const [g] = positional<[number]>("channelShuffle", ["groups"], [groups]);
  if (input.ndim < 3)
    throw new ShapeError(
      `channelShuffle: expected an input of more than 2 dimensions, got shape ${shapeText(input.shape)}`,
    );
  const [batch, channels] = input.shape as [number, number];
  if (!(g > 0) || channels % g !== 0)
    throw new ShapeError(
      `channelShuffle: the number of channels (${channels}) must be divisible by groups (${g})`,
    );
  return input
    .reshape([batch, g, channels / g, -1])
    .transpose(1, 2)
    .reshape(input.shape);
}

function imageOf(op: string, input: Tensor): [number, number, number] {
  checkTensor(op, input);
  if (input.ndim < 3)
    throw new ShapeError(
      `${op}: expected an input of at least 3 dimensions, got shape ${shapeText(input.shape)}`,
    );
  return input.shape.slice(-3) as unknown as [number, number, number];
}
