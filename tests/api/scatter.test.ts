import { describe, expect, test } from "vitest";
import * as torch from "../../ts/index.ts";
import { closeTo, sines } from "./sines.ts";

const { gradcheck, gradgradcheck } = torch.autograd;
const index = (...values: number[]) => torch.tensor(BigInt64Array.from(values, BigInt));
const leaf = (shape: number[], k = 1) => sines(shape, k).requiresGrad_();

describe("scatter", () => {
  test("writes elements or a number; the last one stays", () => {
    const at = index(0, 0, 2).reshape([1, 3]);
    expect(
      torch
        .zeros([2, 3])
        .scatter(1, at, torch.tensor([[1, 2, 3]]))
        .tolist(),
    ).toEqual([
      [2, 0, 3],
      [0, 0, 0],
    ]);
    expect(torch.zeros([2, 3]).scatter(1, at, 4).tolist()[0]).toEqual([4, 0, 4]);
    expect(torch.ones([2, 3]).scatter(1, at, 4, { reduce: "multiply" }).tolist()[0]).toEqual([16, 1, 4]);
    const x = torch.zeros([3, 2]);
    x.t().scatter_(1, at, { value: 1 });
    expect(x.tolist()).toEqual([
      [1, 0],
      [0, 0],
      [1, 0],
    ]);
  });

  test("adds, in every dtype, in place too", () => {
    for (const dtype of [torch.uint8, torch.int64, torch.float16, torch.float32, torch.float64]) {
      const x = torch.ones([3], { dtype });
      x.scatterAdd_(0, index(0, 0, 2), torch.tensor([1, 2, 3]).to(dtype));
      expect(x.tolist()).toEqual([4, 1, 4]);
    }
    const at = index(2, 0, 2);
    expect(
      torch
        .zeros([3])
        .indexAdd(0, at, torch.ones([3]), { alpha: 0.5 })
        .tolist(),
    ).toEqual([0.5, 0, 1]);
    // PyTorch 1.13 truncates the factor among integers here, and refuses what the dtype cannot hold.
    const whole = torch.zeros([3], { dtype: torch.uint8 }),
      ones = torch.ones([3], { dtype: torch.uint8 });
    expect(whole.indexAdd(0, at, ones, { alpha: 1.5 }).sum().item()).toBe(3);
    expect(() => whole.indexAdd(0, at, ones, { alpha: 256 })).toThrow(torch.ValueError);
  });

  test("refuses what does not fit, and then nothing is written", () => {
    const x = torch.zeros([3]);
    expect(() => x.scatter_(0, index(0, 3), torch.ones([2]))).toThrow(/index 3 .* dimension 0 with size 3/);
    expect(() => x.indexAdd_(0, index(0, -1), torch.ones([2]))).toThrow(torch.IndexError);
    expect(() => x.indexCopy_(0, index(0), torch.ones([2]))).toThrow(torch.IndexError);
    expect(() => x.scatterAdd_(0, index(0, 1), torch.ones([1]))).toThrow(torch.ShapeError);
    expect(() => x.scatterAdd_(0, index(0), torch.ones([1]).double())).toThrow(torch.DtypeError);
    expect(() => x.scatter_(0, index(0), x)).toThrow(torch.ValueError);
    expect(() => torch.zeros([1]).expand([3]).scatter_(0, index(0), 1)).toThrow(torch.ShapeError);
    expect(() => leaf([3]).scatter_(0, index(0), 1)).toThrow(torch.AutogradError);
    expect(() => x.scatter(0, index(0), torch.ones([1]), { reduce: "mean" as "add" })).toThrow(
      torch.ValueError,
    );
    expect(x.sum().item()).toBe(0);
    const pair = torch.ones([2, 2]);
    pair.select(0, 0).scatterAdd_(0, index(0), pair.select(0, 1));
    expect(pair.tolist()).toEqual([
      [2, 1],
      [1, 1],
    ]);
  });

  test("slices: indexCopy, indexFill (which counts from the end), put", () => {
    const x = torch.zeros([3, 2]);
    expect(
      x
        .indexCopy(0, index(2, 0), torch.ones([2, 2]))
        .sum(1)
        .tolist(),
    ).toEqual([2, 0, 2]);
    expect(x.indexFill(1, index(-1), 3).sum(0).tolist()).toEqual([0, 9]);
    expect(x.indexFill(0, index(1), torch.tensor(2)).sum(1).tolist()).toEqual([0, 4, 0]);
    expect(x.put(index(-1, 0), torch.tensor([1, 2])).tolist()).toEqual([
      [2, 0],
      [0, 0],
      [0, 1],
    ]);
    expect(
      x
        .put(index(1, 1), torch.tensor([1, 2]), true)
        .sum()
        .item(),
    ).toBe(3);
    expect(() => x.put(index(6), torch.ones([1]))).toThrow(torch.IndexError);
  });
});

