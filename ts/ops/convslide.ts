// A sliding product: weights times the windows of images, which are packed for the kernels straight from the images.
import type { Domain } from "../core/dtype.ts";
import { numelOf, type Shape } from "../core/shape.ts";
import { kernels } from "../memory/wasm.ts";
import { getNumThreads } from "../threads/pool.ts";
import { copy, rowMajor, tableBytes, type Windows } from "./convwindows.ts";
import { multiplyPanels, type Pack, panelsFor, sixes, spread } from "./gemm.ts";

/** Images are put together until they have about this many positions, where one by one they would leave panels empty. */
const POSITIONS = 256;
/** Panels are packed and used one by one while they fit the first-level cache: in elements of a window. */
const SHALLOW = 640;
/** Packing takes the time of about this many rows of weights. */
const PACKING_ROWS = 4;
/** And of this many where the result must then be put in its place. */
const SPREADING_ROWS = 8;
/** Up to this many rows of weights, windows of one channel are summed directly: packing them would not pay. */
const FEW_ROWS = 2;
/** Bytes of padded images that are made at a time. */
const PADDED = 1 << 20;

/** How many images' positions are seen as one row of columns. */
export const together = (images: number, places: number): number =>
  16 * Math.ceil(places / 16) <= 1.15 * places
    ? 1
    : Math.min(images, Math.max(1, Math.ceil(POSITIONS / Math.max(places, 1))));
export const align = (address: number): number => Math.ceil(address / 16) * 16;

/** Sizes of sliding products of images [N, G, C, ...] with weights [G, M, C * taps]. */
export interface Product {
  domain: Domain;
  images: number;
  groups: number;
  /** Channels of a group. */
  channels: number;
  /** Rows of the weights in a group. */
  rows: number;
  /** Elements of a plane of the result, and steps between the positions of one product. */
  plane: number;
  steps: Shape;
}

/** One of several products over the same padded images: where its weights lie and where its result begins. */
interface Job {
  windows: Windows;
  weights: number;
  out: number;
}

/** How many images of so many bytes are padded at a time. */
export const imagesAtATime = (images: number, size: number): number =>
  Math.min(images, Math.max(1, Math.floor(PADDED / (size + 1))));

/** Whether to sum the windows of each channel directly. */
export const eachAlone = (domain: Domain, channels: number, rows: number): boolean =>
  domain === "f32" && channels === 1 && rows <= FEW_ROWS;

/** Whether to read runs of four places straight from the images: what is done twice at the end of lines costs less than packing. */
export function inRuns(domain: Domain, w: Windows, rows: number, packing = PACKING_ROWS): boolean {
  const width = w.result[w.result.length - 1]!;
  return domain === "f32" && width >= 4 && ((4 - (width % 4)) % 4) * rows <= packing * width;
}

/** Ranges that the panels are cut into, each with room for one: as many as the pool makes. */
export const rooms = (): number => 4 * getNumThreads();

/** Rows of weights in a block of the kernels for runs. */
export const BLOCK_ROWS = 6;

/** Images whose positions make one row of columns; whether the result must be put in its place after; bytes of tables. */
function cutting(p: Product, w: Windows) {
  const { domain, images, groups, channels, rows } = p;
  const size = domain === "f32" ? 4 : 8,
    single = eachAlone(domain, channels, rows),
    image = groups * channels * w.plane,
    inner = channels * w.taps,
    packing = p.plane === w.places ? PACKING_ROWS : SPREADING_ROWS,
    runs = !single && inner <= SHALLOW && inRuns(domain, w, rows, packing),
    fold = single || runs ? 1 : together(images, w.places),
    direct = runs || (fold === 1 && p.plane === w.places);
  const batch = fold > 1 ? fold : runs && !w.pads ? images : imagesAtATime(images, size * image);
  const panels = panelsFor(domain, rows, fold * w.places, inner);
  const taps = align(tableBytes(inner)),
    places = align(tableBytes((runs ? 2 : 1) * fold * w.places)),
    tiles = !runs && !single && domain === "f32" && inner <= SHALLOW,
    packed = runs || tiles ? 4 * groups * (rows + 6) * inner : 0;
  return { size, single, runs, tiles, fold, image, inner, batch, direct, panels, taps, places, packed };
}

/** What jobs have in common: images padded at a time, and bytes for them, for results to be put in their places, for panels. */
function shared(p: Product, windows: readonly Windows[]) {
  const cuts = windows.map((w) => cutting(p, w));
  const batch = Math.min(...cuts.map((c) => c.batch)),
    padded = Math.max(...cuts.map((c, i) => (windows[i]!.pads ? align(c.size * batch * c.image) : 0)));
  const folded = Math.max(
    ...cuts.map((c, i) =>
      c.direct ? 0 : align(c.size * batch * p.rows * windows[i]!.places * (c.single ? p.groups : 1)),
    ),
  );
  const panels = Math.max(
    ...cuts.map((c) => (c.runs ? 0 : Math.max(c.panels.bytes, 64 * SHALLOW * rooms()))),
  );
  return { cuts, batch, padded, folded, panels };
}

/** Scratch memory that `slide` needs. */
export function slideBytes(p: Product, windows: readonly Windows[]): number {
  const { cuts, padded, folded, panels } = shared(p, windows);
  return cuts.reduce((sum, c) => sum + c.taps + c.places + c.packed, padded + folded + panels + 64);
}

