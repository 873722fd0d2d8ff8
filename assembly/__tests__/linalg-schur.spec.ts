/// <reference path="../../node_modules/@as-pect/assembly/types/as-pect.d.ts"/>
import { dot64 } from "../rows-f64";
import * as k from "../linalg-schur";

const A = heap.alloc(1024), C = heap.alloc(1024), Q = heap.alloc(1024), V = heap.alloc(1024), S = heap.alloc(128), INFO = heap.alloc(16);

function put(xs: f64[]): void {
  for (let i = 0; i < xs.length; i++) {
    store<f64>(A + (<usize>i << 3), xs[i]);
    store<f64>(C + (<usize>i << 3), xs[i]);
  }
}

function check(n: i32): void {
  k.eig_f64(A, Q, V, S, INFO, n, 0, 1);
  expect<i32>(load<i32>(INFO)).toBe(0);
  for (let i = 0; i < n; i++) {
    const v = V + (<usize>(i * n) << 3);
    expect<f64>(abs(dot64(n, v, v) - 1)).toBeLessThan(1e-14);
    for (let r = 0; r < n; r++) {
      const product = dot64(n, C + (<usize>(r * n) << 3), v);
      expect<f64>(abs(product - load<f64>(S + (<usize>i << 3)) * load<f64>(v + (<usize>r << 3)))).toBeLessThan(1e-13);
    }
  }
}

describe("general eigenvalues", () => {
  it("that are real, with their vectors", () => {
    put([4, 1, -2, 0, 3, 5, 0, 0, 1]);
    check(3);
    put([2, 1, 0, 1, 1, 3, 1, 0, 0, 1, 4, 1, 1, 0, 1, 5]);
    check(4);
  });
  it("of defective and zero matrices", () => {
    put([1, 1, 0, 1]);
    check(2);
    put([0, 0, 0, 0]);
    check(2);
    const shift = new Array<f64>(121).fill(0);
    for (let i = 0; i < 10; i++) shift[12 * i + 1] = 1;
    put(shift);
    check(11);
  });
  it("that are complex are told", () => {
    put([0, 1, -1, 0]);
    k.eig_f64(A, Q, V, S, INFO, 2, 0, 1);
    expect<i32>(load<i32>(INFO)).toBe(1);
  });
});
