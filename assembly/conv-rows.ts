// Convolutions straight from padded images: runs of four places along a line of the result meet runs of four elements, so
// nothing is gathered first. Where windows step by more than one, images lie with every `split`-th element of a line
// together (conv-pad.ts), which makes runs of them. Tables, in bytes: `taps[k]` as in conv.ts; for each line of the result
// where its windows begin in the image and where it begins in a plane of the result: two entries.
import { madd } from "./lanes";

/** Rows of weights, or planes of a gradient, in a block. */
const ROWS = 6;
/** A count of turns that never comes up: see gemm.ts for what the exit is for. */
const NEVER = i32.MIN_VALUE;
const ZEROS = memory.data<u64>([0, 0], 16);
/** From entry 3 - n on: n lanes that count. */
const LANES = memory.data<i32>([-1, -1, -1, 0, 0, 0, 0], 16);

/** Weights [m, k] as blocks of six rows, column by column, the last filled up with zeros: blocks [begin, end). */
export function convWeights_f32(w: usize, m: i32, k: i32, to: usize, begin: i32, end: i32): void {
  to += <usize>(begin * ROWS * k) << 2;
  for (let i = begin; i < end; ++i)
    for (let j = 0; j < k; ++j)
      for (let r = i * ROWS; r < (i + 1) * ROWS; ++r) {
        store<f32>(to, r < m ? load<f32>(w + (<usize>(r * k + j) << 2)) : 0);
        to += 4;
      }
}

/** `rows` x 2 runs, of which the first `left` rows are stored. */
// @ts-ignore: decorator
@inline function block(
  rows: i32, a: usize, taps: usize, k: i32, x0: usize, x1: usize, init: usize, initStep: usize,
  out0: usize, out1: usize, ldo: usize, space: usize, left: i32,
): void {
  let c00 = f32x4.splat(0), c01 = c00, c10 = c00, c11 = c00, c20 = c00, c21 = c00, c30 = c00, c31 = c00;
  let c40 = c00, c41 = c00, c50 = c00, c51 = c00;
  if (k > 0) do {
    const tap = load<i32>(taps);
    taps += 4;
    const b0 = v128.load(x0 + tap), b1 = v128.load(x1 + tap);
    let w = v128.load32_splat(a);
    c00 = madd(w, b0, c00);
    c01 = madd(w, b1, c01);
    if (k == NEVER) break;
    w = v128.load32_splat(a, 4);
    c10 = madd(w, b0, c10);
    c11 = madd(w, b1, c11);
    if (rows > 2) {
      w = v128.load32_splat(a, 8);
      c20 = madd(w, b0, c20);
      c21 = madd(w, b1, c21);
      w = v128.load32_splat(a, 12);
      c30 = madd(w, b0, c30);
      c31 = madd(w, b1, c31);
    }
    if (rows > 4) {
      w = v128.load32_splat(a, 16);
      c40 = madd(w, b0, c40);
      c41 = madd(w, b1, c41);
      w = v128.load32_splat(a, 20);
      c50 = madd(w, b0, c50);
      c51 = madd(w, b1, c51);
    }
    a += 4 * ROWS;
  } while (--k);
  const last = <usize>(left - 1);
  init += last * initStep;
  out0 += last * ldo;
  out1 += last * ldo;
  if (rows > 4) {
    if (left > 5) {
      put(c50, c51, init, out0, out1, space);
      init -= initStep;
      out0 -= ldo;
      out1 -= ldo;
    }
    put(c40, c41, init, out0, out1, space);
    init -= initStep;
    out0 -= ldo;
    out1 -= ldo;
  }
  if (rows > 2) {
    if (left > 3) {
      put(c30, c31, init, out0, out1, space);
      init -= initStep;
      out0 -= ldo;
      out1 -= ldo;
    }
    put(c20, c21, init, out0, out1, space);
    init -= initStep;
    out0 -= ldo;
    out1 -= ldo;
  }
  if (left > 1) {
    put(c10, c11, init, out0, out1, space);
    init -= initStep;
    out0 -= ldo;
    out1 -= ldo;
  }
  put(c00, c01, init, out0, out1, space);
}

