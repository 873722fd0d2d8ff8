// Sums of f32, and what is a sum of something done to each element: a tensor seen as [outer, n, inner], reduced along
// its middle. begin, end: which of the outer * inner results. A line is added in blocks of 4096 elements (128 to each
// of 32 lanes) or, across, of 128 rows, and the blocks in f64, always in the same order: the error of a sum stays below
// 130 * 2^-24 * the sum of magnitudes. (Across, the host may sum blocks of rows first, in the order of memory.)
const BLOCK = 4096;
const ROWS = 128;

const enum Op { plain, magnitude, square, deviation }

/** What is added up of an element; `c` is a line's mean. */
// @ts-ignore: decorator
@inline function term(op: i32, v: v128, c: v128): v128 {
  if (op == Op.magnitude) return f32x4.abs(v);
  if (op == Op.square) return f32x4.mul(v, v);
  if (op == Op.deviation) {
    const d = f32x4.sub(v, c);
    return f32x4.mul(d, d);
  }
  return v;
}

// @ts-ignore: decorator
@inline function term1(op: i32, v: f32, c: f32): f32 {
  if (op == Op.magnitude) return abs(v);
  if (op == Op.square) return v * v;
  if (op == Op.deviation) return (v - c) * (v - c);
  return v;
}

// @ts-ignore: decorator
@inline function across(v: v128): f64 {
  return (<f64>f32x4.extract_lane(v, 0) + <f64>f32x4.extract_lane(v, 1))
    + (<f64>f32x4.extract_lane(v, 2) + <f64>f32x4.extract_lane(v, 3));
}

/** One line without gaps. */
// @ts-ignore: decorator
@inline function line(op: i32, x: usize, n: i32, centre: f32): f64 {
  let total: f64 = 0;
  const c = f32x4.splat(centre);
  let left = n;
  while (left > 0) {
    const size = min(left, BLOCK);
    let p = x, stop = x + (<usize>(size & ~31) << 2);
    let a = f32x4.splat(0), b = a;
    if (p < stop) {
      let s2 = a, s3 = a, s4 = a, s5 = a, s6 = a, s7 = a;
      for (; p < stop; p += 128) {
        a = f32x4.add(a, term(op, v128.load(p), c));
        b = f32x4.add(b, term(op, v128.load(p, 16), c));
        s2 = f32x4.add(s2, term(op, v128.load(p, 32), c));
        s3 = f32x4.add(s3, term(op, v128.load(p, 48), c));
        s4 = f32x4.add(s4, term(op, v128.load(p, 64), c));
        s5 = f32x4.add(s5, term(op, v128.load(p, 80), c));
        s6 = f32x4.add(s6, term(op, v128.load(p, 96), c));
        s7 = f32x4.add(s7, term(op, v128.load(p, 112), c));
      }
      a = f32x4.add(f32x4.add(a, s2), f32x4.add(s4, s6));
      b = f32x4.add(f32x4.add(b, s3), f32x4.add(s5, s7));
    }
    for (stop = x + (<usize>(size & ~3) << 2); p < stop; p += 16) a = f32x4.add(a, term(op, v128.load(p), c));
    let sum = across(f32x4.add(a, b));
    for (stop = x + (<usize>size << 2); p < stop; p += 4) sum += <f64>term1(op, load<f32>(p), centre);
    total += sum;
    x = p;
    left -= size;
  }
  return total;
}

/** One line whose elements are `step` bytes apart. */
// @ts-ignore: decorator
@inline function column(op: i32, x: usize, n: i32, step: usize, centre: f32): f64 {
  let total: f64 = 0;
  while (n > 0) {
    let sum: f32 = 0;
    for (let r = min(n, ROWS); r > 0; --r, x += step) sum += term1(op, load<f32>(x), centre);
    total += <f64>sum;
    n -= ROWS;
  }
  return total;
}

/** Four lines next to each other. */
// @ts-ignore: decorator
@inline function columns4(op: i32, x: usize, n: i32, step: usize, out: usize, scale: f64): void {
  const c = v128.load(out);
  let low = f64x2.splat(0), high = low;
  while (n > 0) {
    let sum = f32x4.splat(0);
    for (let r = min(n, ROWS); r > 0; --r, x += step) sum = f32x4.add(sum, term(op, v128.load(x), c));
    low = f64x2.add(low, widen(sum, 0));
    high = f64x2.add(high, widen(sum, 1));
    n -= ROWS;
  }
  store<f32>(out, finish(op, f64x2.extract_lane(low, 0), scale));
  store<f32>(out, finish(op, f64x2.extract_lane(low, 1), scale), 4);
  store<f32>(out, finish(op, f64x2.extract_lane(high, 0), scale), 8);
  store<f32>(out, finish(op, f64x2.extract_lane(high, 1), scale), 12);
}

// @ts-ignore: decorator
@inline function widen(sum: v128, half: i32): v128 {
  return f64x2.promote_low_f32x4(half ? i64x2.splat(i64x2.extract_lane(sum, 1)) : sum);
}

// @ts-ignore: decorator
@inline function narrow(low: v128, high: v128, scale: v128): v128 {
  const a = f32x4.demote_f64x2_zero(f64x2.div(low, scale)), b = f32x4.demote_f64x2_zero(f64x2.div(high, scale));
  return i8x16.shuffle(a, b, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23);
}

