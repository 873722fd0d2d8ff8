// Rearranged operands for the tiles of gemm.ts: panels of columns, and transposed rows.

import { turn4 } from "./lanes";

/**
 * Transposes 4-byte elements: out[i * ldo + j] = x[j * ldx + i] for rows i in [begin, end) of the result, j < n.
 */
export function turn_b4(x: usize, ldx: i32, out: usize, ldo: i32, n: i32, begin: i32, end: i32): void {
  const ss = <usize>ldx << 2, sd = <usize>ldo << 2;
  // So many rows of x at a time that their lines are still in the first-level cache for the next columns.
  for (let j = 0; j < n; j += TURNED)
    turnSome(x + <usize>j * ss, ss, out + (<usize>j << 2), sd, min(TURNED, n - j), begin, end);
}
const TURNED = 32;

function turnSome(x: usize, ss: usize, out: usize, sd: usize, n: i32, begin: i32, end: i32): void {
  let i = begin;
  for (; i + 4 <= end; i += 4) {
    let from = x + (<usize>i << 2), to = out + <usize>i * sd, j = 0;
    for (; j + 4 <= n; j += 4) {
      turn4(from, ss, to, sd);
      from += ss << 2;
      to += 16;
    }
    for (; j < n; ++j) {
      store<u32>(to, load<u32>(from));
      store<u32>(to + sd, load<u32>(from, 4));
      store<u32>(to + 2 * sd, load<u32>(from, 8));
      store<u32>(to + 3 * sd, load<u32>(from, 12));
      from += ss;
      to += 4;
    }
  }
  for (; i < end; ++i) {
    let from = x + (<usize>i << 2), to = out + <usize>i * sd;
    for (let j = 0; j < n; ++j) {
      store<u32>(to, load<u32>(from));
      from += ss;
      to += 4;
    }
  }
}

/**
 * Panels [begin, end) of `width` columns (16 or 8) of b[k, n]: within a panel rows of `width`, those beyond n zero.
 * One of the strides is 1.
 */
export function matmulPack_f32(
  b: usize, rs: i32, cs: i32, to: usize, n: i32, k: i32, width: i32, begin: i32, end: i32,
): void {
  const row = <usize>width << 2, panel = row * <usize>k, stepRow = <usize>rs << 2, stepColumn = <usize>cs << 2;
  for (let p = begin; p < end; ++p) {
    const j = p * width, have = min(width, n - j);
    let from = b + <usize>j * stepColumn, at = to + <usize>p * panel;
    if (have < width) packEdge(from, stepRow, stepColumn, at, row, k, have);
    else if (cs == 1) {
      if (width == 16) {
        for (let i = 0; i < k; ++i) {
          v128.store(at, v128.load(from));
          v128.store(at, v128.load(from, 16), 16);
          v128.store(at, v128.load(from, 32), 32);
          v128.store(at, v128.load(from, 48), 48);
          from += stepRow;
          at += 64;
        }
      } else {
        for (let i = 0; i < k; ++i) {
          v128.store(at, v128.load(from));
          v128.store(at, v128.load(from, 16), 16);
          from += stepRow;
          at += 32;
        }
      }
    } else {
      let i = 0;
      for (; i + 4 <= k; i += 4) {
        for (let c = 0; c < width; c += 4) turn4(from + <usize>c * stepColumn, stepColumn, at + (<usize>c << 2), row);
        from += 16;
        at += row << 2;
      }
      packEdge(from, 4, stepColumn, at, row, k - i, width);
    }
  }
}

/** Any strides, in bytes; what a row has beyond `have` becomes zero. */
function packEdge(from: usize, stepRow: usize, stepColumn: usize, to: usize, row: usize, k: i32, have: i32): void {
  for (; k > 0; --k) {
    memory.fill(to, 0, row);
    let at = from;
    for (let c = 0; c < have; ++c) {
      store<u32>(to + (<usize>c << 2), load<u32>(at));
      at += stepColumn;
    }
    from += stepRow;
    to += row;
  }
}

/**
 * Vectors [begin, end) of k int8 (`step` from one to the next, `stepK` between elements) as pairs of i16, an odd k ending
 * in a zero: panels of `group` vectors, in which the first pairs of all come first, then the second ones.
 */
export function matmulPairs_i8(
  x: usize, step: i32, stepK: i32, to: usize, k: i32, group: i32, begin: i32, end: i32,
): void {
  const pairs = (k + 1) >> 1, row = <usize>group << 2;
  for (let j = begin; j < end; ++j) {
    let from = x + <usize>j * <usize>step, at = to + <usize>(j / group) * <usize>pairs * row + (<usize>(j % group) << 2);
    for (let left = k; left > 0; left -= 2) {
      const high = left > 1 ? <i32>load<i8>(from + <usize>stepK) : 0;
      store<i32>(at, (<i32>load<i8>(from) & 0xffff) | (high << 16));
      from += <usize>stepK << 1;
      at += row;
    }
  }
}

/** Makes `size` bytes zero. */
export function zero(to: usize, size: i32): void {
  memory.fill(to, 0, size);
}
