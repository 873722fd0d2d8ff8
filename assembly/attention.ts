// Attention of matrices of a batch, one after another: softmax(scale q k^T + mask) v and its gradients. A table says, for
// each matrix, at which elements its q, k, v, result and mask begin; rows are `ld...` elements apart, columns adjacent:
// q [l, e], k and v [s, e], the result [l, e], the weights [l, s] row-major, one matrix after the other.
import { matmulTiles_f32 } from "./gemm";
import { matmulPack_f32 } from "./gemm-pack";
import { sixes } from "./gemm-rows";
import { softmax_f32, softmaxBackward_f32 } from "./softmax";

// @ts-ignore: decorator
@inline function at(base: usize, table: usize, u: i32, which: usize): usize {
  return base + (<usize>load<i32>(table + <usize>u * 20 + (which << 2)) << 2);
}

/** x = scale x (+ mask) for a row of n. */
function scaleRow(x: usize, n: i32, scale: f32, mask: usize): void {
  const times = f32x4.splat(scale), end = x + (<usize>n << 2);
  for (; x + 16 <= end; x += 16) {
    let v = f32x4.mul(v128.load(x), times);
    if (mask) {
      v = f32x4.add(v, v128.load(mask));
      mask += 16;
    }
    v128.store(x, v);
  }
  for (; x < end; x += 4) {
    let v = load<f32>(x) * scale;
    if (mask) {
      v += load<f32>(mask);
      mask += 4;
    }
    store<f32>(x, v);
  }
}

/** Columns of a panel. */
const WIDTH = 8;

/** The transpose of [n, k], times `scale`, as panels. */
function packTurned(x: usize, ld: i32, to: usize, n: i32, k: i32, scale: f32): void {
  const panels = (n + WIDTH - 1) / WIDTH;
  matmulPack_f32(x, 1, ld, to, n, k, WIDTH, 0, panels);
  if (scale != 1) scaleRow(to, panels * WIDTH * k, scale, 0);
}

/**
 * Result and weights of the matrices [begin, end); `mask` 0: none. Every range has 4 (e (s + 7) + l max(e, s)) bytes of its own at `room`;
 * ranges begin at multiples of `share`.
 */
export function attention_f32(
  q: usize, ldq: i32, k: usize, ldk: i32, v: usize, ldv: i32, out: usize, ldo: i32, weights: usize, mask: usize,
  maskRow: i32, table: usize, l: i32, s: i32, e: i32, scale: f64, room: usize, share: i32,
  begin: i32, end: i32,
): void {
  const panel = room + (<usize>(begin / share * (e * (s + 7) + l * max(e, s))) << 2);
  const rows = panel + (<usize>(e * (s + 7)) << 2), all = sixes(l);
  for (let u = begin; u < end; ++u) {
    const w = weights + (<usize>(u * l * s) << 2);
    packTurned(at(k, table, u, 1), ldk, panel, s, e, <f32>scale);
    matmulTiles_f32(at(q, table, u, 0), ldq, 1, panel, WIDTH, WIDTH * e, w, s, 0, 0, 0, l, s, e, rows, 0, all);
    if (mask) {
      const add = at(mask, table, u, 4);
      for (let i = 0; i < l; ++i) scaleRow(w + (<usize>(i * s) << 2), s, 1, add + (<usize>(i * maskRow) << 2));
    }
    softmax_f32(w, w, s, 1, 0, l);
    matmulTiles_f32(w, s, 1, at(v, table, u, 2), ldv, WIDTH, at(out, table, u, 3), ldo, 0, 0, 0, l, e, s, rows, 0, all);
  }
}

/**
 * The gradients of q, k and v, laid out as they are, from those of the result and of the weights (0: none). Every range has
 * 4 (e (s + 7) + l s + l max(e, s)) bytes of its own at `room`.
 */
export function attentionBackward_f32(
  q: usize, ldq: i32, k: usize, ldk: i32, v: usize, ldv: i32, grad: usize, ldo: i32, weights: usize, gradWeights: usize,
  outQ: usize, outK: usize, outV: usize, table: usize, l: i32, s: i32, e: i32, scale: f64,
  room: usize, share: i32, begin: i32, end: i32,
): void {
  const each = l * s;
  const panel = room + (<usize>(begin / share * (e * (s + 7) + each + l * max(e, s))) << 2);
  const slope = panel + (<usize>(e * (s + 7)) << 2), rows = slope + (<usize>each << 2);
  for (let u = begin; u < end; ++u) {
    const w = weights + (<usize>(u * each) << 2), g = at(grad, table, u, 3);
    // Of the weights, and behind them of the scores: times `scale` from the start, where nothing else is added.
    const more = gradWeights ? gradWeights + (<usize>(u * each) << 2) : 0;
    packTurned(at(v, table, u, 2), ldv, panel, s, e, more ? 1 : <f32>scale);
    matmulTiles_f32(g, ldo, 1, panel, WIDTH, WIDTH * e, slope, s, more, s, 1, l, s, e, rows, 0, sixes(l));
    softmaxBackward_f32(slope, w, slope, s, 1, 0, l);
    if (more) scaleRow(slope, each, <f32>scale, 0);
    matmulTiles_f32(
      slope, s, 1, at(k, table, u, 1), ldk, WIDTH, at(outQ, table, u, 0), ldq, 0, 0, 0, l, e, s, rows, 0, sixes(l),
    );
    matmulTiles_f32(w, 1, s, g, ldo, WIDTH, at(outV, table, u, 2), ldv, 0, 0, 0, s, e, l, rows, 0, sixes(s));
    matmulTiles_f32(
      slope, 1, s, at(q, table, u, 0), ldq, WIDTH, at(outK, table, u, 1), ldk, 0, 0, 0, s, e, l, rows, 0, sixes(s),
    );
  }
}
