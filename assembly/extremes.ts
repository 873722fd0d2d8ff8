// Largest and smallest elements and where they first are; NaN beats all. A tensor seen as [outer, n, inner], n > 0,
// reduced along its middle. begin, end: which of the outer * inner results.
import { pick } from "./lanes";

const BLOCK = 1024;

/** Four lanes of the more extreme, NaN lost. */
// @ts-ignore: decorator
@inline function beat4(larger: bool, a: v128, b: v128): v128 {
  return larger ? f32x4.pmax(a, b) : f32x4.pmin(a, b);
}

// @ts-ignore: decorator
@inline function beat<T>(larger: bool, a: T, b: T): T {
  if (isFloat<T>()) return larger ? max(a, b) : min(a, b);
  return larger ? (a > b ? a : b) : a < b ? a : b;
}

/** The extreme of a line of f32 without gaps, or NaN. */
// @ts-ignore: decorator
@inline function line(larger: bool, x: usize, n: i32): f32 {
  const end = x + (<usize>n << 2);
  let best = load<f32>(x);
  if (n >= 16) {
    let a = v128.load(x), b = a, c = a, d = a, sound = f32x4.eq(a, a);
    for (; x + 64 <= end; x += 64) {
      const p = v128.load(x), q = v128.load(x, 16), r = v128.load(x, 32), s = v128.load(x, 48);
      a = beat4(larger, a, p);
      b = beat4(larger, b, q);
      c = beat4(larger, c, r);
      d = beat4(larger, d, s);
      sound = v128.and(
        sound, v128.and(v128.and(f32x4.eq(p, p), f32x4.eq(q, q)), v128.and(f32x4.eq(r, r), f32x4.eq(s, s))),
      );
    }
    if (!i32x4.all_true(sound)) return NaN;
    a = beat4(larger, beat4(larger, a, b), beat4(larger, c, d));
    best = beat<f32>(
      larger,
      beat<f32>(larger, f32x4.extract_lane(a, 0), f32x4.extract_lane(a, 1)),
      beat<f32>(larger, f32x4.extract_lane(a, 2), f32x4.extract_lane(a, 3)),
    );
  }
  for (; x < end; x += 4) best = beat<f32>(larger, best, load<f32>(x));
  return best;
}

/** Whether `v` takes the place of `best`. */
// @ts-ignore: decorator
@inline function beats<T>(larger: bool, v: T, best: T): bool {
  return (larger ? v > best : v < best) || (v != v && best == best);
}

/** Where a line's extreme first is. Of f32 without gaps: the block with the extreme is found first, then the place in it. */
// @ts-ignore: decorator
@inline function whereOf<T>(larger: bool, x: usize, n: i32, step: usize): i32 {
  let at = 0;
  if (sizeof<T>() == 4 && step == 4 && n >= 16) {
    let best: f32 = 0;
    for (let k = 0; k < n; k += BLOCK) {
      const found = line(larger, x + (<usize>k << 2), min(n - k, BLOCK));
      if (k == 0 || beats<f32>(larger, found, best)) {
        best = found;
        at = k;
      }
    }
    // There is one: the scan stays within its block.
    const wanted = f32x4.splat(best), lost = f32x4.ne(wanted, wanted);
    for (; at + 4 <= n; at += 4) {
      const v = v128.load(x + (<usize>at << 2));
      if (v128.any_true(v128.or(f32x4.eq(v, wanted), v128.and(lost, f32x4.ne(v, v))))) break;
    }
    for (;; ++at) {
      const v = load<f32>(x + (<usize>at << 2));
      if (v == best || v != v) return at;
    }
  }
  let best = load<T>(x);
  for (let k = 1; k < n; ++k) {
    x += step;
    const v = load<T>(x);
    // Without branches, which short lines would make guesses.
    const more = isFloat<T>()
      ? <i32>(larger ? v > best : v < best) | (<i32>(v != v) & <i32>(best == best))
      : <i32>(larger ? v > best : v < best);
    best = select<T>(v, best, more);
    at = select<i32>(k, at, more);
  }
  return at;
}

/** Four lines of f32 next to each other: their extremes, and where those are if `indices` is not 0. */
// @ts-ignore: decorator
@inline function columns4(larger: bool, x: usize, values: usize, indices: usize, n: i32, step: usize): void {
  let best = v128.load(x), at = i32x4.splat(0), row = at;
  const one = i32x4.splat(1);
  for (let k = 1; k < n; ++k) {
    x += step;
    row = i32x4.add(row, one);
    const v = v128.load(x);
    const more = larger ? f32x4.gt(v, best) : f32x4.lt(v, best);
    const mask = v128.or(more, v128.and(f32x4.ne(v, v), f32x4.eq(best, best)));
    best = pick(mask, v, best);
    if (indices) at = pick(mask, row, at);
  }
  if (values) v128.store(values, best);
  if (indices) {
    v128.store(indices, i64x2.extend_low_i32x4_u(at));
    v128.store(indices, i64x2.extend_high_i32x4_u(at), 16);
  }
}

