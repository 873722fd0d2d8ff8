import { describe, expect, test } from "vitest";
import * as torch from "../../ts/index.ts";
import { closeTo } from "./sines.ts";

describe("tensor", () => {
  test("the dtype follows the kind of data, never its values", () => {
    expect(torch.tensor([1, 2]).dtype).toBe(torch.float32);
    expect(torch.tensor([1n, 2n]).dtype).toBe(torch.int64);
    expect(torch.tensor([true]).dtype).toBe(torch.bool);
    expect(torch.tensor([true, 2n]).dtype).toBe(torch.int64);
    expect(torch.tensor([1n, 2.5]).dtype).toBe(torch.float32);
    expect(torch.tensor([]).shape).toEqual([0]);
    expect(torch.tensor([[], []]).shape).toEqual([2, 0]);
    expect(torch.tensor(Int16Array.of(3)).dtype).toBe(torch.int16);
    expect(torch.tensor([1.9, -1.9], { dtype: "int32" }).tolist()).toEqual([1, -1]);
    expect(torch.tensor(2n ** 62n).toTypedArray()).toEqual(BigInt64Array.of(2n ** 62n));
    torch.setDefaultDtype(torch.float64);
    try {
      expect(torch.tensor([0.1]).item()).toBe(0.1);
      expect([torch.zeros(1).dtype, torch.linspace(0, 1, 3).dtype]).toEqual([torch.float64, torch.float64]);
    } finally {
      torch.setDefaultDtype("float32");
    }
  });

  test("nested lists may hold tensors and typed arrays; ragged ones are refused", () => {
    expect(torch.tensor([torch.tensor([1, 2]), torch.tensor([3, 4])] as never).tolist()).toEqual([
      [1, 2],
      [3, 4],
    ]);
    expect(torch.tensor([Float32Array.of(1, 2), Float32Array.of(3, 4)]).tolist()).toEqual([
      [1, 2],
      [3, 4],
    ]);
    expect(torch.tensor([torch.tensor(1n), torch.tensor(2n)] as never).dtype).toBe(torch.int64);
    expect(torch.tensor([Int8Array.of(1), Uint8Array.of(2)]).dtype).toBe(torch.int16);
    expect(torch.tensor([torch.ones(2).half(), [0.5, 3]] as never).tolist()).toEqual([
      [1, 1],
      [0.5, 3],
    ]);
    expect(() => torch.tensor([torch.ones(2), [1]] as never)).toThrow(torch.ShapeError);
    expect(() => torch.tensor([[1, 2], [3]])).toThrow(torch.ShapeError);
    expect(() => torch.tensor([1, [2]])).toThrow(torch.ShapeError);
    expect(() => torch.tensor([[1], 2])).toThrow(torch.ShapeError);
    expect(() => torch.tensor(["1"] as never)).toThrow(torch.ValueError);
    expect(() => torch.tensor(null as never)).toThrow(torch.ValueError);
    expect(() => torch.tensor([1], { dtyp: torch.int8 } as never)).toThrow(torch.ValueError);
    expect(() => torch.tensor([1], { dtype: "int" + "7" } as never)).toThrow(torch.DtypeError);
    expect(() => torch.tensor([1], { device: "cuda" })).toThrow(torch.ValueError);
    expect(() => torch.tensor([1n], { requiresGrad: true })).toThrow(torch.AutogradError);
  });

  test("copies a typed array or tensor, while fromTypedArray and asTensor share", () => {
    const array = Float32Array.of(1, 2);
    const copy = torch.tensor(array),
      shared = torch.fromTypedArray(array),
      same = torch.asTensor(array);
    array[0] = 5;
    expect([copy, shared, same].map((x) => x.at(0).item())).toEqual([1, 5, 5]);
    shared.mul_(2);
    expect([...array]).toEqual([10, 4]);
    expect(torch.asTensor(shared)).toBe(shared);
    expect(torch.asTensor(shared, { dtype: torch.int64 }).tolist()).toEqual([10, 4]);
    expect(torch.asTensor([1, 2]).dtype).toBe(torch.float32);
    expect(() => torch.fromTypedArray(new DataView(new ArrayBuffer(4)))).toThrow(torch.ValueError);
  });
});

