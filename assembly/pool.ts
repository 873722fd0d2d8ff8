// Pools over windows of [planes, depth, height, width]. begin, end: which planes.
//
// Windows come in a table of i32: the input's three sizes, the result's three, the steps between a window's elements
// along the three dimensions, then for every place along depth, height and width in turn: the first element of its
// window, how many elements, and how many to divide by.
import { pick } from "./lanes";

const HEAD: usize = 36;

// @ts-ignore: decorator
@inline function size(table: usize, k: i32): i32 {
  return load<i32>(table + (<usize>k << 2));
}

/** The largest element of each window and, where `indices` is not 0, its position in the plane (i32). The last NaN wins. */
// @ts-ignore: decorator
@inline function maxima<T>(x: usize, values: usize, indices: usize, table: usize, begin: i32, end: i32): void {
  const h = size(table, 1), w = size(table, 2), plane = size(table, 0) * h * w;
  const rd = size(table, 3), rh = size(table, 4), rw = size(table, 5);
  const sd = size(table, 6), sh = size(table, 7), sw = size(table, 8);
  let at = <usize>begin * <usize>(rd * rh * rw);
  for (let p = begin; p < end; ++p) {
    const from = x + <usize>p * <usize>plane * sizeof<T>();
    for (let d = 0; d < rd; ++d) {
      const td = table + HEAD + <usize>d * 12;
      for (let i = 0; i < rh; ++i) {
        const th = table + HEAD + <usize>(rd + i) * 12;
        for (let j = 0; j < rw; ++j) {
          const tw = table + HEAD + <usize>(rd + rh + j) * 12;
          let index = (load<i32>(td) * h + load<i32>(th)) * w + load<i32>(tw);
          let best = <T>-Infinity;
          const high = load<i32>(th, 4), wide = load<i32>(tw, 4);
          for (let a = load<i32>(td, 4), z = load<i32>(td); a > 0; --a, z += sd) {
            for (let b = 0, y = load<i32>(th); b < high; ++b, y += sh) {
              let k = (z * h + y) * w + load<i32>(tw);
              for (let c = 0; c < wide; ++c, k += sw) {
                const v = load<T>(from + <usize>k * sizeof<T>());
                if (v > best || v != v) {
                  best = v;
                  index = k;
                }
              }
            }
          }
          store<T>(values + at * sizeof<T>(), best);
          if (indices) store<i32>(indices + (at << 2), index);
          ++at;
        }
      }
    }
  }
}

export function maxPool_f32(x: usize, values: usize, indices: usize, table: usize, begin: i32, end: i32): void {
  maxima<f32>(x, values, indices, table, begin, end);
}

export function maxPool_f64(x: usize, values: usize, indices: usize, table: usize, begin: i32, end: i32): void {
  maxima<f64>(x, values, indices, table, begin, end);
}

const LANES = memory.data<i32>([0, 2, 4, 6], 16);

/** The larger of each pair; a NaN on either side gives a NaN. */
// @ts-ignore: decorator
@inline function larger(a: v128, b: v128): v128 {
  return v128.or(f32x4.pmax(a, b), f32x4.pmax(b, a));
}

/** Where `later` takes the place of `best`. */
// @ts-ignore: decorator
@inline function wins(best: v128, later: v128): v128 {
  return v128.or(f32x4.gt(later, best), f32x4.ne(later, later));
}

