// Products of few rows, where rearranging b would cost more than it brings: out[m, n] = a[m, k] @ b[k, n] + init.
// begin, end: columns of the result. Loads run past the end of rows as in gemm.ts. Long sums go by blocks, each summed by
// itself: roundings grow with the length of a block and the number of blocks, not with k.
import { load4, madd, mulAdd, storeSome } from "./lanes";

/** Four rows of b, or one, times as many elements of a row of a, added to a row of the result. */
// @ts-ignore: decorator
@inline function addRows<T>(four: bool, a: usize, stepA: usize, b: usize, stepB: usize, out: usize, n: i32): void {
  const lanes = <i32>(16 / sizeof<T>());
  const x0 = v128.load_splat<T>(a), x1 = four ? v128.load_splat<T>(a + stepA) : x0;
  const x2 = four ? v128.load_splat<T>(a + 2 * stepA) : x0, x3 = four ? v128.load_splat<T>(a + 3 * stepA) : x0;
  let b0 = b, b1 = b + stepB, b2 = b1 + stepB, b3 = b2 + stepB;
  // Two vectors a turn: half the steps of pointers, and all operands still fit the registers.
  for (; n >= 2 * lanes; n -= 2 * lanes) {
    let s = mulAdd<T>(x0, v128.load(b0), v128.load(out)), t = mulAdd<T>(x0, v128.load(b0, 16), v128.load(out, 16));
    b0 += 32;
    if (four) {
      s = mulAdd<T>(x1, v128.load(b1), s);
      t = mulAdd<T>(x1, v128.load(b1, 16), t);
      s = mulAdd<T>(x2, v128.load(b2), s);
      t = mulAdd<T>(x2, v128.load(b2, 16), t);
      s = mulAdd<T>(x3, v128.load(b3), s);
      t = mulAdd<T>(x3, v128.load(b3, 16), t);
      b1 += 32;
      b2 += 32;
      b3 += 32;
    }
    v128.store(out, s);
    v128.store(out, t, 16);
    out += 32;
  }
  for (let j: usize = 0; n > 0; j += 16, n -= lanes) {
    let sum = mulAdd<T>(x0, v128.load(b0 + j), v128.load(out + j));
    if (four) {
      sum = mulAdd<T>(x1, v128.load(b1 + j), sum);
      sum = mulAdd<T>(x2, v128.load(b2 + j), sum);
      sum = mulAdd<T>(x3, v128.load(b3 + j), sum);
    }
    storeSome<T>(out + j, sum, n);
  }
}

/** Rows of b in a block: as many as the tiles of gemm.ts sum at a time. */
const BLOCK = 256;

// @ts-ignore: decorator
@inline function addLine<T>(x: usize, out: usize, n: i32): void {
  for (const end = out + <usize>n * sizeof<T>(); out < end; out += sizeof<T>(), x += sizeof<T>())
    store<T>(out, load<T>(out) + load<T>(x));
}

// @ts-ignore: decorator
@inline function rows<T>(
  a: usize, rsa: i32, csa: i32, b: usize, ldb: i32, out: usize, ldo: i32, init: usize, initRow: i32, initColumn: i32,
  m: i32, k: i32, room: usize, begin: i32, end: i32,
): void {
  const size = <usize>sizeof<T>(), stepA = <usize>csa * size, stepB = <usize>ldb * size, n = end - begin;
  out += <usize>begin * size;
  b += <usize>begin * size;
  for (let i = 0; i < m; ++i) {
    const to = out + <usize>i * <usize>ldo * size;
    const from = init + <usize>(i * initRow + begin * initColumn) * size;
    if (init == 0) memory.fill(to, 0, <usize>n * size);
    else if (initColumn == 0) for (let j = 0; j < n; ++j) store<T>(to + <usize>j * size, load<T>(from));
    else if (from != to) memory.copy(to, from, <usize>n * size);
  }
  const row = <usize>rsa * size, line = <usize>ldo * size, own = room + <usize>begin * size;
  for (let from = 0; from < k; from += room ? BLOCK : k) {
    const last = room ? min(from + BLOCK, k) : k, to = from == 0 ? out : own;
    if (from > 0) for (let r = 0; r < m; ++r) memory.fill(own + <usize>r * line, 0, <usize>n * size);
    let i = from;
    for (; i + 4 <= last; i += 4) {
      for (let r = 0; r < m; ++r) addRows<T>(true, a + <usize>r * row, stepA, b, stepB, to + <usize>r * line, n);
      a += stepA << 2;
      b += stepB << 2;
    }
    for (; i < last; ++i) {
      for (let r = 0; r < m; ++r) addRows<T>(false, a + <usize>r * row, stepA, b, stepB, to + <usize>r * line, n);
      a += stepA;
      b += stepB;
    }
    if (from > 0) for (let r = 0; r < m; ++r) addLine<T>(own + <usize>r * line, out + <usize>r * line, n);
  }
}

