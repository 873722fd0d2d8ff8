/// <reference path="../../node_modules/@as-pect/assembly/types/as-pect.d.ts"/>
import * as conv from "../conv";
import * as each from "../conv-each";
import * as pad from "../conv-pad";
import * as rows from "../conv-rows";
import * as winograd from "../winograd";
import * as gradient from "../winograd-grad";
import { matmulPackRows_f32 } from "../gemm-rows";

const X = heap.alloc(4 * 16384), W = heap.alloc(4 * 16384), OUT = heap.alloc(8 * 16384), TEMP = heap.alloc(8 * 65536);
const TAPS = heap.alloc(4 * 512), PLACES = heap.alloc(4 * 2048), INIT = heap.alloc(4 * 1024), ROWS = heap.alloc(4 * 1024);

function x(i: i32): i32 {
  return ((i * 5 + 3) % 13) - 6;
}
function w(i: i32): i32 {
  return ((i * 3 + 1) % 7) - 3;
}

/** Tables for one image of c channels, size x size, windows of 3 x 3. Returns the number of places. */
function tables(c: i32, size: i32, stride: i32, bytes: i32): i32 {
  let at = 0;
  for (let i = 0; i < c; i++)
    for (let y = 0; y < 3; y++)
      for (let z = 0; z < 3; z++) store<i32>(TAPS + (<usize>(at++) << 2), ((i * size + y) * size + z) * bytes);
  for (let i = 0; i < 16; i++) store<i32>(TAPS + (<usize>(at + i) << 2), load<i32>(TAPS + (<usize>(at - 1) << 2)));
  const out = (size - 3) / stride + 1;
  at = 0;
  for (let y = 0; y < out; y++)
    for (let z = 0; z < out; z++) store<i32>(PLACES + (<usize>(at++) << 2), (y * size + z) * stride * bytes);
  for (let i = 0; i < 16; i++) store<i32>(PLACES + (<usize>(at + i) << 2), load<i32>(PLACES + (<usize>(at - 1) << 2)));
  return at;
}

function direct(image: i32, row: i32, place: i32, c: i32, size: i32, stride: i32): i32 {
  const out = (size - 3) / stride + 1, y = place / out * stride, z = place % out * stride;
  let sum = 0;
  for (let i = 0; i < c; i++)
    for (let dy = 0; dy < 3; dy++)
      for (let dz = 0; dz < 3; dz++)
        sum += x(((image * c + i) * size + y + dy) * size + z + dz) * w(((row * c + i) * 3 + dy) * 3 + dz);
  return sum;
}

function fill(count: i32): void {
  for (let i = 0; i < count; i++) store<f32>(X + (<usize>i << 2), <f32>x(i));
  for (let i = 0; i < 2048; i++) store<f32>(W + (<usize>i << 2), <f32>w(i));
}

describe("convTiles", () => {
  it("multiplies with windows of every width and stride, ranges of panels apart", () => {
    let bad = 0;
    const m = 5, c = 2;
    for (let size = 3; size < 22; size++)
      for (let stride = 1; stride < 4; stride++) {
        const n = tables(c, size, stride, 4), k = 9 * c, image = c * size * size;
        fill(2 * image);
        for (let i = 0; i < 16 * m; i++) store<f32>(INIT + (<usize>i << 2), <f32>(i / 16));
        const panels = 2 * ((n + 7) / 8), share = (panels + 1) / 2;
        matmulPackRows_f32(W, k, 1, ROWS, m, k, 0, m);
        conv.convTiles_f32(X, image, TAPS, k, PLACES, n, ROWS, m, OUT, m * n, INIT, TEMP, share, 0, share);
        conv.convTiles_f32(X, image, TAPS, k, PLACES, n, ROWS, m, OUT, m * n, INIT, TEMP, share, share, panels);
        for (let i = 0; i < 2; i++)
          for (let r = 0; r < m; r++)
            for (let p = 0; p < n; p++) {
              const got = load<f32>(OUT + (<usize>((i * m + r) * n + p) << 2));
              if (got != <f32>(direct(i, r, p, c, size, stride) + r)) bad++;
            }
      }
    expect<i32>(bad).toBe(0);
  });
});

/** The sizes of `tables`, in lines: where windows begin in an image whose lines lie in `stride` parts. */
function lines(size: i32, stride: i32, n: i32): void {
  const part = (size + stride - 1) / stride, out = (size - 3) / stride + 1;
  for (let y = 0; y < out; y++) {
    store<i32>(PLACES + (<usize>y << 3), y * stride * stride * part * 4);
    store<i32>(PLACES + (<usize>y << 3), y * n * 4, 4);
  }
}

