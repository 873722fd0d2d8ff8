// Winograd's convolution F(4x4, 3x3) (Lavin and Gray 2016, "Fast Algorithms for Convolutional Neural Networks"): tiles of
// 6 x 6 inputs and the 3 x 3 weights are transformed to 36 values each, the channels are multiplied as 36 products, and
// those transformed back to tiles of 4 x 4. Vectors hold the same value of four tiles side by side. The arithmetic
// amplifies rounding: results differ from the direct sum by up to 2e-5 times the largest of them.
import { matmulTiles_f32 } from "./gemm";
import { lastTiles, sixes, tileRows } from "./gemm-rows";
import { konst, storeSome } from "./lanes";

const CONSTANTS = memory.data<f32>([2, 4, 5, 8, 0.25, -1.0 / 6, 1.0 / 24, 1.0 / 12, 1.0 / 6], 16);

// @ts-ignore: decorator
@inline function scaled(k: i32, v: v128): v128 {
  return f32x4.mul(konst(CONSTANTS, k), v);
}

/** The transform of inputs along one dimension: six vectors become six, `step` bytes apart. */
// @ts-ignore: decorator
@inline function inputs(d0: v128, d1: v128, d2: v128, d3: v128, d4: v128, d5: v128, to: usize, step: usize): void {
  v128.store(to, f32x4.add(f32x4.sub(scaled(1, d0), scaled(2, d2)), d4));
  const even4 = f32x4.sub(d4, scaled(1, d2)), odd4 = f32x4.sub(d3, scaled(1, d1));
  v128.store(to + step, f32x4.add(even4, odd4));
  v128.store(to + 2 * step, f32x4.sub(even4, odd4));
  const even1 = f32x4.sub(d4, d2), odd1 = scaled(0, f32x4.sub(d3, d1));
  v128.store(to + 3 * step, f32x4.add(even1, odd1));
  v128.store(to + 4 * step, f32x4.sub(even1, odd1));
  v128.store(to + 5 * step, f32x4.add(f32x4.sub(scaled(1, d1), scaled(2, d3)), d5));
}

// @ts-ignore: decorator
@inline function load6(from: usize, step: usize, to: usize, stepTo: usize): void {
  inputs(
    v128.load(from), v128.load(from + step), v128.load(from + 2 * step), v128.load(from + 3 * step),
    v128.load(from + 4 * step), v128.load(from + 5 * step), to, stepTo,
  );
}

/**
 * Transforms the tile rows [first, first + count) of all images' `tileRows` rows of `tileColumns` tiles, for the channels
 * [begin, end). Images are `image` elements apart, channels `plane`, rows `pitch`, with zeros around them: 4 tileRows + 2
 * rows of at least 16 for each four tiles and 2 more. v: 36 matrices, `matrix` elements apart, with a row of `ldv`
 * elements (3 more than the tiles, or above) for each channel. `temp`: 640 bytes for each channel.
 */
export function winogradInput_f32(
  x: usize, image: i32, plane: i32, pitch: i32, tileRows: i32, tileColumns: i32, first: i32, count: i32,
  v: usize, ldv: i32, matrix: i32, temp: usize, begin: i32, end: i32,
): void {
  const row = <usize>pitch << 2, step = <usize>matrix << 2;
  temp += <usize>begin * 640;
  for (let c = begin; c < end; ++c) {
    for (let r = 0; r < count; ++r) {
      const at = first + r;
      const corner = <usize>(at / tileRows) * <usize>image + <usize>c * <usize>plane;
      let from = x + ((corner + <usize>(at % tileRows * 4) * <usize>pitch) << 2);
      let to = v + ((<usize>c * <usize>ldv + <usize>(r * tileColumns)) << 2);
      for (let t = 0; t < tileColumns; t += 4) {
        let line = from;
        for (let i: usize = 0; i < 96; i += 16) {
          const r0 = v128.load(line), r1 = v128.load(line, 16), r2 = v128.load(line, 32), r3 = v128.load(line, 48);
          const next = v128.load(line, 64);
          const lo01 = v128.shuffle<u32>(r0, r1, 0, 4, 1, 5), hi01 = v128.shuffle<u32>(r0, r1, 2, 6, 3, 7);
          const lo23 = v128.shuffle<u32>(r2, r3, 0, 4, 1, 5), hi23 = v128.shuffle<u32>(r2, r3, 2, 6, 3, 7);
          const d0 = v128.shuffle<u64>(lo01, lo23, 0, 2), d1 = v128.shuffle<u64>(lo01, lo23, 1, 3);
          inputs(
            d0, d1, v128.shuffle<u64>(hi01, hi23, 0, 2), v128.shuffle<u64>(hi01, hi23, 1, 3),
            v128.shuffle<u32>(d0, next, 1, 2, 3, 4), v128.shuffle<u32>(d1, next, 1, 2, 3, 5), temp + i, 96,
          );
          line += row;
        }
        // temp: column by column, six rows each
        for (let j: usize = 0; j < 6; ++j) load6(temp + j * 96, 16, to + j * step, 6 * step);
        from += 64;
        to += 16;
      }
    }
  }
}

