// Matrix products out[m, n] = a[m, k] @ b[k, n] + init from register tiles: rows of a are broadcast against panels of b
// that are two vectors wide. Strides count elements; where a panel or a row ends early, loads run up to 28 bytes past
// it (the heap keeps that much spare) and the surplus is not stored. Every element is one chain of multiply-adds in the
// order of k, to which `init` is added, so ranges and shapes of tiles change no bit.
import { matmulPack_f32, turn_b4 } from "./gemm-pack";
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
@inline function storeRow<T>(vectors: i32, to: usize, init: usize, left: i32, c0: v128, c1: v128): void {
  const lanes = <i32>(16 / sizeof<T>());
  if (left >= vectors * lanes) {
    v128.store(to, sum<T>(c0, init, 0));
    if (vectors > 1) v128.store(to, sum<T>(c1, init, 16), 16);
    return;
  }
  storeSome<T>(to, sum<T>(c0, init, 0), left);
  if (vectors > 1) storeSome<T>(to + 16, sum<T>(c1, init, 16), left - lanes);
}

/**
 * `count` tiles of `rows` x `vectors` accumulators, both constant, one below the other. `init`: what is added to them,
 * `initStep` bytes from row to row. V8 before 12 tends to load all of `a` ahead of the arithmetic, for which 16 registers
 * are too few (66% of the peak at 6 x 8); an exit that is never taken and results stored from the last row up keep it from
 * that (96%), by experiment.
 */
// @ts-ignore: decorator
@inline function tiles<T>(
  rows: i32, vectors: i32, count: i32, a: usize, lda: usize, b: usize, ldb: usize, k: i32,
  init: usize, initStep: usize, out: usize, ldo: usize, left: i32,
): void {
  for (; count > 0; --count) {
    let c00 = f32x4.splat(0), c01 = c00, c10 = c00, c11 = c00;
    let c20 = c00, c21 = c00, c30 = c00, c31 = c00, c40 = c00, c41 = c00, c50 = c00, c51 = c00, c60 = c00, c70 = c00;
    let a0 = a, a1 = a0 + lda, a2 = a1 + lda, a3 = a2 + lda, a4 = a3 + lda, a5 = a4 + lda, a6 = a5 + lda, a7 = a6 + lda;
    let p = b, turns = k;
    if (turns > 0) do {
      const b0 = v128.load(p), b1 = vectors > 1 ? v128.load(p, 16) : b0;
      p += ldb;
      let x = v128.load_splat<T>(a0);
      a0 += sizeof<T>();
      c00 = mulAdd<T>(x, b0, c00);
      if (vectors > 1) c01 = mulAdd<T>(x, b1, c01);
      if (rows > 1) {
        if (turns == NEVER) break;
        x = v128.load_splat<T>(a1);
        a1 += sizeof<T>();
        c10 = mulAdd<T>(x, b0, c10);
        if (vectors > 1) c11 = mulAdd<T>(x, b1, c11);
      }
      if (rows > 2) {
        x = v128.load_splat<T>(a2);
        a2 += sizeof<T>();
        c20 = mulAdd<T>(x, b0, c20);
        if (vectors > 1) c21 = mulAdd<T>(x, b1, c21);
      }
      if (rows > 3) {
        x = v128.load_splat<T>(a3);
        a3 += sizeof<T>();
        c30 = mulAdd<T>(x, b0, c30);
        if (vectors > 1) c31 = mulAdd<T>(x, b1, c31);
      }
      if (rows > 4) {
        x = v128.load_splat<T>(a4);
        a4 += sizeof<T>();
        c40 = mulAdd<T>(x, b0, c40);
        if (vectors > 1) c41 = mulAdd<T>(x, b1, c41);
      }
      if (rows > 5) {
        x = v128.load_splat<T>(a5);
        a5 += sizeof<T>();
        c50 = mulAdd<T>(x, b0, c50);
        if (vectors > 1) c51 = mulAdd<T>(x, b1, c51);
      }
      if (rows > 6) {
        x = v128.load_splat<T>(a6);
        a6 += sizeof<T>();
        c60 = mulAdd<T>(x, b0, c60);
      }
      if (rows > 7) {
        x = v128.load_splat<T>(a7);
        a7 += sizeof<T>();
        c70 = mulAdd<T>(x, b0, c70);
      }
    } while (--turns);
    let to = out + <usize>(rows - 1) * ldo, from = init + <usize>(rows - 1) * initStep;
    if (rows > 7) {
      storeRow<T>(vectors, to, from, left, c70, c70);
      to -= ldo;
      from -= initStep;
    }
    if (rows > 6) {
      storeRow<T>(vectors, to, from, left, c60, c60);
      to -= ldo;
      from -= initStep;
    }
    if (rows > 5) {
      storeRow<T>(vectors, to, from, left, c50, c51);
      to -= ldo;
      from -= initStep;
    }
    if (rows > 4) {
      storeRow<T>(vectors, to, from, left, c40, c41);
      to -= ldo;
      from -= initStep;
    }
    if (rows > 3) {
      storeRow<T>(vectors, to, from, left, c30, c31);
      to -= ldo;
      from -= initStep;
    }
    if (rows > 2) {
      storeRow<T>(vectors, to, from, left, c20, c21);
      to -= ldo;
      from -= initStep;
    }
    if (rows > 1) {
      storeRow<T>(vectors, to, from, left, c10, c11);
      to -= ldo;
      from -= initStep;
    }
    storeRow<T>(vectors, to, from, left, c00, c01);
    out += <usize>rows * ldo;
    init += <usize>rows * initStep;
    a += <usize>rows * lda;
  }
}

