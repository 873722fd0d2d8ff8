/// <reference path="../../node_modules/@as-pect/assembly/types/as-pect.d.ts"/>
import * as k from "../binary";
import * as d from "../binary-f64";
import * as n from "../binary-i64";
import { pair32, pair64, pairI64, Row, same } from "./exact";

type Plan = (a: usize, b: usize, out: usize, plan: usize, begin: i32, end: i32) => void;

const A = heap.alloc(8192), B = heap.alloc(8192), OUT = heap.alloc(8192), WANT = heap.alloc(8192), PLAN = heap.alloc(256);
const NaN32 = <f32>NaN, INF = <f32>Infinity;

function fill(): void {
  for (let i = 0; i < 1000; i++) {
    store<f32>(A + (<usize>i << 2), <f32>(i * 37 % 101 - 50) * 0.25);
    store<f32>(B + (<usize>i << 2), <f32>(i * 53 % 89 - 40) * 0.25 + 0.5);
  }
}

/** The row kernel against itself, one element at a time. */
function rowsAgree(row: Row, log: i32): void {
  const sizes: i32[] = [0, 1, 3, 4, 5, 127, 128, 129], strides: i32[] = [0, 1, 2];
  for (let s = 0; s < sizes.length; s++) {
    for (let t = 0; t < 18; t++) {
      const sa = strides[t % 3], sb = strides[t / 3 % 3], so = t < 9 ? 1 : 3;
      memory.fill(OUT, 0x5a, 2048);
      memory.fill(WANT, 0x5a, 2048);
      row(A, B, OUT, sizes[s], sa, sb, so);
      for (let i = 0; i < sizes[s]; i++) {
        row(A + (<usize>(i * sa) << 2), B + (<usize>(i * sb) << 2), WANT + (<usize>(i * so) << log), 1, 1, 1, 1);
      }
      expect<i32>(memory.compare(OUT, WANT, 2048)).toBe(0, `n ${sizes[s]}, strides ${sa} ${sb} ${so}`);
    }
  }
}

describe("rows of f32", () => {
  it("give the same for every size and stride", () => {
    fill();
    rowsAgree(k.add_f32, 2);
    rowsAgree(k.maximum_f32, 2);
    rowsAgree(k.lt_f32, 0);
    rowsAgree(k.eq_f32, 0);
    rowsAgree(k.fmod_f32, 2);
    rowsAgree(k.tanhBackward_f32, 2);
  });
  it("of pow, whichever way it goes", () => {
    for (let i = 0; i < 1000; i++) store<f32>(A + (<usize>i << 2), <f32>i * 0.01 + 0.3);
    rowsAgree(k.pow_f32, 2);
    const short: f32[] = [1, 2, 3, -1];
    for (let e = 0; e < short.length; e++) {
      store<f32>(B, short[e]);
      k.pow_f32(A, B, OUT, 129, 1, 0, 1);
      for (let i = 0; i < 129; i++) {
        const base = load<f32>(A + (<usize>i << 2)), want = NativeMath.pow(base, short[e]);
        expect<f64>(abs(load<f32>(OUT + (<usize>i << 2)) - want)).toBeLessThanOrEqual(want * 1.2e-7);
      }
    }
  });
  it("may write over an input", () => {
    fill();
    k.sub_f32(A, B, WANT, 129, 1, 1, 1);
    memory.copy(OUT, A, 1024);
    k.sub_f32(OUT, B, OUT, 129, 1, 1, 1);
    expect<i32>(memory.compare(OUT, WANT, 4 * 129)).toBe(0);
    memory.copy(OUT, B, 1024);
    k.sub_f32(A, OUT, OUT, 129, 1, 1, 1);
    expect<i32>(memory.compare(OUT, WANT, 4 * 129)).toBe(0);
  });
});

function check(f32s: Row, f64s: Row, table: f64[][], name: string): void {
  for (let t = 0; t < table.length; t++) {
    const a = table[t][0], b = table[t][1], want = table[t][2];
    const got = pair32(f32s, <f32>a, <f32>b), got64 = pair64(f64s, a, b);
    expect<bool>(same(got, <f32>want)).toBe(true, `${name}_f32(${a}, ${b}) = ${got}`);
    expect<bool>(same(got64, want)).toBe(true, `${name}_f64(${a}, ${b}) = ${got64}`);
  }
}

