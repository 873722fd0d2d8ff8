// Elementwise kernels of two f64 inputs: a row of `n` elements with strides, and a plan of rows (`_nd`).
import { pairs64, walk2 } from "./drivers";
import { pow64 } from "./math-f64";
import {
  atan2_64, floorDivide64, fmod64, heaviside64, logaddexp2_64, logaddexp64, nextafter64, remainder64, xlog1py64, xlogy64,
} from "./pairs-f64";
import { Op, row } from "./rows";

const ONE = memory.data<f64>([1.0], 16);

export function add_f64(a: usize, b: usize, out: usize, n: i32, sa: i32, sb: i32, so: i32): void {
  row<f64>(Op.add, a, b, out, n, sa, sb, so);
}

export function add_f64_nd(a: usize, b: usize, out: usize, plan: usize, begin: i32, end: i32): void {
  walk2(add_f64, a, b, out, plan, begin, end, 3, 3, 3);
}

export function sub_f64(a: usize, b: usize, out: usize, n: i32, sa: i32, sb: i32, so: i32): void {
  row<f64>(Op.sub, a, b, out, n, sa, sb, so);
}

export function sub_f64_nd(a: usize, b: usize, out: usize, plan: usize, begin: i32, end: i32): void {
  walk2(sub_f64, a, b, out, plan, begin, end, 3, 3, 3);
}

export function mul_f64(a: usize, b: usize, out: usize, n: i32, sa: i32, sb: i32, so: i32): void {
  row<f64>(Op.mul, a, b, out, n, sa, sb, so);
}

export function mul_f64_nd(a: usize, b: usize, out: usize, plan: usize, begin: i32, end: i32): void {
  walk2(mul_f64, a, b, out, plan, begin, end, 3, 3, 3);
}

export function div_f64(a: usize, b: usize, out: usize, n: i32, sa: i32, sb: i32, so: i32): void {
  row<f64>(Op.div, a, b, out, n, sa, sb, so);
}

export function div_f64_nd(a: usize, b: usize, out: usize, plan: usize, begin: i32, end: i32): void {
  walk2(div_f64, a, b, out, plan, begin, end, 3, 3, 3);
}

export function maximum_f64(a: usize, b: usize, out: usize, n: i32, sa: i32, sb: i32, so: i32): void {
  row<f64>(Op.maximum, a, b, out, n, sa, sb, so);
}

export function maximum_f64_nd(a: usize, b: usize, out: usize, plan: usize, begin: i32, end: i32): void {
  walk2(maximum_f64, a, b, out, plan, begin, end, 3, 3, 3);
}

export function minimum_f64(a: usize, b: usize, out: usize, n: i32, sa: i32, sb: i32, so: i32): void {
  row<f64>(Op.minimum, a, b, out, n, sa, sb, so);
}

export function minimum_f64_nd(a: usize, b: usize, out: usize, plan: usize, begin: i32, end: i32): void {
  walk2(minimum_f64, a, b, out, plan, begin, end, 3, 3, 3);
}

export function fmax_f64(a: usize, b: usize, out: usize, n: i32, sa: i32, sb: i32, so: i32): void {
  row<f64>(Op.fmax, a, b, out, n, sa, sb, so);
}

export function fmax_f64_nd(a: usize, b: usize, out: usize, plan: usize, begin: i32, end: i32): void {
  walk2(fmax_f64, a, b, out, plan, begin, end, 3, 3, 3);
}

export function fmin_f64(a: usize, b: usize, out: usize, n: i32, sa: i32, sb: i32, so: i32): void {
  row<f64>(Op.fmin, a, b, out, n, sa, sb, so);
}

export function fmin_f64_nd(a: usize, b: usize, out: usize, plan: usize, begin: i32, end: i32): void {
  walk2(fmin_f64, a, b, out, plan, begin, end, 3, 3, 3);
}

export function truncDivide_f64(a: usize, b: usize, out: usize, n: i32, sa: i32, sb: i32, so: i32): void {
  row<f64>(Op.truncDivide, a, b, out, n, sa, sb, so);
}

export function truncDivide_f64_nd(a: usize, b: usize, out: usize, plan: usize, begin: i32, end: i32): void {
  walk2(truncDivide_f64, a, b, out, plan, begin, end, 3, 3, 3);
}

export function copysign_f64(a: usize, b: usize, out: usize, n: i32, sa: i32, sb: i32, so: i32): void {
  row<f64>(Op.copysign, a, b, out, n, sa, sb, so);
}

export function copysign_f64_nd(a: usize, b: usize, out: usize, plan: usize, begin: i32, end: i32): void {
  walk2(copysign_f64, a, b, out, plan, begin, end, 3, 3, 3);
}

