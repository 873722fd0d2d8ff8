import { gruCell_f32, lstmCell_f32 } from "../recurrent";

const X = memory.data(4096, 16), H = memory.data(4096, 16), C = memory.data(1024, 16);
const OUT = memory.data(1024, 16), CELL = memory.data(1024, 16), KEPT = memory.data(4096, 16);
const ROWS = 3, N = 7;

function sigmoid(x: f64): f64 { return 1 / (1 + Math.exp(-x)); }
function value(at: usize, i: i32): f64 { return load<f32>(at + (<usize>i << 2)); }
function fill(): void {
  for (let i = 0; i < ROWS * 4 * N; i++) {
    store<f32>(X + (<usize>i << 2), <f32>Math.sin(<f64>i * 0.7) * 3);
    store<f32>(H + (<usize>i << 2), <f32>Math.cos(<f64>i * 0.3));
  }
  for (let i = 0; i < ROWS * N; i++) store<f32>(C + (<usize>i << 2), <f32>Math.sin(<f64>i) * 2);
}

describe("recurrent cells", () => {
  it("lstm: c' = f c + i g, h' = o tanh(c'), rows split or not", () => {
    fill();
    lstmCell_f32(X, H, C, OUT, CELL, KEPT, N, 0, 1);
    lstmCell_f32(X, H, C, OUT, CELL, KEPT, N, 1, ROWS);
    for (let r = 0; r < ROWS; r++)
      for (let i = 0; i < N; i++) {
        const g = r * 4 * N + i, s = r * N + i;
        const cell = sigmoid(value(X, g + N) + value(H, g + N)) * value(C, s)
          + sigmoid(value(X, g) + value(H, g)) * Math.tanh(value(X, g + 2 * N) + value(H, g + 2 * N));
        expect<f64>(abs(value(CELL, s) - cell)).toBeLessThan(1e-6);
        expect<f64>(abs(value(OUT, s) - sigmoid(value(X, g + 3 * N) + value(H, g + 3 * N)) * Math.tanh(cell))).toBeLessThan(1e-6);
      }
  });
  it("gru: h' = n + z (h - n)", () => {
    fill();
    gruCell_f32(X, H, C, OUT, KEPT, N, 0, ROWS);
    for (let r = 0; r < ROWS; r++)
      for (let i = 0; i < N; i++) {
        const g = r * 3 * N + i, s = r * N + i;
        const reset = sigmoid(value(X, g) + value(H, g)), update = sigmoid(value(X, g + N) + value(H, g + N));
        const fresh = Math.tanh(value(X, g + 2 * N) + reset * value(H, g + 2 * N));
        expect<f64>(abs(value(OUT, s) - (fresh + update * (value(C, s) - fresh)))).toBeLessThan(1e-6);
      }
  });
});
