// Bessel and Airy functions, elementwise over [begin, end) of one contiguous input; f32 goes through f64.
import { each32, each32p, each64, each64p } from "./drivers";
import { cosh64, exp64, log64, sinh64 } from "./math-f64";

const PI: f64 = 3.14159265358979323846;
const EULER: f64 = 0.57721566490153286061;

/** Modified Bessel function of order 0 or 1, over exp(|x|) where `scaled`: its power series, which has no cancellation, or far out the asymptotic one. */
function modified(order: f64, x: f64, scaled: bool): f64 {
  const size = abs(x);
  let result: f64;
  if (x != x) return x;
  if (size == Infinity) {
    result = scaled ? 0.0 : NaN; // as PyTorch has it
  } else if (size <= 30) {
    const z = 0.25 * x * x;
    let term = order == 0 ? 1.0 : 0.5 * size;
    result = term;
    for (let k = 1.0; term > result * 1e-17; k += 1) {
      term *= z / (k * (k + order));
      result += term;
    }
    if (scaled) result *= exp64(-size);
  } else {
    const mu = 4.0 * order * order;
    let term = 1.0;
    result = 1.0;
    for (let k = 1.0; k < 24; k += 1) {
      term *= ((2.0 * k - 1.0) * (2.0 * k - 1.0) - mu) / (8.0 * size * k);
      result += term;
    }
    result /= sqrt(2.0 * PI * size);
    // Two halves of the exponential, so that it overflows no sooner than the result.
    const half = scaled ? 1.0 : exp64(0.5 * size);
    result = half * result * half;
  }
  return order == 1 && x < 0 ? -result : result;
}

function i0_64(x: f64): f64 {
  return modified(0, x, false);
}

function i1_64(x: f64): f64 {
  return modified(1, x, false);
}

function i0e64(x: f64): f64 {
  return modified(0, x, true);
}

function i1e64(x: f64): f64 {
  return modified(1, x, true);
}

/** K of any order times exp(x), x >= 0.5, by the trapezoidal rule on its integral, whose error falls off exponentially. */
function scaledK(order: f64, x: f64): f64 {
  const reach = 44.0 / x + 1.0, step = log64(reach + sqrt(reach * reach - 1.0)) / 64.0;
  let sum = 0.5;
  for (let i = 1.0; i <= 64; i += 1) {
    const s = sinh64(0.5 * i * step);
    sum += exp64(-2.0 * x * s * s) * cosh64(order * i * step);
  }
  return sum * step;
}

/** K of order 0 or 1, times exp(x) where `scaled`. */
function k(order: f64, x: f64, scaled: bool): f64 {
  if (x == 0) return Infinity;
  if (!(x > 0)) return NaN;
  if (x == Infinity) return 0.0;
  if (x > 1) return scaledK(order, x) * (scaled ? 1.0 : exp64(-x));
  // The series beside log(x / 2) I.
  const z = 0.25 * x * x, log = log64(0.5 * x);
  let term = order == 0 ? 1.0 : 0.5 * x, digamma = order == 0 ? -EULER : 0.5 - EULER, sum = 0.0;
  for (let n = 0.0; n < 20; n += 1) {
    sum += term * (digamma - log);
    term *= z / ((n + 1.0) * (n + 1.0 + order));
    digamma += order == 0 ? 1.0 / (n + 1.0) : 0.5 / (n + 1.0) + 0.5 / (n + 2.0);
  }
  return (order == 0 ? sum : 1.0 / x - sum) * (scaled ? exp64(x) : 1.0);
}

