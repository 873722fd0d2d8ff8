/// <reference path="../../node_modules/@as-pect/assembly/types/as-pect.d.ts"/>
import * as k from "../extremes";

const N = 2500;
const X = heap.alloc(N << 3), V = heap.alloc(N << 3), I = heap.alloc(N << 3);

function fill(): void {
  for (let i = 0; i < N; i++) store<f32>(X + (<usize>i << 2), <f32>((i * 7919) % 1009));
}

/** Checks values and indices of the lines [outer, n, inner] of X against a plain walk. */
function check(larger: bool, n: i32, inner: i32, outer: i32): void {
  if (larger) k.maxWithIndex_f32(X, V, I, n, inner, 0, outer * inner);
  else k.minWithIndex_f32(X, V, I, n, inner, 0, outer * inner);
  for (let r = 0; r < outer * inner; r++) {
    let best: f32 = 0, at = -1;
    for (let j = 0; j < n; j++) {
      const v = load<f32>(X + (<usize>((r / inner) * n * inner + j * inner + (r % inner)) << 2));
      if (at < 0 || (larger ? v > best : v < best) || (v != v && best == best)) {
        best = v;
        at = j;
      }
    }
    expect<i64>(load<i64>(I + (<usize>r << 3))).toBe(at);
    const found = load<f32>(V + (<usize>r << 2));
    expect<bool>(found == best || (found != found && best != best)).toBe(true);
  }
}

describe("extremes", () => {
  it("are the first of equal ones, along and across", () => {
    fill();
    for (let larger = 0; larger < 2; larger++) {
      check(<bool>larger, N, 1, 1);
      check(<bool>larger, 10, 1, 9);
      check(<bool>larger, 7, 6, 3);
      check(<bool>larger, 1, 5, 2);
    }
  });
  it("are NaN where there is one, and where it is", () => {
    fill();
    store<f32>(X + (1777 << 2), NaN);
    store<f32>(X + (2000 << 2), NaN);
    check(true, N, 1, 1);
    check(false, N, 1, 1);
    check(true, 25, 100, 1);
    k.max_f32(X, V, N, 1, 0, 1);
    expect<bool>(isNaN(load<f32>(V))).toBe(true);
    k.argmin_f32(X, I, N, 1, 0, 1);
    expect<i64>(load<i64>(I)).toBe(1777);
  });
});

describe("extremes of other types", () => {
  it("order all of i64 and -0 as 0", () => {
    const xs: i64[] = [3, i64.MIN_VALUE, i64.MAX_VALUE, i64.MAX_VALUE];
    for (let i = 0; i < 4; i++) store<i64>(X + (<usize>i << 3), xs[i]);
    k.maxWithIndex_i64(X, V, I, 4, 1, 0, 1);
    expect<i64>(load<i64>(V)).toBe(i64.MAX_VALUE);
    expect<i64>(load<i64>(I)).toBe(2);
    k.min_i64(X, V, 2, 2, 0, 2);
    expect<i64>(load<i64>(V)).toBe(3);
    expect<i64>(load<i64>(V, 8)).toBe(i64.MIN_VALUE);
    store<f64>(X, -0.0);
    store<f64>(X, 0.0, 8);
    k.argmax_f64(X, I, 2, 1, 0, 1);
    expect<i64>(load<i64>(I)).toBe(0);
  });
});
