import { describe, expect, test } from "vitest";
import * as torch from "../../ts/index.ts";
import { sines } from "./sines.ts";

const { gradcheck, gradgradcheck } = torch.autograd;
const { NaN: nan } = globalThis;
const index = (...values: number[]) => torch.tensor(BigInt64Array.from(values, BigInt));
const twelve = () => torch.arange(12).reshape([3, 4]);
const leaf = (shape: number[]) => sines(shape).requiresGrad_();

describe("gather and indexSelect", () => {
  test("take elements and slices, of views and every width too", () => {
    const at = index(0, 3, 2, 1, 1, 1).reshape([3, 2]);
    expect(twelve().gather(1, at).tolist()).toEqual([
      [0, 3],
      [6, 5],
      [9, 9],
    ]);
    expect(
      twelve()
        .t()
        .gather(0, index(2, 1, 0).reshape([1, 3]))
        .tolist(),
    ).toEqual([[2, 5, 8]]);
    for (const dtype of [torch.uint8, torch.int16, torch.float32, torch.float64])
      expect(twelve().to(dtype).indexSelect(1, index(3, 0)).tolist()).toEqual([
        [3, 0],
        [7, 4],
        [11, 8],
      ]);
    expect(
      twelve()
        .indexSelect({ dim: 0, index: index(1).int() })
        .tolist(),
    ).toEqual([[4, 5, 6, 7]]);
    expect(torch.tensor(5).gather(0, torch.tensor(0n)).item()).toBe(5);
  });

  test("nothing to take is no error, a bad index is one that names it", () => {
    expect(torch.zeros([3, 0]).gather(1, torch.zeros([3, 0], { dtype: torch.int64 })).shape).toEqual([3, 0]);
    expect(twelve().indexSelect(0, torch.zeros([0], { dtype: torch.int64 })).shape).toEqual([0, 4]);
    expect(() => twelve().gather(1, index(4).reshape([1, 1]))).toThrow(/index 4 .* dimension 1 with size 4/);
    expect(() => twelve().indexSelect(0, index(-1))).toThrow(torch.IndexError);
    expect(() => twelve().gather(1, index(0))).toThrow(torch.ShapeError);
    expect(() => twelve().gather(1, index(0).int().reshape([1, 1]))).toThrow(torch.DtypeError);
    expect(() =>
      twelve()
        .float()
        .gather(0, index(0).reshape([1, 1]), { out: torch.zeros([1, 1]).double() }),
    ).toThrow(torch.DtypeError);
  });

  test("take and takeAlongDim", () => {
    expect(
      twelve()
        .t()
        .take(index(-1, 0, 1))
        .tolist(),
    ).toEqual([11, 0, 4]);
    expect(() => twelve().take(index(12))).toThrow(/12 is out of bounds for a tensor with 12 elements/);
    const order = twelve().neg().argsort(1);
    expect(twelve().takeAlongDim(order, 1).tolist()).toEqual(twelve().flip(1).tolist());
    expect(
      twelve()
        .takeAlongDim(index(1).reshape([1, 1]), 0)
        .tolist(),
    ).toEqual([[4, 5, 6, 7]]);
  });

  test("gradients, first and second", () => {
    const at = index(0, 2, 2, 1, 0, 0).reshape([2, 3]);
    const ops: ((x: torch.Tensor) => torch.Tensor)[] = [
      (x) => x.gather(0, at).square(),
      (x) => x.indexSelect(1, index(1, 1, 0)).square(),
      (x) => x.take(index(-1, 3, 3)).square(),
      (x) => x.maskedSelect(x.detach().gt(0)).square(),
    ];
    for (const op of ops) {
      expect(gradcheck(op, [leaf([3, 4])])).toBe(true);
      expect(gradgradcheck(op, [leaf([3, 4])])).toBe(true);
    }
    expect(String(leaf([2, 2]).gather(0, index(0, 0).reshape([1, 2])).gradFn)).toContain("GatherBackward0");
  });
});

describe("masks", () => {
  test("nonzero, argwhere, maskedSelect, maskedScatter", () => {
    const x = torch.tensor([
      [0, 2],
      [nan, 0],
    ]);
    expect(x.nonzero().tolist()).toEqual([
      [0, 1],
      [1, 0],
    ]);
    expect(x.nonzero({ asTuple: true }).map((t) => t.tolist())).toEqual([
      [0, 1],
      [1, 0],
    ]);
    expect(torch.tensor(3).nonzero().shape).toEqual([1, 0]);
    expect(torch.zeros([0, 3]).argwhere().shape).toEqual([0, 2]);
    expect(
      twelve()
        .maskedSelect(torch.tensor([true, false, false, true]))
        .tolist(),
    ).toEqual([0, 3, 4, 7, 8, 11]);
    const mask = twelve().remainder(5).eq(0);
    expect(
      twelve()
        .maskedScatter(mask, index(-1, -2, -3))
        .tolist(),
    ).toEqual([
      [-1, 1, 2, 3],
      [4, -2, 6, 7],
      [8, 9, -3, 11],
    ]);
    expect(() => twelve().maskedScatter(mask, index(1))).toThrow(/selects 3 elements/);
    expect(() => twelve().maskedSelect(twelve())).toThrow(torch.DtypeError);
    expect(
      gradcheck((a, b) => a.maskedScatter(torch.tensor([true, false, true]), b), [leaf([2, 3]), leaf([5])]),
    ).toBe(true);
  });
});

describe("indexPut", () => {
  test("index tensors broadcast, masks count as several, and places may repeat", () => {
    const x = torch.zeros([3, 4]);
    expect(x.indexPut([index(0, 2), index(1)], torch.tensor([5, 6])).tolist()).toEqual([
      [0, 5, 0, 0],
      [0, 0, 0, 0],
      [0, 6, 0, 0],
    ]);
    expect(x.indexPut([index(1, 1, -2)], torch.ones([4]), true).tolist()[1]).toEqual([3, 3, 3, 3]);
    expect(
      x
        .indexPut([null, torch.tensor([true, false, false, true])], torch.tensor(7))
        .sum(0)
        .tolist(),
    ).toEqual([21, 0, 0, 21]);
    const view = torch.zeros([4, 3], { dtype: torch.int16 }).t();
    view.indexPut_([index(1, 1), index(0, 0)], index(2, 3).short(), true);
    expect(view.tolist()[1]).toEqual([5, 0, 0, 0]);
    expect(() => x.indexPut_([index(3)], torch.ones([4]))).toThrow(/index 3 .* dimension 0 with size 3/);
    expect(() => x.indexPut([index(0)], torch.ones([3]))).toThrow(torch.ShapeError);
    expect(() => x.indexPut([index(0), index(0), index(0)], torch.ones([1]))).toThrow(torch.IndexError);
    expect(() => x.indexPut([torch.tensor([true])], torch.tensor(1))).toThrow(torch.IndexError);
    expect(x.sum().item()).toBe(0);
  });
  test("gradients", () => {
    for (const accumulate of [true, false]) {
      const op = (x: torch.Tensor, v: torch.Tensor) =>
        x.indexPut([index(0, 2), index(1, 1)], v, accumulate).square();
      expect(gradcheck(op, [leaf([3, 4]), leaf([2])])).toBe(true);
      expect(gradgradcheck(op, [leaf([3, 4]), leaf([])])).toBe(true);
    }
  });
});
