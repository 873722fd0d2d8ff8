// The gradient of a convolution's weights from that of its result.
import type { Domain } from "../core/dtype.ts";
import { numelOf } from "../core/shape.ts";
import { scratch } from "../memory/scratch.ts";
import { kernels } from "../memory/wasm.ts";
import { align, BLOCK_ROWS, eachAlone, imagesAtATime, inRuns, rooms, together } from "./convslide.ts";
import { copy, tableBytes, type Windows } from "./convwindows.ts";
import { multiplyPanels, type Pack, panelsFor, type Start, spread } from "./gemm.ts";

/** Runs of four places whose products are summed before they are added to a gradient of weights. */
const RUNS = 256;
const NOTHING: Start = { at: 0, rows: 0, columns: 0 };

/** Sizes per group, and addresses of the images, of the result's gradient and of what is made from them. */
interface WeightGradient {
  domain: Domain;
  windows: Windows;
  images: number;
  groups: number;
  channels: number;
  rows: number;
  from: number;
  grad: number;
  to: number;
}

export function weightGradient(p: WeightGradient): void {
  const { domain, windows, channels, rows } = p;
  if (eachAlone(domain, channels, rows)) eachAloneWeight(p);
  else if (inRuns(domain, windows, rows)) runsWeight(p);
  else panelsWeight(p);
}

/** The gradient of the weights where every channel is alone. */
function eachAloneWeight({ windows: w, images, groups, rows, from, grad, to }: WeightGradient): void {
  const batch = imagesAtATime(images, 4 * groups * w.plane),
    all = groups * rows;
  const taps = scratch(
    tableBytes(w.taps) +
      tableBytes(w.places) +
      16 * w.taps * all +
      (w.pads ? 4 * batch * groups * w.plane : 0) +
      64,
  );
  const places = taps + tableBytes(w.taps),
    sums = align(places + tableBytes(w.places)),
    padded = sums + 16 * w.taps * all;
  w.writeTaps(taps, 1, 4);
  w.writePlaces(places, 1, 0, 4);
  for (let first = 0; first < images; first += batch) {
    const count = Math.min(batch, images - first);
    const source = w.pad(from + 4 * first * groups * numelOf(w.source), count * groups, padded, 4);
    const gradient = grad + 4 * first * all * w.places;
    const args = [source, w.plane, taps, w.taps, places, w.places, gradient, count, all, rows, to, sums];
    spread(kernels.convEachTaps_f32, count * all * w.places * w.taps, all, 1, [...args, first === 0 ? 1 : 0]);
  }
}

/** The gradient of the weights where runs of the result's lines are multiplied with those of the images. */
function runsWeight({ windows: w, images, groups, channels, rows, from, grad, to }: WeightGradient): void {
  const image = groups * channels * w.plane,
    inner = channels * w.taps,
    batch = w.pads ? imagesAtATime(images, 4 * image) : images,
    width = w.result[w.result.length - 1]!,
    lines = w.places / width,
    full = lines * (width >> 2),
    count = lines * Math.ceil(width / 4),
    work = rows * inner * w.places;
  const units = Math.ceil(rows / BLOCK_ROWS) * Math.ceil(inner / 2),
    share = Math.ceil(units / rooms());
  const roomBytes = (192 + 100 * RUNS) * rooms();
  const room = scratch(
    roomBytes + tableBytes(inner) + tableBytes(2 * count) + (w.pads ? 4 * batch * image : 0) + 64,
  );
  const taps = room + roomBytes,
    table = taps + tableBytes(inner),
    padded = align(table + tableBytes(2 * count));
  w.writeTaps(taps, channels, 4);
  w.writeRuns(table);
  for (let first = 0; first < images; first += batch) {
    const some = Math.min(batch, images - first);
    const source = w.pad(
      from + 4 * first * groups * channels * numelOf(w.source),
      some * groups * channels,
      padded,
      4,
    );
    for (let g = 0; g < groups; g++) {
      const at = source + 4 * g * channels * w.plane,
        gradient = grad + 4 * (first * groups + g) * rows * w.places;
      const args = [at, image, taps, inner, table, full, count, width & 3, some, RUNS, gradient];
      const more = [groups * rows * w.places, w.places, rows, to + 4 * g * rows * inner, first === 0 ? 1 : 0];
      spread(kernels.convRowsTaps_f32, work * some, units, share, [...args, ...more, room, share]);
    }
  }
}

/** A product in blocks, with the windows as the second operand. */
function panelsWeight({
  domain,
  windows: w,
  images,
  groups,
  channels,
  rows,
  from,
  grad,
  to,
}: WeightGradient): void {
  const size = domain === "f32" ? 4 : 8,
    inner = channels * w.taps,
    image = groups * channels * w.plane;
  const chunk = together(images, w.places);
  const panels = panelsFor(domain, rows, inner, chunk * w.places);
  const gathered = chunk > 1 ? size * rows * chunk * w.places : 0;
  const taps = scratch(
    tableBytes(inner) +
      tableBytes(chunk * w.places) +
      (w.pads ? size * chunk * image : 0) +
      gathered +
      panels.bytes +
      64,
  );
  const places = taps + tableBytes(inner),
    left = align(places + tableBytes(chunk * w.places)),
    work = left + gathered,
    padded = align(work + panels.bytes);
  w.writeTaps(taps, channels, size);
  let written_ = 0;
  for (let first = 0; first < images; first += chunk) {
    const count = Math.min(chunk, images - first),
      n = count * w.places;
    const source = w.pad(
      from + size * first * groups * channels * numelOf(w.source),
      count * groups * channels,
      padded,
      size,
    );
    if (written_ !== count) w.writePlaces(places, (written_ = count), image, size);
    for (let group = 0; group < groups; group++) {
      const at = source + size * group * channels * w.plane;
      const pack: Pack = (area, row, column, deep, wide) => {
        const start = places + 4 * row,
          tap = taps + 4 * column,
          last = Math.ceil(wide / panels.width);
        if (size === 4) kernels.convPackTurned_f32(at, tap, start, deep, area, 0, last);
        else kernels.convPack_b8(at, start, deep, tap, wide, area, panels.width, 0, last);
      };
      let a = grad + size * (first * groups + group) * rows * w.places;
      if (chunk > 1) {
        copy(
          a,
          left,
          [rows, count, w.places],
          [w.places, groups * rows * w.places, 1],
          [n, w.places, 1],
          size,
        );
        a = left;
      }
      const result = to + size * group * rows * inner;
      const start = first === 0 ? NOTHING : { at: result, rows: inner, columns: 1 };
      multiplyPanels(domain, panels, work, a, n, pack, result, inner, start, rows, inner, n);
    }
  }
}
