// Reductions without SIMD: sums and products of f64, products of f32, sums and products of i64 (which wrap), log-sum-exp,
// truth. A tensor seen as [outer, n, inner], reduced along its middle. begin, end: which of the outer * inner results.
// f64 is added on four accumulators in blocks of 512: the error of a sum stays below (131 + n / 512) * 2^-53 times the
// sum of magnitudes.
import { exp64, log64 } from "./math-f64";

const enum Op { sum, magnitude, square, deviation, prod, exponential }

// @ts-ignore: decorator
@inline function term<T>(op: i32, v: T, c: T): T {
  if (op == Op.magnitude) return abs(v);
  if (op == Op.square) return v * v;
  if (op == Op.deviation) return (v - c) * (v - c);
  if (op == Op.exponential) return <T>exp64(<f64>(v - c));
  return v;
}

/** One line of T, `step` bytes from element to element, in A. */
// @ts-ignore: decorator
@inline function line<T, A>(op: i32, x: usize, n: i32, step: usize, c: A): A {
  if (op == Op.prod || !isFloat<T>()) {
    let all: A = op == Op.prod ? <A>1 : <A>0;
    for (; n > 0; --n, x += step) all = op == Op.prod ? all * <A>load<T>(x) : all + <A>load<T>(x);
    return all;
  }
  let total: A = 0;
  while (n > 0) {
    let s0: A = 0, s1: A = 0, s2: A = 0, s3: A = 0, size = min(n, 512);
    n -= size;
    for (; size >= 4; size -= 4) {
      s0 += term<A>(op, <A>load<T>(x), c);
      s1 += term<A>(op, <A>load<T>(x + step), c);
      x += step << 1;
      s2 += term<A>(op, <A>load<T>(x), c);
      s3 += term<A>(op, <A>load<T>(x + step), c);
      x += step << 1;
    }
    for (; size > 0; --size, x += step) s0 += term<A>(op, <A>load<T>(x), c);
    total += (s0 + s1) + (s2 + s3);
  }
  return total;
}

/** The largest element, NaN among them. */
// @ts-ignore: decorator
@inline function largest<T>(x: usize, n: i32, step: usize): f64 {
  let most: f64 = -Infinity;
  for (; n > 0; --n, x += step) most = max(most, <f64>load<T>(x));
  return most;
}

// @ts-ignore: decorator
@inline function lines<T, A>(
  op: i32, x: usize, out: usize, n: i32, inner: i32, begin: i32, end: i32, divisor: f64,
): void {
  const step = <usize>inner * sizeof<T>();
  for (let r = begin; r < end; ++r) {
    const p = x + (<usize>(r / inner) * <usize>n * <usize>inner + <usize>(r % inner)) * sizeof<T>();
    const to = out + <usize>r * sizeof<T>();
    if (op == Op.exponential) {
      // an infinite largest one is the result, or meets its like in infinity - infinity
      const most = largest<T>(p, n, step), from = abs(most) == Infinity ? 0 : most;
      store<T>(to, <T>(log64(<f64>line<T, A>(op, p, n, step, <A>from)) + from));
    } else if (op == Op.deviation) {
      const mean = line<T, A>(Op.sum, p, n, step, 0) / <A>n;
      store<T>(to, <T>(<f64>line<T, A>(op, p, n, step, mean) / divisor));
    } else {
      let all = line<T, A>(op, p, n, step, 0);
      if (op == Op.square) all = <A>sqrt<f64>(<f64>all);
      if (isFloat<T>() && op == Op.sum) all = <A>(<f64>all / divisor);
      store<T>(to, <T>all);
    }
  }
}

export function sum_f64(x: usize, out: usize, n: i32, inner: i32, begin: i32, end: i32): void {
  scaled(x, out, n, inner, begin, end, 1);
}

export function mean_f64(x: usize, out: usize, n: i32, inner: i32, begin: i32, end: i32): void {
  scaled(x, out, n, inner, begin, end, <f64>n);
}

function scaled(x: usize, out: usize, n: i32, inner: i32, begin: i32, end: i32, divisor: f64): void {
  lines<f64, f64>(Op.sum, x, out, n, inner, begin, end, divisor);
}

export function sum_i64(x: usize, out: usize, n: i32, inner: i32, begin: i32, end: i32): void {
  lines<i64, i64>(Op.sum, x, out, n, inner, begin, end, 1);
}

export function prod_f32(x: usize, out: usize, n: i32, inner: i32, begin: i32, end: i32): void {
  lines<f32, f64>(Op.prod, x, out, n, inner, begin, end, 1);
}

export function prod_f64(x: usize, out: usize, n: i32, inner: i32, begin: i32, end: i32): void {
  lines<f64, f64>(Op.prod, x, out, n, inner, begin, end, 1);
}

export function prod_i64(x: usize, out: usize, n: i32, inner: i32, begin: i32, end: i32): void {
  lines<i64, i64>(Op.prod, x, out, n, inner, begin, end, 1);
}

/** The sum of magnitudes. */
export function norm1_f64(x: usize, out: usize, n: i32, inner: i32, begin: i32, end: i32): void {
  lines<f64, f64>(Op.magnitude, x, out, n, inner, begin, end, 1);
}

/** The root of the sum of squares. */
export function norm2_f64(x: usize, out: usize, n: i32, inner: i32, begin: i32, end: i32): void {
  lines<f64, f64>(Op.square, x, out, n, inner, begin, end, 1);
}

/** The sum of squared deviations from the mean, divided by `divisor`: two passes. */
export function var_f64(x: usize, out: usize, n: i32, inner: i32, divisor: f64, begin: i32, end: i32): void {
  lines<f64, f64>(Op.deviation, x, out, n, inner, begin, end, divisor);
}

/** log of the sum of exp, shifted by the largest element, in f64. */
export function logsumexp_f32(x: usize, out: usize, n: i32, inner: i32, begin: i32, end: i32): void {
  lines<f32, f64>(Op.exponential, x, out, n, inner, begin, end, 1);
}

export function logsumexp_f64(x: usize, out: usize, n: i32, inner: i32, begin: i32, end: i32): void {
  lines<f64, f64>(Op.exponential, x, out, n, inner, begin, end, 1);
}

/** Whether a line of bytes holds `wanted` (0 or 1). */
function holds(x: usize, n: i32, inner: i32, wanted: u8): bool {
  const step = <usize>inner;
  if (inner == 1) {
    const all = i8x16.splat(wanted);
    for (; n >= 16; n -= 16, x += 16) if (v128.any_true(i8x16.eq(v128.load(x), all))) return true;
  }
  for (; n > 0; --n, x += step) if (load<u8>(x) == wanted) return true;
  return false;
}

/** Whether any byte of a line is 1. */
export function any_b1(x: usize, out: usize, n: i32, inner: i32, begin: i32, end: i32): void {
  truths(x, out, n, inner, begin, end, 1);
}

/** Whether all bytes of a line are 1. */
export function all_b1(x: usize, out: usize, n: i32, inner: i32, begin: i32, end: i32): void {
  truths(x, out, n, inner, begin, end, 0);
}

function truths(x: usize, out: usize, n: i32, inner: i32, begin: i32, end: i32, wanted: u8): void {
  for (let r = begin; r < end; ++r) {
    const p = x + <usize>(r / inner) * <usize>n * <usize>inner + <usize>(r % inner);
    store<u8>(out + <usize>r, <u8>(holds(p, n, inner, wanted) == <bool>wanted));
  }
}
