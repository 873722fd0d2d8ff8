// Elementwise kernels of two f32 inputs: a row of `n` elements with strides, and a plan of rows (`_nd`).
import { pairs32, walk2 } from "./drivers";
import { konst, load4, madd, packMask, pick, store4 } from "./lanes";
import { pow4 } from "./math";
import {
  atan2_64, floorDivide32, fmod32, heaviside64, logaddexp2_64, logaddexp64, nextafter32, remainder32, xlog1py64, xlogy64,
} from "./pairs-f64";

const enum Op {
  add, sub, mul, div, maximum, minimum, fmax, fmin, truncDivide, copysign,
  reluBackward, tanhBackward, sigmoidBackward, cube,
  eq, ne, lt, le, gt, ge,
}

const K = memory.data<u32>([0x3f800000, 0x80000000, ], 16); // 1, the sign

// @ts-ignore: decorator
@inline function apply(op: i32, a: v128, b: v128): v128 {
  if (op == Op.add) return f32x4.add(a, b);
  if (op == Op.sub) return f32x4.sub(a, b);
  if (op == Op.mul) return f32x4.mul(a, b);
  if (op == Op.div) return f32x4.div(a, b);
  if (op == Op.maximum) return f32x4.max(a, b);
  if (op == Op.minimum) return f32x4.min(a, b);
  if (op == Op.fmax) return pick(f32x4.ne(a, a), b, f32x4.pmax(a, b));
  if (op == Op.fmin) return pick(f32x4.ne(a, a), b, f32x4.pmin(a, b));
  if (op == Op.truncDivide) return f32x4.trunc(f32x4.div(a, b));
  if (op == Op.copysign) return pick(konst(K, 1), b, a);
  if (op == Op.reluBackward) return v128.andnot(a, f32x4.le(b, i32x4.splat(0)));
  if (op == Op.tanhBackward) return f32x4.mul(a, f32x4.sub(konst(K, 0), f32x4.mul(b, b)));
  if (op == Op.sigmoidBackward) return f32x4.mul(a, f32x4.mul(b, f32x4.sub(konst(K, 0), b)));
  if (op == Op.cube) return f32x4.mul(f32x4.mul(a, a), a);
  if (op == Op.eq) return f32x4.eq(a, b);
  if (op == Op.ne) return f32x4.ne(a, b);
  if (op == Op.lt) return f32x4.lt(a, b);
  if (op == Op.le) return f32x4.le(a, b);
  if (op == Op.gt) return f32x4.gt(a, b);
  if (op == Op.ge) return f32x4.ge(a, b);
  return unreachable();
}

/** Four results at element `i`: floats, or bytes of a comparison. */
// @ts-ignore: decorator
@inline function put(op: i32, out: usize, i: i32, v: v128): void {
  if (op >= Op.eq) store<u32>(out + i, packMask(v));
  else v128.store(out + (<usize>i << 2), v);
}

// @ts-ignore: decorator
@inline function at(p: usize, i: i32): v128 {
  return v128.load(p + (<usize>i << 2));
}

/** What costs less than a turn of a loop is done eight vectors a turn. */
// @ts-ignore: decorator
@inline function isLight(op: i32): bool {
  return op <= Op.mul || (op >= Op.reluBackward && op <= Op.sigmoidBackward);
}

/** Eight vectors a turn, of two operands or of one and `b4`; gives the number of elements done. */
// @ts-ignore: decorator
@inline function eights(op: i32, both: bool, a: usize, b: usize, b4: v128, out: usize, n: i32): i32 {
  const done = n & ~31;
  for (const stop = out + (<usize>done << 2); out < stop; out += 128) {
    v128.store(out, apply(op, v128.load(a), both ? v128.load(b) : b4));
    v128.store(out, apply(op, v128.load(a, 16), both ? v128.load(b, 16) : b4), 16);
    v128.store(out, apply(op, v128.load(a, 32), both ? v128.load(b, 32) : b4), 32);
    v128.store(out, apply(op, v128.load(a, 48), both ? v128.load(b, 48) : b4), 48);
    v128.store(out, apply(op, v128.load(a, 64), both ? v128.load(b, 64) : b4), 64);
    v128.store(out, apply(op, v128.load(a, 80), both ? v128.load(b, 80) : b4), 80);
    v128.store(out, apply(op, v128.load(a, 96), both ? v128.load(b, 96) : b4), 96);
    v128.store(out, apply(op, v128.load(a, 112), both ? v128.load(b, 112) : b4), 112);
    a += 128;
    if (both) b += 128;
  }
  return done;
}

