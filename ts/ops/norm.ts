import { untaped } from "../autograd/untaped.ts";
import { DtypeError, ShapeError, ValueError } from "../core/errors.ts";
import { positional } from "../core/options.ts";
import { numelOf, sameShape, shapeText } from "../core/shape.ts";
import { isTensor, type Tensor } from "../tensor/tensor.ts";
import { sizesOf } from "./arguments.ts";
import { checkTensor } from "./dispatch.ts";
import { normalized, normRecord } from "./normalize.ts";

type Maybe = Tensor | null;
const RUNNING = ["runningMean", "runningVar"];
const BATCH = normRecord("batchNorm", "NativeBatchNormBackward0", RUNNING);
const LAYER = normRecord("layerNorm", "NativeLayerNormBackward0");
const GROUP = normRecord("groupNorm", "NativeGroupNormBackward0");
const INSTANCE = normRecord("instanceNorm", "ViewBackward0", RUNNING);

export interface BatchNormArguments {
  runningMean?: Maybe;
  runningVar?: Maybe;
  weight?: Maybe;
  bias?: Maybe;
  /** Use the batch's own statistics, and move the running ones towards them; default false. */
  training?: boolean;
  /** How far the running statistics move; default 0.1. */
  momentum?: number;
  /** Added to the variance; default 1e-5. */
  eps?: number;
}
type BatchArg = Maybe | boolean | number | BatchNormArguments;

/**
 * Normalises each channel of [N, C, ...] over batch and positions, by its own statistics in training, else by the
 * running ones. @throws ValueError in training for a single value per channel.
 */
export function batchNorm(
  input: Tensor,
  runningMean?: BatchArg,
  runningVar?: BatchArg,
  weight?: BatchArg,
  bias?: BatchArg,
  training?: BatchArg,
  momentum?: BatchArg,
  eps?: BatchArg,
  options?: BatchNormArguments,
): Tensor {
  const args = [runningMean, runningVar, weight, bias, training, momentum, eps, options];
  if (isTensor(input) && input.numel() === 0 && input.ndim !== 0) return nothing("batchNorm", input, args);
  return batch("batchNorm", input, args).out;
}

/** No elements: whatever the channels are, there is nothing to normalise; the factors get zeros as gradients. */
function nothing(op: string, input: Tensor, args: readonly unknown[]): Tensor {
  const [, , weight = null, bias = null] = positional<[Maybe?, Maybe?, Maybe?, Maybe?]>(
    op,
    BATCH_NAMES,
    args,
  );
  const first = (x: Maybe): x is Tensor => isTensor(x) && x.numel() > 0;
  for (const x of [weight, bias]) if (x !== null) checkTensor(op, x);
  let out = input.clone();
  if (first(weight)) out = out.mul(weight.select(0, 0));
  if (first(bias)) out = out.add(bias.select(0, 0));
  return out;
}

const BATCH_NAMES = ["runningMean", "runningVar", "weight", "bias", "training", "momentum", "eps"];

function batch(op: string, input: Tensor, args: readonly unknown[]) {
  const [
    runningMean = null,
    runningVar = null,
    weight = null,
    bias = null,
    training = false,
    momentum = 0.1,
    eps = 1e-5,
  ] = positional<[Maybe?, Maybe?, Maybe?, Maybe?, boolean?, number?, number?]>(op, BATCH_NAMES, args);
  checkTensor(op, input);
  if (input.ndim < 2)
    throw new ShapeError(
      `${op}: expected an input of at least 2 dimensions, got shape ${shapeText(input.shape)}`,
    );
  const channels = input.shape[1]!;
  checkChannels(op, input, { runningMean, runningVar, weight, bias });
  const inner = numelOf(input.shape.slice(2)),
    count = input.shape[0]! * inner;
  const affine = input.shape.map((_, d) => (d === 1 ? channels : 1));
  const frame = {
    shape: input.shape,
    dims: input.shape.map((_, d) => d).filter((d) => d !== 1),
    affine,
    parameter: [channels],
    eps,
    units: channels,
    plan: [input.shape[0]!, inner, inner, channels * inner, channels, 1, 0, 0],
  };
  if (!training) {
    if (runningMean === null || runningVar === null)
      throw new ValueError(`${op}: expected runningMean and runningVar when training is false`);
    const given = untaped(() => ({
      mean: runningMean.reshape(affine),
      rstd: runningVar.add(eps).rsqrt().reshape(affine),
    }));
    return normalized(BATCH, input, weight, bias, frame, given);
  }
  if (count <= 1)
    throw new ValueError(
      `${op}: expected more than 1 value per channel when training, got input size ${shapeText(input.shape)}`,
    );
  const result = normalized(BATCH, input, weight, bias, frame, null);
  follow(runningMean, result.mean.reshape([channels]), momentum);
  follow(runningVar, result.variance!.reshape([channels]), momentum, count / (count - 1));
  return result;
}

