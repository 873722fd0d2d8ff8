// Special functions through f64: of one contiguous input over elements [begin, end), or of two as rows and plans (`_nd`).
import { each32, each32p, each64, each64p, pairs32, pairs64, walk2 } from "./drivers";
import { erf64, erfc64, exp64, log64, pow64, tan64 } from "./math-f64";

const PI: f64 = 3.14159265358979323846;

/** Coefficients of (1 / x^2)^k in log(x) - 1 / (2 x) - digamma(x). */
const DIGAMMA = memory.data<f64>([
  8.33333333333333333333e-2, -8.33333333333333333333e-3, 3.96825396825396825397e-3, -4.16666666666666666667e-3,
  7.57575757575757575758e-3, -2.10927960927960927961e-2, 8.33333333333333333333e-2,
]);

/** Relative error 1e-14, but near its zeros, where that is the absolute one. */
function digamma64(x: f64): f64 {
  if (x == 0) return copysign(Infinity, -x);
  if (x < 0) return x == floor(x) ? NaN : digamma64(1.0 - x) - PI / tan64(PI * (x - floor(x)));
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

/** Bernoulli numbers of even index over factorials: the tail of Hurwitz' zeta. */
const ZETA = memory.data<f64>([
  8.3333333333333333e-2, -1.3888888888888889e-3, 3.3068783068783069e-5, -8.2671957671957672e-7,
  2.0876756987868099e-8, -5.2841901386874932e-10, 1.3382536530684679e-11, -3.3896802963225829e-13,
  8.5860620562778446e-15, -2.1748686985580619e-16,
]);

/** The sum of (q + k)^-s over k >= 0; infinite at poles, NaN below s = 1 and for powers that are not real. */
function zeta64(s: f64, q: f64): f64 {
  if (s == 1) return Infinity;
  if (!(s > 1)) return NaN;
  if (q <= 0) {
    if (q == floor(q)) return Infinity;
    if (s != floor(s)) return NaN;
  }
  if (q == Infinity) return 0.0;
  if (s == Infinity) return q > 1 ? 0.0 : q == 1 ? 1.0 : Infinity;
  if (!(q > -1e6)) return NaN;
  let sum = 0.0, term = 1.0;
  for (; q < 12; q += 1) {
    term = pow64(q, -s);
    sum += term;
  }
  term = pow64(q, -s);
  sum += term * q / (s - 1.0) + 0.5 * term;
  let factor = s * term / q;
  for (let k = 0; k < 10; ++k) {
    sum += load<f64>(ZETA + (<usize>k << 3)) * factor;
    factor *= (s + <f64>(2 * k + 1)) * (s + <f64>(2 * k + 2)) / (q * q);
  }
  return sum;
}

/** The derivative of order `n` of digamma; NaN for n >= 2 below -1e6. `q`: whether for float32. */
function polygamma64(x: f64, n: f64, q: f64): f64 {
  if (n == 0) return digamma64(x);
  if (x == -Infinity) return NaN;
  if (n == 1 && x < 0.5) {
    const s = NativeMath.sin(PI * (x - floor(x)));
    if (x == floor(x)) {
      // At the poles below 0, PyTorch's sine of the rounded angle is not quite 0.
      const t = NativeMath.sin(q != 0 ? <f64>(<f32>PI * <f32>x) : PI * x);
      return PI * PI / (t * t);
    }
    return PI * PI / (s * s) - polygamma64(1.0 - x, 1, 0);
  }
  let result = zeta64(n + 1.0, x);
  for (let k = 2.0; k <= n; k += 1) result *= k;
  return n % 2 == 1 ? result : -result;
}

/** exp(x^2) erfc(x): relative error 1e-13. */
function erfcx64(x: f64): f64 {
  if (x < 20) return exp64(x * x) * erfc64(x);
  // Laplace's continued fraction
  let tail = x;
  for (let k = 12.0; k > 0; k -= 1) tail = x + 0.5 * k / tail;
  return 0.56418958354775628695 / tail;
}

/** The inverse of the normal distribution function by a rational start and Halley's steps. */
function ndtri64(p: f64): f64 {
  if (p == 0) return -Infinity;
  if (p == 1) return Infinity;
  if (!(p > 0 && p < 1)) return NaN;
  if (p == 0.5) return 0.0;
  if (p > 0.5) return -ndtri64(1.0 - p);
  const t = sqrt(-2.0 * log64(p));
  let x = (2.515517 + t * (0.802853 + t * 0.010328)) / (1.0 + t * (1.432788 + t * (0.189269 + t * 0.001308))) - t;
  for (let step = 0; step < 3; ++step) {
    // The error relative to the density, which far out is 0 while their quotient is not.
    const u = 2.50662827463100050242 * (0.5 * erfcx64(-0.70710678118654752440 * x) - p * exp64(0.5 * x * x));
    x -= u / (1.0 + 0.5 * x * u);
  }
  return x;
}

/** The regularised incomplete gamma function P(a, x), or 1 - P where `upper`: a series below a + 1, a continued fraction above. */
function incompleteGamma(a: f64, x: f64, upper: bool): f64 {
  if (a < 0 || x < 0) return NaN;
  if (a == 0) return x > 0 ? (upper ? 0.0 : 1.0) : NaN;
  if (x == 0) return upper ? 1.0 : 0.0;
  // An infinity decides beside NaN too.
  if (a == Infinity) return x == Infinity ? NaN : upper ? 1.0 : 0.0;
  if (x == Infinity) return upper ? 0.0 : 1.0;
  if (isNaN(a) || isNaN(x)) return NaN;
  const factor = exp64(a * log64(x) - x - lgamma64(a));
  if (x < a + 1.0) {
    let term = 1.0 / a, sum = term;
    for (let n = a + 1.0; term > sum * 1e-17; n += 1) {
      term *= x / n;
      sum += term;
    }
    return upper ? 1.0 - factor * sum : factor * sum;
  }
  let b = x + 1.0 - a, c = 1e300, d = 1.0 / b, h = d;
  for (let i = 1.0; i < 1e6; i += 1) {
    const step = i * (a - i);
    b += 2.0;
    d = 1.0 / (step * d + b);
    c = b + step / c;
    const change = c * d;
    h *= change;
    if (abs(change - 1.0) < 1e-16) break;
  }
  return upper ? factor * h : 1.0 - factor * h;
}

function igamma64(a: f64, x: f64): f64 {
  return incompleteGamma(a, x, false);
}

function igammac64(a: f64, x: f64): f64 {
  return incompleteGamma(a, x, true);
}

export function erfcx_f32(x: usize, out: usize, begin: i32, end: i32): void {
  each32(erfcx64, x, out, begin, end);
}

export function erfcx_f64(x: usize, out: usize, begin: i32, end: i32): void {
  each64(erfcx64, x, out, begin, end);
}

export function ndtri_f32(x: usize, out: usize, begin: i32, end: i32): void {
  each32(ndtri64, x, out, begin, end);
}

export function ndtri_f64(x: usize, out: usize, begin: i32, end: i32): void {
  each64(ndtri64, x, out, begin, end);
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

/** `p` the order of the derivative. */
export function polygamma_f32(x: usize, out: usize, begin: i32, end: i32, p: f64, q: f64): void {
  each32p(polygamma64, x, out, begin, end, p, 1);
}

/** `p` the order of the derivative. */
export function polygamma_f64(x: usize, out: usize, begin: i32, end: i32, p: f64, q: f64): void {
  each64p(polygamma64, x, out, begin, end, p, q);
}

export function zeta_f32(a: usize, b: usize, out: usize, n: i32, sa: i32, sb: i32, so: i32): void {
  pairs32(zeta64, a, b, out, n, sa, sb, so);
}

export function zeta_f32_nd(a: usize, b: usize, out: usize, plan: usize, begin: i32, end: i32): void {
  walk2(zeta_f32, a, b, out, plan, begin, end, 2, 2, 2);
}

export function zeta_f64(a: usize, b: usize, out: usize, n: i32, sa: i32, sb: i32, so: i32): void {
  pairs64(zeta64, a, b, out, n, sa, sb, so);
}

export function zeta_f64_nd(a: usize, b: usize, out: usize, plan: usize, begin: i32, end: i32): void {
  walk2(zeta_f64, a, b, out, plan, begin, end, 3, 3, 3);
}

export function igamma_f32(a: usize, b: usize, out: usize, n: i32, sa: i32, sb: i32, so: i32): void {
  pairs32(igamma64, a, b, out, n, sa, sb, so);
}

export function igamma_f32_nd(a: usize, b: usize, out: usize, plan: usize, begin: i32, end: i32): void {
  walk2(igamma_f32, a, b, out, plan, begin, end, 2, 2, 2);
}

export function igamma_f64(a: usize, b: usize, out: usize, n: i32, sa: i32, sb: i32, so: i32): void {
  pairs64(igamma64, a, b, out, n, sa, sb, so);
}

export function igamma_f64_nd(a: usize, b: usize, out: usize, plan: usize, begin: i32, end: i32): void {
  walk2(igamma_f64, a, b, out, plan, begin, end, 3, 3, 3);
}

export function igammac_f32(a: usize, b: usize, out: usize, n: i32, sa: i32, sb: i32, so: i32): void {
  pairs32(igammac64, a, b, out, n, sa, sb, so);
}

export function igammac_f32_nd(a: usize, b: usize, out: usize, plan: usize, begin: i32, end: i32): void {
  walk2(igammac_f32, a, b, out, plan, begin, end, 2, 2, 2);
}

export function igammac_f64(a: usize, b: usize, out: usize, n: i32, sa: i32, sb: i32, so: i32): void {
  pairs64(igammac64, a, b, out, n, sa, sb, so);
}

export function igammac_f64_nd(a: usize, b: usize, out: usize, plan: usize, begin: i32, end: i32): void {
  walk2(igammac_f64, a, b, out, plan, begin, end, 3, 3, 3);
}
