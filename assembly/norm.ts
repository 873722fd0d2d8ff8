// Normalisation to mean 0 and variance 1, then scale and shift, and the gradients. begin, end: which units; each has
// a mean and a variance of its own and consists of parts of elements side by side. The plan (i32):
//   0 parts of a unit, 1 elements of a part, 2 from unit to unit, 3 from part to part (in elements),
//   4 after how many units the factors begin anew, 5, 6 steps of the factors from unit to unit and from part to part,
//   7 whether every element of a part has a factor of its own.
// weight and bias may be 0. Sums are made of f32 lanes within a part, of f64 across parts.
import { konst, load4, madd, store4 } from "./lanes";

const ZERO = memory.data<f32>([0, 1], 16);

// @ts-ignore: decorator
@inline function entry(plan: usize, k: i32): i32 {
  return load<i32>(plan + (<usize>k << 2));
}

// @ts-ignore: decorator
@inline function splat(p: usize, k: i32): v128 {
  return p ? v128.load32_splat(p + (<usize>k << 2)) : konst(ZERO, 0);
}

// @ts-ignore: decorator
@inline function added(v: v128): f64 {
  v = f32x4.add(v, i32x4.shuffle(v, v, 2, 3, 0, 1));
  return <f64>f32x4.extract_lane(v, 0) + <f64>f32x4.extract_lane(v, 1);
}

/** The sum of n elements, or, about `m`, of the squares of their distances. */
function total(squares: bool, x: usize, n: i32, m: v128): f64 {
  let a = konst(ZERO, 0), b = a, c = a, d = a, i = 0;
  for (; i + 16 <= n; i += 16) {
    const p = f32x4.sub(v128.load(x), m), q = f32x4.sub(v128.load(x, 16), m);
    const r = f32x4.sub(v128.load(x, 32), m), s = f32x4.sub(v128.load(x, 48), m);
    a = squares ? madd(p, p, a) : f32x4.add(a, p);
    b = squares ? madd(q, q, b) : f32x4.add(b, q);
    c = squares ? madd(r, r, c) : f32x4.add(c, r);
    d = squares ? madd(s, s, d) : f32x4.add(d, s);
    x += 64;
  }
  for (; i + 4 <= n; i += 4) {
    const p = f32x4.sub(v128.load(x), m);
    a = squares ? madd(p, p, a) : f32x4.add(a, p);
    x += 16;
  }
  let sum = added(f32x4.add(f32x4.add(a, b), f32x4.add(c, d)));
  for (const mean = f32x4.extract_lane(m, 0); i < n; ++i, x += 4) {
    const p = load<f32>(x) - mean;
    sum += <f64>(squares ? p * p : p);
  }
  return sum;
}

// @ts-ignore: decorator
@inline function scaled(v: v128, w: usize, b: usize, at: usize, left: i32): v128 {
  if (w) v = f32x4.mul(v, load4(w + at, 1, left));
  return b ? f32x4.add(v, load4(b + at, 1, left)) : v;
}

/** (x - mean) rstd weight + bias for one part; w and b are 0, or the factors: of all elements, or one each. */
function apply(x: usize, out: usize, n: i32, m: v128, r: v128, w: usize, b: usize, each: bool): void {
  let i = 0;
  if (!each) {
    const scale = w ? f32x4.mul(r, splat(w, 0)) : r, shift = splat(b, 0);
    for (; i + 16 <= n; i += 16, x += 64, out += 64) {
      v128.store(out, madd(f32x4.sub(v128.load(x), m), scale, shift));
      v128.store(out, madd(f32x4.sub(v128.load(x, 16), m), scale, shift), 16);
      v128.store(out, madd(f32x4.sub(v128.load(x, 32), m), scale, shift), 32);
      v128.store(out, madd(f32x4.sub(v128.load(x, 48), m), scale, shift), 48);
    }
    for (; i + 4 <= n; i += 4, x += 16, out += 16)
      v128.store(out, madd(f32x4.sub(v128.load(x), m), scale, shift));
    if (i < n) store4(out, 1, n - i, madd(f32x4.sub(load4(x, 1, n - i), m), scale, shift));
    return;
  }
  if (w && b) {
    for (; i + 8 <= n; i += 8, x += 32, out += 32) {
      const at = <usize>i << 2, v = f32x4.mul(f32x4.sub(v128.load(x), m), r);
      const v2 = f32x4.mul(f32x4.sub(v128.load(x, 16), m), r);
      v128.store(out, madd(v, v128.load(w + at), v128.load(b + at)));
      v128.store(out, madd(v2, v128.load(w + at, 16), v128.load(b + at, 16)), 16);
    }
    for (; i + 4 <= n; i += 4, x += 16, out += 16) {
      const at = <usize>i << 2, v = f32x4.mul(f32x4.sub(v128.load(x), m), r);
      v128.store(out, madd(v, v128.load(w + at), v128.load(b + at)));
    }
  } else {
    for (; i + 4 <= n; i += 4, x += 16, out += 16)
      v128.store(out, scaled(f32x4.mul(f32x4.sub(v128.load(x), m), r), w, b, <usize>i << 2, 4));
  }
  if (i < n)
    store4(out, 1, n - i, scaled(f32x4.mul(f32x4.sub(load4(x, 1, n - i), m), r), w, b, <usize>i << 2, n - i));
}

