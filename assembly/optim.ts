// One optimizer step over a parameter, in place. All kernels have one form: the parameter, its gradient, up to three
// state vectors (0 where unused), the address of the scalars (of the parameter's type, in the order each kernel lists), and
// the elements [begin, end). Every scalar list begins with the gradient's sign (-1 to maximize) and the weight decay.
import { pick } from "./lanes";

// @ts-ignore: decorator
@inline function scalar<T>(scalars: usize, k: i32): v128 {
  return v128.load_splat<T>(scalars + <usize>k * sizeof<T>());
}

// @ts-ignore: decorator
@inline function isSet<T>(scalars: usize, k: i32): bool {
  return load<T>(scalars + <usize>k * sizeof<T>()) != 0;
}

/** A vector, or one element where the range ends. */
// @ts-ignore: decorator
@inline function get<T>(p: usize, whole: bool): v128 {
  return whole ? v128.load(p) : sizeof<T>() == 4 ? v128.load32_splat(p) : v128.load64_splat(p);
}

// @ts-ignore: decorator
@inline function put<T>(p: usize, whole: bool, v: v128): void {
  if (whole) v128.store(p, v);
  else v128.store_lane<T>(p, v, 0);
}

/** `a * x + b * y * y`, rounded in that order, as PyTorch's `addcmul`. */
// @ts-ignore: decorator
@inline function mixSquare<T>(a: v128, x: v128, b: v128, y: v128): v128 {
  return v128.add<T>(v128.mul<T>(a, x), v128.mul<T>(v128.mul<T>(b, y), y));
}

/**
 * `a * x + b * y`, 0 where that is below the smallest normal number: means that only decay end there for good, and engines
 * take fifty times as long for such numbers.
 */
// @ts-ignore: decorator
@inline function decaying<T>(a: v128, x: v128, b: v128, y: v128): v128 {
  const v = mix<T>(a, x, b, y);
  return v128.andnot(v, v128.lt<T>(v128.abs<T>(v), v128.load_splat<T>(sizeof<T>() == 4 ? TINY32 : TINY64)));
}
const TINY32 = memory.data<f32>([1.17549435e-38], 16), TINY64 = memory.data<f64>([2.2250738585072014e-308], 16);

/** `a * x + b * y` */
// @ts-ignore: decorator
@inline function mix<T>(a: v128, x: v128, b: v128, y: v128): v128 {
  return v128.add<T>(v128.mul<T>(a, x), v128.mul<T>(b, y));
}

/** The gradient as the rules see it: with its sign, and `decay * p` where there is decay. */
// @ts-ignore: decorator
@inline function slope<T>(g: usize, p: v128, sign: v128, decay: v128, decays: bool, whole: bool): v128 {
  const d = v128.mul<T>(get<T>(g, whole), sign);
  return decays ? v128.add<T>(d, v128.mul<T>(decay, p)) : d;
}

/** Momentum in `a`. Scalars: sign, decay, momentum, 1 - dampening, nesterov (0 or 1), lr. */
// @ts-ignore: decorator
@inline function sgd<T>(p: usize, g: usize, a: usize, s: usize, begin: i32, end: i32): void {
  const sign = scalar<T>(s, 0), decay = scalar<T>(s, 1), momentum = scalar<T>(s, 2), share = scalar<T>(s, 3);
  const rate = scalar<T>(s, 5);
  const decays = isSet<T>(s, 1), nesterov = isSet<T>(s, 4);
  const lanes = 16 / <i32>sizeof<T>();
  let i = begin;
  // The usual rules by themselves: with a branch in it, a loop takes twice as long.
  if (!decays && !nesterov) {
    if (a) {
      for (; i + lanes <= end; i += lanes) {
        const o = <usize>i * sizeof<T>();
        const b = decaying<T>(momentum, v128.load(a + o), share, v128.mul<T>(v128.load(g + o), sign));
        v128.store(a + o, b);
        v128.store(p + o, v128.sub<T>(v128.load(p + o), v128.mul<T>(rate, b)));
      }
    } else {
      for (; i + lanes <= end; i += lanes) {
        const o = <usize>i * sizeof<T>();
        const d = v128.mul<T>(v128.load(g + o), sign);
        v128.store(p + o, v128.sub<T>(v128.load(p + o), v128.mul<T>(rate, d)));
      }
    }
  }
  while (i < end) {
    const whole = end - i >= lanes, o = <usize>i * sizeof<T>();
    const x = get<T>(p + o, whole);
    let d = slope<T>(g + o, x, sign, decay, decays, whole);
    if (a) {
      const b = decaying<T>(momentum, get<T>(a + o, whole), share, d);
      put<T>(a + o, whole, b);
      d = nesterov ? v128.add<T>(d, v128.mul<T>(momentum, b)) : b;
    }
    put<T>(p + o, whole, v128.sub<T>(x, v128.mul<T>(rate, d)));
    i += whole ? lanes : 1;
  }
}

