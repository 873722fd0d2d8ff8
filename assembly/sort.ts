// Stable sorting of lines: a tensor seen as [outer, n, inner], lines of n elements `inner` apart. Elements become unsigned
// keys that compare as the elements do (NaN above all, -0 equal to 0; complemented for the descending order), sorted with
// their positions: short lines by insertion, others by a radix sort from the lowest byte up that leaves out bytes in which
// all keys agree.

/** Lines up to this long are sorted by insertion: there a histogram costs more. */
const SHORT = 48;

// @ts-ignore: decorator
@inline function keyOf<T, K>(x: usize): K {
  if (isFloat<T>()) {
    const v = load<T>(x) + <T>0;
    if (v != v) return ~<K>0;
    const bits = reinterpret<K>(v), top = <K>1 << (8 * sizeof<K>() - 1);
    return bits & top ? ~bits : bits | top;
  }
  return load<K>(x) ^ (<K>1 << (8 * sizeof<K>() - 1));
}

/** Sorts keys and positions in place. */
// @ts-ignore: decorator
@inline function insertion<K>(keys: usize, at: usize, n: i32): void {
  for (let i = 1; i < n; ++i) {
    const key = load<K>(keys + <usize>i * sizeof<K>()), position = load<u32>(at + (<usize>i << 2));
    let j = i;
    for (; j > 0; --j) {
      const before = load<K>(keys + <usize>(j - 1) * sizeof<K>());
      if (before <= key) break;
      store<K>(keys + <usize>j * sizeof<K>(), before);
      store<u32>(at + (<usize>j << 2), load<u32>(at + (<usize>(j - 1) << 2)));
    }
    store<K>(keys + <usize>j * sizeof<K>(), key);
    store<u32>(at + (<usize>j << 2), position);
  }
}

/**
 * `scratch`: a histogram of 1 KiB per byte of a key, then twice n keys, then twice n positions.
 * Gives the address of the sorted positions.
 */
// @ts-ignore: decorator
@inline function order<K>(scratch: usize, n: i32): usize {
  const room = <usize>n * sizeof<K>(), places = <usize>n << 2;
  let keys = scratch + (sizeof<K>() << 10), otherKeys = keys + room;
  let at = otherKeys + room, otherAt = at + places;
  if (n <= SHORT) {
    insertion<K>(keys, at, n);
    return at;
  }
  memory.fill(scratch, 0, sizeof<K>() << 10);
  for (let i = 0; i < n; ++i) {
    let key = load<K>(keys + <usize>i * sizeof<K>());
    for (let b: usize = 0; b < sizeof<K>(); ++b) {
      const count = scratch + (b << 10) + (<usize>(key & 255) << 2);
      store<u32>(count, load<u32>(count) + 1);
      key >>= 8;
    }
  }
  for (let b: usize = 0; b < sizeof<K>(); ++b) {
    const histogram = scratch + (b << 10), shift = <K>(b << 3);
    if (load<u32>(histogram + (<usize>((load<K>(keys) >> shift) & 255) << 2)) == <u32>n) continue;
    let sum: u32 = 0;
    for (let digit: usize = 0; digit < 1024; digit += 4) {
      const count = load<u32>(histogram + digit);
      store<u32>(histogram + digit, sum);
      sum += count;
    }
    for (let i = 0; i < n; ++i) {
      const key = load<K>(keys + <usize>i * sizeof<K>());
      const next = histogram + (<usize>((key >> shift) & 255) << 2);
      const to = load<u32>(next);
      store<u32>(next, to + 1);
      store<K>(otherKeys + <usize>to * sizeof<K>(), key);
      store<u32>(otherAt + (<usize>to << 2), load<u32>(at + (<usize>i << 2)));
    }
    const k = keys, a = at;
    keys = otherKeys;
    otherKeys = k;
    at = otherAt;
    otherAt = a;
  }
  return at;
}

