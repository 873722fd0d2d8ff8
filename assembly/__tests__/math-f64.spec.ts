/// <reference path="../../node_modules/@as-pect/assembly/types/as-pect.d.ts"/>
import * as k from "../unary-f64";
import { pow_f64 } from "../binary-f64";
import { at64, erfcExact, erfExact, pair64, same, ulp64, worst64 } from "./exact";

// The references are AssemblyScript's table-driven functions (0.5 to 0.6 ulp), which share nothing with the kernels'
// exp, log and pow: a distance of 1 float is a bound of 1.1 ulp.
describe("distance from the references in f64", () => {
  it("exp", () => {
    expect<f64>(worst64(k.exp_f64, NativeMath.exp, -708, 709.7)).toBeLessThanOrEqual(1);
    expect<f64>(worst64(k.exp_f64, NativeMath.exp, -1, 1)).toBeLessThanOrEqual(1);
  });
  it("exp2", () => {
    expect<f64>(worst64(k.exp2_f64, NativeMath.exp2, -1020, 1023.9)).toBeLessThanOrEqual(1);
    expect<f64>(worst64(k.exp2_f64, NativeMath.exp2, -1, 1)).toBeLessThanOrEqual(1);
  });
  it("log", () => {
    expect<f64>(worst64(k.log_f64, NativeMath.log, 0, 4)).toBeLessThanOrEqual(1);
    expect<f64>(worst64(k.log_f64, NativeMath.log, 0.99, 1.01)).toBeLessThanOrEqual(1);
    expect<f64>(worst64(k.log_f64, NativeMath.log, 1e300, 1.7e308)).toBeLessThanOrEqual(1);
  });
  it("log2", () => {
    expect<f64>(worst64(k.log2_f64, NativeMath.log2, 0, 4)).toBeLessThanOrEqual(1);
    expect<f64>(worst64(k.log2_f64, NativeMath.log2, 0.99, 1.01)).toBeLessThanOrEqual(1);
    for (let e = -1074; e < 1024; e++) expect<f64>(at64(k.log2_f64, NativeMath.scalbn(1, e))).toBe(<f64>e);
  });
  it("log10", () => {
    expect<f64>(worst64(k.log10_f64, NativeMath.log10, 0, 4)).toBeLessThanOrEqual(1);
    expect<f64>(worst64(k.log10_f64, NativeMath.log10, 0.99, 1.01)).toBeLessThanOrEqual(1);
    for (let e = -300; e < 300; e++) expect<f64>(at64(k.log10_f64, NativeMath.pow(10, e))).toBe(<f64>e);
  });
  it("log1p", () => {
    expect<f64>(worst64(k.log1p_f64, NativeMath.log1p, -0.999, 4)).toBeLessThanOrEqual(2);
    expect<f64>(worst64(k.log1p_f64, NativeMath.log1p, -1e-3, 1e-3)).toBeLessThanOrEqual(2);
    expect<f64>(worst64(k.log1p_f64, NativeMath.log1p, -1e-15, 1e-15)).toBeLessThanOrEqual(2);
    expect<f64>(at64(k.log1p_f64, -1)).toBe(-Infinity);
    expect<f64>(at64(k.log1p_f64, Infinity)).toBe(Infinity);
    expect<f64>(1 / at64(k.log1p_f64, -0.0)).toBe(-Infinity);
    expect<bool>(isNaN(at64(k.log1p_f64, -2))).toBe(true);
  });
  it("atanh", () => {
    expect<f64>(worst64(k.atanh_f64, NativeMath.atanh, -0.999, 0.999)).toBeLessThanOrEqual(2);
    expect<f64>(worst64(k.atanh_f64, NativeMath.atanh, -1e-3, 1e-3)).toBeLessThanOrEqual(2);
    expect<f64>(at64(k.atanh_f64, -1)).toBe(-Infinity);
    expect<bool>(isNaN(at64(k.atanh_f64, 1.1))).toBe(true);
  });
  it("tan", () => {
    expect<f64>(worst64(k.tan_f64, NativeMath.tan, -1.5, 1.5)).toBeLessThanOrEqual(2);
    expect<f64>(worst64(k.tan_f64, NativeMath.tan, -1e6, 1e6)).toBeLessThanOrEqual(2);
  });
  it("asin and acos", () => {
    expect<f64>(worst64(k.asin_f64, NativeMath.asin, -1, 1)).toBeLessThanOrEqual(2);
    expect<f64>(worst64(k.acos_f64, NativeMath.acos, -1, 1)).toBeLessThanOrEqual(2);
    expect<f64>(at64(k.asin_f64, -1)).toBe(-0.5 * 3.14159265358979323846);
    expect<f64>(at64(k.acos_f64, 1)).toBe(0);
    expect<f64>(1 / at64(k.asin_f64, -0.0)).toBe(-Infinity);
    expect<bool>(isNaN(at64(k.asin_f64, 1.1)) && isNaN(at64(k.acos_f64, -1.1))).toBe(true);
  });
  it("sinh, cosh, asinh, acosh", () => {
    expect<f64>(worst64(k.sinh_f64, NativeMath.sinh, -700, 700)).toBeLessThanOrEqual(2);
    expect<f64>(worst64(k.sinh_f64, NativeMath.sinh, -2, 2)).toBeLessThanOrEqual(1);
    expect<f64>(worst64(k.cosh_f64, NativeMath.cosh, -700, 700)).toBeLessThanOrEqual(2);
    expect<f64>(worst64(k.cosh_f64, NativeMath.cosh, -2, 2)).toBeLessThanOrEqual(2);
    expect<f64>(worst64(k.asinh_f64, NativeMath.asinh, -1e9, 1e9)).toBeLessThanOrEqual(1);
    expect<f64>(worst64(k.asinh_f64, NativeMath.asinh, -3, 3)).toBeLessThanOrEqual(1);
    expect<f64>(worst64(k.acosh_f64, NativeMath.acosh, 1, 1e9)).toBeLessThanOrEqual(1);
    expect<f64>(worst64(k.acosh_f64, NativeMath.acosh, 1, 3)).toBeLessThanOrEqual(1);
    expect<f64>(at64(k.sinh_f64, 710.4)).toBeLessThan(Infinity);
    expect<f64>(at64(k.cosh_f64, -710.4)).toBeLessThan(Infinity);
    expect<f64>(at64(k.sinh_f64, -711)).toBe(-Infinity);
    expect<f64>(at64(k.cosh_f64, 711)).toBe(Infinity);
  });
  it("erf and erfc, against a series and a continued fraction", () => {
    // the references themselves are good to some 20 floats
    expect<f64>(worst64(k.erf_f64, erfExact, -7, 7)).toBeLessThanOrEqual(30);
    for (let x = 2.05; x < 25; x += 0.37) {
      expect<f64>(abs(at64(k.erfc_f64, x) / erfcExact(x) - 1)).toBeLessThan(1e-14 + 1.2e-16 * x * x); // exp(-x^2) there
    }
    for (let x = -6.0; x < 2; x += 0.013) {
      expect<f64>(abs(at64(k.erfc_f64, x) - (1 - at64(k.erf_f64, x)))).toBeLessThan(3e-16);
    }
    expect<f64>(at64(k.erfc_f64, 27.5)).toBe(0);
  });
  it("pow", () => {
    let worst = 0.0;
    for (let i = 1; i < 4000; i++) {
      const x = <f64>i * 0.0137, y = <f64>((i * 7919) % 4001 - 2000) * (i % 2 ? 0.03 : 0.001);
      worst = max(worst, ulp64(pair64(pow_f64, x, y), NativeMath.pow(x, y)));
      const whole = <f64>(i % 31 - 15);
      worst = max(worst, ulp64(pair64(pow_f64, -x, whole), NativeMath.pow(-x, whole)));
    }
    expect<f64>(worst).toBeLessThanOrEqual(1);
    expect<f64>(pair64(pow_f64, 1 + 2.220446049250313e-16, 4503599627370496)).toBeCloseTo(Math.E, 12);
    expect<f64>(pair64(pow_f64, 5e-324, 0.5)).toBe(sqrt(5e-324));
    expect<f64>(pair64(pow_f64, 5e-324, 0.25)).toBeCloseTo(4.715e-81, 80);
  });
});

