/// <reference path="../../node_modules/@as-pect/assembly/types/as-pect.d.ts"/>
import * as tiles from "../gemm";
import * as pack from "../gemm-pack";
import { matmulPackRows_f32 } from "../gemm-rows";
import * as thin from "../gemm-thin";

const A = heap.alloc(8 * 4096), B = heap.alloc(8 * 4096), AT = heap.alloc(8 * 4096), BT = heap.alloc(8 * 4096);
const OUT = heap.alloc(8 * 4096), TEMP = heap.alloc(8 * 8192), ROWS = heap.alloc(8 * 4096), BIAS = heap.alloc(8 * 128), BEYOND = 77.0;

/** Small whole numbers, whose sums are exact. */
function value(i: i32, salt: i32): i32 {
  return ((i * 7 + salt) % 11) - 5;
}

// @ts-ignore: decorator
@inline function at<T>(base: usize, i: i32): usize {
  return base + <usize>i * sizeof<T>();
}

/** A [m, k], B [k, n], their transposes and a bias, and an output that is recognisably unwritten. */
function fill<T>(m: i32, n: i32, k: i32): void {
  for (let i = 0; i < m; i++)
    for (let j = 0; j < k; j++) {
      store<T>(at<T>(A, i * k + j), <T>value(i * k + j, 1));
      store<T>(at<T>(AT, j * m + i), <T>value(i * k + j, 1));
    }
  for (let i = 0; i < k; i++)
    for (let j = 0; j < n; j++) {
      store<T>(at<T>(B, i * n + j), <T>value(i * n + j, 4));
      store<T>(at<T>(BT, j * k + i), <T>value(i * n + j, 4));
    }
  for (let j = 0; j < n; j++) store<T>(at<T>(BIAS, j), <T>value(j, 2));
  for (let i = 0; i < m * n + 16; i++) store<T>(at<T>(OUT, i), <T>BEYOND);
}

/** Elements that differ from the sum of products (and bias), or that were written beyond the result. */
function wrong<T>(m: i32, n: i32, k: i32, bias: bool): i32 {
  let count = 0;
  for (let i = 0; i < m; i++)
    for (let j = 0; j < n; j++) {
      let sum = bias ? value(j, 2) : 0;
      for (let q = 0; q < k; q++) sum += value(i * k + q, 1) * value(q * n + j, 4);
      if (load<T>(at<T>(OUT, i * n + j)) != <T>sum) count++;
    }
  for (let i = m * n; i < m * n + 16; i++) if (load<T>(at<T>(OUT, i)) != <T>BEYOND) count++;
  return count;
}

const SIZES: i32[] = [1, 2, 3, 5, 8, 13, 17, 30];

