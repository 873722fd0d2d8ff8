/// <reference path="../../node_modules/@as-pect/assembly/types/as-pect.d.ts"/>
import * as k from "../optim";

const N = 11;
const P = heap.alloc(256), G = heap.alloc(256), A = heap.alloc(256), B = heap.alloc(256), C = heap.alloc(256);
const Q = heap.alloc(256), D = heap.alloc(256), E = heap.alloc(256), F = heap.alloc(256), S = heap.alloc(128), S32 = heap.alloc(64);
/** Address of the third state vector. */
let third: usize = C;

type Step = (p: usize, g: usize, a: usize, b: usize, c: usize, s: usize, begin: i32, end: i32) => void;

function scalars(values: f64[]): void {
  for (let i = 0; i < values.length; i++) {
    store<f64>(S + (<usize>i << 3), values[i]);
    store<f32>(S32 + (<usize>i << 2), <f32>values[i]);
  }
}

/** The same values in both precisions: the parameter falls through 0, the states are positive. */
function reset<T>(p: usize, a: usize, b: usize, c: usize): void {
  for (let i = 0; i < N; i++) {
    const o = <usize>i * sizeof<T>(), x = <f64>i;
    store<T>(p + o, <T>(0.5 - 0.1 * x));
    store<T>(G + o, <T>(i % 3 == 0 ? 0.25 * x : -0.2 * x - 0.1));
    store<T>(a + o, <T>(0.03 * x));
    store<T>(b + o, <T>(0.3 + 0.01 * x));
    store<T>(c + o, <T>(0.02 * x));
  }
}

function bits<T>(p: usize, q: usize): bool {
  return memory.compare(p, q, N * sizeof<T>()) == 0;
}

/** Whether the elements done in pieces are, bit for bit, those done at once. */
function splits<T>(step: Step): bool {
  reset<T>(P, A, B, C);
  reset<T>(Q, D, E, F);
  const given = sizeof<T>() == 4 ? S32 : S, c = third && F;
  step(P, G, A, B, third, given, 0, N);
  step(Q, G, D, E, c, given, 0, 3);
  step(Q, G, D, E, c, given, 3, 8);
  step(Q, G, D, E, c, given, 8, N);
  return bits<T>(P, Q) && bits<T>(A, D) && bits<T>(B, E) && bits<T>(C, F);
}

/** Whether f32 is f64 to its precision. */
function agree(step32: Step, step64: Step): bool {
  reset<f64>(Q, D, E, F);
  step64(Q, G, D, E, third && F, S, 0, N);
  reset<f32>(P, A, B, C);
  step32(P, G, A, B, third, S32, 0, N);
  let worst = 0.0;
  for (let i = 0; i < N; i++)
    worst = max(worst, abs(<f64>load<f32>(P + (<usize>i << 2)) - load<f64>(Q + (<usize>i << 3))));
  return worst < 1e-6;
}

