// Elementwise kernels of one contiguous f64 or i64 input over elements [begin, end).
import { each64, each64p } from "./drivers";
import { acos64, acosh64, asin64, asinh64, atanh64, cosh64, erf64, erfc64, exp2_64, exp64, log10_64, log1p64, log2_64, log64, sinh64, tan64 } from "./math-f64";

const enum Op { neg, abs, sign, square, sqrt, rsqrt, reciprocal, relu, softsign, floor, ceil, round, trunc, frac, bitwiseNot }

// @ts-ignore: decorator
@inline function apply<T>(op: i32, x: T): T {
  const zero = <T>0, one = <T>1;
  if (op == Op.neg) return <T>(isFloat<T>() ? -x : zero - x);
  if (op == Op.square) return x * x;
  if (op == Op.sign) return <T>(<i32>(x > zero) - <i32>(x < zero));
  if (op == Op.relu) return x < zero ? zero : x; // keeps NaN
  if (isInteger<T>()) {
    if (op == Op.abs) return x < zero ? zero - x : x;
    if (op == Op.bitwiseNot) return ~x;
  } else {
    if (op == Op.abs) return abs(x);
    if (op == Op.sqrt) return sqrt(x);
    if (op == Op.rsqrt) return one / sqrt(x);
    if (op == Op.reciprocal) return one / x;
    if (op == Op.softsign) return x / (abs(x) + one);
    if (op == Op.floor) return floor(x);
    if (op == Op.ceil) return ceil(x);
    if (op == Op.round) return nearest(x);
    if (op == Op.trunc) return trunc(x);
    if (op == Op.frac) return x - trunc(x);
  }
  return unreachable();
}

// @ts-ignore: decorator
@inline function map<T>(op: i32, x: usize, out: usize, begin: i32, end: i32): void {
  for (let i = begin; i < end; ++i) {
    const at = <usize>i << 3;
    store<T>(out + at, apply<T>(op, load<T>(x + at)));
  }
}

export function neg_f64(x: usize, out: usize, begin: i32, end: i32): void {
  map<f64>(Op.neg, x, out, begin, end);
}

export function abs_f64(x: usize, out: usize, begin: i32, end: i32): void {
  map<f64>(Op.abs, x, out, begin, end);
}

export function sign_f64(x: usize, out: usize, begin: i32, end: i32): void {
  map<f64>(Op.sign, x, out, begin, end);
}

export function square_f64(x: usize, out: usize, begin: i32, end: i32): void {
  map<f64>(Op.square, x, out, begin, end);
}

export function sqrt_f64(x: usize, out: usize, begin: i32, end: i32): void {
  map<f64>(Op.sqrt, x, out, begin, end);
}

export function rsqrt_f64(x: usize, out: usize, begin: i32, end: i32): void {
  map<f64>(Op.rsqrt, x, out, begin, end);
}

export function reciprocal_f64(x: usize, out: usize, begin: i32, end: i32): void {
  map<f64>(Op.reciprocal, x, out, begin, end);
}

export function relu_f64(x: usize, out: usize, begin: i32, end: i32): void {
  map<f64>(Op.relu, x, out, begin, end);
}

export function softsign_f64(x: usize, out: usize, begin: i32, end: i32): void {
  map<f64>(Op.softsign, x, out, begin, end);
}

export function floor_f64(x: usize, out: usize, begin: i32, end: i32): void {
  map<f64>(Op.floor, x, out, begin, end);
}

export function ceil_f64(x: usize, out: usize, begin: i32, end: i32): void {
  map<f64>(Op.ceil, x, out, begin, end);
}

export function round_f64(x: usize, out: usize, begin: i32, end: i32): void {
  map<f64>(Op.round, x, out, begin, end);
}

export function trunc_f64(x: usize, out: usize, begin: i32, end: i32): void {
  map<f64>(Op.trunc, x, out, begin, end);
}

export function frac_f64(x: usize, out: usize, begin: i32, end: i32): void {
  map<f64>(Op.frac, x, out, begin, end);
}

export function neg_i64(x: usize, out: usize, begin: i32, end: i32): void {
  map<i64>(Op.neg, x, out, begin, end);
}

export function abs_i64(x: usize, out: usize, begin: i32, end: i32): void {
  map<i64>(Op.abs, x, out, begin, end);
}

export function sign_i64(x: usize, out: usize, begin: i32, end: i32): void {
  map<i64>(Op.sign, x, out, begin, end);
}

export function square_i64(x: usize, out: usize, begin: i32, end: i32): void {
  map<i64>(Op.square, x, out, begin, end);
}

export function relu_i64(x: usize, out: usize, begin: i32, end: i32): void {
  map<i64>(Op.relu, x, out, begin, end);
}

export function bitwiseNot_i64(x: usize, out: usize, begin: i32, end: i32): void {
  map<i64>(Op.bitwiseNot, x, out, begin, end);
}

export function exp_f64(x: usize, out: usize, begin: i32, end: i32): void {
  each64(exp64, x, out, begin, end);
}

export function exp2_f64(x: usize, out: usize, begin: i32, end: i32): void {
  each64(exp2_64, x, out, begin, end);
}

export function expm1_f64(x: usize, out: usize, begin: i32, end: i32): void {
  each64(NativeMath.expm1, x, out, begin, end);
}

export function log_f64(x: usize, out: usize, begin: i32, end: i32): void {
  each64(log64, x, out, begin, end);
}

export function log2_f64(x: usize, out: usize, begin: i32, end: i32): void {
  each64(log2_64, x, out, begin, end);
}

export function log10_f64(x: usize, out: usize, begin: i32, end: i32): void {
  each64(log10_64, x, out, begin, end);
}

