/// <reference path="../../node_modules/@as-pect/assembly/types/as-pect.d.ts"/>
import * as d from "../unary-f64";
import * as p from "../predicates";
import * as k from "../unary";
import { at32, at64, erfcExact, Parametric, same, Unary, worst32, worst64 } from "./exact";

const SIZE = 200;
const x = heap.alloc(8 * SIZE), y = heap.alloc(8 * SIZE), z = heap.alloc(8 * SIZE);

function fill32(): void {
  for (let i = 0; i < SIZE; i++) store<f32>(x + (<usize>i << 2), <f32>(i * 37 % 101 - 50) * 0.11 + 0.003);
}

function equal(a: usize, b: usize, bytes: i32): bool {
  return memory.compare(a, b, bytes) == 0;
}

const kernels: Unary[] = [
  k.neg_f32, k.exp_f32, k.sin_f32, k.log_f32, k.sigmoid_f32, k.gelu_f32, k.erfc_f32, k.relu_f32, k.sign_f32, k.tanh_f32,
];
const sizes: i32[] = [0, 1, 3, 4, 5, 127, 128, 129];

describe("ranges of the f32 kernels", () => {
  it("write [begin, end), nothing else", () => {
    fill32();
    for (let f = 0; f < kernels.length; f++) {
      for (let s = 0; s < sizes.length; s++) {
        memory.fill(y, 0x5a, 8 * SIZE);
        kernels[f](x, y, 2, 2 + sizes[s]);
        expect<u32>(load<u32>(y, 4)).toBe(0x5a5a5a5a);
        expect<u32>(load<u32>(y + (<usize>(2 + sizes[s]) << 2))).toBe(0x5a5a5a5a);
        for (let i = 2; i < 2 + sizes[s]; i++) {
          const got = load<f32>(y + (<usize>i << 2));
          expect<bool>(same(got, at32(kernels[f], load<f32>(x + (<usize>i << 2))))).toBe(true);
        }
      }
    }
  });
  it("split anywhere give the same bits, also in place", () => {
    fill32();
    for (let f = 0; f < kernels.length; f++) {
      kernels[f](x, y, 0, 129);
      for (let cut = 0; cut <= 129; cut += 3) {
        kernels[f](x, z, 0, cut);
        kernels[f](x, z, cut, 129);
        expect<bool>(equal(y, z, 4 * 129)).toBe(true);
      }
      memory.copy(z, x, 4 * 129);
      kernels[f](z, z, 0, 129);
      expect<bool>(equal(y, z, 4 * 129)).toBe(true);
    }
  });
});

function rsqrt(v: f64): f64 {
  return 1 / sqrt(v);
}
function reciprocal(v: f64): f64 {
  return 1 / v;
}
function square(v: f64): f64 {
  return v * v;
}
function softsign(v: f64): f64 {
  return v / (1 + abs(v));
}