/**
 * Means of the gradient and its square in `a` and `b`, the largest mean square in `c`. Scalars: sign, decay, factor of
 * the parameter, beta1, 1 - beta1, beta2, 1 - beta2, then the step: factors of the gradient and of its mean, and
 * the factor of the root and the term beside it in the denominator.
 */
// @ts-ignore: decorator
@inline function adam<T>(p: usize, g: usize, a: usize, b: usize, c: usize, s: usize, begin: i32, end: i32): void {
  const sign = scalar<T>(s, 0), decay = scalar<T>(s, 1), shrink = scalar<T>(s, 2);
  const beta1 = scalar<T>(s, 3), rest1 = scalar<T>(s, 4), beta2 = scalar<T>(s, 5), rest2 = scalar<T>(s, 6);
  const ofSlope = scalar<T>(s, 7), ofMean = scalar<T>(s, 8), ofRoot = scalar<T>(s, 9), eps = scalar<T>(s, 10);
  const decays = isSet<T>(s, 1), direct = isSet<T>(s, 7);
  const lanes = 16 / <i32>sizeof<T>();
  let i = begin;
  if (!decays && !direct && c == 0) {
    for (; i + lanes <= end; i += lanes) {
      const o = <usize>i * sizeof<T>(), d = v128.mul<T>(v128.load(g + o), sign);
      const m = decaying<T>(beta1, v128.load(a + o), rest1, d), v = mixSquare<T>(beta2, v128.load(b + o), rest2, d);
      v128.store(a + o, m);
      v128.store(b + o, v);
      const down = v128.add<T>(v128.mul<T>(ofRoot, v128.sqrt<T>(v)), eps);
      const x = v128.mul<T>(v128.load(p + o), shrink);
      v128.store(p + o, v128.sub<T>(x, v128.div<T>(v128.mul<T>(ofMean, m), down)));
    }
  }
  while (i < end) {
    const whole = end - i >= lanes, o = <usize>i * sizeof<T>();
    let x = get<T>(p + o, whole);
    const d = slope<T>(g + o, x, sign, decay, decays, whole);
    const m = decaying<T>(beta1, get<T>(a + o, whole), rest1, d);
    let v = mixSquare<T>(beta2, get<T>(b + o, whole), rest2, d);
    put<T>(a + o, whole, m);
    put<T>(b + o, whole, v);
    if (c) {
      v = v128.max<T>(v, get<T>(c + o, whole));
      put<T>(c + o, whole, v);
    }
    x = v128.mul<T>(x, shrink);
    let up = v128.mul<T>(ofMean, m);
    if (direct) up = v128.add<T>(up, v128.mul<T>(ofSlope, d));
    const down = v128.add<T>(v128.mul<T>(ofRoot, v128.sqrt<T>(v)), eps);
    put<T>(p + o, whole, v128.sub<T>(x, v128.div<T>(up, down)));
    i += whole ? lanes : 1;
  }
}