const BLOCK = 128;

/** As `total` for four units whose parts are one element: a row of four for each part, summed in blocks. */
function totals(squares: bool, x: usize, parts: i32, step: usize, left: i32, m: v128): v128 {
  let sum = konst(ZERO, 0);
  for (let p = 0; p < parts;) {
    let block = konst(ZERO, 0);
    for (const stop = min(parts, p + BLOCK); p < stop; ++p, x += step) {
      const d = f32x4.sub(load4(x, 1, left), m);
      block = squares ? madd(d, d, block) : f32x4.add(block, d);
    }
    sum = f32x4.add(sum, block);
  }
  return sum;
}

/** Writes mean, biased variance and 1 / sqrt(variance + eps) of each unit (or reads the first and last, where `given`), and the result. */
export function norm_f32(
  x: usize, weight: usize, bias: usize, out: usize, mean: usize, variance: usize, rstd: usize, plan: usize,
  eps: f64, given: i32, begin: i32, end: i32,
): void {
  const parts = entry(plan, 0), n = entry(plan, 1), unitStep = entry(plan, 2);
  const partStep = <usize>entry(plan, 3) << 2, count = <f64>parts * <f64>n;
  const period = entry(plan, 4), wu = entry(plan, 5), wp = entry(plan, 6), each = entry(plan, 7) != 0;
  if (n == 1 && unitStep == 1 && wu == 1 && wp == 0) {
    const by = f32x4.splat(<f32>count), e = f32x4.splat(<f32>eps), one = konst(ZERO, 1);
    for (let u = begin; u < end; u += 4) {
      const at = <usize>u << 2, left = end - u;
      let m = load4(mean + at, 1, left), r = load4(rstd + at, 1, left);
      if (!given) {
        m = f32x4.div(totals(false, x + at, parts, partStep, left, konst(ZERO, 0)), by);
        const v = f32x4.div(totals(true, x + at, parts, partStep, left, m), by);
        r = f32x4.div(one, f32x4.sqrt(f32x4.add(v, e)));
        store4(mean + at, 1, left, m);
        store4(variance + at, 1, left, v);
        store4(rstd + at, 1, left, r);
      }
      const scale = weight ? f32x4.mul(r, load4(weight + at, 1, left)) : r;
      const shift = bias ? load4(bias + at, 1, left) : konst(ZERO, 0);
      for (let p = 0, from = x + at, to = out + at; p < parts; ++p, from += partStep, to += partStep)
        store4(to, 1, left, madd(f32x4.sub(load4(from, 1, left), m), scale, shift));
    }
    return;
  }
  for (let u = begin; u < end; ++u) {
    const at = <usize>u << 2, first = <usize>u * <usize>unitStep << 2;
    if (!given) {
      let sum: f64 = 0;
      for (let p = 0, from = x + first; p < parts; ++p, from += partStep) sum += total(false, from, n, konst(ZERO, 0));
      store<f32>(mean + at, <f32>(sum / count));
      const m = v128.load32_splat(mean + at);
      sum = 0;
      for (let p = 0, from = x + first; p < parts; ++p, from += partStep) sum += total(true, from, n, m);
      sum /= count;
      store<f32>(variance + at, <f32>sum);
      store<f32>(rstd + at, <f32>(1.0 / sqrt(sum + eps)));
    }
    const m = v128.load32_splat(mean + at), r = v128.load32_splat(rstd + at);
    let k = <usize>(u % period * wu) << 2, place = first;
    for (let p = 0; p < parts; ++p, place += partStep, k += <usize>wp << 2)
      apply(x + place, out + place, n, m, r, weight ? weight + k : 0, bias ? bias + k : 0, each);
  }
}

