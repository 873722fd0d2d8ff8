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
}

/** The GPU has to be this much faster: measurements are noisy, and the CPU is at hand. */
const MARGIN = 1.3;

/** Whether a product of so many operations is worth moving so many bytes. On the CPU, `spared` times fewer operations do. */
export const pays = (
  { latency, bandwidth, gpu, wasm }: Rates,
  flops: number,
  bytes: number,
  spared = 1,
): boolean => flops / spared / wasm > MARGIN * (latency + bytes / bandwidth + flops / gpu);

/** The least n, up to 16384, for which a product of two n x n matrices pays; null if none does. */
export function crossover(rates: Rates): number | null {
  for (let n = 32; n <= 16384; n += 32) if (pays(rates, 2 * n ** 3, 12 * n ** 2)) return n;
  return null;
}