describe("filled and like", () => {
  test("shapes as arrays or one by one, options behind", () => {
    expect(torch.zeros(2, 3, { dtype: torch.int8 }).shape).toEqual([2, 3]);
    expect(torch.ones([2]).tolist()).toEqual([1, 1]);
    expect(torch.zeros([]).shape).toEqual([]);
    expect(torch.zeros({ size: [2], dtype: torch.bool } as never).tolist()).toEqual([false, false]);
    expect(torch.full([2], 3n).dtype).toBe(torch.int64);
    expect(torch.full([2], true).tolist()).toEqual([true, true]);
    expect(torch.full([1], 2.9, { dtype: torch.int64 }).item()).toBe(2);
    expect(torch.full([], 0.5, { dtype: torch.bfloat16 }).float().item()).toBe(0.5);
    expect(torch.empty(0, 3).numel()).toBe(0);
    expect(torch.ones(2, { requiresGrad: true }).isLeaf).toBe(true);
    const out = torch.zeros(2);
    expect(torch.full([2], 4, { out })).toBe(out);
    expect(out.tolist()).toEqual([4, 4]);
    expect(() => torch.zeros(-1)).toThrow(torch.ShapeError);
    expect(() => torch.zeros(1.5)).toThrow(torch.ShapeError);
    expect(() => torch.full([2], null as never)).toThrow(torch.ValueError);
    expect(() => torch.full([3], 1, { out })).toThrow(torch.ShapeError);
  });

  test("more than the memory holds", () => {
    expect(() => torch.zeros(1e12)).toThrow(torch.MemoryError);
    expect(() => torch.ones(3).repeat(1e6, 1e6)).toThrow(torch.MemoryError);
    expect(() => torch.zeros(2 ** 31, { dtype: torch.int8 })).toThrow(torch.MemoryError);
    expect(() => torch.linspace(0, 1, 1e12)).toThrow(torch.MemoryError);
    expect(torch.ones(3).sum().item()).toBe(3);
  });

  test("what is like another tensor, or new beside it", () => {
    const x = torch.ones(2, 3, { dtype: torch.int32 }).t();
    for (const y of [torch.zerosLike(x), torch.onesLike(x), torch.fullLike(x, 2.7), torch.emptyLike(x)])
      expect([y.shape, y.dtype]).toEqual([[3, 2], torch.int32]);
    expect(torch.fullLike(x, 2.7).sum().item()).toBe(12);
    expect(torch.zerosLike(x, { dtype: torch.float64 }).dtype).toBe(torch.float64);
    expect(
      [x.newZeros(2), x.newOnes([2]), x.newFull([2], 7), x.newTensor([1, 2])].map((y) => y.dtype),
    ).toEqual(new Array(4).fill(torch.int32));
    expect(x.newTensor([1.5], { dtype: torch.float32 }).item()).toBe(1.5);
    expect(torch.scalarTensor(2).dtype).toBe(torch.float32);
    expect(torch.emptyStrided([2, 2], [1, 2]).stride()).toEqual([1, 2]);
  });
});

