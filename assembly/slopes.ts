// Gradients of activations: `g` times the slope at `x`, over elements [begin, end) of contiguous tensors. The slopes'
// errors are at most a few units of 2^-22 times (1 + |slope|).
import { konst, load4, madd, pick, store4 } from "./lanes";
import { exp4, onePlusErf4, onePlusExpNeg4 } from "./math";
import { erfc64, exp64 } from "./math-f64";

const enum Op { leakyRelu, elu, softplus, hardtanh, gelu, geluTanh, silu }

const K = memory.data<f32>([
  1.0, 0.5, 0.70710678118654752, -0.5, 0.3989422804014327, // 4: 1 / sqrt(2 pi)
  1.5957691216057308, 0.07135481627260025, // 5, 6: 2 sqrt(2 / pi), and the same times 0.044715
  1.5957691216057308, 0.21406444881780075, // 7, 8: the derivative of their polynomial
  -16.0, 16.0, // 9, 10: beyond, the slope of gelu is 0 or 1
], 16);

// @ts-ignore: decorator
@inline function apply(op: i32, g: v128, x: v128, p: v128, q: v128): v128 {
  const zero = i32x4.splat(0), one = konst(K, 0);
  if (op == Op.leakyRelu) return pick(f32x4.gt(x, zero), g, f32x4.mul(g, p));
  if (op == Op.elu) return pick(f32x4.gt(x, zero), g, f32x4.mul(g, f32x4.mul(p, exp4(x))));
  if (op == Op.softplus) {
    const scaled = f32x4.mul(x, p);
    return pick(f32x4.gt(scaled, q), g, f32x4.div(g, onePlusExpNeg4(scaled)));
  }
  if (op == Op.hardtanh) return v128.and(g, v128.and(f32x4.gt(x, p), f32x4.lt(x, q)));
  if (op == Op.gelu) {
    const density = f32x4.mul(konst(K, 4), exp4(f32x4.mul(f32x4.mul(x, x), konst(K, 3))));
    const below = f32x4.mul(konst(K, 1), onePlusErf4(f32x4.mul(x, konst(K, 2))));
    return f32x4.mul(g, madd(x, density, below));
  }
  if (op == Op.geluTanh) {
    const v = f32x4.pmin(f32x4.pmax(x, konst(K, 9)), konst(K, 10)), square = f32x4.mul(v, v);
    const s = f32x4.div(one, onePlusExpNeg4(f32x4.mul(v, madd(square, konst(K, 6), konst(K, 5)))));
    const rise = f32x4.mul(v, madd(square, konst(K, 8), konst(K, 7)));
    return f32x4.mul(g, madd(f32x4.mul(s, f32x4.sub(one, s)), rise, s));
  }
  const s = f32x4.div(one, onePlusExpNeg4(x));
  return f32x4.mul(g, f32x4.mul(s, madd(x, f32x4.sub(one, s), one)));
}

// @ts-ignore: decorator
@inline function each(op: i32, g: usize, x: usize, out: usize, begin: i32, end: i32, p: f64, q: f64): void {
  const p4 = f32x4.splat(<f32>p), q4 = f32x4.splat(<f32>q);
  for (let i = begin; i < end; i += 4) {
    const at = <usize>i << 2, left = end - i;
    store4(out + at, 1, left, apply(op, load4(g + at, 1, left), load4(x + at, 1, left), p4, q4));
  }
}

/** `p` the slope below 0. */
export function leakyReluBackward_f32(g: usize, x: usize, out: usize, begin: i32, end: i32, p: f64, q: f64): void {
  each(Op.leakyRelu, g, x, out, begin, end, p, q);
}

/** `p` alpha. */
export function eluBackward_f32(g: usize, x: usize, out: usize, begin: i32, end: i32, p: f64, q: f64): void {
  each(Op.elu, g, x, out, begin, end, p, q);
}

