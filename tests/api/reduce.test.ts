import { describe, expect, test } from "vitest";
import * as torch from "../../ts/index.ts";
import { closeTo, sines, weighted } from "./sines.ts";

const { gradcheck, gradgradcheck } = torch.autograd;
type Reduction = (x: torch.Tensor) => torch.Tensor;
const { Infinity: inf } = globalThis;

describe("sums and means", () => {
  test("along any dimensions, kept or not, of views too", () => {
    const x = torch.tensor([
      [1, 2, 3],
      [4, 5, 6],
    ]);
    expect(x.sum().item()).toBe(21);
    expect(x.sum(0).tolist()).toEqual([5, 7, 9]);
    expect(x.sum(-1, true).tolist()).toEqual([[6], [15]]);
    expect(x.sum({ dim: [0, 1], keepdim: true }).tolist()).toEqual([[21]]);
    expect(x.t().mean(0).tolist()).toEqual([2, 5]);
    closeTo(sines([2, 3, 4]).sum([0, 2]), sines([2, 3, 4]).sum(0).sum(1));
    expect(() => x.sum(2)).toThrow(torch.IndexError);
    expect(() => x.sum([0, 0])).toThrow(torch.IndexError);
  });

  test("dtypes: integers and bool sum to int64 and have no mean", () => {
    const x = torch.tensor(Uint8Array.of(200, 100));
    expect(x.sum().dtype).toBe(torch.int64);
    expect(x.sum().item()).toBe(300);
    expect(torch.tensor([true, true]).sum().item()).toBe(2);
    expect(torch.ones([2], { dtype: torch.float16 }).sum().dtype).toBe(torch.float16);
    expect(() => x.mean()).toThrow(torch.DtypeError);
    expect(x.mean({ dtype: torch.float32 }).item()).toBe(150);
    expect(x.prod().item()).toBe(20000);
  });

  test("of nothing: the identity, NaN, or a refusal", () => {
    const none = torch.zeros([2, 0]);
    expect(none.sum(1).tolist()).toEqual([0, 0]);
    expect(none.prod().item()).toBe(1);
    expect(none.mean().item()).toBeNaN();
    expect(none.any().item()).toBe(false);
    expect(none.all(1).tolist()).toEqual([true, true]);
    for (const op of ["max", "min", "amax", "argmax"] as const)
      expect(() => none[op]()).toThrow(torch.IndexError);
    expect(() => none.max(1)).toThrow(torch.IndexError);
    expect(none.amax(0).shape).toEqual([0]);
  });

  test("nansum, nanmean, countNonzero, any and all", () => {
    const x = torch.tensor([1, Number.NaN, 3]);
    expect(x.nansum().item()).toBe(4);
    expect(x.nanmean().item()).toBe(2);
    expect(torch.tensor([0, 2, 0, 1]).countNonzero().item()).toBe(2);
    expect(torch.tensor(Uint8Array.of(0, 3)).any().dtype).toBe(torch.uint8);
    expect(
      torch
        .tensor([
          [0, 1],
          [2, 3],
        ])
        .all(0)
        .tolist(),
    ).toEqual([false, true]);
  });
});

