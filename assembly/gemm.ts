// Matrix products out[m, n] = a[m, k] @ b[k, n] + init from register tiles: rows of a are broadcast against panels of b
// that are 8 or 16 columns wide. Strides count elements; where a panel or a row ends early, loads run up to 60 bytes past
// it (the heap keeps that much spare) and the surplus is not stored. Every element is one chain of multiply-adds in the
// order of k, to which `init` is added, so ranges and shapes of tiles change no bit.
import { mulAdd, storeSome } from "./lanes";

/** Rows of a block: their part of `a` (128 KB at k = 512) stays in the second-level cache. */
const BLOCK_ROWS = 64;
const ZEROS = memory.data<u64>([0, 0, 0, 0, 0, 0, 0, 0], 16);

// @ts-ignore: decorator
@inline function sum<T>(c: v128, init: usize, offset: usize): v128 {
  return v128.add<T>(c, v128.load(init + offset));
}

// @ts-ignore: decorator
@inline function storeRow<T>(
  vectors: i32, to: usize, init: usize, left: i32, c0: v128, c1: v128, c2: v128, c3: v128,
): void {
  const lanes = <i32>(16 / sizeof<T>());
  if (left >= vectors * lanes) {
    v128.store(to, sum<T>(c0, init, 0));
    if (vectors > 1) v128.store(to, sum<T>(c1, init, 16), 16);
    if (vectors > 2) v128.store(to, sum<T>(c2, init, 32), 32);
    if (vectors > 3) v128.store(to, sum<T>(c3, init, 48), 48);
    return;
  }
  storeSome<T>(to, sum<T>(c0, init, 0), left);
  if (vectors > 1) storeSome<T>(to + 16, sum<T>(c1, init, 16), left - lanes);
  if (vectors > 2) storeSome<T>(to + 32, sum<T>(c2, init, 32), left - 2 * lanes);
  if (vectors > 3) storeSome<T>(to + 48, sum<T>(c3, init, 48), left - 3 * lanes);
}

/** `rows` x `vectors` accumulators, both constant. `init`: what is added to them, `initStep` bytes from row to row. */
// @ts-ignore: decorator
@inline function tile<T>(
  rows: i32, vectors: i32, a: usize, lda: usize, b: usize, ldb: usize, k: i32,
  init: usize, initStep: usize, out: usize, ldo: usize, left: i32,
): void {
  let c00 = f32x4.splat(0), c01 = c00, c02 = c00, c03 = c00, c10 = c00, c11 = c00, c12 = c00, c13 = c00;
  let c20 = c00, c21 = c00, c30 = c00, c31 = c00, c40 = c00, c41 = c00, c50 = c00, c51 = c00;
  let a0 = a, a1 = a0 + lda, a2 = a1 + lda, a3 = a2 + lda, a4 = a3 + lda, a5 = a4 + lda;
  for (; k > 0; --k) {
    const b0 = v128.load(b), b1 = vectors > 1 ? v128.load(b, 16) : b0;
    const b2 = vectors > 2 ? v128.load(b, 32) : b0, b3 = vectors > 3 ? v128.load(b, 48) : b0;
    b += ldb;
    let x = v128.load_splat<T>(a0);
    a0 += sizeof<T>();
    c00 = mulAdd<T>(x, b0, c00);
    if (vectors > 1) c01 = mulAdd<T>(x, b1, c01);
    if (vectors > 2) c02 = mulAdd<T>(x, b2, c02);
    if (vectors > 3) c03 = mulAdd<T>(x, b3, c03);
    if (rows > 1) {
      x = v128.load_splat<T>(a1);
      a1 += sizeof<T>();
      c10 = mulAdd<T>(x, b0, c10);
      if (vectors > 1) c11 = mulAdd<T>(x, b1, c11);
      if (vectors > 2) c12 = mulAdd<T>(x, b2, c12);
      if (vectors > 3) c13 = mulAdd<T>(x, b3, c13);
    }
    if (rows > 2) {
      x = v128.load_splat<T>(a2);
      a2 += sizeof<T>();
      c20 = mulAdd<T>(x, b0, c20);
      c21 = mulAdd<T>(x, b1, c21);
    }
    if (rows > 3) {
      x = v128.load_splat<T>(a3);
      a3 += sizeof<T>();
      c30 = mulAdd<T>(x, b0, c30);
      c31 = mulAdd<T>(x, b1, c31);
    }
    if (rows > 4) {
      x = v128.load_splat<T>(a4);
      a4 += sizeof<T>();
      c40 = mulAdd<T>(x, b0, c40);
      c41 = mulAdd<T>(x, b1, c41);
      x = v128.load_splat<T>(a5);
      a5 += sizeof<T>();
      c50 = mulAdd<T>(x, b0, c50);
      c51 = mulAdd<T>(x, b1, c51);
    }
  }
  storeRow<T>(vectors, out, init, left, c00, c01, c02, c03);
  if (rows > 1) storeRow<T>(vectors, (out += ldo), (init += initStep), left, c10, c11, c12, c13);
  if (rows > 2) storeRow<T>(2, (out += ldo), (init += initStep), left, c20, c21, c20, c20);
  if (rows > 3) storeRow<T>(2, (out += ldo), (init += initStep), left, c30, c31, c30, c30);
  if (rows > 4) {
    storeRow<T>(2, (out += ldo), (init += initStep), left, c40, c41, c40, c40);
    storeRow<T>(2, (out += ldo), (init += initStep), left, c50, c51, c50, c50);
  }
}

