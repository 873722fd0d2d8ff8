// Fills parameters in place, off the tape. Draws come from the global generator, as PyTorch's do.

import { untaped } from "../autograd/untaped.ts";
import { float64 } from "../core/dtype.ts";
import { ShapeError, ValueError } from "../core/errors.ts";
import { positional } from "../core/options.ts";
import { numelOf, shapeText } from "../core/shape.ts";
import { filled } from "../ops/creation.ts";
import { checkTensor } from "../ops/dispatch.ts";
import * as random from "../ops/fillrandom.ts";
import { fromNumbers } from "../ops/numbers.ts";
import { randn, randperm } from "../ops/random.ts";
import { replaceData } from "../tensor/raw.ts";
import type { Tensor } from "../tensor/tensor.ts";

export type Nonlinearity =
  | "linear"
  | "conv1d"
  | "conv2d"
  | "conv3d"
  | "convTranspose1d"
  | "convTranspose2d"
  | "convTranspose3d"
  | "sigmoid"
  | "tanh"
  | "relu"
  | "leakyRelu"
  | "leaky_relu"
  | "selu";

const GAINS: Record<string, number> = { tanh: 5 / 3, relu: Math.SQRT2, selu: 3 / 4, sigmoid: 1 };

/** The factor by which a layer in front of `nonlinearity` keeps the scale of its input; `param` is a leaky rectifier's slope, default 0.01. */
export function calculateGain(nonlinearity: Nonlinearity, param?: number | { param?: number }): number {
  const [slope = 0.01] = positional<[number?]>("calculateGain", ["param"], [param]);
  if (/^leaky_?relu$/i.test(nonlinearity)) return Math.sqrt(2 / (1 + slope ** 2));
  const gain = /^(linear|conv(_?[tT]ranspose)?[123]d)$/.test(nonlinearity) ? 1 : GAINS[nonlinearity];
  if (gain === undefined) throw new ValueError(`calculateGain: unknown nonlinearity ${nonlinearity}`);
  return gain;
}

/** Inputs and outputs per unit of a weight: [outputs, inputs, ...kernel]. */
function fansOf(op: string, tensor: Tensor): [fanIn: number, fanOut: number] {
  checkTensor(op, tensor);
  if (tensor.ndim < 2)
    throw new ShapeError(
      `${op}: fan in and fan out need a tensor of at least 2 dimensions, got ${shapeText(tensor.shape)}`,
    );
  const field = numelOf(tensor.shape.slice(2));
  return [tensor.shape[1]! * field, tensor.shape[0]! * field];
}

/** Fills with numbers uniform in [a, b); by default in [0, 1). */
export function uniform_(tensor: Tensor, a?: number | object, b?: number | object): Tensor {
  checkTensor("uniform_", tensor);
  const [from = 0, to = 1] = positional<[number?, number?]>("uniform_", ["a", "b"], [a, b]);
  return untaped(() => random.uniform_(tensor, from, to));
}
/** Fills with normal numbers; mean 0 and std 1 by default. */
export function normal_(tensor: Tensor, mean?: number | object, std?: number | object): Tensor {
  checkTensor("normal_", tensor);
  const [mu = 0, sigma = 1] = positional<[number?, number?]>("normal_", ["mean", "std"], [mean, std]);
  return untaped(() => random.normal_(tensor, mu, sigma));
}

function overwrite(tensor: Tensor, values: Tensor): Tensor {
  replaceData(tensor, values);
  return tensor;
}

/** Fills with one value. */
export function constant_(tensor: Tensor, val: number | { val: number }): Tensor {
  checkTensor("constant_", tensor);
  const [value] = positional<[number]>("constant_", ["val"], [val]);
  return overwrite(tensor, filled([], value, tensor.dtype));
}
/** Fills with zeros. */
export function zeros_(tensor: Tensor): Tensor {
  return constant_(tensor, 0);
}
/** Fills with ones. */
export function ones_(tensor: Tensor): Tensor {
  return constant_(tensor, 1);
}

/** The identity matrix, as far as a matrix of another shape can be it. @throws ShapeError unless two-dimensional. */
export function eye_(tensor: Tensor): Tensor {
  checkTensor("eye_", tensor);
  if (tensor.ndim !== 2)
    throw new ShapeError(
      `eye_: only tensors with 2 dimensions are supported, got ${shapeText(tensor.shape)}`,
    );
  return ones_(zeros_(tensor).detach().diagonal()) && tensor;
}

