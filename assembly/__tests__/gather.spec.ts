/// <reference path="../../node_modules/@as-pect/assembly/types/as-pect.d.ts"/>
import * as k from "../gather";
import * as s from "../scatter";

const X = heap.alloc(4096), I = heap.alloc(1024), OUT = heap.alloc(4096), PLAN = heap.alloc(256);

function indices(values: i64[]): void {
  for (let i = 0; i < values.length; i++) store<i64>(I + (<usize>i << 3), values[i]);
}

/** Size, then strides of the indexed tensor, the indices and the other one, per dimension. */
function plan(words: i32[]): void {
  store<i32>(PLAN, words.length / 4);
  for (let i = 0; i < words.length; i++) store<i32>(PLAN + 4 + (<usize>i << 2), words[i]);
}

describe("gather", () => {
  it("takes elements across, row by row in any parts", () => {
    // x [3, 4] by index [2, 3] along dimension 1
    for (let i = 0; i < 12; i++) store<f32>(X + (<usize>i << 2), <f32>i);
    indices([3, 0, 2, 1, 1, 0]);
    plan([2, 4, 3, 3, 3, 0, 1, 1]);
    k.gather_b4(X, I, OUT, PLAN, 1, 0, 1);
    k.gather_b4(X, I, OUT, PLAN, 1, 1, 2);
    const want: f32[] = [3, 0, 2, 5, 5, 4];
    for (let i = 0; i < 6; i++) expect<f32>(load<f32>(OUT + (<usize>i << 2))).toBe(want[i]);
  });
  it("takes whole slices, of every length around the block of 16 bytes and beyond it", () => {
    for (let i = 0; i < 1200; i++) store<u8>(X + <usize>i, <u8>(i * 7));
    indices([2, 0]);
    const widths: i32[] = [1, 15, 16, 17, 33, 400];
    for (let w = 0; w < 6; w++) {
      const n = widths[w];
      plan([2, 0, 1, n, n, 1, 0, 1]);
      memory.fill(OUT, 0, 1024);
      k.gather_b1(X, I, OUT, PLAN, n, 0, 2);
      expect<i32>(memory.compare(OUT, X + 2 * <usize>n, n)).toBe(0);
      expect<i32>(memory.compare(OUT + <usize>n, X, n)).toBe(0);
      expect<u8>(load<u8>(OUT + 2 * <usize>n)).toBe(0);
    }
  });
  it("finds what is out of range and sums places from the end", () => {
    indices([0, 4, 5, -1]);
    expect<i32>(k.findOutside(I, 6, 0, 3)).toBe(-1);
    expect<i32>(k.findOutside(I, 6, 0, 4)).toBe(3);
    expect<i32>(k.findOutside(I, 5, 0, 4)).toBe(2);
    for (let i = 0; i < 4; i++) store<i64>(OUT + (<usize>i << 3), 100);
    expect<i32>(k.addIndex(I, OUT, 6, 10, 0, 4)).toBe(-1);
    expect<i64>(load<i64>(OUT, 8)).toBe(140);
    expect<i64>(load<i64>(OUT, 24)).toBe(150);
    expect<i32>(k.addIndex(I, OUT, 5, 1, 0, 4)).toBe(2);
  });
  it("counts and finds what is true", () => {
    for (let i = 0; i < 37; i++) store<u8>(X + <usize>i, i % 3 == 0 ? <u8>i + 1 : 0);
    expect<i32>(k.countTrue(X, 0, 37)).toBe(13);
    expect<i32>(k.countTrue(X, 1, 36)).toBe(11);
    k.findTrue(X, OUT, 0, 37);
    for (let i = 0; i < 13; i++) expect<i64>(load<i64>(OUT + (<usize>i << 3))).toBe(3 * i);
  });
});

describe("scatter", () => {
  it("writes in order, so that the last one stays", () => {
    for (let i = 0; i < 4; i++) store<f64>(X + (<usize>i << 3), <f64>i + 1);
    memory.fill(OUT, 0, 64);
    indices([1, 3, 1, 0]);
    plan([4, 0, 1, 1]);
    s.scatter_b8(OUT, I, X, PLAN, 1, 0, 1);
    expect<f64>(load<f64>(OUT)).toBe(4);
    expect<f64>(load<f64>(OUT, 8)).toBe(3);
    expect<f64>(load<f64>(OUT, 24)).toBe(2);
  });
  it("adds slices of seven, four at a time", () => {
    for (let i = 0; i < 21; i++) {
      store<f32>(X + (<usize>i << 2), <f32>i);
      store<f32>(OUT + (<usize>i << 2), 1);
    }
    indices([2, 0, 2]);
    plan([3, 0, 1, 7, 7, 1, 0, 1]);
    s.scatterSum_f32(OUT, I, X, PLAN, 7, 0, 3);
    for (let i = 0; i < 7; i++) {
      expect<f32>(load<f32>(OUT + (<usize>i << 2))).toBe(<f32>8 + <f32>i);
      expect<f32>(load<f32>(OUT + (<usize>(7 + i) << 2))).toBe(1);
      expect<f32>(load<f32>(OUT + (<usize>(14 + i) << 2))).toBe(<f32>15 + 2 * <f32>i);
    }
  });
  it("multiplies and finds extremes, NaN among them", () => {
    const xs: f32[] = [5, -2, NaN, 3];
    for (let i = 0; i < 4; i++) {
      store<f32>(X + (<usize>i << 2), xs[i]);
      store<f32>(OUT + (<usize>i << 2), 2);
    }
    indices([0, 0, 1, 2]);
    plan([4, 0, 1, 1]);
    s.scatterAmax_f32(OUT, I, X, PLAN, 1, 0, 1);
    expect<f32>(load<f32>(OUT)).toBe(5);
    expect<bool>(isNaN(load<f32>(OUT, 4))).toBe(true);
    s.scatterProd_f32(OUT, I, X, PLAN, 1, 0, 1);
    expect<f32>(load<f32>(OUT)).toBe(-50);
    expect<f32>(load<f32>(OUT, 8)).toBe(9);
  });
});