function tiles6<T>(
  count: i32, a: usize, lda: usize, b: usize, ldb: usize, k: i32,
  init: usize, step: usize, out: usize, ldo: usize, left: i32,
): void {
  tiles<T>(6, 2, count, a, lda, b, ldb, k, init, step, out, ldo, left);
}
function tiles4<T>(
  count: i32, a: usize, lda: usize, b: usize, ldb: usize, k: i32,
  init: usize, step: usize, out: usize, ldo: usize, left: i32,
): void {
  tiles<T>(4, 2, count, a, lda, b, ldb, k, init, step, out, ldo, left);
}
function tiles3<T>(
  count: i32, a: usize, lda: usize, b: usize, ldb: usize, k: i32,
  init: usize, step: usize, out: usize, ldo: usize, left: i32,
): void {
  tiles<T>(3, 2, count, a, lda, b, ldb, k, init, step, out, ldo, left);
}
function tiles2<T>(
  count: i32, a: usize, lda: usize, b: usize, ldb: usize, k: i32,
  init: usize, step: usize, out: usize, ldo: usize, left: i32,
): void {
  tiles<T>(2, 2, count, a, lda, b, ldb, k, init, step, out, ldo, left);
}
function tiles1<T>(
  count: i32, a: usize, lda: usize, b: usize, ldb: usize, k: i32,
  init: usize, step: usize, out: usize, ldo: usize, left: i32,
): void {
  tiles<T>(1, 2, count, a, lda, b, ldb, k, init, step, out, ldo, left);
}
function tiles8x4(
  count: i32, a: usize, lda: usize, b: usize, ldb: usize, k: i32,
  init: usize, step: usize, out: usize, ldo: usize, left: i32,
): void {
  tiles<f32>(8, 1, count, a, lda, b, ldb, k, init, step, out, ldo, left);
}

/** `have` rows of one panel. */
function column<T>(
  have: i32, a: usize, lda: usize, b: usize, ldb: usize, k: i32,
  init: usize, step: usize, out: usize, ldo: usize, left: i32,
): void {
  const single = sizeof<T>() == 4 && isFloat<T>();
  while (have > 0) {
    // Seven rows are better four and three than six and one, and so on.
    const over = have % 6, sixes = have / 6 - (over == 1 || over == 2 || over == 5 ? 1 : 0);
    let rows = have, count = 1;
    if (single && left <= 4 && have >= 8) {
      rows = 8;
      count = have >> 3;
      tiles8x4(count, a, lda, b, ldb, k, init, step, out, ldo, left);
    } else if (sixes > 0) {
      rows = 6;
      count = sixes;
      tiles6<T>(count, a, lda, b, ldb, k, init, step, out, ldo, left);
    } else if (have >= 4) {
      rows = 4;
      count = have >> 2;
      tiles4<T>(count, a, lda, b, ldb, k, init, step, out, ldo, left);
    } else if (have == 3) tiles3<T>(1, a, lda, b, ldb, k, init, step, out, ldo, left);
    else if (have == 2) tiles2<T>(1, a, lda, b, ldb, k, init, step, out, ldo, left);
    else tiles1<T>(1, a, lda, b, ldb, k, init, step, out, ldo, left);
    rows *= count;
    have -= rows;
    a += <usize>rows * lda;
    init += <usize>rows * step;
    out += <usize>rows * ldo;
  }
}

