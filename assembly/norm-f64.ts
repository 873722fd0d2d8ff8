// The kernels of norm.ts, which has the plan, in f64.

// @ts-ignore: decorator
@inline function entry(plan: usize, k: i32): i32 {
  return load<i32>(plan + (<usize>k << 2));
}

// @ts-ignore: decorator
@inline function at(p: usize, k: i32): f64 {
  return load<f64>(p + (<usize>k << 3));
}

/** The element `k` of a unit, counted through its parts. */
// @ts-ignore: decorator
@inline function place(plan: usize, u: i32, k: i32): i32 {
  const n = entry(plan, 1);
  return u * entry(plan, 2) + k / n * entry(plan, 3) + k % n;
}

// @ts-ignore: decorator
@inline function factor(plan: usize, u: i32, k: i32): i32 {
  const n = entry(plan, 1);
  return u % entry(plan, 4) * entry(plan, 5) + k / n * entry(plan, 6) + (entry(plan, 7) ? k % n : 0);
}

export function norm_f64(
  x: usize, weight: usize, bias: usize, out: usize, mean: usize, variance: usize, rstd: usize, plan: usize,
  eps: f64, given: i32, begin: i32, end: i32,
): void {
  const count = entry(plan, 0) * entry(plan, 1);
  for (let u = begin; u < end; ++u) {
    const to = <usize>u << 3;
    if (!given) {
      let sum = 0.0, squares = 0.0;
      for (let k = 0; k < count; ++k) sum += at(x, place(plan, u, k));
      const m = sum / <f64>count;
      for (let k = 0; k < count; ++k) {
        const d = at(x, place(plan, u, k)) - m;
        squares += d * d;
      }
      squares /= <f64>count;
      store<f64>(mean + to, m);
      store<f64>(variance + to, squares);
      store<f64>(rstd + to, 1.0 / sqrt(squares + eps));
    }
    const m = load<f64>(mean + to), r = load<f64>(rstd + to);
    for (let k = 0; k < count; ++k) {
      const i = place(plan, u, k), f = factor(plan, u, k);
      let v = (at(x, i) - m) * r;
      if (weight) v *= at(weight, f);
      if (bias) v += at(bias, f);
      store<f64>(out + (<usize>i << 3), v);
    }
  }
}

export function normBackward_f64(
  g: usize, x: usize, weight: usize, mean: usize, rstd: usize, scales: usize, shifts: usize, out: usize, plan: usize,
  fixed: i32, begin: i32, end: i32,
): void {
  const parts = entry(plan, 0), n = entry(plan, 1), apart = entry(plan, 6) != 0, count = parts * n;
  for (let u = begin; u < end; ++u) {
    const m = at(mean, u), r = at(rstd, u);
    let sum = 0.0, product = 0.0, scale = 0.0, shift = 0.0;
    for (let k = 0; k < count; ++k) {
      const i = place(plan, u, k), v = at(g, i), normal = (at(x, i) - m) * r;
      const w = weight ? at(weight, factor(plan, u, k)) : 1.0;
      sum += v * w;
      product += v * w * normal;
      scale += v * normal;
      shift += v;
      if (apart ? (k + 1) % n == 0 : k == count - 1) {
        const to = <usize>(apart ? u * parts + k / n : u) << 3;
        store<f64>(scales + to, scale);
        store<f64>(shifts + to, shift);
        scale = shift = 0;
      }
    }
    if (!out) continue;
    for (let k = 0; k < count; ++k) {
      const i = place(plan, u, k);
      let v = at(g, i) * (weight ? at(weight, factor(plan, u, k)) : 1.0);
      if (!fixed) v -= (sum + (at(x, i) - m) * r * product) / <f64>count;
      store<f64>(out + (<usize>i << 3), v * r);
    }
  }
}

export function normFactors_f64(
  g: usize, x: usize, mean: usize, rstd: usize, scales: usize, shifts: usize, rows: i32, n: i32, begin: i32, end: i32,
): void {
  for (let i = begin; i < end; ++i) {
    let scale = 0.0, shift = 0.0;
    for (let row = 0; row < rows; ++row) {
      const k = row * n + i, v = at(g, k);
      scale += v * (at(x, k) - at(mean, row)) * at(rstd, row);
      shift += v;
    }
    store<f64>(scales + (<usize>i << 3), scale);
    store<f64>(shifts + (<usize>i << 3), shift);
  }
}