const I = Infinity, M = -0.0;

describe("f32 and f64 pairs, as PyTorch", () => {
  it("arithmetic", () => {
    check(k.add_f32, d.add_f64, [[1, 2, 3], [I, -I, NaN]], "add");
    check(k.sub_f32, d.sub_f64, [[1, 2, -1]], "sub");
    check(k.mul_f32, d.mul_f64, [[3, 2, 6], [0, -1, M]], "mul");
    check(k.div_f32, d.div_f64, [[3, 2, 1.5], [1, M, -I], [0, 0, NaN]], "div");
    check(k.truncDivide_f32, d.truncDivide_f64, [[-7, 2, -3], [7, 2, 3], [1, 0, I]], "truncDivide");
  });
  it("extremes", () => {
    check(k.maximum_f32, d.maximum_f64, [[1, 2, 2], [NaN, 1, NaN], [1, NaN, NaN], [-I, 3, 3]], "maximum");
    check(k.minimum_f32, d.minimum_f64, [[1, 2, 1], [NaN, 1, NaN], [1, NaN, NaN], [-I, 3, -I]], "minimum");
    check(k.fmax_f32, d.fmax_f64, [[1, 2, 2], [NaN, 1, 1], [1, NaN, 1], [NaN, NaN, NaN]], "fmax");
    check(k.fmin_f32, d.fmin_f64, [[1, 2, 1], [NaN, 1, 1], [1, NaN, 1], [NaN, NaN, NaN]], "fmin");
    check(k.copysign_f32, d.copysign_f64, [[1, M, -1], [-2, 0, 2], [0, -3, M]], "copysign");
  });
  it("remainders", () => {
    check(k.fmod_f32, d.fmod_f64, [[5, 3, 2], [-5, 3, -2], [5, -3, 2], [5, 0, NaN], [I, 2, NaN], [5, I, 5]], "fmod");
    check(k.remainder_f32, d.remainder_f64, [[5, 3, 2], [-5, 3, 1], [5, -3, -1], [-5, -3, -2], [5, 0, NaN]], "remainder");
    check(
      k.floorDivide_f32, d.floorDivide_f64,
      [[5, 3, 1], [-5, 3, -2], [5, -3, -2], [-5, -3, 1], [3, 0, I], [M, 0, NaN], [M, 2, M], [6, 3, 2], [I, I, NaN]],
      "floorDivide",
    );
    // 1 // 0.1 is 9, as in Python
    expect<f32>(pair32(k.floorDivide_f32, 1, 0.1)).toBe(9);
    expect<f64>(pair64(d.floorDivide_f64, 1, 0.1)).toBe(9);
  });
  it("functions", () => {
    check(k.hypot_f32, d.hypot_f64, [[3, 4, 5], [I, NaN, I], [M, 0, 0]], "hypot");
    check(k.xlogy_f32, d.xlogy_f64, [[0, 0, 0], [0, NaN, NaN], [3, 0, -I], [0, -3, 0], [2, 1, 0], [2, -1, NaN]], "xlogy");
    check(k.logaddexp_f32, d.logaddexp_f64, [[I, I, I], [-I, -I, -I], [I, -I, I], [1, -I, 1], [NaN, 1, NaN]], "logaddexp");
    check(k.atan2_f32, d.atan2_f64, [[0, 1, 0], [M, 1, M], [1, 0, Math.PI / 2], [M, -1, -Math.PI], [I, I, Math.PI / 4]], "atan2");
    expect<f64>(pair64(d.logaddexp_f64, 5, 3)).toBeCloseTo(5.126928011042972, 14);
    expect<f32>(pair32(k.hypot_f32, 3e38, 3e38)).toBe(INF);
    expect<f32>(pair32(k.hypot_f32, 3e-45, 4e-45)).toBe(<f32>5e-45);
  });
  it("neighbours and steps", () => {
    expect<f32>(pair32(k.nextafter_f32, 1, 2)).toBe(1 + f32.EPSILON);
    expect<f32>(pair32(k.nextafter_f32, 0, -1)).toBe(-f32.MIN_VALUE);
    expect<f32>(pair32(k.nextafter_f32, -1, 0)).toBe(-1 + f32.EPSILON / 2);
    expect<f64>(pair64(d.nextafter_f64, 1, 0)).toBe(1 - f64.EPSILON / 2);
    expect<f64>(pair64(d.nextafter_f64, Infinity, 0)).toBe(f64.MAX_VALUE);
    expect<f64>(pair64(d.heaviside_f64, -0.0, 0.5)).toBe(0.5);
    expect<f32>(pair32(k.heaviside_f32, NaN32, 0.5)).toBe(0);
    expect<f64>(abs(pair64(d.logaddexp2_f64, 3, 3) - 4)).toBeLessThan(1e-15);
    expect<f64>(pair64(d.xlog1py_f64, 0, -1)).toBe(0);
  });
  it("comparisons", () => {
    const f32s: Row[] = [k.eq_f32, k.ne_f32, k.lt_f32, k.le_f32, k.gt_f32, k.ge_f32];
    const f64s: Row[] = [d.eq_f64, d.ne_f64, d.lt_f64, d.le_f64, d.gt_f64, d.ge_f64];
    const i64s: Row[] = [n.eq_i64, n.ne_i64, n.lt_i64, n.le_i64, n.gt_i64, n.ge_i64];
    const pairs: f64[][] = [[1, 2], [2, 1], [2, 2], [NaN, 1], [0, M]];
    const wanted: u8[][] = [[0, 0, 1, 0, 1], [1, 1, 0, 1, 0], [1, 0, 0, 0, 0], [1, 0, 1, 0, 1], [0, 1, 0, 0, 0], [0, 1, 1, 0, 1]];
    for (let f = 0; f < 6; f++) {
      for (let p = 0; p < 5; p++) {
        store<f32>(A, <f32>pairs[p][0]);
        store<f32>(B, <f32>pairs[p][1]);
        f32s[f](A, B, OUT, 1, 1, 1, 1);
        store<f64>(A, pairs[p][0]);
        store<f64>(B, pairs[p][1]);
        f64s[f](A, B, OUT + 1, 1, 1, 1, 1);
        store<i64>(A, <i64>pairs[p][0]);
        store<i64>(B, <i64>pairs[p][1]);
        i64s[f](A, B, OUT + 2, 1, 1, 1, 1);
        expect<u8>(load<u8>(OUT)).toBe(wanted[f][p], "f32");
        expect<u8>(load<u8>(OUT, 1)).toBe(wanted[f][p], "f64");
        if (p != 3) expect<u8>(load<u8>(OUT, 2)).toBe(wanted[f][p], "i64");
      }
    }
  });
  it("backward of relu, tanh and sigmoid", () => {
    check(k.reluBackward_f32, d.reluBackward_f64, [[3, 2, 3], [3, 0, 0], [3, -1, 0], [NaN, 0, 0], [3, NaN, 3]], "reluBackward");
    check(k.tanhBackward_f32, d.tanhBackward_f64, [[2, 0.5, 1.5], [2, 1, 0]], "tanhBackward");
    check(k.sigmoidBackward_f32, d.sigmoidBackward_f64, [[4, 0.5, 1], [4, 1, 0]], "sigmoidBackward");
  });
});

