import { COMPUTE, type DTypeLike, float64, getDefaultDtype, int64, toDType } from "../core/dtype.ts";
import { DtypeError, ShapeError, ValueError } from "../core/errors.ts";
import { isOptions, positional } from "../core/options.ts";
import { type Shape, shapeText, toShape } from "../core/shape.ts";
import { kernels } from "../memory/wasm.ts";
import { addressOf, empty, isTensor, type Tensor, written } from "../tensor/tensor.ts";
import { type CreationOptions, finish, tensor } from "./creation.ts";
import { checkTensor } from "./dispatch.ts";
import {
  bernoulliOf,
  checkRange,
  exponential_,
  generatorOf,
  integers,
  normal_,
  uniform_,
} from "./fillrandom.ts";
import type { Generator } from "./generator.ts";
import { fromNumbers } from "./numbers.ts";

export interface RandomOptions extends CreationOptions {
  /** Where the numbers come from; default the global generator. */
  generator?: Generator | null;
}
const OPTIONS = ["dtype", "device", "requiresGrad", "out", "generator"] as const;

export type RandomSizes =
  | [...sizes: number[]]
  | [...sizes: number[], options: RandomOptions]
  | [size: readonly number[], options?: RandomOptions];

interface Parsed {
  shape: number[];
  dtype: DTypeLike | undefined;
  generator: Generator | null | undefined;
  options: RandomOptions;
}

function parse(op: string, args: readonly unknown[]): Parsed {
  const last = args[args.length - 1];
  const given = isOptions(last) ? last : undefined;
  const [size, dtype, device, requiresGrad, out, generator] = given
    ? positional(op, ["size", ...OPTIONS], [given])
    : [];
  const shape = toShape(op, size !== undefined ? [size] : given ? args.slice(0, -1) : args);
  return { shape, dtype, generator, options: { device, requiresGrad, out } };
}

/** Numbers uniform in [0, 1): `rand(2, 3)`, `rand([2, 3], { dtype, generator })`. */
export function rand(...args: RandomSizes): Tensor {
  const { shape, dtype, generator, options } = parse("rand", args);
  return finish(
    "rand",
    uniform_(empty(shape, dtype ? toDType(dtype) : getDefaultDtype()), 0, 1, { generator }),
    options,
  );
}

/** Standard normal numbers: `randn(2, 3)`, `randn([2, 3], { dtype, generator })`. */
export function randn(...args: RandomSizes): Tensor {
  const { shape, dtype, generator, options } = parse("randn", args);
  return finish(
    "randn",
    normal_(empty(shape, dtype ? toDType(dtype) : getDefaultDtype()), 0, 1, { generator }),
    options,
  );
}

/** Integers uniform in [low, high): `randint(high, size)` or `randint(low, high, size)`; int64 unless `dtype` says otherwise. @throws ValueError unless low < high. */
export function randint(
  low: number,
  high: number | Shape,
  size?: Shape | RandomOptions,
  options?: RandomOptions,
): Tensor {
  const short = Array.isArray(high);
  const [from, to, shape, dtype, device, requiresGrad, out, generator] = short
    ? positional("randint", ["low", "high", "size", ...OPTIONS], [0, low, high, size])
    : positional("randint", ["low", "high", "size", ...OPTIONS], [low, high, size, options]);
  const [a, b] = to === undefined ? [0, from] : [from, to];
  checkRange("randint", a, b);
  const values = empty(toShape("randint", [shape]), int64);
  integers(values, a, b - a, generatorOf(generator));
  return finish("randint", dtype ? values.to(toDType(dtype)) : values, { device, requiresGrad, out });
}

/** A random order of the integers below n, int64 unless `dtype` says otherwise. */
export function randperm(n: number | (RandomOptions & { n: number }), options?: RandomOptions): Tensor {
  const [count, dtype, device, requiresGrad, out, generator] = positional(
    "randperm",
    ["n", ...OPTIONS],
    [n, options],
  );
  if (!Number.isInteger(count) || count < 0)
    throw new ValueError(`randperm: n must be a non-negative integer, got ${count}`);
  const values = empty([count], int64);
  if (count > 0) kernels.randperm(generatorOf(generator).address, addressOf(values), count);
  return finish("randperm", dtype ? written(values).to(toDType(dtype)) : written(values), {
    device,
    requiresGrad,
    out,
  });
}