/** Gradient and saved output: the gradient where the output is above 0. */
export function reluBackward_f64(a: usize, b: usize, out: usize, n: i32, sa: i32, sb: i32, so: i32): void {
  row<f64>(Op.reluBackward, a, b, out, n, sa, sb, so);
}

export function reluBackward_f64_nd(a: usize, b: usize, out: usize, plan: usize, begin: i32, end: i32): void {
  walk2(reluBackward_f64, a, b, out, plan, begin, end, 3, 3, 3);
}

/** Gradient `a`, saved output `b`: a (1 - b^2). */
export function tanhBackward_f64(a: usize, b: usize, out: usize, n: i32, sa: i32, sb: i32, so: i32): void {
  row<f64>(Op.tanhBackward, a, b, out, n, sa, sb, so);
}

export function tanhBackward_f64_nd(a: usize, b: usize, out: usize, plan: usize, begin: i32, end: i32): void {
  walk2(tanhBackward_f64, a, b, out, plan, begin, end, 3, 3, 3);
}

/** Gradient `a`, saved output `b`: a b (1 - b). */
export function sigmoidBackward_f64(a: usize, b: usize, out: usize, n: i32, sa: i32, sb: i32, so: i32): void {
  row<f64>(Op.sigmoidBackward, a, b, out, n, sa, sb, so);
}

export function sigmoidBackward_f64_nd(a: usize, b: usize, out: usize, plan: usize, begin: i32, end: i32): void {
  walk2(sigmoidBackward_f64, a, b, out, plan, begin, end, 3, 3, 3);
}

export function eq_f64(a: usize, b: usize, out: usize, n: i32, sa: i32, sb: i32, so: i32): void {
  row<f64>(Op.eq, a, b, out, n, sa, sb, so);
}

export function eq_f64_nd(a: usize, b: usize, out: usize, plan: usize, begin: i32, end: i32): void {
  walk2(eq_f64, a, b, out, plan, begin, end, 3, 3, 0);
}

export function ne_f64(a: usize, b: usize, out: usize, n: i32, sa: i32, sb: i32, so: i32): void {
  row<f64>(Op.ne, a, b, out, n, sa, sb, so);
}

export function ne_f64_nd(a: usize, b: usize, out: usize, plan: usize, begin: i32, end: i32): void {
  walk2(ne_f64, a, b, out, plan, begin, end, 3, 3, 0);
}

export function lt_f64(a: usize, b: usize, out: usize, n: i32, sa: i32, sb: i32, so: i32): void {
  row<f64>(Op.lt, a, b, out, n, sa, sb, so);
}

export function lt_f64_nd(a: usize, b: usize, out: usize, plan: usize, begin: i32, end: i32): void {
  walk2(lt_f64, a, b, out, plan, begin, end, 3, 3, 0);
}

export function le_f64(a: usize, b: usize, out: usize, n: i32, sa: i32, sb: i32, so: i32): void {
  row<f64>(Op.le, a, b, out, n, sa, sb, so);
}

export function le_f64_nd(a: usize, b: usize, out: usize, plan: usize, begin: i32, end: i32): void {
  walk2(le_f64, a, b, out, plan, begin, end, 3, 3, 0);
}

export function gt_f64(a: usize, b: usize, out: usize, n: i32, sa: i32, sb: i32, so: i32): void {
  row<f64>(Op.gt, a, b, out, n, sa, sb, so);
}

export function gt_f64_nd(a: usize, b: usize, out: usize, plan: usize, begin: i32, end: i32): void {
  walk2(gt_f64, a, b, out, plan, begin, end, 3, 3, 0);
}

export function ge_f64(a: usize, b: usize, out: usize, n: i32, sa: i32, sb: i32, so: i32): void {
  row<f64>(Op.ge, a, b, out, n, sa, sb, so);
}

export function ge_f64_nd(a: usize, b: usize, out: usize, plan: usize, begin: i32, end: i32): void {
  walk2(ge_f64, a, b, out, plan, begin, end, 3, 3, 0);
}

export function floorDivide_f64(a: usize, b: usize, out: usize, n: i32, sa: i32, sb: i32, so: i32): void {
  pairs64(floorDivide64, a, b, out, n, sa, sb, so);
}

export function floorDivide_f64_nd(a: usize, b: usize, out: usize, plan: usize, begin: i32, end: i32): void {
  walk2(floorDivide_f64, a, b, out, plan, begin, end, 3, 3, 3);
}

export function remainder_f64(a: usize, b: usize, out: usize, n: i32, sa: i32, sb: i32, so: i32): void {
  pairs64(remainder64, a, b, out, n, sa, sb, so);
}

export function remainder_f64_nd(a: usize, b: usize, out: usize, plan: usize, begin: i32, end: i32): void {
  walk2(remainder_f64, a, b, out, plan, begin, end, 3, 3, 3);
}

