// Elementwise kernels of one contiguous f32 input over elements [begin, end). Bounds, in ulp: those of math.ts; 2.5
// for sigmoid, 3 for silu and geluTanh's division (all where exp(-x) is finite: beyond, 0 for less than 2^-119),
// 2 for logSigmoid and softplus, 0.51 for what goes through f64.
import { each32 } from "./drivers";
import { konst, load4, madd, pick, store4 } from "./lanes";
import {
  erf4, exp4, expm1_4, expNear4, isEdge, isFar, log1p4, log1pNear4, log4, logNear4, onePlusErf4, onePlusExpNeg4, sin4,
  tanh4,
} from "./math";
import { acos64, acosh64, asin64, asinh64, atanh64, cosh64, erfc64, exp2_64, log10_64, log2_64, sinh64, tan64 } from "./math-f64";

const enum Op {
  neg, abs, sign, square, sqrt, rsqrt, reciprocal, relu, softsign, floor, ceil, round, trunc, frac,
  exp, expm1, log, log1p, sin, cos, tanh, erf, sigmoid, logSigmoid, silu, gelu, geluTanh,
  clamp, leakyRelu, elu, softplus, threshold,
}

const K = memory.data<f32>([
  1.0, 0.5, 0.70710678118654752, // 2: sqrt(1/2)
  1.5957691216057308, 0.07135481627260025, // 3, 4: 2 sqrt(2 / pi), and the same times 0.044715
], 16);

// @ts-ignore: decorator
@inline function apply(op: i32, v: v128): v128 {
  const zero = i32x4.splat(0);
  if (op == Op.neg) return f32x4.neg(v);
  if (op == Op.abs) return f32x4.abs(v);
  if (op == Op.sign) {
    return f32x4.sub(v128.and(f32x4.gt(v, zero), konst(K, 0)), v128.and(f32x4.lt(v, zero), konst(K, 0)));
  }
  if (op == Op.square) return f32x4.mul(v, v);
  if (op == Op.sqrt) return f32x4.sqrt(v);
  if (op == Op.rsqrt) return f32x4.div(konst(K, 0), f32x4.sqrt(v));
  if (op == Op.reciprocal) return f32x4.div(konst(K, 0), v);
  if (op == Op.relu) return f32x4.pmax(v, zero); // v first: keeps NaN
  if (op == Op.softsign) return f32x4.div(v, f32x4.add(f32x4.abs(v), konst(K, 0)));
  if (op == Op.floor) return f32x4.floor(v);
  if (op == Op.ceil) return f32x4.ceil(v);
  if (op == Op.round) return f32x4.nearest(v);
  if (op == Op.trunc) return f32x4.trunc(v);
  if (op == Op.frac) return f32x4.sub(v, f32x4.trunc(v));
  if (op == Op.exp) return exp4(v);
  if (op == Op.expm1) return expm1_4(v);
  if (op == Op.log) return log4(v);
  if (op == Op.log1p) return log1p4(v);
  if (op == Op.sin) return sin4(v, 0);
  if (op == Op.cos) return sin4(v, 1);
  if (op == Op.tanh) return tanh4(v);
  if (op == Op.erf) return erf4(v);
  if (op == Op.sigmoid) return f32x4.div(konst(K, 0), onePlusExpNeg4(v));
  if (op == Op.silu) return f32x4.div(v, onePlusExpNeg4(v));
  if (op == Op.logSigmoid) return f32x4.sub(f32x4.pmin(v, zero), log1p4(exp4(f32x4.neg(f32x4.abs(v)))));
  if (op == Op.gelu) return f32x4.mul(f32x4.mul(v, konst(K, 1)), onePlusErf4(f32x4.mul(v, konst(K, 2))));
  // x (1 + tanh(u)) / 2 = x / (1 + exp(-2 u))
  if (op == Op.geluTanh) {
    return f32x4.div(v, onePlusExpNeg4(f32x4.mul(v, madd(f32x4.mul(v, v), konst(K, 4), konst(K, 3)))));
  }
  return unreachable();
}

