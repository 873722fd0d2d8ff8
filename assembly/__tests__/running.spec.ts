/// <reference path="../../node_modules/@as-pect/assembly/types/as-pect.d.ts"/>
import * as k from "../running";

const X = heap.alloc(256), V = heap.alloc(256), I = heap.alloc(256);

describe("running reductions", () => {
  it("moves on with equal extremes and stays at NaN", () => {
    const xs: f32[] = [1, 3, 2, 3, NaN, 5];
    for (let i = 0; i < 6; i++) store<f32>(X + (<usize>i << 2), xs[i]);
    k.cummax_f32(X, V, I, 6, 1, 0, 1);
    const values: f32[] = [1, 3, 3, 3], indices: i64[] = [0, 1, 1, 3, 4, 4];
    for (let i = 0; i < 4; i++) expect<f32>(load<f32>(V + (<usize>i << 2))).toBe(values[i]);
    expect<bool>(isNaN(load<f32>(V + 16)) && isNaN(load<f32>(V + 20))).toBe(true);
    for (let i = 0; i < 6; i++) expect<i64>(load<i64>(I + (<usize>i << 3))).toBe(indices[i]);
  });
  it("walks lines that lie across, a part of them at a time", () => {
    // [2, 3, 2], along the middle
    const xs: i64[] = [4, 1, 5, 0, 3, 2, 9, 8, 7, 8, 9, 1];
    for (let i = 0; i < 12; i++) store<i64>(X + (<usize>i << 3), xs[i]);
    k.cummin_i64(X, V, I, 3, 2, 0, 1);
    k.cummin_i64(X, V, I, 3, 2, 1, 2);
    const values: i64[] = [4, 1, 4, 0, 3, 0, 9, 8, 7, 8, 7, 1], indices: i64[] = [0, 0, 0, 1, 2, 1, 0, 0, 1, 1, 1, 2];
    for (let i = 0; i < 12; i++) {
      expect<i64>(load<i64>(V + (<usize>i << 3))).toBe(values[i]);
      expect<i64>(load<i64>(I + (<usize>i << 3))).toBe(indices[i]);
    }
  });
  it("adds logarithms without overflow", () => {
    const xs: f64[] = [-Infinity, 1000, 1000, -1000];
    for (let i = 0; i < 4; i++) store<f64>(X + (<usize>i << 3), xs[i]);
    k.logcumsumexp_f64(X, V, 4, 1, 0, 1);
    expect<f64>(load<f64>(V)).toBe(-Infinity);
    expect<f64>(load<f64>(V, 8)).toBe(1000);
    expect<f64>(abs(load<f64>(V, 16) - 1000.6931471805599)).toBeLessThan(1e-12);
    expect<f64>(load<f64>(V, 24)).toBe(load<f64>(V, 16));
  });
});
