// What the policy wants to know about a device, measured by running products on it.
import { allocateBlock, freeBlock } from "../memory/heap.ts";
import { Storage } from "../memory/storage.ts";
import { floats } from "../memory/wasm.ts";
import { type Matrix, type Product, runJob } from "./client.ts";
import type { Rates } from "./policy.ts";
import { addResident, dropResident } from "./residents.ts";
import { Layout } from "./wgsl.ts";

const LARGEST = 1024;
const SIZE = 4 * LARGEST * LARGEST;

const matrix = (at: number, rows: number, columns: number, buffer = 0): Matrix => ({
  buffer,
  at,
  bytes: at === 0 ? 0 : 4 * rows * columns,
  offset: 0,
  rows: columns,
  columns: 1,
  steps: [0, 0, 0],
});
const square = (n: number, a: Matrix, b: Matrix, outAt: number): Product => ({
  m: n,
  n,
  k: n,
  batch: [1, 1, 1],
  a,
  b,
  bias: null,
  out: 0,
  outAt,
});

/** The least seconds of a few runs. @throws Error where the job fails. */
function least(rounds: number, product: Product): number {
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round <= rounds; round++) {
    const begin = performance.now();
    const failed = runJob(product);
    if (failed !== null) throw new Error(failed);
    // The first run makes the kernels.
    if (round > 0) best = Math.min(best, performance.now() - begin);
  }
  return Math.max(best, 1e-3) / 1000;
}

/** Measures latency, bandwidth and rate. `wasm`: operations per second without the GPU. @throws Error where a job fails. */
export function measure(wasm: number): Omit<Rates, "windows"> {
  const at = allocateBlock(SIZE + 4096);
  try {
    floats.fill(0.5, at / 4, (at + SIZE) / 4);
    const latency = least(5, square(4, matrix(at, 4, 4), matrix(at, 4, 4), at + SIZE));
    // Until the time is that of the bytes or the operations, not of the way there.
    const long = 4 * latency;
    let bandwidth = 0,
      gpu = 0;
    for (let bytes = SIZE / 16, took = 0; bytes <= SIZE && took < long; bytes *= 4) {
      took = least(2, square(4, { ...matrix(at, 4, 4), bytes }, matrix(at, 4, 4), at + SIZE));
      bandwidth = bytes / Math.max(took - latency, 1e-6);
    }
    const owner = new Storage(SIZE);
    for (let n = 64, took = 0; n <= LARGEST && took < long; n *= 2) {
      const buffer = addResident(owner, 0, 4 * n * n);
      const upload = { ...matrix(at, n, n), buffer },
        there = buffer === 0 ? upload : { ...upload, bytes: 0 };
      least(0, square(n, upload, there, 0));
      took = least(2, square(n, there, there, 0));
      dropResident(buffer);
      gpu = (2 * n ** 3) / Math.max(took - latency, 1e-6);
    }
    return { latency, bandwidth, gpu, wasm };
  } finally {
    freeBlock(at, SIZE + 4096);
  }
}

/** Side of the image that convolutions are measured with. */
const SIDE = 32;
/** The sizes of 3 x 3 windows that leave an image's size, a row for each `vec4i` of wgsl.ts. */
const WINDOWS = [
  [3, 3, 9, SIDE ** 2],
  [SIDE, SIDE, SIDE ** 2, 0],
  [1, SIDE, SIDE, SIDE ** 2],
  [1, 1, 1, 0],
  [1, 1, 1, 0],
  [0, 1, 1, 0],
  [1, 1, 1, 0],
].flat();

/** Measures the rate of convolutions: of images of ever more channels, until the time is not that of the way there; 0 where a job fails. */
export function measureWindows({ latency, bandwidth }: Rates): number {
  const at = allocateBlock(SIZE),
    n = SIDE ** 2;
  try {
    floats.fill(0.5, at / 4, (at + SIZE) / 4);
    let rate = 0;
    for (let m = 8, took = 0; m <= 128 && took < 4 * latency; m *= 2) {
      const k = 9 * m,
        b = { ...matrix(at, m, n), rows: 0, columns: 0 };
      const layout = Layout.taps;
      const job = { ...square(n, matrix(at, m, k), b, 0), m, k, windows: { layout, sizes: WINDOWS } };
      took = least(1, job) - (4 * m * (k + n)) / bandwidth;
      rate = (2 * m * n * k) / Math.max(took - latency, 1e-6);
    }
    return rate;
  } catch {
    return 0;
  } finally {
    freeBlock(at, SIZE);
  }
}

/** Whether NaN and infinities come out as they should. */
export function keepsNonFinite(): boolean {
  const at = allocateBlock(256),
    to = at / 4;
  try {
    const { NaN: nan, POSITIVE_INFINITY: inf } = Number;
    floats.set([nan, 1, 0, 0, inf, 1, 0, 0, inf, -1, 0, 0, 1, 2, 3, 4], to);
    floats.set([1, 0, 1, 1, 1, 2, inf, 1, 0, 0, 0, 0, 0, 0, 0, 0], to + 16);
    if (runJob(square(4, matrix(at, 4, 4), matrix(at + 64, 4, 4), at + 128)) !== null) return false;
    const expected = [nan, nan, nan, nan, inf, nan, inf, inf, inf, nan, nan, inf, 3, 4, inf, 3];
    return expected.every((x, i) => Object.is(floats[to + 32 + i], x));
  } finally {
    freeBlock(at, 256);
  }
}
