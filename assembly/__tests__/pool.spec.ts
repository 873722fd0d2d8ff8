/// <reference path="../../node_modules/@as-pect/assembly/types/as-pect.d.ts"/>
import * as k from "../pool";
import * as a from "../pool-average";

const X = heap.alloc(4096), V = heap.alloc(4096), I = heap.alloc(4096), V2 = heap.alloc(4096), I2 = heap.alloc(4096);
const TABLE = heap.alloc(2048), OUT = heap.alloc(4096);

/** Windows of 2 by 2, `step` apart, in planes of h by w. */
function table(h: i32, w: i32, step: i32): void {
  const rh = (h - 2) / step + 1, rw = (w - 2) / step + 1;
  const head: i32[] = [1, h, w, 1, rh, rw, 1, 1, 1, 0, 1, 1];
  let at = TABLE;
  for (let i = 0; i < 12; i++, at += 4) store<i32>(at, head[i]);
  for (let i = 0; i < rh + rw; i++, at += 12) {
    store<i32>(at, (i < rh ? i : i - rh) * step);
    store<i32>(at, 2, 4);
    store<i32>(at, 2, 8);
  }
}

function differs(p: usize, q: usize, words: i32): i32 {
  let n = 0;
  for (let i = 0; i < words; i++) if (load<u32>(p + (<usize>i << 2)) != load<u32>(q + (<usize>i << 2))) n++;
  return n;
}

describe("pools", () => {
  it("finds the same maxima in pairs as by the table, NaNs and ties included", () => {
    const h = 5, w = 13, places = 12;
    for (let i = 0; i < 3 * h * w; i++)
      store<f32>(X + (<usize>i << 2), i % 29 == 3 ? NaN : <f32>((i * 37) % 11) - 5);
    table(h, w, 2);
    k.maxPool_f32(X, V, I, TABLE, 0, 3);
    k.maxPoolPairs_f32(X, V2, I2, h, w, 0, 1);
    k.maxPoolPairs_f32(X, V2, I2, h, w, 1, 3);
    expect<i32>(differs(V, V2, 3 * places)).toBe(0);
    expect<i32>(differs(I, I2, 3 * places)).toBe(0);
    k.maxPoolPairs_f32(X, V2, 0, h, w, 0, 3);
    let wrong = 0;
    for (let i = 0; i < 3 * places; i++) {
      const p = load<f32>(V + (<usize>i << 2)), q = load<f32>(V2 + (<usize>i << 2));
      if (p != q && (p == p || q == q)) wrong++;
    }
    expect<i32>(wrong).toBe(0);
  });
  it("gives an empty window -infinity", () => {
    table(2, 2, 1);
    for (let i = 0; i < 4; i++) store<f32>(X + (<usize>i << 2), 1);
    k.maxPool_f32(X, V, I, TABLE, 0, 1);
    expect<f32>(load<f32>(V)).toBe(1);
    store<i32>(TABLE + 52, 0); // the window has no row
    k.maxPool_f32(X, V, I, TABLE, 0, 1);
    expect<f32>(load<f32>(V)).toBe(-Infinity);
    expect<i32>(load<i32>(I)).toBe(0);
  });
  it("moves elements to their positions and back", () => {
    const places: i32[] = [4, 0, 4, 2, 1, 0];
    for (let i = 0; i < 6; i++) {
      store<i32>(I + (<usize>i << 2), places[i]);
      store<f32>(X + (<usize>i << 2), <f32>(i + 1));
    }
    k.poolScatterAdd_f32(X, I, OUT, 3, 5, 0, 2);
    const sums: f32[] = [2, 0, 0, 0, 4, 6, 5, 4, 0, 0];
    for (let i = 0; i < 10; i++) expect<f32>(load<f32>(OUT + (<usize>i << 2))).toBe(sums[i]);
    k.poolScatter_f32(X, I, OUT, 3, 5, 0, 1);
    expect<f32>(load<f32>(OUT, 16)).toBe(3);
    k.poolGather_f32(OUT, I, V, 3, 5, 0, 2);
    expect<f32>(load<f32>(V, 4)).toBe(2);
    expect<f32>(load<f32>(V, 12)).toBe(4);
  });
  it("averages, integers as in C, and shares gradients out", () => {
    table(3, 4, 1);
    for (let i = 0; i < 12; i++) {
      store<f32>(X + (<usize>i << 2), <f32>i);
      store<i64>(V + (<usize>i << 3), -<i64>i);
    }
    a.avgPool_f32(X, OUT, TABLE, 0, 0, 1);
    expect<f32>(load<f32>(OUT)).toBe(2.5);
    a.avgPool_f32(X, OUT, TABLE, 5, 0, 1);
    expect<f32>(load<f32>(OUT, 4)).toBe(<f32>(14.0 / 5.0));
    a.avgPool_i64(V, OUT, TABLE, 0, 0, 1);
    expect<i64>(load<i64>(OUT)).toBe(-2);
    for (let i = 0; i < 6; i++) store<f64>(X + (<usize>i << 3), 4);
    a.avgPoolBackward_f64(X, OUT, TABLE, 0, 0, 1);
    const shares: f64[] = [1, 2, 2, 1, 2, 4, 4, 2, 1, 2, 2, 1];
    for (let i = 0; i < 12; i++) expect<f64>(load<f64>(OUT + (<usize>i << 3))).toBe(shares[i]);
  });
});
