// Elementwise kernels of three inputs: a choice by a bool, with strides, and contiguous f32 and f64 combinations
// over elements [begin, end).
import { walk3 } from "./drivers";
import { load4, madd, pick, store4 } from "./lanes";

// @ts-ignore: decorator
@inline function choose<T>(
  cond: usize, a: usize, b: usize, out: usize, n: i32, sc: i32, sa: i32, sb: i32, so: i32,
): void {
  const stepA = <usize>sa * sizeof<T>(), stepB = <usize>sb * sizeof<T>(), stepOut = <usize>so * sizeof<T>();
  for (; n > 0; --n) {
    store<T>(out, load<T>(load<u8>(cond) ? a : b));
    cond += sc;
    a += stepA;
    b += stepB;
    out += stepOut;
  }
}

export function where_b1(
  cond: usize, a: usize, b: usize, out: usize, n: i32, sc: i32, sa: i32, sb: i32, so: i32,
): void {
  choose<u8>(cond, a, b, out, n, sc, sa, sb, so);
}

export function where_b1_nd(
  cond: usize, a: usize, b: usize, out: usize, plan: usize, begin: i32, end: i32,
): void {
  walk3(where_b1, cond, a, b, out, plan, begin, end, 0);
}

export function where_b2(
  cond: usize, a: usize, b: usize, out: usize, n: i32, sc: i32, sa: i32, sb: i32, so: i32,
): void {
  choose<u16>(cond, a, b, out, n, sc, sa, sb, so);
}

export function where_b2_nd(
  cond: usize, a: usize, b: usize, out: usize, plan: usize, begin: i32, end: i32,
): void {
  walk3(where_b2, cond, a, b, out, plan, begin, end, 1);
}

export function where_b4(
  cond: usize, a: usize, b: usize, out: usize, n: i32, sc: i32, sa: i32, sb: i32, so: i32,
): void {
  if (sc == 1 && so == 1 && sa <= 1 && sb <= 1) {
    const zero = i32x4.splat(0), stepA = <usize>sa << 5, stepB = <usize>sb << 5;
    // Where an operand is one element, its vector is made once.
    const a4 = v128.load32_splat(a), b4 = v128.load32_splat(b);
    for (; n >= 8; n -= 8) {
      const bytes = i16x8.extend_low_i8x16_s(v128.load64_zero(cond));
      const low = i32x4.ne(i32x4.extend_low_i16x8_s(bytes), zero), high = i32x4.ne(i32x4.extend_high_i16x8_s(bytes), zero);
      v128.store(out, pick(low, sa ? v128.load(a) : a4, sb ? v128.load(b) : b4));
      v128.store(out, pick(high, sa ? v128.load(a, 16) : a4, sb ? v128.load(b, 16) : b4), 16);
      cond += 8;
      a += stepA;
      b += stepB;
      out += 32;
    }
  }
  choose<u32>(cond, a, b, out, n, sc, sa, sb, so);
}

export function where_b4_nd(
  cond: usize, a: usize, b: usize, out: usize, plan: usize, begin: i32, end: i32,
): void {
  walk3(where_b4, cond, a, b, out, plan, begin, end, 2);
}

export function where_b8(
  cond: usize, a: usize, b: usize, out: usize, n: i32, sc: i32, sa: i32, sb: i32, so: i32,
): void {
  choose<u64>(cond, a, b, out, n, sc, sa, sb, so);
}

export function where_b8_nd(
  cond: usize, a: usize, b: usize, out: usize, plan: usize, begin: i32, end: i32,
): void {
  walk3(where_b8, cond, a, b, out, plan, begin, end, 3);
}

/** a + value b c. */
export function addcmul_f32(a: usize, b: usize, c: usize, out: usize, begin: i32, end: i32, value: f64): void {
  const v = f32x4.splat(<f32>value);
  for (let i = begin; i < end; i += 4) {
    const at = <usize>i << 2, left = end - i;
    store4(out + at, 1, left, madd(f32x4.mul(v, load4(b + at, 1, left)), load4(c + at, 1, left), load4(a + at, 1, left)));
  }
}

/** a + value b c. */
export function addcmul_f64(a: usize, b: usize, c: usize, out: usize, begin: i32, end: i32, value: f64): void {
  for (let i = begin; i < end; ++i) {
    const at = <usize>i << 3;
    store<f64>(out + at, load<f64>(a + at) + value * load<f64>(b + at) * load<f64>(c + at));
  }
}

/** a + value b / c. */
export function addcdiv_f32(a: usize, b: usize, c: usize, out: usize, begin: i32, end: i32, value: f64): void {
  const v = f32x4.splat(<f32>value);
  for (let i = begin; i < end; i += 4) {
    const at = <usize>i << 2, left = end - i;
    store4(out + at, 1, left, f32x4.add(load4(a + at, 1, left), f32x4.div(f32x4.mul(v, load4(b + at, 1, left)), load4(c + at, 1, left))));
  }
}

/** a + value b / c. */
export function addcdiv_f64(a: usize, b: usize, c: usize, out: usize, begin: i32, end: i32, value: f64): void {
  for (let i = begin; i < end; ++i) {
    const at = <usize>i << 3;
    store<f64>(out + at, load<f64>(a + at) + value * load<f64>(b + at) / load<f64>(c + at));
  }
}

/** a + w (b - a), computed from the nearer end. */
export function lerp_f32(a: usize, b: usize, out: usize, begin: i32, end: i32, w: f64): void {
  const near = abs(w) < 0.5, scale = f32x4.splat(near ? <f32>w : -(1.0 - <f32>w));
  for (let i = begin; i < end; i += 4) {
    const at = <usize>i << 2, left = end - i;
    const x = load4(a + at, 1, left), y = load4(b + at, 1, left);
    store4(out + at, 1, left, f32x4.add(near ? x : y, f32x4.mul(scale, f32x4.sub(y, x))));
  }
}

/** a + w (b - a), computed from the nearer end. */
export function lerp_f64(a: usize, b: usize, out: usize, begin: i32, end: i32, w: f64): void {
  const near = abs(w) < 0.5, scale = near ? w : w - 1.0;
  for (let i = begin; i < end; ++i) {
    const at = <usize>i << 3, x = load<f64>(a + at), y = load<f64>(b + at);
    store<f64>(out + at, (near ? x : y) + scale * (y - x));
  }
}
