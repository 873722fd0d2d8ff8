// softmax, logSoftmax and their gradients along lines: a tensor seen as [outer, n, inner], lines of n elements `inner`
// apart. begin, end: which of the outer. Lines side by side are worked on four at a time, a lone line along its lanes.
import { konst, load4, madd, nmadd, store4 } from "./lanes";
import { log4 } from "./math";
import { exp64, log64 } from "./math-f64";

const C = memory.data<f32>([
  -88.0, 1.44269504, 12583039.0, // 0: below, exp gives 0;  1: 1 / ln 2;  2: 1.5 * 2^23 + 127, whose addition rounds
  0.693359375, -2.12194440e-4, // 3, 4: ln 2 in two parts
  0.0013814318226650357, 0.008368851616978645, 0.041668400168418884, 0.1666651964187622, 0.4999999403953552,
  -Infinity, // 10
], 16);

/** exp of numbers <= 0: 1 ulp; results below 2^-126 become 0. */
// @ts-ignore: decorator
@inline function expBelow4(x: v128): v128 {
  x = f32x4.pmax(x, konst(C, 0));
  const t = madd(x, konst(C, 1), konst(C, 2)), n = f32x4.sub(t, konst(C, 2));
  const r = nmadd(n, konst(C, 4), nmadd(n, konst(C, 3), x));
  let p = madd(konst(C, 5), r, konst(C, 6));
  p = madd(p, r, konst(C, 7));
  p = madd(p, r, konst(C, 8));
  p = madd(p, r, konst(C, 9));
  // The bits of t end in n + 127, those of 1.5 * 2^23 in zeros; n is -127 at least, where the factor is 0.
  const s = i32x4.shl(t, 23);
  return madd(madd(f32x4.mul(r, r), p, r), s, s);
}

/** The first `left` floats (1 to 3) from `p`, -infinity behind them. */
// @ts-ignore: decorator
@inline function rest4(p: usize, left: i32): v128 {
  let v = v128.load_lane<f32>(p, konst(C, 10), 0);
  if (left > 1) v = v128.load_lane<f32>(p + 4, v, 1);
  if (left > 2) v = v128.load_lane<f32>(p + 8, v, 2);
  return v;
}

// @ts-ignore: decorator
@inline function swap(v: v128): v128 {
  return i32x4.shuffle(v, v, 2, 3, 0, 1);
}

// @ts-ignore: decorator
@inline function neighbours(v: v128): v128 {
  return i32x4.shuffle(v, v, 1, 0, 3, 2);
}

/** The sum of the lanes, in every lane. */
// @ts-ignore: decorator
@inline function total4(v: v128): v128 {
  v = f32x4.add(v, swap(v));
  return f32x4.add(v, neighbours(v));
}

/** The largest of a row, in every lane; NaNs do not count (their exponential makes the sum a NaN). */
function top(x: usize, n: i32): v128 {
  let a = konst(C, 10), b = a, c = a, d = a, i = 0;
  for (; i + 16 <= n; i += 16) {
    a = f32x4.pmax(a, v128.load(x));
    b = f32x4.pmax(b, v128.load(x, 16));
    c = f32x4.pmax(c, v128.load(x, 32));
    d = f32x4.pmax(d, v128.load(x, 48));
    x += 64;
  }
  for (; i + 4 <= n; i += 4) {
    a = f32x4.pmax(a, v128.load(x));
    x += 16;
  }
  if (i < n) b = f32x4.pmax(b, rest4(x, n - i));
  a = f32x4.pmax(f32x4.pmax(a, b), f32x4.pmax(c, d));
  a = f32x4.pmax(a, swap(a));
  return f32x4.pmax(a, neighbours(a));
}

/** Sums exp(x - m) over a row, and stores them where asked to. */
// @ts-ignore: decorator
@inline function exponentials(storing: bool, x: usize, out: usize, n: i32, m: v128): v128 {
  let sum = i32x4.splat(0), sum2 = sum;
  for (; n >= 8; n -= 8) {
    const e = expBelow4(f32x4.sub(v128.load(x), m)), e2 = expBelow4(f32x4.sub(v128.load(x, 16), m));
    sum = f32x4.add(sum, e);
    sum2 = f32x4.add(sum2, e2);
    if (storing) {
      v128.store(out, e);
      v128.store(out, e2, 16);
    }
    x += 32;
    out += 32;
  }
  sum = f32x4.add(sum, sum2);
  if (n >= 4) {
    n -= 4;
    const e = expBelow4(f32x4.sub(v128.load(x), m));
    sum = f32x4.add(sum, e);
    if (storing) v128.store(out, e);
    x += 16;
    out += 16;
  }
  if (n > 0) {
    const e = expBelow4(f32x4.sub(rest4(x, n), m));
    sum = f32x4.add(sum, e);
    if (storing) store4(out, 1, n, e);
  }
  return total4(sum);
}