// @ts-ignore: decorator
@inline function sort<T, K>(
  x: usize, values: usize, indices: usize, n: i32, inner: i32, descending: i32, scratch: usize, room: i32, grain: i32,
  begin: i32, end: i32,
): void {
  const step = <usize>inner;
  scratch += <usize>(begin / grain) * <usize>room;
  const keys = scratch + (sizeof<K>() << 10), at = keys + 2 * <usize>n * sizeof<K>();
  const flip: K = descending ? ~<K>0 : 0;
  for (; begin < end; ++begin) {
    const start = <usize>(begin / inner) * <usize>n * step + <usize>(begin % inner);
    for (let i = 0; i < n; ++i) {
      store<K>(keys + <usize>i * sizeof<K>(), keyOf<T, K>(x + (start + <usize>i * step) * sizeof<T>()) ^ flip);
      store<u32>(at + (<usize>i << 2), i);
    }
    const sorted = order<K>(scratch, n);
    for (let i = 0; i < n; ++i) {
      const from = <usize>load<u32>(sorted + (<usize>i << 2)), to = start + <usize>i * step;
      store<T>(values + to * sizeof<T>(), load<T>(x + (start + from * step) * sizeof<T>()));
      store<i64>(indices + (to << 3), from);
    }
  }
}

/**
 * Lines [begin, end), counted over outer and inner. `scratch`: `room` bytes for every `grain` lines, of which a range, that
 * begins at a multiple of them, uses its first; 4 KiB and 16 bytes per element of a line, for the 64-bit types 8 KiB and 24.
 */
export function sort_f32(
  x: usize, values: usize, indices: usize, n: i32, inner: i32, descending: i32, scratch: usize, room: i32, grain: i32,
  begin: i32, end: i32,
): void {
  sort<f32, u32>(x, values, indices, n, inner, descending, scratch, room, grain, begin, end);
}
export function sort_f64(
  x: usize, values: usize, indices: usize, n: i32, inner: i32, descending: i32, scratch: usize, room: i32, grain: i32,
  begin: i32, end: i32,
): void {
  sort<f64, u64>(x, values, indices, n, inner, descending, scratch, room, grain, begin, end);
}
export function sort_i64(
  x: usize, values: usize, indices: usize, n: i32, inner: i32, descending: i32, scratch: usize, room: i32, grain: i32,
  begin: i32, end: i32,
): void {
  sort<i64, u64>(x, values, indices, n, inner, descending, scratch, room, grain, begin, end);
}

/** Lanes that may belong among the first: NaNs do. */
// @ts-ignore: decorator
@inline function beyond(v: v128, last: v128, largest: i32): v128 {
  return v128.not(largest ? f32x4.le(v, last) : f32x4.ge(v, last));
}

/** The first element from `i` on that is beyond `last`, or may be. */
function nextBeyond(x: usize, i: i32, n: i32, last: v128, largest: i32): i32 {
  for (; i + 16 <= n; i += 16) {
    const p = x + (<usize>i << 2);
    const a = v128.or(beyond(v128.load(p), last, largest), beyond(v128.load(p, 16), last, largest));
    const b = v128.or(beyond(v128.load(p, 32), last, largest), beyond(v128.load(p, 48), last, largest));
    if (v128.any_true(v128.or(a, b))) break;
  }
  for (; i + 4 <= n; i += 4) {
    const lanes = i32x4.bitmask(beyond(v128.load(x + (<usize>i << 2)), last, largest));
    if (lanes) return i + ctz(lanes);
  }
  return i;
}

