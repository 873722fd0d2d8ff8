// A layer of an LSTM (`lstm` 1) or a GRU (0) over all steps in time, f32: rows [begin, end) of a batch, none of which needs
// another. Tensors and their order in `kept` are those of ts/ops/recurrentwalk.ts.
import { matmulTiles_f32 } from "./gemm";
import { sixes } from "./gemm-rows";
import { storeSome } from "./lanes";
import { gruCell_f32, gruCellBackward_f32, lstmCell_f32, lstmCellBackward_f32 } from "./recurrent";

const WIDTH = 8;

/** out[., n] = a[., k] @ b + init, b in panels of WIDTH columns and blocks of `depth` rows; `initRow` elements from row to row. `packed`: where rows of a are packed. */
function product(
  a: usize, b: usize, out: usize, n: i32, k: i32, depth: i32, init: usize, initRow: i32, packed: usize, begin: i32, end: i32,
): void {
  const m = end - begin;
  a += <usize>(begin * k) << 2;
  out += <usize>(begin * n) << 2;
  if (init) init += <usize>(begin * initRow) << 2;
  packed += <usize>(begin * depth) << 2;
  for (let from = 0; from < k; from += depth) {
    const deep = min(depth, k - from);
    matmulTiles_f32(
      a + (<usize>from << 2), k, 1, b + <usize>from * <usize>((n + WIDTH - 1) & -WIDTH) * 4, WIDTH, WIDTH * deep, out, n,
      init, initRow, 1, m, n, deep, packed, 0, sixes(m),
    );
    init = out;
    initRow = n;
  }
}

/** `room`: as much as an LSTM's gates at one step, and before it 4 batch depth bytes. */
export function recurrentWalk_f32(
  lstm: i32, x: usize, weight: usize, depth: i32, bias: usize, kept: usize, room: usize, n: i32, length: i32, batch: i32,
  backwards: i32, begin: i32, end: i32,
): void {
  const step = <usize>n * <usize>batch << 2, count = lstm ? 4 : 3, wide = n * count, gates = step * <usize>count;
  const c = kept + <usize>(length + 1) * step, cells = lstm ? c + <usize>(length + 1) * step : c;
  const shares = cells + 3 * <usize>length * step, packed = room - (<usize>(batch * depth) << 2);
  for (let i = 0; i < length; ++i) {
    const t = <usize>(backwards ? length - 1 - i : i), before = (backwards ? t + 1 : t) * step;
    const after = (backwards ? t : t + 1) * step, last = kept + before, next = kept + after, from = x + t * gates;
    const share = lstm ? room : shares + t * gates;
    product(last, weight, share, wide, n, depth, bias, 0, packed, begin, end);
    if (lstm) lstmCell_f32(from, share, c + before, next, c + after, cells + 5 * t * step, n, begin, end);
    else gruCell_f32(from, share, last, next, cells + 3 * t * step, n, begin, end);
  }
}

/**
 * Gradients of the gates' shares (of the input and, of a GRU, of h), of the first h (`outH`, 0: not wanted) and of an LSTM's
 * first c, from those of the outputs and of the last c (0: none). `room`: as much as h at two steps, and before it 4 batch depth bytes.
 */
export function recurrentWalkBackward_f32(
  lstm: i32, g: usize, gc: usize, weight: usize, depth: i32, kept: usize, room: usize, outX: usize, outShares: usize,
  outH: usize, outC: usize, n: i32, length: i32, batch: i32, backwards: i32, begin: i32, end: i32,
): void {
  const step = <usize>n * <usize>batch << 2, count = lstm ? 4 : 3, wide = n * count, gates = step * <usize>count;
  const c = kept + <usize>(length + 1) * step, cells = lstm ? c + <usize>(length + 1) * step : c;
  const shares = cells + 3 * <usize>length * step, rest = room + step, packed = room - (<usize>(batch * depth) << 2);
  const row = <usize>n << 2, first = <usize>begin * row, mine = <usize>(end - begin) * row;
  for (let i = length - 1; i >= 0; --i) {
    const t = <usize>(backwards ? length - 1 - i : i), before = (backwards ? t + 1 : t) * step;
    const from = g ? g + t * step : 0;
    let up = from;
    if (i < length - 1) {
      const later = outShares + (backwards ? t - 1 : t + 1) * gates;
      if (!lstm && from != 0) {
        for (let o = first; o < first + mine; o += 16) {
          const left = <i32>((first + mine - o) >> 2);
          storeSome<f32>(rest + o, f32x4.add(v128.load(rest + o), v128.load(from + o)), left);
        }
      }
      product(later, weight, room, n, wide, depth, lstm ? from : rest, n, packed, begin, end);
      up = room;
    }
    if (lstm) {
      // c's gradient is read before it is written, element by element.
      lstmCellBackward_f32(up, gc, c + before, cells + 5 * t * step, outX + t * gates, outC, n, begin, end);
      gc = outC;
    } else {
      if (up == 0) memory.fill((up = room) + first, 0, mine);
      gruCellBackward_f32(
        up, shares + t * gates, kept + before, cells + 3 * t * step, outX + t * gates, outShares + t * gates, rest, n, begin, end,
      );
    }
  }
  const t: usize = backwards ? <usize>(length - 1) : 0;
  if (outH) product(outShares + t * gates, weight, outH, n, wide, depth, lstm ? 0 : rest, n, packed, begin, end);
}
