/// <reference path="../../node_modules/@as-pect/assembly/types/as-pect.d.ts"/>
import * as k from "../slopes";

const N = 4003;
const G = heap.alloc(8 * N), X = heap.alloc(8 * N), OUT = heap.alloc(8 * N);
const G64 = heap.alloc(8 * N), X64 = heap.alloc(8 * N), OUT64 = heap.alloc(8 * N);

type Kernel = (g: usize, x: usize, out: usize, begin: i32, end: i32, p: f64, q: f64) => void;

/** The f32 kernel against the f64 one over [-20, 20], in units of 2^-22 (1 + |slope|), and split against whole. */
function worst(single: Kernel, double: Kernel, p: f64, q: f64): f64 {
  for (let i = 0; i < N; i++) {
    const x = <f32>(<f64>(i - 2001) * 0.01);
    store<f32>(X + (<usize>i << 2), x);
    store<f64>(X64 + (<usize>i << 3), x);
    store<f32>(G + (<usize>i << 2), 1);
    store<f64>(G64 + (<usize>i << 3), 1);
  }
  single(G, X, OUT, 0, N, p, q);
  double(G64, X64, OUT64, 0, N, p, q);
  let worst = 0.0;
  for (let i = 0; i < N; i++) {
    const want = load<f64>(OUT64 + (<usize>i << 3));
    worst = max(worst, abs(<f64>load<f32>(OUT + (<usize>i << 2)) - want) / (1 + abs(want)) * 4194304.0);
  }
  const before = heap.alloc(4 * N);
  memory.copy(before, OUT, 4 * N);
  memory.fill(OUT, 0, 4 * N);
  single(G, X, OUT, 0, 1001, p, q);
  single(G, X, OUT, 1001, N, p, q);
  expect<i32>(memory.compare(before, OUT, 4 * N)).toBe(0, "split ranges");
  return worst;
}

describe("slopes of activations", () => {
  it("agree in both precisions", () => {
    expect<f64>(worst(k.leakyReluBackward_f32, k.leakyReluBackward_f64, 0.25, 0)).toBe(0, "leakyRelu");
    expect<f64>(worst(k.eluBackward_f32, k.eluBackward_f64, 1.5, 0)).toBeLessThan(2, "elu");
    expect<f64>(worst(k.softplusBackward_f32, k.softplusBackward_f64, 1, 20)).toBeLessThan(2, "softplus");
    expect<f64>(worst(k.hardtanhBackward_f32, k.hardtanhBackward_f64, -1.005, 2.125)).toBe(0, "hardtanh");
    expect<f64>(worst(k.geluBackward_f32, k.geluBackward_f64, 0, 0)).toBeLessThan(2, "gelu");
    expect<f64>(worst(k.geluTanhBackward_f32, k.geluTanhBackward_f64, 0, 0)).toBeLessThan(6, "geluTanh");
    expect<f64>(worst(k.siluBackward_f32, k.siluBackward_f64, 0, 0)).toBeLessThan(4, "silu");
  });
  it("have no slope at the ends and the one below at 0", () => {
    const xs: f64[] = [-1, 0, 2, NaN];
    for (let i = 0; i < 4; i++) {
      store<f64>(X64 + (<usize>i << 3), xs[i]);
      store<f64>(G64 + (<usize>i << 3), 3);
    }
    k.hardtanhBackward_f64(G64, X64, OUT64, 0, 4, -1, 2);
    expect<f64>(load<f64>(OUT64)).toBe(0);
    expect<f64>(load<f64>(OUT64, 8)).toBe(3);
    expect<f64>(load<f64>(OUT64, 16)).toBe(0);
    expect<f64>(load<f64>(OUT64, 24)).toBe(0);
    k.leakyReluBackward_f64(G64, X64, OUT64, 0, 4, 0.5, 0);
    expect<f64>(load<f64>(OUT64, 8)).toBe(1.5);
  });
});