/** Values only, indices only (the other address is 0), or both. */
// @ts-ignore: decorator
@inline function lines<T>(
  larger: bool, x: usize, values: usize, indices: usize, n: i32, inner: i32, begin: i32, end: i32,
): void {
  const step = <usize>inner * sizeof<T>();
  for (let r = begin; r < end;) {
    const i = r % inner;
    const p = x + (<usize>(r / inner) * <usize>n * <usize>inner + <usize>i) * sizeof<T>();
    if (sizeof<T>() == 4) {
      if (min(end, r - i + inner) - r >= 4 && inner > 1) {
        columns4(larger, p, values ? values + (<usize>r << 2) : 0, indices ? indices + (<usize>r << 3) : 0, n, step);
        r += 4;
        continue;
      }
      if (!indices && inner == 1) {
        store<f32>(values + (<usize>r << 2), line(larger, p, n));
        ++r;
        continue;
      }
    }
    const at = whereOf<T>(larger, p, n, step);
    if (values) store<T>(values + <usize>r * sizeof<T>(), load<T>(p + <usize>at * step));
    if (indices) store<i64>(indices + (<usize>r << 3), at);
    ++r;
  }
}

function maxf32(x: usize, values: usize, indices: usize, n: i32, inner: i32, begin: i32, end: i32): void {
  lines<f32>(true, x, values, indices, n, inner, begin, end);
}

export function max_f32(x: usize, out: usize, n: i32, inner: i32, begin: i32, end: i32): void {
  maxf32(x, out, 0, n, inner, begin, end);
}

export function argmax_f32(x: usize, out: usize, n: i32, inner: i32, begin: i32, end: i32): void {
  maxf32(x, 0, out, n, inner, begin, end);
}

export function maxWithIndex_f32(
  x: usize, values: usize, indices: usize, n: i32, inner: i32, begin: i32, end: i32,
): void {
  maxf32(x, values, indices, n, inner, begin, end);
}

function minf32(x: usize, values: usize, indices: usize, n: i32, inner: i32, begin: i32, end: i32): void {
  lines<f32>(false, x, values, indices, n, inner, begin, end);
}

export function min_f32(x: usize, out: usize, n: i32, inner: i32, begin: i32, end: i32): void {
  minf32(x, out, 0, n, inner, begin, end);
}

export function argmin_f32(x: usize, out: usize, n: i32, inner: i32, begin: i32, end: i32): void {
  minf32(x, 0, out, n, inner, begin, end);
}

export function minWithIndex_f32(
  x: usize, values: usize, indices: usize, n: i32, inner: i32, begin: i32, end: i32,
): void {
  minf32(x, values, indices, n, inner, begin, end);
}

function maxf64(x: usize, values: usize, indices: usize, n: i32, inner: i32, begin: i32, end: i32): void {
  lines<f64>(true, x, values, indices, n, inner, begin, end);
}

export function max_f64(x: usize, out: usize, n: i32, inner: i32, begin: i32, end: i32): void {
  maxf64(x, out, 0, n, inner, begin, end);
}

export function argmax_f64(x: usize, out: usize, n: i32, inner: i32, begin: i32, end: i32): void {
  maxf64(x, 0, out, n, inner, begin, end);
}

export function maxWithIndex_f64(
  x: usize, values: usize, indices: usize, n: i32, inner: i32, begin: i32, end: i32,
): void {
  maxf64(x, values, indices, n, inner, begin, end);
}

function minf64(x: usize, values: usize, indices: usize, n: i32, inner: i32, begin: i32, end: i32): void {
  lines<f64>(false, x, values, indices, n, inner, begin, end);
}

export function min_f64(x: usize, out: usize, n: i32, inner: i32, begin: i32, end: i32): void {
  minf64(x, out, 0, n, inner, begin, end);
}

export function argmin_f64(x: usize, out: usize, n: i32, inner: i32, begin: i32, end: i32): void {
  minf64(x, 0, out, n, inner, begin, end);
}

export function minWithIndex_f64(
  x: usize, values: usize, indices: usize, n: i32, inner: i32, begin: i32, end: i32,
): void {
  minf64(x, values, indices, n, inner, begin, end);
}

function maxi64(x: usize, values: usize, indices: usize, n: i32, inner: i32, begin: i32, end: i32): void {
  lines<i64>(true, x, values, indices, n, inner, begin, end);
}

export function max_i64(x: usize, out: usize, n: i32, inner: i32, begin: i32, end: i32): void {
  maxi64(x, out, 0, n, inner, begin, end);
}

export function argmax_i64(x: usize, out: usize, n: i32, inner: i32, begin: i32, end: i32): void {
  maxi64(x, 0, out, n, inner, begin, end);
}

export function maxWithIndex_i64(
  x: usize, values: usize, indices: usize, n: i32, inner: i32, begin: i32, end: i32,
): void {
  maxi64(x, values, indices, n, inner, begin, end);
}

function mini64(x: usize, values: usize, indices: usize, n: i32, inner: i32, begin: i32, end: i32): void {
  lines<i64>(false, x, values, indices, n, inner, begin, end);
}

export function min_i64(x: usize, out: usize, n: i32, inner: i32, begin: i32, end: i32): void {
  mini64(x, out, 0, n, inner, begin, end);
}

export function argmin_i64(x: usize, out: usize, n: i32, inner: i32, begin: i32, end: i32): void {
  mini64(x, 0, out, n, inner, begin, end);
}

export function minWithIndex_i64(
  x: usize, values: usize, indices: usize, n: i32, inner: i32, begin: i32, end: i32,
): void {
  mini64(x, values, indices, n, inner, begin, end);
}