/** Taps of 3 x 3 in such images. */
function splitTaps(c: i32, size: i32, stride: i32): void {
  const part = (size + stride - 1) / stride;
  let at = TAPS;
  for (let i = 0; i < c; i++)
    for (let y = 0; y < 3; y++)
      for (let z = 0; z < 3; z++) {
        store<i32>(at, ((i * size + y) * stride * part + (z % stride) * part + z / stride) * 4);
        at += 4;
      }
}

const SPLIT = heap.alloc(4 * 16384), PACKED = heap.alloc(4 * 4096);

describe("runs of lines", () => {
  it("are padded with zeros and split by the stride", () => {
    let bad = 0;
    for (let width = 1; width < 20; width++)
      for (let split = 1; split < 4; split++)
        for (let before = 0; before < 3; before++) {
          const depth = 2, height = 3, part = (width + before + 1 + split - 1) / split, line = split * part;
          const layer = (height + 2) * line, plane = (depth + 1) * layer;
          fill(2 * depth * height * width);
          memory.fill(SPLIT, 0xff, <usize>(2 * plane) << 2);
          for (let c = 0; c < 2; c++)
            pad.convPad_f32(X, SPLIT, depth, height, width, plane, layer + line, layer, before, split, part, c, c + 1);
          for (let i = 0; i < 2 * plane; i++) {
            const c = i / plane, z = (i % plane) / layer - 1, y = (i % layer) / line - 1, j = (i % line) % part * split + (i % line) / part - before;
            const inside = z >= 0 && y >= 0 && y < height && j >= 0 && j < width;
            const want = inside ? <f32>x(((c * depth + z) * height + y) * width + j) : 0;
            if (load<f32>(SPLIT + (<usize>i << 2)) != want) bad++;
          }
        }
    expect<i32>(bad).toBe(0);
  });

  it("are multiplied with weights in blocks, whatever the range, and put apart", () => {
    let bad = 0;
    const c = 2, k = 9 * c;
    for (let size = 6; size < 22; size++)
      for (let stride = 1; stride < 4; stride++)
        for (let m = 1; m < 9; m++) {
          const space = 1 + (m & 1);
          const width = (size - 3) / stride + 1, part = (size + stride - 1) / stride, image = c * size * stride * part;
          if (width < 4) continue;
          const n = width * width, plane = space * n, runs = 2 * width * ((width + 3) / 4);
          fill(2 * c * size * size);
          pad.convPad_f32(X, SPLIT, 1, size, size, size * stride * part, 0, 0, 0, stride, part, 0, 2 * c);
          splitTaps(c, size, stride);
          lines(size, stride, space * width);
          for (let i = 0; i < 16 * m; i++) store<f32>(INIT + (<usize>i << 2), <f32>(i / 16));
          rows.convWeights_f32(W, m, k, PACKED, 0, (m + 5) / 6);
          const cut = size % runs;
          rows.convRows_f32(SPLIT, image, TAPS, k, PLACES, width, width, PACKED, m, OUT, m * plane, plane, space, INIT, 0, cut);
          rows.convRows_f32(SPLIT, image, TAPS, k, PLACES, width, width, PACKED, m, OUT, m * plane, plane, space, INIT, cut, runs);
          for (let i = 0; i < 2; i++)
            for (let r = 0; r < m; r++)
              for (let p = 0; p < n; p++) {
                const got = load<f32>(OUT + (<usize>((i * m + r) * plane + p * space) << 2));
                if (got != <f32>(direct(i, r, p, c, size, stride) + r)) bad++;
              }
        }
    expect<i32>(bad).toBe(0);
  });

  it("give the gradient of the weights, whatever stands beyond a line", () => {
    let bad = 0;
    const c = 3, k = 9 * c, images = 3, depth = 5;
    for (let size = 4; size < 18; size++)
      for (let stride = 1; stride < 4; stride++)
        for (let m = 1; m < 8; m += 2) {
          const width = (size - 3) / stride + 1, part = (size + stride - 1) / stride, line = stride * part;
          const plane = size * line, n = width * width, whole = width & -4;
          fill(images * c * size * size);
          for (let i = 0; i < images * c * plane + 4; i++) store<f32>(SPLIT + (<usize>i << 2), f32.NaN);
          pad.convPad_f32(X, SPLIT, 1, size, size, plane, 0, 0, 0, stride, part, 0, images * c);
          store<f32>(SPLIT + (<usize>(images * c * plane) << 2), f32.NaN);
          splitTaps(c, size, stride);
          let at = PLACES;
          for (let ends = 0; ends < 2; ends++)
            for (let y = 0; y < width; y++)
              for (let z = ends ? whole : 0, last = ends ? width : whole; z < last; z += 4) {
                store<i32>(at, (y * stride * line + z) * 4);
                store<i32>(at, (y * width + z) * 4, 4);
                at += 8;
              }
          // The gradient lies in OUT, with a NaN behind it.
          for (let i = 0; i < images * m * n; i++) store<f32>(OUT + (<usize>i << 2), <f32>w(i));
          store<f32>(OUT + (<usize>(images * m * n) << 2), f32.NaN);
          const full = width * (whole >> 2), count = width * ((width + 3) >> 2), units = (m + 5) / 6 * ((k + 1) / 2);
          const share = (units + 1) / 2;
          for (let from = 0; from < units; from += share)
            rows.convRowsTaps_f32(
              SPLIT, c * plane, TAPS, k, PLACES, full, count, width & 3, images, depth, OUT, m * n, n, m, PACKED, 1,
              TEMP, share, from, min(from + share, units),
            );
          for (let r = 0; r < m; r++)
            for (let t = 0; t < k; t++) {
              let want = 0;
              for (let i = 0; i < images; i++)
                for (let p = 0; p < n; p++) {
                  const y = p / width * stride + t % 9 / 3, z = p % width * stride + t % 3;
                  want += x(((i * c + t / 9) * size + y) * size + z) * w((i * m + r) * n + p);
                }
              if (load<f32>(PACKED + (<usize>(r * k + t) << 2)) != <f32>want) bad++;
            }
        }
    expect<i32>(bad).toBe(0);
  });
});

