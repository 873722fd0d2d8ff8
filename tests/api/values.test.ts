import { describe, expect, test } from "vitest";
import * as torch from "../../ts/index.ts";
import { closeTo } from "./sines.ts";

const { float64, int64, bool, uint8 } = torch;
const f64 = (...values: number[]) => torch.tensor(Float64Array.from(values));
const { NaN: nan, Infinity: inf } = globalThis;

describe("dtypes", () => {
  test("integers wrap around", () => {
    const x = torch.tensor(Uint8Array.of(250, 3));
    expect(x.add(10).tolist()).toEqual([4, 13]);
    expect(x.neg().tolist()).toEqual([6, 253]);
    expect(x.mul(x).tolist()).toEqual([36, 9]);
    expect(x.bitwiseNot().tolist()).toEqual([5, 252]);
    expect(x.bitwiseLeftShift(1).tolist()).toEqual([244, 6]);
    expect(torch.tensor(Int8Array.of(-128)).abs().tolist()).toEqual([-128]);
    expect(
      torch
        .tensor(BigInt64Array.of(2n ** 53n + 1n))
        .mul(2)
        .toTypedArray()[0],
    ).toBe(2n ** 54n + 2n);
  });

  test("half-width floats are rounded when stored", () => {
    const x = torch.tensor([1, 2, 3]).to(torch.float16);
    expect(x.div(3).dtype).toBe(torch.float16);
    expect(x.div(3).float().tolist()).toEqual([0.333251953125, 0.66650390625, 1]);
    expect(x.maskedFill(x.gt(2), 0.1).float().tolist()).toEqual([1, 2, 0.0999755859375]);
    expect(torch.tensor([1]).to(torch.bfloat16).fill_(1.01).float().item()).toBe(1.0078125);
  });

  test("bools: sums are or, differences are refused", () => {
    const t = torch.tensor([true, false]);
    expect(t.add(t).tolist()).toEqual([true, false]);
    expect(t.bitwiseAnd(true).dtype).toBe(bool);
    expect(t.logicalXor(torch.tensor([1, 0.5])).tolist()).toEqual([false, true]);
    for (const f of [
      () => t.sub(1),
      () => torch.sub(2, t),
      () => t.neg(),
      () => t.abs(),
      () => t.ceil(),
      () => t.pow(t),
    ])
      expect(f).toThrow(torch.DtypeError);
    expect(t.pow(2).dtype).toBe(int64);
  });

  test("divisions of integers", () => {
    const x = torch.tensor(Int32Array.of(7, -7));
    expect(x.div(2).tolist()).toEqual([3.5, -3.5]);
    expect(x.div(2, { roundingMode: "trunc" }).tolist()).toEqual([3, -3]);
    expect(x.div(2, { roundingMode: "floor" }).tolist()).toEqual([3, -4]);
    expect(x.remainder(4).tolist()).toEqual([3, 1]);
    expect(x.fmod(4).tolist()).toEqual([3, -3]);
    expect(() => x.remainder(0)).toThrow(torch.ValueError);
    expect(() => x.floorDivide(torch.tensor(Int32Array.of(1, 0)))).toThrow(/division by zero/);
    expect(() => x.pow(-1)).toThrow(torch.ValueError);
    expect(torch.pow(2, torch.tensor(Int32Array.of(-1, 3))).tolist()).toEqual([0, 8]);
  });

  test("gcd, lcm and shifts take integers only", () => {
    const x = torch.tensor(Int32Array.of(12, -18, 0));
    expect(x.gcd(8).tolist()).toEqual([4, 2, 8]);
    expect(x.lcm(8).tolist()).toEqual([24, 72, 0]);
    expect(x.bitwiseRightShift(1).tolist()).toEqual([6, -9, 0]);
    for (const f of [torch.gcd, torch.lcm, torch.bitwiseAnd, torch.bitwiseLeftShift])
      expect(() => f(torch.ones([1]), 2)).toThrow(torch.DtypeError);
    expect(() => torch.addcdiv(x, x, x)).toThrow(torch.DtypeError);
    expect(torch.addcmul(x, x, x, { value: 2 }).tolist()).toEqual([300, 630, 0]);
  });

  test("truth tables read any number", () => {
    const x = f64(0, -0, nan, 2);
    expect(x.logicalNot().tolist()).toEqual([true, true, false, false]);
    expect(x.logicalAnd(torch.tensor(Uint8Array.of(1, 1, 1, 0))).tolist()).toEqual([
      false,
      false,
      true,
      false,
    ]);
    expect(torch.logicalOr(x, 0).tolist()).toEqual([false, false, true, true]);
  });
});