export function fmod_f64(a: usize, b: usize, out: usize, n: i32, sa: i32, sb: i32, so: i32): void {
  pairs64(fmod64, a, b, out, n, sa, sb, so);
}

export function fmod_f64_nd(a: usize, b: usize, out: usize, plan: usize, begin: i32, end: i32): void {
  walk2(fmod_f64, a, b, out, plan, begin, end, 3, 3, 3);
}

export function atan2_f64(a: usize, b: usize, out: usize, n: i32, sa: i32, sb: i32, so: i32): void {
  pairs64(atan2_64, a, b, out, n, sa, sb, so);
}

export function atan2_f64_nd(a: usize, b: usize, out: usize, plan: usize, begin: i32, end: i32): void {
  walk2(atan2_f64, a, b, out, plan, begin, end, 3, 3, 3);
}

export function hypot_f64(a: usize, b: usize, out: usize, n: i32, sa: i32, sb: i32, so: i32): void {
  pairs64(NativeMath.hypot, a, b, out, n, sa, sb, so);
}

export function hypot_f64_nd(a: usize, b: usize, out: usize, plan: usize, begin: i32, end: i32): void {
  walk2(hypot_f64, a, b, out, plan, begin, end, 3, 3, 3);
}

export function xlogy_f64(a: usize, b: usize, out: usize, n: i32, sa: i32, sb: i32, so: i32): void {
  pairs64(xlogy64, a, b, out, n, sa, sb, so);
}

export function xlogy_f64_nd(a: usize, b: usize, out: usize, plan: usize, begin: i32, end: i32): void {
  walk2(xlogy_f64, a, b, out, plan, begin, end, 3, 3, 3);
}

export function logaddexp_f64(a: usize, b: usize, out: usize, n: i32, sa: i32, sb: i32, so: i32): void {
  pairs64(logaddexp64, a, b, out, n, sa, sb, so);
}

export function logaddexp_f64_nd(a: usize, b: usize, out: usize, plan: usize, begin: i32, end: i32): void {
  walk2(logaddexp_f64, a, b, out, plan, begin, end, 3, 3, 3);
}

/** Special values as in C; an exponent of 1, 2, 3 or -1 for the whole row takes a short way. */
export function pow_f64(a: usize, b: usize, out: usize, n: i32, sa: i32, sb: i32, so: i32): void {
  if (!sb && n > 0) {
    const p = load<f64>(b);
    if (p == 2) return mul_f64(a, a, out, n, sa, sa, so);
    if (p == -1) return div_f64(ONE, a, out, n, 0, sa, so);
    if (p == 1) return mul_f64(a, ONE, out, n, sa, 0, so);
    if (p == 3) return row<f64>(Op.cube, a, b, out, n, sa, sb, so);
  }
  pairs64(pow64, a, b, out, n, sa, sb, so);
}

export function pow_f64_nd(a: usize, b: usize, out: usize, plan: usize, begin: i32, end: i32): void {
  walk2(pow_f64, a, b, out, plan, begin, end, 3, 3, 3);
}

export function xlog1py_f64(a: usize, b: usize, out: usize, n: i32, sa: i32, sb: i32, so: i32): void {
  pairs64(xlog1py64, a, b, out, n, sa, sb, so);
}

export function xlog1py_f64_nd(a: usize, b: usize, out: usize, plan: usize, begin: i32, end: i32): void {
  walk2(xlog1py_f64, a, b, out, plan, begin, end, 3, 3, 3);
}

export function logaddexp2_f64(a: usize, b: usize, out: usize, n: i32, sa: i32, sb: i32, so: i32): void {
  pairs64(logaddexp2_64, a, b, out, n, sa, sb, so);
}

export function logaddexp2_f64_nd(a: usize, b: usize, out: usize, plan: usize, begin: i32, end: i32): void {
  walk2(logaddexp2_f64, a, b, out, plan, begin, end, 3, 3, 3);
}

export function heaviside_f64(a: usize, b: usize, out: usize, n: i32, sa: i32, sb: i32, so: i32): void {
  pairs64(heaviside64, a, b, out, n, sa, sb, so);
}

export function heaviside_f64_nd(a: usize, b: usize, out: usize, plan: usize, begin: i32, end: i32): void {
  walk2(heaviside_f64, a, b, out, plan, begin, end, 3, 3, 3);
}

export function nextafter_f64(a: usize, b: usize, out: usize, n: i32, sa: i32, sb: i32, so: i32): void {
  pairs64(nextafter64, a, b, out, n, sa, sb, so);
}

export function nextafter_f64_nd(a: usize, b: usize, out: usize, plan: usize, begin: i32, end: i32): void {
  walk2(nextafter_f64, a, b, out, plan, begin, end, 3, 3, 3);
}