/** Normal numbers of given mean and standard deviation: tensors (which broadcast), or numbers with a `size`. */
export function normal(
  mean: Tensor | number,
  std?: Tensor | number | object,
  size?: Shape | RandomOptions,
  options?: RandomOptions,
): Tensor {
  const [mu = 0, sigma = 1, shape, dtype, device, requiresGrad, out, generator] = positional(
    "normal",
    ["mean", "std", "size", ...OPTIONS],
    [mean, std, size, options],
  );
  if (!isTensor(mu) && !isTensor(sigma)) {
    if (shape === undefined)
      throw new ShapeError("normal: a size is needed where mean and std are both numbers");
    return finish(
      "normal",
      normal_(empty(toShape("normal", [shape]), dtype ? toDType(dtype) : getDefaultDtype()), mu, sigma, {
        generator,
      }),
      { device, requiresGrad, out },
    );
  }
  const like: Tensor = isTensor(mu) ? (isTensor(sigma) ? mu.detach().add(sigma.detach()) : mu) : sigma;
  if (isTensor(sigma) ? sigma.lt(0).any().item() : sigma < 0)
    throw new ValueError("normal: expects all elements of std to be >= 0.0");
  const drawn = normal_(empty(like.shape, like.dtype), 0, 1, { generator });
  const plain = (x: Tensor | number) => (isTensor(x) ? x.detach() : x);
  return finish("normal", drawn.mul(plain(sigma)).add(plain(mu)), { device, requiresGrad, out });
}

/** 1 with each element's probability, else 0, in the dtype of `input`; with `p`, that probability for all. */
export function bernoulli(
  input: Tensor,
  p?: number | { p?: number; generator?: Generator; out?: Tensor },
  options?: RandomOptions,
): Tensor {
  checkTensor("bernoulli", input);
  const [chance, generator, out] = positional("bernoulli", ["p", "generator", "out"], [p, options]);
  if (chance !== undefined)
    return finish("bernoulli", empty(input.shape, input.dtype).bernoulli_(chance, { generator }), { out });
  return finish("bernoulli", bernoulliOf("bernoulli", input, generator).to(input.dtype), { out });
}

/** Poisson-distributed counts of each element's rate. @throws ValueError for a negative rate. */
export function poisson(input: Tensor, options?: { generator?: Generator | null } | Generator): Tensor {
  checkTensor("poisson", input);
  const [generator] = positional<[Generator?]>("poisson", ["generator"], [options]);
  if (!input.dtype.isFloatingPoint) throw new DtypeError(`poisson: not implemented for ${input.dtype}`);
  const rates = input.detach().to(float64).toTypedArray() as Float64Array;
  if (rates.some((rate) => !(rate >= 0))) throw new ValueError("poisson: expected rates to be non-negative");
  const stream = generatorOf(generator);
  return fromNumbers(
    rates.map((rate) => (rate >= 10 ? poissonLarge(rate, stream) : poissonSmall(rate, stream))),
    input.shape,
  ).to(input.dtype);
}

/** Multiplies uniform numbers until they pass exp(-rate) (Knuth). */
function poissonSmall(rate: number, stream: Generator): number {
  if (rate === 0) return 0;
  const least = Math.exp(-rate);
  let count = 0;
  for (let product = stream.uniform(); product > least; product *= stream.uniform()) count++;
  return count;
}

/** Transformed rejection (Hoermann, 1993), with PyTorch's constants. */
function poissonLarge(rate: number, stream: Generator): number {
  const b = 0.931 + 2.53 * Math.sqrt(rate),
    a = -0.059 + 0.02483 * b;
  const inverseAlpha = 1.1239 + 1.1328 / (b - 3.4),
    vr = 0.9277 - 3.6224 / (b - 2);
  for (;;) {
    const u = stream.uniform() - 0.5,
      v = stream.uniform();
    const us = 0.5 - Math.abs(u);
    const k = Math.floor(((2 * a) / us + b) * u + rate + 0.43);
    if (us >= 0.07 && v <= vr) return k;
    if (k < 0 || (us < 0.013 && v > us)) continue;
    const logFactorial = tensor(k + 1, { dtype: float64 })
      .lgamma()
      .item() as number;
    const bound = -rate + k * Math.log(rate) - logFactorial;
    if (Math.log(v) + Math.log(inverseAlpha) - Math.log(a / (us * us) + b) <= bound) return k;
  }
}

/**
 * Draws `numSamples` category indices per row of weights, which need not sum to 1: [n] or [rows, n].
 * @throws ValueError for negative, infinite or all-zero weights, or more samples than non-zero weights without replacement.
 */