// @ts-ignore: decorator
@inline function product<T>(
  width: i32, a: usize, lda: i32, b: usize, ldb: i32, panel: i32, out: usize, ldo: i32,
  init: usize, initRow: i32, initColumn: i32, n: i32, k: i32, begin: i32, end: i32,
): void {
  const size = <usize>sizeof<T>();
  const stepA = <usize>lda * size, stepB = <usize>ldb * size, stepOut = <usize>ldo * size;
  if (init == 0) {
    init = ZEROS;
    initRow = initColumn = 0;
  }
  const initStep = <usize>initRow * size;
  for (let from = begin; from < end; from += BLOCK_ROWS) {
    const have = min(BLOCK_ROWS, end - from);
    const first = a + <usize>from * stepA, to = out + <usize>from * stepOut, add = init + <usize>from * initStep;
    let at = b;
    for (let j = 0; j < n; j += width) {
      const left = n - j, offset = <usize>j * size;
      column<T>(
        have, first, stepA, at, stepB, k, add + offset * initColumn, initStep, to + offset, stepOut,
        left,
      );
      at += <usize>panel * size;
    }
  }
}

/**
 * Rows [begin, end) of the product. `a` has rows `lda` apart, its columns adjacent; `b` rows `ldb` apart, and `panel`
 * from one panel of 8 columns to the next.
 * `init`, with its strides, is added: `initColumn` is 1, or 0 for the same 8 elements in all panels. Address 0: nothing.
 */
export function matmulTiles_f32(
  a: usize, lda: i32, b: usize, ldb: i32, panel: i32, out: usize, ldo: i32, init: usize, initRow: i32, initColumn: i32,
  n: i32, k: i32, begin: i32, end: i32,
): void {
  product<f32>(
    8, a, lda, b, ldb, panel, out, ldo, init, initRow, initColumn, n, k, begin, end,
  );
}

/** The same with panels of 4 columns. */
export function matmulTiles_f64(
  a: usize, lda: i32, b: usize, ldb: i32, panel: i32, out: usize, ldo: i32, init: usize, initRow: i32, initColumn: i32,
  n: i32, k: i32, begin: i32, end: i32,
): void {
  product<f64>(4, a, lda, b, ldb, panel, out, ldo, init, initRow, initColumn, n, k, begin, end);
}

/** The same in i32, where an element of `a` or `b` is a pair of i16 (see matmulPairs_i8). */
export function matmulTiles_i32(
  a: usize, lda: i32, b: usize, ldb: i32, panel: i32, out: usize, ldo: i32, init: usize, initRow: i32, initColumn: i32,
  n: i32, k: i32, begin: i32, end: i32,
): void {
  product<i32>(8, a, lda, b, ldb, panel, out, ldo, init, initRow, initColumn, n, k, begin, end);
}

/**
 * Products [begin, end) of a batch, out[m, n] = a[m, k] @ b[k, n] + bias[n] each (address 0: none). One of an operand's
 * strides is 1; `eachA` and `eachB` lie between matrices, results are row-major and adjacent. Every range has room for a
 * turned `a` and a packed `b`, k * (m + n + 7) elements, at `room`; ranges begin at multiples of `share`.
 */
export function matmulEach_f32(
  a: usize, eachA: i32, rsa: i32, csa: i32, b: usize, eachB: i32, rsb: i32, csb: i32, out: usize, bias: usize,
  m: i32, n: i32, k: i32, room: usize, share: i32, begin: i32, end: i32,
): void {
  const turned = room + (<usize>(begin / share) * <usize>k * <usize>(m + n + 7) << 2);
  const panels = turned + (<usize>m * <usize>k << 2);
  for (let i = begin; i < end; ++i) {
    let from = a + (<usize>i * <usize>eachA << 2), second = b + (<usize>i * <usize>eachB << 2);
    if (csa != 1) {
      turn_b4(from, csa, turned, k, k, 0, m);
      from = turned;
    }
    if (csb != 1 && (eachB != 0 || i == begin)) matmulPack_f32(second, rsb, csb, panels, n, k, 8, 0, (n + 7) >> 3);
    matmulTiles_f32(
      from, csa == 1 ? rsa : k, csb == 1 ? second : panels, csb == 1 ? rsb : 8, csb == 1 ? 8 : 8 * k,
      out + (<usize>i * <usize>m * <usize>n << 2), n, bias, 0, 1, n, k, 0, m,
    );
  }
}
