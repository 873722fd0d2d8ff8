// Elementwise kernels of two i64 or bool inputs: a row of `n` elements with strides, and a plan of rows (`_nd`).
import { walk2 } from "./drivers";
import { Op, row } from "./rows";

export function add_i64(a: usize, b: usize, out: usize, n: i32, sa: i32, sb: i32, so: i32): void {
  row<i64>(Op.add, a, b, out, n, sa, sb, so);
}

export function add_i64_nd(a: usize, b: usize, out: usize, plan: usize, begin: i32, end: i32): void {
  walk2(add_i64, a, b, out, plan, begin, end, 3, 3, 3);
}

export function sub_i64(a: usize, b: usize, out: usize, n: i32, sa: i32, sb: i32, so: i32): void {
  row<i64>(Op.sub, a, b, out, n, sa, sb, so);
}

export function sub_i64_nd(a: usize, b: usize, out: usize, plan: usize, begin: i32, end: i32): void {
  walk2(sub_i64, a, b, out, plan, begin, end, 3, 3, 3);
}

export function mul_i64(a: usize, b: usize, out: usize, n: i32, sa: i32, sb: i32, so: i32): void {
  row<i64>(Op.mul, a, b, out, n, sa, sb, so);
}

export function mul_i64_nd(a: usize, b: usize, out: usize, plan: usize, begin: i32, end: i32): void {
  walk2(mul_i64, a, b, out, plan, begin, end, 3, 3, 3);
}

export function maximum_i64(a: usize, b: usize, out: usize, n: i32, sa: i32, sb: i32, so: i32): void {
  row<i64>(Op.maximum, a, b, out, n, sa, sb, so);
}

export function maximum_i64_nd(a: usize, b: usize, out: usize, plan: usize, begin: i32, end: i32): void {
  walk2(maximum_i64, a, b, out, plan, begin, end, 3, 3, 3);
}

export function minimum_i64(a: usize, b: usize, out: usize, n: i32, sa: i32, sb: i32, so: i32): void {
  row<i64>(Op.minimum, a, b, out, n, sa, sb, so);
}

export function minimum_i64_nd(a: usize, b: usize, out: usize, plan: usize, begin: i32, end: i32): void {
  walk2(minimum_i64, a, b, out, plan, begin, end, 3, 3, 3);
}

export function truncDivide_i64(a: usize, b: usize, out: usize, n: i32, sa: i32, sb: i32, so: i32): void {
  row<i64>(Op.truncDivide, a, b, out, n, sa, sb, so);
}

export function truncDivide_i64_nd(a: usize, b: usize, out: usize, plan: usize, begin: i32, end: i32): void {
  walk2(truncDivide_i64, a, b, out, plan, begin, end, 3, 3, 3);
}

export function floorDivide_i64(a: usize, b: usize, out: usize, n: i32, sa: i32, sb: i32, so: i32): void {
  row<i64>(Op.floorDivide, a, b, out, n, sa, sb, so);
}

export function floorDivide_i64_nd(a: usize, b: usize, out: usize, plan: usize, begin: i32, end: i32): void {
  walk2(floorDivide_i64, a, b, out, plan, begin, end, 3, 3, 3);
}

export function remainder_i64(a: usize, b: usize, out: usize, n: i32, sa: i32, sb: i32, so: i32): void {
  row<i64>(Op.remainder, a, b, out, n, sa, sb, so);
}

export function remainder_i64_nd(a: usize, b: usize, out: usize, plan: usize, begin: i32, end: i32): void {
  walk2(remainder_i64, a, b, out, plan, begin, end, 3, 3, 3);
}

export function fmod_i64(a: usize, b: usize, out: usize, n: i32, sa: i32, sb: i32, so: i32): void {
  row<i64>(Op.fmod, a, b, out, n, sa, sb, so);
}

