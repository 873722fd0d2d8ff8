import { describe, expect, test } from "vitest";
import * as torch from "../../ts/index.ts";
import { closeTo, sines, weighted } from "./sines.ts";

const { gradcheck, gradgradcheck } = torch.autograd;

describe("functions of samples", () => {
  test("gradient over even and uneven spacings", () => {
    const t = torch.tensor([
      [1, 2, 4, 8],
      [10, 20, 40, 80],
    ]);
    expect(torch.gradient(t).map((g) => g.tolist())).toEqual([
      [
        [9, 18, 36, 72],
        [9, 18, 36, 72],
      ],
      [
        [1, 1.5, 3, 4],
        [10, 15, 30, 40],
      ],
    ]);
    expect(torch.gradient(t, { spacing: 2, dim: 1 })[0]!.tolist()[0]).toEqual([0.5, 0.75, 1.5, 2]);
    const at = torch.tensor([-2, -1, 1, 4]);
    closeTo(torch.gradient(at.square(), { spacing: [at] })[0]!, [-3, -2, 2, 5], 1e-6);
    // The second order is exact for parabolas, at the ends too.
    for (const spacing of [[at], 3] as const) {
      const x = spacing === 3 ? torch.arange(5).mul(3).float() : at;
      const [slope] = torch.gradient(x.square().sub(x), { spacing, edgeOrder: 2 });
      closeTo(slope!, x.mul(2).sub(1), 1e-6);
    }
    expect(() => torch.gradient(torch.zeros([1]))).toThrow(torch.ShapeError);
    expect(() => torch.gradient(t, { spacing: [1] })).toThrow(torch.ValueError);
    expect(
      gradcheck((x) => torch.gradient(x, { spacing: [at.double()], dim: 1 })[0]!, [sines([2, 4], 1, true)]),
    ).toBe(true);
  });

  test("histogram and histogramdd", () => {
    const x = torch.tensor([1, 2, 1]),
      weight = torch.tensor([1, 2, 4]);
    const { hist, binEdges } = torch.histogram(x, 4, { range: [0, 3], weight });
    expect(hist.tolist()).toEqual([0, 5, 2, 0]);
    expect(binEdges.tolist()).toEqual([0, 0.75, 1.5, 2.25, 3]);
    closeTo(x.histogram(4, { range: [0, 3], weight, density: true }).hist, [0, 20 / 21, 8 / 21, 0], 1e-6);
    expect(x.histogram(torch.tensor([0, 1, 2])).hist.tolist()).toEqual([0, 3]);
    const points = torch.tensor([
      [0, 1],
      [1, 0],
      [2, 0],
      [2, 2],
    ]);
    const grid = torch.histogramdd(points, [3, 3], { weight: torch.tensor([1, 2, 4, 8]) });
    expect(grid.hist.tolist()).toEqual([
      [0, 1, 0],
      [2, 0, 0],
      [4, 0, 8],
    ]);
    expect(grid.binEdges.length).toBe(2);
    expect(() => x.long().histogram(3)).toThrow(torch.DtypeError);
    expect(() => x.histogram(0)).toThrow(torch.ValueError);
  });

  test("frexp, vander, unravelIndex", () => {
    const { mantissa, exponent } = torch.frexp(torch.arange(9).float());
    expect(mantissa.tolist()).toEqual([0, 0.5, 0.5, 0.75, 0.5, 0.625, 0.75, 0.875, 0.5]);
    expect(exponent.tolist()).toEqual([0, 1, 2, 2, 3, 3, 3, 3, 4]);
    const extremes = torch.tensor(Float64Array.of(5e-324, Number.MAX_VALUE, -Infinity));
    const parts = extremes.frexp();
    expect(parts.mantissa.tolist()).toEqual([0.5, 1 - 2 ** -53, -Infinity]);
    expect(parts.exponent.tolist()).toEqual([-1073, 1024, 0]);
    expect(gradcheck((x) => x.frexp().mantissa, [sines([5], 1, true)])).toBe(true);
    const x = torch.tensor([1, 2, 3]);
    expect(torch.vander(x).tolist()).toEqual([
      [1, 1, 1],
      [4, 2, 1],
      [9, 3, 1],
    ]);
    expect(torch.vander(x, 2, true).tolist()[2]).toEqual([1, 3]);
    expect(torch.vander(x, { N: 0 }).shape).toEqual([3, 0]);
    const places = torch.unravelIndex(torch.tensor([5n, 0n]), [2, 3]);
    expect(places.map((p) => p.tolist())).toEqual([
      [1, 0],
      [2, 0],
    ]);
    expect(() => torch.unravelIndex(torch.tensor([6n]), [2, 3])).toThrow(torch.IndexError);
  });
});

