// Special functions, elementwise over [begin, end) of one contiguous input; f32 goes through f64.
import { each32, each64, each64p } from "./drivers";
import { erf64, exp64, log64 } from "./math-f64";

const PI: f64 = 3.14159265358979323846;

/** Coefficients of (1 / x^2)^k in log(x) - 1 / (2 x) - digamma(x). */
const DIGAMMA = memory.data<f64>([
  8.33333333333333333333e-2, -8.33333333333333333333e-3, 3.96825396825396825397e-3, -4.16666666666666666667e-3,
  7.57575757575757575758e-3, -2.10927960927960927961e-2, 8.33333333333333333333e-2,
]);

/** Relative error 1e-14, but near its zeros, where that is the absolute one. */
function digamma64(x: f64): f64 {
  if (x == 0) return copysign(Infinity, -x);
  if (x < 0) return x == floor(x) ? NaN : digamma64(1.0 - x) - PI / NativeMath.tan(PI * (x - floor(x)));
  if (x == Infinity) return x;
  let sum = 0.0;
  for (; x < 10; x += 1) sum -= 1.0 / x;
  const z = 1.0 / (x * x);
  let tail = 0.0;
  for (let k = 6; k >= 0; --k) tail = tail * z + load<f64>(DIGAMMA + (<usize>k << 3));
  return sum + log64(x) - 0.5 / x - tail * z;
}

/** Lanczos' sum for g = 7. */
const LANCZOS = memory.data<f64>([
  0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059,
  12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
]);

/** log |gamma(x)|: error 1e-13 times the larger of 1 and the result. */
function lgamma64(x: f64): f64 {
  if (x != x) return x;
  if (abs(x) == Infinity) return Infinity;
  if (x <= 0 && x == floor(x)) return Infinity;
  if (x < 0.5) return log64(PI / abs(NativeMath.sin(PI * (x - floor(x))))) - lgamma64(1.0 - x);
  const y = x - 1.0, t = y + 7.5;
  let sum = load<f64>(LANCZOS);
  for (let k = 1; k < 9; ++k) sum += load<f64>(LANCZOS + (<usize>k << 3)) / (y + <f64>k);
  return 0.91893853320467274178 + (y + 0.5) * log64(t) - t + log64(sum);
}

/** The inverse of erf by a rational start and two steps of Newton's: relative error 1e-13 where |x| < 1 - 1e-9. */
function erfinv64(y: f64): f64 {
  const size = abs(y);
  if (!(size <= 1)) return NaN;
  if (size == 1) return copysign(Infinity, y);
  let x: f64;
  if (size <= 0.7) {
    const z = y * y;
    x = y * (((-0.140543331 * z + 0.914624893) * z - 1.645349621) * z + 0.886226899)
      / ((((0.012229801 * z - 0.329097515) * z + 1.442710462) * z - 2.118377725) * z + 1.0);
  } else {
    const z = sqrt(-log64((1.0 - size) / 2.0));
    x = copysign((((1.641345311 * z + 3.429567803) * z - 1.624906493) * z - 1.970840454) / ((1.6370678 * z + 3.5438892) * z + 1.0), y);
  }
  for (let step = 0; step < 2; ++step) x -= (erf64(x) - y) / (1.1283791670955125739 * exp64(-x * x));
  return x;
}

/** Modified Bessel function of order 0 or 1: its power series, which has no cancellation, or far out the asymptotic one. */
function bessel64(order: f64, x: f64): f64 {
  const size = abs(x);
  let result: f64;
  if (size == Infinity) {
    result = size;
  } else if (size <= 30) {
    const z = 0.25 * x * x;
    let term = order == 0 ? 1.0 : 0.5 * size;
    result = term;
    for (let k = 1.0; term > result * 1e-17; k += 1) {
      term *= z / (k * (k + order));
      result += term;
    }
  } else {
    const mu = 4.0 * order * order;
    let term = 1.0;
    result = 1.0;
    for (let k = 1.0; k < 24; k += 1) {
      term *= ((2.0 * k - 1.0) * (2.0 * k - 1.0) - mu) / (8.0 * size * k);
      result += term;
    }
    // Two halves of the exponential, so that it overflows no sooner than the result.
    const half = exp64(0.5 * size);
    result = half * (result / sqrt(2.0 * PI * size)) * half;
  }
  return order == 1 && x < 0 ? -result : result;
}