/** Mean square in `a`, mean in `b` where centered, momentum in `c`. Scalars: sign, decay, alpha, 1 - alpha, eps, momentum, lr. */
// @ts-ignore: decorator
@inline function rmsprop<T>(p: usize, g: usize, a: usize, b: usize, c: usize, s: usize, begin: i32, end: i32): void {
  const sign = scalar<T>(s, 0), decay = scalar<T>(s, 1), alpha = scalar<T>(s, 2), rest = scalar<T>(s, 3);
  const eps = scalar<T>(s, 4), momentum = scalar<T>(s, 5), rate = scalar<T>(s, 6);
  const decays = isSet<T>(s, 1);
  const lanes = 16 / <i32>sizeof<T>();
  let i = begin;
  while (i < end) {
    const whole = end - i >= lanes, o = <usize>i * sizeof<T>();
    const x = get<T>(p + o, whole);
    let d = slope<T>(g + o, x, sign, decay, decays, whole);
    let v = mixSquare<T>(alpha, get<T>(a + o, whole), rest, d);
    put<T>(a + o, whole, v);
    if (b) {
      const m = mix<T>(alpha, get<T>(b + o, whole), rest, d);
      put<T>(b + o, whole, m);
      v = v128.sub<T>(v, v128.mul<T>(m, m));
    }
    const root = v128.add<T>(v128.sqrt<T>(v), eps);
    if (c) {
      d = v128.add<T>(v128.mul<T>(momentum, get<T>(c + o, whole)), v128.div<T>(d, root));
      put<T>(c + o, whole, d);
      d = v128.mul<T>(rate, d);
    } else d = v128.div<T>(v128.mul<T>(rate, d), root);
    put<T>(p + o, whole, v128.sub<T>(x, d));
    i += whole ? lanes : 1;
  }
}

/** Sum of squares in `a`. Scalars: sign, decay, eps, lr. */
// @ts-ignore: decorator
@inline function adagrad<T>(p: usize, g: usize, a: usize, s: usize, begin: i32, end: i32): void {
  const sign = scalar<T>(s, 0), decay = scalar<T>(s, 1), eps = scalar<T>(s, 2), rate = scalar<T>(s, 3);
  const decays = isSet<T>(s, 1);
  const lanes = 16 / <i32>sizeof<T>();
  let i = begin;
  while (i < end) {
    const whole = end - i >= lanes, o = <usize>i * sizeof<T>();
    const x = get<T>(p + o, whole), d = slope<T>(g + o, x, sign, decay, decays, whole);
    const sum = v128.add<T>(get<T>(a + o, whole), v128.mul<T>(d, d));
    put<T>(a + o, whole, sum);
    const root = v128.add<T>(v128.sqrt<T>(sum), eps);
    put<T>(p + o, whole, v128.sub<T>(x, v128.div<T>(v128.mul<T>(rate, d), root)));
    i += whole ? lanes : 1;
  }
}

/** Mean squares of the gradient in `a`, of the change in `b`. Scalars: sign, decay, rho, 1 - rho, eps, lr. */
// @ts-ignore: decorator
@inline function adadelta<T>(p: usize, g: usize, a: usize, b: usize, s: usize, begin: i32, end: i32): void {
  const sign = scalar<T>(s, 0), decay = scalar<T>(s, 1), rho = scalar<T>(s, 2), rest = scalar<T>(s, 3);
  const eps = scalar<T>(s, 4), rate = scalar<T>(s, 5);
  const decays = isSet<T>(s, 1);
  const lanes = 16 / <i32>sizeof<T>();
  let i = begin;
  while (i < end) {
    const whole = end - i >= lanes, o = <usize>i * sizeof<T>();
    const x = get<T>(p + o, whole), d = slope<T>(g + o, x, sign, decay, decays, whole);
    const square = mixSquare<T>(rho, get<T>(a + o, whole), rest, d), before = get<T>(b + o, whole);
    const up = v128.sqrt<T>(v128.add<T>(before, eps)), down = v128.sqrt<T>(v128.add<T>(square, eps));
    const change = v128.mul<T>(v128.div<T>(up, down), d);
    put<T>(a + o, whole, square);
    put<T>(b + o, whole, mixSquare<T>(rho, before, rest, change));
    put<T>(p + o, whole, v128.sub<T>(x, v128.mul<T>(rate, change)));
    i += whole ? lanes : 1;
  }
}