describe("functions", () => {
  it("through f64: 0.51 ulp over all floats", () => {
    const M = 0.51;
    expect<f64>(worst32(k.exp2_f32, NativeMath.exp2)).toBeLessThan(M);
    expect<f64>(worst32(k.log2_f32, NativeMath.log2)).toBeLessThan(M);
    expect<f64>(worst32(k.log10_f32, NativeMath.log10)).toBeLessThan(M);
    expect<f64>(worst32(k.tan_f32, NativeMath.tan)).toBeLessThan(M);
    expect<f64>(worst32(k.asin_f32, NativeMath.asin)).toBeLessThan(M);
    expect<f64>(worst32(k.acos_f32, NativeMath.acos)).toBeLessThan(M);
    expect<f64>(worst32(k.atan_f32, NativeMath.atan)).toBeLessThan(M);
    expect<f64>(worst32(k.sinh_f32, NativeMath.sinh)).toBeLessThan(M);
    expect<f64>(worst32(k.cosh_f32, NativeMath.cosh)).toBeLessThan(M);
    expect<f64>(worst32(k.asinh_f32, NativeMath.asinh)).toBeLessThan(M);
    expect<f64>(worst32(k.acosh_f32, NativeMath.acosh)).toBeLessThan(M);
    expect<f64>(worst32(k.atanh_f32, NativeMath.atanh)).toBeLessThan(M);
    expect<f64>(worst32(k.erfc_f32, erfcExact, -6, 10)).toBeLessThan(M);
  });
  it("of arithmetic", () => {
    expect<f64>(worst32(k.rsqrt_f32, rsqrt)).toBeLessThan(1.5);
    expect<f64>(worst32(k.reciprocal_f32, reciprocal)).toBeLessThanOrEqual(0.5);
    expect<f64>(worst32(k.square_f32, square)).toBeLessThanOrEqual(0.5);
    expect<f64>(worst32(k.softsign_f32, softsign, -1e38, 1e38)).toBeLessThan(1.5);
    expect<f64>(worst64(d.rsqrt_f64, rsqrt, 0.1, 10)).toBe(0);
    expect<f64>(worst64(d.softsign_f64, softsign, -9, 9)).toBe(0);
  });
  it("that round and keep signs, in f32 and f64", () => {
    const n = NaN, i = Infinity, m = -0.0;
    const inputs: f64[] = [n, i, -i, 0, m, 0.5, 1.5, 2.5, -0.5, -1.5, -2.7];
    const f32s: Unary[] = [
      k.neg_f32, k.abs_f32, k.sign_f32, k.floor_f32, k.ceil_f32, k.round_f32, k.trunc_f32, k.relu_f32, k.sqrt_f32,
    ];
    const f64s: Unary[] = [
      d.neg_f64, d.abs_f64, d.sign_f64, d.floor_f64, d.ceil_f64, d.round_f64, d.trunc_f64, d.relu_f64, d.sqrt_f64,
    ];
    const wanted: f64[][] = [
      [n, -i, i, m, 0, -0.5, -1.5, -2.5, 0.5, 1.5, <f64><f32>2.7],
      [n, i, i, 0, 0, 0.5, 1.5, 2.5, 0.5, 1.5, 2.7],
      [0, 1, -1, 0, 0, 1, 1, 1, -1, -1, -1], // PyTorch's sign(NaN) is 0
      [n, i, -i, 0, m, 0, 1, 2, -1, -2, -3],
      [n, i, -i, 0, m, 1, 2, 3, m, -1, -2],
      [n, i, -i, 0, m, 0, 2, 2, m, -2, -3],
      [n, i, -i, 0, m, 0, 1, 2, m, -1, -2],
      [n, i, 0, 0, m, 0.5, 1.5, 2.5, 0, 0, 0],
      [n, i, n, 0, m, sqrt(0.5), sqrt(1.5), sqrt(2.5), n, n, n],
    ];
    for (let f = 0; f < f32s.length; f++) {
      for (let v = 0; v < inputs.length; v++) {
        const want = f == 0 && v == 10 ? 2.7 : wanted[f][v];
        expect<bool>(same(at32(f32s[f], <f32>inputs[v]), <f32>want)).toBe(true, `f32 function ${f}, value ${v}`);
        expect<bool>(same(at64(f64s[f], inputs[v]), want)).toBe(true, `f64 function ${f}, value ${v}`);
      }
    }
    expect<f32>(at32(k.frac_f32, -2.75)).toBe(-0.75);
    expect<f64>(at64(d.frac_f64, 2.75)).toBe(0.75);
  });
  it("of activation in f64, against PyTorch", () => {
    expect<f64>(at64(d.gelu_f64, -2.5)).toBeCloseTo(-0.015524163314440398, 15);
    expect<f64>(at64(d.geluTanh_f64, -2.5)).toBeCloseTo(-0.015084266089998577, 15);
    expect<f64>(at64(d.silu_f64, -2.5)).toBeCloseTo(-0.18964545005310887, 15);
    expect<f64>(at64(d.logSigmoid_f64, -2.5)).toBeCloseTo(-2.5788897342925496, 15);
    expect<f64>(at64(d.sigmoid_f64, -2.5)).toBeCloseTo(0.07585818002124355, 15);
    expect<f64>(at64(d.expm1_f64, 1e-10)).toBeCloseTo(1.00000000005e-10, 24);
    expect<f64>(at64(d.tanh_f64, 0.5)).toBeCloseTo(0.46211715726000975, 15);
  });
  it("of i64", () => {
    const inputs: i64[] = [-7, 0, 9, i64.MIN_VALUE, 3037000500];
    const integers: Unary[] = [d.neg_i64, d.abs_i64, d.sign_i64, d.square_i64, d.relu_i64, d.bitwiseNot_i64];
    const wanted: i64[][] = [
      [7, 0, -9, i64.MIN_VALUE, -3037000500], [7, 0, 9, i64.MIN_VALUE, 3037000500], [-1, 0, 1, -1, 1],
      [49, 0, 81, 0, 9223372037000250000], [0, 0, 9, 0, 3037000500], [6, -1, -10, i64.MAX_VALUE, -3037000501],
    ];
    for (let v = 0; v < 5; v++) store<i64>(x + (<usize>v << 3), inputs[v]);
    for (let f = 0; f < integers.length; f++) {
      integers[f](x, y, 0, 5);
      for (let v = 0; v < 5; v++) expect<i64>(load<i64>(y + (<usize>v << 3))).toBe(wanted[f][v], `function ${f}`);
    }
  });
});

function with32(kernel: Parametric, v: f32, a: f64, b: f64): f32 {
  for (let i = 0; i < 5; i++) store<f32>(x + (<usize>i << 2), v);
  kernel(x, y, 0, 5, a, b);
  for (let i = 1; i < 5; i++) expect<bool>(same(load<f32>(y), load<f32>(y + (<usize>i << 2)))).toBe(true);
  return load<f32>(y);
}

function with64(kernel: Parametric, v: f64, a: f64, b: f64): f64 {
  store<f64>(x, v);
  kernel(x, y, 0, 1, a, b);
  return load<f64>(y);
}