/**
 * The identity of a convolution: weight [outputs, inputs, ...kernel], in `groups` groups, gets a 1 in the middle of the
 * kernel where an output belongs to its input. @throws ShapeError or ValueError for other ranks than 3 to 5, and outputs that the groups do not divide.
 */
export function dirac_(tensor: Tensor, groups?: number | { groups?: number }): Tensor {
  checkTensor("dirac_", tensor);
  const [count = 1] = positional<[number?]>("dirac_", ["groups"], [groups]);
  const { shape } = tensor;
  if (shape.length < 3 || shape.length > 5)
    throw new ShapeError(
      `dirac_: only tensors with 3, 4, or 5 dimensions are supported, got ${shapeText(shape)}`,
    );
  if (!Number.isInteger(count) || count < 1 || shape[0]! % count !== 0)
    throw new ValueError(`dirac_: the ${shape[0]} outputs must be divisible by groups, got ${count}`);
  const outputs = shape[0]! / count,
    side = Math.min(outputs, shape[1]!);
  zeros_(tensor);
  const center = shape.slice(2).map((size) => Math.floor(size / 2));
  for (let g = 0; g < count; g++)
    for (let d = 0; d < side; d++) {
      let at = tensor
        .detach()
        .select(0, g * outputs + d)
        .select(0, d);
      for (const c of center) at = at.select(0, c);
      ones_(at);
    }
  return tensor;
}

/** Uniform within gain * sqrt(6 / (fanIn + fanOut)) (Glorot and Bengio, 2010): keeps the scale of activations and gradients. */
export function xavierUniform_(tensor: Tensor, gain?: number | { gain?: number }): Tensor {
  const [factor = 1] = positional<[number?]>("xavierUniform_", ["gain"], [gain]);
  const [fanIn, fanOut] = fansOf("xavierUniform_", tensor);
  const bound = Math.sqrt(3) * factor * Math.sqrt(2 / (fanIn + fanOut));
  return uniform_(tensor, -bound, bound);
}
/** Normal with deviation gain * sqrt(2 / (fanIn + fanOut)) (Glorot and Bengio, 2010). */
export function xavierNormal_(tensor: Tensor, gain?: number | { gain?: number }): Tensor {
  const [factor = 1] = positional<[number?]>("xavierNormal_", ["gain"], [gain]);
  const [fanIn, fanOut] = fansOf("xavierNormal_", tensor);
  return normal_(tensor, 0, factor * Math.sqrt(2 / (fanIn + fanOut)));
}

export interface KaimingOptions {
  /** Slope of a leaky rectifier; default 0. */
  a?: number;
  /** Keeps the scale of activations ("fanIn", the default) or of gradients ("fanOut"). */
  mode?: "fanIn" | "fanOut" | "fan_in" | "fan_out";
  /** Default "leakyRelu". */
  nonlinearity?: Nonlinearity;
}

function kaimingStd(op: string, tensor: Tensor, args: readonly unknown[]): number {
  const [a = 0, mode = "fanIn", nonlinearity = "leakyRelu"] = positional<
    [number?, KaimingOptions["mode"]?, Nonlinearity?]
  >(op, ["a", "mode", "nonlinearity"], args);
  if (!/^fan_?(in|out)$/i.test(mode))
    throw new ValueError(`${op}: mode must be "fanIn" or "fanOut", got ${String(mode)}`);
  const fans = fansOf(op, tensor);
  return calculateGain(nonlinearity, a) / Math.sqrt(fans[/in$/i.test(mode) ? 0 : 1]);
}

/** Uniform within gain * sqrt(3 / fan) (He et al., 2015): keeps the scale of activations through rectifiers. */
export function kaimingUniform_(
  tensor: Tensor,
  a?: number | KaimingOptions,
  mode?: KaimingOptions["mode"] | KaimingOptions,
  nonlinearity?: Nonlinearity | KaimingOptions,
): Tensor {
  checkTensor("kaimingUniform_", tensor);
  if (tensor.numel() === 0) return tensor;
  const bound = Math.sqrt(3) * kaimingStd("kaimingUniform_", tensor, [a, mode, nonlinearity]);
  return uniform_(tensor, -bound, bound);
}
/** Normal with deviation gain / sqrt(fan) (He et al., 2015). */
export function kaimingNormal_(
  tensor: Tensor,
  a?: number | KaimingOptions,
  mode?: KaimingOptions["mode"] | KaimingOptions,
  nonlinearity?: Nonlinearity | KaimingOptions,
): Tensor {
  checkTensor("kaimingNormal_", tensor);
  if (tensor.numel() === 0) return tensor;
  return normal_(tensor, 0, kaimingStd("kaimingNormal_", tensor, [a, mode, nonlinearity]));
}

