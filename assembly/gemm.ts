// Matrix products out[m, n] = a[m, k] @ b[k, n] + init from register tiles: rows of a are broadcast against panels of b
// that are two vectors wide. Strides count elements; where a panel or a row ends early, loads run up to 28 bytes past
// it (the heap keeps that much spare) and the surplus is not stored. Every element is one chain of multiply-adds in the
// order of k, to which `init` is added, so ranges and shapes of tiles change no bit.
import { matmulPack_f32 } from "./gemm-pack";
import { lastTiles, packRows, sixes, tileRows } from "./gemm-rows";
import { mulAdd, storeSome } from "./lanes";

/** Rows of a block: their part of `a` (120 KB at k = 256) stays in the second-level cache. */
const BLOCK_ROWS = 120;
const ZEROS = memory.data<u64>([0, 0, 0, 0, 0, 0, 0, 0], 16);
/** A count of turns that never comes up. */
const NEVER = i32.MIN_VALUE;

// @ts-ignore: decorator
@inline function sum<T>(c: v128, init: usize, offset: usize): v128 {
  return v128.add<T>(c, v128.load(init + offset));
}

// @ts-ignore: decorator
@inline function storeRow<T>(to: usize, init: usize, left: i32, c0: v128, c1: v128): void {
  const lanes = <i32>(16 / sizeof<T>());
  if (left >= 2 * lanes) {
    v128.store(to, sum<T>(c0, init, 0));
    v128.store(to, sum<T>(c1, init, 16), 16);
    return;
  }
  storeSome<T>(to, sum<T>(c0, init, 0), left);
  storeSome<T>(to + 16, sum<T>(c1, init, 16), left - lanes);
}

/**
 * `count` tiles of `rows` (a constant) x 2 accumulators, one below the other. `init`: what is added to them, `initStep` bytes
 * from row to row. V8 before 12 tends to load all of `a` ahead of the arithmetic, for which 16 registers are too few (66% of
 * the peak at 6 x 8); an exit that is never taken and results stored from the last row up keep it from that, by experiment.
 * So does one pointer for all rows of `a`: with one for each, additions take turns of the multipliers (90% instead of 98%).
 */
// @ts-ignore: decorator
@inline function tiles<T>(
  rows: i32, count: i32, a: usize, b: usize, ldb: usize, k: i32,
  init: usize, initStep: usize, out: usize, ldo: usize, left: i32,
): void {
  for (; count > 0; --count) {
    let c00 = f32x4.splat(0), c01 = c00, c10 = c00, c11 = c00;
    let c20 = c00, c21 = c00, c30 = c00, c31 = c00, c40 = c00, c41 = c00, c50 = c00, c51 = c00;
    let p = b, turns = k;
    if (turns > 0) do {
      const b0 = v128.load(p), b1 = v128.load(p, 16);
      p += ldb;
      let x = v128.load_splat<T>(a);
      c00 = mulAdd<T>(x, b0, c00);
      c01 = mulAdd<T>(x, b1, c01);
      if (rows > 1) {
        if (turns == NEVER) break;
        x = v128.load_splat<T>(a, 1 * sizeof<T>());
        c10 = mulAdd<T>(x, b0, c10);
        c11 = mulAdd<T>(x, b1, c11);
      }
      if (rows > 2) {
        x = v128.load_splat<T>(a, 2 * sizeof<T>());
        c20 = mulAdd<T>(x, b0, c20);
        c21 = mulAdd<T>(x, b1, c21);
      }
      if (rows > 3) {
        x = v128.load_splat<T>(a, 3 * sizeof<T>());
        c30 = mulAdd<T>(x, b0, c30);
        c31 = mulAdd<T>(x, b1, c31);
      }
      if (rows > 4) {
        x = v128.load_splat<T>(a, 4 * sizeof<T>());
        c40 = mulAdd<T>(x, b0, c40);
        c41 = mulAdd<T>(x, b1, c41);
      }
      if (rows > 5) {
        x = v128.load_splat<T>(a, 5 * sizeof<T>());
        c50 = mulAdd<T>(x, b0, c50);
        c51 = mulAdd<T>(x, b1, c51);
      }
      a += <usize>rows * sizeof<T>();
    } while (--turns);
    let to = out + <usize>(rows - 1) * ldo, from = init + <usize>(rows - 1) * initStep;
    if (rows > 5) {
      storeRow<T>(to, from, left, c50, c51);
      to -= ldo;
      from -= initStep;
    }
    if (rows > 4) {
      storeRow<T>(to, from, left, c40, c41);
      to -= ldo;
      from -= initStep;
    }
    if (rows > 3) {
      storeRow<T>(to, from, left, c30, c31);
      to -= ldo;
      from -= initStep;
    }
    if (rows > 2) {
      storeRow<T>(to, from, left, c20, c21);
      to -= ldo;
      from -= initStep;
    }
    if (rows > 1) {
      storeRow<T>(to, from, left, c10, c11);
      to -= ldo;
      from -= initStep;
    }
    storeRow<T>(to, from, left, c00, c01);
    out += <usize>rows * ldo;
    init += <usize>rows * initStep;
  }
}

