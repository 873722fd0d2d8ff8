import { IndexError, ValueError } from "../core/errors.ts";
import { positional } from "../core/options.ts";
import { describe } from "../ops/dispatch.ts";
import { defaultGenerator, type Generator } from "../ops/generator.ts";
import { type Collated, defaultCollate, rowsOf } from "./collate.ts";
import { type DatasetLike, type IterableDataset, lengthOf, TensorDataset } from "./dataset.ts";
import { BatchSampler, drawSeed, RandomSampler, SequentialSampler } from "./sampler.ts";

type Numbers = Iterable<number> & { readonly length?: number };
type Batches = Iterable<readonly number[]> & { readonly length?: number };

export interface DataLoaderOptions<B> {
  /** Samples in a batch; default 1. With null, samples come one by one as they are. */
  batchSize?: number | null;
  /** A new random order in each pass; default false. */
  shuffle?: boolean;
  /** The order of samples, instead of `shuffle`. */
  sampler?: Numbers | null;
  /** The numbers of each batch, instead of all of the above. */
  batchSampler?: Batches | null;
  /** Accepted for PyTorch's sake: samples are loaded on this thread. */
  numWorkers?: number;
  /** Makes a batch of samples; default `defaultCollate`. */
  collateFn?: ((samples: any[]) => B) | null;
  /** Leaves out a last batch that is not full; default false. */
  dropLast?: boolean;
  /** Where orders come from; default the global generator. */
  generator?: Generator | null;
}

/**
 * Batches of a dataset, in PyTorch's order for the same seed. Iterate with `for (const [x, y] of loader)`, or with
 * `for await` where samples are promises. It opens no scope: use `torch.steps(loader)` for that.
 */
export class DataLoader<T = any, B = Collated<NonNullable<T>>> {
  readonly batchSize: number | null;
  readonly dropLast: boolean;
  readonly sampler: Numbers | null;
  readonly batchSampler: Batches | null;
  readonly generator: Generator | null;
  readonly collateFn: ((samples: any[]) => B) | null;

  /** @throws ValueError for options that exclude each other. */
  constructor(
    readonly dataset: DatasetLike<T> | Iterable<T> | AsyncIterable<T> | IterableDataset,
    batchSize?: number | null | DataLoaderOptions<B>,
    shuffle?: boolean | DataLoaderOptions<B>,
    options?: DataLoaderOptions<B>,
  ) {
    const [size, mixed = false, sampler, batchSampler, , collateFn, dropLast = false, generator] = positional<
      [
        DataLoaderOptions<B>["batchSize"],
        boolean?,
        Numbers?,
        Batches?,
        number?,
        DataLoaderOptions<B>["collateFn"]?,
        boolean?,
        Generator?,
      ]
    >(
      "DataLoader",
      ["batchSize", "shuffle", "sampler", "batchSampler", "numWorkers", "collateFn", "dropLast", "generator"],
      [batchSize, shuffle, options],
    );
    const refuse = (rule: string): never => {
      throw new ValueError(`DataLoader: ${rule}`);
    };
    if (
      typeof dataset !== "object" ||
      dataset === null ||
      !(isStream(dataset) || typeof (dataset as DatasetLike).at === "function")
    )
      refuse(`a dataset has a length and at(index), or can be iterated over; got ${describe(dataset)}`);
    if (sampler && mixed) refuse("sampler option is mutually exclusive with shuffle");
    if (batchSampler && (sampler || mixed || dropLast || (size !== undefined && size !== 1)))
      refuse("batchSampler option is mutually exclusive with batchSize, shuffle, sampler, and dropLast");
    if (size === null && dropLast)
      refuse("batchSize null disables batching and is mutually exclusive with dropLast");
    if (isStream(dataset) && (mixed || sampler || batchSampler))
      refuse(
        "a dataset that is iterated over decides its order itself: shuffle, sampler and batchSampler exclude it",
      );
    this.generator = generator ?? null;
    this.batchSize = batchSampler ? null : size === undefined ? 1 : size;
    this.dropLast = dropLast;
    this.collateFn = collateFn ?? null;
    if (isStream(dataset)) {
      this.sampler = null;
      this.batchSampler = null;
      if (this.batchSize !== null && !(Number.isInteger(this.batchSize) && this.batchSize > 0))
        refuse(`batchSize should be a positive integer, got ${this.batchSize}`);
      return;
    }
    lengthOf(dataset as DatasetLike);
    this.sampler =
      sampler ??
      (mixed
        ? new RandomSampler(dataset as DatasetLike, { generator: this.generator })
        : new SequentialSampler(dataset as DatasetLike));
    this.batchSampler =
      batchSampler ??
      (this.batchSize === null ? null : new BatchSampler(this.sampler, this.batchSize, dropLast));
  }