describe("channels alone", () => {
  it("sum over their own windows, and give the gradient of the weights", () => {
    let bad = 0;
    const channels = 2, rows = 4, images = 2, sums = TEMP, gw = TEMP + 16384;
    for (let size = 3; size < 22; size++)
      for (let stride = 1; stride < 4; stride++) {
        const n = tables(1, size, stride, 4), plane = size * size;
        fill(images * channels * plane);
        for (let i = 0; i < 16 * rows; i++) store<f32>(INIT + (<usize>i << 2), <f32>(i / 16));
        each.convEach_f32(X, plane, TAPS, 9, PLACES, n, W, rows, 2, OUT, INIT, 0, 3);
        each.convEach_f32(X, plane, TAPS, 9, PLACES, n, W, rows, 2, OUT, INIT, 3, images * rows);
        for (let i = 0; i < images * rows; i++)
          for (let p = 0; p < n; p++) {
            const base = i / 2 * plane, o = i % rows, place = load<i32>(PLACES + (<usize>p << 2)) / 4;
            let sum = o;
            for (let t = 0; t < 9; t++) sum += w(o * 9 + t) * x(base + load<i32>(TAPS + (<usize>t << 2)) / 4 + place);
            if (load<f32>(OUT + (<usize>(i * n + p) << 2)) != <f32>sum) bad++;
          }
        // the result as its own gradient, one image after the other; what lies behind the last place is never taken for one
        const beyond = images * channels * plane * 4;
        store<f32>(X + beyond, Infinity);
        for (let i = n; i < ((n + 15) & ~15); i++) store<i32>(PLACES + (<usize>i << 2), beyond - load<i32>(TAPS));
        each.convEachTaps_f32(X, plane, TAPS, 9, PLACES, n, OUT, 1, rows, 2, gw, sums, 1, 0, rows);
        const second = X + (<usize>(channels * plane) << 2), grad = OUT + (<usize>(rows * n) << 2);
        each.convEachTaps_f32(second, plane, TAPS, 9, PLACES, n, grad, 1, rows, 2, gw, sums, 0, 0, 1);
        each.convEachTaps_f32(second, plane, TAPS, 9, PLACES, n, grad, 1, rows, 2, gw, sums, 0, 1, rows);
        for (let o = 0; o < rows; o++)
          for (let t = 0; t < 9; t++) {
            let sum: f32 = 0;
            for (let i = o; i < images * rows; i += rows)
              for (let p = 0; p < n; p++) {
                const at = i / 2 * plane + (load<i32>(TAPS + (<usize>t << 2)) + load<i32>(PLACES + (<usize>p << 2))) / 4;
                sum += <f32>x(at) * load<f32>(OUT + (<usize>(i * n + p) << 2));
              }
            if (load<f32>(gw + (<usize>(o * 9 + t) << 2)) != sum) bad++;
          }
      }
    expect<i32>(bad).toBe(0);
  });
});