/** Mean in `a`, infinity norm in `b`. Scalars: sign, decay, beta1, 1 - beta1, beta2, eps, rate. */
// @ts-ignore: decorator
@inline function adamax<T>(p: usize, g: usize, a: usize, b: usize, s: usize, begin: i32, end: i32): void {
  const sign = scalar<T>(s, 0), decay = scalar<T>(s, 1), beta1 = scalar<T>(s, 2), rest1 = scalar<T>(s, 3);
  const beta2 = scalar<T>(s, 4), eps = scalar<T>(s, 5), rate = scalar<T>(s, 6);
  const decays = isSet<T>(s, 1);
  const lanes = 16 / <i32>sizeof<T>();
  let i = begin;
  while (i < end) {
    const whole = end - i >= lanes, o = <usize>i * sizeof<T>();
    const x = get<T>(p + o, whole), d = slope<T>(g + o, x, sign, decay, decays, whole);
    const m = mix<T>(beta1, get<T>(a + o, whole), rest1, d);
    const norm = v128.max<T>(v128.mul<T>(beta2, get<T>(b + o, whole)), v128.add<T>(v128.abs<T>(d), eps));
    put<T>(a + o, whole, m);
    put<T>(b + o, whole, norm);
    put<T>(p + o, whole, v128.sub<T>(x, v128.div<T>(v128.mul<T>(rate, m), norm)));
    i += whole ? lanes : 1;
  }
}

/** Gradient before in `a`, step sizes in `b`. Scalars: sign, (unused), factors down and up, smallest and largest step. */
// @ts-ignore: decorator
@inline function rprop<T>(p: usize, g: usize, a: usize, b: usize, s: usize, begin: i32, end: i32): void {
  const sign = scalar<T>(s, 0), down = scalar<T>(s, 2), up = scalar<T>(s, 3);
  const least = scalar<T>(s, 4), most = scalar<T>(s, 5);
  const zero = v128.splat<T>(0), one = v128.splat<T>(1), minus = v128.splat<T>(<T>-0.0);
  const lanes = 16 / <i32>sizeof<T>();
  let i = begin;
  while (i < end) {
    const whole = end - i >= lanes, o = <usize>i * sizeof<T>();
    let d = v128.mul<T>(get<T>(g + o, whole), sign);
    const turn = v128.mul<T>(d, get<T>(a + o, whole)), turned = v128.lt<T>(turn, zero);
    const factor = pick(v128.gt<T>(turn, zero), up, pick(turned, down, one));
    const size = v128.pmin<T>(v128.pmax<T>(v128.mul<T>(get<T>(b + o, whole), factor), least), most);
    d = v128.andnot(d, turned);
    const moves = v128.or(v128.gt<T>(d, zero), v128.lt<T>(d, zero));
    const change = v128.and(v128.or(size, v128.and(d, minus)), moves);
    put<T>(a + o, whole, d);
    put<T>(b + o, whole, size);
    put<T>(p + o, whole, v128.sub<T>(get<T>(p + o, whole), change));
    i += whole ? lanes : 1;
  }
}

/** Average of the parameter in `a`. Scalars: sign, decay, factor of the parameter, lr, share of the average. */
// @ts-ignore: decorator
@inline function asgd<T>(p: usize, g: usize, a: usize, s: usize, begin: i32, end: i32): void {
  const sign = scalar<T>(s, 0), decay = scalar<T>(s, 1), shrink = scalar<T>(s, 2), rate = scalar<T>(s, 3);
  const share = scalar<T>(s, 4);
  const decays = isSet<T>(s, 1), all = load<T>(s + 4 * sizeof<T>()) == 1;
  const lanes = 16 / <i32>sizeof<T>();
  let i = begin;
  while (i < end) {
    const whole = end - i >= lanes, o = <usize>i * sizeof<T>();
    let x = get<T>(p + o, whole);
    const d = slope<T>(g + o, x, sign, decay, decays, whole);
    x = v128.sub<T>(v128.mul<T>(x, shrink), v128.mul<T>(rate, d));
    put<T>(p + o, whole, x);
    const mean = get<T>(a + o, whole);
    put<T>(a + o, whole, all ? x : v128.add<T>(mean, v128.mul<T>(share, v128.sub<T>(x, mean))));
    i += whole ? lanes : 1;
  }
}