type Tile = (
  a: usize, lda: usize, b: usize, ldb: usize, k: i32, init: usize, step: usize, out: usize, ldo: usize, left: i32,
) => void;

function tile1x16(
  a: usize, lda: usize, b: usize, ldb: usize, k: i32, init: usize, step: usize, out: usize, ldo: usize, left: i32,
): void {
  tile<f32>(1, 4, a, lda, b, ldb, k, init, step, out, ldo, left);
}
function tile2x16(
  a: usize, lda: usize, b: usize, ldb: usize, k: i32, init: usize, step: usize, out: usize, ldo: usize, left: i32,
): void {
  tile<f32>(2, 4, a, lda, b, ldb, k, init, step, out, ldo, left);
}
function tile1x8(
  a: usize, lda: usize, b: usize, ldb: usize, k: i32, init: usize, step: usize, out: usize, ldo: usize, left: i32,
): void {
  tile<f32>(1, 2, a, lda, b, ldb, k, init, step, out, ldo, left);
}
function tile2x8(
  a: usize, lda: usize, b: usize, ldb: usize, k: i32, init: usize, step: usize, out: usize, ldo: usize, left: i32,
): void {
  tile<f32>(2, 2, a, lda, b, ldb, k, init, step, out, ldo, left);
}
function tile4x8(
  a: usize, lda: usize, b: usize, ldb: usize, k: i32, init: usize, step: usize, out: usize, ldo: usize, left: i32,
): void {
  tile<f32>(4, 2, a, lda, b, ldb, k, init, step, out, ldo, left);
}
function tile6x8(
  a: usize, lda: usize, b: usize, ldb: usize, k: i32, init: usize, step: usize, out: usize, ldo: usize, left: i32,
): void {
  if (ASC_FEATURE_RELAXED_SIMD) tile<f32>(6, 2, a, lda, b, ldb, k, init, step, out, ldo, left);
}
function tile1x4_f64(
  a: usize, lda: usize, b: usize, ldb: usize, k: i32, init: usize, step: usize, out: usize, ldo: usize, left: i32,
): void {
  tile<f64>(1, 2, a, lda, b, ldb, k, init, step, out, ldo, left);
}
function tile4x4_f64(
  a: usize, lda: usize, b: usize, ldb: usize, k: i32, init: usize, step: usize, out: usize, ldo: usize, left: i32,
): void {
  tile<f64>(4, 2, a, lda, b, ldb, k, init, step, out, ldo, left);
}