// @ts-ignore: decorator
@inline function row(op: i32, a: usize, b: usize, out: usize, n: i32, sa: i32, sb: i32, so: i32): void {
  let i = 0;
  if (so == 1) {
    if (sa == 1 && sb == 1) {
      if (isLight(op)) i = eights(op, true, a, b, i32x4.splat(0), out, n);
      for (; i + 4 <= n; i += 4) put(op, out, i, apply(op, at(a, i), at(b, i)));
    } else if (sa == 1 && sb == 0) {
      const b4 = v128.load32_splat(b);
      if (op <= Op.mul || op == Op.cube) i = eights(op, false, a, b, b4, out, n);
      for (; i + 4 <= n; i += 4) put(op, out, i, apply(op, at(a, i), b4));
    } else if (sa == 0 && sb == 1) {
      if (op == Op.add || op == Op.mul) i = eights(op, false, b, a, v128.load32_splat(a), out, n);
      const a4 = v128.load32_splat(a);
      for (; i + 4 <= n; i += 4) put(op, out, i, apply(op, a4, at(b, i)));
    }
  }
  for (; i < n; ++i) {
    const v = apply(op, v128.load32_zero(a + (<usize>(i * sa) << 2)), v128.load32_zero(b + (<usize>(i * sb) << 2)));
    if (op >= Op.eq) store<u8>(out + i * so, <u8>(i32x4.extract_lane(v, 0) & 1));
    else v128.store_lane<f32>(out + (<usize>(i * so) << 2), v, 0);
  }
}

export function add_f32(a: usize, b: usize, out: usize, n: i32, sa: i32, sb: i32, so: i32): void {
  row(Op.add, a, b, out, n, sa, sb, so);
}

export function add_f32_nd(a: usize, b: usize, out: usize, plan: usize, begin: i32, end: i32): void {
  walk2(add_f32, a, b, out, plan, begin, end, 2, 2, 2);
}

export function sub_f32(a: usize, b: usize, out: usize, n: i32, sa: i32, sb: i32, so: i32): void {
  row(Op.sub, a, b, out, n, sa, sb, so);
}

export function sub_f32_nd(a: usize, b: usize, out: usize, plan: usize, begin: i32, end: i32): void {
  walk2(sub_f32, a, b, out, plan, begin, end, 2, 2, 2);
}

export function mul_f32(a: usize, b: usize, out: usize, n: i32, sa: i32, sb: i32, so: i32): void {
  row(Op.mul, a, b, out, n, sa, sb, so);
}

export function mul_f32_nd(a: usize, b: usize, out: usize, plan: usize, begin: i32, end: i32): void {
  walk2(mul_f32, a, b, out, plan, begin, end, 2, 2, 2);
}

export function div_f32(a: usize, b: usize, out: usize, n: i32, sa: i32, sb: i32, so: i32): void {
  row(Op.div, a, b, out, n, sa, sb, so);
}

export function div_f32_nd(a: usize, b: usize, out: usize, plan: usize, begin: i32, end: i32): void {
  walk2(div_f32, a, b, out, plan, begin, end, 2, 2, 2);
}

export function maximum_f32(a: usize, b: usize, out: usize, n: i32, sa: i32, sb: i32, so: i32): void {
  row(Op.maximum, a, b, out, n, sa, sb, so);
}

