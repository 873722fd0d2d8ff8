/// <reference path="../../node_modules/@as-pect/assembly/types/as-pect.d.ts"/>
import * as k from "../unary";
import { pow_f32 } from "../binary";
import { at32, erfcExact, erfExact, Exact, pair32, same, ulp32, Unary, worst32, worstBetween32 } from "./exact";

function sigmoid(x: f64): f64 {
  return 1 / (1 + NativeMath.exp(-x));
}
function silu(x: f64): f64 {
  return x * sigmoid(x);
}
function logSigmoid(x: f64): f64 {
  return min(x, 0) - NativeMath.log1p(NativeMath.exp(-abs(x)));
}
function geluTanh(x: f64): f64 {
  return silu2(x, 1.5957691216057308 * (x + 0.044715 * x * x * x));
}
function silu2(x: f64, u: f64): f64 {
  return x / (1 + NativeMath.exp(-u));
}
function gelu(x: f64): f64 {
  return 0.5 * x * erfcExact(-x * Math.SQRT1_2);
}

function holds(kernel: Unary, exact: Exact, bound: f64, low: f64, high: f64): void {
  expect<f64>(worst32(kernel, exact)).toBeLessThanOrEqual(bound, "over all floats");
  expect<f64>(worstBetween32(kernel, exact, low, high)).toBeLessThanOrEqual(bound, "over the common range");
}

describe("bounds in ulp of the vector functions, over all floats", () => {
  it("exp", () => holds(k.exp_f32, NativeMath.exp, 1, -90, 90));
  it("expm1", () => holds(k.expm1_f32, NativeMath.expm1, 1.5, -3, 3));
  it("log", () => holds(k.log_f32, NativeMath.log, 1, 0.1, 10));
  it("log1p", () => holds(k.log1p_f32, NativeMath.log1p, 1.5, -0.9, 3));
  it("sin", () => holds(k.sin_f32, NativeMath.sin, 1.6, -100, 100));
  it("cos", () => holds(k.cos_f32, NativeMath.cos, 1.6, -100, 100));
  it("sin and cos around the end of the fast path", () => {
    expect<f64>(worstBetween32(k.sin_f32, NativeMath.sin, 999000, 1001000)).toBeLessThanOrEqual(1.6);
    expect<f64>(worstBetween32(k.cos_f32, NativeMath.cos, -1001000, -999000)).toBeLessThanOrEqual(1.6);
  });
  it("tanh", () => holds(k.tanh_f32, NativeMath.tanh, 2.5, -10, 10));
  it("erf", () => holds(k.erf_f32, erfExact, 1.2, -4, 4));
  it("sigmoid, above -87", () => {
    expect<f64>(worst32(k.sigmoid_f32, sigmoid, -87)).toBeLessThanOrEqual(2.5);
    expect<f64>(worstBetween32(k.sigmoid_f32, sigmoid, -20, 20)).toBeLessThanOrEqual(2.5);
  });
  it("silu, above -87", () => {
    expect<f64>(worst32(k.silu_f32, silu, -87, 1e38)).toBeLessThanOrEqual(3);
    expect<f64>(worstBetween32(k.silu_f32, silu, -20, 20)).toBeLessThanOrEqual(3);
  });
  it("logSigmoid", () => {
    expect<f64>(worst32(k.logSigmoid_f32, logSigmoid)).toBeLessThanOrEqual(2);
    expect<f64>(worstBetween32(k.logSigmoid_f32, logSigmoid, -20, 20)).toBeLessThanOrEqual(2);
  });
  it("gelu: absolute error below |x| 2^-22; geluTanh", () => {
    for (let i = -1000; i <= 1000; i++) {
      const x = <f32>i * 0.01, size = abs(<f64>x);
      expect<f64>(abs(at32(k.gelu_f32, x) - gelu(x))).toBeLessThanOrEqual(2.4e-7 * size);
      expect<f64>(abs(at32(k.geluTanh_f32, x) - geluTanh(x))).toBeLessThanOrEqual(1.8e-7 * size);
    }
  });
  it("pow", () => {
    let worst = 0.0;
    for (let i = 0; i < 3000; i++) {
      const x = reinterpret<f32>(<u32>i * 715827), y = <f32>((i * 7919) % 4001 - 2000) * <f32>(i % 3 ? 0.004 : 0.1);
      worst = max(worst, ulp32(pair32(pow_f32, x, y), NativeMath.pow(x, y)));
    }
    for (let i = 1; i < 3000; i++) {
      const x = <f32>i * 0.01, y = <f32>(i % 41 - 20);
      worst = max(worst, ulp32(pair32(pow_f32, x, y), NativeMath.pow(x, y)));
      worst = max(worst, ulp32(pair32(pow_f32, -x, y), NativeMath.pow(-x, y)));
    }
    expect<f64>(worst).toBeLessThanOrEqual(1);
  });
});