/** Tiles of the given height over a block of rows and all panels; then of the lesser heights over what rows are left. */
function tiles(
  rows: i32, most: Tile, two: Tile, one: Tile, size: i32, width: i32,
  a: usize, lda: i32, b: usize, ldb: i32, panel: i32, out: usize, ldo: i32, init: usize, initRow: i32, initColumn: i32,
  n: i32, k: i32, begin: i32, end: i32,
): void {
  const log = size == 8 ? 3 : 2;
  const stepA = <usize>lda << log, stepB = <usize>ldb << log, stepOut = <usize>ldo << log;
  if (init == 0) {
    init = ZEROS;
    initRow = initColumn = 0;
  }
  const initStep = <usize>initRow << log;
  for (let from = begin; from < end; from += BLOCK_ROWS) {
    const to = min(from + BLOCK_ROWS, end);
    let at = b;
    for (let j = 0; j < n; j += width) {
      const left = n - j, offset = <usize>j << log;
      let i = from, pa = a + <usize>from * stepA, po = out + <usize>from * stepOut + offset;
      let pi = init + <usize>from * initStep + (<usize>(j * initColumn) << log);
      for (; i + rows <= to; i += rows) {
        most(pa, stepA, at, stepB, k, pi, initStep, po, stepOut, left);
        pa += <usize>rows * stepA;
        po += <usize>rows * stepOut;
        pi += <usize>rows * initStep;
      }
      for (; i < to; ) {
        const some = i + 4 <= to && rows == 6 ? 4 : i + 2 <= to && rows > 2 && size == 4 ? 2 : 1;
        if (some == 4) tile4x8(pa, stepA, at, stepB, k, pi, initStep, po, stepOut, left);
        else if (some == 2) two(pa, stepA, at, stepB, k, pi, initStep, po, stepOut, left);
        else one(pa, stepA, at, stepB, k, pi, initStep, po, stepOut, left);
        i += some;
        pa += <usize>some * stepA;
        po += <usize>some * stepOut;
        pi += <usize>some * initStep;
      }
      at += <usize>panel << log;
    }
  }
}

/**
 * Rows [begin, end) of the product. `a` has rows `lda` apart, its columns adjacent; `b` rows `ldb` apart, and `panel`
 * from one panel of columns to the next. `shape`: 0 for tiles of 2 x 16, 1 for 4 x 8, 2 for 6 x 8 (relaxed build only).
 * `init`, with its strides, is added: `initColumn` is 1, or 0 for the same 16 elements in all panels. Address 0: nothing.
 */
export function matmulTiles_f32(
  a: usize, lda: i32, b: usize, ldb: i32, panel: i32, out: usize, ldo: i32, init: usize, initRow: i32, initColumn: i32,
  n: i32, k: i32, shape: i32, begin: i32, end: i32,
): void {
  let rows = 4, width = 8, most: Tile = tile4x8, two: Tile = tile2x8, one: Tile = tile1x8;
  if (shape == 0) {
    rows = 2;
    width = 16;
    most = tile2x16;
    two = one = tile1x16;
    const last = n & 15, wide = n - last;
    if (last > 0 && last <= 8) {
      // The last panel is no wider than the smaller tiles.
      const offset = <usize>wide << 2, from = init ? init + offset * initColumn : 0;
      tiles(
        4, tile4x8, tile2x8, tile1x8, 4, 8, a, lda, b + (<usize>(wide >> 4) * <usize>panel << 2), ldb, 0, out + offset, ldo,
        from, initRow, initColumn, last, k, begin, end,
      );
      n = wide;
    }
  } else if (shape == 2 && ASC_FEATURE_RELAXED_SIMD) {
    rows = 6;
    most = tile6x8;
  }
  tiles(
    rows, most, two, one, 4, width, a, lda, b, ldb, panel, out, ldo, init, initRow, initColumn, n, k, begin, end,
  );
}

/** The same with panels of 4 columns; `shape` is not read. */
export function matmulTiles_f64(
  a: usize, lda: i32, b: usize, ldb: i32, panel: i32, out: usize, ldo: i32, init: usize, initRow: i32, initColumn: i32,
  n: i32, k: i32, shape: i32, begin: i32, end: i32,
): void {
  tiles(
    4, tile4x4_f64, tile1x4_f64, tile1x4_f64, 8, 4,
    a, lda, b, ldb, panel, out, ldo, init, initRow, initColumn, n, k, begin, end,
  );
}
