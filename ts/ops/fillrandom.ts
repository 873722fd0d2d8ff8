// Methods only: filling a tensor with random numbers, in PyTorch's order and from its stream.
import { checkWritable } from "../autograd/inplace.ts";
import { bool, COMPUTE, type DType, float64, int64 } from "../core/dtype.ts";
import { DtypeError, ValueError } from "../core/errors.ts";
import { positional } from "../core/options.ts";
import { kernels, longs } from "../memory/wasm.ts";
import { copyInto } from "../tensor/raw.ts";
import { addressOf, empty, isTensor, Tensor, written } from "../tensor/tensor.ts";
import { checkInteger } from "./arguments.ts";
import { defaultGenerator, Generator } from "./generator.ts";
import { fromNumbers } from "./numbers.ts";

export interface GeneratorOptions {
  generator?: Generator | null;
}

/** From this many elements on, a contiguous tensor gets its normal values in blocks. */
const BLOCKS_FROM = 16;

/** Fills `target` by `draw`, which fills a row-major tensor. Strided targets are filled in the order of their memory. */
function fill(op: string, target: Tensor, through: DType, draw: (values: Tensor) => void): Tensor {
  checkWritable(op, target);
  if (target.isContiguous() && target.dtype === through) draw(target);
  else {
    const order = target.shape
      .map((_, d) => d)
      .sort((a, b) => target.strides[b]! - target.strides[a]! || a - b);
    const values = empty(
      order.map((d) => target.shape[d]!),
      through,
    );
    draw(values);
    const inMemoryOrder = new Tensor(
      target.storage,
      target.dtype,
      values.shape,
      order.map((d) => target.strides[d]!),
      target.offset,
    );
    copyInto(inMemoryOrder, values);
  }
  target.storage.version++;
  return target;
}

function checkFloat(op: string, target: Tensor): DType {
  if (!target.dtype.isFloatingPoint) throw new DtypeError(`${op}: not implemented for ${target.dtype}`);
  return COMPUTE[target.dtype.domain];
}

/** Calls `next` once per element, in order. */
function each(values: Tensor, next: () => number): void {
  copyInto(values, fromNumbers(Float64Array.from({ length: values.numel() }, next), values.shape));
}

export const generatorOf = (generator: Generator | null | undefined): Generator => {
  if (generator === null || generator === undefined) return defaultGenerator();
  if (!(generator instanceof Generator)) throw new ValueError("generator: expected a torch.Generator");
  return generator;
};

/** Fills with numbers uniform in [from, to). @throws ValueError when from > to. */
export function uniform_(
  input: Tensor,
  from?: number | object,
  to?: number | GeneratorOptions,
  options?: GeneratorOptions,
): Tensor {
  const [a = 0, b = 1, generator] = positional("uniform_", ["from", "to", "generator"], [from, to, options]);
  const through = checkFloat("uniform_", input);
  if (!(a <= b)) throw new ValueError(`uniform_: expects from <= to, but found from=${a} > to=${b}`);
  const stream = generatorOf(generator);
  return fill("uniform_", input, through, (values) => {
    const n = values.numel(),
      run = through === float64 ? kernels.uniform_f64 : kernels.uniform_f32;
    if (n > 0) run(stream.address, addressOf(values), n, a, b);
    written(values);
  });
}

/** Fills with normal numbers. @throws ValueError when std < 0. */
export function normal_(
  input: Tensor,
  mean?: number | object,
  std?: number | GeneratorOptions,
  options?: GeneratorOptions,
): Tensor {
  const [mu = 0, sigma = 1, generator] = positional(
    "normal_",
    ["mean", "std", "generator"],
    [mean, std, options],
  );
  const through = checkFloat("normal_", input);
  if (!(sigma >= 0)) throw new ValueError(`normal_: expects std >= 0.0, but found std=${sigma}`);
  const stream = generatorOf(generator);
  const inBlocks = input.numel() >= BLOCKS_FROM && input.isContiguous();
  return fill("normal_", input, through, (values) => {
    if (!inBlocks) return each(values, () => stream.normal() * sigma + mu);
    const run = through === float64 ? kernels.normal_f64 : kernels.normal_f32;
    run(stream.address, addressOf(values), values.numel(), mu, sigma);
    written(values);
  });
}

/** Fills with exponentially distributed numbers of rate `lambd`. @throws ValueError unless lambd > 0. */
export function exponential_(input: Tensor, lambd?: number | object, options?: GeneratorOptions): Tensor {
  const [rate = 1, generator] = positional("exponential_", ["lambd", "generator"], [lambd, options]);
  const through = checkFloat("exponential_", input);
  if (!(rate > 0)) throw new ValueError(`exponential_: expects lambd > 0.0, but found lambd=${rate}`);
  const stream = generatorOf(generator);
  return fill("exponential_", input, through, (values) => {
    const n = values.numel(),
      run = through === float64 ? kernels.exponential_f64 : kernels.exponential_f32;
    if (n > 0) run(stream.address, addressOf(values), n, rate);
    written(values);
  });
}

/** Fills with numbers of trials up to the first success. @throws ValueError unless 0 < p < 1. */
export function geometric_(input: Tensor, p: number | object, options?: GeneratorOptions): Tensor {
  const [chance, generator] = positional("geometric_", ["p", "generator"], [p, options]);
  if (!(chance > 0 && chance < 1))
    throw new ValueError(`geometric_: expects p to be in (0, 1), but got p=${chance}`);
  const stream = generatorOf(generator);
  return fill("geometric_", input, float64, (values) =>
    each(values, () => Math.ceil(Math.log(stream.uniform()) / Math.log(1 - chance))),
  );
}