/** Moves a running statistic, in place, towards `scale` times what was seen. */
function follow(running: Maybe, seen: Tensor, momentum: number, scale = 1): void {
  if (running !== null)
    untaped(() => running.mul_(1 - momentum).add_(seen.to(running.dtype), { alpha: momentum * scale }));
}

/** @throws ShapeError unless each is null or a vector of one element per channel, DtypeError for statistics of another dtype. */
function checkChannels(op: string, input: Tensor, given: Record<string, Maybe>): void {
  const channels = input.shape[1]!;
  for (const [name, x] of Object.entries(given)) {
    if (x === null) continue;
    checkTensor(op, x);
    if (x.ndim !== 1 || x.numel() !== channels)
      throw new ShapeError(`${op}: ${name} should have shape [${channels}], not ${shapeText(x.shape)}`);
    if (RUNNING.includes(name) && x.dtype !== input.dtype)
      throw new DtypeError(`${op}: expected ${name} of ${input.dtype}, got ${x.dtype}`);
  }
}

/** As `batchNorm`, with the saved mean and reciprocal deviation: `[out, mean, rstd]`. */
export function nativeBatchNorm(
  input: Tensor,
  weight: Maybe,
  bias: Maybe,
  runningMean: Maybe,
  runningVar: Maybe,
  training: boolean,
  momentum: number,
  eps: number,
): Tensor[] {
  const { out, mean, rstd } = batch("nativeBatchNorm", input, [
    runningMean,
    runningVar,
    weight,
    bias,
    training,
    momentum,
    eps,
  ]);
  return training ? [out, mean.reshape([-1]), rstd.reshape([-1])] : [out, out.newZeros(0), out.newZeros(0)];
}

export interface LayerNormArguments {
  weight?: Maybe;
  bias?: Maybe;
  /** Added to the variance; default 1e-5. */
  eps?: number;
}

/** Normalises over the last dimensions, whose sizes are `normalizedShape`. @throws ShapeError where the input does not end in them. */
export function layerNorm(
  input: Tensor,
  normalizedShape: number | readonly number[],
  weight?: Maybe | LayerNormArguments,
  bias?: Maybe | LayerNormArguments,
  eps?: number | LayerNormArguments,
  options?: LayerNormArguments,
): Tensor {
  return layer("layerNorm", input, normalizedShape, [weight, bias, eps, options]).out;
}

function layer(
  op: string,
  input: Tensor,
  normalizedShape: number | readonly number[],
  args: readonly unknown[],
) {
  const [weight = null, bias = null, eps = 1e-5] = positional<[Maybe?, Maybe?, number?]>(
    op,
    ["weight", "bias", "eps"],
    args,
  );
  checkTensor(op, input);
  const sizes = sizesOf(op, "normalizedShape", normalizedShape);
  if (sizes.length === 0)
    throw new ShapeError(`${op}: expected normalizedShape to have at least one dimension`);
  for (const [name, x] of Object.entries({ weight, bias })) {
    if (x === null) continue;
    checkTensor(op, x);
    if (!sameShape(x.shape, sizes))
      throw new ShapeError(
        `${op}: expected ${name} of the same shape as normalizedShape ${shapeText(sizes)}, got ${shapeText(x.shape)}`,
      );
  }
  if (!sameShape(input.shape.slice(Math.max(input.ndim - sizes.length, 0)), sizes))
    throw new ShapeError(
      `${op}: given normalizedShape ${shapeText(sizes)}, expected an input whose shape ends in it, got ${shapeText(input.shape)}`,
    );
  const dims = sizes.map((_, d) => input.ndim - sizes.length + d),
    n = numelOf(sizes);
  return normalized(
    LAYER,
    input,
    weight,
    bias,
    {
      shape: input.shape,
      dims,
      affine: sizes,
      parameter: sizes,
      eps,
      units: numelOf(input.shape.slice(0, dims[0])),
      plan: [1, n, n, n, 1, 0, 0, 1],
    },
    null,
  );
}

/** As `layerNorm`, with the saved mean and reciprocal deviation: `[out, mean, rstd]`. */
export function nativeLayerNorm(
  input: Tensor,
  normalizedShape: readonly number[],
  weight: Maybe,
  bias: Maybe,
  eps: number,
): Tensor[] {
  const { out, mean, rstd } = layer("nativeLayerNorm", input, normalizedShape, [weight, bias, eps]);
  return [out, mean, rstd];
}