/** Sums of sixteen lines next to each other, a whole cache line of each row: the same bits as of four times four. */
function columns16(x: usize, n: i32, step: usize, out: usize, scale: f64): void {
  let p0 = f64x2.splat(0), p1 = p0, p2 = p0, p3 = p0, p4 = p0, p5 = p0, p6 = p0, p7 = p0;
  while (n > 0) {
    let a = f32x4.splat(0), b = a, c = a, d = a;
    for (let r = min(n, ROWS); r > 0; --r, x += step) {
      a = f32x4.add(a, v128.load(x));
      b = f32x4.add(b, v128.load(x, 16));
      c = f32x4.add(c, v128.load(x, 32));
      d = f32x4.add(d, v128.load(x, 48));
    }
    p0 = f64x2.add(p0, widen(a, 0));
    p1 = f64x2.add(p1, widen(a, 1));
    p2 = f64x2.add(p2, widen(b, 0));
    p3 = f64x2.add(p3, widen(b, 1));
    p4 = f64x2.add(p4, widen(c, 0));
    p5 = f64x2.add(p5, widen(c, 1));
    p6 = f64x2.add(p6, widen(d, 0));
    p7 = f64x2.add(p7, widen(d, 1));
    n -= ROWS;
  }
  const by = f64x2.splat(scale);
  v128.store(out, narrow(p0, p1, by));
  v128.store(out, narrow(p2, p3, by), 16);
  v128.store(out, narrow(p4, p5, by), 32);
  v128.store(out, narrow(p6, p7, by), 48);
}

/** Sums of up to 128 rows of `width` elements in the order of memory, four rows a turn: the same bits as column by column. */
function rows(x: usize, n: i32, step: usize, out: usize, width: i32, scale: f64): void {
  memory.fill(out, 0, <usize>width << 2);
  for (; n > 0; n -= 4) {
    const none: usize = 0;
    const far1 = n > 1 ? step : none, far2 = n > 2 ? step * 2 : none, far3 = n > 3 ? step * 3 : none;
    for (let i = 0; i + 4 <= width; i += 4) {
      const to = out + (<usize>i << 2), p = x + (<usize>i << 2);
      let a = f32x4.add(v128.load(to), v128.load(p));
      if (far1) a = f32x4.add(a, v128.load(p + far1));
      if (far2) a = f32x4.add(a, v128.load(p + far2));
      if (far3) a = f32x4.add(a, v128.load(p + far3));
      v128.store(to, a);
    }
    x += 4 * step;
  }
  if (scale == 1) return;
  const by = f64x2.splat(scale);
  for (let i = 0; i + 4 <= width; i += 4) {
    const to = out + (<usize>i << 2), a = v128.load(to);
    v128.store(to, narrow(widen(a, 0), widen(a, 1), by));
  }
}

// @ts-ignore: decorator
@inline function finish(op: i32, total: f64, scale: f64): f32 {
  return <f32>(op == Op.square ? sqrt(total) : total / scale);
}

/** `scale` divides the sums. Deviations are those from what `out` holds. */
// @ts-ignore: decorator
@inline function sums(op: i32, x: usize, out: usize, n: i32, inner: i32, begin: i32, end: i32, scale: f64): void {
  const step = <usize>inner << 2;
  for (let r = begin; r < end;) {
    const i = r % inner, stop = min(end, r - i + inner);
    let p = x + (<usize>(r / inner) * <usize>n * <usize>inner + <usize>i << 2), to = out + (<usize>r << 2);
    if (inner == 1) {
      store<f32>(to, finish(op, line(op, p, n, load<f32>(to)), scale));
      ++r;
    } else {
      if (op == Op.plain && n <= ROWS && stop - r >= 64) {
        const width = stop - r & ~3;
        rows(p, n, step, to, width, scale);
        r += width;
        p += <usize>width << 2;
        to += <usize>width << 2;
      }
      if (op == Op.plain) for (; r + 16 <= stop; r += 16, p += 64, to += 64) columns16(p, n, step, to, scale);
      for (; r + 4 <= stop; r += 4, p += 16, to += 16) columns4(op, p, n, step, to, scale);
      for (; r < stop; ++r, p += 4, to += 4) {
        store<f32>(to, finish(op, column(op, p, n, step, load<f32>(to)), scale));
      }
    }
  }
}

function scaled(x: usize, out: usize, n: i32, inner: i32, begin: i32, end: i32, scale: f64): void {
  sums(Op.plain, x, out, n, inner, begin, end, scale);
}

export function sum_f32(x: usize, out: usize, n: i32, inner: i32, begin: i32, end: i32): void {
  scaled(x, out, n, inner, begin, end, 1);
}

export function mean_f32(x: usize, out: usize, n: i32, inner: i32, begin: i32, end: i32): void {
  scaled(x, out, n, inner, begin, end, <f64>n);
}

/** The sum of magnitudes. */
export function norm1_f32(x: usize, out: usize, n: i32, inner: i32, begin: i32, end: i32): void {
  sums(Op.magnitude, x, out, n, inner, begin, end, 1);
}

/** The root of the sum of squares. */
export function norm2_f32(x: usize, out: usize, n: i32, inner: i32, begin: i32, end: i32): void {
  sums(Op.square, x, out, n, inner, begin, end, 1);
}

/** The sum of squared deviations from the mean, divided by `divisor`: two passes. */
export function var_f32(
  x: usize, out: usize, n: i32, inner: i32, divisor: f64, begin: i32, end: i32,
): void {
  mean_f32(x, out, n, inner, begin, end);
  sums(Op.deviation, x, out, n, inner, begin, end, divisor);
}
