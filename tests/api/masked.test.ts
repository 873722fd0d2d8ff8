import { describe, expect, test } from "vitest";
import * as torch from "../../ts/index.ts";
import { closeTo, sines } from "./sines.ts";

const { masked } = torch;
const { gradcheck, gradgradcheck } = torch.autograd;
const { Infinity: inf, NaN: nan } = globalThis;

const x = () =>
  torch.tensor([
    [1, 2, 3],
    [4, 5, 6],
  ]);
const mask = torch.tensor([
  [true, false, true],
  [false, false, false],
]);

describe("torch.masked", () => {
  test("reduces what the mask leaves; nothing gives the identity", () => {
    expect(masked.sum(x(), 1, { mask }).tolist()).toEqual([4, 0]);
    expect(masked.prod(x(), 1, { mask }).tolist()).toEqual([3, 1]);
    expect(masked.mean(x(), 1, { mask }).tolist()).toEqual([2, nan]);
    expect(masked.amax(x(), 1, { mask }).tolist()).toEqual([3, -inf]);
    expect(masked.amin(x(), { dim: 1, mask, keepdim: true }).tolist()).toEqual([[1], [inf]]);
    expect(masked.median(x(), 1, { mask }).tolist()).toEqual([1, nan]);
    expect(masked.norm(x(), 1, 1, { mask }).tolist()).toEqual([4, 0]);
    expect(masked.var(x(), 1, { mask }).tolist()).toEqual([1, nan]);
    expect(masked.std(x(), 1, true, { mask }).tolist()[0]).toBeCloseTo(Math.SQRT2, 6);
    expect(masked.logsumexp(x(), 1, { mask }).tolist()).toEqual([expect.closeTo(3.126928, 5), -inf]);
    expect(masked.sum(x(), { mask }).item()).toBe(4);
    expect(masked.sum(x()).item()).toBe(21);
  });

  test("places come in the input's dtype; integers sum to int64", () => {
    expect(masked.argmax(x(), 1, { mask }).tolist()).toEqual([2, 0]);
    expect(masked.argmin(x(), { mask }).dtype).toBe(torch.float32);
    const bytes = torch.tensor(Uint8Array.of(200, 100, 3));
    expect(masked.sum(bytes).dtype).toBe(torch.int64);
    expect(masked.amin(bytes, { mask: torch.tensor([true, true, false]) }).item()).toBe(100);
  });

  test("softmax and its kin give the masked ones nothing", () => {
    const p = masked.softmax(x(), 1, { mask });
    expect(p.at(0, 1).item()).toBe(0);
    closeTo(p.at(0).sum(), [1], 1e-6);
    expect(p.at(1).isnan().all().item()).toBe(true);
    closeTo(masked.logSoftmax(x(), 0).exp(), x().softmax(0), 1e-6);
    closeTo(masked.softmin(x(), 1), x().neg().softmax(1), 1e-6);
    expect(masked.cumsum(x(), 1, { mask }).tolist()).toEqual([
      [1, 1, 4],
      [0, 0, 0],
    ]);
    expect(masked.cumprod(x(), 1, { mask }).at(0).tolist()).toEqual([1, 1, 3]);
    expect(masked.normalize(x(), 1, 1, { mask }).at(0).tolist()).toEqual([0.25, 0, 0.75]);
    expect(masked.logaddexp(x(), x(), { inputMask: mask }).at(1).tolist()).toEqual([4, 5, 6]);
  });

  test("a mask broadcasts to the input, not the other way round", () => {
    expect(masked.sum(x(), 1, { mask: torch.tensor([true, false, false]) }).tolist()).toEqual([1, 4]);
    expect(() => masked.sum(x(), 1, { mask: torch.ones([1, 2, 3]).bool() })).toThrow(torch.ShapeError);
    expect(() => masked.sum(x(), 1, { mask: torch.ones([2]).bool() })).toThrow(torch.ShapeError);
    expect(() => masked.sum(x(), 1, { masks: mask } as never)).toThrow(torch.ValueError);
  });

  test("gradients reach only what the mask leaves", () => {
    const leaf = sines([2, 3], 2, true);
    const some = torch.tensor([
      [true, false, true],
      [true, true, false],
    ]);
    for (const f of [
      (a: torch.Tensor) => masked.sum(a.square(), 1, { mask: some }),
      (a: torch.Tensor) => masked.mean(a.square(), 0, { mask: some }),
      (a: torch.Tensor) => masked.var(a, 1, { mask: some }),
      (a: torch.Tensor) => masked.logsumexp(a, 1, { mask: some }),
      (a: torch.Tensor) => masked.prod(a, [0, 1], { mask: some }),
      (a: torch.Tensor) => masked.norm(a, 3, 1, { mask: some }),
    ]) {
      expect(gradcheck(f, [leaf])).toBe(true);
      expect(gradgradcheck(f, [leaf])).toBe(true);
    }
    masked.sum(leaf, { mask: some }).backward();
    expect(leaf.grad!.tolist()).toEqual([
      [1, 0, 1],
      [1, 1, 0],
    ]);
  });
});

test("of integers: means are float32, running sums and products keep the dtype", () => {
  const ints = torch.tensor([3n, 4n, 6n]).int();
  const some = torch.tensor([true, false, true]);
  const of = (y: torch.Tensor) => [String(y.dtype), y.tolist()];
  expect(of(masked.mean(ints, { mask: some }))).toEqual(["torch.float32", 4.5]);
  expect(of(masked.cumsum(ints, 0, { mask: some }))).toEqual(["torch.int32", [3, 3, 9]]);
  expect(of(masked.cumprod(ints, 0, { mask: some }))).toEqual(["torch.int32", [3, 3, 18]]);
});

test("medians of integers, and of nothing", () => {
  const ints = torch.tensor([[3n, 4n, 6n]]);
  const some = torch.tensor([[true, false, true]]);
  expect(masked.median(ints, 1, { mask: some }).tolist()).toEqual([3]);
  expect(() => masked.median(ints, 1, { mask: some.logicalAnd(false) })).toThrow(torch.ValueError);
});