export function multinomial(
  input: Tensor,
  numSamples: number | object,
  replacement?: boolean | RandomOptions,
  options?: RandomOptions,
): Tensor {
  const [samples, again = false, generator, out] = positional(
    "multinomial",
    ["numSamples", "replacement", "generator", "out"],
    [numSamples, replacement, options],
  );
  checkTensor("multinomial", input);
  if (input.ndim < 1 || input.ndim > 2)
    throw new ShapeError(`multinomial: weights must be 1 or 2 dimensional, got ${shapeText(input.shape)}`);
  if (!input.dtype.isFloatingPoint)
    throw new ValueError(`multinomial: expects floating-point weights, got ${input.dtype}`);
  const n = input.shape[input.ndim - 1]!;
  if (!Number.isInteger(samples) || samples < 1)
    throw new ValueError(`multinomial: cannot sample ${samples} samples`);
  if (!again && samples > n)
    throw new ValueError(`multinomial: cannot sample ${samples} of ${n} categories without replacement`);
  const rows = input.detach().to(COMPUTE[input.dtype.domain]).reshape([-1, n]);
  const weights = rows.toTypedArray() as Weights;
  for (let r = 0; r < rows.shape[0]!; r++) {
    const row = weights.subarray(r * n, (r + 1) * n);
    const positive = row.filter((w) => w > 0).length;
    if (row.some((w) => !(w >= 0) || w === Number.POSITIVE_INFINITY))
      throw new ValueError("multinomial: weights must be finite and >= 0");
    if (positive === 0) throw new ValueError("multinomial: the sum of weights must be > 0");
    if (!again && positive < samples)
      throw new ValueError(
        `multinomial: not enough non-zero categories (${positive}) for ${samples} samples`,
      );
  }
  const stream = generatorOf(generator);
  const picks = again
    ? withReplacement(weights, n, samples, stream)
    : withoutReplacement(rows, n, samples, stream);
  const shape = input.ndim === 1 ? [samples] : [rows.shape[0]!, samples];
  return finish("multinomial", tensor(BigInt64Array.from(picks, BigInt)).reshape(shape), { out });
}

/** The categories with the largest weight / exponential: a race that each wins with its weight's chance. */
function withoutReplacement(rows: Tensor, n: number, samples: number, stream: Generator): number[] {
  const scores = rows
    .div(exponential_(empty(rows.shape, rows.dtype), 1, { generator: stream }))
    .toTypedArray() as Weights;
  const picks: number[] = [];
  for (let r = 0; r < rows.shape[0]!; r++) {
    const order = Array.from({ length: n }, (_, i) => i).sort(
      (a, b) => scores[r * n + b]! - scores[r * n + a]! || a - b,
    );
    picks.push(...order.slice(0, samples));
  }
  return picks;
}

type Weights = Float32Array | Float64Array;

function withReplacement(weights: Weights, n: number, samples: number, stream: Generator): number[] {
  const picks: number[] = [];
  for (let r = 0; r * n < weights.length; r++) {
    const cumulative = weights.slice(r * n, (r + 1) * n);
    for (let i = 1; i < n; i++) cumulative[i]! += cumulative[i - 1]!;
    const sum = cumulative[n - 1]!;
    for (let i = 0; i < n; i++) cumulative[i] = cumulative[i]! / sum;
    cumulative[n - 1] = 1;
    for (let k = 0; k < samples; k++) {
      const u = stream.uniform();
      let low = 0,
        high = n;
      while (low < high) {
        const middle = (low + high) >> 1;
        if (cumulative[middle]! < u) low = middle + 1;
        else high = middle;
      }
      picks.push(low);
    }
  }
  return picks;
}

type LikeOptions = Omit<RandomOptions, "out">;
const likeOptions = (op: string, input: Tensor, options: LikeOptions | undefined) => {
  checkTensor(op, input);
  const [dtype, device, requiresGrad, generator] = positional(
    op,
    ["dtype", "device", "requiresGrad", "generator"],
    [options],
  );
  return {
    out: empty(input.shape, dtype ? toDType(dtype) : input.dtype),
    generator,
    more: { device, requiresGrad },
  };
};
/** Numbers uniform in [0, 1) with the shape and dtype of `input`. */
export function randLike(input: Tensor, options?: LikeOptions): Tensor {
  const { out, generator, more } = likeOptions("randLike", input, options);
  return finish("randLike", uniform_(out, 0, 1, { generator }), more);
}
/** Standard normal numbers with the shape and dtype of `input`. */
export function randnLike(input: Tensor, options?: LikeOptions): Tensor {
  const { out, generator, more } = likeOptions("randnLike", input, options);
  return finish("randnLike", normal_(out, 0, 1, { generator }), more);
}
/** Integers uniform in [low, high) with the shape and dtype of `input`: `randintLike(x, high)` or `randintLike(x, low, high)`. */
export function randintLike(
  input: Tensor,
  low: number,
  high?: number | RandomOptions,
  options?: RandomOptions,
): Tensor {
  checkTensor("randintLike", input);
  const [from, to, rest] = typeof high === "number" ? [low, high, options] : [0, low, high];
  return randint(from, to, input.shape, { dtype: input.dtype, ...rest });
}