/** Two parameters in all lanes. */
// @ts-ignore: decorator
@inline function applyParameters(op: i32, v: v128, p: v128, q: v128): v128 {
  const zero = i32x4.splat(0);
  if (op == Op.clamp) return f32x4.pmin(f32x4.pmax(v, p), q);
  if (op == Op.leakyRelu) return pick(f32x4.gt(v, zero), v, f32x4.mul(v, p));
  if (op == Op.elu) return pick(f32x4.gt(v, zero), v, f32x4.mul(p, expm1_4(v)));
  if (op == Op.softplus) {
    const scaled = f32x4.mul(v, p);
    return pick(f32x4.gt(scaled, q), v, f32x4.div(log1p4(exp4(scaled)), p));
  }
  if (op == Op.threshold) return pick(f32x4.le(v, p), q, v);
  return unreachable();
}

/** For cheap operations: the body stands twice, so that the main loop has no branch. */
// @ts-ignore: decorator
@inline function cheap(op: i32, x: usize, out: usize, begin: i32, end: i32): void {
  let i = begin;
  // A turn of a loop costs as much as two such vectors.
  for (; i + 32 <= end; i += 32) {
    const from = x + (<usize>i << 2), to = out + (<usize>i << 2);
    v128.store(to, apply(op, v128.load(from)));
    v128.store(to, apply(op, v128.load(from, 16)), 16);
    v128.store(to, apply(op, v128.load(from, 32)), 32);
    v128.store(to, apply(op, v128.load(from, 48)), 48);
    v128.store(to, apply(op, v128.load(from, 64)), 64);
    v128.store(to, apply(op, v128.load(from, 80)), 80);
    v128.store(to, apply(op, v128.load(from, 96)), 96);
    v128.store(to, apply(op, v128.load(from, 112)), 112);
  }
  for (; i + 4 <= end; i += 4) v128.store(out + (<usize>i << 2), apply(op, v128.load(x + (<usize>i << 2))));
  for (; i < end; ++i) {
    v128.store_lane<f32>(out + (<usize>i << 2), apply(op, v128.load32_zero(x + (<usize>i << 2))), 0);
  }
}

/** For the most used of the long operations: pairs of vectors share the loads of constants. */
// @ts-ignore: decorator
@inline function paired(op: i32, x: usize, out: usize, begin: i32, end: i32): void {
  for (; begin + 8 <= end; begin += 8) {
    const at = <usize>begin << 2;
    const a = apply(op, v128.load(x + at)), b = apply(op, v128.load(x + at, 16));
    v128.store(out + at, a);
    v128.store(out + at, b, 16);
  }
  long(op, x, out, begin, end);
}

/** For long operations: the body stands once. */
// @ts-ignore: decorator
@inline function long(op: i32, x: usize, out: usize, begin: i32, end: i32): void {
  for (let i = begin; i < end; i += 4) {
    const at = <usize>i << 2;
    store4(out + at, 1, end - i, apply(op, load4(x + at, 1, end - i)));
  }
}

// @ts-ignore: decorator
@inline function parametric(op: i32, x: usize, out: usize, begin: i32, end: i32, p: f64, q: f64): void {
  const p4 = f32x4.splat(<f32>p), q4 = f32x4.splat(<f32>q);
  let i = begin;
  if (op == Op.clamp || op == Op.leakyRelu) {
    for (; i + 16 <= end; i += 16) {
      const from = x + (<usize>i << 2), to = out + (<usize>i << 2);
      v128.store(to, applyParameters(op, v128.load(from), p4, q4));
      v128.store(to, applyParameters(op, v128.load(from, 16), p4, q4), 16);
      v128.store(to, applyParameters(op, v128.load(from, 32), p4, q4), 32);
      v128.store(to, applyParameters(op, v128.load(from, 48), p4, q4), 48);
    }
  }
  for (; i < end; i += 4) {
    const at = <usize>i << 2;
    store4(out + at, 1, end - i, applyParameters(op, load4(x + at, 1, end - i), p4, q4));
  }
}

export function neg_f32(x: usize, out: usize, begin: i32, end: i32): void {
  cheap(Op.neg, x, out, begin, end);
}

export function abs_f32(x: usize, out: usize, begin: i32, end: i32): void {
  cheap(Op.abs, x, out, begin, end);
}

export function sign_f32(x: usize, out: usize, begin: i32, end: i32): void {
  cheap(Op.sign, x, out, begin, end);
}

export function square_f32(x: usize, out: usize, begin: i32, end: i32): void {
  cheap(Op.square, x, out, begin, end);
}

export function sqrt_f32(x: usize, out: usize, begin: i32, end: i32): void {
  cheap(Op.sqrt, x, out, begin, end);
}

