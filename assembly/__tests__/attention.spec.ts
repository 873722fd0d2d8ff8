/// <reference path="../../node_modules/@as-pect/assembly/types/as-pect.d.ts"/>
import * as kernels from "../attention";

const AREA = heap.alloc(4 * 65536), FLOATS = 2048;
const Q = AREA, K = Q + 4 * FLOATS, V = K + 4 * FLOATS, OUT = V + 4 * FLOATS, W = OUT + 4 * FLOATS, MASK = W + 4 * FLOATS;
const G = MASK + 4 * FLOATS, GW = G + 4 * FLOATS, DQ = GW + 4 * FLOATS, DK = DQ + 4 * FLOATS, DV = DK + 4 * FLOATS;
const ROOM = DV + 4 * FLOATS, TABLE = ROOM + 32 * FLOATS;

function at(p: usize, i: i32): f64 {
  return <f64>load<f32>(p + (<usize>i << 2));
}

/** Two heads side by side in rows of 2 e, the mask's rows repeated where `maskRow` is 0. */
function prepare(l: i32, s: i32, e: i32): void {
  for (let i = 0; i < FLOATS; i++) {
    store<f32>(Q + (<usize>i << 2), <f32>Math.sin(i * 0.7));
    store<f32>(K + (<usize>i << 2), <f32>Math.sin(i * 0.3 + 1));
    store<f32>(V + (<usize>i << 2), <f32>Math.cos(i * 0.9));
    store<f32>(MASK + (<usize>i << 2), <f32>Math.cos(i * 0.4));
    store<f32>(G + (<usize>i << 2), <f32>Math.cos(i * 1.1));
    store<f32>(GW + (<usize>i << 2), <f32>Math.sin(i * 1.3));
  }
  for (let u = 0; u < 2; u++)
    for (let j = 0; j < 5; j++) store<i32>(TABLE + (<usize>(5 * u + j) << 2), j == 4 ? u * l * s : u * e);
}

function dot(a: usize, i: i32, stepA: i32, b: usize, j: i32, stepB: i32, n: i32): f64 {
  let sum: f64 = 0;
  for (let k = 0; k < n; k++) sum += at(a, i + k * stepA) * at(b, j + k * stepB);
  return sum;
}

const SIZES: i32[] = [1, 3, 8, 17];
describe("attention", () => {
  it("gives results, weights and gradients for any sizes, ranges apart", () => {
    let worst: f64 = 0;
    for (let a = 0; a < 4; a++)
      for (let b = 0; b < 4; b++)
        for (let c = 0; c < 3; c++) {
            const l = SIZES[a], s = SIZES[b], e = SIZES[c], ld = 2 * e, masked = (a + b) & 1, maskRow = c & 1 ? s : 0;
            prepare(l, s, e);
            const mask = masked ? MASK : 0;
            for (let u = 0; u < 2; u++) {
              kernels.attention_f32(Q, ld, K, ld, V, ld, OUT, ld, W, mask, maskRow, TABLE, l, s, e, 0.5, ROOM, 1, u, u + 1);
              kernels.attentionBackward_f32(
                Q, ld, K, ld, V, ld, G, ld, W, masked ? GW : 0, DQ, DK, DV, TABLE, l, s, e, 0.5, ROOM, 1, u, u + 1,
              );
            }
            for (let u = 0; u < 2; u++) {
              const from = u * e, each = u * l * s, dk = new StaticArray<f64>(s * e);
              for (let i = 0; i < l; i++) {
                let sum: f64 = 0;
                for (let j = 0; j < s; j++) {
                  const add = masked ? at(MASK, each + i * maskRow + j) : 0;
                  sum += Math.exp(0.5 * dot(Q, i * ld + from, 1, K, j * ld + from, 1, e) + add);
                }
                let mean: f64 = 0;
                for (let j = 0; j < s; j++) {
                  const add = masked ? at(MASK, each + i * maskRow + j) : 0, own = each + i * s + j;
                  const want = Math.exp(0.5 * dot(Q, i * ld + from, 1, K, j * ld + from, 1, e) + add) / sum;
                  worst = Math.max(worst, Math.abs(want - at(W, own)));
                  mean += want * (dot(G, i * ld + from, 1, V, j * ld + from, 1, e) + (masked ? at(GW, own) : 0));
                }
                for (let d = 0; d < e; d++) {
                  worst = Math.max(worst, Math.abs(dot(W, each + i * s, 1, V, from + d, ld, s) - at(OUT, i * ld + from + d)));
                  let want: f64 = 0;
                  for (let j = 0; j < s; j++) {
                    const own = each + i * s + j;
                    const g = dot(G, i * ld + from, 1, V, j * ld + from, 1, e) + (masked ? at(GW, own) : 0);
                    want += 0.5 * at(W, own) * (g - mean) * at(K, j * ld + from + d);
                    dk[j * e + d] += 0.5 * at(W, own) * (g - mean) * at(Q, i * ld + from + d);
                  }
                  worst = Math.max(worst, Math.abs(want - at(DQ, i * ld + from + d)));
                }
              }
              for (let j = 0; j < s; j++)
                for (let d = 0; d < e; d++) {
                  worst = Math.max(worst, Math.abs(dk[j * e + d] - at(DK, j * ld + from + d)));
                  worst = Math.max(worst, Math.abs(dot(W, each + j, s, G, from + d, ld, l) - at(DV, j * ld + from + d)));
                }
            }
          }
    expect<f64>(worst).toBeLessThan(2e-6);
  });
});
