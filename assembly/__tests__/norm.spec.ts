/// <reference path="../../node_modules/@as-pect/assembly/types/as-pect.d.ts"/>
import * as k from "../norm";
import * as d from "../norm-f64";

const SIZE = 8192;
function block(): usize {
  return heap.alloc(8 * SIZE);
}
const X = block(), G = block(), W = block(), B = block(), OUT = block(), MEAN = block(), VAR = block(), RSTD = block();
const SCALES = block(), SHIFTS = block(), DX = block();
const X64 = block(), G64 = block(), W64 = block(), B64 = block(), OUT64 = block(), MEAN64 = block(), VAR64 = block();
const RSTD64 = block(), SCALES64 = block(), SHIFTS64 = block(), DX64 = block(), PLAN = heap.alloc(64);

function both(p: usize, p64: usize, i: i32, value: f64): void {
  const v = <f32>value;
  store<f32>(p + (<usize>i << 2), v);
  store<f64>(p64 + (<usize>i << 3), <f64>v);
}

function difference(got: usize, want: usize, count: i32): f64 {
  let worst = 0.0;
  for (let i = 0; i < count; i++) {
    const exact = load<f64>(want + (<usize>i << 3));
    const error = abs(<f64>load<f32>(got + (<usize>i << 2)) - exact) / (1 + abs(exact));
    worst = max(worst, error == error ? error : Infinity);
  }
  return worst;
}

/** f32 in two ranges against f64 in one, forward and back. */
function worst(units: i32, plan: i32[], offset: f64, given: i32, factors: bool): f64 {
  for (let i = 0; i < 8; i++) store<i32>(PLAN + (<usize>i << 2), plan[i]);
  const count = units * plan[0] * plan[1], cut = units / 2, sums = plan[6] ? units * plan[0] : units;
  for (let i = 0; i < count; i++) {
    both(X, X64, i, NativeMath.sin(<f64>i * 1.3) + offset);
    both(G, G64, i, NativeMath.cos(<f64>i * 0.7));
    both(W, W64, i, 1.0 + 0.5 * NativeMath.sin(<f64>i));
    both(B, B64, i, NativeMath.cos(<f64>i));
    if (given) {
      both(MEAN, MEAN64, i, offset + 0.1);
      both(RSTD, RSTD64, i, 1.5);
    }
  }
  const w = factors ? W : 0, b = factors ? B : 0, w64 = factors ? W64 : 0, b64 = factors ? B64 : 0;
  k.norm_f32(X, w, b, OUT, MEAN, VAR, RSTD, PLAN, 1e-5, given, 0, cut);
  k.norm_f32(X, w, b, OUT, MEAN, VAR, RSTD, PLAN, 1e-5, given, cut, units);
  d.norm_f64(X64, w64, b64, OUT64, MEAN64, VAR64, RSTD64, PLAN, 1e-5, given, 0, units);
  k.normBackward_f32(G, X, w, MEAN, RSTD, SCALES, SHIFTS, DX, PLAN, given, 0, cut);
  k.normBackward_f32(G, X, w, MEAN, RSTD, SCALES, SHIFTS, DX, PLAN, given, cut, units);
  d.normBackward_f64(G64, X64, w64, MEAN64, RSTD64, SCALES64, SHIFTS64, DX64, PLAN, given, 0, units);
  let worst = max(difference(OUT, OUT64, count), difference(DX, DX64, count));
  if (!given) worst = max(worst, max(difference(MEAN, MEAN64, units), difference(RSTD, RSTD64, units)));
  if (!plan[7]) worst = max(worst, max(difference(SCALES, SCALES64, sums), difference(SHIFTS, SHIFTS64, sums)));
  else {
    const n = plan[1];
    k.normFactors_f32(G, X, MEAN, RSTD, SCALES, SHIFTS, units, n, 0, 5);
    k.normFactors_f32(G, X, MEAN, RSTD, SCALES, SHIFTS, units, n, 5, n);
    d.normFactors_f64(G64, X64, MEAN64, RSTD64, SCALES64, SHIFTS64, units, n, 0, n);
    worst = max(worst, max(difference(SCALES, SCALES64, n), difference(SHIFTS, SHIFTS64, n)));
  }
  return worst;
}

describe("normalisation", () => {
  it("has the statistics and gradients of f64, whatever the frame", () => {
    const frames: i32[][] = [
      [4, 21, 21, 5 * 21, 5, 1, 0, 0], // batch norm of [4, 5, 21]
      [300, 1, 1, 7, 7, 1, 0, 0], // of [300, 7]
      [1, 37, 37, 37, 1, 0, 0, 1], // layer norm of rows of 37
      [3, 11, 33, 11, 2, 3, 1, 0], // group norm of [6, 6, 11] in 2 groups
      [1, 19, 19, 19, 4, 1, 0, 0], // instance norm of [3, 4, 19]
    ];
    const units: i32[] = [5, 7, 150, 12, 12];
    for (let i = 0; i < frames.length; i++) {
      expect<f64>(worst(units[i], frames[i], 0.3, 0, true)).toBeLessThan(2e-5);
      expect<f64>(worst(units[i], frames[i], 0.3, 0, false)).toBeLessThan(2e-5);
      expect<f64>(worst(units[i], frames[i], 0.3, 1, true)).toBeLessThan(2e-5);
    }
  });
  it("keeps a small variance beside a large mean", () => {
    // f32 itself has an error of 3e-5 at 1000
    expect<f64>(worst(3, [1, 512, 512, 512, 1, 0, 0, 1], 1000, 0, true)).toBeLessThan(3e-4);
    expect<f64>(worst(7, [300, 1, 1, 7, 7, 1, 0, 0], 1000, 0, true)).toBeLessThan(3e-4);
  });
});
