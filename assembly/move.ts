// Strided copies: bytes move, whatever they mean.
import { copyRow } from "./rows";

/** Elements of a cache line of f32: what is read across is read in full while it is there. */
const TILE = 16;

/**
 * `rows` by `cols` elements whose rows are neighbours in the source: element (i, j) is i + j * ss in the source and
 * i * across + j * sd in the destination.
 */
function turn<T>(src: usize, dst: usize, rows: i32, cols: i32, ss: usize, across: usize, sd: usize): void {
  for (let j: i32 = 0; j < cols; j += TILE) {
    const edge = min(j + TILE, cols);
    let i: i32 = 0;
    if (sizeof<T>() == 4 && sd == 4) {
      const stop = j + ((edge - j) & ~3);
      for (; i + 4 <= rows; i += 4) {
        let from = src + (<usize>i << 2) + <usize>j * ss, to = dst + <usize>i * across + (<usize>j << 2);
        let k = j;
        for (; k < stop; k += 4, from += ss << 2, to += 16) {
          const a = v128.load(from), b = v128.load(from + ss),
            c = v128.load(from + (ss << 1)), d = v128.load(from + ss * 3);
          const ab = i32x4.shuffle(a, b, 0, 4, 1, 5), cd = i32x4.shuffle(c, d, 0, 4, 1, 5);
          const ef = i32x4.shuffle(a, b, 2, 6, 3, 7), gh = i32x4.shuffle(c, d, 2, 6, 3, 7);
          v128.store(to, i64x2.shuffle(ab, cd, 0, 2));
          v128.store(to + across, i64x2.shuffle(ab, cd, 1, 3));
          v128.store(to + (across << 1), i64x2.shuffle(ef, gh, 0, 2));
          v128.store(to + across * 3, i64x2.shuffle(ef, gh, 1, 3));
        }
        for (; k < edge; ++k, from += ss, to += 4) {
          store<u32>(to, load<u32>(from));
          store<u32>(to + across, load<u32>(from, 4));
          store<u32>(to + (across << 1), load<u32>(from, 8));
          store<u32>(to + across * 3, load<u32>(from, 12));
        }
      }
    }
    for (; i < rows; ++i) {
      let from = src + <usize>i * sizeof<T>() + <usize>j * ss, to = dst + <usize>i * across + <usize>j * sd;
      for (let k = j; k < edge; ++k, from += ss, to += sd) store<T>(to, load<T>(from));
    }
  }
}

// @ts-ignore: decorator
@inline function walk<T>(src: usize, dst: usize, plan: usize, begin: i32, end: i32): void {
  const inner = plan + 4 + <usize>(load<i32>(plan) - 1) * 12;
  const n = load<i32>(inner), ss = load<i32>(inner, 4), sd = load<i32>(inner, 8);
  const next = inner - 12;
  // Rows that lie next to each other in the source are copied together.
  const turned = next > plan && ss > 1 && load<i32>(next, 4) == 1;
  while (begin < end) {
    let from = src, to = dst, rest = begin;
    for (let dim = next; dim > plan; dim -= 12) {
      const extent = load<i32>(dim), index = <usize>(rest % extent);
      rest /= extent;
      from += index * load<i32>(dim, 4) * sizeof<T>();
      to += index * load<i32>(dim, 8) * sizeof<T>();
    }
    if (turned) {
      const extent = load<i32>(next);
      const rows = min(min(TILE, end - begin), extent - begin % extent);
      turn<T>(from, to, rows, n, <usize>ss * sizeof<T>(), <usize>load<i32>(next, 8) * sizeof<T>(), <usize>sd * sizeof<T>());
      begin += rows;
    } else {
      copyRow<T>(from, to, n, ss, sd);
      ++begin;
    }
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