/** Fills with Cauchy-distributed numbers. @throws ValueError unless sigma > 0. */
export function cauchy_(
  input: Tensor,
  median?: number | object,
  sigma?: number | GeneratorOptions,
  options?: GeneratorOptions,
): Tensor {
  const [middle = 0, scale = 1, generator] = positional(
    "cauchy_",
    ["median", "sigma", "generator"],
    [median, sigma, options],
  );
  checkFloat("cauchy_", input);
  if (!(scale > 0)) throw new ValueError(`cauchy_: expects sigma > 0.0, but found sigma=${scale}`);
  const stream = generatorOf(generator);
  return fill("cauchy_", input, float64, (values) =>
    each(values, () => middle + scale * Math.tan(Math.PI * (stream.uniform() - 0.5))),
  );
}

/** Fills with numbers whose logarithm is normal. @throws ValueError unless std > 0. */
export function logNormal_(
  input: Tensor,
  mean?: number | object,
  std?: number | GeneratorOptions,
  options?: GeneratorOptions,
): Tensor {
  const [mu = 1, sigma = 2, generator] = positional(
    "logNormal_",
    ["mean", "std", "generator"],
    [mean, std, options],
  );
  checkFloat("logNormal_", input);
  if (!(sigma > 0)) throw new ValueError(`logNormal_: expects std > 0.0, but found std=${sigma}`);
  const stream = generatorOf(generator);
  return fill("logNormal_", input, float64, (values) =>
    each(values, () => Math.exp(stream.normal() * sigma + mu)),
  );
}

/** The largest value that `random_()` draws below, exclusive: what the dtype holds exactly. */
const RANDOM_LIMITS: Record<string, number> = {
  float32: 2 ** 24 + 1,
  float16: 2 ** 11 + 1,
  bfloat16: 2 ** 8 + 1,
  int32: 2 ** 31,
  int16: 2 ** 15,
  int8: 2 ** 7,
  uint8: 2 ** 8,
  bool: 2,
};

/** Fills with integers uniform in [from, to); without limits, from 0 up to what the dtype holds exactly. @throws ValueError unless from < to. */
export function random_(
  input: Tensor,
  from?: number | object,
  to?: number | null | GeneratorOptions,
  options?: GeneratorOptions,
): Tensor {
  const [first, second, generator] = positional("random_", ["from", "to", "generator"], [from, to, options]);
  const stream = generatorOf(generator);
  if (first === undefined)
    return fill("random_", input, int64, (values) => randomFull(values, input.dtype, stream));
  const [low, high] = second === undefined || second === null ? [0, first] : [first, second];
  checkRange("random_", low, high);
  return fill("random_", input, int64, (values) => integers(values, low, high - low, stream));
}

function randomFull(values: Tensor, dtype: DType, stream: Generator): void {
  const limit = RANDOM_LIMITS[dtype.name];
  if (limit !== undefined) {
    integers(values, 0, limit, stream);
    return;
  }
  const n = values.numel(),
    limit64 = dtype === float64 ? 2n ** 53n + 1n : 2n ** 63n,
    drawn = Array.from({ length: n }, () => stream.random64() % limit64);
  const at = addressOf(values) >>> 3;
  drawn.forEach((value, i) => (longs[at + i] = value));
  written(values);
}

/** @throws ValueError unless both are integers, the first the smaller one. */
export function checkRange(op: string, low: number, high: number): void {
  checkInteger(op, "low", low);
  checkInteger(op, "high", high);
  if (!(low < high)) throw new ValueError(`${op}: expects low < high, but found low=${low} >= high=${high}`);
}

/** Fills int64 `values` with `low + random % range`. */
export function integers(values: Tensor, low: number, range: number, stream: Generator): void {
  const n = values.numel();
  if (n > 0) kernels.randint_i64(stream.address, addressOf(values), n, low, range);
  written(values);
}

/** Fills with 1 where chance decides so: `p` a number, or a tensor of probabilities that broadcasts. @throws ValueError unless 0 <= p <= 1. */
export function bernoulli_(input: Tensor, p?: number | Tensor | object, options?: GeneratorOptions): Tensor {
  const [chance = 0.5, generator] = positional("bernoulli_", ["p", "generator"], [p, options]);
  checkWritable("bernoulli_", input);
  const mask = isTensor(chance)
    ? bernoulliOf("bernoulli_", chance.expand(input.shape), generatorOf(generator))
    : bernoulliMask(input.shape, chance, generator);
  copyInto(input, mask);
  input.storage.version++;
  return input;
}

/** A bool tensor that is true with probability `p`: what dropout keeps. */
export function bernoulliMask(shape: readonly number[], p: number, generator?: Generator | null): Tensor {
  if (!(p >= 0 && p <= 1)) throw new ValueError(`bernoulli: expects p to be in [0, 1], but got p=${p}`);
  const out = empty(shape, bool),
    n = out.numel();
  if (n > 0) kernels.bernoulli_b1(generatorOf(generator).address, addressOf(out), n, p);
  return written(out);
}

/** A bool tensor drawn with each element's own probability. */
export function bernoulliOf(op: string, p: Tensor, generator?: Generator | null): Tensor {
  const through = checkFloat(op, p);
  const chances = (p.dtype === through ? p : p.to(through)).detach().contiguous();
  const n = chances.numel();
  if ((chances.toTypedArray() as Float32Array).some((chance) => !(chance >= 0 && chance <= 1)))
    throw new ValueError(`${op}: expects every probability to be in [0, 1]`);
  const out = empty(p.shape, bool);
  const run = through === float64 ? kernels.bernoulliTensor_f64 : kernels.bernoulliTensor_f32;
  if (n > 0) run(generatorOf(generator).address, addressOf(chances), addressOf(out), n);
  return written(out);
}
