import { describe, expect, test } from "vitest";
import * as torch from "../../ts/index.ts";
import { argumentsOf, SIZES } from "../records/sample.ts";
import { ELEMENTWISE } from "../records/samples/elementwise.ts";
import { sines } from "./sines.ts";

type Tensor = torch.Tensor;
const f64 = (...values: number[]) => torch.tensor(Float64Array.from(values));
const { NaN: nan, Infinity: inf } = globalThis;

type One = (x: Tensor) => Tensor;

/** The gradient of the sum of f at these points. */
function slopes(f: One, ...at: number[]): number[] {
  const x = f64(...at).requiresGrad_();
  f(x).sum().backward();
  return x.grad!.tolist() as number[];
}

describe("gradients at special points, as in PyTorch 1.13.1", () => {
  test("kinks", () => {
    expect(slopes(torch.abs, 0, -1)).toEqual([0, -1]);
    expect(slopes(torch.sqrt, 0, 4)).toEqual([inf, 0.25]);
    expect(slopes((x) => x.clamp(-1, 1), -1, 1, -2, 2, nan)).toEqual([1, 1, 0, 0, 0]);
    expect(slopes((x) => x.clamp(f64(-1), f64(1)), -1, 1, -2, 2)).toEqual([1, 1, 0, 0]);
    expect(slopes((x) => x.clampMin(1), 1, 0)).toEqual([1, 0]);
    expect(slopes(torch.relu, 0, -1, 1)).toEqual([0, 0, 1]);
    expect(slopes(torch.sinc, 0)).toEqual([0]);
    expect(slopes(torch.special.i1, 0)).toEqual([0.5]);
    expect(slopes((x) => torch.nanToNum(x), nan, inf, 1)).toEqual([0, 0, 1]);
  });

  test("powers", () => {
    expect(slopes((x) => x.pow(0), 0, 2)).toEqual([0, 0]);
    expect(slopes((x) => x.pow(1), 0)).toEqual([1]);
    expect(slopes((x) => x.pow(f64(0)), 0, 2)).toEqual([0, 0]);
    expect(slopes((x) => torch.pow(f64(0), x), 0, 2)).toEqual([0, 0]);
    expect(slopes((x) => torch.pow(0, x), 0, 2)).toEqual([0, 0]);
    expect(slopes((x) => x.pow(2), -3, 0)).toEqual([-6, 0]);
  });

  test("ties are shared by maximum and minimum, the first's own in fmax and fmin", () => {
    for (const [f, first, second] of [
      [torch.maximum, 0.5, 0.5],
      [torch.minimum, 0.5, 0.5],
      [torch.fmax, 1, 0],
      [torch.fmin, 1, 0],
    ] as const) {
      expect(slopes((x) => f(x, f64(3)), 3)).toEqual([first]);
      expect(slopes((x) => f(f64(3), x), 3)).toEqual([second]);
    }
    expect(slopes((x) => torch.maximum(x, f64(nan)), 3)).toEqual([1]);
    expect(slopes((x) => torch.fmax(x, f64(nan)), 3)).toEqual([1]);
  });

  test("zeros of xlogy and copysign", () => {
    expect(slopes((x) => torch.xlogy(x, 0), 0, 1)).toEqual([0, -inf]);
    expect(slopes((x) => torch.xlogy(0, x), 0)).toEqual([nan]);
    expect(slopes((x) => torch.copysign(x, -1), 0, 2)).toEqual([0, -1]);
  });
});

/** The first `n` elements of a line, each between others. */
function spaced(x: Tensor, n: number): Tensor {
  if (x.ndim === 0) return x;
  const columns = torch.zeros([n, 2], { dtype: x.dtype });
  columns.at(":", 1).copy_(x.at(`:${n}`));
  return columns.at(":", 1);
}

describe("lengths around the vector width", () => {
  const lines = Object.entries(ELEMENTWISE).map(
    ([name, samples]) =>
      [name, samples.filter(({ makes }) => makes.every((make) => make(3, 0).ndim < 2))] as const,
  );
  test.each(lines.filter(([name]) => name !== "rrelu"))(
    "%s: an element does not depend on them",
    (_, samples) => {
      for (const sample of samples) {
        const args = argumentsOf(sample, 129).map((x) => (x.dtype.isFloatingPoint ? x.detach().float() : x));
        const whole = sample.call(...args) as Tensor;
        for (const n of SIZES)
          for (const part of [
            (x: Tensor) => (x.numel() < 2 ? x : x.at(`:${n}`).clone()),
            (x: Tensor) => (x.numel() < 2 ? x : spaced(x, n)),
          ])
            expect((sample.call(...args.map(part)) as Tensor).toTypedArray()).toEqual(
              whole.at(`:${n}`).toTypedArray(),
            );
      }
    },
  );
});

test("functions without a derivative say so", () => {
  const x = sines([3], 1, true);
  expect(() => torch.heaviside(x, x).sum().backward()).toThrow(/not implemented/);
  expect(() => torch.special.zeta(x.add(3), 2).sum().backward()).toThrow(/exponent/);
  expect(x.gt(0).requiresGrad).toBe(false);
});
