import { describe, expect, test } from "vitest";
import * as torch from "../../ts/index.ts";

const { DataLoader, TensorDataset, Subset, ConcatDataset, Dataset, IterableDataset, randomSplit } =
  torch.utils.data;
const { BatchSampler, RandomSampler, SequentialSampler, SubsetRandomSampler, WeightedRandomSampler } =
  torch.utils.data;

const numbers = (n: number) => torch.tensor(Array.from({ length: n }, (_, i) => BigInt(i)));
const batches = (loader: Iterable<torch.Tensor[]>) => [...loader].map(([x]) => x!.tolist());

class Squares extends Dataset<[torch.Tensor, bigint]> {
  get length(): number {
    return 5;
  }
  at(index: number): [torch.Tensor, bigint] {
    return [torch.tensor([index, index * index]), BigInt(index)];
  }
}

describe("datasets", () => {
  test("tensors side by side: numbers from either end, slices, lists", () => {
    const set = new TensorDataset(numbers(6), torch.eye(6));
    expect(set.length).toBe(6);
    expect(set.at(-1)[0]!.item()).toBe(5);
    expect(set.at("1:3").map((x) => x.tolist())).toEqual([
      [1, 2],
      [
        [0, 1, 0, 0, 0, 0],
        [0, 0, 1, 0, 0, 0],
      ],
    ]);
    expect(set.at([4, 0])[0]!.tolist()).toEqual([4, 0]);
    expect(() => set.at(6)).toThrow(torch.IndexError);
    expect(() => new TensorDataset(numbers(2), numbers(3))).toThrow(torch.ShapeError);
    expect(() => new TensorDataset()).toThrow(torch.ValueError);
  });

  test("parts and chains", () => {
    const part = new Subset(new TensorDataset(numbers(6)), [5, 3, 1]);
    expect((part.at(1) as torch.Tensor[])[0]!.item()).toBe(3);
    expect((part.at("1:") as torch.Tensor[])[0]!.tolist()).toEqual([3, 1]);
    const chain = new ConcatDataset<unknown>([[10, 11], new Subset([7, 8, 9], [2])]);
    expect([0, 1, 2, -1].map((i) => chain.at(i))).toEqual([10, 11, 9, 9]);
    expect(() => chain.at(3)).toThrow(torch.IndexError);
    expect(() => new ConcatDataset([])).toThrow(torch.ValueError);
  });

  test("randomSplit by lengths or by shares, in PyTorch's order", () => {
    torch.manualSeed(0);
    const [a, b] = randomSplit(new TensorDataset(numbers(10)), [7, 3]);
    expect([a!.indices, b!.indices]).toEqual([
      [4, 1, 7, 5, 3, 9, 0],
      [8, 6, 2],
    ]);
    expect(randomSplit(numbers(10) as never, [0.5, 0.25, 0.25]).map((p) => p.length)).toEqual([6, 2, 2]);
    expect(() => randomSplit([1, 2, 3], [1, 1])).toThrow(torch.ValueError);
    expect(() => randomSplit(5 as never, [1])).toThrow(torch.ValueError);
  });
});