describe("matmulTiles", () => {
  it("multiplies by every shape of tile, packed and not, in parts and with a bias", () => {
    let bad = 0;
    const width = 8;
    for (let a = 0; a < SIZES.length; a++)
      for (let b = 0; b < SIZES.length; b++) {
        const m = SIZES[a], n = SIZES[b], k = SIZES[(a + b) % 8], all = (m + 5) / 6, half = all / 2;
        fill<f32>(m, n, k);
        tiles.matmulTiles_f32(A, k, 1, B, n, width, OUT, n, BIAS, 0, 1, m, n, k, ROWS, 0, half);
        tiles.matmulTiles_f32(A, k, 1, B, n, width, OUT, n, BIAS, 0, 1, m, n, k, ROWS, half, all);
        bad += wrong<f32>(m, n, k, true);
        fill<f32>(m, n, k);
        const panels = (n + width - 1) / width;
        pack.matmulPack_f32(B, n, 1, TEMP, n, k, width, 0, panels / 2);
        pack.matmulPack_f32(BT, 1, k, TEMP, n, k, width, panels / 2, panels);
        tiles.matmulTiles_f32(AT, 1, m, TEMP, width, width * k, OUT, n, 0, 0, 0, m, n, k, ROWS, 0, all);
        bad += wrong<f32>(m, n, k, false);
        fill<f32>(m, n, k);
        matmulPackRows_f32(A, k, 1, ROWS, m, k, half, all);
        matmulPackRows_f32(AT, 1, m, ROWS, m, k, 0, half);
        for (let u = 0; u < all; u++)
          tiles.matmulTiles_f32(ROWS, 0, 0, TEMP, width, width * k, OUT, n, BIAS, 0, 1, m, n, k, 0, u, u + 1);
        bad += wrong<f32>(m, n, k, true);
      }
    expect<i32>(bad).toBe(0);
  });
  it("multiplies a batch, in every layout", () => {
    const ROOM = heap.alloc(4 * 16384);
    let bad = 0;
    for (let a = 0; a < SIZES.length; a++)
      for (let layout = 0; layout < 4; layout++) {
        const m = SIZES[a], n = SIZES[(a + 3) % 8], k = SIZES[(a + 5) % 8];
        fill<f32>(m, n, k);
        const x = layout & 1 ? AT : A, y = layout & 2 ? BT : B, gap = m * n;
        tiles.matmulEach_f32(
          x, 0, layout & 1 ? 1 : k, layout & 1 ? m : 1, y, 0, layout & 2 ? 1 : n, layout & 2 ? k : 1,
          OUT - 4 * gap, BIAS, m, n, k, ROOM, 1, 1, 2,
        );
        bad += wrong<f32>(m, n, k, true);
        tiles.matmulEach_f32(
          x, 0, layout & 1 ? 1 : k, layout & 1 ? m : 1, y, 0, layout & 2 ? 1 : n, layout & 2 ? k : 1,
          TEMP, BIAS, m, n, k, ROOM, 2, 0, 2,
        );
        if (memory.compare(TEMP, OUT, 4 * gap) || memory.compare(TEMP + 4 * gap, OUT, 4 * gap)) bad++;
      }
    expect<i32>(bad).toBe(0);
  });
  it("adds to what was summed before", () => {
    const m = 13, n = 17, k = 30, first = 11;
    fill<f32>(m, n, k);
    tiles.matmulTiles_f32(A, k, 1, B, n, 8, OUT, n, BIAS, 0, 1, m, n, first, ROWS, 0, 3);
    tiles.matmulTiles_f32(A + 4 * first, k, 1, B + 4 * first * n, n, 8, OUT, n, OUT, n, 1, m, n, k - first, ROWS, 0, 3);
    expect<i32>(wrong<f32>(m, n, k, true)).toBe(0);
  });
  it("multiplies int8 exactly, by pairs", () => {
    const AP = heap.alloc(4096), PANELS = heap.alloc(8192);
    let bad = 0;
    for (let a = 0; a < SIZES.length; a++)
      for (let b = 0; b < SIZES.length; b++) {
        const m = SIZES[a], n = SIZES[b], k = SIZES[(a + b) % 8], pairs = (k + 1) / 2;
        fill<i32>(m, n, k);
        for (let i = 0; i < m * k; i++) store<i8>(TEMP + i, load<i32>(A + 4 * i) * 25);
        pack.matmulPairs_i8(TEMP, k, 1, AP, k, 1, 0, m);
        for (let i = 0; i < n * k; i++) store<i8>(TEMP + i, load<i32>(B + 4 * i) * 25);
        pack.matmulPairs_i8(TEMP, 1, n, PANELS, k, 8, 0, n / 2);
        pack.matmulPairs_i8(TEMP, 1, n, PANELS, k, 8, n / 2, n);
        const all = (m + 5) / 6, half = all / 2;
        tiles.matmulTiles_i32(AP, pairs, 1, PANELS, 8, 8 * pairs, OUT, n, 0, 0, 0, m, n, pairs, ROWS, 0, half);
        tiles.matmulTiles_i32(AP, pairs, 1, PANELS, 8, 8 * pairs, OUT, n, 0, 0, 0, m, n, pairs, ROWS, half, all);
        for (let i = 0; i < m * n; i++) store<i32>(OUT + 4 * i, load<i32>(OUT + 4 * i) / 625);
        bad += wrong<i32>(m, n, k, false);
      }
    expect<i32>(bad).toBe(0);
  });
  it("works in f64", () => {
    let bad = 0;
    for (let a = 0; a < SIZES.length; a++)
      for (let b = 0; b < SIZES.length; b++) {
        const m = SIZES[a], n = SIZES[b], k = SIZES[(a + b) % 8];
        fill<f64>(m, n, k);
        tiles.matmulTiles_f64(A, k, 1, B, n, 4, OUT, n, BIAS, 0, 1, m, n, k, ROWS, 0, (m + 5) / 12);
        tiles.matmulTiles_f64(A, k, 1, B, n, 4, OUT, n, BIAS, 0, 1, m, n, k, ROWS, (m + 5) / 12, (m + 5) / 6);
        bad += wrong<f64>(m, n, k, true);
      }
    expect<i32>(bad).toBe(0);
  });
});

