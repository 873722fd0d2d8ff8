// Convolution of 3 x 3 windows, one apart, by Winograd's transforms: assembly/winograd.ts.
import { keptCopy } from "../memory/kept.ts";
import type { Storage } from "../memory/storage.ts";
import { kernels } from "../memory/wasm.ts";
import { rooms } from "./convslide.ts";
import { sixes, spread } from "./gemm.ts";

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

/** Where in the scratch memory things lie; `bytes`: how much of it is used. */
function layout(w: Winograd, area: number) {
  const { together, block, ld, plane } = blocksOf(w);
  const { channels, rows } = w;
  const u = area + TEMP * Math.max(channels, rows),
    stepU = rows * channels + GAP,
    v = u + 4 * 36 * stepU,
    stepV = channels * ld + GAP,
    m = v + 4 * 36 * stepV,
    stepM = rows * ld + GAP,
    padded = m + 4 * 36 * stepM,
    panels = padded + 4 * together * channels * plane,
    end = panels + 4 * rooms() * (channels + 7 + rows) * block * Math.ceil(w.outWidth / 4);
  return { u, stepU, v, stepV, m, stepM, padded, panels, end };
}

/** Scratch memory that the transforms need. */
export const winogradBytes = (w: Winograd): number => layout(w, 0).end + 64;

const workOf = (w: Winograd): number => w.images * w.outHeight * w.outWidth * w.rows * w.channels;

/** A block of tile rows whose inputs have been transformed: tiles in it, and where they lie for the kernels. */
type Block = (tiles: number, cut: number[], firstImage: number, first: boolean) => void;

/** Transforms the images block by block. */
function eachBlock(w: Winograd, from: number, area: number, then: Block): void {
  const { images, channels, height, width, before } = w;
  const { tileRows, tileColumns, together, block, ld, pitch, plane } = blocksOf(w);
  const { v, stepV, padded } = layout(w, area);
  for (let image = 0; image < images; image += together) {
    const some = Math.min(together, images - image),
      source = from + 4 * image * channels * height * width;
    const sizes = [1, height, width, plane, before[0]! * pitch, 0, before[1]!, 1, pitch];
    spread(kernels.convPad_f32, 4 * some * channels * plane, some * channels, 1, [source, padded, ...sizes]);
    for (let first = 0; first < some * tileRows; first += block) {
      const count = Math.min(block, some * tileRows - first),
        tiles = count * tileColumns,
        cut = [tileRows, tileColumns, first, count];
      const args = [padded, channels * plane, plane, pitch, ...cut, v, ld, stepV, area];
      spread(kernels.winogradInput_f32, w.rows * channels * tiles, channels, 1, args);
      then(tiles, cut, image, image === 0 && first === 0);
    }
  }
}

/** 3 x 3 weights in memory: whose bytes they are and from which element on, steps in elements from row to row and from channel to channel, and whether their taps are read in reverse. */
interface Taps {
  at: number;
  owner: Storage;
  offset: number;
  rows: number;
  columns: number;
  turned: boolean;
}

/** The transforms of unchanged weights are kept. */
export function winograd(
  w: Winograd,
  from: number,
  weights: Taps,
  out: number,
  bias: number,
  area: number,
): void {
  const { channels, rows, outHeight, outWidth } = w,
    { ld } = blocksOf(w),
    { u: free, stepU, v, stepV, m, stepM } = layout(w, area);
  const image = rows * outHeight * outWidth;
  const taps = [weights.rows, weights.columns, weights.turned ? 1 : 0, rows, channels];
  const transform = (to: number) =>
    spread(kernels.winogradWeights_f32, workOf(w), sixes(rows), 1, [weights.at, ...taps, to, stepU, area]);
  let u = keptCopy(weights.owner, [-1, weights.offset, ...taps], 4 * 36 * stepU, transform);
  if (u === 0) transform((u = free));
  eachBlock(w, from, area, (tiles, cut, firstImage) => {
    const work = rows * channels * tiles;
    const sizes = [u, stepU, v, ld, stepV, m, ld, stepM, rows, channels, tiles];
    spread(kernels.winogradProducts_f32, 36 * work, 36, 1, sizes, false, 36);
    const to = out + 4 * firstImage * image;
    const args = [m, ld, stepM, ...cut, to, image, outHeight, outWidth, bias, area];
    spread(kernels.winogradOutput_f32, work, rows, 1, args);
  });
}

/** The gradient [rows, channels, 3, 3] of the weights at `out`, from that of the result at `grad`. */
export function winogradWeightGrad(w: Winograd, from: number, grad: number, out: number, area: number): void {
  const { channels, rows, outHeight, outWidth } = w,
    { ld } = blocksOf(w),
    { u, stepU, v, stepV, m, stepM, panels } = layout(w, area);
  const image = rows * outHeight * outWidth;
  eachBlock(w, from, area, (tiles, cut, firstImage, first) => {
    const work = rows * channels * tiles,
      source = grad + 4 * firstImage * image;
    const args = [source, image, outHeight, outWidth, ...cut, m, ld, stepM, area];
    spread(kernels.winogradGrad_f32, work, rows, 1, args);
    const share = Math.ceil(36 / rooms()),
      sizes = [m, ld, stepM, v, ld, stepV, u, stepU, rows, channels, tiles, first ? 1 : 0, panels, share];
    spread(kernels.winogradGradProducts_f32, 36 * work, 36, share, sizes);
  });
  spread(kernels.winogradTaps_f32, workOf(w), rows, 1, [u, stepU, channels, out, area]);
}