describe("DataLoader", () => {
  test("shuffles as PyTorch does, with the global stream or a generator", () => {
    const set = new TensorDataset(numbers(10));
    torch.manualSeed(0);
    const loader = new DataLoader(set, { batchSize: 4, shuffle: true });
    expect(batches(loader)).toEqual([
      [6, 7, 1, 4],
      [2, 0, 9, 8],
      [3, 5],
    ]);
    expect(batches(loader)[0]).toEqual([2, 4, 7, 0]);
    const generator = new torch.Generator().manualSeed(0);
    const own = new DataLoader(set, { batchSize: 3, shuffle: true, dropLast: true, generator });
    expect(batches(own)).toEqual([
      [3, 7, 5],
      [2, 0, 8],
      [1, 6, 9],
    ]);
    expect([loader.length, own.length, own.batchSize]).toEqual([3, 3, 3]);
  });

  test("collates samples of a user's dataset, sync and async", async () => {
    const loader = new DataLoader(new Squares(), { batchSize: 2 });
    const [x, y] = [...loader][0]!;
    expect(x.tolist()).toEqual([
      [0, 0],
      [1, 1],
    ]);
    expect(y.dtype).toBe(torch.int64);
    class Later extends Dataset<Promise<number>> {
      get length(): number {
        return 3;
      }
      async at(index: number): Promise<number> {
        return index / 2;
      }
    }
    const later = new DataLoader<torch.Tensor>(new Later() as never, { batchSize: 2 });
    const got: unknown[] = [];
    for await (const batch of later) got.push(batch.tolist());
    expect(got).toEqual([[0, 0.5], [1]]);
    expect(() => [...later]).toThrow(/for await/);
  });

  test("collates objects, strings, typed arrays; or as the user says", () => {
    const set = [
      { x: Float32Array.of(1, 2), name: "a", ok: true, more: [1, 2] },
      { x: Float32Array.of(3, 4), name: "b", ok: false, more: [3, 4] },
    ];
    type Batch = { x: torch.Tensor; name: string[]; ok: torch.Tensor; more: torch.Tensor[] };
    const [batch] = [...new DataLoader<Batch>(set, { batchSize: 2 })];
    expect(batch!.x.tolist()).toEqual([
      [1, 2],
      [3, 4],
    ]);
    expect(batch!.name).toEqual(["a", "b"]);
    expect(batch!.ok.dtype).toBe(torch.bool);
    expect(batch!.more.map((t) => t.tolist())).toEqual([
      [1, 3],
      [2, 4],
    ]);
    const sums = new DataLoader([1, 2, 3], {
      batchSize: 2,
      collateFn: (xs: number[]) => xs.reduce((a, b) => a + b),
    });
    expect([...sums]).toEqual([3, 3]);
    expect([...new DataLoader([5, 6], { batchSize: null })]).toEqual([5, 6]);
    expect(() => [...new DataLoader([[1, 2], [3]], { batchSize: 2 })]).toThrow(/equal size/);
    expect(() => [...new DataLoader([null])]).toThrow(torch.ValueError);
    for (const wrong of [undefined, 3, "abc", { length: 3 }])
      expect(() => new DataLoader(wrong as never)).toThrow(
        /DataLoader: a dataset has a length and at\(index\)/,
      );
  });

  test("a batch is a copy, lives in the scope of the step, and nowhere else", () => {
    const x = torch.ones(4);
    const loader = new DataLoader(new TensorDataset(x), { batchSize: 2 });
    let sum = torch.zeros([]);
    for (const [batch] of loader) sum = sum.add(batch!.mul_(2).sum());
    expect(sum.item()).toBe(8);
    expect(x.tolist()).toEqual([1, 1, 1, 1]);
    let last: torch.Tensor | undefined;
    for (const [batch] of torch.steps(loader)) last = batch;
    expect(() => last!.tolist()).toThrow(torch.MemoryError);
  });

  test("a training loop leaves the heap as it was", () => {
    const layer = new torch.nn.Linear(2, 1);
    const optimizer = new torch.optim.Adam(layer.parameters());
    const loader = new DataLoader(new TensorDataset(torch.randn(8, 2)), { batchSize: 4, shuffle: true });
    const epoch = () => {
      for (const [x] of torch.steps(loader)) {
        optimizer.zeroGrad();
        layer(x!).sum().backward();
        optimizer.step();
      }
      return torch.memory().bytes;
    };
    epoch();
    expect(epoch()).toBe(epoch());
  });

  test("goes through a stream of samples", async () => {
    class Count extends IterableDataset {
      *[Symbol.iterator](): Iterator<number> {
        yield* [1, 2, 3, 4, 5];
      }
    }
    const loader = new DataLoader<torch.Tensor>(new Count(), { batchSize: 2, dropLast: true });
    const expected = [
      [1, 2],
      [3, 4],
    ];
    expect([...loader].map((x) => x.tolist())).toEqual(expected);
    const got: unknown[] = [];
    for await (const x of loader) got.push(x.tolist());
    expect(got).toEqual(expected);
    expect(() => loader.length).toThrow(torch.ValueError);
    expect(() => new DataLoader(new Count(), { shuffle: true })).toThrow(torch.ValueError);
  });

  test("refuses options that exclude each other", () => {
    const set = [1, 2, 3];
    const sampler = new SequentialSampler(set);
    expect(() => new DataLoader(set, { shuffle: true, sampler })).toThrow(torch.ValueError);
    expect(() => new DataLoader(set, { batchSize: 2, batchSampler: [[0]] })).toThrow(torch.ValueError);
    expect(() => new DataLoader(set, { batchSize: 0 })).toThrow(torch.ValueError);
    expect(() => new DataLoader(set, { batchSize: null, dropLast: true })).toThrow(torch.ValueError);
    expect(() => new DataLoader(set, { batchsize: 2 } as never)).toThrow(/unknown option "batchsize"/);
    expect(() => [...new DataLoader(set, { sampler: [7] })]).toThrow(torch.IndexError);
  });
});

describe("samplers", () => {
  test("orders and counts", () => {
    const set = { length: 5, at: (i: number) => i };
    expect([...new SequentialSampler(set)]).toEqual([0, 1, 2, 3, 4]);
    expect([...new RandomSampler(set)].sort()).toEqual([0, 1, 2, 3, 4]);
    expect([...new RandomSampler(set, { numSamples: 12 })].length).toBe(12);
    expect([...new RandomSampler(set, true, 70)].every((i) => i >= 0 && i < 5)).toBe(true);
    expect([...new SubsetRandomSampler([7, 9])].sort()).toEqual([7, 9]);
    expect([...new WeightedRandomSampler([0, 1], 4)]).toEqual([1, 1, 1, 1]);
    expect([...new BatchSampler([1, 2, 3], 2, false)]).toEqual([[1, 2], [3]]);
    expect(new BatchSampler(new SequentialSampler(set), 2, true).length).toBe(2);
    expect(() => new RandomSampler(set, { numSamples: 0 })).toThrow(torch.ValueError);
    expect(() => new WeightedRandomSampler([1], 0)).toThrow(torch.ValueError);
    expect(() => new BatchSampler([1], 0, false)).toThrow(torch.ValueError);
  });
});