/** The sums over a part of g and of g (x - m), times w where every element has a factor, as two f64. */
function sums(g: usize, x: usize, n: i32, m: v128, w: usize): v128 {
  let a = konst(ZERO, 0), b = a, c = a, d = a, i = 0;
  for (; i + 8 <= n; i += 8) {
    let p = v128.load(g), q = v128.load(g, 16);
    if (w) {
      p = f32x4.mul(p, v128.load(w));
      q = f32x4.mul(q, v128.load(w, 16));
      w += 32;
    }
    a = f32x4.add(a, p);
    b = f32x4.add(b, q);
    c = madd(p, f32x4.sub(v128.load(x), m), c);
    d = madd(q, f32x4.sub(v128.load(x, 16), m), d);
    g += 32;
    x += 32;
  }
  for (; i < n; i += 4) {
    let p = load4(g, 1, n - i);
    if (w) {
      p = f32x4.mul(p, load4(w, 1, n - i));
      w += 16;
    }
    a = f32x4.add(a, p);
    c = madd(p, f32x4.sub(load4(x, 1, n - i), m), c);
    g += 16;
    x += 16;
  }
  return f64x2.replace_lane(f64x2.splat(added(f32x4.add(a, b))), 1, added(f32x4.add(c, d)));
}

/** scale g w + slope (x - m) + shift for one part. */
function combine(
  g: usize, x: usize, out: usize, n: i32, m: v128, scale: v128, w: usize, slope: v128, shift: v128,
): void {
  let i = 0;
  for (; i + 8 <= n; i += 8, g += 32, x += 32, out += 32) {
    let p = v128.load(g), q = v128.load(g, 16);
    if (w) {
      p = f32x4.mul(p, v128.load(w + (<usize>i << 2)));
      q = f32x4.mul(q, v128.load(w + (<usize>i << 2), 16));
    }
    v128.store(out, madd(p, scale, madd(f32x4.sub(v128.load(x), m), slope, shift)));
    v128.store(out, madd(q, scale, madd(f32x4.sub(v128.load(x, 16), m), slope, shift)), 16);
  }
  for (; i + 4 <= n; i += 4, g += 16, x += 16, out += 16) {
    let p = v128.load(g);
    if (w) p = f32x4.mul(p, v128.load(w + (<usize>i << 2)));
    v128.store(out, madd(p, scale, madd(f32x4.sub(v128.load(x), m), slope, shift)));
  }
  if (i < n) {
    const p = scaled(load4(g, 1, n - i), w, 0, <usize>i << 2, n - i);
    store4(out, 1, n - i, madd(p, scale, madd(f32x4.sub(load4(x, 1, n - i), m), slope, shift)));
  }
}

/**
 * The gradient of x (unless `out` is 0), and of the factors: sums over each part of g (x - mean) rstd and of g, added
 * up over the parts where these share their factors. Where every element has a factor of its own, `scales` and `shifts`
 * only serve as memory, one float a unit. `fixed`: mean and variance do not depend on x.
 */