export function maximum_f32_nd(a: usize, b: usize, out: usize, plan: usize, begin: i32, end: i32): void {
  walk2(maximum_f32, a, b, out, plan, begin, end, 2, 2, 2);
}

export function minimum_f32(a: usize, b: usize, out: usize, n: i32, sa: i32, sb: i32, so: i32): void {
  row(Op.minimum, a, b, out, n, sa, sb, so);
}

export function minimum_f32_nd(a: usize, b: usize, out: usize, plan: usize, begin: i32, end: i32): void {
  walk2(minimum_f32, a, b, out, plan, begin, end, 2, 2, 2);
}

export function fmax_f32(a: usize, b: usize, out: usize, n: i32, sa: i32, sb: i32, so: i32): void {
  row(Op.fmax, a, b, out, n, sa, sb, so);
}

export function fmax_f32_nd(a: usize, b: usize, out: usize, plan: usize, begin: i32, end: i32): void {
  walk2(fmax_f32, a, b, out, plan, begin, end, 2, 2, 2);
}

export function fmin_f32(a: usize, b: usize, out: usize, n: i32, sa: i32, sb: i32, so: i32): void {
  row(Op.fmin, a, b, out, n, sa, sb, so);
}

export function fmin_f32_nd(a: usize, b: usize, out: usize, plan: usize, begin: i32, end: i32): void {
  walk2(fmin_f32, a, b, out, plan, begin, end, 2, 2, 2);
}

export function truncDivide_f32(a: usize, b: usize, out: usize, n: i32, sa: i32, sb: i32, so: i32): void {
  row(Op.truncDivide, a, b, out, n, sa, sb, so);
}

export function truncDivide_f32_nd(a: usize, b: usize, out: usize, plan: usize, begin: i32, end: i32): void {
  walk2(truncDivide_f32, a, b, out, plan, begin, end, 2, 2, 2);
}

export function copysign_f32(a: usize, b: usize, out: usize, n: i32, sa: i32, sb: i32, so: i32): void {
  row(Op.copysign, a, b, out, n, sa, sb, so);
}

export function copysign_f32_nd(a: usize, b: usize, out: usize, plan: usize, begin: i32, end: i32): void {
  walk2(copysign_f32, a, b, out, plan, begin, end, 2, 2, 2);
}

/** Gradient and saved output: the gradient where the output is above 0. */
export function reluBackward_f32(a: usize, b: usize, out: usize, n: i32, sa: i32, sb: i32, so: i32): void {
  row(Op.reluBackward, a, b, out, n, sa, sb, so);
}

export function reluBackward_f32_nd(a: usize, b: usize, out: usize, plan: usize, begin: i32, end: i32): void {
  walk2(reluBackward_f32, a, b, out, plan, begin, end, 2, 2, 2);
}

/** Gradient `a`, saved output `b`: a (1 - b^2). */
export function tanhBackward_f32(a: usize, b: usize, out: usize, n: i32, sa: i32, sb: i32, so: i32): void {
  row(Op.tanhBackward, a, b, out, n, sa, sb, so);
}

export function tanhBackward_f32_nd(a: usize, b: usize, out: usize, plan: usize, begin: i32, end: i32): void {
  walk2(tanhBackward_f32, a, b, out, plan, begin, end, 2, 2, 2);
}

/** Gradient `a`, saved output `b`: a b (1 - b). */
export function sigmoidBackward_f32(a: usize, b: usize, out: usize, n: i32, sa: i32, sb: i32, so: i32): void {
  row(Op.sigmoidBackward, a, b, out, n, sa, sb, so);
}

export function sigmoidBackward_f32_nd(a: usize, b: usize, out: usize, plan: usize, begin: i32, end: i32): void {
  walk2(sigmoidBackward_f32, a, b, out, plan, begin, end, 2, 2, 2);
}

export function eq_f32(a: usize, b: usize, out: usize, n: i32, sa: i32, sb: i32, so: i32): void {
  row(Op.eq, a, b, out, n, sa, sb, so);
}