describe("products of few rows", () => {
  it("go by rows of b in every type, and by dot products", () => {
    let bad = 0;
    for (let m = 1; m < 4; m++)
      for (let b = 0; b < SIZES.length; b++)
        for (let c = 0; c < SIZES.length; c++) {
          const n = SIZES[b], k = c == 0 ? 0 : SIZES[c], half = n / 2;
          fill<f32>(m, n, k);
          thin.matmulRows_f32(AT, 1, m, B, n, OUT, n, BIAS, 0, 1, m, k, 0, 0, half);
          thin.matmulRows_f32(A, k, 1, B, n, OUT, n, BIAS, 0, 1, m, k, 0, half, n);
          bad += wrong<f32>(m, n, k, true);
          fill<f64>(m, n, k);
          thin.matmulRows_f64(A, k, 1, B, n, OUT, n, 0, 0, 0, m, k, 0, 0, n);
          bad += wrong<f64>(m, n, k, false);
          fill<i64>(m, n, k);
          thin.matmulRows_i64(A, k, 1, B, n, OUT, n, BIAS, 0, 1, m, k, 0, n);
          bad += wrong<i64>(m, n, k, true);
          fill<f32>(m, n, k);
          thin.matmulDots_f32(A, k, BT, k, OUT, n, BIAS, 0, 1, m, k, 0, half);
          thin.matmulDots_f32(A, k, BT, k, OUT, n, BIAS, 0, 1, m, k, half, n);
          bad += wrong<f32>(m, n, k, true);
        }
    expect<i32>(bad).toBe(0);
  });
});

describe("long products of few rows", () => {
  it("are summed by blocks, exactly where sums are small, ranges apart", () => {
    let bad = 0;
    for (let k = 254; k < 1030; k += 129) {
      const m = 1, n = 3;
      fill<f32>(m, n, k);
      thin.matmulRows_f32(A, k, 1, B, n, OUT, n, BIAS, 0, 1, m, k, TEMP, 0, 1);
      thin.matmulRows_f32(A, k, 1, B, n, OUT, n, BIAS, 0, 1, m, k, TEMP, 1, n);
      bad += wrong<f32>(m, n, k, true);
    }
    expect<i32>(bad).toBe(0);
  });
});

describe("turn_b4", () => {
  it("transposes any rectangle, a range of rows at a time", () => {
    let bad = 0;
    for (let m = 1; m < 11; m++)
      for (let n = 1; n < 11; n++) {
        fill<f32>(m, n, n);
        pack.turn_b4(AT, m, TEMP, n, n, 0, m / 2);
        pack.turn_b4(AT, m, TEMP, n, n, m / 2, m);
        bad += memory.compare(TEMP, A, <usize>(4 * m * n)) != 0 ? 1 : 0;
      }
    expect<i32>(bad).toBe(0);
  });
});