export function normBackward_f32(
  g: usize, x: usize, weight: usize, mean: usize, rstd: usize, scales: usize, shifts: usize, out: usize, plan: usize,
  fixed: i32, begin: i32, end: i32,
): void {
  const parts = entry(plan, 0), n = entry(plan, 1), unitStep = entry(plan, 2);
  const partStep = <usize>entry(plan, 3) << 2, count = <f64>parts * <f64>n;
  const period = entry(plan, 4), wu = entry(plan, 5), wp = entry(plan, 6), each = entry(plan, 7) != 0;
  const zero = konst(ZERO, 0);
  if (n == 1 && unitStep == 1 && wu == 1 && wp == 0) {
    const by = f32x4.splat(<f32>(-1.0 / count));
    for (let u = begin; u < end; u += 4) {
      const at = <usize>u << 2, left = end - u;
      const m = load4(mean + at, 1, left), r = load4(rstd + at, 1, left);
      let sg = zero, sx = zero, place = at;
      for (let p = 0; p < parts;) {
        let bg = zero, bx = zero;
        for (const stop = min(parts, p + BLOCK); p < stop; ++p, place += partStep) {
          const v = load4(g + place, 1, left);
          bg = f32x4.add(bg, v);
          bx = madd(v, f32x4.sub(load4(x + place, 1, left), m), bx);
        }
        sg = f32x4.add(sg, bg);
        sx = f32x4.add(sx, bx);
      }
      sx = f32x4.mul(sx, r);
      store4(scales + at, 1, left, sx);
      store4(shifts + at, 1, left, sg);
      if (!out) continue;
      const scale = weight ? f32x4.mul(r, load4(weight + at, 1, left)) : r;
      const share = fixed ? zero : f32x4.mul(scale, by);
      const slope = f32x4.mul(f32x4.mul(share, sx), r), shift = f32x4.mul(share, sg);
      place = at;
      for (let p = 0; p < parts; ++p, place += partStep) {
        let v = f32x4.mul(load4(g + place, 1, left), scale);
        if (!fixed) v = f32x4.add(v, madd(f32x4.sub(load4(x + place, 1, left), m), slope, shift));
        store4(out + place, 1, left, v);
      }
    }
    return;
  }
  for (let u = begin; u < end; ++u) {
    const m = v128.load32_splat(mean + (<usize>u << 2)), r = v128.load32_splat(rstd + (<usize>u << 2));
    const first = <usize>u * <usize>unitStep << 2, k = <usize>(u % period * wu) << 2;
    const deviation = <f64>f32x4.extract_lane(r, 0);
    let shared = f64x2.splat(0), weighted = f64x2.splat(0), place = first, w = weight ? weight + k : 0;
    for (let p = 0; p < parts; ++p, place += partStep) {
      const s = sums(g + place, x + place, n, m, each ? w : 0);
      shared = f64x2.add(shared, s);
      if (wp) {
        store<f32>(scales + (<usize>(u * parts + p) << 2), <f32>(f64x2.extract_lane(s, 1) * deviation));
        store<f32>(shifts + (<usize>(u * parts + p) << 2), <f32>f64x2.extract_lane(s, 0));
        weighted = f64x2.add(weighted, weight ? f64x2.mul(s, f64x2.splat(<f64>load<f32>(w + (<usize>(p * wp) << 2)))) : s);
      }
    }
    if (!wp) {
      store<f32>(scales + (<usize>u << 2), <f32>(f64x2.extract_lane(shared, 1) * deviation));
      store<f32>(shifts + (<usize>u << 2), <f32>f64x2.extract_lane(shared, 0));
      weighted = weight && !each ? f64x2.mul(shared, f64x2.splat(<f64>load<f32>(w))) : shared;
    }
    if (!out) continue;
    const share = -deviation / count;
    const slope = f32x4.splat(<f32>(share * deviation * deviation * f64x2.extract_lane(weighted, 1)));
    const shift = f32x4.splat(<f32>(share * f64x2.extract_lane(weighted, 0)));
    place = first;
    for (let p = 0; p < parts; ++p, place += partStep) {
      if (fixed) apply(g + place, out + place, n, zero, r, w, 0, each);
      else {
        const scale = w && !each ? f32x4.mul(r, splat(w, 0)) : r;
        combine(g + place, x + place, out + place, n, m, scale, each ? w : 0, slope, shift);
      }
      if (w) w += <usize>wp << 2;
    }
  }
}

/** Of `rows` units of n elements, each with a factor of its own: their gradients. begin, end: which of the n. */
export function normFactors_f32(
  g: usize, x: usize, mean: usize, rstd: usize, scales: usize, shifts: usize, rows: i32, n: i32, begin: i32, end: i32,
): void {
  const step = <usize>n << 2;
  for (let first = 0; first < rows; first += BLOCK) {
    const stop = min(rows, first + BLOCK);
    for (let i = begin; i < end; i += 4) {
      const at = <usize>i << 2, left = end - i;
      let scale = konst(ZERO, 0), shift = scale;
      for (let row = first, place = <usize>first * step + at; row < stop; ++row, place += step) {
        const v = load4(g + place, 1, left), k = <usize>row << 2;
        const normal = f32x4.mul(f32x4.sub(load4(x + place, 1, left), v128.load32_splat(mean + k)), v128.load32_splat(rstd + k));
        scale = madd(v, normal, scale);
        shift = f32x4.add(shift, v);
      }
      if (first) {
        scale = f32x4.add(scale, load4(scales + at, 1, left));
        shift = f32x4.add(shift, load4(shifts + at, 1, left));
      }
      store4(scales + at, 1, left, scale);
      store4(shifts + at, 1, left, shift);
    }
  }
}
