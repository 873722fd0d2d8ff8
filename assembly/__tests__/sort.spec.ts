/// <reference path="../../node_modules/@as-pect/assembly/types/as-pect.d.ts"/>
import * as k from "../sort";
import * as f from "../search";

const N = 3000;
const R = 8192 + 24 * N;
const X = heap.alloc(8 * N), V = heap.alloc(8 * N), I = heap.alloc(8 * N), S = heap.alloc(3 * R);

function fill<T>(n: i32, seed: u32): void {
  for (let i = 0; i < n; i++) {
    seed = seed * 1664525 + 1013904223;
    store<T>(X + <usize>i * sizeof<T>(), <T>(<i32>(seed >> 20) - 2048));
  }
}

/** In order, equal ones by position, each where its index says. */
function inOrder<T>(n: i32, inner: i32, lane: i32, descending: bool): bool {
  for (let i = 0; i < n; i++) {
    const at = <usize>(i * inner + lane);
    const v = load<T>(V + at * sizeof<T>()), p = load<i64>(I + (at << 3));
    if (load<T>(X + <usize>(p * inner + lane) * sizeof<T>()) != v) return false;
    if (i == 0) continue;
    const before = at - inner;
    const u = load<T>(V + before * sizeof<T>());
    if (u == v ? load<i64>(I + (before << 3)) >= p : descending ? u < v : u > v) return false;
  }
  return true;
}

describe("sort", () => {
  it("is stable at every length about the change of algorithm, both ways", () => {
    const lengths: i32[] = [1, 2, 47, 48, 49, 257, 3000];
    for (let i = 0; i < 7; i++) {
      const n = lengths[i];
      fill<f32>(n, i);
      k.sort_f32(X, V, I, n, 1, 0, S, R, 1, 0, 1);
      expect<bool>(inOrder<f32>(n, 1, 0, false)).toBe(true);
      k.sort_f32(X, V, I, n, 1, 1, S, R, 1, 0, 1);
      expect<bool>(inOrder<f32>(n, 1, 0, true)).toBe(true);
    }
  });
  it("sorts lines across, of the wide types", () => {
    fill<i64>(600, 3);
    k.sort_i64(X, V, I, 200, 3, 0, S, R, 1, 0, 2);
    k.sort_i64(X, V, I, 200, 3, 0, S, R, 1, 2, 3);
    for (let lane = 0; lane < 3; lane++) expect<bool>(inOrder<i64>(200, 3, lane, false)).toBe(true);
    fill<f64>(600, 4);
    k.sort_f64(X, V, I, 200, 3, 1, S, R, 1, 0, 3);
    for (let lane = 0; lane < 3; lane++) expect<bool>(inOrder<f64>(200, 3, lane, true)).toBe(true);
  });
  it("holds NaN for the largest and the zeros for equal", () => {
    const xs: f32[] = [1, NaN, 0, -0.0, -Infinity, Infinity, -NaN];
    for (let i = 0; i < 7; i++) store<f32>(X + (<usize>i << 2), xs[i]);
    k.sort_f32(X, V, I, 7, 1, 0, S, R, 1, 0, 1);
    const up: i64[] = [4, 2, 3, 0, 5, 1, 6], down: i64[] = [1, 6, 5, 0, 2, 3, 4];
    for (let i = 0; i < 7; i++) expect<i64>(load<i64>(I + (<usize>i << 3))).toBe(up[i]);
    k.sort_f32(X, V, I, 7, 1, 1, S, R, 1, 0, 1);
    for (let i = 0; i < 7; i++) expect<i64>(load<i64>(I + (<usize>i << 3))).toBe(down[i]);
  });
  it("finds the first few as sorting does", () => {
    fill<f32>(500, 9);
    k.sort_f32(X, V, I, 250, 2, 1, S, R, 1, 0, 2);
    const W = heap.alloc(80), J = heap.alloc(160);
    k.topk_f32(X, W, J, 250, 2, 10, 1, 0, 2);
    expect<i32>(memory.compare(W, V, 80)).toBe(0);
    expect<i32>(memory.compare(J, I, 160)).toBe(0);
  });
  it("finds the first few of single lines of any length, NaN and equal ones included", () => {
    const W = heap.alloc(2000), J = heap.alloc(2000), sizes: i32[] = [1, 3, 16, 19, 250];
    for (let s = 0; s < 5; s++)
      for (let largest = 0; largest < 2; largest++)
        for (let c = 0; c < 3; c++) {
          const n = sizes[s], count = c == 0 ? 1 : c == 1 ? min(10, n) : n;
          fill<f32>(n, 3);
          for (let i = 2; i < n; i += 7) store<f32>(X + (<usize>i << 2), i % 2 ? NaN : 5);
          k.sort_f32(X, V, I, n, 1, largest, S, R, 1, 0, 1);
          k.topk_f32(X, W, J, n, 1, count, largest, 0, 1);
          for (let i = 0; i < count; i++) {
            const at = <usize>i << 2, u = load<f32>(V + at), v = load<f32>(W + at);
            expect<bool>(u == v || (isNaN(u) && isNaN(v))).toBe(true);
          }
          expect<i32>(memory.compare(J, I, 8 * count)).toBe(0);
        }
    fill<f64>(40, 4);
    k.sort_f64(X, V, I, 40, 1, 0, S, R, 1, 0, 1);
    k.topk_f64(X, W, J, 40, 1, 10, 0, 0, 1);
    expect<i32>(memory.compare(W, V, 80)).toBe(0);
    expect<i32>(memory.compare(J, I, 80)).toBe(0);
    fill<i64>(40, 4);
    k.sort_i64(X, V, I, 40, 1, 1, S, R, 1, 0, 1);
    k.topk_i64(X, W, J, 40, 1, 10, 1, 0, 1);
    expect<i32>(memory.compare(W, V, 80)).toBe(0);
    expect<i32>(memory.compare(J, I, 80)).toBe(0);
  });
});

describe("search", () => {
  it("counts smaller elements, and equal ones on the right", () => {
    const line: f32[] = [1, 3, 3, 5], values: f32[] = [3, 0, 9, NaN];
    for (let i = 0; i < 4; i++) {
      store<f32>(X + (<usize>i << 2), line[i]);
      store<f32>(V + (<usize>i << 2), values[i]);
    }
    const left: i64[] = [1, 0, 4, 4], right: i64[] = [3, 0, 4, 4];
    f.searchsorted_f32(X, V, I, 4, 4, 0, 0, 4);
    for (let i = 0; i < 4; i++) expect<i64>(load<i64>(I + (<usize>i << 3))).toBe(left[i]);
    f.searchsorted_f32(X, V, I, 4, 4, 1, 0, 4);
    for (let i = 0; i < 4; i++) expect<i64>(load<i64>(I + (<usize>i << 3))).toBe(right[i]);
  });
  it("finds the longest run, the first of equal ones, where it ends", () => {
    const line: i64[] = [1, 1, 2, 3, 3, 4];
    for (let i = 0; i < 6; i++) store<i64>(X + (<usize>i << 3), line[i]);
    f.mode_i64(X, I, 6, 1, 0, 1);
    expect<i64>(load<i64>(I)).toBe(1);
  });
});