describe("extremes", () => {
  const x = () =>
    torch.tensor([
      [1, 5, 5],
      [2, -1, 7],
    ]);
  test("of all, along a dimension, against another tensor", () => {
    expect(x().max().item()).toBe(7);
    const { values, indices } = x().max(1);
    expect(values.tolist()).toEqual([5, 7]);
    expect(indices.tolist()).toEqual([1, 2]);
    const [least] = x().min({ dim: 0, keepdim: true });
    expect(least!.tolist()).toEqual([[1, -1, 5]]);
    expect(x().max(torch.tensor(3)).tolist()).toEqual([
      [3, 5, 5],
      [3, 3, 7],
    ]);
    expect(x().argmax().item()).toBe(5);
    expect(x().argmin(1, true).tolist()).toEqual([[0], [1]]);
    expect(x().argmax(1).dtype).toBe(torch.int64);
    expect(torch.aminmax(x(), { dim: 1 }).max.tolist()).toEqual([5, 7]);
    expect(torch.tensor([1, Number.NaN, 3]).max().item()).toBeNaN();
    expect(torch.tensor([1, Number.NaN, 3]).argmax().item()).toBe(1);
  });

  test("equal ones share the gradient, but along a dimension the index takes it", () => {
    const grad = (f: Reduction) => [...torch.autograd.grad([f(leaf).sum()], [leaf])][0]!.tolist();
    const leaf = x().requiresGrad_();
    expect(grad((a) => a.at(0).max())).toEqual([
      [0, 0.5, 0.5],
      [0, 0, 0],
    ]);
    expect(grad((a) => a.amax(1))).toEqual([
      [0, 0.5, 0.5],
      [0, 0, 1],
    ]);
    expect(grad((a) => a.max(1).values)).toEqual([
      [0, 1, 0],
      [0, 0, 1],
    ]);
  });

  test("medians are the lower ones", () => {
    const m = sines([3, 4], 2);
    expect(m.median().item()).toBeCloseTo(-0.2879033167, 9);
    const { values, indices } = m.median(0);
    closeTo(values, [-0.5440211109, -0.536572918, -0.00885130929, -0.2879033167]);
    expect(indices.tolist()).toEqual([1, 1, 2, 1]);
    expect(torch.tensor([1, Number.NaN, 3]).median().item()).toBeNaN();
    expect(torch.tensor([1, Number.NaN, 3]).nanmedian().item()).toBe(1);
  });
});

describe("spread and norms", () => {
  // PyTorch 1.13.1's values.
  test("var, std and their means", () => {
    const x = sines([2, 3, 4]);
    closeTo(x.var([0, 2]), [0.3905614232, 0.6778536245, 0.4499739203]);
    expect(x.std().item()).toBeCloseTo(0.7381860604, 9);
    closeTo(x.var({ dim: 1, correction: 2 }).reshape(-1).at("0:3"), [1.768508303, 1.19839644, 1.437940998]);
    closeTo(x.std(1, false, true), x.var(1, { unbiased: false, keepdim: true }).sqrt());
    const [deviation, mean] = torch.stdMean(x, 1);
    closeTo(deviation, x.std(1));
    closeTo(mean, x.mean(1));
    expect(torch.ones(1).var().item()).toBeNaN();
    expect(() => torch.tensor([1n]).std()).toThrow(torch.DtypeError);
  });

  test("norms of every order", () => {
    const m = sines([3, 4], 2);
    const wants: [number | "fro", number, number[]][] = [
      ["fro", 2.514385948, [1.567314451, 1.283768172, 1.489161305]],
      [1, 7.872340537, [2.934873667, 2.359104701, 2.578362169]],
      [0, 12, [4, 4, 4]],
      [3, 1.755931046, [1.295748175, 1.094585688, 1.244422095]],
      [0.5, 84.94391969, [11.200919, 9.01169222, 8.224145479]],
      [inf, 0.9906073557, [0.9893582466, 0.9906073557, 0.9129452507]],
      [-inf, 0.00885130929, [0.2794154982, 0.2879033167, 0.00885130929]],
    ];
    for (const [p, whole, rows] of wants) {
      expect(m.norm(p).item()).toBeCloseTo(whole, 7);
      closeTo(m.norm(p, 1), rows);
      if (p !== 0) expect(gradcheck((a) => weighted(a.norm(p, 1)), [sines([3, 4], 2, true)])).toBe(true);
    }
    const zero = torch.zeros([3], { dtype: torch.float64, requiresGrad: true });
    zero.norm().backward();
    expect(zero.grad!.tolist()).toEqual([0, 0, 0]);
  });

  test("logsumexp does not overflow", () => {
    closeTo(sines([3, 4], 2).logsumexp(1), [1.855903453, 1.527763987, 1.472253327]);
    expect(torch.tensor([1000, 1000]).logsumexp(0).item()).toBeCloseTo(1000.6931, 3);
    expect(torch.tensor([-inf, -inf]).logsumexp(0).item()).toBe(-inf);
  });
});

