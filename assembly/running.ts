// Running sums, products, extremes and log-sum-exp along lines: a tensor seen as [outer, n, inner], lines of n elements `inner` apart.
// begin, end: which of the outer.
import { logaddexp64 } from "./pairs-f64";

/** The extreme so far and its index; equal ones move the index on, and after a NaN there are only NaNs. */
// @ts-ignore: decorator
@inline function extremes<T>(
  larger: bool, x: usize, values: usize, indices: usize, n: i32, inner: i32, begin: i32, end: i32,
): void {
  const step = <usize>inner;
  for (let o = begin; o < end; ++o) {
    for (let i = 0; i < inner; ++i) {
      let at = <usize>o * <usize>n * step + <usize>i;
      let best = n > 0 ? load<T>(x + at * sizeof<T>()) : <T>0;
      let index: i64 = 0;
      for (let j = 0; j < n; ++j) {
        const v = load<T>(x + at * sizeof<T>());
        if (v != v || (best == best && (larger ? v >= best : v <= best))) {
          best = v;
          index = <i64>j;
        }
        store<T>(values + at * sizeof<T>(), best);
        store<i64>(indices + (at << 3), index);
        at += step;
      }
    }
  }
}

/** In A: f64 for floats. Integers wrap. */
// @ts-ignore: decorator
@inline function totals<T, A>(product: bool, x: usize, out: usize, n: i32, inner: i32, begin: i32, end: i32): void {
  const step = <usize>inner * sizeof<T>();
  for (let o = begin; o < end; ++o) {
    for (let i = 0; i < inner; ++i) {
      let at = (<usize>o * <usize>n * <usize>inner + <usize>i) * sizeof<T>();
      let all: A = product ? <A>1 : <A>0;
      for (let j = 0; j < n; ++j, at += step) {
        all = product ? all * <A>load<T>(x + at) : all + <A>load<T>(x + at);
        store<T>(out + at, <T>all);
      }
    }
  }
}

/** In f64, whatever the type: max + log1p(exp(min - max)). */
// @ts-ignore: decorator
@inline function logSums<T>(x: usize, out: usize, n: i32, inner: i32, begin: i32, end: i32): void {
  const step = <usize>inner;
  for (let o = begin; o < end; ++o) {
    for (let i = 0; i < inner; ++i) {
      let at = <usize>o * <usize>n * step + <usize>i;
      let sum: f64 = -Infinity;
      for (let j = 0; j < n; ++j) {
        sum = logaddexp64(sum, <f64>load<T>(x + at * sizeof<T>()));
        store<T>(out + at * sizeof<T>(), <T>sum);
        at += step;
      }
    }
  }
}

export function cummax_f32(x: usize, values: usize, indices: usize, n: i32, inner: i32, begin: i32, end: i32): void {
  extremes<f32>(true, x, values, indices, n, inner, begin, end);
}

export function cummax_f64(x: usize, values: usize, indices: usize, n: i32, inner: i32, begin: i32, end: i32): void {
  extremes<f64>(true, x, values, indices, n, inner, begin, end);
}

export function cummax_i64(x: usize, values: usize, indices: usize, n: i32, inner: i32, begin: i32, end: i32): void {
  extremes<i64>(true, x, values, indices, n, inner, begin, end);
}

export function cummin_f32(x: usize, values: usize, indices: usize, n: i32, inner: i32, begin: i32, end: i32): void {
  extremes<f32>(false, x, values, indices, n, inner, begin, end);
}

export function cummin_f64(x: usize, values: usize, indices: usize, n: i32, inner: i32, begin: i32, end: i32): void {
  extremes<f64>(false, x, values, indices, n, inner, begin, end);
}

export function cummin_i64(x: usize, values: usize, indices: usize, n: i32, inner: i32, begin: i32, end: i32): void {
  extremes<i64>(false, x, values, indices, n, inner, begin, end);
}

export function logcumsumexp_f32(x: usize, out: usize, n: i32, inner: i32, begin: i32, end: i32): void {
  logSums<f32>(x, out, n, inner, begin, end);
}

export function logcumsumexp_f64(x: usize, out: usize, n: i32, inner: i32, begin: i32, end: i32): void {
  logSums<f64>(x, out, n, inner, begin, end);
}

export function cumsum_f32(x: usize, out: usize, n: i32, inner: i32, begin: i32, end: i32): void {
  totals<f32, f64>(false, x, out, n, inner, begin, end);
}

export function cumsum_f64(x: usize, out: usize, n: i32, inner: i32, begin: i32, end: i32): void {
  totals<f64, f64>(false, x, out, n, inner, begin, end);
}

export function cumsum_i64(x: usize, out: usize, n: i32, inner: i32, begin: i32, end: i32): void {
  totals<i64, i64>(false, x, out, n, inner, begin, end);
}

export function cumprod_f32(x: usize, out: usize, n: i32, inner: i32, begin: i32, end: i32): void {
  totals<f32, f64>(true, x, out, n, inner, begin, end);
}

export function cumprod_f64(x: usize, out: usize, n: i32, inner: i32, begin: i32, end: i32): void {
  totals<f64, f64>(true, x, out, n, inner, begin, end);
}

export function cumprod_i64(x: usize, out: usize, n: i32, inner: i32, begin: i32, end: i32): void {
  totals<i64, i64>(true, x, out, n, inner, begin, end);
}