/** The products [begin, end) of the 36: m = u v, of weights that are packed as winogradWeights_f32 leaves them. */
export function winogradProducts_f32(
  u: usize, stepU: i32, v: usize, ldv: i32, stepV: i32, m: usize, ldm: i32, stepM: i32, rows: i32, channels: i32,
  tiles: i32, begin: i32, end: i32,
): void {
  for (let e = begin; e < end; ++e)
    matmulTiles_f32(
      u + (<usize>(e * stepU) << 2), 0, 0, v + (<usize>(e * stepV) << 2), ldv, 8, m + (<usize>(e * stepM) << 2), ldm,
      0, 0, 0, rows, tiles, channels, 0, 0, sixes(rows),
    );
}

/** Six vectors become four. */
// @ts-ignore: decorator
@inline function outputs(from: usize, step: usize, to: usize): void {
  const m0 = v128.load(from), m1 = v128.load(from + step), m2 = v128.load(from + 2 * step);
  const m3 = v128.load(from + 3 * step), m4 = v128.load(from + 4 * step), m5 = v128.load(from + 5 * step);
  const sum12 = f32x4.add(m1, m2), sum34 = f32x4.add(m3, m4);
  const difference12 = f32x4.sub(m1, m2), difference34 = f32x4.sub(m3, m4);
  v128.store(to, f32x4.add(f32x4.add(m0, sum12), sum34));
  v128.store(to, f32x4.add(difference12, scaled(0, difference34)), 16);
  v128.store(to, f32x4.add(sum12, scaled(1, sum34)), 32);
  v128.store(to, f32x4.add(f32x4.add(difference12, scaled(3, difference34)), m5), 48);
}

/**
 * Transforms the products back, for the output channels [begin, end): the same tile rows of images `image` elements apart,
 * with planes of height x width. `bias` (0: none) is added. `temp`: 640 bytes for each channel.
 */
export function winogradOutput_f32(
  m: usize, ldm: i32, matrix: i32, tileRows: i32, tileColumns: i32, first: i32, count: i32,
  out: usize, image: i32, height: i32, width: i32, bias: usize, temp: usize, begin: i32, end: i32,
): void {
  temp += <usize>begin * 640;
  const step = <usize>matrix << 2, rows = temp + 384;
  for (let o = begin; o < end; ++o) {
    const add = bias ? v128.load32_splat(bias + (<usize>o << 2)) : f32x4.splat(0);
    for (let r = 0; r < count; ++r) {
      const at = first + r, y = at % tileRows * 4, have = min(4, height - y);
      let from = m + ((<usize>o * <usize>ldm + <usize>(r * tileColumns)) << 2);
      let to = out + ((<usize>(at / tileRows) * <usize>image + (<usize>o * <usize>height + <usize>y) * <usize>width) << 2);
      for (let t = 0; t < tileColumns; t += 4) {
        // Along columns: temp holds four rows of each of six columns.
        for (let j: usize = 0; j < 6; ++j) outputs(from + j * step, 6 * step, temp + (j << 6));
        let target = to;
        const left = width - t * 4;
        for (let i = 0; i < have; ++i) {
          outputs(temp + (<usize>i << 4), 64, rows);
          const r0 = f32x4.add(add, v128.load(rows)), r1 = f32x4.add(add, v128.load(rows, 16));
          const r2 = f32x4.add(add, v128.load(rows, 32)), r3 = f32x4.add(add, v128.load(rows, 48));
          const lo01 = v128.shuffle<u32>(r0, r1, 0, 4, 1, 5), hi01 = v128.shuffle<u32>(r0, r1, 2, 6, 3, 7);
          const lo23 = v128.shuffle<u32>(r2, r3, 0, 4, 1, 5), hi23 = v128.shuffle<u32>(r2, r3, 2, 6, 3, 7);
          storeSome<f32>(target, v128.shuffle<u64>(lo01, lo23, 0, 2), left);
          storeSome<f32>(target + 16, v128.shuffle<u64>(lo01, lo23, 1, 3), left - 4);
          storeSome<f32>(target + 32, v128.shuffle<u64>(hi01, hi23, 0, 2), left - 8);
          storeSome<f32>(target + 48, v128.shuffle<u64>(hi01, hi23, 1, 3), left - 12);
          target += <usize>width << 2;
        }
        from += 16;
        to += 64;
      }
    }
  }
}

