import { IndexError, ShapeError, ValueError } from "../core/errors.ts";
import { positional } from "../core/options.ts";
import { tensor } from "../ops/creation.ts";
import { defaultGenerator, type Generator } from "../ops/generator.ts";
import { randperm } from "../ops/random.ts";
import { isTensor, type Tensor } from "../tensor/tensor.ts";

/** What can be asked for: one sample's number, a slice such as `"0:64"`, or several numbers. */
export type SampleIndex = number | string | readonly number[] | Tensor;

/** Samples by number: anything with a `length` and `at(index)`, so an array is one too. */
export interface DatasetLike<T = unknown> {
  readonly length: number;
  at(index: number): T;
}

interface Sliced<T> {
  at(index: SampleIndex): T;
}

/** Base of datasets: a subclass has `get length()` and `at(index)`. */
export abstract class Dataset<T = unknown> implements DatasetLike<T> {
  abstract get length(): number;
  abstract at(index: number): T;
}

/** Base of datasets that only give their samples in order: a subclass has `[Symbol.iterator]`, or `[Symbol.asyncIterator]`. */
export abstract class IterableDataset {}

/** Number `i` counted from the front. @throws IndexError when there is none such. */
function sampleNumber(index: number, length: number): number {
  const i = index < 0 ? index + length : index;
  if (!(Number.isInteger(i) && i >= 0 && i < length))
    throw new IndexError(`dataset: index ${index} is out of range for ${length} samples`);
  return i;
}

/** Tensors side by side: sample `i` is the array of their entries `i` along the first dimension. */
export class TensorDataset<T extends Tensor[] = Tensor[]> extends Dataset<T> {
  readonly tensors: T;

  /** @throws ShapeError unless all have the same first dimension. */
  constructor(...tensors: T) {
    super();
    if (tensors.length === 0 || !tensors.every(isTensor))
      throw new ValueError("TensorDataset: expected one tensor or more");
    const sizes = tensors.map((x) => x.shape[0]);
    if (sizes.some((size) => size === undefined || size !== sizes[0]))
      throw new ShapeError(`TensorDataset: first dimensions differ: ${sizes.join(", ")}`);
    this.tensors = tensors;
  }

  get length(): number {
    return this.tensors[0]!.shape[0]!;
  }

  /** The entries at a number, a slice such as `"0:64"`, a list of numbers or an index tensor. */
  at(index: SampleIndex): T {
    if (typeof index !== "number") return this.tensors.map((x) => x.at(index)) as T;
    const i = sampleNumber(index, this.length);
    return this.tensors.map((x) => x.select(0, i)) as T;
  }
}

/** Some samples of another dataset. */
export class Subset<T = unknown> extends Dataset<T> {
  constructor(
    readonly dataset: DatasetLike<T>,
    readonly indices: readonly number[],
  ) {
    super();
  }

  get length(): number {
    return this.indices.length;
  }

  /** A sample; for a slice or several numbers, what the dataset gives for those. */
  at(index: Exclude<SampleIndex, number>): T | T[];
  at(index: number): T;
  at(index: SampleIndex): T | T[] {
    if (typeof index === "number") return this.dataset.at(this.indices[sampleNumber(index, this.length)]!);
    const all = tensor(this.indices as number[], { dtype: "int64" });
    const some = all.at(index).tolist() as number[];
    return (this.dataset as unknown as Sliced<T[]>).at(some);
  }
}

/** Datasets one behind the other. */
export class ConcatDataset<T = unknown> extends Dataset<T> {
  readonly datasets: DatasetLike<T>[];
  /** Where each dataset ends. */
  readonly cumulativeSizes: number[];

  constructor(datasets: Iterable<DatasetLike<T>>) {
    super();
    this.datasets = [...datasets];
    if (this.datasets.length === 0)
      throw new ValueError("ConcatDataset: datasets should not be an empty iterable");
    let end = 0;
    this.cumulativeSizes = this.datasets.map((dataset) => (end += lengthOf(dataset)));
  }

  get length(): number {
    return this.cumulativeSizes[this.cumulativeSizes.length - 1]!;
  }

  at(index: number): T {
    const i = sampleNumber(index, this.length);
    const k = this.cumulativeSizes.findIndex((end) => i < end);
    return this.datasets[k]!.at(k === 0 ? i : i - this.cumulativeSizes[k - 1]!);
  }
}

/** Number of samples; a tensor's is its first dimension. @throws ValueError for something that has none. */
export function lengthOf(dataset: DatasetLike | Tensor): number {
  const length: unknown = isTensor(dataset) ? dataset.shape[0] : dataset?.length;
  if (typeof length !== "number")
    throw new ValueError("dataset: a dataset is anything with a length and at(index)");
  return length;
}

/**
 * Splits a dataset at random into parts of these lengths, or of these shares (which sum to 1).
 * @throws ValueError when the lengths do not sum to the dataset's.
 */
export function randomSplit<T>(
  dataset: DatasetLike<T>,
  lengths: readonly number[],
  options?: { generator?: Generator | null } | Generator | null,
): Subset<T>[] {
  const [generator] = positional<[Generator?]>("randomSplit", ["generator"], [options]);
  const n = lengthOf(dataset);
  const total = lengths.reduce((sum, length) => sum + length, 0);
  let sizes = lengths;
  if (total <= 1 && Math.abs(total - 1) <= 1e-9) {
    const whole = lengths.map((share) => Math.floor(n * share));
    const left = n - whole.reduce((sum, length) => sum + length, 0);
    sizes = whole.map((length, i) => length + Math.floor((left + whole.length - 1 - i) / whole.length));
  }
  if (sizes.some((size) => !Number.isInteger(size) || size < 0) || sizes.reduce((a, b) => a + b, 0) !== n)
    throw new ValueError(`randomSplit: the lengths ${lengths.join(", ")} do not sum to the ${n} samples`);
  const order = randperm(n, { generator: generator ?? defaultGenerator() }).tolist() as number[];
  let at = 0;
  return sizes.map((size) => new Subset(dataset, order.slice(at, (at += size))));
}