describe("i64 and bool pairs", () => {
  it("divisions never trap", () => {
    const least = i64.MIN_VALUE;
    const table: i64[][] = [
      // a, b, trunc, floor, remainder, fmod
      [7, 2, 3, 3, 1, 1], [-7, 2, -3, -4, 1, -1], [7, -2, -3, -4, -1, 1], [-7, -2, 3, 3, -1, -1], [6, -3, -2, -2, 0, 0],
      [5, 0, 0, 0, 0, 0], [least, -1, least, least, 0, 0], [least, 1, least, least, 0, 0],
    ];
    for (let t = 0; t < table.length; t++) {
      const a = table[t][0], b = table[t][1];
      expect<i64>(pairI64(n.truncDivide_i64, a, b)).toBe(table[t][2]);
      expect<i64>(pairI64(n.floorDivide_i64, a, b)).toBe(table[t][3]);
      expect<i64>(pairI64(n.remainder_i64, a, b)).toBe(table[t][4]);
      expect<i64>(pairI64(n.fmod_i64, a, b)).toBe(table[t][5]);
    }
  });
  it("divisors and multiples are never negative", () => {
    const table: i64[][] = [
      // a, b, gcd, lcm
      [12, -18, 6, 36], [0, 5, 5, 0], [0, 0, 0, 0], [-7, 7, 7, 7], [1, i64.MAX_VALUE, 1, i64.MAX_VALUE],
    ];
    for (let t = 0; t < table.length; t++) {
      expect<i64>(pairI64(n.gcd_i64, table[t][0], table[t][1])).toBe(table[t][2]);
      expect<i64>(pairI64(n.lcm_i64, table[t][0], table[t][1])).toBe(table[t][3]);
      expect<i64>(pairI64(n.heaviside_i64, table[t][0], 5)).toBe(table[t][0] == 0 ? 5 : table[t][0] > 0 ? 1 : 0);
    }
    expect<i64>(pairI64(n.gcd_i64, i64.MIN_VALUE, -1)).toBe(1);
  });
  it("powers wrap and take negative exponents", () => {
    const table: i64[][] = [
      [2, 10, 1024], [-3, 3, -27], [2, 64, 0], [2, 63, i64.MIN_VALUE], [0, 0, 1], [7, 0, 1], [0, -1, 0], [1, -5, 1],
      [-1, -3, -1], [-1, -4, 1], [2, -1, 0], [3, 41, -420491770248316829],
    ];
    for (let t = 0; t < 11; t++) expect<i64>(pairI64(n.pow_i64, table[t][0], table[t][1])).toBe(table[t][2]);
    let product: i64 = 1;
    for (let i = 0; i < 41; i++) product *= 3;
    expect<i64>(pairI64(n.pow_i64, 3, 41)).toBe(product);
  });
  it("arithmetic and bits", () => {
    expect<i64>(pairI64(n.add_i64, i64.MAX_VALUE, 1)).toBe(i64.MIN_VALUE);
    expect<i64>(pairI64(n.sub_i64, 3, 5)).toBe(-2);
    expect<i64>(pairI64(n.mul_i64, -3, 5)).toBe(-15);
    expect<i64>(pairI64(n.maximum_i64, -3, 5)).toBe(5);
    expect<i64>(pairI64(n.minimum_i64, -3, 5)).toBe(-3);
    expect<i64>(pairI64(n.bitwiseAnd_i64, 12, 10)).toBe(8);
    expect<i64>(pairI64(n.bitwiseOr_i64, 12, 10)).toBe(14);
    expect<i64>(pairI64(n.bitwiseXor_i64, 12, 10)).toBe(6);
    expect<i64>(pairI64(n.leftShift_i64, -5, 2)).toBe(-20);
    expect<i64>(pairI64(n.leftShift_i64, -5, 64)).toBe(-5);
    expect<i64>(pairI64(n.leftShift_i64, -5, -1)).toBe(i64.MIN_VALUE);
    expect<i64>(pairI64(n.rightShift_i64, -5, 1)).toBe(-3);
    expect<i64>(pairI64(n.rightShift_i64, -5, 64)).toBe(-5);
    expect<i64>(pairI64(n.rightShift_i64, 5, -1)).toBe(0);
  });
  it("logic on bytes", () => {
    store<u32>(A, 0x01010000);
    store<u32>(B, 0x01000100);
    n.logicalAnd_b1(A, B, OUT, 4, 1, 1, 1);
    expect<u32>(load<u32>(OUT)).toBe(0x01000000);
    n.logicalOr_b1(A, B, OUT, 4, 1, 1, 1);
    expect<u32>(load<u32>(OUT)).toBe(0x01010100);
    n.logicalXor_b1(A, B, OUT, 4, 1, 1, 1);
    expect<u32>(load<u32>(OUT)).toBe(0x00010100);
    n.logicalXor_b1(A, B + 1, OUT, 4, 1, 0, 1);
    expect<u32>(load<u32>(OUT)).toBe(0x00000101);
  });
});