export function log1p_f64(x: usize, out: usize, begin: i32, end: i32): void {
  each64(log1p64, x, out, begin, end);
}

export function sin_f64(x: usize, out: usize, begin: i32, end: i32): void {
  each64(NativeMath.sin, x, out, begin, end);
}

export function cos_f64(x: usize, out: usize, begin: i32, end: i32): void {
  each64(NativeMath.cos, x, out, begin, end);
}

export function tan_f64(x: usize, out: usize, begin: i32, end: i32): void {
  each64(tan64, x, out, begin, end);
}

export function asin_f64(x: usize, out: usize, begin: i32, end: i32): void {
  each64(asin64, x, out, begin, end);
}

export function acos_f64(x: usize, out: usize, begin: i32, end: i32): void {
  each64(acos64, x, out, begin, end);
}

export function atan_f64(x: usize, out: usize, begin: i32, end: i32): void {
  each64(NativeMath.atan, x, out, begin, end);
}

export function sinh_f64(x: usize, out: usize, begin: i32, end: i32): void {
  each64(sinh64, x, out, begin, end);
}

export function cosh_f64(x: usize, out: usize, begin: i32, end: i32): void {
  each64(cosh64, x, out, begin, end);
}

export function tanh_f64(x: usize, out: usize, begin: i32, end: i32): void {
  each64(NativeMath.tanh, x, out, begin, end);
}

export function asinh_f64(x: usize, out: usize, begin: i32, end: i32): void {
  each64(asinh64, x, out, begin, end);
}

export function acosh_f64(x: usize, out: usize, begin: i32, end: i32): void {
  each64(acosh64, x, out, begin, end);
}

export function atanh_f64(x: usize, out: usize, begin: i32, end: i32): void {
  each64(atanh64, x, out, begin, end);
}

export function erf_f64(x: usize, out: usize, begin: i32, end: i32): void {
  each64(erf64, x, out, begin, end);
}

export function erfc_f64(x: usize, out: usize, begin: i32, end: i32): void {
  each64(erfc64, x, out, begin, end);
}

export function sigmoid_f64(x: usize, out: usize, begin: i32, end: i32): void {
  each64(sigmoid64, x, out, begin, end);
}

export function logSigmoid_f64(x: usize, out: usize, begin: i32, end: i32): void {
  each64(logSigmoid64, x, out, begin, end);
}

export function silu_f64(x: usize, out: usize, begin: i32, end: i32): void {
  each64(silu64, x, out, begin, end);
}

export function gelu_f64(x: usize, out: usize, begin: i32, end: i32): void {
  each64(gelu64, x, out, begin, end);
}

export function geluTanh_f64(x: usize, out: usize, begin: i32, end: i32): void {
  each64(geluTanh64, x, out, begin, end);
}

function sigmoid64(x: f64): f64 {
  return 1.0 / (1.0 + exp64(-x));
}

function logSigmoid64(x: f64): f64 {
  return (x < 0 ? x : 0.0) - log1p64(exp64(-abs(x)));
}

function silu64(x: f64): f64 {
  return x / (1.0 + exp64(-x));
}

function gelu64(x: f64): f64 {
  return 0.5 * x * erfc64(x * -0.70710678118654752440);
}

/** x (1 + tanh(u)) / 2 = x / (1 + exp(-2 u)). */
function geluTanh64(x: f64): f64 {
  return x / (1.0 + exp64(x * (-1.5957691216057308 - 0.07135481627260025 * x * x)));
}

function clampTo(x: f64, p: f64, q: f64): f64 {
  return min(max(x, p), q);
}

function leakyRelu64(x: f64, p: f64, q: f64): f64 {
  return x > 0 ? x : x * p;
}

function elu64(x: f64, p: f64, q: f64): f64 {
  return x > 0 ? x : p * NativeMath.expm1(x);
}

function softplus64(x: f64, p: f64, q: f64): f64 {
  return x * p > q ? x : log1p64(exp64(x * p)) / p;
}

function threshold64(x: f64, p: f64, q: f64): f64 {
  return x <= p ? q : x;
}

/** `p` min, `q` max; a NaN among them makes everything NaN. */
export function clamp_f64(x: usize, out: usize, begin: i32, end: i32, p: f64, q: f64): void {
  each64p(clampTo, x, out, begin, end, p, q);
}

/** `p` the slope below 0. */
export function leakyRelu_f64(x: usize, out: usize, begin: i32, end: i32, p: f64, q: f64): void {
  each64p(leakyRelu64, x, out, begin, end, p, q);
}

/** `p` alpha. */
export function elu_f64(x: usize, out: usize, begin: i32, end: i32, p: f64, q: f64): void {
  each64p(elu64, x, out, begin, end, p, q);
}

/** `p` beta, `q` threshold. */
export function softplus_f64(x: usize, out: usize, begin: i32, end: i32, p: f64, q: f64): void {
  each64p(softplus64, x, out, begin, end, p, q);
}

/** `p` threshold, `q` the value up to it. */
export function threshold_f64(x: usize, out: usize, begin: i32, end: i32, p: f64, q: f64): void {
  each64p(threshold64, x, out, begin, end, p, q);
}

/** `p` min, `q` max, both saturated. */
export function clamp_i64(x: usize, out: usize, begin: i32, end: i32, p: f64, q: f64): void {
  const low = <i64>p, high = <i64>q;
  for (let i = begin; i < end; ++i) {
    const at = <usize>i << 3, v = load<i64>(x + at);
    const raised = v < low ? low : v;
    store<i64>(out + at, raised > high ? high : raised);
  }
}