describe("panels of windows", () => {
  it("hold the element of each tap and place, turned too", () => {
    let bad = 0;
    for (let size = 3; size < 16; size += 3)
      for (let stride = 1; stride < 3; stride++) {
        const c = 2, n = tables(c, size, stride, 4), k = 9 * c;
        fill(c * size * size);
        const columns = (n + 7) / 8, rows = (k + 7) / 8, turned = TEMP + 65536;
        conv.convPack_f32(X, TAPS, k, PLACES, TEMP, 0, columns);
        conv.convPackTurned_f32(X, TAPS, PLACES, n, turned, 0, rows);
        for (let t = 0; t < k; t++)
          for (let p = 0; p < n; p++) {
            const want = load<f32>(X + load<i32>(TAPS + (<usize>t << 2)) + load<i32>(PLACES + (<usize>p << 2)));
            if (load<f32>(TEMP + (<usize>((p / 8 * k + t) * 8 + p % 8) << 2)) != want) bad++;
            if (load<f32>(turned + (<usize>((t / 8 * n + p) * 8 + t % 8) << 2)) != want) bad++;
          }
      }
    expect<i32>(bad).toBe(0);
  });
  it("hold elements of eight bytes", () => {
    const size = 7, n = tables(1, size, 2, 8), width = 4;
    for (let i = 0; i < size * size; i++) store<i64>(X + (<usize>i << 3), <i64>x(i));
    conv.convPack_b8(X, TAPS, 9, PLACES, n, TEMP, width, 0, (n + 3) / 4);
    let bad = 0;
    for (let t = 0; t < 9; t++)
      for (let p = 0; p < n; p++) {
        const want = load<i64>(X + load<i32>(TAPS + (<usize>t << 2)) + load<i32>(PLACES + (<usize>p << 2)));
        if (load<i64>(TEMP + (<usize>((p / 4 * 9 + t) * 4 + p % 4) << 3)) != want) bad++;
      }
    expect<i32>(bad).toBe(0);
  });
});

/** The largest difference from the direct sum, over the largest sum, for windows over an image with a border of zeros. */
function difference(height: i32, width: i32, turned: bool): f64 {
  const c = 5, m = 7, rows = (height + 3) / 4, columns = (width + 3) / 4;
  const pitch = 16 * ((columns + 3) / 4) + 4, plane = (4 * rows + 2) * pitch;
  const ld = 16 * (((rows * columns + 18) / 16) | 1);
  const padded = TEMP, v = padded + 4 * c * plane, u = v + 4 * 36 * c * ld, prod = u + 4 * 36 * m * c;
  const temp = prod + 4 * 36 * m * ld;
  memory.fill(padded, 0, 4 * c * plane);
  for (let i = 0; i < c; i++)
    for (let y = 0; y < height; y++)
      for (let z = 0; z < width; z++)
        store<f32>(padded + (<usize>(i * plane + (y + 1) * pitch + z + 1) << 2), <f32>x((i * height + y) * width + z));
  for (let i = 0; i < m * c * 9; i++) store<f32>(W + (<usize>i << 2), <f32>w(i));
  for (let i = 0; i < m; i++) store<f32>(INIT + (<usize>i << 2), <f32>i);
  winograd.winogradWeights_f32(W, 9 * c, 9, turned, m, c, u, m * c, temp, 1, 2);
  winograd.winogradWeights_f32(W, 9 * c, 9, turned, m, c, u, m * c, temp, 0, 1);
  const half = rows / 2;
  for (let part = 0; part < 2; part++) {
    const first = part ? half : 0, count = part ? rows - half : half;
    winograd.winogradInput_f32(padded, 0, plane, pitch, rows, columns, first, count, v, ld, c * ld, temp, 0, 2);
    winograd.winogradInput_f32(padded, 0, plane, pitch, rows, columns, first, count, v, ld, c * ld, temp, 2, c);
    winograd.winogradProducts_f32(u, m * c, v, ld, c * ld, prod, ld, m * ld, m, c, count * columns, 0, 11);
    winograd.winogradProducts_f32(u, m * c, v, ld, c * ld, prod, ld, m * ld, m, c, count * columns, 11, 36);
    winograd.winogradOutput_f32(prod, ld, m * ld, rows, columns, first, count, OUT, 0, height, width, INIT, temp, 0, m);
  }
  let worst = 0.0, largest = 0.0;
  for (let r = 0; r < m; r++)
    for (let y = 0; y < height; y++)
      for (let z = 0; z < width; z++) {
        let sum = r;
        for (let i = 0; i < c; i++)
          for (let t = 0; t < 9; t++) {
            const yy = y + t / 3 - 1, zz = z + t % 3 - 1;
            if (yy < 0 || zz < 0 || yy >= height || zz >= width) continue;
            sum += x((i * height + yy) * width + zz) * w((r * c + i) * 9 + (turned ? 8 - t : t));
          }
        worst = max(worst, abs(<f64>load<f32>(OUT + (<usize>((r * height + y) * width + z) << 2)) - <f64>sum));
        largest = max(largest, abs(<f64>sum));
      }
  return worst / largest;
}

