import { MemoryError } from "../core/errors.ts";
import { nodeModule, nodeVersion } from "../core/node.ts";
import { kernelBytes } from "./binary.ts";
import type { Kernels } from "./generated/kernels.d.ts";

export type { Kernels };

const PAGE = 65536;
/** Pages for static data, the plan area and the staging ring; the heap grows behind them. */
const INITIAL_PAGES = 64;
const FIRST_GROWTH = 256;
/** 4 GiB, else 1 GiB, else 256 MiB: some platforms refuse to reserve more. */
const MAXIMUM_PAGES = [65536, 16384, 4096];
/** A module of one function that uses `f32x4.relaxed_madd`: valid where relaxed SIMD is. */
const RELAXED_PROBE = new Uint8Array([
  0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 19, 1, 17, 0, 65, 0, 253, 17, 65, 0,
  253, 17, 65, 0, 253, 17, 253, 133, 2, 11,
]);

function makeMemory(): { memory: WebAssembly.Memory; maximum: number } {
  let failure: unknown;
  for (const maximum of MAXIMUM_PAGES) {
    try {
      const memory = new WebAssembly.Memory({ initial: INITIAL_PAGES, maximum, shared: true });
      // Where address space is scarce, an engine may promise a maximum and then refuse to grow at all.
      memory.grow(FIRST_GROWTH);
      return { memory, maximum };
    } catch (error) {
      failure = error;
    }
  }
  throw new MemoryError(
    `torchlet: cannot reserve WebAssembly memory (asked for ${MAXIMUM_PAGES.map((p) => `${p / 16} MiB`).join(", then ")}; ${String(failure)}); raise the process's limit on address space (ulimit -v), or start Node with --disable-wasm-trap-handler, which needs less of it`,
  );
}

interface V8 {
  setFlagsFromString(flag: string): void;
}

/** Compiles the kernels, with fused multiply-add wherever the engine can do it. */
function compileKernels(): { relaxed: boolean; module: WebAssembly.Module } {
  const compile = () => {
    const relaxed = WebAssembly.validate(RELAXED_PROBE);
    return { relaxed, module: new WebAssembly.Module(kernelBytes(relaxed)) };
  };
  // Node 20 has relaxed SIMD, as the engine's next version shipped it, behind a flag. A module keeps the features it
  // was compiled with, so the flag can go back to where it was at once.
  const v8 =
    nodeVersion === 20 && !WebAssembly.validate(RELAXED_PROBE) ? nodeModule<V8>("node:v8") : undefined;
  v8?.setFlagsFromString("--experimental-wasm-relaxed-simd");
  try {
    return compile();
  } finally {
    v8?.setFlagsFromString("--no-experimental-wasm-relaxed-simd");
  }
}

const { memory, maximum } = makeMemory();
const compiled = compileKernels();
export const relaxedSimd = compiled.relaxed;
/** What a worker needs to run the same kernels on the same memory. */
export const kernelModule = compiled.module;
export const sharedMemory = memory;
const { exports } = new WebAssembly.Instance(kernelModule, { env: { memory } });

/** The compiled kernels. */
export const kernels = exports as unknown as Kernels;
/** The first address behind the module's static data. */
export const heapBase = (exports as unknown as { __heap_base: WebAssembly.Global<"i32"> }).__heap_base.value;

/** Views of the whole memory; made again when it grows. Index with `address >>> shift`. */
export let bytes = new Uint8Array(memory.buffer);
export let words = new Int32Array(memory.buffer);
export let floats = new Float32Array(memory.buffer);
export let doubles = new Float64Array(memory.buffer);
export let longs = new BigInt64Array(memory.buffer);

/** The memory's buffer as it is now. A view made of it stays valid, and live, when the memory grows. */
export const buffer = (): ArrayBufferLike => memory.buffer;
export const sizeInBytes = (): number => bytes.length;
// One page less than the maximum: WebKit cannot address the last one.
export const maximumBytes = (maximum - 1) * PAGE;

/** Grows the memory to at least `size` bytes, or returns false where the platform refuses. */
export function growTo(size: number): boolean {
  if (size > maximumBytes) return false;
  const pages = Math.ceil((size - bytes.length) / PAGE);
  if (pages > 0) {
    try {
      memory.grow(pages);
    } catch {
      return false;
    }
    const grown = memory.buffer;
    bytes = new Uint8Array(grown);
    words = new Int32Array(grown);
    floats = new Float32Array(grown);
    doubles = new Float64Array(grown);
    longs = new BigInt64Array(grown);
  }
  return true;
}