function i0_64(x: f64): f64 {
  return x != x ? x : bessel64(0, x);
}

function i1_64(x: f64): f64 {
  return x != x ? x : bessel64(1, x);
}

/** Bernoulli numbers of even index over factorials: the tail of Hurwitz' zeta. */
const ZETA = memory.data<f64>([
  8.3333333333333333e-2, -1.3888888888888889e-3, 3.3068783068783069e-5, -8.2671957671957672e-7,
  2.0876756987868099e-8, -5.2841901386874932e-10, 1.3382536530684679e-11, -3.3896802963225829e-13,
]);

/** The derivative of order `n` of digamma; NaN for n >= 2 below -1e6. */
function polygamma64(x: f64, n: f64, q: f64): f64 {
  if (n == 0) return digamma64(x);
  if (x == -Infinity) return NaN;
  if (n == 1 && x < 0.5) {
    const s = NativeMath.sin(PI * (x - floor(x)));
    return x == floor(x) ? Infinity : PI * PI / (s * s) - polygamma64(1.0 - x, 1, 0);
  }
  if (x <= 0 && x == floor(x)) return Infinity;
  if (!(x > -1e6)) return NaN;
  if (x == Infinity) return n % 2 == 1 ? 0.0 : -0.0;
  const p = n + 1.0;
  let sum = 0.0;
  for (; x < 10; x += 1) sum += NativeMath.pow(x, -p);
  sum += NativeMath.pow(x, 1.0 - p) / n + 0.5 * NativeMath.pow(x, -p);
  let factor = p * NativeMath.pow(x, -p - 1.0);
  for (let k = 0; k < 8; ++k) {
    sum += load<f64>(ZETA + (<usize>k << 3)) * factor;
    factor *= (p + <f64>(2 * k + 1)) * (p + <f64>(2 * k + 2)) / (x * x);
  }
  for (let k = 2.0; k <= n; k += 1) sum *= k;
  return n % 2 == 1 ? sum : -sum;
}

export function digamma_f32(x: usize, out: usize, begin: i32, end: i32): void {
  each32(digamma64, x, out, begin, end);
}

export function digamma_f64(x: usize, out: usize, begin: i32, end: i32): void {
  each64(digamma64, x, out, begin, end);
}

export function lgamma_f32(x: usize, out: usize, begin: i32, end: i32): void {
  each32(lgamma64, x, out, begin, end);
}

export function lgamma_f64(x: usize, out: usize, begin: i32, end: i32): void {
  each64(lgamma64, x, out, begin, end);
}

export function erfinv_f32(x: usize, out: usize, begin: i32, end: i32): void {
  each32(erfinv64, x, out, begin, end);
}

export function erfinv_f64(x: usize, out: usize, begin: i32, end: i32): void {
  each64(erfinv64, x, out, begin, end);
}

export function i0_f32(x: usize, out: usize, begin: i32, end: i32): void {
  each32(i0_64, x, out, begin, end);
}

export function i0_f64(x: usize, out: usize, begin: i32, end: i32): void {
  each64(i0_64, x, out, begin, end);
}

export function i1_f32(x: usize, out: usize, begin: i32, end: i32): void {
  each32(i1_64, x, out, begin, end);
}

export function i1_f64(x: usize, out: usize, begin: i32, end: i32): void {
  each64(i1_64, x, out, begin, end);
}

/** `p` the order of the derivative. */
export function polygamma_f32(x: usize, out: usize, begin: i32, end: i32, p: f64, q: f64): void {
  for (let i = begin; i < end; ++i) store<f32>(out + (<usize>i << 2), <f32>polygamma64(load<f32>(x + (<usize>i << 2)), p, q));
}

/** `p` the order of the derivative. */
export function polygamma_f64(x: usize, out: usize, begin: i32, end: i32, p: f64, q: f64): void {
  each64p(polygamma64, x, out, begin, end, p, q);
}