export function eq_f32_nd(a: usize, b: usize, out: usize, plan: usize, begin: i32, end: i32): void {
  walk2(eq_f32, a, b, out, plan, begin, end, 2, 2, 0);
}

export function ne_f32(a: usize, b: usize, out: usize, n: i32, sa: i32, sb: i32, so: i32): void {
  row(Op.ne, a, b, out, n, sa, sb, so);
}

export function ne_f32_nd(a: usize, b: usize, out: usize, plan: usize, begin: i32, end: i32): void {
  walk2(ne_f32, a, b, out, plan, begin, end, 2, 2, 0);
}

export function lt_f32(a: usize, b: usize, out: usize, n: i32, sa: i32, sb: i32, so: i32): void {
  row(Op.lt, a, b, out, n, sa, sb, so);
}

export function lt_f32_nd(a: usize, b: usize, out: usize, plan: usize, begin: i32, end: i32): void {
  walk2(lt_f32, a, b, out, plan, begin, end, 2, 2, 0);
}

export function le_f32(a: usize, b: usize, out: usize, n: i32, sa: i32, sb: i32, so: i32): void {
  row(Op.le, a, b, out, n, sa, sb, so);
}

export function le_f32_nd(a: usize, b: usize, out: usize, plan: usize, begin: i32, end: i32): void {
  walk2(le_f32, a, b, out, plan, begin, end, 2, 2, 0);
}

export function gt_f32(a: usize, b: usize, out: usize, n: i32, sa: i32, sb: i32, so: i32): void {
  row(Op.gt, a, b, out, n, sa, sb, so);
}

export function gt_f32_nd(a: usize, b: usize, out: usize, plan: usize, begin: i32, end: i32): void {
  walk2(gt_f32, a, b, out, plan, begin, end, 2, 2, 0);
}

export function ge_f32(a: usize, b: usize, out: usize, n: i32, sa: i32, sb: i32, so: i32): void {
  row(Op.ge, a, b, out, n, sa, sb, so);
}

export function ge_f32_nd(a: usize, b: usize, out: usize, plan: usize, begin: i32, end: i32): void {
  walk2(ge_f32, a, b, out, plan, begin, end, 2, 2, 0);
}

export function floorDivide_f32(a: usize, b: usize, out: usize, n: i32, sa: i32, sb: i32, so: i32): void {
  pairs32(floorDivide32, a, b, out, n, sa, sb, so);
}

export function floorDivide_f32_nd(a: usize, b: usize, out: usize, plan: usize, begin: i32, end: i32): void {
  walk2(floorDivide_f32, a, b, out, plan, begin, end, 2, 2, 2);
}

export function remainder_f32(a: usize, b: usize, out: usize, n: i32, sa: i32, sb: i32, so: i32): void {
  pairs32(remainder32, a, b, out, n, sa, sb, so);
}

export function remainder_f32_nd(a: usize, b: usize, out: usize, plan: usize, begin: i32, end: i32): void {
  walk2(remainder_f32, a, b, out, plan, begin, end, 2, 2, 2);
}

export function fmod_f32(a: usize, b: usize, out: usize, n: i32, sa: i32, sb: i32, so: i32): void {
  pairs32(fmod32, a, b, out, n, sa, sb, so);
}

export function fmod_f32_nd(a: usize, b: usize, out: usize, plan: usize, begin: i32, end: i32): void {
  walk2(fmod_f32, a, b, out, plan, begin, end, 2, 2, 2);
}

export function atan2_f32(a: usize, b: usize, out: usize, n: i32, sa: i32, sb: i32, so: i32): void {
  pairs32(atan2_64, a, b, out, n, sa, sb, so);
}

export function atan2_f32_nd(a: usize, b: usize, out: usize, plan: usize, begin: i32, end: i32): void {
  walk2(atan2_f32, a, b, out, plan, begin, end, 2, 2, 2);
}

export function hypot_f32(a: usize, b: usize, out: usize, n: i32, sa: i32, sb: i32, so: i32): void {
  pairs32(NativeMath.hypot, a, b, out, n, sa, sb, so);
}

