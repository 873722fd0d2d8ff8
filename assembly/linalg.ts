// Factorisations and solutions of f64 matrices, row-major, one after the other. begin, end: which of the matrices.
// Golub and Van Loan, Matrix Computations: LU with partial pivoting (alg. 3.4.1), Cholesky (4.2.1), Householder QR
// (5.2.1), triangular systems by rows. Backward errors are a modest multiple of n * 2^-53 times the norm (and, for LU,
// times the growth of the pivots).
import { dot64, swapRows64 } from "./rows-f64";

// @ts-ignore: decorator
@inline function at(p: usize, i: i32): f64 {
  return load<f64>(p + (<usize>i << 3));
}

/** y += a x over n elements. */
// @ts-ignore: decorator
@inline function axpy(n: i32, a: f64, x: usize, y: usize): void {
  const factor = f64x2.splat(a);
  for (; n >= 2; n -= 2, x += 16, y += 16) {
    v128.store(y, f64x2.add(v128.load(y), f64x2.mul(factor, v128.load(x))));
  }
  if (n > 0) store<f64>(y, load<f64>(y) + a * load<f64>(x));
}

/**
 * P A = L U in the place of A [m, n]: pivots [min(m, n)] i32 name, from 1 on, the row each row was swapped with; info
 * (i32) is the first zero pivot, counted from 1, or 0.
 */
export function lu_f64(a: usize, pivots: usize, info: usize, m: i32, n: i32, begin: i32, end: i32): void {
  const width = <usize>n << 3, k = min(m, n);
  for (let b = begin; b < end; ++b) {
    const base = a + <usize>b * <usize>m * width, p = pivots + (<usize>b * <usize>k << 2);
    let singular = 0;
    for (let j = 0; j < k; ++j) {
      let best = j, most: f64 = -1;
      for (let i = j; i < m; ++i) {
        const size = abs(at(base + <usize>i * width, j));
        if (size > most) {
          most = size;
          best = i;
        }
      }
      store<i32>(p + (<usize>j << 2), best + 1);
      const row = base + <usize>j * width;
      if (best != j) swapRows64(n, row, base + <usize>best * width);
      const pivot = at(row, j);
      if (pivot == 0) {
        if (!singular) singular = j + 1;
        continue;
      }
      for (let i = j + 1; i < m; ++i) {
        const other = base + <usize>i * width, cell = other + (<usize>j << 3), factor = load<f64>(cell) / pivot;
        store<f64>(cell, factor);
        if (factor != 0) axpy(n - j - 1, -factor, row + (<usize>(j + 1) << 3), cell + 8);
      }
    }
    store<i32>(info + (<usize>b << 2), singular);
  }
}

/** Swaps the rows of x [n, k] as `pivots` [n] say, in their order or, `back`, from the last to the first. */
export function pivotRows_f64(pivots: usize, x: usize, n: i32, count: i32, k: i32, back: i32, begin: i32, end: i32): void {
  const width = <usize>k << 3;
  for (let b = begin; b < end; ++b) {
    const base = x + <usize>b * <usize>n * width, p = pivots + (<usize>b * <usize>count << 2);
    for (let j = 0; j < count; ++j) {
      const i = back ? count - 1 - j : j, other = load<i32>(p + (<usize>i << 2)) - 1;
      if (other != i) swapRows64(k, base + <usize>i * width, base + <usize>other * width);
    }
  }
}

/** X [n, k] of A X = B in the place of B, where A [n, n] is lower or upper triangular; what lies outside is not read. */
export function solveTriangular_f64(
  a: usize, x: usize, n: i32, k: i32, upper: i32, unit: i32, begin: i32, end: i32,
): void {
  const width = <usize>n << 3, step = <usize>k << 3;
  for (let b = begin; b < end; ++b) {
    const matrix = a + <usize>b * <usize>n * width, base = x + <usize>b * <usize>n * step;
    for (let r = 0; r < n; ++r) {
      const i = upper ? n - 1 - r : r, row = matrix + <usize>i * width, to = base + <usize>i * step;
      for (let q = 0; q < r; ++q) {
        const j = upper ? n - 1 - q : q, factor = at(row, j);
        if (factor != 0) axpy(k, -factor, base + <usize>j * step, to);
      }
      if (!unit) {
        const d = at(row, i);
        for (let c = 0; c < k; ++c) store<f64>(to + (<usize>c << 3), at(to, c) / d);
      }
    }
  }
}