/** The same for the gradient of the weights, from x and a gradient of w's values. */
function weightDifference(height: i32, width: i32): f64 {
  const c = 6, m = 3, rows = (height + 3) / 4, columns = (width + 3) / 4, tiles = rows * columns;
  const pitch = 16 * ((columns + 3) / 4) + 4, plane = (4 * rows + 2) * pitch, ld = 16 * (((tiles + 18) / 16) | 1);
  const padded = TEMP, v = padded + 4 * c * plane, u = v + 4 * 36 * c * ld, grad = u + 4 * 36 * (m * c + 4);
  const temp = grad + 4 * 36 * m * ld, room = temp + 640 * c;
  memory.fill(padded, 0, 4 * c * plane);
  for (let i = 0; i < c; i++)
    for (let y = 0; y < height; y++)
      for (let z = 0; z < width; z++)
        store<f32>(padded + (<usize>(i * plane + (y + 1) * pitch + z + 1) << 2), <f32>x((i * height + y) * width + z));
  for (let i = 0; i < m * height * width; i++) store<f32>(X + (<usize>i << 2), <f32>w(i));
  winograd.winogradInput_f32(padded, 0, plane, pitch, rows, columns, 0, rows, v, ld, c * ld, temp, 0, c);
  gradient.winogradGrad_f32(X, 0, height, width, rows, columns, 0, rows, grad, ld, m * ld, temp, 0, 1);
  gradient.winogradGrad_f32(X, 0, height, width, rows, columns, 0, rows, grad, ld, m * ld, temp, 1, m);
  const step = m * c + 4;
  gradient.winogradGradProducts_f32(grad, ld, m * ld, v, ld, c * ld, u, step, m, c, tiles, 1, room, 20, 20, 36);
  gradient.winogradGradProducts_f32(grad, ld, m * ld, v, ld, c * ld, u, step, m, c, tiles, 1, room, 20, 0, 20);
  gradient.winogradTaps_f32(u, m * c + 4, c, OUT, temp, 0, 2);
  gradient.winogradTaps_f32(u, m * c + 4, c, OUT, temp, 2, m);
  let worst = 0.0, largest = 0.0;
  for (let r = 0; r < m; r++)
    for (let i = 0; i < c; i++)
      for (let t = 0; t < 9; t++) {
        let sum = 0;
        for (let y = 0; y < height; y++)
          for (let z = 0; z < width; z++) {
            const yy = y + t / 3 - 1, zz = z + t % 3 - 1;
            if (yy < 0 || zz < 0 || yy >= height || zz >= width) continue;
            sum += x((i * height + yy) * width + zz) * w((r * height + y) * width + z);
          }
        worst = max(worst, abs(<f64>load<f32>(OUT + (<usize>((r * c + i) * 9 + t) << 2)) - <f64>sum));
        largest = max(largest, abs(<f64>sum));
      }
  return worst / largest;
}

describe("Winograd's convolution", () => {
  it("is the direct sum to 2e-5 of the largest, at every rest by the tiles", () => {
    let worst = 0.0;
    for (let height = 4; height < 12; height++) worst = max(worst, difference(height, 21 - height, (height & 1) == 1));
    expect<f64>(worst).toBeLessThan(2e-5);
  });
  it("gives the gradient of the weights as closely", () => {
    let worst = 0.0;
    for (let height = 4; height < 12; height++) worst = max(worst, weightDifference(height, 21 - height));
    expect<f64>(worst).toBeLessThan(2e-5);
  });
});