/** The transform of weights along one dimension: three vectors become six. */
// @ts-ignore: decorator
@inline function weights(g0: v128, g1: v128, g2: v128, to: usize, step: usize, left: i32): void {
  storeSome<f32>(to, scaled(4, g0), left);
  const outer = f32x4.add(g0, g2);
  storeSome<f32>(to + step, scaled(5, f32x4.add(outer, g1)), left);
  storeSome<f32>(to + 2 * step, scaled(5, f32x4.sub(outer, g1)), left);
  const even = f32x4.add(scaled(6, g0), scaled(8, g2)), odd = scaled(7, g1);
  storeSome<f32>(to + 3 * step, f32x4.add(even, odd), left);
  storeSome<f32>(to + 4 * step, f32x4.sub(even, odd), left);
  storeSome<f32>(to + 5 * step, g2, left);
}

/**
 * Transforms the weights of sixes [begin, end) of the rows of 36 matrices at u, `matrix` elements apart, with rows of
 * `columns`, packed as tiles of rows (gemm-pack.ts).
 * The element of tap t is at w + row * stepRow + column * stepColumn + t, or with `turned` at 8 - t. `temp`: 640 bytes
 * for each six.
 */
export function winogradWeights_f32(
  w: usize, stepRow: i32, stepColumn: i32, turned: i32, rows: i32, columns: i32, u: usize, matrix: i32, temp: usize,
  begin: i32, end: i32,
): void {
  temp += <usize>begin * 640;
  const step = <usize>matrix << 2, tap = turned ? <usize>-4 : <usize>4, across = <usize>stepColumn << 2;
  const down = <usize>stepRow << 2, last = lastTiles(rows), to = 6 * end > last ? rows : 6 * end;
  let high = 0;
  for (let i = 6 * begin; i < to && 6 * begin <= last; i += high) {
    high = tileRows(rows - i);
    for (let r = 0; r < high; r += 4) {
      const left = min(4, high - r);
      let start = w + <usize>(i + r) * down + (turned ? 32 : 0), target = u + (<usize>(i * columns + r) << 2);
      for (let j = 0; j < columns; ++j) {
        // Rows beyond the last repeat it.
        let p0 = start, p1 = p0 + (left > 1 ? down : 0), p2 = p1 + (left > 2 ? down : 0), p3 = p2 + (left > 3 ? down : 0);
        for (let y: usize = 0; y < 48; y += 16) {
          let g0 = f32x4.splat(0), g1 = g0, g2 = g0;
          for (let k = 0; k < 3; ++k) {
            let g = v128.load32_zero(p0);
            g = v128.load32_lane(p1, g, 1);
            g = v128.load32_lane(p2, g, 2);
            g = v128.load32_lane(p3, g, 3);
            p0 += tap;
            p1 += tap;
            p2 += tap;
            p3 += tap;
            g0 = g1;
            g1 = g2;
            g2 = g;
          }
          weights(g0, g1, g2, temp + y, 48, 4);
        }
        for (let k: usize = 0; k < 6; ++k)
          weights(
            v128.load(temp + k * 48), v128.load(temp + k * 48, 16), v128.load(temp + k * 48, 32),
            target + k * step, 6 * step, left,
          );
        start += across;
        target += <usize>high << 2;
      }
    }
  }
}