/** A plan of dimensions (size, stride of a, of b, of out). */
function plan(dims: i32[]): void {
  store<i32>(PLAN, dims.length / 4);
  for (let i = 0; i < dims.length; i++) store<i32>(PLAN + (<usize>i << 2), dims[i], 4);
}

/** a - b by the plan kernel against plain loops over four dimensions, whole and in two parts. */
function planAgrees(dims: i32[], rows: i32): void {
  plan(dims);
  memory.fill(WANT, 0, 4096);
  const full: i32[] = [];
  for (let i = dims.length; i < 16; i += 4) for (let j = 0; j < 4; j++) full.push(j ? 0 : 1);
  for (let i = 0; i < dims.length; i++) full.push(dims[i]);
  for (let h = 0; h < full[0]; h++) for (let i = 0; i < full[4]; i++) {
    for (let j = 0; j < full[8]; j++) for (let l = 0; l < full[12]; l++) {
      const a = h * full[1] + i * full[5] + j * full[9] + l * full[13];
      const b = h * full[2] + i * full[6] + j * full[10] + l * full[14];
      const o = h * full[3] + i * full[7] + j * full[11] + l * full[15];
      store<f32>(WANT + (<usize>o << 2), load<f32>(A + (<usize>a << 2)) - load<f32>(B + (<usize>b << 2)));
    }
  }
  for (let cut = 0; cut <= rows; cut++) {
    memory.fill(OUT, 0, 4096);
    k.sub_f32_nd(A, B, OUT, PLAN, 0, cut);
    k.sub_f32_nd(A, B, OUT, PLAN, cut, rows);
    expect<i32>(memory.compare(OUT, WANT, 4096)).toBe(0, `cut at ${cut}`);
  }
}

