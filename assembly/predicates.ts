// Predicates of one contiguous input over elements [begin, end): bytes of 0 or 1.

const enum Op { isnan, isinf, isfinite, logicalNot, signbit }

// @ts-ignore: decorator
@inline function test<T>(op: i32, x: usize, out: usize, begin: i32, end: i32): void {
  for (let i = begin; i < end; ++i) {
    const v = load<T>(x + <usize>i * sizeof<T>());
    let yes = false;
    if (op == Op.isnan) yes = v != v;
    if (op == Op.logicalNot) yes = v == <T>0;
    if (isFloat<T>()) {
      if (op == Op.isinf) yes = abs(v) == <T>Infinity;
      if (op == Op.isfinite) yes = v - v == <T>0;
    }
    if (op == Op.signbit) yes = v < <T>0;
    store<u8>(out + i, <u8>yes);
  }
}

export function isnan_f32(x: usize, out: usize, begin: i32, end: i32): void {
  test<f32>(Op.isnan, x, out, begin, end);
}

export function isnan_f64(x: usize, out: usize, begin: i32, end: i32): void {
  test<f64>(Op.isnan, x, out, begin, end);
}

export function isinf_f32(x: usize, out: usize, begin: i32, end: i32): void {
  test<f32>(Op.isinf, x, out, begin, end);
}

export function isinf_f64(x: usize, out: usize, begin: i32, end: i32): void {
  test<f64>(Op.isinf, x, out, begin, end);
}

export function isfinite_f32(x: usize, out: usize, begin: i32, end: i32): void {
  test<f32>(Op.isfinite, x, out, begin, end);
}

export function isfinite_f64(x: usize, out: usize, begin: i32, end: i32): void {
  test<f64>(Op.isfinite, x, out, begin, end);
}

export function logicalNot_f32(x: usize, out: usize, begin: i32, end: i32): void {
  test<f32>(Op.logicalNot, x, out, begin, end);
}

export function logicalNot_f64(x: usize, out: usize, begin: i32, end: i32): void {
  test<f64>(Op.logicalNot, x, out, begin, end);
}

export function logicalNot_i64(x: usize, out: usize, begin: i32, end: i32): void {
  test<i64>(Op.logicalNot, x, out, begin, end);
}

/** Reads the bits: true for -0 and for NaN with a sign. */
export function signbit_f32(x: usize, out: usize, begin: i32, end: i32): void {
  test<i32>(Op.signbit, x, out, begin, end);
}

/** Reads the bits: true for -0 and for NaN with a sign. */
export function signbit_f64(x: usize, out: usize, begin: i32, end: i32): void {
  test<i64>(Op.signbit, x, out, begin, end);
}

export function signbit_i64(x: usize, out: usize, begin: i32, end: i32): void {
  test<i64>(Op.signbit, x, out, begin, end);
}