/** (x - m) - l, or x l. */
// @ts-ignore: decorator
@inline function finish4(log: bool, v: v128, m: v128, l: v128): v128 {
  return log ? f32x4.sub(f32x4.sub(v, m), l) : f32x4.mul(v, l);
}

/** The same for a line. */
// @ts-ignore: decorator
@inline function finish(log: bool, x: usize, out: usize, n: i32, m: v128, l: v128): void {
  for (; n >= 16; n -= 16) {
    v128.store(out, finish4(log, v128.load(x), m, l));
    v128.store(out, finish4(log, v128.load(x, 16), m, l), 16);
    v128.store(out, finish4(log, v128.load(x, 32), m, l), 32);
    v128.store(out, finish4(log, v128.load(x, 48), m, l), 48);
    x += 64;
    out += 64;
  }
  for (; n >= 4; n -= 4) {
    v128.store(out, finish4(log, v128.load(x), m, l));
    x += 16;
    out += 16;
  }
  if (n > 0) {
    store4(out, 1, n, finish4(log, load4(x, 1, n), m, l));
  }
}

function softmaxRow(x: usize, out: usize, n: i32): void {
  const m = top(x, n), sum = exponentials(true, x, out, n, m);
  finish(false, out, out, n, m, f32x4.div(f32x4.splat(1), sum));
}

function logSoftmaxRow(x: usize, out: usize, n: i32): void {
  const m = top(x, n), sum = exponentials(false, x, out, n, m);
  finish(true, x, out, n, m, log4(sum));
}

/** Up to four lines side by side. */
function columns(log: bool, x: usize, out: usize, n: i32, step: usize, left: i32): void {
  let m = konst(C, 10), sum = i32x4.splat(0);
  for (let i = 0, p = x; i < n; ++i, p += step) m = f32x4.pmax(m, load4(p, 1, left));
  for (let i = 0, p = x, to = out; i < n; ++i, p += step, to += step) {
    const e = expBelow4(f32x4.sub(load4(p, 1, left), m));
    sum = f32x4.add(sum, e);
    if (!log) store4(to, 1, left, e);
  }
  const l = log ? log4(sum) : f32x4.div(f32x4.splat(1), sum);
  for (let i = 0; i < n; ++i, x += step, out += step) {
    if (log) store4(out, 1, left, f32x4.sub(f32x4.sub(load4(x, 1, left), m), l));
    else store4(out, 1, left, f32x4.mul(load4(out, 1, left), l));
  }
}

function lines(log: bool, x: usize, out: usize, n: i32, inner: i32, begin: i32, end: i32): void {
  const step = <usize>inner << 2;
  for (let o = begin; o < end; ++o) {
    const at = <usize>o * <usize>n * step;
    if (inner == 1) {
      if (log) logSoftmaxRow(x + at, out + at, n);
      else softmaxRow(x + at, out + at, n);
    } else for (let i = 0; i < inner; i += 4) columns(log, x + at + (<usize>i << 2), out + at + (<usize>i << 2), n, step, inner - i);
  }
}

export function softmax_f32(x: usize, out: usize, n: i32, inner: i32, begin: i32, end: i32): void {
  lines(false, x, out, n, inner, begin, end);
}

export function logSoftmax_f32(x: usize, out: usize, n: i32, inner: i32, begin: i32, end: i32): void {
  lines(true, x, out, n, inner, begin, end);
}

// @ts-ignore: decorator
@inline function slope(log: bool, g: v128, y: v128, sum: v128): v128 {
  return log ? nmadd(expBelow4(y), sum, g) : f32x4.mul(y, f32x4.sub(g, sum));
}

/** With y = softmax(x): y (g - sum(g y)); with y = logSoftmax(x): g - exp(y) sum(g). */
// @ts-ignore: decorator
@inline function backRow(log: bool, g: usize, y: usize, out: usize, n: i32): void {
  let a = i32x4.splat(0), b = a, i = 0;
  for (; i + 8 <= n; i += 8) {
    const at = <usize>i << 2, p = v128.load(g + at), q = v128.load(g + at, 16);
    a = log ? f32x4.add(a, p) : madd(p, v128.load(y + at), a);
    b = log ? f32x4.add(b, q) : madd(q, v128.load(y + at, 16), b);
  }
  for (; i < n; i += 4) {
    const at = <usize>i << 2, p = load4(g + at, 1, n - i);
    a = log ? f32x4.add(a, p) : madd(p, load4(y + at, 1, n - i), a);
  }
  const sum = total4(f32x4.add(a, b));
  for (i = 0; i + 8 <= n; i += 8) {
    const at = <usize>i << 2;
    v128.store(out + at, slope(log, v128.load(g + at), v128.load(y + at), sum));
    v128.store(out + at, slope(log, v128.load(g + at, 16), v128.load(y + at, 16), sum), 16);
  }
  for (; i + 4 <= n; i += 4) {
    const at = <usize>i << 2;
    v128.store(out + at, slope(log, v128.load(g + at), v128.load(y + at), sum));
  }
  if (i < n) {
    const at = <usize>i << 2;
    store4(out + at, 1, n - i, slope(log, load4(g + at, 1, n - i), load4(y + at, 1, n - i), sum));
  }
}