export function sgd_f32(p: usize, g: usize, a: usize, b: usize, c: usize, scalars: usize, begin: i32, end: i32): void {
  sgd<f32>(p, g, a, scalars, begin, end);
}
export function sgd_f64(p: usize, g: usize, a: usize, b: usize, c: usize, scalars: usize, begin: i32, end: i32): void {
  sgd<f64>(p, g, a, scalars, begin, end);
}
export function adam_f32(p: usize, g: usize, a: usize, b: usize, c: usize, scalars: usize, begin: i32, end: i32): void {
  adam<f32>(p, g, a, b, c, scalars, begin, end);
}
export function adam_f64(p: usize, g: usize, a: usize, b: usize, c: usize, scalars: usize, begin: i32, end: i32): void {
  adam<f64>(p, g, a, b, c, scalars, begin, end);
}
export function rmsprop_f32(p: usize, g: usize, a: usize, b: usize, c: usize, scalars: usize, begin: i32, end: i32): void {
  rmsprop<f32>(p, g, a, b, c, scalars, begin, end);
}
export function rmsprop_f64(p: usize, g: usize, a: usize, b: usize, c: usize, scalars: usize, begin: i32, end: i32): void {
  rmsprop<f64>(p, g, a, b, c, scalars, begin, end);
}
export function adagrad_f32(p: usize, g: usize, a: usize, b: usize, c: usize, scalars: usize, begin: i32, end: i32): void {
  adagrad<f32>(p, g, a, scalars, begin, end);
}
export function adagrad_f64(p: usize, g: usize, a: usize, b: usize, c: usize, scalars: usize, begin: i32, end: i32): void {
  adagrad<f64>(p, g, a, scalars, begin, end);
}
export function adadelta_f32(p: usize, g: usize, a: usize, b: usize, c: usize, scalars: usize, begin: i32, end: i32): void {
  adadelta<f32>(p, g, a, b, scalars, begin, end);
}
export function adadelta_f64(p: usize, g: usize, a: usize, b: usize, c: usize, scalars: usize, begin: i32, end: i32): void {
  adadelta<f64>(p, g, a, b, scalars, begin, end);
}
export function adamax_f32(p: usize, g: usize, a: usize, b: usize, c: usize, scalars: usize, begin: i32, end: i32): void {
  adamax<f32>(p, g, a, b, scalars, begin, end);
}
export function adamax_f64(p: usize, g: usize, a: usize, b: usize, c: usize, scalars: usize, begin: i32, end: i32): void {
  adamax<f64>(p, g, a, b, scalars, begin, end);
}
export function rprop_f32(p: usize, g: usize, a: usize, b: usize, c: usize, scalars: usize, begin: i32, end: i32): void {
  rprop<f32>(p, g, a, b, scalars, begin, end);
}
export function rprop_f64(p: usize, g: usize, a: usize, b: usize, c: usize, scalars: usize, begin: i32, end: i32): void {
  rprop<f64>(p, g, a, b, scalars, begin, end);
}
export function asgd_f32(p: usize, g: usize, a: usize, b: usize, c: usize, scalars: usize, begin: i32, end: i32): void {
  asgd<f32>(p, g, a, scalars, begin, end);
}
export function asgd_f64(p: usize, g: usize, a: usize, b: usize, c: usize, scalars: usize, begin: i32, end: i32): void {
  asgd<f64>(p, g, a, scalars, begin, end);
}
