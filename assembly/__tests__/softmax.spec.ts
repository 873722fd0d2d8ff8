/// <reference path="../../node_modules/@as-pect/assembly/types/as-pect.d.ts"/>
import * as k from "../softmax";

const SIZE = 4096;
const X = heap.alloc(4 * SIZE), Y = heap.alloc(4 * SIZE), G = heap.alloc(4 * SIZE), OUT = heap.alloc(4 * SIZE);
const X64 = heap.alloc(8 * SIZE), Y64 = heap.alloc(8 * SIZE), G64 = heap.alloc(8 * SIZE), OUT64 = heap.alloc(8 * SIZE);

type Forward = (x: usize, out: usize, n: i32, inner: i32, begin: i32, end: i32) => void;
type Backward = (g: usize, y: usize, out: usize, n: i32, inner: i32, begin: i32, end: i32) => void;

function fill(count: i32): void {
  for (let i = 0; i < count; i++) {
    const x = <f32>(NativeMath.sin(<f64>i * 1.7) * 12.0), g = <f32>NativeMath.cos(<f64>i * 0.9);
    store<f32>(X + (<usize>i << 2), x);
    store<f64>(X64 + (<usize>i << 3), <f64>x);
    store<f32>(G + (<usize>i << 2), g);
    store<f64>(G64 + (<usize>i << 3), <f64>g);
  }
}

/** The largest difference between f32 and f64, over 1 + |value|. */
function difference(got: usize, want: usize, count: i32): f64 {
  let worst = 0.0;
  for (let i = 0; i < count; i++) {
    const exact = load<f64>(want + (<usize>i << 3));
    worst = max(worst, abs(<f64>load<f32>(got + (<usize>i << 2)) - exact) / (1 + abs(exact)));
  }
  return worst;
}

/** Over lines of many lengths, alone and side by side, whole and in two halves. */
function worst(forward: Forward, forward64: Forward, back: Backward, back64: Backward): f64 {
  let worst = 0.0;
  for (let n = 1; n < 40; n += n < 9 ? 1 : 7) {
    for (let inner = 1; inner < 8; inner += 3) {
      const count = 4 * n * inner;
      fill(count);
      memory.fill(Y, 0xff, 4 * SIZE);
      forward(X, Y, n, inner, 0, 1);
      forward(X, Y, n, inner, 1, 4);
      forward64(X64, Y64, n, inner, 0, 4);
      worst = max(worst, difference(Y, Y64, count));
      back(G, Y, OUT, n, inner, 0, 3);
      back(G, Y, OUT, n, inner, 3, 4);
      back64(G64, Y64, OUT64, n, inner, 0, 4);
      worst = max(worst, difference(OUT, OUT64, count));
      if (load<u32>(Y + (<usize>count << 2)) != 0xffffffff) return Infinity;
    }
  }
  return worst;
}

describe("softmax", () => {
  it("is accurate forward and back, and writes nothing beyond its lines", () => {
    expect<f64>(worst(k.softmax_f32, k.softmax_f64, k.softmaxBackward_f32, k.softmaxBackward_f64)).toBeLessThan(1e-6);
    expect<f64>(
      worst(k.logSoftmax_f32, k.logSoftmax_f64, k.logSoftmaxBackward_f32, k.logSoftmaxBackward_f64),
    ).toBeLessThan(3e-6);
  });
  it("sums to 1 in f64, and a line of one element is 1", () => {
    fill(64);
    k.softmax_f64(X64, Y64, 16, 4, 0, 1);
    let sum = 0.0;
    for (let i = 0; i < 16; i++) sum += load<f64>(Y64 + (<usize>(4 * i + 2) << 3));
    expect<f64>(abs(sum - 1)).toBeLessThan(1e-15);
    k.softmax_f32(X, Y, 1, 1, 0, 3);
    expect<f32>(load<f32>(Y, 8)).toBe(1);
  });
  it("gives exact zeros for -infinity, and NaNs where nothing is finite", () => {
    for (let i = 0; i < 6; i++) store<f32>(X + (<usize>i << 2), i == 2 || i == 5 ? -Infinity : <f32>i);
    k.softmax_f32(X, Y, 6, 1, 0, 1);
    expect<f32>(load<f32>(Y, 8)).toBe(0);
    expect<f32>(load<f32>(Y, 20)).toBe(0);
    k.logSoftmax_f32(X, Y, 6, 1, 0, 1);
    expect<f32>(load<f32>(Y, 8)).toBe(-Infinity);
    for (let i = 0; i < 6; i++) store<f32>(X + (<usize>i << 2), -Infinity);
    k.softmax_f32(X, Y, 6, 1, 0, 1);
    expect<bool>(isNaN(load<f32>(Y)) && isNaN(load<f32>(Y, 20))).toBe(true);
    for (let i = 0; i < 6; i++) store<f32>(X + (<usize>i << 2), i == 4 ? NaN : 1);
    k.softmax_f32(X, Y, 6, 1, 0, 1);
    expect<bool>(isNaN(load<f32>(Y)) && isNaN(load<f32>(Y, 20))).toBe(true);
  });
});
