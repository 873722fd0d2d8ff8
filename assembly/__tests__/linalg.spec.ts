/// <reference path="../../node_modules/@as-pect/assembly/types/as-pect.d.ts"/>
import { dot64 } from "../rows-f64";
import * as j from "../linalg-jacobi";
import * as k from "../linalg";

const A = heap.alloc(1 << 13), B = heap.alloc(1 << 13), C = heap.alloc(1 << 13), S = heap.alloc(1 << 10), P = heap.alloc(256);
const INFO = heap.alloc(64);

/** Elements of two matrices of m rows and n columns, the same at every call. */
function fill(p: usize, m: i32, n: i32): void {
  for (let i = 0; i < 2 * m * n; i++) store<f64>(p + (<usize>i << 3), <f64>((i * i * 7919 + i * 31) % 1009) / 504.5 - 1);
}

function at(p: usize, i: i32): f64 {
  return load<f64>(p + (<usize>i << 3));
}

describe("LU", () => {
  it("solves two systems, one after the other", () => {
    const n = 7, k2 = 3;
    fill(A, n, n);
    fill(C, n, n);
    fill(B, n, k2);
    k.lu_f64(A, P, INFO, n, n, 0, 2);
    expect<i32>(load<i32>(INFO)).toBe(0);
    for (let b = 0; b < 2; b++) {
      k.pivotRows_f64(P, B, n, n, k2, 0, b, b + 1);
      k.solveTriangular_f64(A, B, n, k2, 0, 1, b, b + 1);
      k.solveTriangular_f64(A, B, n, k2, 1, 0, b, b + 1);
    }
    fill(A, n, k2);
    for (let b = 0; b < 2; b++) {
      for (let i = 0; i < n; i++) {
        for (let c = 0; c < k2; c++) {
          let sum: f64 = 0;
          for (let q = 0; q < n; q++) sum += at(C, b * n * n + i * n + q) * at(B, b * n * k2 + q * k2 + c);
          expect<f64>(abs(sum - at(A, b * n * k2 + i * k2 + c))).toBeLessThan(1e-13);
        }
      }
    }
  });
  it("names the first zero pivot", () => {
    const xs: f64[] = [1, 2, 3, 2, 4, 6, 1, 0, 5];
    for (let i = 0; i < 9; i++) store<f64>(A + (<usize>i << 3), xs[i]);
    k.lu_f64(A, P, INFO, 3, 3, 0, 1);
    expect<i32>(load<i32>(INFO)).toBe(3);
  });
});

describe("Cholesky and QR", () => {
  it("rebuild what they were given", () => {
    const n = 5, m = 8;
    fill(C, n, m);
    // A = C C^T
    for (let i = 0; i < n; i++) {
      for (let q = 0; q < n; q++) store<f64>(A + (<usize>(i * n + q) << 3), dot64(m, C + (<usize>(i * m) << 3), C + (<usize>(q * m) << 3)));
    }
    k.cholesky_f64(A, INFO, n, 0, 1);
    expect<i32>(load<i32>(INFO)).toBe(0);
    for (let i = 0; i < n; i++) {
      const sum = dot64(n, A + (<usize>(i * n) << 3), A + (<usize>(n * n - n) << 3));
      expect<f64>(abs(sum - dot64(m, C + (<usize>(i * m) << 3), C + (<usize>(n * m - m) << 3)))).toBeLessThan(1e-14);
    }
    // The columns of an [8, 5] matrix stand in the rows of C.
    fill(B, n, m);
    k.qr_f64(B, S, m, n, 0, 1);
    k.reflect_f64(B, S, A, m, n, n, m, 0, 1);
    for (let i = 0; i < m; i++) {
      for (let q = 0; q <= i; q++) {
        const inner = dot64(m, A + (<usize>(i * m) << 3), A + (<usize>(q * m) << 3));
        expect<f64>(abs(inner - (i == q ? 1 : 0))).toBeLessThan(1e-14);
      }
    }
    for (let c = 0; c < n; c++) {
      for (let r = 0; r < m; r++) {
        let sum: f64 = 0;
        for (let q = 0; q <= c; q++) sum += at(A, q * m + r) * at(B, c * m + q);
        expect<f64>(abs(sum - at(C, c * m + r))).toBeLessThan(1e-14);
      }
    }
  });
});

describe("Jacobi", () => {
  it("decomposes a matrix of lower rank with orthonormal vectors", () => {
    const m = 6, n = 4, rows = 6;
    fill(A, n, m);
    // The last column is the sum of the first two.
    for (let i = 0; i < m; i++) store<f64>(A + (<usize>(3 * m + i) << 3), at(A, i) + at(A, m + i));
    memory.copy(C, A, n * m << 3);
    j.svd_f64(A, B, S, m, n, rows, 0, 1);
    expect<f64>(at(S, 3)).toBeLessThan(1e-15 * at(S, 0) * 10);
    for (let i = 0; i < rows; i++) {
      for (let q = 0; q <= i; q++) {
        const inner = dot64(m, A + (<usize>(i * m) << 3), A + (<usize>(q * m) << 3));
        expect<f64>(abs(inner - (i == q ? 1 : 0))).toBeLessThan(2e-15 * 10);
      }
    }
    for (let c = 0; c < n; c++) {
      for (let r = 0; r < m; r++) {
        let sum: f64 = 0;
        for (let q = 0; q < n; q++) sum += at(S, q) * at(A, q * m + r) * at(B, q * n + c);
        expect<f64>(abs(sum - at(C, c * m + r))).toBeLessThan(1e-14);
      }
    }
  });
  it("finds eigenvalues in rising order, and their vectors", () => {
    const n = 6;
    fill(C, n, n);
    for (let i = 0; i < n; i++) {
      for (let q = 0; q < n; q++) store<f64>(A + (<usize>(i * n + q) << 3), at(C, i * n + q) + at(C, q * n + i));
    }
    memory.copy(C, A, n * n << 3);
    j.eigh_f64(A, B, S, n, 0, 1);
    for (let v = 0; v < n; v++) {
      if (v > 0) expect<bool>(at(S, v) >= at(S, v - 1)).toBe(true);
      for (let i = 0; i < n; i++) {
        const product = dot64(n, C + (<usize>(i * n) << 3), B + (<usize>(v * n) << 3));
        expect<f64>(abs(product - at(S, v) * at(B, v * n + i))).toBeLessThan(1e-14);
      }
    }
  });
});