describe("optimizer steps", () => {
  it("of every rule: pieces equal the whole, f32 follows f64", () => {
    scalars([-1, 0.1, 0.9, 0.8, 1, 0.05]);
    expect<bool>(splits<f32>(k.sgd_f32) && splits<f64>(k.sgd_f64) && agree(k.sgd_f32, k.sgd_f64)).toBe(true);
    scalars([1, 0.1, 0.99, 0.9, 0.1, 0.99, 0.01, 0.02, 0.1, 1.5, 1e-3]);
    expect<bool>(splits<f32>(k.adam_f32) && splits<f64>(k.adam_f64) && agree(k.adam_f32, k.adam_f64)).toBe(true);
    // Without decay: loops of their own.
    scalars([-1, 0, 0.9, 0.8, 0, 0.05]);
    expect<bool>(splits<f32>(k.sgd_f32) && splits<f64>(k.sgd_f64) && agree(k.sgd_f32, k.sgd_f64)).toBe(true);
    scalars([1, 0, 0.99, 0.9, 0.1, 0.99, 0.01, 0, 0.1, 1.5, 1e-3]);
    third = 0;
    expect<bool>(splits<f32>(k.adam_f32) && splits<f64>(k.adam_f64) && agree(k.adam_f32, k.adam_f64)).toBe(true);
    third = C;
    scalars([1, 0.1, 0.9, 0.1, 1e-3, 0.5, 0.05]);
    expect<bool>(splits<f32>(k.rmsprop_f32) && splits<f64>(k.rmsprop_f64)).toBe(true);
    scalars([1, 0.1, 1e-3, 0.05]);
    expect<bool>(splits<f32>(k.adagrad_f32) && splits<f64>(k.adagrad_f64) && agree(k.adagrad_f32, k.adagrad_f64)).toBe(true);
    scalars([1, 0.1, 0.9, 0.1, 1e-3, 0.5]);
    expect<bool>(splits<f32>(k.adadelta_f32) && splits<f64>(k.adadelta_f64) && agree(k.adadelta_f32, k.adadelta_f64)).toBe(true);
    scalars([1, 0.1, 0.9, 0.1, 0.99, 1e-3, 0.05]);
    expect<bool>(splits<f32>(k.adamax_f32) && splits<f64>(k.adamax_f64) && agree(k.adamax_f32, k.adamax_f64)).toBe(true);
    scalars([1, 0, 0.5, 1.2, 1e-3, 0.4]);
    expect<bool>(splits<f32>(k.rprop_f32) && splits<f64>(k.rprop_f64) && agree(k.rprop_f32, k.rprop_f64)).toBe(true);
    scalars([1, 0.1, 0.99, 0.05, 0.5]);
    expect<bool>(splits<f32>(k.asgd_f32) && splits<f64>(k.asgd_f64) && agree(k.asgd_f32, k.asgd_f64)).toBe(true);
  });
  it("of SGD without momentum leave the state addresses alone", () => {
    store<f64>(P, 1);
    store<f64>(G, 0.5);
    scalars([1, 0.2, 0, 1, 0, 0.1]);
    k.sgd_f64(P, G, 0, 0, 0, S, 0, 1);
    expect<f64>(load<f64>(P)).toBe(1 - 0.1 * (0.5 + 0.2 * 1));
  });
  it("of Adam keep the largest mean square", () => {
    store<f64>(P, 1);
    store<f64>(G, 2);
    store<f64>(A, 0);
    store<f64>(B, 0);
    store<f64>(C, 9);
    scalars([1, 0, 1, 0.9, 0.1, 0.5, 0.5, 0, 1, 1, 0]);
    k.adam_f64(P, G, A, B, C, S, 0, 1);
    expect<f64>(load<f64>(B)).toBe(2);
    expect<f64>(load<f64>(C)).toBe(9);
    expect<bool>(abs(load<f64>(P) - (1 - 0.2 / 3)) < 1e-15).toBe(true);
  });
  it("of Rprop halt where the gradient turned", () => {
    store<f32>(P, 1);
    store<f32>(G, -3);
    store<f32>(A, 2);
    store<f32>(B, 0.5);
    scalars([1, 0, 0.5, 1.2, 1e-6, 50]);
    k.rprop_f32(P, G, A, B, 0, S32, 0, 1);
    expect<f32>(load<f32>(P)).toBe(1);
    expect<f32>(load<f32>(A)).toBe(0);
    expect<f32>(load<f32>(B)).toBe(0.25);
    k.rprop_f32(P, G, A, B, 0, S32, 0, 1);
    expect<f32>(load<f32>(P)).toBe(1.25);
  });
  it("let means that only decay end at 0, in vectors and behind them", () => {
    for (let i = 0; i < 5; i++) {
      store<f32>(P + (<usize>i << 2), 1);
      store<f32>(G + (<usize>i << 2), 0);
      store<f32>(A + (<usize>i << 2), 1.2e-38);
      store<f32>(B + (<usize>i << 2), 1);
    }
    scalars([1, 0, 0.9, 1, 0, 0.1]);
    k.sgd_f32(P, G, A, 0, 0, S32, 0, 5);
    for (let i = 0; i < 5; i++) expect<f32>(load<f32>(A + (<usize>i << 2))).toBe(0);
    scalars([1, 0, 1, 0.9, 0.1, 0.5, 0.5, 0, 1, 1, 0]);
    for (let i = 0; i < 5; i++) store<f32>(A + (<usize>i << 2), -1.2e-38);
    k.adam_f32(P, G, A, B, 0, S32, 0, 5);
    for (let i = 0; i < 5; i++) expect<f32>(load<f32>(A + (<usize>i << 2))).toBe(0);
  });
});