/** A = L L^T from the lower triangle of A [n, n], in its place with zeros above; info as of `lu_f64`. */
export function cholesky_f64(a: usize, info: usize, n: i32, begin: i32, end: i32): void {
  const width = <usize>n << 3;
  for (let b = begin; b < end; ++b) {
    const base = a + <usize>b * <usize>n * width;
    let failed = 0;
    for (let i = 0; i < n; ++i) {
      const row = base + <usize>i * width;
      for (let j = 0; j < i; ++j) {
        const other = base + <usize>j * width, cell = row + (<usize>j << 3);
        store<f64>(cell, (load<f64>(cell) - dot64(j, row, other)) / at(other, j));
      }
      const cell = row + (<usize>i << 3), d = load<f64>(cell) - dot64(i, row, row);
      if (!(d > 0) && !failed) failed = i + 1;
      store<f64>(cell, sqrt(d));
      memory.fill(cell + 8, 0, <usize>(n - i - 1) << 3);
    }
    store<i32>(info + (<usize>b << 2), failed);
  }
}

/**
 * Householder's reflectors of A [m, n], given and returned transposed as [n, m]: R above and on the diagonal, below it
 * the vectors, whose first element is 1; tau [min(m, n)], with LAPACK's signs.
 */
export function qr_f64(a: usize, tau: usize, m: i32, n: i32, begin: i32, end: i32): void {
  const width = <usize>m << 3, k = min(m, n);
  for (let b = begin; b < end; ++b) {
    const base = a + <usize>b * <usize>n * width, taus = tau + (<usize>b * <usize>k << 3);
    for (let j = 0; j < k; ++j) {
      const cell = base + <usize>j * width + (<usize>j << 3), left = m - j - 1;
      const alpha = load<f64>(cell), rest = dot64(left, cell + 8, cell + 8);
      let t: f64 = 0;
      if (rest != 0) {
        const beta = -copysign(sqrt(alpha * alpha + rest), alpha);
        t = (beta - alpha) / beta;
        for (let i = 1; i <= left; ++i) store<f64>(cell + (<usize>i << 3), at(cell, i) / (alpha - beta));
        for (let c = 1; c < n - j; ++c) {
          const other = cell + <usize>c * width;
          const s = t * (load<f64>(other) + dot64(left, cell + 8, other + 8));
          store<f64>(other, load<f64>(other) - s);
          axpy(left, -s, cell + 8, other + 8);
        }
        store<f64>(cell, beta);
      }
      store<f64>(taus + (<usize>j << 3), t);
    }
  }
}

/** The first `columns` columns of the product of k reflectors [k, m] of `qr_f64`, as rows: q [columns, m]. */
export function reflect_f64(
  a: usize, tau: usize, q: usize, m: i32, rows: i32, k: i32, columns: i32, begin: i32, end: i32,
): void {
  const width = <usize>m << 3;
  for (let b = begin; b < end; ++b) {
    const base = a + <usize>b * <usize>rows * width, taus = tau + (<usize>b * <usize>k << 3);
    const target = q + <usize>b * <usize>columns * width;
    memory.fill(target, 0, <usize>columns * width);
    for (let c = 0; c < columns; ++c) {
      const row = target + <usize>c * width;
      store<f64>(row + (<usize>c << 3), 1);
      for (let j = min(k - 1, c); j >= 0; --j) {
        const from = <usize>j << 3, v = base + <usize>j * width + from + 8, left = m - j - 1;
        const s = at(taus, j) * (at(row, j) + dot64(left, v, row + from + 8));
        store<f64>(row + from, at(row, j) - s);
        axpy(left, -s, v, row + from + 8);
      }
    }
  }
}