describe("products added in place", () => {
  const [m, a, b, v, w] = [sines([2, 3]), sines([2, 4], 2), sines([4, 3], 3), sines([4], 4), sines([3], 5)];
  test("are those of the functions", () => {
    const pairs: [string, torch.Tensor, torch.Tensor[]][] = [
      ["addmm", m, [a, b]],
      ["addmv", sines([2]), [a, v]],
      ["addr", m, [sines([2]), w]],
      ["addbmm", m, [a.expand([5, 2, 4]), b.expand([5, 4, 3])]],
      ["baddbmm", m.expand([5, 2, 3]).clone(), [a.expand([5, 2, 4]), b.expand([5, 4, 3])]],
    ];
    for (const [name, x, args] of pairs) {
      const call = (t: torch.Tensor, method: string) =>
        (t as unknown as Record<string, (...args: unknown[]) => torch.Tensor>)[method]!(...args, {
          beta: 0.5,
          alpha: 2,
        });
      const target = x.clone();
      expect(call(target, `${name}_`)).toBe(target);
      closeTo(target, call(x, name));
    }
    closeTo(torch.addr(m, sines([2]), w), m.add(sines([2]).outer(w)));
    expect(
      gradcheck(
        (x, p, q) => torch.addr(x, p, q, { alpha: 3 }),
        [m, sines([2]), w].map((t) => t.clone().requiresGrad_()),
      ),
    ).toBe(true);
    expect(
      gradgradcheck(
        (x, p, q) => torch.addr(x, p, q),
        [m, sines([2]), w].map((t) => t.clone().requiresGrad_()),
      ),
    ).toBe(true);
    expect(
      gradcheck(
        (x, y) => weighted(x.mul(1).addmm_(y, b)),
        [m, a].map((t) => t.clone().requiresGrad_()),
      ),
    ).toBe(true);
    closeTo(m.clone().renorm_(2, 0, 1), m.renorm(2, 0, 1));
  });
  test("asStridedScatter stays within the memory", () => {
    const x = torch.zeros([2, 2]);
    expect(x.asStridedScatter(torch.ones([2]), [2], [2], 1).tolist()).toEqual([
      [0, 1],
      [0, 1],
    ]);
    expect(() => x.asStridedScatter(torch.ones([2]), [2], [1], 3)).toThrow(torch.ShapeError);
    expect(() => x.random_("a" as unknown as number)).toThrow(torch.ValueError);
    expect(() => torch.randint(0, 2.5, [2])).toThrow(torch.ValueError);
  });
  test("detach_ and asStrided_", () => {
    const x = sines([2, 2], 1, true);
    const y = x.mul(2);
    expect(y.detach_()).toBe(y);
    expect(y.requiresGrad).toBe(false);
    expect(() => x.mul(2).t().detach_()).toThrow(torch.AutogradError);
    expect(torch.arange(6).asStrided_([2, 2], [2, 1], 1).tolist()).toEqual([
      [1, 2],
      [3, 4],
    ]);
  });
});

describe("plain answers", () => {
  test("finfo, iinfo, and questions", () => {
    const f = torch.finfo();
    expect([f.bits, f.eps, f.max, f.tiny, f.resolution]).toEqual([
      32,
      2 ** -23,
      3.4028234663852886e38,
      2 ** -126,
      1e-6,
    ]);
    expect(torch.finfo("float16").max).toBe(65504);
    expect(torch.iinfo(torch.int8).min).toBe(-128);
    expect(torch.iinfo("int64").max).toBe(2n ** 63n - 1n);
    expect(() => torch.finfo("int8")).toThrow(torch.DtypeError);
    expect(() => torch.iinfo(torch.bool)).toThrow(torch.DtypeError);
    const x = torch.tensor([2]);
    expect([
      torch.isNonzero(x),
      torch.isSigned(x.byte()),
      torch.isSameSize(x, x.neg()),
      torch.numel(x),
    ]).toEqual([true, false, true, 1]);
    expect(torch.isFloatingPoint(x.long())).toBe(false);
    expect(() => torch.zeros([2]).isNonzero()).toThrow(torch.ValueError);
    expect(torch.concat([x, x]).tolist()).toEqual([2, 2]);
  });
});
