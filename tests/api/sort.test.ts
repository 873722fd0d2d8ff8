import { describe, expect, test } from "vitest";
import * as torch from "../../ts/index.ts";
import { sines } from "./sines.ts";

const { gradcheck, gradgradcheck } = torch.autograd;
const { NaN: nan, Infinity: inf } = globalThis;
const leaf = (shape: number[]) => sines(shape).requiresGrad_();

describe("sort", () => {
  test("is stable, holds NaN for the largest, and goes along any dimension", () => {
    const x = torch.tensor([3, nan, -0, 0, -inf, 3]);
    const { values, indices } = x.sort();
    expect(values.tolist()).toEqual([-inf, -0, 0, 3, 3, nan]);
    expect(indices.tolist()).toEqual([4, 2, 3, 0, 5, 1]);
    expect(x.argsort({ descending: true }).tolist()).toEqual([1, 0, 5, 2, 3, 4]);
    const grid = torch.tensor([
      [2, 9],
      [7, 1],
    ]);
    expect(grid.sort(0).values.tolist()).toEqual([
      [2, 1],
      [7, 9],
    ]);
    expect(grid.msort().tolist()).toEqual(grid.t().sort(1).values.t().tolist());
    const [, at] = torch.sort(torch.tensor(5));
    expect(at!.item()).toBe(0);
    expect(torch.zeros([2, 0]).sort().values.shape).toEqual([2, 0]);
    expect(() => grid.sort(2)).toThrow(torch.IndexError);
  });

  test("every dtype, at lengths for both algorithms, against the platform's own order", () => {
    const numbers = Array.from({ length: 300 }, (_, i) => ((i * 7919) % 251) - 125);
    for (const dtype of [
      torch.int8,
      torch.int16,
      torch.int32,
      torch.int64,
      torch.float16,
      torch.float32,
      torch.float64,
    ])
      for (const n of [1, 20, 300]) {
        const list = numbers.slice(0, n);
        const { values, indices } = torch.tensor(list).to(dtype).sort();
        expect(values.dtype).toBe(dtype);
        expect(values.tolist()).toEqual(list.toSorted((a, b) => a - b));
        expect(indices.tolist()).toEqual(list.map((_, i) => i).sort((a, b) => list[a]! - list[b]! || a - b));
      }
    const large = torch.tensor([2n ** 62n, -(2n ** 62n), 0n]);
    expect(large.argsort().tolist()).toEqual([1, 2, 0]);
    expect(torch.tensor([true, false]).sort().values.tolist()).toEqual([false, true]);
  });

  test("gradients go back to where the values were", () => {
    const ops: ((x: torch.Tensor) => torch.Tensor)[] = [
      (x) => x.sort(0, true).values,
      (x) => x.topk(2, 0).values,
      (x) => x.kthvalue(2, 1).values,
      (x) => x.mode(0, true).values,
    ];
    for (const op of ops) {
      expect(gradcheck(op, [leaf([3, 4])])).toBe(true);
      expect(gradgradcheck((x) => op(x).square(), [leaf([3, 4])])).toBe(true);
    }
  });
});

describe("one or some of the sorted", () => {
  test("topk agrees with sorting, kthvalue, mode", () => {
    const x = sines([5, 80]);
    for (const k of [0, 1, 5, 40, 80])
      for (const largest of [true, false]) {
        const some = x.topk(k, 1, largest);
        expect(some.values.tolist()).toEqual(x.sort(1, largest).values.narrow(1, 0, k).tolist());
        expect(x.gather(1, some.indices).tolist()).toEqual(some.values.tolist());
      }
    expect(torch.tensor([1, nan, 2]).topk(1).indices.tolist()).toEqual([1]);
    expect(() => x.topk(81)).toThrow(torch.IndexError);
    const { values, indices } = torch.tensor([4, 1, 3]).kthvalue(2);
    expect([values.item(), indices.item()]).toEqual([3, 2]);
    expect(() => torch.tensor([1]).kthvalue(2)).toThrow(torch.ValueError);
    expect(torch.tensor([3, 1, 3, 1, 2]).mode().values.item()).toBe(1);
    expect(
      torch
        .tensor([
          [1, 2],
          [1, 3],
        ])
        .mode(0, true)
        .values.tolist(),
    ).toEqual([[1, 2]]);
  });
});