export function fmod_i64_nd(a: usize, b: usize, out: usize, plan: usize, begin: i32, end: i32): void {
  walk2(fmod_i64, a, b, out, plan, begin, end, 3, 3, 3);
}

export function pow_i64(a: usize, b: usize, out: usize, n: i32, sa: i32, sb: i32, so: i32): void {
  row<i64>(Op.pow, a, b, out, n, sa, sb, so);
}

export function pow_i64_nd(a: usize, b: usize, out: usize, plan: usize, begin: i32, end: i32): void {
  walk2(pow_i64, a, b, out, plan, begin, end, 3, 3, 3);
}

export function leftShift_i64(a: usize, b: usize, out: usize, n: i32, sa: i32, sb: i32, so: i32): void {
  row<i64>(Op.leftShift, a, b, out, n, sa, sb, so);
}

export function leftShift_i64_nd(a: usize, b: usize, out: usize, plan: usize, begin: i32, end: i32): void {
  walk2(leftShift_i64, a, b, out, plan, begin, end, 3, 3, 3);
}

export function rightShift_i64(a: usize, b: usize, out: usize, n: i32, sa: i32, sb: i32, so: i32): void {
  row<i64>(Op.rightShift, a, b, out, n, sa, sb, so);
}

export function rightShift_i64_nd(a: usize, b: usize, out: usize, plan: usize, begin: i32, end: i32): void {
  walk2(rightShift_i64, a, b, out, plan, begin, end, 3, 3, 3);
}

export function bitwiseAnd_i64(a: usize, b: usize, out: usize, n: i32, sa: i32, sb: i32, so: i32): void {
  row<i64>(Op.and, a, b, out, n, sa, sb, so);
}

export function bitwiseAnd_i64_nd(a: usize, b: usize, out: usize, plan: usize, begin: i32, end: i32): void {
  walk2(bitwiseAnd_i64, a, b, out, plan, begin, end, 3, 3, 3);
}

export function bitwiseOr_i64(a: usize, b: usize, out: usize, n: i32, sa: i32, sb: i32, so: i32): void {
  row<i64>(Op.or, a, b, out, n, sa, sb, so);
}

export function bitwiseOr_i64_nd(a: usize, b: usize, out: usize, plan: usize, begin: i32, end: i32): void {
  walk2(bitwiseOr_i64, a, b, out, plan, begin, end, 3, 3, 3);
}

export function bitwiseXor_i64(a: usize, b: usize, out: usize, n: i32, sa: i32, sb: i32, so: i32): void {
  row<i64>(Op.xor, a, b, out, n, sa, sb, so);
}

export function bitwiseXor_i64_nd(a: usize, b: usize, out: usize, plan: usize, begin: i32, end: i32): void {
  walk2(bitwiseXor_i64, a, b, out, plan, begin, end, 3, 3, 3);
}

export function eq_i64(a: usize, b: usize, out: usize, n: i32, sa: i32, sb: i32, so: i32): void {
  row<i64>(Op.eq, a, b, out, n, sa, sb, so);
}

export function eq_i64_nd(a: usize, b: usize, out: usize, plan: usize, begin: i32, end: i32): void {
  walk2(eq_i64, a, b, out, plan, begin, end, 3, 3, 0);
}

export function ne_i64(a: usize, b: usize, out: usize, n: i32, sa: i32, sb: i32, so: i32): void {
  row<i64>(Op.ne, a, b, out, n, sa, sb, so);
}

export function ne_i64_nd(a: usize, b: usize, out: usize, plan: usize, begin: i32, end: i32): void {
  walk2(ne_i64, a, b, out, plan, begin, end, 3, 3, 0);
}

export function lt_i64(a: usize, b: usize, out: usize, n: i32, sa: i32, sb: i32, so: i32): void {
  row<i64>(Op.lt, a, b, out, n, sa, sb, so);
}

export function lt_i64_nd(a: usize, b: usize, out: usize, plan: usize, begin: i32, end: i32): void {
  walk2(lt_i64, a, b, out, plan, begin, end, 3, 3, 0);
}