export function hypot_f32_nd(a: usize, b: usize, out: usize, plan: usize, begin: i32, end: i32): void {
  walk2(hypot_f32, a, b, out, plan, begin, end, 2, 2, 2);
}

export function xlogy_f32(a: usize, b: usize, out: usize, n: i32, sa: i32, sb: i32, so: i32): void {
  pairs32(xlogy64, a, b, out, n, sa, sb, so);
}

export function xlogy_f32_nd(a: usize, b: usize, out: usize, plan: usize, begin: i32, end: i32): void {
  walk2(xlogy_f32, a, b, out, plan, begin, end, 2, 2, 2);
}

export function logaddexp_f32(a: usize, b: usize, out: usize, n: i32, sa: i32, sb: i32, so: i32): void {
  pairs32(logaddexp64, a, b, out, n, sa, sb, so);
}

export function logaddexp_f32_nd(a: usize, b: usize, out: usize, plan: usize, begin: i32, end: i32): void {
  walk2(logaddexp_f32, a, b, out, plan, begin, end, 2, 2, 2);
}

/** Special values as in C; an exponent of 1, 2, 3 or -1 for the whole row takes a short way. */
export function pow_f32(a: usize, b: usize, out: usize, n: i32, sa: i32, sb: i32, so: i32): void {
  if (!sb && n > 0) {
    const p = load<f32>(b);
    if (p == 2) return mul_f32(a, a, out, n, sa, sa, so);
    if (p == -1) return div_f32(K, a, out, n, 0, sa, so);
    if (p == 1) return mul_f32(a, K, out, n, sa, 0, so);
    if (p == 3) return row(Op.cube, a, b, out, n, sa, sb, so);
  }
  for (let i = 0; i < n; i += 4) {
    const left = n - i;
    const v = pow4(load4(a + (<usize>(i * sa) << 2), sa, left), load4(b + (<usize>(i * sb) << 2), sb, left));
    store4(out + (<usize>(i * so) << 2), so, left, v);
  }
}

export function pow_f32_nd(a: usize, b: usize, out: usize, plan: usize, begin: i32, end: i32): void {
  walk2(pow_f32, a, b, out, plan, begin, end, 2, 2, 2);
}

export function xlog1py_f32(a: usize, b: usize, out: usize, n: i32, sa: i32, sb: i32, so: i32): void {
  pairs32(xlog1py64, a, b, out, n, sa, sb, so);
}

export function xlog1py_f32_nd(a: usize, b: usize, out: usize, plan: usize, begin: i32, end: i32): void {
  walk2(xlog1py_f32, a, b, out, plan, begin, end, 2, 2, 2);
}

export function logaddexp2_f32(a: usize, b: usize, out: usize, n: i32, sa: i32, sb: i32, so: i32): void {
  pairs32(logaddexp2_64, a, b, out, n, sa, sb, so);
}

export function logaddexp2_f32_nd(a: usize, b: usize, out: usize, plan: usize, begin: i32, end: i32): void {
  walk2(logaddexp2_f32, a, b, out, plan, begin, end, 2, 2, 2);
}

export function heaviside_f32(a: usize, b: usize, out: usize, n: i32, sa: i32, sb: i32, so: i32): void {
  pairs32(heaviside64, a, b, out, n, sa, sb, so);
}

export function heaviside_f32_nd(a: usize, b: usize, out: usize, plan: usize, begin: i32, end: i32): void {
  walk2(heaviside_f32, a, b, out, plan, begin, end, 2, 2, 2);
}

export function nextafter_f32(a: usize, b: usize, out: usize, n: i32, sa: i32, sb: i32, so: i32): void {
  pairs32(nextafter32, a, b, out, n, sa, sb, so);
}

export function nextafter_f32_nd(a: usize, b: usize, out: usize, plan: usize, begin: i32, end: i32): void {
  walk2(nextafter_f32, a, b, out, plan, begin, end, 2, 2, 2);
}