export function rsqrt_f32(x: usize, out: usize, begin: i32, end: i32): void {
  cheap(Op.rsqrt, x, out, begin, end);
}

export function reciprocal_f32(x: usize, out: usize, begin: i32, end: i32): void {
  cheap(Op.reciprocal, x, out, begin, end);
}

export function relu_f32(x: usize, out: usize, begin: i32, end: i32): void {
  cheap(Op.relu, x, out, begin, end);
}

export function softsign_f32(x: usize, out: usize, begin: i32, end: i32): void {
  cheap(Op.softsign, x, out, begin, end);
}

export function floor_f32(x: usize, out: usize, begin: i32, end: i32): void {
  cheap(Op.floor, x, out, begin, end);
}

export function ceil_f32(x: usize, out: usize, begin: i32, end: i32): void {
  cheap(Op.ceil, x, out, begin, end);
}

export function round_f32(x: usize, out: usize, begin: i32, end: i32): void {
  cheap(Op.round, x, out, begin, end);
}

export function trunc_f32(x: usize, out: usize, begin: i32, end: i32): void {
  cheap(Op.trunc, x, out, begin, end);
}

export function frac_f32(x: usize, out: usize, begin: i32, end: i32): void {
  cheap(Op.frac, x, out, begin, end);
}

export function exp_f32(x: usize, out: usize, begin: i32, end: i32): void {
  for (; begin + 8 <= end; begin += 8) {
    const at = <usize>begin << 2;
    let a = v128.load(x + at), b = v128.load(x + at, 16);
    const far = isFar(a, b);
    a = far ? exp4(a) : expNear4(a);
    b = far ? exp4(b) : expNear4(b);
    v128.store(out + at, a);
    v128.store(out + at, b, 16);
  }
  long(Op.exp, x, out, begin, end);
}

export function expm1_f32(x: usize, out: usize, begin: i32, end: i32): void {
  long(Op.expm1, x, out, begin, end);
}

function logAny(x: usize, out: usize, begin: i32, end: i32): void {
  long(Op.log, x, out, begin, end);
}

export function log_f32(x: usize, out: usize, begin: i32, end: i32): void {
  for (; begin + 8 <= end; begin += 8) {
    const at = <usize>begin << 2;
    const a = v128.load(x + at), b = v128.load(x + at, 16);
    if (isEdge(a, b)) logAny(x, out, begin, begin + 8);
    else {
      v128.store(out + at, logNear4(a));
      v128.store(out + at, logNear4(b), 16);
    }
  }
  logAny(x, out, begin, end);
}

function log1pAny(x: usize, out: usize, begin: i32, end: i32): void {
  long(Op.log1p, x, out, begin, end);
}

export function log1p_f32(x: usize, out: usize, begin: i32, end: i32): void {
  for (; begin + 8 <= end; begin += 8) {
    const at = <usize>begin << 2;
    const a = v128.load(x + at), b = v128.load(x + at, 16);
    const u = f32x4.add(a, konst(K, 0)), v = f32x4.add(b, konst(K, 0));
    if (isEdge(u, v)) log1pAny(x, out, begin, begin + 8);
    else {
      v128.store(out + at, log1pNear4(a, u));
      v128.store(out + at, log1pNear4(b, v), 16);
    }
  }
  log1pAny(x, out, begin, end);
}

export function sin_f32(x: usize, out: usize, begin: i32, end: i32): void {
  long(Op.sin, x, out, begin, end);
}

export function cos_f32(x: usize, out: usize, begin: i32, end: i32): void {
  long(Op.cos, x, out, begin, end);
}

export function tanh_f32(x: usize, out: usize, begin: i32, end: i32): void {
  paired(Op.tanh, x, out, begin, end);
}

export function erf_f32(x: usize, out: usize, begin: i32, end: i32): void {
  paired(Op.erf, x, out, begin, end);
}

export function sigmoid_f32(x: usize, out: usize, begin: i32, end: i32): void {
  paired(Op.sigmoid, x, out, begin, end);
}

export function logSigmoid_f32(x: usize, out: usize, begin: i32, end: i32): void {
  long(Op.logSigmoid, x, out, begin, end);
}

export function silu_f32(x: usize, out: usize, begin: i32, end: i32): void {
  paired(Op.silu, x, out, begin, end);
}