function tiles6<T>(
  count: i32, a: usize, b: usize, ldb: usize, k: i32, init: usize, step: usize, out: usize, ldo: usize, left: i32,
): void {
  tiles<T>(6, count, a, b, ldb, k, init, step, out, ldo, left);
}
function tiles5<T>(
  count: i32, a: usize, b: usize, ldb: usize, k: i32, init: usize, step: usize, out: usize, ldo: usize, left: i32,
): void {
  tiles<T>(5, count, a, b, ldb, k, init, step, out, ldo, left);
}
function tiles4<T>(
  count: i32, a: usize, b: usize, ldb: usize, k: i32, init: usize, step: usize, out: usize, ldo: usize, left: i32,
): void {
  tiles<T>(4, count, a, b, ldb, k, init, step, out, ldo, left);
}
function tiles3<T>(
  count: i32, a: usize, b: usize, ldb: usize, k: i32, init: usize, step: usize, out: usize, ldo: usize, left: i32,
): void {
  tiles<T>(3, count, a, b, ldb, k, init, step, out, ldo, left);
}
function tiles2<T>(
  count: i32, a: usize, b: usize, ldb: usize, k: i32, init: usize, step: usize, out: usize, ldo: usize, left: i32,
): void {
  tiles<T>(2, count, a, b, ldb, k, init, step, out, ldo, left);
}
function tiles1<T>(
  count: i32, a: usize, b: usize, ldb: usize, k: i32, init: usize, step: usize, out: usize, ldo: usize, left: i32,
): void {
  tiles<T>(1, count, a, b, ldb, k, init, step, out, ldo, left);
}