/**
 * `a` by any strides, the columns of `b` adjacent. `init` (0: zeros) has strides too; `initColumn` is 0 or 1. `room`: m rows,
 * `ldo` apart, for the sums of blocks; 0: one block.
 */
export function matmulRows_f32(
  a: usize, rsa: i32, csa: i32, b: usize, ldb: i32, out: usize, ldo: i32, init: usize, initRow: i32, initColumn: i32,
  m: i32, k: i32, room: usize, begin: i32, end: i32,
): void {
  rows<f32>(a, rsa, csa, b, ldb, out, ldo, init, initRow, initColumn, m, k, room, begin, end);
}
export function matmulRows_f64(
  a: usize, rsa: i32, csa: i32, b: usize, ldb: i32, out: usize, ldo: i32, init: usize, initRow: i32, initColumn: i32,
  m: i32, k: i32, room: usize, begin: i32, end: i32,
): void {
  rows<f64>(a, rsa, csa, b, ldb, out, ldo, init, initRow, initColumn, m, k, room, begin, end);
}
export function matmulRows_i64(
  a: usize, rsa: i32, csa: i32, b: usize, ldb: i32, out: usize, ldo: i32, init: usize, initRow: i32, initColumn: i32,
  m: i32, k: i32, begin: i32, end: i32,
): void {
  rows<i64>(a, rsa, csa, b, ldb, out, ldo, init, initRow, initColumn, m, k, 0, begin, end);
}

// @ts-ignore: decorator
@inline function total(v: v128): f32 {
  return f32x4.extract_lane(v, 0) + f32x4.extract_lane(v, 2) + (f32x4.extract_lane(v, 1) + f32x4.extract_lane(v, 3));
}

/**
 * The same for a transposed `b`, whose columns are rows in memory, `ldb` apart: a dot product for each element. The columns
 * of `a` are adjacent.
 */
export function matmulDots_f32(
  a: usize, lda: i32, b: usize, ldb: i32, out: usize, ldo: i32, init: usize, initRow: i32, initColumn: i32,
  m: i32, k: i32, begin: i32, end: i32,
): void {
  const stepA = <usize>lda << 2, stepB = <usize>ldb << 2;
  for (let j = begin; j < end; j += 4) {
    // Columns beyond the end repeat the last one.
    const b0 = b + <usize>j * stepB;
    const b1 = b0 + (j + 1 < end ? stepB : 0), b2 = b1 + (j + 2 < end ? stepB : 0), b3 = b2 + (j + 3 < end ? stepB : 0);
    for (let r = 0; r < m; ++r) {
      let pa = a + <usize>r * stepA, at: usize = 0, i = 0;
      let s0 = f32x4.splat(0), s1 = s0, s2 = s0, s3 = s0, t0 = s0, t1 = s0, t2 = s0, t3 = s0;
      for (; i + 8 <= k; i += 8) {
        let x = v128.load(pa);
        s0 = madd(x, v128.load(b0 + at), s0);
        s1 = madd(x, v128.load(b1 + at), s1);
        s2 = madd(x, v128.load(b2 + at), s2);
        s3 = madd(x, v128.load(b3 + at), s3);
        x = v128.load(pa, 16);
        t0 = madd(x, v128.load(b0 + at, 16), t0);
        t1 = madd(x, v128.load(b1 + at, 16), t1);
        t2 = madd(x, v128.load(b2 + at, 16), t2);
        t3 = madd(x, v128.load(b3 + at, 16), t3);
        pa += 32;
        at += 32;
      }
      for (; i < k; i += 4) {
        const left = k - i, x = load4(pa, 1, left);
        s0 = madd(x, load4(b0 + at, 1, left), s0);
        s1 = madd(x, load4(b1 + at, 1, left), s1);
        s2 = madd(x, load4(b2 + at, 1, left), s2);
        s3 = madd(x, load4(b3 + at, 1, left), s3);
        pa += 16;
        at += 16;
      }
      const to = out + ((<usize>r * <usize>ldo + <usize>j) << 2), add = init + (<usize>(r * initRow + j * initColumn) << 2);
      let sum = f32x4.splat(total(f32x4.add(s0, t0)));
      sum = f32x4.replace_lane(sum, 1, total(f32x4.add(s1, t1)));
      sum = f32x4.replace_lane(sum, 2, total(f32x4.add(s2, t2)));
      sum = f32x4.replace_lane(sum, 3, total(f32x4.add(s3, t3)));
      if (init) sum = f32x4.add(sum, initColumn ? v128.load(add) : v128.load32_splat(add));
      storeSome<f32>(to, sum, end - j);
    }
  }
}
