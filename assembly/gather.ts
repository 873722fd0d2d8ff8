// Elements chosen by i64 indices. A plan has three operands: the tensor that is indexed (stride 0 along the indexed
// dimension, where `step` elements lie between neighbours), the indices, and the result. The host has checked the indices.
import { walkIndexed } from "./drivers";
import { copyRow } from "./rows";

// @ts-ignore: decorator
@inline function gather<T>(self: usize, index: usize, out: usize, n: i32, ss: i32, si: i32, so: i32, step: f64): void {
  const stride = <usize>step * sizeof<T>();
  if (!si) {
    copyRow<T>(self + <usize>load<i64>(index) * stride, out, n, ss, so);
    return;
  }
  for (; n > 0; --n) {
    store<T>(out, load<T>(self + <usize>load<i64>(index) * stride));
    self += <usize>ss * sizeof<T>();
    index += <usize>si << 3;
    out += <usize>so * sizeof<T>();
  }
}

function gather1(self: usize, index: usize, out: usize, n: i32, ss: i32, si: i32, so: i32, step: f64): void {
  gather<u8>(self, index, out, n, ss, si, so, step);
}
function gather2(self: usize, index: usize, out: usize, n: i32, ss: i32, si: i32, so: i32, step: f64): void {
  gather<u16>(self, index, out, n, ss, si, so, step);
}
function gather4(self: usize, index: usize, out: usize, n: i32, ss: i32, si: i32, so: i32, step: f64): void {
  gather<u32>(self, index, out, n, ss, si, so, step);
}
function gather8(self: usize, index: usize, out: usize, n: i32, ss: i32, si: i32, so: i32, step: f64): void {
  gather<u64>(self, index, out, n, ss, si, so, step);
}

/** Rows [begin, end) of the plan. */
export function gather_b1(self: usize, index: usize, out: usize, plan: usize, step: i32, begin: i32, end: i32): void {
  walkIndexed(gather1, self, index, out, plan, step, begin, end, 0);
}
export function gather_b2(self: usize, index: usize, out: usize, plan: usize, step: i32, begin: i32, end: i32): void {
  walkIndexed(gather2, self, index, out, plan, step, begin, end, 1);
}
export function gather_b4(self: usize, index: usize, out: usize, plan: usize, step: i32, begin: i32, end: i32): void {
  walkIndexed(gather4, self, index, out, plan, step, begin, end, 2);
}
export function gather_b8(self: usize, index: usize, out: usize, plan: usize, step: i32, begin: i32, end: i32): void {
  walkIndexed(gather8, self, index, out, plan, step, begin, end, 3);
}

/** Position of the first index among [begin, end) that is not within [0, size), or -1. */
export function findOutside(index: usize, size: i32, begin: i32, end: i32): i32 {
  for (; begin < end; ++begin) if (load<u64>(index + (<usize>begin << 3)) >= <u64>size) return begin;
  return -1;
}

/**
 * Adds `stride` times each index, where negative ones count from `size`, to the sums in `out`.
 * Gives the position of the first index out of range, or -1.
 */
export function addIndex(index: usize, out: usize, size: i32, stride: i32, begin: i32, end: i32): i32 {
  for (; begin < end; ++begin) {
    const at = <usize>begin << 3;
    let i = load<i64>(index + at);
    if (i < 0) i += size;
    if (<u64>i >= <u64>size) return begin;
    store<i64>(out + at, load<i64>(out + at) + i * stride);
  }
  return -1;
}

/** How many of the bytes [begin, end) are not 0. */
export function countTrue(x: usize, begin: i32, end: i32): i32 {
  let count = 0, at = begin;
  for (; at + 16 <= end; at += 16)
    count += 16 - popcnt(i8x16.bitmask(i8x16.eq(v128.load(x + at), i8x16.splat(0))));
  for (; at < end; ++at) count += i32(load<u8>(x + at) != 0);
  return count;
}

/** Writes the positions of the bytes [begin, end) that are not 0, as i64. */
export function findTrue(x: usize, out: usize, begin: i32, end: i32): void {
  for (; begin < end; ++begin) {
    store<i64>(out, begin);
    out += <usize>(load<u8>(x + begin) != 0) << 3;
  }
}