describe("reductions into places", () => {
  const at = index(0, 0, 2, 0);
  const src = torch.tensor([1, 2, 3, 6]);
  test("each of them, with the input's own elements or without", () => {
    const x = torch.full([3], 10);
    const all = {
      sum: [19, 10, 13],
      prod: [120, 10, 30],
      mean: [4.75, 10, 6.5],
      amax: [10, 10, 10],
      amin: [1, 10, 3],
    };
    const without = {
      sum: [9, 10, 3],
      prod: [12, 10, 3],
      mean: [3, 10, 3],
      amax: [6, 10, 3],
      amin: [1, 10, 3],
    };
    for (const reduce of ["sum", "prod", "mean", "amax", "amin"] as const) {
      expect(x.scatterReduce(0, at, src, reduce).tolist()).toEqual(all[reduce]);
      expect(x.scatterReduce(0, at, src, reduce, { includeSelf: false }).tolist()).toEqual(without[reduce]);
      expect(x.byte().scatterReduce(0, at, src.byte(), reduce, { includeSelf: false }).tolist()).toEqual(
        without[reduce],
      );
      if (reduce === "sum") continue;
      expect(x.indexReduce(0, at, src, reduce, { includeSelf: false }).tolist()).toEqual(without[reduce]);
    }
    expect(() => x.scatterReduce(0, at, src, "max" as "amax")).toThrow(/sum, mean, prod, amax, amin/);
  });
  test("gradients, of every reduction and place", () => {
    const grid = index(0, 1, 1, 0, 0, 1).reshape([3, 2]);
    for (const includeSelf of [true, false]) {
      for (const reduce of ["sum", "prod", "mean", "amax", "amin"] as const) {
        const op = (x: torch.Tensor, s: torch.Tensor) => x.scatterReduce(0, grid, s, reduce, { includeSelf });
        expect(gradcheck(op, [leaf([2, 3]), leaf([3, 3], 2.3)])).toBe(true);
        expect(gradgradcheck((x, s) => op(x, s).square(), [leaf([2, 3]), leaf([3, 3], 2.3)])).toBe(true);
        if (reduce === "sum") continue;
        const slices = (x: torch.Tensor, s: torch.Tensor) =>
          x.indexReduce(1, index(1, 0, 1), s, reduce, { includeSelf });
        expect(gradcheck(slices, [leaf([2, 3]), leaf([2, 3], 2.3)])).toBe(true);
      }
    }
    const plain: ((x: torch.Tensor, s: torch.Tensor) => torch.Tensor)[] = [
      // Where several meet in one place, the gradient of all but the last would be 0; like PyTorch, it is not.
      (x, s) => x.scatter(0, grid.narrow(0, 0, 2).t().contiguous(), s),
      (x) => x.scatter(0, grid, 2),
      (x, s) => x.scatterAdd(0, grid, s),
      (x, s) => x.indexAdd(1, index(1, 0, 1), s.narrow(0, 0, 2), { alpha: 3 }),
      (x, s) => x.indexCopy(1, index(2, 0), s.narrow(0, 0, 2).narrow(1, 0, 2)),
      (x, s) => x.indexFill(1, index(-1), s.sum()),
      (x, s) => x.put(index(0, -1), s.select(0, 0).narrow(0, 0, 2)),
      (x, s) => x.mul(1).scatterAdd_(0, grid, s),
    ];
    for (const op of plain) {
      expect(gradcheck(op, [leaf([2, 3]), leaf([3, 3], 2.3)])).toBe(true);
      expect(gradgradcheck((x, s) => op(x, s).square(), [leaf([2, 3]), leaf([3, 3], 2.3)])).toBe(true);
    }
  });
  test("the only zero of a product has a gradient, several have none", () => {
    const x = torch.tensor([2, 3]).requiresGrad_();
    const s = torch.tensor([0, 4, 5]).requiresGrad_();
    x.scatterReduce(0, index(0, 0, 1), s, "prod")
      .sum()
      .backward();
    closeTo(s.grad!, torch.tensor([8, 0, 3]));
    closeTo(x.grad!, torch.tensor([0, 5]));
    const zeros = torch.zeros([2]).requiresGrad_();
    expect(() => x.detach().scatterReduce(0, index(0, 0), zeros, "prod").sum().backward()).toThrow(
      torch.AutogradError,
    );
  });
});
