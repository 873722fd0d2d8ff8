import { MemoryError } from "../core/errors.ts";
import { nodeVersion } from "../core/node.ts";
import { bytes, sizeInBytes, words } from "./wasm.ts";

/** Up to this size a plain array of words is cheaper than a typed array. */
export const TINY = 64;
/** Up to this size typed arrays are cut from shared buffers, one open per power of two. */
const SLAB_LIMIT = 16 * 1024;
const SLAB_ITEMS = 8;

/**
 * glibc gives the top of its heap back to the system when the collector frees arrays, and what comes next faults in page
 * by page: half the time of a plain loop of small ops. It stops doing so below twice the size of the largest block of up
 * to 32 MiB that it has mapped and freed (mallopt(3), M_MMAP_THRESHOLD). Such a block, never touched, costs nothing.
 */
const LESSON = 31 * 1024 * 1024;
/** From so many shared buffers on it pays. */
const LESSON_AT = 64;
let made = 0;

const slabs: { buffer: ArrayBuffer; used: number }[] = [];

function newBuffer(size: number): ArrayBuffer {
  try {
    return new ArrayBuffer(size);
  } catch {
    throw new MemoryError(
      `out of memory: an array of ${size} bytes asked for, beside a heap of ${sizeInBytes()} bytes; ` +
        "let go of tensors that are no longer needed, use torch.scope or smaller batches, or raise the process's memory limit",
    );
  }
}

function cut(size: number): Uint8Array {
  const index = 32 - Math.clz32(size - 1);
  const item = 1 << index;
  let slab = slabs[index];
  if (slab === undefined || slab.used === SLAB_ITEMS) {
    slab = { buffer: newBuffer(item * SLAB_ITEMS), used: 0 };
    slabs[index] = slab;
    if (++made === LESSON_AT && nodeVersion > 0) newBuffer(LESSON);
  }
  return new Uint8Array(slab.buffer, item * slab.used++, size);
}

/** A garbage-collected copy of WASM memory: plain 32-bit words when tiny, else bytes. */
export function newArray(address: number, size: number): number[] | Uint8Array {
  if (size <= TINY) {
    const at = address >>> 2,
      n = (size + 3) >> 2;
    const out = new Array<number>(n);
    for (let i = 0; i < n; i++) out[i] = words[at + i]!;
    return out;
  }
  const out = size <= SLAB_LIMIT ? cut(size) : new Uint8Array(newBuffer(size));
  out.set(bytes.subarray(address, address + size));
  return out;
}
