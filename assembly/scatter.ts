// Elements written or reduced into places chosen by i64 indices. A plan has three operands: the tensor that is written
// (stride 0 along the indexed dimension, where `step` elements lie between neighbours), the indices, and the source. The
// host has checked the indices. Rows run in order, the last write to a place wins; ranges must not share places.
import { walkIndexed } from "./drivers";
import { copyRow } from "./rows";

const enum Op { add, mul, amax, amin }

// @ts-ignore: decorator
@inline function put<T>(self: usize, index: usize, src: usize, n: i32, ss: i32, si: i32, so: i32, step: f64): void {
  const stride = <usize>step * sizeof<T>();
  if (!si) {
    copyRow<T>(src, self + <usize>load<i64>(index) * stride, n, so, ss);
    return;
  }
  for (; n > 0; --n) {
    store<T>(self + <usize>load<i64>(index) * stride, load<T>(src));
    self += <usize>ss * sizeof<T>();
    index += <usize>si << 3;
    src += <usize>so * sizeof<T>();
  }
}

/** The extremes of floats give NaN where either is. */
// @ts-ignore: decorator
@inline function combine<T>(op: i32, a: T, b: T): T {
  if (op == Op.add) return a + b;
  if (op == Op.mul) return a * b;
  if (isFloat<T>()) return op == Op.amax ? max<T>(a, b) : min<T>(a, b);
  return op == Op.amax ? (a > b ? a : b) : a < b ? a : b;
}

// @ts-ignore: decorator
@inline function fold<T>(
  op: i32, self: usize, index: usize, src: usize, n: i32, ss: i32, si: i32, so: i32, step: f64,
): void {
  const stride = <usize>step * sizeof<T>();
  for (; n > 0; --n) {
    const at = self + <usize>load<i64>(index) * stride;
    store<T>(at, combine<T>(op, load<T>(at), load<T>(src)));
    self += <usize>ss * sizeof<T>();
    index += <usize>si << 3;
    src += <usize>so * sizeof<T>();
  }
}

function put1(self: usize, index: usize, src: usize, n: i32, ss: i32, si: i32, so: i32, step: f64): void {
  put<u8>(self, index, src, n, ss, si, so, step);
}
function put2(self: usize, index: usize, src: usize, n: i32, ss: i32, si: i32, so: i32, step: f64): void {
  put<u16>(self, index, src, n, ss, si, so, step);
}
function put4(self: usize, index: usize, src: usize, n: i32, ss: i32, si: i32, so: i32, step: f64): void {
  put<u32>(self, index, src, n, ss, si, so, step);
}
function put8(self: usize, index: usize, src: usize, n: i32, ss: i32, si: i32, so: i32, step: f64): void {
  put<u64>(self, index, src, n, ss, si, so, step);
}

function add32(self: usize, index: usize, src: usize, n: i32, ss: i32, si: i32, so: i32, step: f64): void {
  if (!si && ss == 1 && so == 1) {
    let at = self + (<usize>load<i64>(index) * <usize>step << 2);
    for (; n >= 4; n -= 4) {
      v128.store(at, f32x4.add(v128.load(at), v128.load(src)));
      at += 16;
      src += 16;
    }
    for (; n > 0; --n) {
      store<f32>(at, load<f32>(at) + load<f32>(src));
      at += 4;
      src += 4;
    }
    return;
  }
  fold<f32>(Op.add, self, index, src, n, ss, si, so, step);
}
function add64(self: usize, index: usize, src: usize, n: i32, ss: i32, si: i32, so: i32, step: f64): void {
  fold<f64>(Op.add, self, index, src, n, ss, si, so, step);
}
function addLong(self: usize, index: usize, src: usize, n: i32, ss: i32, si: i32, so: i32, step: f64): void {
  fold<i64>(Op.add, self, index, src, n, ss, si, so, step);
}
function mul32(self: usize, index: usize, src: usize, n: i32, ss: i32, si: i32, so: i32, step: f64): void {
  fold<f32>(Op.mul, self, index, src, n, ss, si, so, step);
}
function mul64(self: usize, index: usize, src: usize, n: i32, ss: i32, si: i32, so: i32, step: f64): void {
  fold<f64>(Op.mul, self, index, src, n, ss, si, so, step);
}
function mulLong(self: usize, index: usize, src: usize, n: i32, ss: i32, si: i32, so: i32, step: f64): void {
  fold<i64>(Op.mul, self, index, src, n, ss, si, so, step);
}
function amax32(self: usize, index: usize, src: usize, n: i32, ss: i32, si: i32, so: i32, step: f64): void {
  fold<f32>(Op.amax, self, index, src, n, ss, si, so, step);
}
function amax64(self: usize, index: usize, src: usize, n: i32, ss: i32, si: i32, so: i32, step: f64): void {
  fold<f64>(Op.amax, self, index, src, n, ss, si, so, step);
}
function amaxLong(self: usize, index: usize, src: usize, n: i32, ss: i32, si: i32, so: i32, step: f64): void {
  fold<i64>(Op.amax, self, index, src, n, ss, si, so, step);
}
function amin32(self: usize, index: usize, src: usize, n: i32, ss: i32, si: i32, so: i32, step: f64): void {
  fold<f32>(Op.amin, self, index, src, n, ss, si, so, step);
}
function amin64(self: usize, index: usize, src: usize, n: i32, ss: i32, si: i32, so: i32, step: f64): void {
  fold<f64>(Op.amin, self, index, src, n, ss, si, so, step);
}
function aminLong(self: usize, index: usize, src: usize, n: i32, ss: i32, si: i32, so: i32, step: f64): void {
  fold<i64>(Op.amin, self, index, src, n, ss, si, so, step);
}