describe("sequences", () => {
  test("arange is int64 where every argument is an integer", () => {
    expect(torch.arange(3).dtype).toBe(torch.int64);
    expect(torch.arange(1, 2, 0.25).tolist()).toEqual([1, 1.25, 1.5, 1.75]);
    expect(torch.arange(5, 0, -2).tolist()).toEqual([5, 3, 1]);
    expect(torch.arange({ end: 2 }).tolist()).toEqual([0, 1]);
    expect(torch.arange(0, { end: 2, dtype: torch.float32 }).tolist()).toEqual([0, 1]);
    expect(torch.arange(0).shape).toEqual([0]);
    expect(torch.range(1, 2, 0.5).tolist()).toEqual([1, 1.5, 2]);
    expect(() => torch.arange(0, 5, 0)).toThrow(torch.ValueError);
    expect(() => torch.arange(0, 5, -1)).toThrow(torch.ValueError);
    expect(() => torch.arange(Number.NaN)).toThrow(torch.ValueError);
    expect(() => torch.arange("3" as never)).toThrow(torch.ValueError);
  });

  test("linspace and logspace are exact at both ends", () => {
    const x = torch.linspace(-0.1, 0.7, 101);
    expect([x.at(0).item(), x.at(-1).item()]).toEqual([Math.fround(-0.1), Math.fround(0.7)]);
    expect(torch.linspace(0, 10, 5, { dtype: torch.int64 }).tolist()).toEqual([0, 2, 5, 7, 10]);
    expect(torch.linspace(3, 5, 1).tolist()).toEqual([3]);
    expect(torch.linspace(3, 5, 0).shape).toEqual([0]);
    closeTo(torch.logspace(0, 2, 3, { dtype: torch.float64 }), [1, 10, 100]);
    expect(torch.logspace(0, 3, 4, 2).tolist()).toEqual([1, 2, 4, 8]);
    expect(() => torch.linspace(0, 1, -1)).toThrow(torch.ShapeError);
    expect(torch.eye(2, 3, { dtype: torch.bool }).tolist()).toEqual([
      [true, false, false],
      [false, true, false],
    ]);
    expect(() => torch.eye(-1)).toThrow(torch.ShapeError);
  });

  test("integer dtypes count as PyTorch's loops do", () => {
    expect(torch.arange(1, 5.000001, 2, { dtype: torch.int64 }).tolist()).toEqual([1, 3]);
    expect(torch.arange(1, 5.000001, 2, { dtype: torch.int32 }).tolist()).toEqual([1, 3, 5]);
    // By pairs of vectors of 256 bits, each counting on from a whole number, and one by one in the rest.
    expect(torch.linspace(50, 4, 50, { dtype: torch.int64 }).tolist().slice(26, 40)).toEqual([
      25, 24, 23, 22, 21, 20, 19, 18, 17, 16, 16, 15, 14, 13,
    ]);
    expect(torch.linspace(50, 4, 50, { dtype: torch.int16 }).tolist().slice(30, 36)).toEqual([
      20, 19, 19, 19, 18, 17,
    ]);
  });

  test("windows", () => {
    const dtype = torch.float64;
    closeTo(torch.hannWindow(4, { dtype }), [0, 0.5, 1, 0.5]);
    closeTo(torch.hannWindow(3, false, { dtype }), [0, 1, 0]);
    closeTo(torch.hammingWindow(4, { dtype }), [0.08, 0.54, 1, 0.54]);
    closeTo(torch.blackmanWindow(4, { dtype }), [0, 0.34, 1, 0.34]);
    closeTo(torch.bartlettWindow(4, { dtype }), [0, 0.5, 1, 0.5]);
    // I0(12 sqrt(1 - x^2)) / I0(12)
    closeTo(torch.kaiserWindow(4, { dtype }), [5.277344132e-5, 0.215672744759, 1, 0.215672744759], 1e-8);
    expect(torch.hannWindow(1).tolist()).toEqual([1]);
    expect(torch.hannWindow(0).shape).toEqual([0]);
    expect(() => torch.hannWindow(-1)).toThrow(torch.ShapeError);
    expect(() => torch.hannWindow(4, { dtype: torch.int64 })).toThrow(torch.ValueError);
  });

  test("resultType and canCast", () => {
    const x = torch.ones(2, { dtype: torch.int8 });
    expect(torch.resultType(x, 2)).toBe(torch.int8);
    expect(torch.resultType(x, 2.5)).toBe(torch.float32);
    expect(torch.resultType(x, torch.tensor(1n))).toBe(torch.int8);
    expect(torch.promoteTypes("uint8", "int8")).toBe(torch.int16);
    expect(torch.canCast(torch.float32, torch.int64)).toBe(false);
  });
});
