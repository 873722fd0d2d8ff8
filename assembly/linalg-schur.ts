// Eigenvalues of real matrices that have real ones: Schur's form by rotations, with implicit shifts (Golub and Van Loan,
// 7.4 and 7.5), then the vectors by substitution. f64, row-major. begin, end: which of the matrices.
import { identity64, rotate64 } from "./rows-f64";

const EPSILON = 2.220446049250313e-16;
/** Steps allowed for one eigenvalue. */
const STEPS = 120;

/** The similarity that mixes rows k and k + 1 of A [n, n], its columns alike, and rows of Q, so that (x, z) becomes (r, 0). */
function turn(a: usize, q: usize, n: i32, k: i32, x: f64, z: f64): void {
  const r = sqrt(x * x + z * z);
  if (r == 0) return;
  const c = x / r, s = -z / r, width = <usize>n << 3, row = a + <usize>k * width;
  rotate64(n, row, row + width, c, s);
  rotate64(n, q + <usize>k * width, q + <usize>(k + 1) * width, c, s);
  for (let i = 0, p = a + (<usize>k << 3); i < n; ++i, p += width) {
    const e = load<f64>(p), f = load<f64>(p, 8);
    store<f64>(p, c * e - s * f);
    store<f64>(p, s * e + c * f, 8);
  }
}

// @ts-ignore: decorator
@inline function cell(a: usize, n: i32, i: i32, j: i32): usize {
  return a + (<usize>i * <usize>n + <usize>j << 3);
}

/** The shift: the eigenvalue of the last 2 by 2 block next to its corner, or the corner where they are complex. */
function shift(a: usize, n: i32, hi: i32): f64 {
  const d = load<f64>(cell(a, n, hi, hi)), half = 0.5 * (load<f64>(cell(a, n, hi - 1, hi - 1)) - d);
  const product = load<f64>(cell(a, n, hi - 1, hi)) * load<f64>(cell(a, n, hi, hi - 1));
  const square = half * half + product;
  if (square < 0) return d;
  const root = sqrt(square);
  return half + copysign(root, half) == 0 ? d : d - product / (half + copysign(root, half));
}

/** A becomes upper triangular T, with the transposed vectors in q; returns whether it could. */
function schur(a: usize, q: usize, n: i32): bool {
  identity64(n, q);
  for (let j = 0; j < n - 2; ++j) {
    for (let i = n - 1; i > j + 1; --i) turn(a, q, n, i - 1, load<f64>(cell(a, n, i - 1, j)), load<f64>(cell(a, n, i, j)));
  }
  let hi = n - 1, steps = 0;
  while (hi > 0) {
    let lo = hi;
    for (; lo > 0; --lo) {
      const below = cell(a, n, lo, lo - 1);
      const near = abs(load<f64>(cell(a, n, lo, lo))) + abs(load<f64>(cell(a, n, lo - 1, lo - 1)));
      if (abs(load<f64>(below)) <= EPSILON * near) {
        store<f64>(below, 0);
        break;
      }
    }
    if (lo == hi) {
      --hi;
      steps = 0;
      continue;
    }
    if (++steps > STEPS) return false;
    // An exceptional shift now and then breaks cycles.
    const s = steps % 11 == 0 ? load<f64>(cell(a, n, hi, hi)) + abs(load<f64>(cell(a, n, hi, hi - 1))) : shift(a, n, hi);
    let x = load<f64>(cell(a, n, lo, lo)) - s, z = load<f64>(cell(a, n, lo + 1, lo));
    for (let k = lo; k < hi; ++k) {
      turn(a, q, n, k, x, z);
      if (k < hi - 1) {
        x = load<f64>(cell(a, n, k + 1, k));
        z = load<f64>(cell(a, n, k + 2, k));
      }
    }
  }
  return true;
}

/**
 * Eigenvalues s [n] of a [n, n], which is destroyed, and their unit vectors in the rows of v; q [n, n] is scratch. info
 * (i32) is 1 where some are complex.
 */
export function eig_f64(a: usize, q: usize, v: usize, s: usize, info: usize, n: i32, begin: i32, end: i32): void {
  const width = <usize>n << 3;
  for (let b = begin; b < end; ++b) {
    const from = <usize>b * <usize>n * width, t = a + from, basis = q + from, values = s + <usize>b * width;
    const real = schur(t, basis, n);
    store<i32>(info + (<usize>b << 2), real ? 0 : 1);
    if (!real) continue;
    let size: f64 = 0;
    for (let i = 0; i < n * n; ++i) size = max(size, abs(load<f64>(t + (<usize>i << 3))));
    const least = max(EPSILON * size, 1e-300);
    for (let k = 0; k < n; ++k) {
      const row = v + from + <usize>k * width, value = load<f64>(cell(t, n, k, k));
      store<f64>(values + (<usize>k << 3), value);
      memory.fill(row, 0, width);
      // The coordinates in the basis stand on the diagonal's left of T, which is no longer needed, while they are found.
      const x = t + <usize>k * width;
      store<f64>(x + (<usize>k << 3), 1);
      for (let i = k - 1; i >= 0; --i) {
        let sum: f64 = 0;
        for (let j = i + 1; j <= k; ++j) sum += load<f64>(cell(t, n, i, j)) * load<f64>(x + (<usize>j << 3));
        let gap = load<f64>(values + (<usize>i << 3)) - value;
        if (abs(gap) < least) gap = least;
        const next = -sum / gap, far = abs(next);
        store<f64>(x + (<usize>i << 3), next);
        // Only the direction counts: made smaller before its squares overflow, as they would in a chain of equal eigenvalues.
        if (far > 1e100) for (let j = i; j <= k; ++j) store<f64>(x + (<usize>j << 3), load<f64>(x + (<usize>j << 3)) / far);
      }
      let norm: f64 = 0;
      for (let j = 0; j < n; ++j) {
        let sum: f64 = 0;
        for (let i = 0; i <= k; ++i) sum += load<f64>(x + (<usize>i << 3)) * load<f64>(cell(basis, n, i, j));
        store<f64>(row + (<usize>j << 3), sum);
        norm += sum * sum;
      }
      norm = sqrt(norm);
      for (let j: usize = 0; j < width; j += 8) store<f64>(row + j, load<f64>(row + j) / norm);
      store<f64>(x + (<usize>k << 3), value);
    }
  }
}