describe("plans", () => {
  it("of one to four dimensions, whole and in two parts", () => {
    fill();
    planAgrees([13, 1, 1, 1], 1);
    planAgrees([13, 3, 0, 2], 1);
    planAgrees([5, 7, 0, 7, 7, 1, 1, 1], 5);
    planAgrees([5, 1, 7, 7, 7, 5, 1, 1], 5);
    planAgrees([3, 20, 0, 20, 4, 5, 5, 5, 5, 1, 1, 1], 12);
    planAgrees([2, 60, 0, 60, 3, 20, 15, 20, 4, 1, 0, 5, 5, 4, 1, 1], 24);
    planAgrees([4, 0, 1, 9, 1, 0, 0, 0, 9, 1, 0, 1], 4);
  });
  it("scale the strides by the size of the element", () => {
    plan([3, 2, 0, 2, 2, 1, 1, 1]);
    for (let i = 0; i < 6; i++) {
      store<f64>(A + (<usize>i << 3), <f64>i);
      store<f64>(B + (<usize>i << 3), <f64>(i + 1));
    }
    d.mul_f64_nd(A, B, OUT, PLAN, 0, 3);
    for (let i = 0; i < 6; i++) expect<f64>(load<f64>(OUT + (<usize>i << 3))).toBe(<f64>(i * (i % 2 + 1)));
    d.gt_f64_nd(A, B, OUT, PLAN, 0, 3);
    for (let i = 0; i < 6; i++) expect<bool>(load<u8>(OUT + i) != 0).toBe(i > i % 2 + 1);
    for (let i = 0; i < 6; i++) {
      store<f32>(A + (<usize>i << 2), <f32>i);
      store<f32>(B + (<usize>i << 2), <f32>(i + 1));
    }
    k.le_f32_nd(A, B, OUT, PLAN, 0, 3);
    for (let i = 0; i < 6; i++) expect<bool>(load<u8>(OUT + i) != 0).toBe(i <= i % 2 + 1);
    store<u32>(A, 0x01000101);
    store<u32>(A, 0x0101, 4);
    store<u32>(B, 0x0100);
    n.logicalAnd_b1_nd(A, B, OUT, PLAN, 0, 3);
    for (let i = 0; i < 6; i++) expect<u8>(load<u8>(OUT + i)).toBe(load<u8>(A + i) & load<u8>(B + i % 2));
  });
});

describe("fmod of f32", () => {
  it("is exact for small and large quotients", () => {
    for (let i = 0; i < 4000; i++) {
      const a = reinterpret<f32>(<u32>i * 1073741 ^ ((<u32>i & 1) << 31)), b = reinterpret<f32>(<u32>((i * 7919) % 4000) * 536870 + 1);
      if (a != a || b != b) continue;
      expect<bool>(same(pair32(k.fmod_f32, a, b), NativeMath.mod(a, b))).toBe(true, `fmod(${a}, ${b})`);
      expect<bool>(same(pair32(k.fmod_f32, a, a / 3), NativeMath.mod(a, a / 3))).toBe(true, `fmod(${a}, third)`);
    }
  });
});