/** Puts a key and its place into a heap whose last is on top, from node `j` of `size` down. */
// @ts-ignore: decorator
@inline function sink<K>(keys: usize, places: usize, step: usize, j: i32, size: i32, key: K, place: i64): void {
  for (;;) {
    let next = 2 * j + 1;
    if (next >= size) break;
    let at = <usize>next * step, found = load<K>(keys + at * sizeof<K>());
    if (next + 1 < size) {
      const other = load<K>(keys + (at + step) * sizeof<K>());
      if (other > found || (other == found && load<i64>(places + (at + step << 3)) > load<i64>(places + (at << 3)))) {
        found = other;
        ++next;
        at += step;
      }
    }
    const from = load<i64>(places + (at << 3));
    if (found < key || (found == key && from < place)) break;
    store<K>(keys + <usize>j * step * sizeof<K>(), found);
    store<i64>(places + (<usize>j * step << 3), from);
    j = next;
  }
  store<K>(keys + <usize>j * step * sizeof<K>(), key);
  store<i64>(places + (<usize>j * step << 3), place);
}

/** The results serve as the heap: keys have the size of elements. */
// @ts-ignore: decorator
@inline function topk<T, K>(
  x: usize, values: usize, indices: usize, n: i32, inner: i32, k: i32, largest: i32, begin: i32, end: i32,
): void {
  const step = <usize>inner, flip: K = largest ? ~<K>0 : 0;
  for (; begin < end; ++begin) {
    const outer = <usize>(begin / inner), along = <usize>(begin % inner);
    const line = x + (outer * <usize>n * step + along) * sizeof<T>(), first = outer * <usize>k * step + along;
    const keys = values + first * sizeof<T>(), places = indices + (first << 3);
    for (let i = 0; i < k; ++i) {
      store<K>(keys + <usize>i * step * sizeof<K>(), keyOf<T, K>(line + <usize>i * step * sizeof<T>()) ^ flip);
      store<i64>(places + (<usize>i * step << 3), i);
    }
    for (let j = k / 2 - 1; j >= 0; --j) {
      const at = <usize>j * step;
      sink<K>(keys, places, step, j, k, load<K>(keys + at * sizeof<K>()), load<i64>(places + (at << 3)));
    }
    for (let i = k; i < n; ++i) {
      if (isFloat<T>() && sizeof<T>() == 4 && inner == 1) {
        i = nextBeyond(line, i, n, v128.load32_splat(line + (<usize>load<i64>(places) << 2)), largest);
        if (i >= n) break;
      }
      const key = keyOf<T, K>(line + <usize>i * step * sizeof<T>()) ^ flip;
      if (key < load<K>(keys)) sink<K>(keys, places, step, 0, k, key, i);
    }
    for (let size = k - 1; size > 0; --size) {
      const at = <usize>size * step, key = load<K>(keys + at * sizeof<K>()), place = load<i64>(places + (at << 3));
      store<K>(keys + at * sizeof<K>(), load<K>(keys));
      store<i64>(places + (at << 3), load<i64>(places));
      sink<K>(keys, places, step, 0, size, key, place);
    }
    for (let i = 0; i < k; ++i) {
      const at = <usize>i * step;
      store<T>(keys + at * sizeof<T>(), load<T>(line + <usize>load<i64>(places + (at << 3)) * step * sizeof<T>()));
    }
  }
}

/**
 * The first k of n elements of each sorted line (0 < k <= n) by a heap of k.
 * Lines [begin, end), counted over outer and inner.
 */
export function topk_f32(
  x: usize, values: usize, indices: usize, n: i32, inner: i32, k: i32, largest: i32, begin: i32, end: i32,
): void {
  topk<f32, u32>(x, values, indices, n, inner, k, largest, begin, end);
}
export function topk_f64(
  x: usize, values: usize, indices: usize, n: i32, inner: i32, k: i32, largest: i32, begin: i32, end: i32,
): void {
  topk<f64, u64>(x, values, indices, n, inner, k, largest, begin, end);
}
export function topk_i64(
  x: usize, values: usize, indices: usize, n: i32, inner: i32, k: i32, largest: i32, begin: i32, end: i32,
): void {
  topk<i64, u64>(x, values, indices, n, inner, k, largest, begin, end);
}