describe("searching and counting", () => {
  test("searchsorted, bucketize, isin", () => {
    const line = torch.tensor([1, 3, 3, 5]);
    expect(torch.searchsorted(line, torch.tensor([3, 0, 9, nan])).tolist()).toEqual([1, 0, 4, 4]);
    expect(torch.searchsorted(line, 3, { right: true }).item()).toBe(3);
    expect(
      torch.searchsorted(line.flip(0), 3, { sorter: line.flip(0).argsort(), side: "right" }).item(),
    ).toBe(3);
    const rows = torch.tensor([
      [1, 2],
      [3, 4],
    ]);
    expect(torch.searchsorted(rows, torch.tensor([[2], [2]]), { outInt32: true }).tolist()).toEqual([
      [1],
      [0],
    ]);
    expect(torch.bucketize(torch.tensor([[0, 3]]), line, { right: true }).tolist()).toEqual([[0, 3]]);
    expect(() => torch.searchsorted(rows, 2)).toThrow(torch.ShapeError);
    expect(() => torch.searchsorted(line, torch.tensor([1n]))).toThrow(torch.DtypeError);
    expect(() => torch.searchsorted(line, 1, { side: "left", right: true })).toThrow(torch.ValueError);
    const x = torch.tensor([1, nan, 4]);
    expect(torch.isin(x, torch.tensor([4, nan])).tolist()).toEqual([false, false, true]);
    expect(torch.isin(x, 1, { invert: true }).tolist()).toEqual([false, true, true]);
    expect(
      torch
        .isin(x, torch.zeros([0]))
        .any()
        .item(),
    ).toBe(false);
  });

  test("unique and uniqueConsecutive, with inverse and counts, by slices", () => {
    const x = torch.tensor([
      [3, 1],
      [3, 2],
    ]);
    expect(x.unique().tolist()).toEqual([1, 2, 3]);
    const [values, inverse, counts] = x.unique({ returnInverse: true, returnCounts: true });
    expect(values!.take(inverse!).tolist()).toEqual(x.tolist());
    expect(counts!.tolist()).toEqual([1, 1, 2]);
    expect(torch.tensor([nan, nan]).unique().shape).toEqual([2]);
    const rows = torch.tensor([
      [1, 2],
      [0, 5],
      [1, 2],
      [0, 4],
    ]);
    const [kept, back] = torch.unique(rows, { dim: 0, returnInverse: true });
    expect(kept!.tolist()).toEqual([
      [0, 4],
      [0, 5],
      [1, 2],
    ]);
    expect(back!.tolist()).toEqual([2, 1, 2, 0]);
    expect(rows.t().unique({ dim: 1 }).tolist()).toEqual(kept!.t().tolist());
    const [runs, lengths] = torch.tensor([1, 1, 2, 1]).uniqueConsecutive({ returnCounts: true });
    expect([runs!.tolist(), lengths!.tolist()]).toEqual([
      [1, 2, 1],
      [2, 1, 1],
    ]);
    expect(torch.zeros([0]).unique().shape).toEqual([0]);
    expect(() => torch.zeros([2, 0]).unique({ dim: 0 })).toThrow(torch.ShapeError);
  });

  test("bincount, histc", () => {
    const x = torch.tensor([1n, 3n, 1n]);
    expect(x.bincount().tolist()).toEqual([0, 2, 0, 1]);
    expect(x.bincount(torch.tensor([0.5, 1, 0.25]), 6).tolist()).toEqual([0, 0.75, 0, 1, 0, 0]);
    expect(() => x.neg().bincount()).toThrow(torch.ValueError);
    expect(() => x.float().bincount()).toThrow(torch.DtypeError);
    expect(torch.tensor([1, 2, 1, 9, -1, nan]).histc(4, 0, 3).tolist()).toEqual([0, 2, 1, 0]);
    expect(torch.tensor([1, 2]).histc({ bins: 2 }).tolist()).toEqual([1, 1]);
    expect(() => torch.tensor([1, nan]).histc()).toThrow(/not finite/);
    expect(() => torch.tensor([1]).histc(4, 3, 1)).toThrow(torch.ValueError);
  });
});
