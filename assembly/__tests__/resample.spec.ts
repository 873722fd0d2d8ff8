/// <reference path="../../node_modules/@as-pect/assembly/types/as-pect.d.ts"/>
import * as k from "../resample";

const X = heap.alloc(8192), OUT = heap.alloc(8192), AT = heap.alloc(256), W = heap.alloc(256);
const X64 = heap.alloc(8192), OUT64 = heap.alloc(8192), W64 = heap.alloc(256);

/** Three places of two taps among four elements. */
function taps(): void {
  const at: i32[] = [0, 1, 3, 1, 2, 2], w: f64[] = [0.25, 0.75, 0.5, 2, 1, -3];
  for (let i = 0; i < 6; i++) {
    store<i32>(AT + (<usize>i << 2), at[i]);
    store<f32>(W + (<usize>i << 2), <f32>w[i]);
    store<f64>(W64 + (<usize>i << 3), w[i]);
  }
  for (let i = 0; i < 256; i++) {
    store<f32>(X + (<usize>i << 2), <f32>((i * 7) % 23));
    store<f64>(X64 + (<usize>i << 3), <f64>((i * 7) % 23));
  }
}

describe("resampling", () => {
  it("sums weighted elements and gives them back, in f32 as in f64, along any dimension", () => {
    taps();
    for (let inner = 1; inner < 8; inner += 3) {
      k.resample_f32(X, OUT, AT, W, 2, 4, 3, inner, 0, 2);
      k.resample_f32(X, OUT, AT, W, 2, 4, 3, inner, 2, 3);
      k.resample_f64(X64, OUT64, AT, W64, 2, 4, 3, inner, 0, 3);
      for (let i = 0; i < 9 * inner; i++)
        expect<f64>(<f64>load<f32>(OUT + (<usize>i << 2))).toBe(load<f64>(OUT64 + (<usize>i << 3)));
      k.resampleBackward_f32(X, OUT, AT, W, 2, 4, 3, inner, 0, 1);
      k.resampleBackward_f32(X, OUT, AT, W, 2, 4, 3, inner, 1, 3);
      k.resampleBackward_f64(X64, OUT64, AT, W64, 2, 4, 3, inner, 0, 3);
      for (let i = 0; i < 12 * inner; i++)
        expect<f64>(<f64>load<f32>(OUT + (<usize>i << 2))).toBe(load<f64>(OUT64 + (<usize>i << 3)));
    }
    k.resample_f64(X64, OUT64, AT, W64, 2, 4, 3, 1, 0, 1);
    expect<f64>(load<f64>(OUT64)).toBe(0.75 * 7);
    expect<f64>(load<f64>(OUT64, 16)).toBe(14.0 - 3.0 * 14.0);
  });
});
