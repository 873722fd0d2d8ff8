// Convolutions as products: the windows of an image become panels for the tiles of gemm.ts. Tables of offsets, in bytes
// from an image's start, say where they lie: `taps[k]` for each element of a window (channel by channel), `places[p]` for
// each position of the result. An element is at image + taps[k] + places[p]; images are padded beforehand.

import { matmulTiles_f32 } from "./gemm";
import { sixes } from "./gemm-rows";
import { firstRun, four, gather, spacing } from "./places";

/** Columns of a panel, and bytes of its rows. */
const WIDTH = 8;
const ROW: usize = 32;

/** Four places that lie as `kind` says, in a panel of rows of `row` bytes. */
// @ts-ignore: decorator
@inline function packFour(kind: i32, image: usize, taps: usize, k: i32, p: usize, to: usize, row: usize): void {
  const last = taps + (<usize>k << 2), first = firstRun(kind, p);
  for (; taps < last; taps += 4) {
    v128.store(to, four(kind, image + load<i32>(taps), p, first));
    to += row;
  }
}

/** As packFour(1, ...) for all places of a panel at once. */
// @ts-ignore: decorator
@inline function packRuns(image: usize, taps: usize, k: i32, p: usize, to: usize): void {
  const last = taps + (<usize>k << 2), a0 = image + load<i32>(p), a1 = image + load<i32>(p, 16);
  for (; taps < last; taps += 4) {
    const tap = load<i32>(taps);
    v128.store(to, v128.load(a0 + tap));
    v128.store(to, v128.load(a1 + tap), 16);
    to += ROW;
  }
}

/** One panel: k rows of places. */
function packPanel(image: usize, taps: usize, k: i32, p: usize, to: usize): void {
  if (spacing(p) == 1 && spacing(p + 16) == 1) {
    packRuns(image, taps, k, p, to);
    return;
  }
  for (let c: usize = 0; c < ROW; c += 16) {
    const kind = spacing(p + c);
    if (kind == 1) packFour(1, image, taps, k, p + c, to + c, ROW);
    else if (kind == 2) packFour(2, image, taps, k, p + c, to + c, ROW);
    else if (kind == 3) packFour(3, image, taps, k, p + c, to + c, ROW);
    else if (kind == 4) packFour(4, image, taps, k, p + c, to + c, ROW);
    else packFour(0, image, taps, k, p + c, to + c, ROW);
  }
}

/**
 * Panels [begin, end) of places, k rows in each. The table of places is readable up to the last
 * panel's end; what stands there beyond the last place are offsets within the image.
 */
export function convPack_f32(
  image: usize, taps: usize, k: i32, places: usize, to: usize, begin: i32, end: i32,
): void {
  for (let i = begin; i < end; ++i)
    packPanel(image, taps, k, places + <usize>i * ROW, to + <usize>i * <usize>k * ROW);
}

/**
 * The product itself: a[m, k], packed by matmulPackRows_f32, times the windows at n places, plus `init` (sixteen equal elements for each row, 0: nothing),
 * for images `imageStep` elements apart, with results `outStep` apart. begin, end: panels,
 * those of the first image first. Every range has a panel of its own at `room`; ranges begin at multiples of `share`.
 */
export function convTiles_f32(
  x: usize, imageStep: i32, taps: usize, k: i32, places: usize, n: i32, a: usize, m: i32, out: usize, outStep: i32,
  init: usize, room: usize, share: i32, begin: i32, end: i32,
): void {
  const panels = (n + WIDTH - 1) / WIDTH, panel = room + <usize>(begin / share) * <usize>k * ROW;
  for (let i = begin; i < end; ++i) {
    const image = i / panels, first = i % panels * WIDTH;
    packPanel(x + (<usize>image * <usize>imageStep << 2), taps, k, places + (<usize>first << 2), panel);
    const to = out + ((<usize>image * <usize>outStep + <usize>first) << 2);
    matmulTiles_f32(a, 0, 0, panel, WIDTH, 0, to, n, init, 16, 0, m, min(n - first, WIDTH), k, 0, 0, sixes(m));
  }
}

/**
 * The transpose: panels [begin, end) of taps, a row for each of n places. Both tables are
 * readable, with offsets within the image, up to the next multiple of 4 and the last panel's end.
 */
export function convPackTurned_f32(
  image: usize, taps: usize, places: usize, n: i32, to: usize, begin: i32, end: i32,
): void {
  for (let i = begin; i < end; ++i) {
    let at = to + <usize>i * <usize>n * ROW;
    for (let j = 0; j < n; j += 4) {
      const p = places + (<usize>j << 2), kind = spacing(p);
      for (let c = 0; c < WIDTH; c += 4) {
        const t = taps + (<usize>(i * WIDTH + c) << 2), target = at + (<usize>c << 2);
        const x0 = image + load<i32>(t), x1 = image + load<i32>(t, 4);
        const x2 = image + load<i32>(t, 8), x3 = image + load<i32>(t, 12);
        let r0: v128, r1: v128, r2: v128, r3: v128;
        if (kind == 1) {
          const offset = load<i32>(p);
          r0 = v128.load(x0 + offset);
          r1 = v128.load(x1 + offset);
          r2 = v128.load(x2 + offset);
          r3 = v128.load(x3 + offset);
        } else {
          r0 = gather(x0, p);
          r1 = gather(x1, p);
          r2 = gather(x2, p);
          r3 = gather(x3, p);
        }
        const lo01 = v128.shuffle<u32>(r0, r1, 0, 4, 1, 5), hi01 = v128.shuffle<u32>(r0, r1, 2, 6, 3, 7);
        const lo23 = v128.shuffle<u32>(r2, r3, 0, 4, 1, 5), hi23 = v128.shuffle<u32>(r2, r3, 2, 6, 3, 7);
        v128.store(target, v128.shuffle<u64>(lo01, lo23, 0, 2));
        if (j + 1 < n) v128.store(target + ROW, v128.shuffle<u64>(lo01, lo23, 1, 3));
        if (j + 2 < n) v128.store(target + 2 * ROW, v128.shuffle<u64>(hi01, hi23, 0, 2));
        if (j + 3 < n) v128.store(target + 3 * ROW, v128.shuffle<u64>(hi01, hi23, 1, 3));
      }
      at += ROW << 2;
    }
  }
}

/** As convPack_f32, for elements of eight bytes and any width; beyond the last place of n there is nothing to read. */
export function convPack_b8(
  image: usize, taps: usize, k: i32, places: usize, n: i32, to: usize, width: i32, begin: i32, end: i32,
): void {
  for (let i = begin; i < end; ++i) {
    let at = to + (<usize>i * <usize>k * <usize>width << 3);
    const last = min(width, n - i * width);
    for (let t = 0; t < k; ++t) {
      const from = image + load<i32>(taps + (<usize>t << 2));
      for (let c = 0; c < last; ++c)
        store<u64>(at + (<usize>c << 3), load<u64>(from + load<i32>(places + (<usize>(i * width + c) << 2))));
      at += <usize>width << 3;
    }
  }
}