// @ts-ignore: decorator
@inline function put(c0: v128, c1: v128, init: usize, out0: usize, out1: usize, space: usize): void {
  const add = v128.load32_splat(init), v0 = f32x4.add(c0, add), v1 = f32x4.add(c1, add);
  if (space == 4) {
    v128.store(out0, v0);
    v128.store(out1, v1);
  } else {
    apart(out0, v0, space);
    apart(out1, v1, space);
  }
}

function apart(to: usize, v: v128, space: usize): void {
  v128.store32_lane(to, v, 0);
  v128.store32_lane((to += space), v, 1);
  v128.store32_lane((to += space), v, 2);
  v128.store32_lane(to + space, v, 3);
}

function block2(
  a: usize, taps: usize, k: i32, x0: usize, x1: usize, init: usize, initStep: usize,
  out0: usize, out1: usize, ldo: usize, space: usize, left: i32,
): void {
  block(2, a, taps, k, x0, x1, init, initStep, out0, out1, ldo, space, left);
}
function block4(
  a: usize, taps: usize, k: i32, x0: usize, x1: usize, init: usize, initStep: usize,
  out0: usize, out1: usize, ldo: usize, space: usize, left: i32,
): void {
  block(4, a, taps, k, x0, x1, init, initStep, out0, out1, ldo, space, left);
}
function block6(
  a: usize, taps: usize, k: i32, x0: usize, x1: usize, init: usize, initStep: usize,
  out0: usize, out1: usize, ldo: usize, space: usize, left: i32,
): void {
  block(6, a, taps, k, x0, x1, init, initStep, out0, out1, ldo, space, left);
}

/**
 * The result's m planes, `ldo` elements apart, of images `imageStep` (the result's: `outStep`) elements apart, from weights
 * in blocks and `init` (sixteen equal elements for each plane; address 0: nothing). `lines`: the table of `count` lines of
 * `width` places, at least 4, which lie `space` elements apart in the result. begin, end: runs of four places, line by line,
 * image by image; the last of a line ends with it.
 */
export function convRows_f32(
  x: usize, imageStep: i32, taps: usize, k: i32, lines: usize, count: i32, width: i32, a: usize, m: i32,
  out: usize, outStep: i32, ldo: i32, space: i32, init: usize, begin: i32, end: i32,
): void {
  const each = (width + 3) >> 2, initStep: usize = init ? 64 : 0;
  const stepX = <usize>imageStep << 2, stepOut = <usize>outStep << 2, stepRow = <usize>ldo << 2;
  const apart = <usize>space << 2;
  if (!init) init = ZEROS;
  let line = begin / each, run = begin % each, image = line / count;
  line %= count;
  for (let i = begin; i < end; i += 2) {
    let x0: usize = 0, out0: usize = 0, x1: usize = 0, out1: usize = 0;
    for (let half = 0; half < 2; ++half) {
      x0 = x1;
      out0 = out1;
      const at = <usize>min(run << 2, width - 4), entry = lines + (<usize>line << 3);
      x1 = x + <usize>image * stepX + load<i32>(entry) + (at << 2);
      out1 = out + <usize>image * stepOut + load<i32>(entry, 4) + at * apart;
      // A run without a second one is done twice.
      if (half == 0 && i + 1 == end) continue;
      if (++run == each) {
        run = 0;
        if (++line == count) {
          line = 0;
          ++image;
        }
      }
    }
    let weights = a, bias = init;
    for (let r = 0; r < m; r += ROWS) {
      const left = min(m - r, ROWS);
      if (left > 4) block6(weights, taps, k, x0, x1, bias, initStep, out0, out1, stepRow, apart, left);
      else if (left > 2) block4(weights, taps, k, x0, x1, bias, initStep, out0, out1, stepRow, apart, left);
      else block2(weights, taps, k, x0, x1, bias, initStep, out0, out1, stepRow, apart, left);
      weights += <usize>(4 * ROWS * k);
      bias += <usize>ROWS * initStep;
      out0 += <usize>ROWS * stepRow;
      out1 += <usize>ROWS * stepRow;
    }
  }
}

/**
 * `rows` x 2 sums, added to those at `sums` where `masked`, over the runs that begin where [at, last) says: the gradient's
 * rows lie side by side, a run of each, `step` bytes from run to run. Then only the lanes of `mask` count in the image.
 */