/** Two tiles of six rows with one vector of b: as many accumulators as one with two. */
function narrow(
  count: i32, a: usize, b: usize, ldb: usize, k: i32, init: usize, step: usize, out: usize, ldo: usize, left: i32,
): void {
  for (const half = <usize>(24 * k); count > 0; --count) {
    let c0 = f32x4.splat(0), c1 = c0, c2 = c0, c3 = c0, c4 = c0, c5 = c0, d0 = c0, d1 = c0, d2 = c0, d3 = c0, d4 = c0, d5 = c0;
    let p = b, turns = k, q = a + half;
    if (turns > 0) do {
      const v = v128.load(p);
      p += ldb;
      c0 = mulAdd<f32>(v128.load32_splat(a), v, c0);
      if (turns == NEVER) break;
      c1 = mulAdd<f32>(v128.load32_splat(a, 4), v, c1);
      c2 = mulAdd<f32>(v128.load32_splat(a, 8), v, c2);
      c3 = mulAdd<f32>(v128.load32_splat(a, 12), v, c3);
      c4 = mulAdd<f32>(v128.load32_splat(a, 16), v, c4);
      c5 = mulAdd<f32>(v128.load32_splat(a, 20), v, c5);
      d0 = mulAdd<f32>(v128.load32_splat(q), v, d0);
      d1 = mulAdd<f32>(v128.load32_splat(q, 4), v, d1);
      d2 = mulAdd<f32>(v128.load32_splat(q, 8), v, d2);
      d3 = mulAdd<f32>(v128.load32_splat(q, 12), v, d3);
      d4 = mulAdd<f32>(v128.load32_splat(q, 16), v, d4);
      d5 = mulAdd<f32>(v128.load32_splat(q, 20), v, d5);
      a += 24;
      q += 24;
    } while (--turns);
    a = q;
    let to = out + 11 * ldo, from = init + 11 * step;
    storeSome<f32>(to, sum<f32>(d5, from, 0), left);
    to -= ldo;
    from -= step;
    storeSome<f32>(to, sum<f32>(d4, from, 0), left);
    to -= ldo;
    from -= step;
    storeSome<f32>(to, sum<f32>(d3, from, 0), left);
    to -= ldo;
    from -= step;
    storeSome<f32>(to, sum<f32>(d2, from, 0), left);
    to -= ldo;
    from -= step;
    storeSome<f32>(to, sum<f32>(d1, from, 0), left);
    to -= ldo;
    from -= step;
    storeSome<f32>(to, sum<f32>(d0, from, 0), left);
    to -= ldo;
    from -= step;
    storeSome<f32>(to, sum<f32>(c5, from, 0), left);
    to -= ldo;
    from -= step;
    storeSome<f32>(to, sum<f32>(c4, from, 0), left);
    to -= ldo;
    from -= step;
    storeSome<f32>(to, sum<f32>(c3, from, 0), left);
    to -= ldo;
    from -= step;
    storeSome<f32>(to, sum<f32>(c2, from, 0), left);
    to -= ldo;
    from -= step;
    storeSome<f32>(to, sum<f32>(c1, from, 0), left);
    to -= ldo;
    from -= step;
    storeSome<f32>(to, sum<f32>(c0, from, 0), left);
    out += 12 * ldo;
    init += 12 * step;
  }
}

/** `have` packed rows of one panel, the first of the `rowsLeft` that are left; `left` columns. */
function column<T>(
  have: i32, rowsLeft: i32, a: usize, b: usize, ldb: usize, k: i32,
  init: usize, step: usize, out: usize, ldo: usize, left: i32,
): void {
  const single = sizeof<T>() == 4 && isFloat<T>();
  while (have > 0) {
    let rows = tileRows(rowsLeft), count = rowsLeft == 8 ? 2 : 1;
    if (rows == 6) {
      count = min(have, lastTiles(rowsLeft)) / 6;
      if (single && left <= 4 && count > 1) {
        count >>= 1;
        rows = 12;
        narrow(count, a, b, ldb, k, init, step, out, ldo, left);
      } else tiles6<T>(count, a, b, ldb, k, init, step, out, ldo, left);
    } else if (rows == 5) tiles5<T>(1, a, b, ldb, k, init, step, out, ldo, left);
    else if (rows == 4) tiles4<T>(count, a, b, ldb, k, init, step, out, ldo, left);
    else if (rows == 3) tiles3<T>(1, a, b, ldb, k, init, step, out, ldo, left);
    else if (rows == 2) tiles2<T>(1, a, b, ldb, k, init, step, out, ldo, left);
    else tiles1<T>(1, a, b, ldb, k, init, step, out, ldo, left);
    rows *= count;
    have -= rows;
    rowsLeft -= rows;
    a += <usize>(rows * k) * sizeof<T>();
    init += <usize>rows * step;
    out += <usize>rows * ldo;
  }
}

// @ts-ignore: decorator
@inline function product<T>(
  width: i32, a: usize, rsa: i32, csa: i32, b: usize, ldb: i32, panel: i32, out: usize, ldo: i32,
  init: usize, initRow: i32, initColumn: i32, m: i32, n: i32, k: i32, room: usize, begin: i32, end: i32,
): void {
  const size = <usize>sizeof<T>(), stepB = <usize>ldb * size, stepOut = <usize>ldo * size;
  if (init == 0) {
    init = ZEROS;
    initRow = initColumn = 0;
  }
  const initStep = <usize>initRow * size, last = lastTiles(m), packed = room ? room : a;
  let from = 6 * begin, to = 6 * end;
  // The last tiles go to the range in which they begin.
  if (to > last) to = m;
  for (let next = from; from < to && from <= last; from = next) {
    next = from + BLOCK_ROWS;
    if (next > last || next > to) next = to;
    if (room) packRows<T>(a, <usize>rsa * size, <usize>csa * size, room, m, k, from, next);
    const rows = packed + <usize>from * <usize>k * size, target = out + <usize>from * stepOut, add = init + <usize>from * initStep;
    let at = b;
    for (let j = 0; j < n; j += width) {
      const offset = <usize>j * size;
      column<T>(
        next - from, m - from, rows, at, stepB, k, add + offset * initColumn, initStep, target + offset, stepOut, n - j,
      );
      at += <usize>panel * size;
    }
  }
}

