// Rows of f64 matrices, for the kernels of linear algebra; the host calls none of these.

/** The inner product over n elements. */
export function dot64(n: i32, x: usize, y: usize): f64 {
  let a = f64x2.splat(0), b = a;
  for (; n >= 4; n -= 4, x += 32, y += 32) {
    a = f64x2.add(a, f64x2.mul(v128.load(x), v128.load(y)));
    b = f64x2.add(b, f64x2.mul(v128.load(x, 16), v128.load(y, 16)));
  }
  a = f64x2.add(a, b);
  let sum = f64x2.extract_lane(a, 0) + f64x2.extract_lane(a, 1);
  for (; n > 0; --n, x += 8, y += 8) sum += load<f64>(x) * load<f64>(y);
  return sum;
}

export function swapRows64(n: i32, x: usize, y: usize): void {
  for (; n > 0; --n, x += 8, y += 8) {
    const t = load<f64>(x);
    store<f64>(x, load<f64>(y));
    store<f64>(y, t);
  }
}

/** (x, y) becomes (c x - s y, s x + c y). */
export function rotate64(n: i32, x: usize, y: usize, c: f64, s: f64): void {
  const cc = f64x2.splat(c), ss = f64x2.splat(s);
  for (; n >= 2; n -= 2, x += 16, y += 16) {
    const a = v128.load(x), b = v128.load(y);
    v128.store(x, f64x2.sub(f64x2.mul(cc, a), f64x2.mul(ss, b)));
    v128.store(y, f64x2.add(f64x2.mul(ss, a), f64x2.mul(cc, b)));
  }
  if (n > 0) {
    const a = load<f64>(x), b = load<f64>(y);
    store<f64>(x, c * a - s * b);
    store<f64>(y, s * a + c * b);
  }
}

export function identity64(n: i32, v: usize): void {
  memory.fill(v, 0, <usize>n * <usize>n << 3);
  for (let i = 0; i < n; ++i) store<f64>(v + (<usize>i * <usize>(n + 1) << 3), 1);
}
