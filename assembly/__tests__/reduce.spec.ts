/// <reference path="../../node_modules/@as-pect/assembly/types/as-pect.d.ts"/>
import * as k from "../reduce";
import * as g from "../reduce-generic";

const N = 9001;
const X = heap.alloc(N << 2), D = heap.alloc(N << 3), OUT = heap.alloc(1 << 15), OTHER = heap.alloc(1 << 15);

function fill(): void {
  for (let i = 0; i < N; i++) {
    const v = <f32>((i * 7919) % 1009) / 1009.0 - <f32>0.37;
    store<f32>(X + (<usize>i << 2), v);
    store<f64>(D + (<usize>i << 3), v);
  }
}

/** Largest error of f32 results against those of f64, in units of the sum of magnitudes. */
function worst(n: i32, inner: i32, outer: i32): f64 {
  let most: f64 = 0;
  for (let r = 0; r < outer * inner; r++) {
    let sum: f64 = 0, size: f64 = 0;
    for (let j = 0; j < n; j++) {
      const v = load<f64>(D + (<usize>((r / inner) * n * inner + j * inner + (r % inner)) << 3));
      sum += v;
      size += abs(v);
    }
    most = max(most, abs(<f64>load<f32>(OUT + (<usize>r << 2)) - sum) / size);
  }
  return most;
}

describe("sums", () => {
  fill();
  it("stay within their bound along and across", () => {
    const bound = 130.0 * 5.9604644775390625e-8;
    k.sum_f32(X, OUT, N, 1, 0, 1);
    expect<f64>(worst(N, 1, 1)).toBeLessThan(bound);
    k.sum_f32(X, OUT, 300, 30, 0, 30);
    expect<f64>(worst(300, 30, 1)).toBeLessThan(bound);
    k.sum_f32(X, OUT, 37, 5, 0, 200);
    expect<f64>(worst(37, 5, 40)).toBeLessThan(bound);
  });
  it("have the same bits however they are split", () => {
    k.mean_f32(X, OUT, 200, 43, 0, 43);
    k.mean_f32(X, OTHER, 200, 43, 0, 7);
    k.mean_f32(X, OTHER, 200, 43, 7, 30);
    k.mean_f32(X, OTHER, 200, 43, 30, 43);
    expect<i32>(memory.compare(OUT, OTHER, 43 * 4)).toBe(0);
    // Wide ranges of short lines go row by row.
    for (let n = 1; n <= 128; n += 1 + n / 3) {
      k.mean_f32(X, OUT, n, 70, 0, 70);
      k.mean_f32(X, OTHER, n, 70, 0, 3);
      k.mean_f32(X, OTHER, n, 70, 3, 70);
      expect<i32>(memory.compare(OUT, OTHER, 280)).toBe(0);
      for (let c = 0; c < 70; c++) k.mean_f32(X, OTHER, n, 70, c, c + 1);
      expect<i32>(memory.compare(OUT, OTHER, 280)).toBe(0);
    }
    k.var_f32(X, OUT, 200, 43, 199, 0, 43);
    k.var_f32(X, OTHER, 200, 43, 199, 0, 10);
    k.var_f32(X, OTHER, 200, 43, 199, 10, 43);
    expect<i32>(memory.compare(OUT, OTHER, 43 * 4)).toBe(0);
  });
  it("agree with f64 for norms and deviations", () => {
    k.norm1_f32(X, OUT, N, 1, 0, 1);
    g.norm1_f64(D, OTHER, N, 1, 0, 1);
    expect<f64>(abs(<f64>load<f32>(OUT) / load<f64>(OTHER) - 1)).toBeLessThan(1e-6);
    k.norm2_f32(X, OUT, 100, 9, 0, 9);
    g.norm2_f64(D, OTHER, 100, 9, 0, 9);
    for (let i: usize = 0; i < 9; i++) {
      expect<f64>(abs(<f64>load<f32>(OUT + (i << 2)) / load<f64>(OTHER + (i << 3)) - 1)).toBeLessThan(1e-6);
    }
    k.var_f32(X, OUT, 100, 1, 99, 0, 3);
    g.var_f64(D, OTHER, 100, 1, 99, 0, 3);
    for (let i: usize = 0; i < 3; i++) {
      expect<f64>(abs(<f64>load<f32>(OUT + (i << 2)) / load<f64>(OTHER + (i << 3)) - 1)).toBeLessThan(1e-6);
    }
  });
  it("of nothing are 0, and a mean of nothing NaN", () => {
    k.sum_f32(X, OUT, 0, 1, 0, 1);
    expect<f32>(load<f32>(OUT)).toBe(0);
    k.mean_f32(X, OUT, 0, 3, 0, 3);
    expect<bool>(isNaN(load<f32>(OUT, 8))).toBe(true);
  });
});

describe("products, log-sum-exp and truth", () => {
  it("multiplies floats in f64 and wraps integers", () => {
    const xs: f32[] = [1e30, 1e30, 1e-30, 2];
    for (let i = 0; i < 4; i++) store<f32>(OTHER + (<usize>i << 2), xs[i]);
    g.prod_f32(OTHER, OUT, 4, 1, 0, 1);
    expect<f32>(load<f32>(OUT)).toBe(2e30);
    store<i64>(OTHER, i64.MAX_VALUE);
    store<i64>(OTHER, 2, 8);
    g.prod_i64(OTHER, OUT, 2, 1, 0, 1);
    expect<i64>(load<i64>(OUT)).toBe(-2);
    g.sum_i64(OTHER, OUT, 2, 1, 0, 1);
    expect<i64>(load<i64>(OUT)).toBe(i64.MIN_VALUE + 1);
  });
  it("adds exponentials without overflow", () => {
    const xs: f64[] = [1000, 1000, -Infinity, -Infinity, Infinity, 1];
    for (let i = 0; i < 6; i++) store<f64>(OTHER + (<usize>i << 3), xs[i]);
    g.logsumexp_f64(OTHER, OUT, 2, 1, 0, 3);
    expect<f64>(abs(load<f64>(OUT) - 1000.6931471805599)).toBeLessThan(1e-12);
    expect<f64>(load<f64>(OUT, 8)).toBe(-Infinity);
    expect<f64>(load<f64>(OUT, 16)).toBe(Infinity);
  });
  it("finds one true or false byte anywhere in a line", () => {
    for (let n = 1; n < 40; n += 13) {
      for (let at = 0; at < n; at++) {
        memory.fill(OTHER, 0, n);
        store<u8>(OTHER + <usize>at, 1);
        g.any_b1(OTHER, OUT, n, 1, 0, 1);
        expect<u8>(load<u8>(OUT)).toBe(1);
        memory.fill(OTHER, 1, n);
        store<u8>(OTHER + <usize>at, 0);
        g.all_b1(OTHER, OUT, n, 1, 0, 1);
        expect<u8>(load<u8>(OUT)).toBe(0);
      }
    }
    memory.fill(OTHER, 0, 6);
    g.any_b1(OTHER, OUT, 3, 2, 0, 2);
    expect<u8>(load<u8>(OUT, 1)).toBe(0);
    g.all_b1(OTHER, OUT, 0, 1, 0, 1);
    expect<u8>(load<u8>(OUT)).toBe(1);
  });
});