/** `maxPool_f32` for windows of 2 by 2, two apart, inside planes of h by w. */
export function maxPoolPairs_f32(
  x: usize, values: usize, indices: usize, h: i32, w: i32, begin: i32, end: i32,
): void {
  const rh = h >> 1, rw = w >> 1, row = <usize>w << 2, wide = rw < 4 ? 0 : rw;
  let out = values + ((<usize>begin * rh * rw) << 2), to = indices + ((<usize>begin * rh * rw) << 2);
  for (let p = begin; p < end; ++p) {
    for (let i = 0; i < rh; ++i) {
      let upper = x + <usize>(p * h + 2 * i) * row, j = 0;
      if (!indices) {
        for (; j < wide; j += 4) {
          // The last four may be some of those before, again.
          const back = max(j + 4 - rw, 0);
          j -= back;
          upper -= <usize>back << 3;
          out -= <usize>back << 2;
          const a = larger(v128.load(upper), v128.load(upper + row));
          const b = larger(v128.load(upper, 16), v128.load(upper + row, 16));
          v128.store(out, larger(i32x4.shuffle(a, b, 0, 2, 4, 6), i32x4.shuffle(a, b, 1, 3, 5, 7)));
          upper += 32;
          out += 16;
        }
      } else {
        for (; j < wide; j += 4) {
          const back = max(j + 4 - rw, 0);
          j -= back;
          upper -= <usize>back << 3;
          out -= <usize>back << 2;
          to -= <usize>back << 2;
          const a = v128.load(upper), b = v128.load(upper, 16);
          const c = v128.load(upper + row), d = v128.load(upper + row, 16);
          // The winners of both rows, then the winner of these; a mask is -1 where the right one wins.
          const first = i32x4.add(i32x4.splat(2 * (i * w + j)), v128.load(LANES)), second = i32x4.add(first, i32x4.splat(w));
          const left = i32x4.shuffle(a, b, 0, 2, 4, 6), right = i32x4.shuffle(a, b, 1, 3, 5, 7), m = wins(left, right);
          const left2 = i32x4.shuffle(c, d, 0, 2, 4, 6), right2 = i32x4.shuffle(c, d, 1, 3, 5, 7), m2 = wins(left2, right2);
          const top = pick(m, right, left), bottom = pick(m2, right2, left2), lower = wins(top, bottom);
          const best = pick(lower, bottom, top), index = pick(lower, i32x4.sub(second, m2), i32x4.sub(first, m));
          v128.store(out, best);
          v128.store(to, index);
          upper += 32;
          out += 16;
          to += 16;
        }
      }
      for (; j < rw; ++j) {
        let best = load<f32>(upper), index = 2 * (i * w + j);
        for (let k = 1; k < 4; ++k) {
          const v = load<f32>(upper + (k & 1 ? 4 : 0) + (k & 2 ? row : 0));
          if (v > best || v != v) {
            best = v;
            index = 2 * (i * w + j) + (k & 1) + (k & 2 ? w : 0);
          }
        }
        store<f32>(out, best);
        out += 4;
        if (indices) {
          store<i32>(to, index);
          to += 4;
        }
        upper += 8;
      }
    }
  }
}

/** Planes of `size` zeros, with the elements of planes of `places` added where `indices` (i32) says, or standing there. */
// @ts-ignore: decorator
@inline function scatter<T>(
  adding: bool, x: usize, indices: usize, out: usize, places: i32, size: i32, begin: i32, end: i32,
): void {
  memory.fill(out + <usize>begin * <usize>size * sizeof<T>(), 0, <usize>(end - begin) * <usize>size * sizeof<T>());
  let at = <usize>begin * <usize>places;
  for (let p = begin; p < end; ++p) {
    const to = out + <usize>p * <usize>size * sizeof<T>();
    for (let i = 0; i < places; ++i, ++at) {
      const cell = to + <usize>load<i32>(indices + (at << 2)) * sizeof<T>();
      const v = load<T>(x + at * sizeof<T>());
      store<T>(cell, adding ? load<T>(cell) + v : v);
    }
  }
}

export function poolScatterAdd_f32(
  g: usize, indices: usize, out: usize, places: i32, size: i32, begin: i32, end: i32,
): void {
  scatter<f32>(true, g, indices, out, places, size, begin, end);
}

export function poolScatterAdd_f64(
  g: usize, indices: usize, out: usize, places: i32, size: i32, begin: i32, end: i32,
): void {
  scatter<f64>(true, g, indices, out, places, size, begin, end);
}

export function poolScatter_f32(
  x: usize, indices: usize, out: usize, places: i32, size: i32, begin: i32, end: i32,
): void {
  scatter<f32>(false, x, indices, out, places, size, begin, end);
}

export function poolScatter_f64(
  x: usize, indices: usize, out: usize, places: i32, size: i32, begin: i32, end: i32,
): void {
  scatter<f64>(false, x, indices, out, places, size, begin, end);
}

/** From planes of `size`, the elements that `indices` (i32) names, `places` to a plane. */
// @ts-ignore: decorator
@inline function gather<T>(x: usize, indices: usize, out: usize, places: i32, size: i32, begin: i32, end: i32): void {
  let at = <usize>begin * <usize>places;
  for (let p = begin; p < end; ++p) {
    const from = x + <usize>p * <usize>size * sizeof<T>();
    for (let i = 0; i < places; ++i, ++at)
      store<T>(out + at * sizeof<T>(), load<T>(from + <usize>load<i32>(indices + (at << 2)) * sizeof<T>()));
  }
}

export function poolGather_f32(
  x: usize, indices: usize, out: usize, places: i32, size: i32, begin: i32, end: i32,
): void {
  gather<f32>(x, indices, out, places, size, begin, end);
}

export function poolGather_f64(
  x: usize, indices: usize, out: usize, places: i32, size: i32, begin: i32, end: i32,
): void {
  gather<f64>(x, indices, out, places, size, begin, end);
}
