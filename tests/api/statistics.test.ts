import { describe, expect, test } from "vitest";
import * as torch from "../../ts/index.ts";
import { closeTo, sines, weighted } from "./sines.ts";

const { gradcheck, gradgradcheck } = torch.autograd;
type T = torch.Tensor;

describe("quantiles", () => {
  const x = torch.tensor([3, 1, 4, 2]);
  test("interpolate, of all elements and along dimensions", () => {
    expect(torch.quantile(x, 0.5).item()).toBe(2.5);
    expect(torch.quantile(x, 0.4, { interpolation: "lower" }).item()).toBe(2);
    expect(torch.quantile(x, 0.4, { interpolation: "higher" }).item()).toBe(3);
    expect(torch.quantile(x, 0.4, { interpolation: "nearest" }).item()).toBe(2);
    expect(torch.quantile(x, 0.4, { interpolation: "midpoint" }).item()).toBe(2.5);
    const m = sines([2, 5]);
    expect(m.quantile(torch.tensor(Float64Array.of(0.2, 0.8)), 1, true).shape).toEqual([2, 2, 1]);
    expect(m.quantile(0.5, { keepdim: true }).shape).toEqual([1, 1]);
    closeTo(m.quantile(0.5, 1), m.median(1).values);
  });
  test("NaN spoils the one and not the other; what cannot be is refused", () => {
    const y = torch.tensor([1, Number.NaN, 3]);
    expect(torch.quantile(y, 0.5).item()).toBeNaN();
    expect(torch.nanquantile(y, 0.5).item()).toBe(2);
    expect(torch.tensor([Number.NaN]).nanquantile(0.5).item()).toBeNaN();
    expect(() => torch.quantile(x, 1.5)).toThrow(torch.ValueError);
    expect(() => torch.quantile(torch.zeros([0]), 0.5)).toThrow(torch.ValueError);
    expect(() => torch.quantile(torch.tensor([1n]), 0.5)).toThrow(torch.DtypeError);
    expect(() => torch.quantile(x, 0.5, { interpolation: "cubic" as never })).toThrow(torch.ValueError);
  });
});

describe("covariances", () => {
  const x = torch.tensor([
    [0, 1, 2],
    [2, 1, 0],
  ]);
  test("of rows, weighted or not", () => {
    expect(torch.cov(x).tolist()).toEqual([
      [1, -1],
      [-1, 1],
    ]);
    expect(torch.cov(x, { correction: 0 }).at(0, 0).item()).toBeCloseTo(2 / 3, 6);
    expect(torch.cov(torch.tensor([1, 2, 3])).item()).toBe(1);
    closeTo(torch.corrcoef(sines([2, 9])).diagonal(), [1, 1], 1e-12);
    const fweights = torch.tensor([1n, 3n, 1n]);
    closeTo(
      torch.cov(x, { fweights }),
      torch.cov(
        torch.tensor([
          [0, 1, 1, 1, 2],
          [2, 1, 1, 1, 0],
        ]),
      ),
      1e-6,
    );
    expect(() => torch.cov(x, { fweights: torch.tensor([1n]) })).toThrow(torch.ShapeError);
    expect(() => torch.cov(x, { fweights: torch.ones([3]) })).toThrow(torch.DtypeError);
    expect(() => torch.cov(sines([2, 2, 2]))).toThrow(torch.ShapeError);
  });
});

describe("differences and integrals", () => {
  test("diff: repeated, with neighbours put on, of bools, of too few", () => {
    const x = torch.tensor([1, 4, 9, 16]);
    expect(x.diff().tolist()).toEqual([3, 5, 7]);
    expect(x.diff(2).tolist()).toEqual([2, 2]);
    expect(x.diff(9).shape).toEqual([0]);
    expect(x.diff(1, 0, torch.tensor([0])).tolist()).toEqual([1, 3, 5, 7]);
    expect(torch.tensor([true, false, false]).diff().tolist()).toEqual([true, false]);
    expect(() => torch.tensor(1).diff()).toThrow(torch.ShapeError);
    expect(x.diff(-1).tolist()).toEqual(x.tolist());
    expect(() => x.diff(0.5)).toThrow(torch.ValueError);
  });
  test("trapezoid and its running form", () => {
    const y = torch.tensor([1, 2, 3]);
    expect(torch.trapezoid(y).item()).toBe(4);
    expect(torch.trapezoid(y, { dx: 2 }).item()).toBe(8);
    expect(torch.trapz(y, torch.tensor([0, 1, 4])).item()).toBe(9);
    expect(torch.cumulativeTrapezoid(y).tolist()).toEqual([1.5, 4]);
    expect(torch.trapezoid(torch.tensor([1n, 2n])).item()).toBe(1.5);
    expect(torch.trapezoid(torch.zeros([2, 0])).tolist()).toEqual([0, 0]);
    expect(() => torch.trapezoid(y, torch.tensor([0, 1]))).toThrow(torch.ShapeError);
  });
  test("dist and renorm", () => {
    expect(torch.dist(torch.tensor([3, 0]), torch.tensor([0, 4])).item()).toBe(5);
    expect(torch.dist(torch.tensor([3, 0]), torch.tensor([0, 4]), 1).item()).toBe(7);
    const scaled = torch.renorm(
      torch.tensor([
        [3, 4],
        [0.3, 0.4],
      ]),
      2,
      0,
      1,
    );
    closeTo(scaled, [0.6, 0.8, 0.3, 0.4], 1e-5);
    expect(() => torch.renorm(torch.ones([3]), 2, 0, 1)).toThrow(torch.ShapeError);
  });
});

const GRADIENTS: [string, (x: T) => T][] = [
  ["quantile", (x) => x.quantile(0.3, 1)],
  ["cov", (x) => torch.cov(x)],
  ["corrcoef", (x) => torch.corrcoef(x)],
  ["diff", (x) => x.diff(2, 1, x.narrow(1, 0, 1))],
  ["trapezoid", (x) => torch.trapezoid(x.square(), x)],
  ["dist", (x) => torch.dist(x, x.flip(1).square(), 3)],
  ["renorm", (x) => torch.renorm(x, 2, 0, 1)],
];
test.each(GRADIENTS)("%s: first and second derivatives agree with differences", (_, f) => {
  const x = sines([3, 5], 3, true);
  expect(gradcheck((a) => weighted(f(a).square()), [x])).toBe(true);
  expect(gradgradcheck((a) => weighted(f(a).square()), [x])).toBe(true);
});