/** Normalises groups of channels of each sample of [N, C, ...]. @throws ShapeError unless the groups divide the channels. */
export function groupNorm(
  input: Tensor,
  numGroups: number,
  weight?: Maybe | LayerNormArguments,
  bias?: Maybe | LayerNormArguments,
  eps?: number | LayerNormArguments,
  options?: LayerNormArguments,
): Tensor {
  const [w = null, b = null, e = 1e-5] = positional<[Maybe?, Maybe?, number?]>(
    "groupNorm",
    ["weight", "bias", "eps"],
    [weight, bias, eps, options],
  );
  checkTensor("groupNorm", input);
  if (input.ndim < 2)
    throw new ShapeError(
      `groupNorm: expected an input of at least 2 dimensions, got shape ${shapeText(input.shape)}`,
    );
  const [batchSize, channels] = input.shape as [number, number];
  if (!Number.isInteger(numGroups) || numGroups < 1 || channels % numGroups !== 0)
    throw new ShapeError(
      `groupNorm: expected the number of channels (${channels}) to be divisible by numGroups (${numGroups})`,
    );
  checkChannels("groupNorm", input, { weight: w, bias: b });
  const affine = input.shape.map((_, d) => (d === 1 ? channels : 1)).slice(1);
  const inner = numelOf(input.shape.slice(2)),
    parts = channels / numGroups,
    each = parts * inner;
  if (batchSize * each === 1)
    throw new ValueError(
      `groupNorm: expected more than 1 value per channel when training, got input size ${shapeText(input.shape)}`,
    );
  return normalized(
    GROUP,
    input,
    w,
    b,
    {
      shape: [batchSize, numGroups, each],
      dims: [2],
      affine,
      parameter: [channels],
      eps: e,
      units: batchSize * numGroups,
      plan: [parts, inner, each, inner, numGroups, parts, 1, 0],
    },
    null,
  ).out;
}

export interface InstanceNormArguments {
  runningMean?: Maybe;
  runningVar?: Maybe;
  weight?: Maybe;
  bias?: Maybe;
  /** Use each sample's own statistics; default true. */
  useInputStats?: boolean;
  momentum?: number;
  eps?: number;
}
type InstanceArg = Maybe | boolean | number | InstanceNormArguments;

/** Normalises each channel of each sample of [N, C, ...]. @throws ValueError for a single value per channel. */
export function instanceNorm(
  input: Tensor,
  runningMean?: InstanceArg,
  runningVar?: InstanceArg,
  weight?: InstanceArg,
  bias?: InstanceArg,
  useInputStats?: InstanceArg,
  momentum?: InstanceArg,
  eps?: InstanceArg,
  options?: InstanceNormArguments,
): Tensor {
  const [mean = null, variance = null, w = null, b = null, own = true, m = 0.1, e = 1e-5] = positional<
    [Maybe?, Maybe?, Maybe?, Maybe?, boolean?, number?, number?]
  >(
    "instanceNorm",
    ["runningMean", "runningVar", "weight", "bias", "useInputStats", "momentum", "eps"],
    [runningMean, runningVar, weight, bias, useInputStats, momentum, eps, options],
  );
  checkTensor("instanceNorm", input);
  if (!own) return batchNorm(input, mean, variance, w, b, false, m, e);
  if (input.ndim < 3)
    throw new ShapeError(
      `instanceNorm: expected an input of at least 3 dimensions, got shape ${shapeText(input.shape)}`,
    );
  const [batchSize, channels] = input.shape as [number, number];
  checkChannels("instanceNorm", input, { runningMean: mean, runningVar: variance, weight: w, bias: b });
  const each = numelOf(input.shape.slice(2));
  if (each === 1)
    throw new ValueError(
      `instanceNorm: expected more than 1 spatial element when training, got input size ${shapeText(input.shape)}`,
    );
  const affine = input.shape.map((_, d) => (d === 1 ? channels : 1)).slice(1);
  const result = normalized(
    INSTANCE,
    input,
    w,
    b,
    {
      shape: [batchSize, channels, each],
      dims: [2],
      affine,
      parameter: [channels],
      eps: e,
      units: batchSize * channels,
      plan: [1, each, each, each, channels, 1, 0, 0],
    },
    null,
  );
  follow(mean, result.mean.reshape([batchSize, channels]).mean(0), m);
  follow(variance, result.variance!.reshape([batchSize, channels]).mean(0), m, each / (each - 1));
  return result.out;
}