describe("special values in f64", () => {
  it("of one argument", () => {
    const n = NaN, i = Infinity, z = -0.0;
    const inputs: f64[] = [n, i, -i, 0, z];
    const kernels: ((x: usize, out: usize, begin: i32, end: i32) => void)[] = [
      k.exp_f64, k.exp2_f64, k.log_f64, k.log2_f64, k.log10_f64, k.log1p_f64, k.expm1_f64, k.sinh_f64, k.cosh_f64,
      k.tanh_f64, k.asinh_f64, k.acosh_f64, k.erf_f64, k.erfc_f64, k.sigmoid_f64, k.sin_f64, k.cos_f64, k.tan_f64,
    ];
    const wanted: f64[][] = [
      [n, i, 0, 1, 1], [n, i, 0, 1, 1], [n, i, n, -i, -i], [n, i, n, -i, -i], [n, i, n, -i, -i], [n, i, n, 0, z],
      [n, i, -1, 0, z], [n, i, -i, 0, z], [n, i, i, 1, 1], [n, 1, -1, 0, z], [n, i, -i, 0, z], [n, i, n, n, n],
      [n, 1, -1, 0, z], [n, 0, 2, 1, 1], [n, 1, 0, 0.5, 0.5], [n, n, n, 0, z], [n, n, n, 1, 1], [n, n, n, 0, z],
    ];
    for (let f = 0; f < kernels.length; f++) {
      for (let v = 0; v < inputs.length; v++) {
        const got = at64(kernels[f], inputs[v]);
        expect<bool>(same(got, wanted[f][v])).toBe(true, `function ${f}, value ${v}: ${got}`);
      }
    }
  });
  it("of exp at its edges", () => {
    expect<f64>(at64(k.exp_f64, 709.782712893384)).toBeLessThan(Infinity);
    expect<f64>(at64(k.exp_f64, 709.7827128933841)).toBe(Infinity);
    expect<f64>(at64(k.exp_f64, -745.1)).toBe(5e-324);
    expect<f64>(at64(k.exp_f64, -745.2)).toBe(0);
    expect<f64>(at64(k.exp2_f64, -1074)).toBe(5e-324);
    expect<f64>(at64(k.exp2_f64, 10)).toBe(1024);
  });
  it("of pow, as in C", () => {
    const n = NaN, i = Infinity, z = -0.0;
    const table: f64[][] = [
      [n, 0, 1], [1, n, 1], [n, 1.5, n], [2, n, n], [-1, n, n], [-1, i, 1], [-1, -i, 1], [0, -1.5, i], [0, 1.5, 0],
      [z, -5, -i], [z, 5, z], [z, 4, 0], [z, 0.7, 0], [z, -0.7, i], [0.5, i, 0], [2, i, i], [2, -i, 0], [0.5, -i, i],
      [i, 5, i], [i, -5, 0], [-i, 5, -i], [-i, 4, i], [-i, -5, z], [-i, 0.7, i], [-2, 0.7, n], [-2, 5, -32],
      [2, 2000, i], [-2, 2001, -i], [2, -2000, 0], [-2, -2001, z], [2, -1074, 5e-324], [2, 1e30, i], [-3, 3, -27],
      [z, 0.5, 0], [-i, 0.5, i], [4, 0.5, 2], [-4, 0.5, n], [z, 2, 0], [z, 3, z], [z, 1, z], [4, -1, 0.25],
    ];
    for (let t = 0; t < table.length; t++) {
      const got = pair64(pow_f64, table[t][0], table[t][1]);
      expect<bool>(same(got, table[t][2])).toBe(true, `${table[t][0]} ** ${table[t][1]} = ${got}`);
    }
  });
});
