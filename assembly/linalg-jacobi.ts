// Singular values and symmetric eigenvalues by Jacobi's rotations (Golub and Van Loan, 8.5 and 8.6.3; Demmel and
// Veselic, 1992: even small values are accurate relative to themselves): cyclic sweeps until every pair is orthogonal to
// about 1e-15, at most 60. f64, row-major, vectors in rows. begin, end: which of the matrices.
import { dot64, identity64, rotate64, swapRows64 } from "./rows-f64";

const SWEEPS = 60;
const NEAR = 1e-15;

/** The tangent of the rotation that makes off-diagonal `g` of [[a, g], [g, b]] vanish. */
// @ts-ignore: decorator
@inline function tangent(a: f64, b: f64, g: f64): f64 {
  const z = (b - a) / (2 * g);
  return abs(z) > 1e150 ? 0.5 / z : copysign(1.0, z) / (abs(z) + sqrt(1 + z * z));
}

/** Puts values and the rows that belong to them in order. */
function order(values: usize, n: i32, x: usize, m: i32, y: usize, k: i32, falling: bool): void {
  for (let i = 0; i < n - 1; ++i) {
    let best = i;
    for (let j = i + 1; j < n; ++j) {
      const a = load<f64>(values + (<usize>j << 3)), b = load<f64>(values + (<usize>best << 3));
      if (falling ? a > b : a < b) best = j;
    }
    if (best == i) continue;
    swapRows64(1, values + (<usize>i << 3), values + (<usize>best << 3));
    if (x) swapRows64(m, x + (<usize>i * <usize>m << 3), x + (<usize>best * <usize>m << 3));
    swapRows64(k, y + (<usize>i * <usize>k << 3), y + (<usize>best * <usize>k << 3));
  }
}

/** Row r of w: a unit vector orthogonal to the r rows before it, from the axis that is farthest from them. */
function complete(w: usize, r: i32, m: i32): void {
  const row = w + (<usize>r * <usize>m << 3);
  let best = 0, least: f64 = Infinity;
  for (let i = 0; i < m; ++i) {
    let sum: f64 = 0;
    for (let j = 0; j < r; ++j) {
      const v = load<f64>(w + (<usize>j * <usize>m + <usize>i << 3));
      sum += v * v;
    }
    if (sum < least) {
      least = sum;
      best = i;
    }
  }
  memory.fill(row, 0, <usize>m << 3);
  store<f64>(row + (<usize>best << 3), 1);
  // Twice is enough (Kahan).
  for (let pass = 0; pass < 2; ++pass) {
    for (let j = 0; j < r; ++j) {
      const other = w + (<usize>j * <usize>m << 3), s = dot64(m, row, other);
      for (let i: usize = 0; i < <usize>m << 3; i += 8) {
        store<f64>(row + i, load<f64>(row + i) - s * load<f64>(other + i));
      }
    }
  }
  scale(row, m, sqrt(dot64(m, row, row)));
}

function scale(row: usize, m: i32, by: f64): void {
  for (let i: usize = 0; i < <usize>m << 3; i += 8) store<f64>(row + i, load<f64>(row + i) / by);
}

/**
 * Of a matrix [m, n], m >= n, given transposed in the first n of the `rows` rows of w [rows, m]: singular values s [n],
 * falling, the left vectors in the rows of w, completed to an orthonormal set, and the right ones in the rows of v [n, n].
 */
export function svd_f64(w: usize, v: usize, s: usize, m: i32, n: i32, rows: i32, begin: i32, end: i32): void {
  for (let b = begin; b < end; ++b) {
    const x = w + (<usize>b * <usize>rows * <usize>m << 3), y = v + (<usize>b * <usize>n * <usize>n << 3);
    const values = s + (<usize>b * <usize>n << 3);
    identity64(n, y);
    let turned = true;
    for (let sweep = 0; turned && sweep < SWEEPS; ++sweep) {
      turned = false;
      for (let p = 0; p < n - 1; ++p) {
        const xp = x + (<usize>p * <usize>m << 3);
        for (let q = p + 1; q < n; ++q) {
          const xq = x + (<usize>q * <usize>m << 3);
          const a = dot64(m, xp, xp), c = dot64(m, xq, xq), g = dot64(m, xp, xq);
          if (g == 0 || !(abs(g) > NEAR * sqrt(a) * sqrt(c))) continue;
          turned = true;
          const t = tangent(a, c, g), cosine = 1 / sqrt(1 + t * t);
          rotate64(m, xp, xq, cosine, cosine * t);
          rotate64(n, y + (<usize>p * <usize>n << 3), y + (<usize>q * <usize>n << 3), cosine, cosine * t);
        }
      }
    }
    for (let i = 0; i < n; ++i) {
      const row = x + (<usize>i * <usize>m << 3);
      store<f64>(values + (<usize>i << 3), sqrt(dot64(m, row, row)));
    }
    order(values, n, x, m, y, n, true);
    for (let i = 0; i < rows; ++i) {
      const size = i < n ? load<f64>(values + (<usize>i << 3)) : 0;
      if (size > 1e-150) scale(x + (<usize>i * <usize>m << 3), m, size);
      else complete(x, i, m);
    }
  }
}

/** Eigenvalues s [n], rising, of symmetric matrices a [n, n], which are destroyed, and their vectors in the rows of v. */
export function eigh_f64(a: usize, v: usize, s: usize, n: i32, begin: i32, end: i32): void {
  const width = <usize>n << 3;
  for (let b = begin; b < end; ++b) {
    const x = a + <usize>b * <usize>n * width, y = v + <usize>b * <usize>n * width, values = s + <usize>b * width;
    identity64(n, y);
    const small = 1e-17 * sqrt(dot64(n * n, x, x));
    let turned = true;
    for (let sweep = 0; turned && sweep < SWEEPS; ++sweep) {
      turned = false;
      for (let p = 0; p < n - 1; ++p) {
        const rowP = x + <usize>p * width;
        for (let q = p + 1; q < n; ++q) {
          const rowQ = x + <usize>q * width, offP = <usize>p << 3, offQ = <usize>q << 3;
          const g = load<f64>(rowP + offQ);
          if (!(abs(g) > small)) continue;
          turned = true;
          const t = tangent(load<f64>(rowP + offP), load<f64>(rowQ + offQ), g);
          const c = 1 / sqrt(1 + t * t), d = c * t;
          rotate64(n, rowP, rowQ, c, d);
          for (let row = x; row < x + <usize>n * width; row += width) {
            const e = load<f64>(row + offP), f = load<f64>(row + offQ);
            store<f64>(row + offP, c * e - d * f);
            store<f64>(row + offQ, d * e + c * f);
          }
          store<f64>(rowP + offQ, 0);
          store<f64>(rowQ + offP, 0);
          rotate64(n, y + <usize>p * width, y + <usize>q * width, c, d);
        }
      }
    }
    for (let i = 0; i < n; ++i) store<f64>(values + (<usize>i << 3), load<f64>(x + <usize>i * (width + 8)));
    order(values, n, 0, 0, y, n, false);
  }
}
