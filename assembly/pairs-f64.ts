// Scalar functions of two f64 that a row kernel calls per pair.
import { exp64, log1p64, log64 } from "./math-f64";

export function atan2_64(a: f64, b: f64): f64 {
  return NativeMath.atan2(a, b);
}

export function fmod64(a: f64, b: f64): f64 {
  return NativeMath.mod(a, b);
}

/** fmod of two values of f32: a quotient below 2^24 makes every step exact. */
export function fmod32(a: f64, b: f64): f64 {
  if (abs(a) < abs(b)) return a;
  const q = a / b;
  return abs(q) < 16777216.0 ? copysign(a - b * trunc(q), a) : NativeMath.mod(a, b);
}

// @ts-ignore: decorator
@inline function toDivisor(r: f64, b: f64): f64 {
  return r != 0 && b < 0 != r < 0 ? r + b : r;
}

/** fmod moved to the sign of the divisor. */
export function remainder64(a: f64, b: f64): f64 {
  return toDivisor(NativeMath.mod(a, b), b);
}

export function remainder32(a: f64, b: f64): f64 {
  return toDivisor(fmod32(a, b), b);
}

/** PyTorch's algorithm (from CPython): the quotient of what the remainder leaves, put right where it rounded. */
export function floorDivide64(a: f64, b: f64): f64 {
  if (b == 0) return a / b;
  const r = NativeMath.mod(a, b);
  let q = (a - r) / b;
  if (r != 0 && b < 0 != r < 0) q -= 1.0;
  if (q == 0) return copysign(0.0, a / b);
  const whole = floor(q);
  return q - whole > 0.5 ? whole + 1.0 : whole;
}

/** The same with every step rounded to f32. */
export function floorDivide32(a: f64, b: f64): f64 {
  if (b == 0) return a / b;
  const r = fmod32(a, b);
  let q = (<f32>a - <f32>r) / <f32>b;
  if (r != 0 && b < 0 != r < 0) q -= 1.0;
  if (q == 0) return copysign(0.0, a / b);
  const whole = floor(q);
  return q - whole > 0.5 ? whole + 1.0 : whole;
}

/** x log(y), and 0 where x is 0 unless y is NaN. */
export function xlogy64(x: f64, y: f64): f64 {
  if (y != y) return y;
  return x == 0 ? 0.0 : x * log64(y);
}

export function logaddexp64(a: f64, b: f64): f64 {
  if (a == b && abs(a) == Infinity) return a;
  return max(a, b) + log1p64(exp64(-abs(a - b)));
}

/** x log(1 + y), and 0 where x is 0 unless y is NaN. */
export function xlog1py64(x: f64, y: f64): f64 {
  if (y != y) return y;
  return x == 0 ? 0.0 : x * log1p64(y);
}

export function logaddexp2_64(a: f64, b: f64): f64 {
  if (a == b && abs(a) == Infinity) return a;
  const ln2 = 0.69314718055994530942;
  return max(a, b) + log1p64(exp64(-abs(a - b) * ln2)) / ln2;
}

/** 0 below 0 and for NaN, `b` at 0, 1 above. */
export function heaviside64(a: f64, b: f64): f64 {
  return a == 0 ? b : a > 0 ? 1.0 : 0.0;
}

export function nextafter64(a: f64, b: f64): f64 {
  if (a != a || b != b) return NaN;
  if (a == b) return b;
  if (a == 0) return copysign(reinterpret<f64>(<u64>1), b);
  return reinterpret<f64>(reinterpret<i64>(a) + (a < b == a > 0 ? 1 : -1));
}

/** The neighbour among the values of f32. */
export function nextafter32(a: f64, b: f64): f64 {
  if (a != a || b != b) return NaN;
  if (a == b) return b;
  if (a == 0) return copysign(<f64>reinterpret<f32>(<u32>1), b);
  return reinterpret<f32>(reinterpret<i32>(<f32>a) + (a < b == a > 0 ? 1 : -1));
}