describe("special values", () => {
  it("of one argument", () => {
    const n = <f32>NaN, i = <f32>Infinity, z = <f32>-0.0;
    const kernels: Unary[] = [
      k.exp_f32, k.expm1_f32, k.log_f32, k.log1p_f32, k.sin_f32, k.cos_f32, k.tanh_f32, k.erf_f32, k.sigmoid_f32, k.silu_f32,
    ];
    const inputs: f32[] = [n, i, -i, 0, z, 1e-45, -1e-45];
    const tiny = <f32>1e-45;
    const wanted: f32[][] = [
      [n, i, 0, 1, 1, 1, 1],
      [n, i, -1, 0, z, tiny, -tiny],
      [n, i, n, -i, -i, <f32>-103.27893, n],
      [n, i, n, 0, z, tiny, -tiny],
      [n, n, n, 0, z, tiny, -tiny],
      [n, n, n, 1, 1, 1, 1],
      [n, 1, -1, 0, z, tiny, -tiny],
      [n, 1, -1, 0, z, tiny, -tiny],
      [n, 1, 0, 0.5, 0.5, 0.5, 0.5],
      [n, i, n, 0, z, 0, z],
    ];
    for (let f = 0; f < kernels.length; f++) {
      for (let v = 0; v < inputs.length; v++) {
        const got = at32(kernels[f], inputs[v]);
        expect<bool>(same(got, wanted[f][v])).toBe(true, `function ${f}, value ${v}: ${got}`);
      }
    }
  });
  it("at the edges of overflow", () => {
    expect<f32>(at32(k.exp_f32, 88.7228)).toBeLessThan(<f32>Infinity);
    expect<f32>(at32(k.exp_f32, 88.7229)).toBe(<f32>Infinity);
    expect<f32>(at32(k.exp_f32, -103.9)).toBe(reinterpret<f32>(1));
    expect<f32>(at32(k.exp_f32, -104.1)).toBe(0);
    expect<f32>(at32(k.log_f32, 3.4028235e38)).toBe(88.72284);
  });
  it("of pow, as in C", () => {
    const n = <f32>NaN, i = <f32>Infinity, z = <f32>-0.0;
    const table: f32[][] = [
      [n, 0, 1], [1, n, 1], [n, 1.5, n], [2, n, n], [-1, n, n], [-1, i, 1], [-1, -i, 1], [0, -1.5, i], [0, 1.5, 0],
      [z, -5, -i], [z, 5, z], [z, 4, 0], [z, 0.7, 0], [z, -0.7, i], [0.5, i, 0], [2, i, i], [2, -i, 0], [0.5, -i, i],
      [i, 5, i], [i, -5, 0], [-i, 5, -i], [-i, 4, i], [-i, -5, z], [-i, 0.7, i], [-2, 0.7, n], [-2, 5, -32],
      [-2, -5, -0.03125], [2, 200, i], [-2, 201, -i], [2, -200, 0], [-2, -201, z], [1e-45, 0.7, <f32>4.0047e-32],
      [-2, 16777217, i], [0, 0, 1], [i, 0, 1], [2, -149, 1e-45], [1.0000001, 1e38, i], [3, 2.5, <f32>15.588457],
    ];
    for (let t = 0; t < table.length; t++) {
      const got = pair32(pow_f32, table[t][0], table[t][1]), want = table[t][2];
      const near = abs(got - want) <= <f32>1e-2 * abs(want);
      expect<bool>(same(got, want) || (near && want != 0)).toBe(true, `${table[t][0]} ** ${table[t][1]} = ${got}`);
    }
  });
});
