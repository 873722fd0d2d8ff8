// Strided copies: bytes move, whatever they mean.
import { copyRow } from "./rows";

// @ts-ignore: decorator
@inline function walk<T>(src: usize, dst: usize, plan: usize, begin: i32, end: i32): void {
  const inner = plan + 4 + <usize>(load<i32>(plan) - 1) * 12;
  const n = load<i32>(inner), ss = load<i32>(inner, 4), sd = load<i32>(inner, 8);
  for (; begin < end; ++begin) {
    let from = src, to = dst, rest = begin;
    for (let dim = inner - 12; dim > plan; dim -= 12) {
      const extent = load<i32>(dim), index = <usize>(rest % extent);
      rest /= extent;
      from += index * load<i32>(dim, 4) * sizeof<T>();
      to += index * load<i32>(dim, 8) * sizeof<T>();
    }
    copyRow<T>(from, to, n, ss, sd);
  }
}

/** Copies rows [begin, end) of a plan of two operands, source and destination, which do not overlap. */
export function copy_b1_nd(src: usize, dst: usize, plan: usize, begin: i32, end: i32): void {
  walk<u8>(src, dst, plan, begin, end);
}
export function copy_b2_nd(src: usize, dst: usize, plan: usize, begin: i32, end: i32): void {
  walk<u16>(src, dst, plan, begin, end);
}
export function copy_b4_nd(src: usize, dst: usize, plan: usize, begin: i32, end: i32): void {
  walk<u32>(src, dst, plan, begin, end);
}
export function copy_b8_nd(src: usize, dst: usize, plan: usize, begin: i32, end: i32): void {
  walk<u64>(src, dst, plan, begin, end);
}

/**
 * Copies rows [begin, end) of matrices of `rows` by `cols` elements of `itemsize` bytes, keeping what lies on or below
 * (`upper`: above) the diagonal that is `diagonal` to the right of the main one; the rest becomes 0.
 */
export function triangle(
  src: usize, dst: usize, itemsize: i32, rows: i32, cols: i32, diagonal: i32, upper: i32, begin: i32, end: i32,
): void {
  const width = <usize>cols * itemsize;
  for (; begin < end; ++begin) {
    const row = <i64>(begin % rows) + diagonal + (upper ? 0 : 1);
    const cut = <usize>max<i64>(0, min<i64>(cols, row)) * itemsize;
    const from = src + <usize>begin * width, to = dst + <usize>begin * width;
    if (upper) {
      memory.fill(to, 0, cut);
      memory.copy(to + cut, from + cut, width - cut);
    } else {
      memory.copy(to, from, cut);
      memory.fill(to + cut, 0, width - cut);
    }
  }
}