function softmaxBackRow(g: usize, y: usize, out: usize, n: i32): void {
  backRow(false, g, y, out, n);
}

function logSoftmaxBackRow(g: usize, y: usize, out: usize, n: i32): void {
  backRow(true, g, y, out, n);
}

function backColumns(log: bool, g: usize, y: usize, out: usize, n: i32, step: usize, left: i32): void {
  let sum = i32x4.splat(0);
  for (let i = 0, p: usize = 0; i < n; ++i, p += step)
    sum = log ? f32x4.add(sum, load4(g + p, 1, left)) : madd(load4(g + p, 1, left), load4(y + p, 1, left), sum);
  for (let i = 0, p: usize = 0; i < n; ++i, p += step)
    store4(out + p, 1, left, slope(log, load4(g + p, 1, left), load4(y + p, 1, left), sum));
}

function back(log: bool, g: usize, y: usize, out: usize, n: i32, inner: i32, begin: i32, end: i32): void {
  const step = <usize>inner << 2;
  for (let o = begin; o < end; ++o) {
    const at = <usize>o * <usize>n * step;
    if (inner > 1) {
      for (let i = 0; i < inner; i += 4) {
        const lane = at + (<usize>i << 2);
        backColumns(log, g + lane, y + lane, out + lane, n, step, inner - i);
      }
    } else if (log) logSoftmaxBackRow(g + at, y + at, out + at, n);
    else softmaxBackRow(g + at, y + at, out + at, n);
  }
}

export function softmaxBackward_f32(
  g: usize, y: usize, out: usize, n: i32, inner: i32, begin: i32, end: i32,
): void {
  back(false, g, y, out, n, inner, begin, end);
}

export function logSoftmaxBackward_f32(
  g: usize, y: usize, out: usize, n: i32, inner: i32, begin: i32, end: i32,
): void {
  back(true, g, y, out, n, inner, begin, end);
}

function lines64(log: bool, x: usize, out: usize, n: i32, inner: i32, begin: i32, end: i32): void {
  const step = <usize>inner << 3;
  for (let o = begin * inner; o < end * inner; ++o) {
    const first = <usize>(o / inner) * <usize>n * step + (<usize>(o % inner) << 3);
    let m: f64 = -Infinity, sum: f64 = 0;
    for (let i = 0, p = x + first; i < n; ++i, p += step) m = max(m, load<f64>(p));
    for (let i = 0, p = first; i < n; ++i, p += step) {
      const e = exp64(load<f64>(x + p) - m);
      sum += e;
      if (!log) store<f64>(out + p, e);
    }
    const l = log ? log64(sum) : sum;
    for (let i = 0, p = first; i < n; ++i, p += step)
      store<f64>(out + p, log ? load<f64>(x + p) - m - l : load<f64>(out + p) / l);
  }
}

export function softmax_f64(x: usize, out: usize, n: i32, inner: i32, begin: i32, end: i32): void {
  lines64(false, x, out, n, inner, begin, end);
}

export function logSoftmax_f64(x: usize, out: usize, n: i32, inner: i32, begin: i32, end: i32): void {
  lines64(true, x, out, n, inner, begin, end);
}

function back64(log: bool, g: usize, y: usize, out: usize, n: i32, inner: i32, begin: i32, end: i32): void {
  const step = <usize>inner << 3;
  for (let o = begin * inner; o < end * inner; ++o) {
    const first = <usize>(o / inner) * <usize>n * step + (<usize>(o % inner) << 3);
    let sum: f64 = 0;
    for (let i = 0, p = first; i < n; ++i, p += step) sum += load<f64>(g + p) * (log ? 1.0 : load<f64>(y + p));
    for (let i = 0, p = first; i < n; ++i, p += step) {
      const a = load<f64>(g + p), b = load<f64>(y + p);
      store<f64>(out + p, log ? a - exp64(b) * sum : b * (a - sum));
    }
  }
}

export function softmaxBackward_f64(
  g: usize, y: usize, out: usize, n: i32, inner: i32, begin: i32, end: i32,
): void {
  back64(false, g, y, out, n, inner, begin, end);
}

export function logSoftmaxBackward_f64(
  g: usize, y: usize, out: usize, n: i32, inner: i32, begin: i32, end: i32,
): void {
  back64(true, g, y, out, n, inner, begin, end);
}