/** The products of the images at `from`, plus `bias`: sixteen equal elements for each row, or 0. */
export function slide(p: Product, from: number, bias: number, jobs: readonly Job[], area: number): void {
  const { images, groups, channels } = p;
  const { cuts, batch, padded, folded, panels } = shared(
    p,
    jobs.map((job) => job.windows),
  );
  const images_ = align(area),
    put = images_ + padded,
    work = put + folded;
  let free = work + panels;
  const runs = jobs.map((job, i) => {
    const cut = cuts[i]!,
      taps = free;
    free += cut.taps + cut.places + cut.packed;
    return prepared(p, job, cut, taps, put, work, bias);
  });
  const { windows } = jobs[0]!,
    { size } = cuts[0]!;
  for (let first = 0; first < images; first += batch) {
    const count = Math.min(batch, images - first);
    const source = from + size * first * groups * channels * numelOf(windows.source);
    const at = windows.pad(source, count * groups * channels, images_, size);
    for (const run of runs) run(at, first, count);
  }
}

/** A job ready to run over images at an address: the first of them, and how many. */
function prepared(
  p: Product,
  { windows: w, weights, out }: Job,
  { size, single, runs, tiles, fold, image, inner, direct, panels, ...bytesOf }: ReturnType<typeof cutting>,
  taps: number,
  folded: number,
  work: number,
  bias: number,
): (from: number, first: number, count: number) => void {
  const { domain, groups, channels, rows, plane, steps } = p;
  const places = taps + bytesOf.taps,
    packed = places + bytesOf.places;
  const last = w.result.length - 1,
    width = w.result[last]!,
    lines = w.places / width,
    blocks = Math.ceil(rows / BLOCK_ROWS),
    blockBytes = 4 * BLOCK_ROWS * inner * blocks;
  const unit = direct ? groups * rows * plane : rows * w.places * fold;
  w.writeTaps(taps, channels, size);
  if (runs) {
    w.writeLines(places, steps);
    for (let g = 0; g < groups; g++) {
      const args = [weights + 4 * g * rows * inner, rows, inner, packed + g * blockBytes];
      spread(kernels.convWeights_f32, 4 * rows * inner, blocks, 1, args);
    }
  }
  if (tiles)
    for (let g = 0; g < groups; g++) {
      const own = 4 * g * rows * inner;
      kernels.matmulPackRows_f32(weights + own, inner, 1, packed + own, rows, inner, 0, sixes(rows));
    }
  let listed = 0;
  return (from, first, count) => {
    const units = fold > 1 ? 1 : count,
      n = fold > 1 ? count * w.places : w.places;
    if (!runs && (fold > 1 ? listed !== count : listed === 0))
      w.writePlaces(places, (listed = fold > 1 ? count : 1), image, size);
    if (single) {
      const all = groups * rows,
        work = count * all * w.places * inner;
      const args = [from, w.plane, taps, inner, places, w.places, weights, all, rows];
      const target = out + size * first * all * plane;
      spread(kernels.convEach_f32, work, count * all, 1, [...args, direct ? target : folded, bias]);
      if (!direct) {
        const full = [count * all, ...w.result];
        copy(folded, target, full, rowMajor(full), [plane, ...steps], size);
      }
      return;
    }
    for (let g = 0; g < groups; g++) {
      const at = from + size * g * channels * w.plane,
        own = weights + size * g * rows * inner,
        target = out + size * (first * groups + g) * rows * plane,
        to = direct ? target : folded,
        init = bias && bias + size * g * rows * 16;
      if (runs) {
        const total = units * lines * Math.ceil(width / 4);
        const args = [at, image, taps, inner, places, lines, width, packed + g * blockBytes, rows];
        const more = [to, unit, plane, steps[last]!, init];
        spread(kernels.convRows_f32, rows * units * n * inner, total, 2, [...args, ...more]);
      } else if (tiles) {
        const total = units * Math.ceil(n / panels.width),
          share = Math.ceil(total / rooms());
        const first = packed + 4 * g * rows * inner;
        const args = [at, image, taps, inner, places, n, first, rows, to, unit, init, work, share];
        spread(kernels.convTiles_f32, rows * units * n * inner, total, share, args);
      } else
        for (let i = 0; i < units; i++) {
          const pack: Pack = (panel, row, column, deep, wide) => {
            const tap = taps + 4 * row,
              start = places + 4 * column,
              end = Math.ceil(wide / panels.width),
              from = at + size * i * image;
            if (size === 4) kernels.convPack_f32(from, tap, deep, start, panel, 0, end);
            else kernels.convPack_b8(from, tap, deep, start, wide, panel, panels.width, 0, end);
          };
          const start = { at: init, rows: 16, columns: 0 };
          multiplyPanels(
            domain,
            panels,
            work,
            own,
            inner,
            pack,
            to + size * i * unit,
            n,
            start,
            rows,
            n,
            inner,
          );
        }
      if (direct) continue;
      const step = groups * rows * plane;
      const shape = fold > 1 ? [rows, count] : [count, rows];
      const full = [...shape, ...w.result];
      const outer = fold > 1 ? [plane, step] : [step, plane];
      copy(folded, target, full, rowMajor(full), [...outer, ...steps], size);
    }
  };
}