/**
 * Sixes [begin, end) of the m rows of the product. `a` has any strides of which one is 1; its rows are packed at `room`, for
 * which all m k elements must be there, or lie packed at `a` (gemm-pack.ts) where `room` is 0. `b` has rows `ldb` apart,
 * and `panel` from one panel of 8 columns to the next.
 * `init`, with its strides, is added: `initColumn` is 1, or 0 for the same 8 elements in all panels. Address 0: nothing.
 */
export function matmulTiles_f32(
  a: usize, rsa: i32, csa: i32, b: usize, ldb: i32, panel: i32, out: usize, ldo: i32,
  init: usize, initRow: i32, initColumn: i32, m: i32, n: i32, k: i32, room: usize, begin: i32, end: i32,
): void {
  product<f32>(8, a, rsa, csa, b, ldb, panel, out, ldo, init, initRow, initColumn, m, n, k, room, begin, end);
}

/** The same with panels of 4 columns. */
export function matmulTiles_f64(
  a: usize, rsa: i32, csa: i32, b: usize, ldb: i32, panel: i32, out: usize, ldo: i32,
  init: usize, initRow: i32, initColumn: i32, m: i32, n: i32, k: i32, room: usize, begin: i32, end: i32,
): void {
  product<f64>(4, a, rsa, csa, b, ldb, panel, out, ldo, init, initRow, initColumn, m, n, k, room, begin, end);
}

/** The same in i32, where an element of `a` or `b` is a pair of i16 (see matmulPairs_i8). */
export function matmulTiles_i32(
  a: usize, rsa: i32, csa: i32, b: usize, ldb: i32, panel: i32, out: usize, ldo: i32,
  init: usize, initRow: i32, initColumn: i32, m: i32, n: i32, k: i32, room: usize, begin: i32, end: i32,
): void {
  product<i32>(8, a, rsa, csa, b, ldb, panel, out, ldo, init, initRow, initColumn, m, n, k, room, begin, end);
}

/**
 * Products [begin, end) of a batch, out[m, n] = a[m, k] @ b[k, n] + bias[n] each (address 0: none). One of an operand's
 * strides is 1; `eachA` and `eachB` lie between matrices, results are row-major and adjacent. Every range has room for a
 * packed `a` and a packed `b`, k * (m + n + 7) elements, at `room`; ranges begin at multiples of `share`.
 */
export function matmulEach_f32(
  a: usize, eachA: i32, rsa: i32, csa: i32, b: usize, eachB: i32, rsb: i32, csb: i32, out: usize, bias: usize,
  m: i32, n: i32, k: i32, room: usize, share: i32, begin: i32, end: i32,
): void {
  const rows = room + (<usize>(begin / share) * <usize>k * <usize>(m + n + 7) << 2);
  const panels = rows + (<usize>m * <usize>k << 2);
  for (let i = begin; i < end; ++i) {
    const from = a + (<usize>i * <usize>eachA << 2), second = b + (<usize>i * <usize>eachB << 2);
    if (csb != 1 && (eachB != 0 || i == begin)) matmulPack_f32(second, rsb, csb, panels, n, k, 8, 0, (n + 7) >> 3);
    matmulTiles_f32(
      from, rsa, csa, csb == 1 ? second : panels, csb == 1 ? rsb : 8, csb == 1 ? 8 : 8 * k,
      out + (<usize>i * <usize>m * <usize>n << 2), n, bias, 0, 1, m, n, k, rows, 0, sixes(m),
    );
  }
}