// @ts-ignore: decorator
@inline function products(
  rows: i32, masked: bool, mask: v128, x0: usize, x1: usize, at: usize, last: usize, g: usize, step: usize, sums: usize,
): void {
  let c00 = f32x4.splat(0), c01 = c00, c10 = c00, c11 = c00, c20 = c00, c21 = c00, c30 = c00, c31 = c00;
  let c40 = c00, c41 = c00, c50 = c00, c51 = c00;
  if (masked) {
    c00 = v128.load(sums);
    c01 = v128.load(sums, 16);
    c10 = v128.load(sums, 32);
    c11 = v128.load(sums, 48);
  }
  let turns = <i32>(last - at) >> 2;
  if (turns > 0) do {
    const from = load<i32>(at);
    at += 4;
    let b0 = v128.load(x0 + from), b1 = v128.load(x1 + from), v = v128.load(g);
    if (masked) {
      b0 = v128.and(b0, mask);
      b1 = v128.and(b1, mask);
    }
    c00 = madd(v, b0, c00);
    c01 = madd(v, b1, c01);
    if (turns == NEVER) break;
    v = v128.load(g, 16);
    c10 = madd(v, b0, c10);
    c11 = madd(v, b1, c11);
    if (rows > 2) {
      v = v128.load(g, 32);
      c20 = madd(v, b0, c20);
      c21 = madd(v, b1, c21);
      v = v128.load(g, 48);
      c30 = madd(v, b0, c30);
      c31 = madd(v, b1, c31);
    }
    if (rows > 4) {
      v = v128.load(g, 64);
      c40 = madd(v, b0, c40);
      c41 = madd(v, b1, c41);
      v = v128.load(g, 80);
      c50 = madd(v, b0, c50);
      c51 = madd(v, b1, c51);
    }
    g += step;
  } while (--turns);
  // From the last row up: see gemm.ts.
  if (rows > 4) {
    v128.store(sums, c51, 176);
    v128.store(sums, c50, 160);
    v128.store(sums, c41, 144);
    v128.store(sums, c40, 128);
  }
  if (rows > 2) {
    v128.store(sums, c31, 112);
    v128.store(sums, c30, 96);
    v128.store(sums, c21, 80);
    v128.store(sums, c20, 64);
  }
  v128.store(sums, c11, 48);
  v128.store(sums, c10, 32);
  v128.store(sums, c01, 16);
  v128.store(sums, c00);
}

function products2(x0: usize, x1: usize, at: usize, last: usize, g: usize, step: usize, sums: usize): void {
  products(2, false, i32x4.splat(0), x0, x1, at, last, g, step, sums);
}
function products4(x0: usize, x1: usize, at: usize, last: usize, g: usize, step: usize, sums: usize): void {
  products(4, false, i32x4.splat(0), x0, x1, at, last, g, step, sums);
}
function products6(x0: usize, x1: usize, at: usize, last: usize, g: usize, step: usize, sums: usize): void {
  products(6, false, i32x4.splat(0), x0, x1, at, last, g, step, sums);
}
/** Runs of fewer than four places: what stands beyond them must not count, whatever it is. */
function ragged(
  rows: i32, mask: v128, x0: usize, x1: usize, at: usize, last: usize, g: usize, step: usize, sums: usize,
): void {
  for (let r = 0; r < rows; r += 2) {
    products(2, true, mask, x0, x1, at, last, g, step, sums);
    g += 32;
    sums += 64;
  }
}

/**
 * Lays those of the runs [from, to) of all images that are within [low, high) of their image side by side, `rows` planes of
 * them, and lists where they begin in the images. Lanes outside of `mask` and planes from `left` on are zero.
 * Returns the end of the list.
 */
function interleave(
  from: i32, to: i32, count: i32, low: i32, high: i32, runs: usize, stepX: usize, grad: usize, stepGrad: usize,
  plane: usize, rows: i32, left: i32, mask: v128, list: usize, panel: usize,
): usize {
  let image = from / count, first = from % count;
  for (; from < to; ++image) {
    const last = min(count, first + to - from), end = runs + (<usize>min(last, high) << 3);
    for (let at = runs + (<usize>max(first, low) << 3); at < end; at += 8) {
      store<u32>(list, <u32>(<usize>image * stepX) + load<u32>(at));
      list += 4;
      let g = grad + <usize>image * stepGrad + load<i32>(at, 4);
      for (let r = 0; r < rows; ++r) {
        v128.store(panel, r < left ? v128.and(v128.load(g), mask) : i32x4.splat(0));
        g += plane;
        panel += 16;
      }
    }
    from += last - first;
    first = 0;
  }
  return list;
}