export function gelu_f32(x: usize, out: usize, begin: i32, end: i32): void {
  long(Op.gelu, x, out, begin, end);
}

export function geluTanh_f32(x: usize, out: usize, begin: i32, end: i32): void {
  long(Op.geluTanh, x, out, begin, end);
}

/** `p` min, `q` max; a NaN among them makes everything NaN. */
export function clamp_f32(x: usize, out: usize, begin: i32, end: i32, p: f64, q: f64): void {
  if (p != p || q != q) for (let i = begin; i < end; ++i) store<f32>(out + (<usize>i << 2), NaN);
  else parametric(Op.clamp, x, out, begin, end, p, q);
}

/** `p` the slope below 0. */
export function leakyRelu_f32(x: usize, out: usize, begin: i32, end: i32, p: f64, q: f64): void {
  parametric(Op.leakyRelu, x, out, begin, end, p, q);
}

/** `p` alpha. */
export function elu_f32(x: usize, out: usize, begin: i32, end: i32, p: f64, q: f64): void {
  parametric(Op.elu, x, out, begin, end, p, q);
}

function softplusAny(x: usize, out: usize, begin: i32, end: i32, p: f64, q: f64): void {
  parametric(Op.softplus, x, out, begin, end, p, q);
}

/** `p` beta, `q` threshold. */
export function softplus_f32(x: usize, out: usize, begin: i32, end: i32, p: f64, q: f64): void {
  const p4 = f32x4.splat(<f32>p), q4 = f32x4.splat(<f32>q);
  for (; begin + 8 <= end; begin += 8) {
    const at = <usize>begin << 2;
    const a = v128.load(x + at), b = v128.load(x + at, 16);
    const s = f32x4.mul(a, p4), t = f32x4.mul(b, p4);
    if (isFar(s, t)) softplusAny(x, out, begin, begin + 8, p, q);
    else {
      v128.store(out + at, softplusNear(a, s, p4, q4));
      v128.store(out + at, softplusNear(b, t, p4, q4), 16);
    }
  }
  softplusAny(x, out, begin, end, p, q);
}

// @ts-ignore: decorator
@inline function softplusNear(v: v128, scaled: v128, p: v128, q: v128): v128 {
  const e = expNear4(scaled);
  return pick(f32x4.gt(scaled, q), v, f32x4.div(log1pNear4(e, f32x4.add(e, konst(K, 0))), p));
}

/** `p` threshold, `q` the value up to it. */
export function threshold_f32(x: usize, out: usize, begin: i32, end: i32, p: f64, q: f64): void {
  parametric(Op.threshold, x, out, begin, end, p, q);
}

export function exp2_f32(x: usize, out: usize, begin: i32, end: i32): void {
  each32(exp2_64, x, out, begin, end);
}

export function log2_f32(x: usize, out: usize, begin: i32, end: i32): void {
  each32(log2_64, x, out, begin, end);
}

export function log10_f32(x: usize, out: usize, begin: i32, end: i32): void {
  each32(log10_64, x, out, begin, end);
}

export function tan_f32(x: usize, out: usize, begin: i32, end: i32): void {
  each32(tan64, x, out, begin, end);
}

export function asin_f32(x: usize, out: usize, begin: i32, end: i32): void {
  each32(asin64, x, out, begin, end);
}

export function acos_f32(x: usize, out: usize, begin: i32, end: i32): void {
  each32(acos64, x, out, begin, end);
}

export function atan_f32(x: usize, out: usize, begin: i32, end: i32): void {
  each32(NativeMath.atan, x, out, begin, end);
}

export function sinh_f32(x: usize, out: usize, begin: i32, end: i32): void {
  each32(sinh64, x, out, begin, end);
}

export function cosh_f32(x: usize, out: usize, begin: i32, end: i32): void {
  each32(cosh64, x, out, begin, end);
}

export function asinh_f32(x: usize, out: usize, begin: i32, end: i32): void {
  each32(asinh64, x, out, begin, end);
}

export function acosh_f32(x: usize, out: usize, begin: i32, end: i32): void {
  each32(acosh64, x, out, begin, end);
}

export function atanh_f32(x: usize, out: usize, begin: i32, end: i32): void {
  each32(atanh64, x, out, begin, end);
}

export function erfc_f32(x: usize, out: usize, begin: i32, end: i32): void {
  each32(erfc64, x, out, begin, end);
}
