// The rows of a product's first operand, packed as the tiles of gemm.ts read them. What ranges count are sixes of rows.
import { turn4 } from "./lanes";

/** Rows of the tile that begins where `left` rows are left: sixes, but seven rows are better four and three than six and one. */
// @ts-ignore: decorator
@inline export function tileRows(left: i32): i32 {
  return left == 7 || left == 8 ? 4 : min(left, 6);
}

/** The ranges' units in m rows. */
// @ts-ignore: decorator
@inline export function sixes(m: i32): i32 {
  return (m + 5) / 6;
}

/** The last sixes of m rows may make other tiles, which belong together: the first of their rows. */
// @ts-ignore: decorator
@inline export function lastTiles(m: i32): i32 {
  const over = m % 6;
  return m - (m > 6 && over > 0 && over < 3 ? over + 6 : over);
}

/** `rows` rows of k elements column by column, by any strides in bytes. */
// @ts-ignore: decorator
@inline function packTile<T>(rows: i32, a: usize, stepRow: usize, stepColumn: usize, to: usize, k: i32): void {
  for (let j = 0; j < k; ++j) {
    let from = a;
    for (let r = 0; r < rows; ++r) {
      store<T>(to, load<T>(from));
      from += stepRow;
      to += sizeof<T>();
    }
    a += stepColumn;
  }
}

/** The same for four or six rows of four bytes, one of whose strides is 4. */
// @ts-ignore: decorator
@inline function packWide(rows: i32, a: usize, stepRow: usize, stepColumn: usize, to: usize, k: i32): void {
  const row = <usize>rows << 2;
  if (stepColumn == 4) {
    const fifth = stepRow << 2, sixth = fifth + stepRow;
    for (; k >= 4; k -= 4) {
      turn4(a, stepRow, to, row);
      if (rows > 4) {
        const r4 = v128.load(a + fifth), r5 = v128.load(a + sixth);
        const low = v128.shuffle<u32>(r4, r5, 0, 4, 1, 5), high = v128.shuffle<u32>(r4, r5, 2, 6, 3, 7);
        v128.store64_lane(to, low, 0, 16);
        v128.store64_lane(to, low, 1, 40);
        v128.store64_lane(to, high, 0, 64);
        v128.store64_lane(to, high, 1, 88);
      }
      a += 16;
      to += row << 2;
    }
    packTile<u32>(rows, a, stepRow, stepColumn, to, k);
  } else
    for (; k > 0; --k) {
      v128.store(to, v128.load(a));
      if (rows > 4) store<u64>(to, load<u64>(a, 16), 16);
      a += stepColumn;
      to += row;
    }
}

/** Rows [from, to) of a[m, k] as tiles, each column by column; `from` begins a tile. Strides are in bytes. */
// @ts-ignore: decorator
@inline export function packRows<T>(a: usize, stepRow: usize, stepColumn: usize, to: usize, m: i32, k: i32, from: i32, end: i32): void {
  for (let rows = 0; from < end; from += rows) {
    rows = tileRows(m - from);
    const first = a + <usize>from * stepRow, at = to + <usize>from * <usize>k * sizeof<T>();
    if (sizeof<T>() == 4 && rows == 6) packWide(6, first, stepRow, stepColumn, at, k);
    else if (sizeof<T>() == 4 && rows == 4) packWide(4, first, stepRow, stepColumn, at, k);
    else packTile<T>(rows, first, stepRow, stepColumn, at, k);
  }
}

/**
 * Sixes [begin, end) of the rows of a[m, k] as the tiles of gemm.ts read them: those of a tile column by column, tile after
 * tile. One of the strides is 1.
 */
export function matmulPackRows_f32(a: usize, rs: i32, cs: i32, to: usize, m: i32, k: i32, begin: i32, end: i32): void {
  const last = lastTiles(m);
  if (6 * begin <= last)
    packRows<f32>(a, <usize>rs << 2, <usize>cs << 2, to, m, k, 6 * begin, 6 * end > last ? m : 6 * end);
}