describe("running reductions", () => {
  test("cumsum, cumprod, logcumsumexp, cummax", () => {
    const m = sines([3, 4], 2);
    closeTo(m.cumprod(1).at(0), [0.9092974268, -0.6881585616, 0.1922821673, 0.1902359479]);
    closeTo(m.logcumsumexp(0).at(2), [1.262681568, 1.265697037, 1.490718086, 1.346422432]);
    expect(torch.tensor([1n, 2n, 3n]).cumsum(0).tolist()).toEqual([1, 3, 6]);
    const { values, indices } = torch.tensor([1, 3, 2, 3, 0]).cummax(0);
    expect(values.tolist()).toEqual([1, 3, 3, 3, 3]);
    expect(indices.tolist()).toEqual([0, 1, 1, 3, 3]);
    expect(torch.tensor([1, Number.NaN, 0]).cummin(0).indices.tolist()).toEqual([0, 1, 1]);
  });

  test("zeros do not spoil the gradients of products", () => {
    const row = (...values: number[]) => torch.tensor(Float64Array.from(values)).requiresGrad_();
    for (const x of [row(2, 3, 4), row(2, 0, 4), row(0, 3, 0, 5)])
      for (const f of [(a: torch.Tensor) => a.prod(), (a: torch.Tensor) => weighted(a.cumprod(0))]) {
        expect(gradcheck(f, [x])).toBe(true);
        expect(gradgradcheck(f, [x])).toBe(true);
      }
  });
});

const DIFFERENTIABLE: [string, Reduction][] = [
  ["sum", (x) => x.sum([0, 2])],
  ["mean", (x) => x.mean(1, true)],
  ["prod", (x) => x.prod(1)],
  ["max", (x) => x.max(2).values],
  ["min", (x) => x.min()],
  ["amax", (x) => x.amax([0, 1])],
  ["std", (x) => x.std(1)],
  ["var", (x) => x.var([0, 2], { unbiased: false })],
  ["varMean", (x) => torch.varMean(x, 0).reduce((a, b) => a.add(b))],
  ["norm", (x) => x.norm(3, 1)],
  ["logsumexp", (x) => x.logsumexp([0, 1])],
  ["cumsum", (x) => x.cumsum(1)],
  ["cumprod", (x) => x.cumprod(2)],
  ["logcumsumexp", (x) => x.logcumsumexp(1)],
  ["cummax", (x) => x.cummax(2).values],
  ["nansum", (x) => x.nansum(0)],
];
test.each(DIFFERENTIABLE)("%s: first and second derivatives agree with differences", (_, f) => {
  const x = sines([2, 3, 4], 1, true);
  expect(gradcheck((a) => weighted(f(a).square()), [x])).toBe(true);
  expect(gradgradcheck((a) => weighted(f(a).square()), [x])).toBe(true);
});

test("isclose and allclose", () => {
  const { Infinity: inf, NaN: nan } = globalThis;
  const a = torch.tensor([1, inf, nan, 2]),
    b = torch.tensor([1.000001, inf, nan, 2.1]);
  expect(a.isclose(b).tolist()).toEqual([true, true, false, false]);
  expect(a.isclose(b, { equalNan: true, rtol: 0.1 }).tolist()).toEqual([true, true, true, true]);
  expect(torch.allclose(a, b)).toBe(false);
  expect(torch.tensor([1n, 2n]).allclose(torch.tensor([1n, 2n]))).toBe(true);
  expect(() => a.isclose(b.double())).toThrow(torch.DtypeError);
  expect(() => a.isclose(b, -1)).toThrow(torch.ValueError);
});