/** Normal numbers within [a, b]; by default of mean 0 and std 1 within [-2, 2]. */
export function truncNormal_(
  tensor: Tensor,
  mean?: number | object,
  std?: number | object,
  a?: number | object,
  b?: number | object,
): Tensor {
  checkTensor("truncNormal_", tensor);
  const [mu = 0, sigma = 1, low = -2, high = 2] = positional<[number?, number?, number?, number?]>(
    "truncNormal_",
    ["mean", "std", "a", "b"],
    [mean, std, a, b],
  );
  return untaped(() => {
    const below = (x: number) =>
      filled([], (x - mu) / sigma / Math.SQRT2, float64)
        .erf()
        .item() as number;
    random.uniform_(tensor, below(low), below(high));
    return tensor
      .erfinv_()
      .mul_(sigma * Math.SQRT2)
      .add_(mu)
      .clamp_(low, high);
  });
}

/** A (semi-)orthogonal matrix (Saxe et al., 2013), of the tensor seen as [first dimension, rest]. */
export function orthogonal_(tensor: Tensor, gain?: number | { gain?: number }): Tensor {
  checkTensor("orthogonal_", tensor);
  const [factor = 1] = positional<[number?]>("orthogonal_", ["gain"], [gain]);
  if (tensor.ndim < 2)
    throw new ShapeError(
      `orthogonal_: only tensors with 2 or more dimensions are supported, got ${shapeText(tensor.shape)}`,
    );
  if (tensor.numel() === 0) return tensor;
  return untaped(() => {
    const rows = tensor.shape[0]!,
      columns = tensor.numel() / rows;
    const drawn = randn([rows, columns], { dtype: tensor.dtype });
    const vectors = (rows < columns ? drawn : drawn.t()).to(float64);
    const q = fromNumbers(
      orthonormalRows(vectors.toTypedArray() as Float64Array, vectors.shape[1]!),
      vectors.shape,
    );
    return overwrite(tensor, (rows < columns ? q : q.t()).reshape(tensor.shape).mul(factor));
  });
}

/** Gram and Schmidt's Q, the one whose R has a positive diagonal; two passes keep it orthogonal to rounding (Giraud et al., 2005). */
function orthonormalRows(vectors: Float64Array, n: number): Float64Array {
  const dot = (a: Float64Array, b: Float64Array): number => {
    let sum = 0;
    for (let i = 0; i < n; i++) sum += a[i]! * b[i]!;
    return sum;
  };
  const done: Float64Array[] = [];
  for (let at = 0; at < vectors.length; at += n) {
    const v = vectors.subarray(at, at + n);
    for (let pass = 0; pass < 2; pass++)
      for (const u of done) {
        const share = dot(u, v);
        for (let i = 0; i < n; i++) v[i]! -= share * u[i]!;
      }
    const length = Math.sqrt(dot(v, v));
    for (let i = 0; i < n; i++) v[i]! /= length;
    done.push(v);
  }
  return vectors;
}

export interface SparseOptions {
  /** Share of each column that is zero. */
  sparsity?: number;
  /** Deviation of the others; default 0.01. */
  std?: number;
}
/** A matrix of normal numbers with a share of zeros in every column (Martens, 2010). */
export function sparse_(
  tensor: Tensor,
  sparsity: number | SparseOptions,
  std?: number | SparseOptions,
): Tensor {
  checkTensor("sparse_", tensor);
  const [share, sigma = 0.01] = positional<[number, number?]>(
    "sparse_",
    ["sparsity", "std"],
    [sparsity, std],
  );
  if (tensor.ndim !== 2)
    throw new ShapeError(
      `sparse_: only tensors with 2 dimensions are supported, got ${shapeText(tensor.shape)}`,
    );
  const [rows, columns] = tensor.shape as [number, number];
  const zeros = Math.ceil(share * rows);
  normal_(tensor, 0, sigma);
  for (let c = 0; c < columns; c++)
    for (const r of (randperm(rows).tolist() as number[]).slice(0, zeros))
      zeros_(tensor.detach().select(0, r).select(0, c));
  return tensor;
}