/** `p` beta, `q` threshold. */
export function softplusBackward_f32(g: usize, x: usize, out: usize, begin: i32, end: i32, p: f64, q: f64): void {
  each(Op.softplus, g, x, out, begin, end, p, q);
}

/** `p` min, `q` max: at them the slope is 0. */
export function hardtanhBackward_f32(g: usize, x: usize, out: usize, begin: i32, end: i32, p: f64, q: f64): void {
  each(Op.hardtanh, g, x, out, begin, end, p, q);
}

export function geluBackward_f32(g: usize, x: usize, out: usize, begin: i32, end: i32, p: f64, q: f64): void {
  each(Op.gelu, g, x, out, begin, end, p, q);
}

export function geluTanhBackward_f32(g: usize, x: usize, out: usize, begin: i32, end: i32, p: f64, q: f64): void {
  each(Op.geluTanh, g, x, out, begin, end, p, q);
}

export function siluBackward_f32(g: usize, x: usize, out: usize, begin: i32, end: i32, p: f64, q: f64): void {
  each(Op.silu, g, x, out, begin, end, p, q);
}

// @ts-ignore: decorator
@inline function slope64(op: i32, x: f64, p: f64, q: f64): f64 {
  if (op == Op.leakyRelu) return x > 0 ? 1.0 : p;
  if (op == Op.elu) return x > 0 ? 1.0 : p * exp64(x);
  if (op == Op.softplus) return x * p > q ? 1.0 : 1.0 / (1.0 + exp64(-x * p));
  if (op == Op.gelu) return 0.5 * erfc64(x * -0.70710678118654752440) + x * 0.39894228040143267794 * exp64(-0.5 * x * x);
  if (op == Op.geluTanh) {
    const v = min(max(x, -50.0), 50.0), s = 1.0 / (1.0 + exp64(v * (-1.5957691216057308 - 0.07135481627260025 * v * v)));
    return s + s * (1.0 - s) * v * (1.5957691216057308 + 0.21406444881780075 * v * v);
  }
  const s = 1.0 / (1.0 + exp64(-x));
  return s * (1.0 + x * (1.0 - s));
}

// @ts-ignore: decorator
@inline function each64(op: i32, g: usize, x: usize, out: usize, begin: i32, end: i32, p: f64, q: f64): void {
  for (let i = begin; i < end; ++i) {
    const at = <usize>i << 3, v = load<f64>(x + at), up = load<f64>(g + at);
    if (op == Op.hardtanh) store<f64>(out + at, v > p && v < q ? up : 0.0);
    else store<f64>(out + at, up * slope64(op, v, p, q));
  }
}

export function leakyReluBackward_f64(g: usize, x: usize, out: usize, begin: i32, end: i32, p: f64, q: f64): void {
  each64(Op.leakyRelu, g, x, out, begin, end, p, q);
}

export function eluBackward_f64(g: usize, x: usize, out: usize, begin: i32, end: i32, p: f64, q: f64): void {
  each64(Op.elu, g, x, out, begin, end, p, q);
}

export function softplusBackward_f64(g: usize, x: usize, out: usize, begin: i32, end: i32, p: f64, q: f64): void {
  each64(Op.softplus, g, x, out, begin, end, p, q);
}

export function hardtanhBackward_f64(g: usize, x: usize, out: usize, begin: i32, end: i32, p: f64, q: f64): void {
  each64(Op.hardtanh, g, x, out, begin, end, p, q);
}

export function geluBackward_f64(g: usize, x: usize, out: usize, begin: i32, end: i32, p: f64, q: f64): void {
  each64(Op.gelu, g, x, out, begin, end, p, q);
}

export function geluTanhBackward_f64(g: usize, x: usize, out: usize, begin: i32, end: i32, p: f64, q: f64): void {
  each64(Op.geluTanh, g, x, out, begin, end, p, q);
}

export function siluBackward_f64(g: usize, x: usize, out: usize, begin: i32, end: i32, p: f64, q: f64): void {
  each64(Op.silu, g, x, out, begin, end, p, q);
}