describe("values", () => {
  test("NaN, infinities and zeros with a sign", () => {
    expect(torch.maximum(f64(nan, 1), f64(1, nan)).tolist()).toEqual([nan, nan]);
    expect(torch.fmax(f64(nan, 1, nan), f64(1, nan, nan)).tolist()).toEqual([1, 1, nan]);
    expect(torch.copysign(f64(1, -2), f64(-0, 0)).tolist()).toEqual([-1, 2]);
    expect(torch.hypot(f64(inf, 3), f64(nan, 4)).tolist()).toEqual([inf, 5]);
    expect(torch.logaddexp(f64(-inf, 1000), f64(-inf, 1000)).tolist()).toEqual([-inf, 1000 + Math.LN2]);
    expect(torch.xlogy(f64(0, 0, 2), f64(0, nan, 0)).tolist()).toEqual([0, nan, -inf]);
    expect(torch.heaviside(f64(-1, 0, 2, nan), 0.5).tolist()).toEqual([0, 0.5, 1, 0]);
    expect(torch.pow(f64(-8, -1, 0, nan), f64(1 / 3, inf, -1, 0)).tolist()).toEqual([nan, 1, inf, 1]);
    expect(torch.nanToNum(f64(nan, inf, -inf), { posinf: 5 }).tolist()).toEqual([0, 5, -Number.MAX_VALUE]);
    expect(f64(1, 3).clamp(2, 1).tolist()).toEqual([1, 1]);
    expect(f64(1, nan).clamp({ max: nan }).tolist()).toEqual([nan, nan]);
    expect(torch.signbit(f64(-0, 0, -1)).tolist()).toEqual([true, false, true]);
  });

  test("neighbours", () => {
    expect(torch.nextafter(f64(1), 2).item()).toBe(1 + Number.EPSILON);
    expect(torch.nextafter(torch.tensor([1]), 0).item()).toBe(1 - 2 ** -24);
    expect(torch.nextafter(f64(0), -1).item()).toBe(-Number.MIN_VALUE);
    expect(torch.nextafter(f64(nan), 1).item()).toBeNaN();
  });

  test("where, masks and fills", () => {
    const x = torch.tensor([
      [1, 2],
      [3, 4],
    ]);
    const mask = torch.tensor([true, false]);
    expect(torch.where(mask, x, 0).tolist()).toEqual([
      [1, 0],
      [3, 0],
    ]);
    expect(x.where(mask, x.mul(10)).tolist()).toEqual([
      [1, 20],
      [3, 40],
    ]);
    expect(torch.where(mask, 1, 2).dtype).toBe(int64);
    expect(torch.where(mask, x, f64(1, 2)).dtype).toBe(float64);
    expect(x.maskedFill(mask.reshape([2, 1]), -1).tolist()).toEqual([
      [-1, -1],
      [3, 4],
    ]);
    expect(x.t().maskedFill(mask, torch.tensor(9)).tolist()).toEqual([
      [9, 3],
      [9, 4],
    ]);
    expect(torch.where(x.gt(2)).map((t) => t.tolist())).toEqual([
      [1, 1],
      [0, 1],
    ]);
    expect(() => torch.where(x, x, x)).toThrow(torch.DtypeError);
    expect(() => x.maskedFill(mask, x)).toThrow(torch.ValueError);
    expect(() => torch.zeros([2], { dtype: int64 }).maskedFill(mask, nan)).toThrow(torch.ValueError);
    expect(torch.fill(x, 3).sum().item()).toBe(12);
  });

  test("equality of tensors", () => {
    expect(torch.equal(f64(1, 2), f64(1, 2))).toBe(true);
    expect(torch.equal(f64(nan), f64(nan))).toBe(false);
    expect(torch.equal(f64(1), f64(1, 1))).toBe(false);
    expect(torch.equal(f64(1), torch.tensor([1]))).toBe(true);
    expect(torch.isclose(torch.tensor([true]), torch.tensor([true]), { rtol: 0.1 }).tolist()).toEqual([true]);
  });

  test("out is written into, takes the result's shape, and must be able to hold it", () => {
    const out = torch.zeros([2], { dtype: float64 });
    expect(torch.exp(f64(0, 1), { out })).toBe(out);
    closeTo(out, [1, Math.E], 1e-15);
    torch.add(f64(1, 2), 1, { alpha: 3, out });
    expect(out.tolist()).toEqual([4, 5]);
    expect(() => torch.exp(f64(1, 2), { out: torch.zeros([2], { dtype: uint8 }) })).toThrow(torch.DtypeError);
    expect(() => torch.mul(f64(1, 2).requiresGrad_(), 2, { out })).toThrow(torch.AutogradError);
    expect(out.tolist()).toEqual([4, 5]);
    expect(torch.exp(f64(0), { out })).toBe(out);
    expect(out.tolist()).toEqual([1]);
  });

  test("errors name the op and the operands", () => {
    expect(() => torch.add(torch.ones([2, 3]), torch.ones([4]))).toThrow(/add: .*\[2, 3\].*\[4\]/);
    const calls = torch as unknown as Record<string, (x?: unknown) => unknown>;
    for (const name of [
      "exp",
      "floor",
      "round",
      "abs",
      "relu",
      "isnan",
      "isposinf",
      "bitwiseNot",
      "nanToNum",
      "add",
      "where",
    ])
      for (const wrong of [undefined, null, "1", [1]])
        expect(() => calls[name]!(wrong), name).toThrow(torch.ValueError);
    expect(() => torch.exp(f64(1), { oout: f64(1) } as never)).toThrow(/unknown option "oout"/);
    expect(() => f64(1).add_(1, { alhpa: 2 } as never)).toThrow(/unknown option/);
    expect(() => torch.clamp(f64(1))).toThrow(torch.ValueError);
    expect(() => torch.div(f64(1), 2, { roundingMode: "up" as never })).toThrow(torch.ValueError);
  });
  test("numbers that a dtype cannot hold are refused wherever they are given", () => {
    const x = torch.tensor([1, 2]),
      bytes = x.to(torch.uint8),
      above = x.gt(1);
    for (const call of [
      () => bytes.clamp(-5, 300),
      () => bytes.add(bytes, { alpha: 300 }),
      () => torch.fullLike(bytes, 256),
      () => torch.fullLike(x.to(torch.int8), -129),
      () => bytes.maskedFill(above, -0.5),
      () => x.maskedFill(above, 1e300),
      () => x.clone().fill_(1e300),
      () => x.clamp({ max: 1e300 }),
      () => torch.nn.functional.threshold(x, 1e300, 0),
      () => torch.linspace(0, 1e300, 3),
    ])
      expect(call).toThrow(torch.ValueError);
    expect(torch.fullLike(bytes, -1).tolist()).toEqual([255, 255]);
    expect(x.maskedFill(above, Number.POSITIVE_INFINITY).tolist()).toEqual([1, Number.POSITIVE_INFINITY]);
    expect(torch.searchsorted(torch.tensor([1n, 2n, 3n]), 2.5).item()).toBe(2);
  });
});