/** J (or Y, where `second`) of order 0 or 1, x >= 0: all J of even or odd order by recurrence downwards, or far out Hankel's expansion. */
function j(order: f64, second: bool, x: f64): f64 {
  if (x == Infinity) return 0.0;
  if (x > 25) {
    const mu = 4.0 * order * order;
    let p = 1.0, q = 0.0, term = 1.0;
    for (let k = 1.0; k < 30; k += 1) {
      term *= (mu - (2.0 * k - 1.0) * (2.0 * k - 1.0)) / (8.0 * x * k);
      const kind = <i32>k & 3;
      if (kind == 1) q += term;
      else if (kind == 2) p -= term;
      else if (kind == 3) q -= term;
      else p += term;
    }
    // sin and cos of x - (2 order + 1) pi / 4, without rounding the difference
    const s = NativeMath.sin(x), c = NativeMath.cos(x), half = 0.70710678118654752440;
    const sine = (order == 0 ? s - c : -s - c) * half, cosine = (order == 0 ? s + c : s - c) * half;
    return sqrt(2.0 / (PI * x)) * (second ? p * sine + q * cosine : p * cosine - q * sine);
  }
  if (x < 1e-8) {
    if (second) return order == 0 ? 2.0 / PI * (log64(0.5 * x) + EULER) : -2.0 / (PI * x);
    return order == 0 ? 1.0 : 0.5 * x;
  }
  let above = 0.0, here = 1e-300, norm = 0.0, series = 0.0, wanted = 0.0, zeroth = 0.0;
  for (let n = 64.0; n >= 0; n -= 1) {
    const even = (<i32>n & 1) == 0, half = floor(0.5 * n), sign = <i32>half & 1 ? -1.0 : 1.0;
    if (n == order) wanted = here;
    zeroth = here;
    if (even) norm += n == 0 ? here : 2.0 * here;
    if (half > 0 && even == (order == 0)) series += sign * here * (order == 0 ? 1.0 / half : n / (half * (half + 1.0)));
    const below = 2.0 * n / x * here - above;
    above = here;
    here = below;
    if (abs(here) > 1e200) {
      here *= 1e-200;
      above *= 1e-200;
      norm *= 1e-200;
      series *= 1e-200;
    }
  }
  const first = wanted / norm;
  if (!second) return first;
  const log = log64(0.5 * x) + EULER;
  return order == 0
    ? 2.0 / PI * log * first - 4.0 / PI * series / norm
    : 2.0 / PI * ((log - 1.0) * first - zeroth / norm / x) - 2.0 / PI * series / norm;
}

/** Ai: its power series near 0, beyond that K of order 1/3 or the expansion for negative arguments. */
function airy(x: f64): f64 {
  if (x != x || abs(x) == Infinity) return x - x == 0 || x != x ? x : 0.0;
  const zeta = 2.0 / 3.0 * abs(x) * sqrt(abs(x));
  if (x > 2) return sqrt(x / 3.0) / PI * scaledK(1.0 / 3.0, zeta) * exp64(-zeta);
  if (x < -7.5) {
    let u = 1.0, p = 1.0, q = 0.0;
    for (let k = 1.0; k < 24; k += 1) {
      u *= (6.0 * k - 5.0) * (6.0 * k - 3.0) * (6.0 * k - 1.0) / (216.0 * k * (2.0 * k - 1.0) * zeta);
      const kind = <i32>k & 3;
      if (kind == 1) q += u;
      else if (kind == 2) p -= u;
      else if (kind == 3) q -= u;
      else p += u;
    }
    const s = NativeMath.sin(zeta), c = NativeMath.cos(zeta), half = 0.70710678118654752440;
    return ((s + c) * half * p + (s - c) * half * q) / (sqrt(PI) * sqrt(sqrt(-x)));
  }
  const cube = x * x * x;
  let f = 1.0, g = x, a = 1.0, b = x;
  for (let n = 3.0; n < 90; n += 3) {
    a *= cube / (n * (n - 1.0));
    b *= cube / (n * (n + 1.0));
    f += a;
    g += b;
  }
  return 0.35502805388781723926 * f - 0.25881940379280679841 * g;
}

/** `kind`: J0, J1, Y0, Y1, K0, K1, K0 and K1 times exp(x), Ai. */
function bessel64(x: f64, kind: f64, q: f64): f64 {
  if (x != x) return x;
  if (kind == 8) return airy(x);
  const order = <f64>(<i32>kind & 1);
  if (kind >= 4) return k(order, x, kind >= 6);
  if (kind >= 2) return x == 0 ? -Infinity : x < 0 ? NaN : j(order, true, x);
  return x < 0 && order == 1 ? -j(order, false, -x) : j(order, false, abs(x));
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

export function i0e_f32(x: usize, out: usize, begin: i32, end: i32): void {
  each32(i0e64, x, out, begin, end);
}

export function i0e_f64(x: usize, out: usize, begin: i32, end: i32): void {
  each64(i0e64, x, out, begin, end);
}

export function i1e_f32(x: usize, out: usize, begin: i32, end: i32): void {
  each32(i1e64, x, out, begin, end);
}

export function i1e_f64(x: usize, out: usize, begin: i32, end: i32): void {
  each64(i1e64, x, out, begin, end);
}

/** `p` says which function: see `bessel64`. */
export function bessel_f32(x: usize, out: usize, begin: i32, end: i32, p: f64, q: f64): void {
  each32p(bessel64, x, out, begin, end, p, q);
}

/** `p` says which function: see `bessel64`. */
export function bessel_f64(x: usize, out: usize, begin: i32, end: i32, p: f64, q: f64): void {
  each64p(bessel64, x, out, begin, end, p, q);
}