/** The sums of two vectors, added to two elements at w (or one), or set where `fresh`. */
// @ts-ignore: decorator
@inline function addUp(sums: usize, w: usize, both: bool, fresh: bool): void {
  const c0 = v128.load(sums), c1 = v128.load(sums, 16);
  const halves = f32x4.add(v128.shuffle<u32>(c0, c1, 0, 1, 4, 5), v128.shuffle<u32>(c0, c1, 2, 3, 6, 7));
  let all = f32x4.add(v128.shuffle<u32>(halves, halves, 0, 2, 0, 2), v128.shuffle<u32>(halves, halves, 1, 3, 1, 3));
  if (!fresh) all = f32x4.add(all, both ? v128.load64_zero(w) : v128.load32_zero(w));
  if (both) v128.store64_lane(w, all, 0);
  else v128.store32_lane(w, all, 0);
}

/**
 * The gradient w[m, k] of the weights from that of the result, whose m planes are `plane` elements apart, in images
 * `gradStep` apart. `runs`: where each run of places begins in the image and in a plane of the gradient, in bytes; `full` of
 * four places, and then up to `count` of `rest`. `depth` runs are summed at a time; the sums are added to w unless `anew`.
 * begin, end: blocks of six planes, for each of them pairs of taps. Every range has
 * 192 + 100 * depth bytes of its own at `room`; ranges begin at multiples of `share`.
 */
export function convRowsTaps_f32(
  x: usize, imageStep: i32, taps: usize, k: i32, runs: usize, full: i32, count: i32, rest: i32, images: i32, depth: i32,
  grad: usize, gradStep: i32, plane: i32, m: i32, w: usize, anew: i32, room: usize, share: i32,
  begin: i32, end: i32,
): void {
  const stepX = <usize>imageStep << 2, stepGrad = <usize>gradStep << 2, stepPlane = <usize>plane << 2;
  const pairs = (k + 1) >> 1, total = images * count;
  const mask = v128.load(LANES + (<usize>(3 - rest) << 2));
  const sums = room + <usize>(begin / share) * <usize>(192 + 100 * depth);
  const list = sums + 192, panel = list + (<usize>depth << 2);
  let fulls = list, last = list;
  for (let from = 0; from < total; from += depth) {
    const to = min(from + depth, total);
    for (let u = begin; u < end; ++u) {
      const row = u / pairs * ROWS, pair = u % pairs, left = min(m - row, ROWS);
      const high = left > 4 ? 6 : left > 2 ? 4 : 2, step = <usize>high << 4;
      if (u == begin || pair == 0) {
        const own = grad + <usize>row * stepPlane;
        fulls = interleave(
          from, to, count, 0, full, runs, stepX, own, stepGrad, stepPlane, high, left, i32x4.splat(-1), list, panel,
        );
        last = interleave(
          from, to, count, full, count, runs, stepX, own, stepGrad, stepPlane, high, left, mask, fulls,
          panel + ((fulls - list) >> 2) * step,
        );
      }
      const at = taps + (<usize>pair << 3), both = 2 * pair + 1 < k, x0 = x + load<i32>(at), x1 = both ? x + load<i32>(at, 4) : x0;
      if (left > 4) products6(x0, x1, list, fulls, panel, step, sums);
      else if (left > 2) products4(x0, x1, list, fulls, panel, step, sums);
      else products2(x0, x1, list, fulls, panel, step, sums);
      if (fulls < last) ragged(high, mask, x0, x1, fulls, last, panel + ((fulls - list) >> 2) * step, step, sums);
      for (let r = 0; r < left; ++r)
        addUp(sums + (<usize>r << 5), w + (<usize>((row + r) * k + 2 * pair) << 2), both, anew != 0 && from == 0);
    }
  }
}
