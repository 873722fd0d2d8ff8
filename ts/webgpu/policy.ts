// When a product goes to the GPU: when it is there and back well before the kernels on the CPU would be done.

/** What was measured when WebGPU was enabled. */
export interface Rates {
  /** Seconds for a product of next to nothing, there and back. */
  latency: number;
  /** Bytes per second to the GPU and from it. */
  bandwidth: number;
  /** Floating-point operations per second of large products: on the GPU, and here on all threads. */
  gpu: number;
  wasm: number;
  /** Those of convolutions on the GPU, whose windows the kernel has to find; null before the first convolution that may pay. */
  windows: number | null;
}

/** What a product takes. */
export interface Work {
  flops: number;
  /** What has to be moved there and back. */
  bytes: number;
  /** For a convolution: how many times fewer operations the kernels here need (1: as many); else null. */
  spared: number | null;
}

/** The GPU has to be this much faster: measurements are noisy, and the CPU is at hand. */
const MARGIN = 1.3;

/** Whether it is worth going there. */
export const pays = (
  { latency, bandwidth, gpu, wasm, windows }: Rates,
  { flops, bytes, spared }: Work,
): boolean =>
  flops / (spared ?? 1) / wasm >
  MARGIN * (latency + bytes / bandwidth + flops / (spared === null ? gpu : (windows ?? gpu)));

/** The least n, up to 16384, for which a product of two n x n matrices pays; null if none does. */
export function crossover(rates: Rates): number | null {
  for (let n = 32; n <= 16384; n += 32)
    if (pays(rates, { flops: 2 * n ** 3, bytes: 12 * n ** 2, spared: null })) return n;
  return null;
}
