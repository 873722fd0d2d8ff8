import { float64 } from "../core/dtype.ts";
import { ValueError } from "../core/errors.ts";
import { positional } from "../core/options.ts";
import { type TensorData, tensor } from "../ops/creation.ts";
import { defaultGenerator, Generator } from "../ops/generator.ts";
import { multinomial, randint, randperm } from "../ops/random.ts";
import { isTensor, type Tensor } from "../tensor/tensor.ts";
import { type DatasetLike, lengthOf } from "./dataset.ts";

/** The order in which samples are taken: it iterates over their numbers. */
export abstract class Sampler<T = number> {
  abstract [Symbol.iterator](): Iterator<T>;
  abstract get length(): number;
}

/** A seed as PyTorch draws it. */
export const drawSeed = (generator: Generator): bigint => BigInt.asUintN(63, generator.random64());

const numbersOf = (x: Tensor): number[] => x.tolist() as number[];

/** One after the other. */
export class SequentialSampler extends Sampler {
  constructor(readonly dataSource: DatasetLike) {
    super();
  }
  get length(): number {
    return lengthOf(this.dataSource);
  }
  *[Symbol.iterator](): Iterator<number> {
    for (let i = 0; i < this.length; i++) yield i;
  }
}

export interface RandomSamplerOptions {
  /** Draws every number anew instead of going through an order; default false. */
  replacement?: boolean;
  /** How many to draw; default as many as there are samples. */
  numSamples?: number | null;
  generator?: Generator | null;
}

/** In random order. Without a generator, each pass seeds one of its own from the global stream. */
export class RandomSampler extends Sampler {
  private readonly settings: [boolean?, (number | null)?, (Generator | null)?];

  constructor(
    readonly dataSource: DatasetLike,
    replacement?: boolean | RandomSamplerOptions,
    numSamples?: number | null | RandomSamplerOptions,
    options?: RandomSamplerOptions,
  ) {
    super();
    this.settings = positional(
      "RandomSampler",
      ["replacement", "numSamples", "generator"],
      [replacement, numSamples, options],
    );
    const count = this.settings[1];
    if (count !== undefined && count !== null && !(Number.isInteger(count) && count > 0))
      throw new ValueError(`RandomSampler: numSamples should be a positive integer, got ${count}`);
  }

  get length(): number {
    return this.settings[1] ?? lengthOf(this.dataSource);
  }

  *[Symbol.iterator](): Iterator<number> {
    const own = this.settings[2];
    if (own) {
      yield* this.draw(own);
      return;
    }
    // Drawn at once, so that the generator's memory need not wait for the collector.
    const generator = new Generator().manualSeed(drawSeed(defaultGenerator()));
    const order = [...this.draw(generator)];
    generator.dispose();
    yield* order;
  }

  private *draw(generator: Generator): Iterable<number> {
    const n = lengthOf(this.dataSource),
      count = this.length;
    if (this.settings[0]) {
      for (let left = count; left > 0; left -= 32)
        yield* numbersOf(randint(0, n, [Math.min(left, 32)], { generator }));
      return;
    }
    for (let left = count; left >= n && n > 0; left -= n) yield* numbersOf(randperm(n, { generator }));
    // As in PyTorch, a permutation is drawn for the rest even where there is none.
    yield* numbersOf(randperm(n, { generator })).slice(0, n > 0 ? count % n : 0);
  }
}

/** Given samples, in random order. */
export class SubsetRandomSampler extends Sampler {
  readonly indices: readonly number[];

  constructor(
    indices: Iterable<number>,
    private readonly options?: { generator?: Generator | null } | Generator | null,
  ) {
    super();
    this.indices = [...indices];
  }
  get length(): number {
    return this.indices.length;
  }
  *[Symbol.iterator](): Iterator<number> {
    const [generator] = positional<[Generator?]>("SubsetRandomSampler", ["generator"], [this.options]);
    for (const i of numbersOf(randperm(this.length, { generator }))) yield this.indices[i]!;
  }
}

export interface WeightedOptions {
  /** Default true. */
  replacement?: boolean;
  generator?: Generator | null;
}

/** Numbers drawn by their weights, which need not sum to 1. */
export class WeightedRandomSampler extends Sampler {
  readonly weights: Tensor;
  private readonly settings: [boolean?, (Generator | null)?];

  constructor(
    weights: TensorData | Tensor,
    readonly numSamples: number,
    replacement?: boolean | WeightedOptions,
    options?: WeightedOptions,
  ) {
    super();
    if (!Number.isInteger(numSamples) || numSamples <= 0)
      throw new ValueError(
        `WeightedRandomSampler: numSamples should be a positive integer, got ${numSamples}`,
      );
    this.settings = positional("WeightedRandomSampler", ["replacement", "generator"], [replacement, options]);
    this.weights = isTensor(weights) ? weights.to(float64) : tensor(weights, { dtype: float64 });
    if (this.weights.ndim !== 1)
      throw new ValueError("WeightedRandomSampler: weights should be a one-dimensional sequence");
  }
  get length(): number {
    return this.numSamples;
  }
  *[Symbol.iterator](): Iterator<number> {
    const [replacement = true, generator] = this.settings;
    yield* numbersOf(
      multinomial(this.weights, this.numSamples, replacement, { generator: generator ?? null }),
    );
  }
}

/** Batches of another sampler's numbers. */
export class BatchSampler extends Sampler<number[]> {
  /** @throws ValueError unless `batchSize` is a positive integer. */
  constructor(
    readonly sampler: Iterable<number> & { readonly length?: number },
    readonly batchSize: number,
    readonly dropLast: boolean,
  ) {
    super();
    if (!Number.isInteger(batchSize) || batchSize <= 0)
      throw new ValueError(`BatchSampler: batchSize should be a positive integer, got ${batchSize}`);
  }
  get length(): number {
    const { length } = this.sampler;
    if (length === undefined) throw new ValueError("BatchSampler: the sampler has no length");
    return this.dropLast ? Math.floor(length / this.batchSize) : Math.ceil(length / this.batchSize);
  }
  *[Symbol.iterator](): Iterator<number[]> {
    let batch: number[] = [];
    for (const i of this.sampler) {
      batch.push(i);
      if (batch.length < this.batchSize) continue;
      yield batch;
      batch = [];
    }
    if (batch.length > 0 && !this.dropLast) yield batch;
  }
}