  /** Number of batches in a pass. @throws ValueError where the dataset or a sampler has no length. */
  get length(): number {
    const counted = this.batchSampler ?? this.sampler;
    if (typeof counted?.length !== "number") throw new ValueError("DataLoader: there is no length to tell");
    return counted.length;
  }

  *[Symbol.iterator](): Iterator<B> {
    drawSeed(this.generator ?? defaultGenerator());
    const { dataset } = this;
    if (isStream(dataset)) {
      if (!(Symbol.iterator in dataset))
        throw new ValueError("DataLoader: the dataset is asynchronous; use for await");
      yield* this.streamed(dataset as Iterable<unknown>);
      return;
    }
    for (const numbers of this.batchSampler ?? this.sampler!) yield this.fetch(numbers);
  }

  async *[Symbol.asyncIterator](): AsyncIterator<B> {
    drawSeed(this.generator ?? defaultGenerator());
    const { dataset } = this;
    if (isStream(dataset)) {
      let batch: unknown[] = [];
      for await (const sample of dataset as AsyncIterable<unknown>) {
        if (this.batchSize === null) yield this.single(sample);
        else if (batch.push(sample) === this.batchSize) {
          yield this.collate(batch);
          batch = [];
        }
      }
      if (batch.length > 0 && !this.dropLast) yield this.collate(batch);
      return;
    }
    const samples = dataset as DatasetLike;
    for (const numbers of this.batchSampler ?? this.sampler!)
      yield typeof numbers === "number"
        ? this.single(await sampleAt(samples, numbers))
        : (this.wholeRows(numbers) ??
          this.collate(await Promise.all(numbers.map((i) => sampleAt(samples, i)))));
  }

  private *streamed(dataset: Iterable<unknown>): Iterable<B> {
    let batch: unknown[] = [];
    for (const sample of dataset) {
      if (this.batchSize === null) yield this.single(settled(sample));
      else if (batch.push(settled(sample)) === this.batchSize) {
        yield this.collate(batch);
        batch = [];
      }
    }
    if (batch.length > 0 && !this.dropLast) yield this.collate(batch);
  }

  private fetch(numbers: number | readonly number[]): B {
    const dataset = this.dataset as DatasetLike;
    if (typeof numbers === "number") return this.single(settled(sampleAt(dataset, numbers)));
    return this.wholeRows(numbers) ?? this.collate(numbers.map((i) => settled(sampleAt(dataset, i))));
  }

  /** The batch in one copy per tensor, where that is what collating the samples would give. */
  private wholeRows(numbers: readonly number[]): B | null {
    const { dataset } = this;
    const plain =
      this.collateFn === null &&
      dataset instanceof TensorDataset &&
      dataset.at === TensorDataset.prototype.at &&
      numbers.every((i) => i >= 0);
    return plain ? (rowsOf(dataset.tensors, numbers) as B) : null;
  }

  private collate(samples: unknown[]): B {
    return (this.collateFn ?? (defaultCollate as (samples: unknown[]) => B))(samples);
  }

  private single(sample: unknown): B {
    return this.collateFn ? this.collateFn(sample as never) : (sample as B);
  }
}

/** Whether a dataset can only be gone through. */
function isStream(dataset: object): boolean {
  return (
    (Symbol.iterator in dataset || Symbol.asyncIterator in dataset) &&
    typeof (dataset as Partial<DatasetLike>).at !== "function"
  );
}

function sampleAt(dataset: DatasetLike, i: number): unknown {
  if (Array.isArray(dataset) && !(i in dataset))
    throw new IndexError(`DataLoader: index ${i} is out of range for ${dataset.length} samples`);
  return dataset.at(i);
}

function settled(sample: unknown): unknown {
  if (typeof (sample as PromiseLike<unknown> | null)?.then === "function")
    throw new ValueError("DataLoader: a sample is a promise; iterate with for await");
  return sample;
}
