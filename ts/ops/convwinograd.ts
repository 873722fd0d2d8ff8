// Convolution of 3 x 3 windows, one apart, by Winograd's transforms: assembly/winograd.ts.
import { kernels } from "../memory/wasm.ts";
import { writePlan } from "../tensor/plan.ts";
import { spread, tileFor } from "./gemm.ts";

/** Floats of transformed inputs and products that a block holds: they stay in the second-level cache. */
const BLOCK = 530_000;
const FEWEST_TILES = 32;
/** Floats between matrices, so that the 36 values of a tile do not all fall into one set of the cache. */
const GAP = 16;
const FEWEST_CHANNELS = 16;
/** Bytes that a kernel wants for each channel of its range. */
const TEMP = 640;

/** Sizes of one convolution without groups; `before`: zeros above and left of the image. */
export interface Winograd {
  images: number;
  channels: number;
  rows: number;
  height: number;
  width: number;
  before: readonly number[];
  outHeight: number;
  outWidth: number;
}

function blocksOf({ images, channels, rows, outHeight, outWidth }: Winograd) {
  const tileRows = Math.ceil(outHeight / 4),
    tileColumns = Math.ceil(outWidth / 4);
  const tiles = Math.max(FEWEST_TILES, Math.floor(BLOCK / (36 * (channels + rows))));
  /** Tile rows of a block, and images padded together: whole images where several fit. */
  const count = Math.max(1, Math.floor(tiles / tileColumns)),
    together = Math.min(images, Math.max(1, Math.floor(count / tileRows)));
  const block = Math.min(count, together * tileRows);
  // An odd multiple of 64 bytes, so that the rows of a matrix spread over the cache's sets.
  const ld = 16 * (Math.ceil((block * tileColumns + 3) / 16) | 1);
  const padHeight = 4 * tileRows + 2,
    pitch = 16 * Math.ceil(tileColumns / 4) + 4;
  return { tileRows, tileColumns, together, block, ld, pitch, plane: padHeight * pitch };
}

/** Whether the transforms pay: enough channels to spread them over, and tiles that are mostly full. */
export function winogradPays({ images, channels, rows, before, outHeight, outWidth }: Winograd): boolean {
  const tiles = Math.ceil(outHeight / 4) * Math.ceil(outWidth / 4);
  return (
    channels >= FEWEST_CHANNELS &&
    rows >= FEWEST_CHANNELS &&
    images * tiles >= FEWEST_TILES &&
    16 * tiles <= 2 * outHeight * outWidth &&
    before.every((n) => n >= 0)
  );
}

/** Scratch memory that `winograd` needs. */
export function winogradBytes(w: Winograd): number {
  // The comparison of tiles uses the scratch memory too.
  tileFor(w.images * w.outHeight * w.outWidth * w.rows * w.channels);
  const { together, ld, plane } = blocksOf(w);
  return (
    TEMP +
    4 * (36 * (w.rows * w.channels + (w.channels + w.rows) * ld + 3 * GAP) + together * w.channels * plane) +
    256
  );
}

/** `weights` with steps in elements from row to row and from channel to channel, `turned`: their taps in reverse. */
export function winograd(
  w: Winograd,
  from: number,
  weights: { at: number; rows: number; columns: number; turned: boolean },
  out: number,
  bias: number,
  area: number,
): void {
  const { images, channels, rows, height, width, before, outHeight, outWidth } = w;
  const { tileRows, tileColumns, together, block, ld, pitch, plane } = blocksOf(w);
  const shape = tileFor(0);
  const u = area + TEMP * Math.max(channels, rows),
    stepU = rows * channels + GAP,
    v = u + 4 * 36 * stepU,
    stepV = channels * ld + GAP,
    m = v + 4 * 36 * stepV,
    stepM = rows * ld + GAP,
    padded = m + 4 * 36 * stepM;
  const work = images * rows * channels * outHeight * outWidth;
  const taps = [weights.at, weights.rows, weights.columns, weights.turned ? 1 : 0];
  spread(kernels.winogradWeights_f32, work, rows, 1, [...taps, channels, u, stepU, area]);
  kernels.zero(padded, 4 * together * channels * plane);
  const inside = padded + 4 * (before[0]! * pitch + before[1]!);
  for (let image = 0; image < images; image += together) {
    const some = Math.min(together, images - image);
    const { address, rows: lines } = writePlan(
      [some * channels, height, width],
      [height * width, width, 1],
      [plane, pitch, 1],
    );
    kernels.copy_b4_nd(from + 4 * image * channels * height * width, inside, address, 0, lines);
    const to = out + 4 * image * rows * outHeight * outWidth;
    for (let first = 0; first < some * tileRows; first += block) {
      const count = Math.min(block, some * tileRows - first),
        tiles = count * tileColumns;
      const cut = [tileRows, tileColumns, first, count];
      const work = rows * channels * tiles;
      spread(kernels.winogradInput_f32, work, channels, 1, [
        padded,
        channels * plane,
        plane,
        pitch,
        ...cut,
        v,
        ld,
        stepV,
        area,
      ]);
      for (let e = 0; e < 36; e++)
        spread(kernels.matmulTiles_f32, work, rows, 12, [
          u + 4 * e * stepU,
          channels,
          v + 4 * e * stepV,
          ld,
          shape === 0 ? 16 : 8,
          m + 4 * e * stepM,
          ld,
          0,
          0,
          0,
          tiles,
          channels,
          shape,
        ]);
      const plane_ = outHeight * outWidth;
      spread(kernels.winogradOutput_f32, work, rows, 1, [
        m,
        ld,
        stepM,
        ...cut,
        to,
        rows * plane_,
        outHeight,
        outWidth,
        bias,
        area,
      ]);
    }
  }
}
