import { int64 } from "../core/dtype.ts";
import { ValueError } from "../core/errors.ts";
import { isOptions } from "../core/options.ts";
import { longs } from "../memory/wasm.ts";
import { type TensorData, tensor } from "../ops/creation.ts";
import { stack } from "../ops/join.ts";
import { addressOf, empty, isTensor, type Tensor, written } from "../tensor/tensor.ts";

/** What a batch of samples of a type is. */
export type Collated<T> = 0 extends 1 & T
  ? any
  : unknown extends T
    ? any
    : T extends Tensor | number | bigint | boolean | ArrayBufferView
      ? Tensor
      : T extends string
        ? string[]
        : { [K in keyof T]: Collated<T[K]> };

/**
 * Samples as one batch: tensors are stacked along a new first dimension, numbers, booleans, bigints and typed arrays become
 * tensors (as `torch.tensor` makes them: a label that is to be int64 is a bigint or a tensor), arrays and objects are
 * gone through element by element, strings stay a list.
 */
export function defaultCollate(samples: readonly unknown[]): unknown {
  const first = samples[0];
  if (isTensor(first)) return stack(samples as Tensor[]);
  switch (typeof first) {
    case "number":
    case "bigint":
    case "boolean":
      return tensor(samples as TensorData);
    case "string":
      return [...samples];
  }
  if (ArrayBuffer.isView(first)) return stack(samples.map((x) => tensor(x as TensorData)));
  if (Array.isArray(first)) {
    if (!samples.every((x) => Array.isArray(x) && x.length === first.length))
      throw new ValueError("DataLoader: each element of a batch should be of equal size");
    return first.map((_, k) => defaultCollate(samples.map((x) => (x as unknown[])[k])));
  }
  if (isOptions(first))
    return Object.fromEntries(
      Object.keys(first).map((key) => [
        key,
        defaultCollate(samples.map((x) => (x as Record<string, unknown>)[key])),
      ]),
    );
  throw new ValueError(
    `DataLoader: a batch must contain tensors, numbers, strings, arrays or objects, found ${first === null ? "null" : typeof first}; give a collateFn`,
  );
}

/** Rows of tensors by number: what stacking the samples gives, in one copy each. */
export function rowsOf(tensors: readonly Tensor[], numbers: readonly number[]): Tensor[] {
  const index = empty([numbers.length], int64);
  const at = addressOf(index) >>> 3;
  for (let i = 0; i < numbers.length; i++) longs[at + i] = BigInt(numbers[i]!);
  written(index);
  const rows = tensors.map((x) => x.indexSelect(0, index));
  index.dispose();
  return rows;
}
