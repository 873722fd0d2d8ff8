// The gradient of the weights by Winograd's transforms: those of winograd.ts, transposed. The gradient of the result is
// transformed tile by tile, 36 products with the transformed inputs sum over the tiles, and these become 3 x 3 weights.
import { matmulTiles_f32 } from "./gemm";
import { matmulPack_f32 } from "./gemm-pack";
import { sixes } from "./gemm-rows";
import { konst, load4 } from "./lanes";

const CONSTANTS = memory.data<f32>([2, 4, 8, 0.25, -1.0 / 6, 1.0 / 24, 1.0 / 12, 1.0 / 6], 16);

// @ts-ignore: decorator
@inline function scaled(k: i32, v: v128): v128 {
  return f32x4.mul(konst(CONSTANTS, k), v);
}

/** Four vectors become six: the transpose of the transform of results. */
// @ts-ignore: decorator
@inline function grads(y0: v128, y1: v128, y2: v128, y3: v128, to: usize, step: usize): void {
  v128.store(to, y0);
  const even = f32x4.add(y0, y2), odd = f32x4.add(y1, y3);
  v128.store(to + step, f32x4.add(even, odd));
  v128.store(to + 2 * step, f32x4.sub(even, odd));
  const even4 = f32x4.add(y0, scaled(1, y2)), odd8 = f32x4.add(scaled(0, y1), scaled(2, y3));
  v128.store(to + 3 * step, f32x4.add(even4, odd8));
  v128.store(to + 4 * step, f32x4.sub(even4, odd8));
  v128.store(to + 5 * step, y3);
}

/** The first `left` of four elements, zeros behind. */
// @ts-ignore: decorator
@inline function some(p: usize, left: i32): v128 {
  return left > 0 ? load4(p, 1, left) : f32x4.splat(0);
}

/**
 * Transforms the gradient of the result, planes of height x width in images `image` elements apart, for the channels
 * [begin, end): the tile rows [first, first + count). g: 36 matrices, `matrix` elements apart, with a row of `ldg` elements
 * (3 more than the tiles, or above) for each channel. `temp`: 640 bytes for each channel.
 */
export function winogradGrad_f32(
  x: usize, image: i32, height: i32, width: i32, tileRows: i32, tileColumns: i32, first: i32, count: i32,
  g: usize, ldg: i32, matrix: i32, temp: usize, begin: i32, end: i32,
): void {
  temp += <usize>begin * 640;
  const row = <usize>width << 2, step = <usize>matrix << 2;
  for (let c = begin; c < end; ++c) {
    for (let r = 0; r < count; ++r) {
      const at = first + r, y = at % tileRows * 4;
      let from = x + ((<usize>(at / tileRows) * <usize>image + (<usize>c * <usize>height + <usize>y) * <usize>width) << 2);
      let to = g + ((<usize>c * <usize>ldg + <usize>(r * tileColumns)) << 2);
      for (let t = 0; t < tileColumns; t += 4) {
        const left = width - t * 4;
        for (let i = 0; i < 4; ++i) {
          const line = from + <usize>i * row, have = y + i < height ? left : 0;
          const r0 = some(line, have), r1 = some(line + 16, have - 4);
          const r2 = some(line + 32, have - 8), r3 = some(line + 48, have - 12);
          const lo01 = v128.shuffle<u32>(r0, r1, 0, 4, 1, 5), hi01 = v128.shuffle<u32>(r0, r1, 2, 6, 3, 7);
          const lo23 = v128.shuffle<u32>(r2, r3, 0, 4, 1, 5), hi23 = v128.shuffle<u32>(r2, r3, 2, 6, 3, 7);
          grads(
            v128.shuffle<u64>(lo01, lo23, 0, 2), v128.shuffle<u64>(lo01, lo23, 1, 3),
            v128.shuffle<u64>(hi01, hi23, 0, 2), v128.shuffle<u64>(hi01, hi23, 1, 3), temp + (<usize>i << 4), 64,
          );
        }
        for (let j: usize = 0; j < 6; ++j) {
          const column = temp + (j << 6);
          grads(
            v128.load(column), v128.load(column, 16), v128.load(column, 32), v128.load(column, 48),
            to + j * step, 6 * step,
          );
        }
        from += 64;
        to += 16;
      }
    }
  }
}