export function le_i64(a: usize, b: usize, out: usize, n: i32, sa: i32, sb: i32, so: i32): void {
  row<i64>(Op.le, a, b, out, n, sa, sb, so);
}

export function le_i64_nd(a: usize, b: usize, out: usize, plan: usize, begin: i32, end: i32): void {
  walk2(le_i64, a, b, out, plan, begin, end, 3, 3, 0);
}

export function gt_i64(a: usize, b: usize, out: usize, n: i32, sa: i32, sb: i32, so: i32): void {
  row<i64>(Op.gt, a, b, out, n, sa, sb, so);
}

export function gt_i64_nd(a: usize, b: usize, out: usize, plan: usize, begin: i32, end: i32): void {
  walk2(gt_i64, a, b, out, plan, begin, end, 3, 3, 0);
}

export function ge_i64(a: usize, b: usize, out: usize, n: i32, sa: i32, sb: i32, so: i32): void {
  row<i64>(Op.ge, a, b, out, n, sa, sb, so);
}

export function ge_i64_nd(a: usize, b: usize, out: usize, plan: usize, begin: i32, end: i32): void {
  walk2(ge_i64, a, b, out, plan, begin, end, 3, 3, 0);
}

export function logicalAnd_b1(a: usize, b: usize, out: usize, n: i32, sa: i32, sb: i32, so: i32): void {
  row<u8>(Op.and, a, b, out, n, sa, sb, so);
}

export function logicalAnd_b1_nd(a: usize, b: usize, out: usize, plan: usize, begin: i32, end: i32): void {
  walk2(logicalAnd_b1, a, b, out, plan, begin, end, 0, 0, 0);
}

export function logicalOr_b1(a: usize, b: usize, out: usize, n: i32, sa: i32, sb: i32, so: i32): void {
  row<u8>(Op.or, a, b, out, n, sa, sb, so);
}

export function logicalOr_b1_nd(a: usize, b: usize, out: usize, plan: usize, begin: i32, end: i32): void {
  walk2(logicalOr_b1, a, b, out, plan, begin, end, 0, 0, 0);
}

export function logicalXor_b1(a: usize, b: usize, out: usize, n: i32, sa: i32, sb: i32, so: i32): void {
  row<u8>(Op.xor, a, b, out, n, sa, sb, so);
}

export function logicalXor_b1_nd(a: usize, b: usize, out: usize, plan: usize, begin: i32, end: i32): void {
  walk2(logicalXor_b1, a, b, out, plan, begin, end, 0, 0, 0);
}

export function heaviside_i64(a: usize, b: usize, out: usize, n: i32, sa: i32, sb: i32, so: i32): void {
  row<i64>(Op.heaviside, a, b, out, n, sa, sb, so);
}

export function heaviside_i64_nd(a: usize, b: usize, out: usize, plan: usize, begin: i32, end: i32): void {
  walk2(heaviside_i64, a, b, out, plan, begin, end, 3, 3, 3);
}

export function gcd_i64(a: usize, b: usize, out: usize, n: i32, sa: i32, sb: i32, so: i32): void {
  row<i64>(Op.gcd, a, b, out, n, sa, sb, so);
}

export function gcd_i64_nd(a: usize, b: usize, out: usize, plan: usize, begin: i32, end: i32): void {
  walk2(gcd_i64, a, b, out, plan, begin, end, 3, 3, 3);
}

export function lcm_i64(a: usize, b: usize, out: usize, n: i32, sa: i32, sb: i32, so: i32): void {
  row<i64>(Op.lcm, a, b, out, n, sa, sb, so);
}

export function lcm_i64_nd(a: usize, b: usize, out: usize, plan: usize, begin: i32, end: i32): void {
  walk2(lcm_i64, a, b, out, plan, begin, end, 3, 3, 3);
}
