// A sliding product: weights times the windows of images, which are packed for the kernels straight from the images.
import type { Domain } from "../core/dtype.ts";
import { numelOf, type Shape } from "../core/shape.ts";
import { kernels } from "../memory/wasm.ts";
import { writePlan } from "../tensor/plan.ts";
import { getNumThreads } from "../threads/pool.ts";
import { tableBytes, type Windows } from "./convwindows.ts";
import { multiplyPanels, type Pack, panelsFor, spread } from "./gemm.ts";

/** Images are put together until they have about this many positions, where one by one they would leave panels empty. */
const POSITIONS = 256;
/** Panels are packed and used one by one while they fit the first-level cache: in elements of a window. */
const SHALLOW = 640;
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

/** Copies elements by strides. */
export function copy(
  from: number,
  to: number,
  shape: Shape,
  steps: Shape,
  stepsTo: Shape,
  size: number,
): void {
  const { address, rows } = writePlan(shape, steps, stepsTo);
  kernels[size === 4 ? "copy_b4_nd" : "copy_b8_nd"](from, to, address, 0, rows);
}

export function rowMajor(shape: Shape): number[] {
  const steps = shape.map(() => 1);
  for (let d = shape.length - 2; d >= 0; d--) steps[d] = steps[d + 1]! * shape[d + 1]!;
  return steps;
}

/** The images' channels with their zeros, at `to`; where there are none, the images themselves. */
export function padImages(w: Windows, from: number, channels: number, to: number, size: number): number {
  if (!w.pads) return from;
  kernels.zero(to, size * channels * w.plane);
  const shape = [channels, ...w.source];
  copy(from, to + size * w.inset, shape, rowMajor(shape), [w.plane, ...w.steps], size);
  return to;
}

/** A sliding product of images [N, G, C, ...] with weights [G, M, C * taps]. */
export interface Product {
  domain: Domain;
  windows: Windows;
  images: number;
  groups: number;
  /** Channels of a group. */
  channels: number;
  /** Rows of the weights in a group. */
  rows: number;
  from: number;
  weights: number;
  /** Where the result begins, the elements of one of its planes, and steps between its positions. */
  out: number;
  plane: number;
  steps: Shape;
  /** Added to each row, or nothing: sixteen equal elements for each. */
  bias: number;
}

/** How many images of so many bytes are padded at a time. */
export const imagesAtATime = (images: number, size: number): number =>
  Math.min(images, Math.max(1, Math.floor(PADDED / (size + 1))));

/** Whether to sum the windows of each channel directly. */
export const eachAlone = (domain: Domain, channels: number, rows: number): boolean =>
  domain === "f32" && channels === 1 && rows <= FEW_ROWS;

/** Images whose positions make one row of columns; images padded at a time; where the result must be put in its place after. */
function cutting(p: Omit<Product, "from" | "weights" | "out" | "bias">) {
  const { domain, windows: w, images, groups, channels, rows } = p;
  const size = domain === "f32" ? 4 : 8,
    single = eachAlone(domain, channels, rows),
    fold = single ? 1 : together(images, w.places),
    image = groups * channels * w.plane,
    inner = channels * w.taps;
  const batch = fold > 1 ? fold : imagesAtATime(images, size * image);
  const direct = fold === 1 && p.plane === w.places;
  const panels = panelsFor(domain, rows, fold * w.places, inner);
  const taps = tableBytes(inner),
    padded = w.pads ? align(size * batch * image) : 0,
    places = tableBytes(fold * w.places),
    folded = direct ? 0 : align(size * batch * rows * w.places * (single ? groups : 1));
  return { size, single, fold, image, inner, batch, direct, panels, taps, padded, places, folded };
}

/** Ranges that the panels are cut into, each with room for one: as many as the pool makes. */
const rooms = (): number => 4 * getNumThreads();

/** Scratch memory that `slide` needs. */
export function slideBytes(p: Omit<Product, "from" | "weights" | "out" | "bias">): number {
  const { taps, padded, places, folded, panels } = cutting(p);
  return taps + padded + places + folded + Math.max(panels.bytes, 64 * SHALLOW * rooms()) + 64;
}

export function slide(p: Product, area: number): void {
  const { domain, windows: w, images, groups, channels, rows, plane } = p;
  const { size, single, fold, image, inner, batch, direct, panels, ...bytesOf } = cutting(p);
  const padded = align(area + bytesOf.taps),
    places = padded + bytesOf.padded,
    folded = align(places + bytesOf.places),
    work = folded + bytesOf.folded;
  const unit = fold > 1 || !direct ? rows * w.places * fold : groups * rows * plane;
  w.writeTaps(area, channels, size);
  let listed = 0;
  for (let first = 0; first < images; first += batch) {
    const count = Math.min(batch, images - first),
      units = fold > 1 ? 1 : count,
      n = fold > 1 ? count * w.places : w.places;
    const source = p.from + size * first * groups * channels * numelOf(w.source);
    const from = padImages(w, source, count * groups * channels, padded, size);
    if (fold > 1 ? listed !== count : listed === 0)
      w.writePlaces(places, (listed = fold > 1 ? count : 1), image, size);
    if (single) {
      const all = groups * rows,
        work = count * all * w.places * inner;
      const args = [from, w.plane, area, inner, places, w.places, p.weights, all, rows];
      const to = direct ? p.out + size * first * all * plane : folded;
      spread(kernels.convEach_f32, work, count * all, 1, [...args, to, p.bias]);
      if (!direct) {
        const full = [count * all, ...w.result];
        copy(folded, p.out + size * first * all * plane, full, rowMajor(full), [plane, ...p.steps], size);
      }
      continue;
    }
    for (let g = 0; g < groups; g++) {
      const at = from + size * g * channels * w.plane,
        weights = p.weights + size * g * rows * inner,
        target = p.out + size * (first * groups + g) * rows * plane,
        to = direct ? target : folded,
        bias = p.bias && p.bias + size * g * rows * 16;
      if (domain === "f32" && inner <= SHALLOW) {
        const total = units * Math.ceil(n / panels.width),
          share = Math.ceil(total / rooms());
        const args = [
          at,
          image,
          area,
          inner,
          places,
          n,
          weights,
          rows,
          to,
          unit,
          bias,
          panels.shape,
          work,
          share,
        ];
        spread(kernels.convTiles_f32, rows * units * n * inner, total, share, args);
      } else
        for (let i = 0; i < units; i++) {
          const pack: Pack = (panel, row, column, deep, wide) => {
            const taps = area + 4 * row,
              start = places + 4 * column,
              last = Math.ceil(wide / panels.width),
              from = at + size * i * image;
            if (size === 4) kernels.convPack_f32(from, taps, deep, start, panel, panels.width, 0, last);
            else kernels.convPack_b8(from, taps, deep, start, wide, panel, panels.width, 0, last);
          };
          const start = { at: bias, rows: 16, columns: 0 };
          multiplyPanels(
            domain,
            panels,
            work,
            weights,
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
      const image_ = groups * rows * plane;
      const [shape, steps] =
        fold > 1
          ? [
              [rows, count],
              [plane, image_],
            ]
          : [
              [count, rows],
              [image_, plane],
            ];
      const full = [...shape, ...w.result];
      copy(folded, target, full, rowMajor(full), [...steps, ...p.steps], size);
    }
  }
}