/** Six vectors become three: the transpose of the transform of weights. */
// @ts-ignore: decorator
@inline function taps(from: usize, step: usize, to: usize, stepTo: usize): void {
  const u1 = v128.load(from + step), u2 = v128.load(from + 2 * step);
  const u3 = v128.load(from + 3 * step), u4 = v128.load(from + 4 * step);
  const sum12 = scaled(4, f32x4.add(u1, u2)), sum34 = f32x4.add(u3, u4);
  v128.store(to, f32x4.add(f32x4.add(scaled(3, v128.load(from)), sum12), scaled(5, sum34)));
  v128.store(to + stepTo, f32x4.add(scaled(4, f32x4.sub(u1, u2)), scaled(6, f32x4.sub(u3, u4))));
  v128.store(to + 2 * stepTo, f32x4.add(f32x4.add(sum12, scaled(7, sum34)), v128.load(from + 5 * step)));
}

/**
 * The products [begin, end) of the 36, of a block of tiles: u[rows, channels] = g v^T, added to what stands there unless
 * `fresh`. Every range has 4 (channels + 7 + rows) * tiles bytes of its own at `room`; ranges begin at multiples of `share`.
 */
export function winogradGradProducts_f32(
  g: usize, ldg: i32, stepG: i32, v: usize, ldv: i32, stepV: i32, u: usize, stepU: i32, rows: i32, channels: i32,
  tiles: i32, fresh: i32, room: usize, share: i32, begin: i32, end: i32,
): void {
  const panels = room + (<usize>(begin / share * (channels + 7 + rows) * tiles) << 2);
  const packed = panels + (<usize>((channels + 7) * tiles) << 2);
  for (let e = begin; e < end; ++e) {
    const to = u + (<usize>(e * stepU) << 2);
    matmulPack_f32(v + (<usize>(e * stepV) << 2), 1, ldv, panels, channels, tiles, 8, 0, (channels + 7) >> 3);
    matmulTiles_f32(
      g + (<usize>(e * stepG) << 2), ldg, 1, panels, 8, 8 * tiles, to, channels,
      fresh ? 0 : to, channels, 1, rows, channels, tiles, packed, 0, sixes(rows),
    );
  }
}

/**
 * From 36 matrices of rows of `columns`, `matrix` elements apart, the weights [rows, columns, 3, 3] of the rows
 * [begin, end). Rows may be read 12 bytes past their end. `temp`: 640 bytes for each row.
 */
export function winogradTaps_f32(
  u: usize, matrix: i32, columns: i32, w: usize, temp: usize, begin: i32, end: i32,
): void {
  temp += <usize>begin * 640;
  const step = <usize>matrix << 2, result = temp + 288;
  for (let i = begin; i < end; ++i) {
    for (let j = 0; j < columns; j += 4) {
      const from = u + (<usize>(i * columns + j) << 2);
      // Along rows: temp holds three of each of six columns.
      for (let k: usize = 0; k < 6; ++k) taps(from + k * step, 6 * step, temp + (k << 4), 96);
      for (let y: usize = 0; y < 3; ++y) taps(temp + y * 96, 16, result + y * 48, 16);
      const last = min(4, columns - j);
      for (let c = 0; c < last; ++c) {
        const to = w + (<usize>((i * columns + j + c) * 9) << 2);
        for (let t: usize = 0; t < 9; ++t) store<f32>(to + (t << 2), load<f32>(result + (t << 4) + (<usize>c << 2)));
      }
    }
  }
}