describe("functions with parameters", () => {
  it("clamp", () => {
    expect<f32>(with32(k.clamp_f32, -3, -1, 2)).toBe(-1);
    expect<f32>(with32(k.clamp_f32, 3, -1, 2)).toBe(2);
    expect<f32>(with32(k.clamp_f32, 1.5, -Infinity, 2)).toBe(1.5);
    expect<f32>(with32(k.clamp_f32, 5, 2, 1)).toBe(1); // max wins
    expect<bool>(isNaN(with32(k.clamp_f32, <f32>NaN, -1, 2))).toBe(true);
    expect<bool>(isNaN(with32(k.clamp_f32, 1, NaN, 2))).toBe(true);
    expect<f64>(with64(d.clamp_f64, -3, -1, 2)).toBe(-1);
    expect<f64>(with64(d.clamp_f64, 3, -1, 2)).toBe(2);
    expect<bool>(isNaN(with64(d.clamp_f64, NaN, -1, 2))).toBe(true);
    expect<bool>(isNaN(with64(d.clamp_f64, 1, -1, NaN))).toBe(true);
    store<i64>(x, 40);
    d.clamp_i64(x, y, 0, 1, -Infinity, 7);
    expect<i64>(load<i64>(y)).toBe(7);
    d.clamp_i64(x, y, 0, 1, 50, Infinity);
    expect<i64>(load<i64>(y)).toBe(50);
  });
  it("leakyRelu, elu, threshold", () => {
    expect<f32>(with32(k.leakyRelu_f32, -2, 0.25, 0)).toBe(-0.5);
    expect<f32>(with32(k.leakyRelu_f32, 2, 0.25, 0)).toBe(2);
    expect<f64>(with64(d.leakyRelu_f64, -2, 0.25, 0)).toBe(-0.5);
    expect<f32>(with32(k.elu_f32, -1, 2, 0)).toBeCloseTo(<f32>-1.2642411, 6);
    expect<f32>(with32(k.elu_f32, 3, 2, 0)).toBe(3);
    expect<bool>(isNaN(with32(k.elu_f32, <f32>NaN, 2, 0))).toBe(true);
    expect<f64>(with64(d.elu_f64, -1, 2, 0)).toBeCloseTo(-1.2642411176571153, 14);
    expect<f32>(with32(k.threshold_f32, 0.5, 0.5, 7)).toBe(7);
    expect<f32>(with32(k.threshold_f32, 0.6, 0.5, 7)).toBe(0.6);
    expect<bool>(isNaN(with32(k.threshold_f32, <f32>NaN, 0.5, 7))).toBe(true);
    expect<f64>(with64(d.threshold_f64, 0.5, 0.5, 7)).toBe(7);
  });
  it("softplus", () => {
    expect<f32>(with32(k.softplus_f32, -2.5, 1, 20)).toBeCloseTo(<f32>0.07888973504304886, 7);
    expect<f32>(with32(k.softplus_f32, 30, 1, 20)).toBe(30);
    expect<f32>(with32(k.softplus_f32, 1, 2, 20)).toBeCloseTo(<f32>1.0634640, 6);
    expect<f32>(with32(k.softplus_f32, -<f32>Infinity, 1, 20)).toBe(0);
    expect<f64>(with64(d.softplus_f64, -2.5, 1, 20)).toBeCloseTo(0.07888973429254963, 15);
  });
});

describe("predicates", () => {
  it("of f32, f64 and i64", () => {
    const inputs: f64[] = [NaN, Infinity, -Infinity, 0, -0.0, 1, -1];
    const f32s: Unary[] = [p.isnan_f32, p.isinf_f32, p.isfinite_f32, p.logicalNot_f32, p.signbit_f32];
    const f64s: Unary[] = [p.isnan_f64, p.isinf_f64, p.isfinite_f64, p.logicalNot_f64, p.signbit_f64];
    const wanted: u8[][] = [
      [1, 0, 0, 0, 0, 0, 0], [0, 1, 1, 0, 0, 0, 0], [0, 0, 0, 1, 1, 1, 1], [0, 0, 0, 1, 1, 0, 0], [0, 0, 1, 0, 1, 0, 1],
    ];
    for (let v = 0; v < 7; v++) {
      store<f64>(x + (<usize>v << 3), inputs[v]);
      store<f32>(z + (<usize>v << 2), <f32>inputs[v]);
    }
    for (let f = 0; f < f32s.length; f++) {
      memory.fill(y, 9, 40);
      f32s[f](z, y, 0, 3);
      f32s[f](z, y, 3, 7);
      f64s[f](x, y + 20, 0, 7);
      for (let v = 0; v < 7; v++) {
        expect<u8>(load<u8>(y + v)).toBe(wanted[f][v], `f32 predicate ${f}, value ${v}`);
        expect<u8>(load<u8>(y + v, 20)).toBe(wanted[f][v], `f64 predicate ${f}, value ${v}`);
      }
      expect<u8>(load<u8>(y, 7)).toBe(9);
    }
    store<i64>(x, -3);
    store<i64>(x, 0, 8);
    p.logicalNot_i64(x, y, 0, 2);
    p.signbit_i64(x, y + 2, 0, 2);
    expect<u32>(load<u32>(y)).toBe(0x00010100);
  });
});