/** Rows [begin, end) of the plan; so are those of all kernels here. */
export function scatter_b1(self: usize, index: usize, src: usize, plan: usize, step: i32, begin: i32, end: i32): void {
  walkIndexed(put1, self, index, src, plan, step, begin, end, 0);
}
export function scatter_b2(self: usize, index: usize, src: usize, plan: usize, step: i32, begin: i32, end: i32): void {
  walkIndexed(put2, self, index, src, plan, step, begin, end, 1);
}
export function scatter_b4(self: usize, index: usize, src: usize, plan: usize, step: i32, begin: i32, end: i32): void {
  walkIndexed(put4, self, index, src, plan, step, begin, end, 2);
}
export function scatter_b8(self: usize, index: usize, src: usize, plan: usize, step: i32, begin: i32, end: i32): void {
  walkIndexed(put8, self, index, src, plan, step, begin, end, 3);
}
export function scatterSum_f32(
  self: usize, index: usize, src: usize, plan: usize, step: i32, begin: i32, end: i32,
): void {
  walkIndexed(add32, self, index, src, plan, step, begin, end, 2);
}
export function scatterSum_f64(
  self: usize, index: usize, src: usize, plan: usize, step: i32, begin: i32, end: i32,
): void {
  walkIndexed(add64, self, index, src, plan, step, begin, end, 3);
}
export function scatterSum_i64(
  self: usize, index: usize, src: usize, plan: usize, step: i32, begin: i32, end: i32,
): void {
  walkIndexed(addLong, self, index, src, plan, step, begin, end, 3);
}
export function scatterProd_f32(
  self: usize, index: usize, src: usize, plan: usize, step: i32, begin: i32, end: i32,
): void {
  walkIndexed(mul32, self, index, src, plan, step, begin, end, 2);
}
export function scatterProd_f64(
  self: usize, index: usize, src: usize, plan: usize, step: i32, begin: i32, end: i32,
): void {
  walkIndexed(mul64, self, index, src, plan, step, begin, end, 3);
}
export function scatterProd_i64(
  self: usize, index: usize, src: usize, plan: usize, step: i32, begin: i32, end: i32,
): void {
  walkIndexed(mulLong, self, index, src, plan, step, begin, end, 3);
}
export function scatterAmax_f32(
  self: usize, index: usize, src: usize, plan: usize, step: i32, begin: i32, end: i32,
): void {
  walkIndexed(amax32, self, index, src, plan, step, begin, end, 2);
}
export function scatterAmax_f64(
  self: usize, index: usize, src: usize, plan: usize, step: i32, begin: i32, end: i32,
): void {
  walkIndexed(amax64, self, index, src, plan, step, begin, end, 3);
}
export function scatterAmax_i64(
  self: usize, index: usize, src: usize, plan: usize, step: i32, begin: i32, end: i32,
): void {
  walkIndexed(amaxLong, self, index, src, plan, step, begin, end, 3);
}
export function scatterAmin_f32(
  self: usize, index: usize, src: usize, plan: usize, step: i32, begin: i32, end: i32,
): void {
  walkIndexed(amin32, self, index, src, plan, step, begin, end, 2);
}
export function scatterAmin_f64(
  self: usize, index: usize, src: usize, plan: usize, step: i32, begin: i32, end: i32,
): void {
  walkIndexed(amin64, self, index, src, plan, step, begin, end, 3);
}
export function scatterAmin_i64(
  self: usize, index: usize, src: usize, plan: usize, step: i32, begin: i32, end: i32,
): void {
  walkIndexed(aminLong, self, index, src, plan, step, begin, end, 3);
}
