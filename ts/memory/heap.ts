import { MemoryError } from "../core/errors.ts";
import { growTo, heapBase, maximumBytes, sizeInBytes } from "./wasm.ts";

const MIB = 1 << 20;
/** WebKit grows at about 50 ms per 64 MiB, so the memory grows in moderate steps. */
const GROWTH = 16 * MIB;
const ALIGNMENT = 64;
/** Kernels may read this far past the end of a block, though they never use what is there. */
const SPARE = 64;

/** Area before the heap: constants and plans for kernels, then the staging ring. */
export const PLAN_BYTES = 64 * 1024;
export const RING_BYTES = 2 * MIB;
export const planBase = align(Math.max(heapBase, 1024));
export const ringBase = planBase + PLAN_BYTES;

let top = ringBase + RING_BYTES;
let live = 0;
let peak = 0;
const free: number[][] = [];

function align(address: number): number {
  return Math.ceil(address / ALIGNMENT) * ALIGNMENT;
}

/** Size class of a request: multiples of 64 up to 256 bytes, then four per doubling. */
function classOf(size: number): number {
  if (size <= 256) return size <= 64 ? 0 : ((size + 63) >> 6) - 1;
  const last = size - 1,
    doubling = 31 - Math.clz32(last);
  return (doubling - 8) * 4 + ((last >>> (doubling - 2)) & 3) + 4;
}

const CLASS_BYTES = Array.from({ length: 4 * (32 - 7) }, (_, i) =>
  i < 4 ? (i + 1) * 64 : (5 + ((i - 4) & 3)) * 2 ** (6 + ((i - 4) >> 2)),
);

/** The bytes a block for `size` bytes really takes. */
export function blockBytes(size: number): number {
  return CLASS_BYTES[classOf(size)]!;
}

/**
 * A block of at least `size` bytes, aligned to 64; its contents are whatever was there.
 * @throws MemoryError when the memory cannot grow that far; everything stays usable.
 */
export function allocateBlock(size: number): number {
  const index = classOf(size);
  const list = free[index];
  const address = list !== undefined && list.length > 0 ? list.pop()! : newBlock(size);
  live += CLASS_BYTES[index]!;
  if (live > peak) peak = live;
  return address;
}

function newBlock(size: number): number {
  // Beyond that the size classes end.
  if (size > maximumBytes) throw outOfMemory(size);
  const address = top,
    end = top + blockBytes(size),
    needed = end + SPARE;
  if (needed > sizeInBytes()) {
    const step = Math.min(Math.ceil(needed / GROWTH) * GROWTH, maximumBytes);
    if (step < needed || !(growTo(step) || growTo(needed))) throw outOfMemory(size);
  }
  top = end;
  return address;
}

function outOfMemory(size: number): MemoryError {
  return new MemoryError(
    `out of memory: ${describe(size)} asked for, ${describe(live)} in use of a heap of ${describe(sizeInBytes())} ` +
      `(limit ${describe(maximumBytes)}); release tensors with torch.scope or dispose(), use smaller batches, or raise the process's memory limit`,
  );
}

/** Gives a block back. `size` is what was asked for. */
export function freeBlock(address: number, size: number): void {
  const index = classOf(size);
  live -= CLASS_BYTES[index]!;
  (free[index] ??= []).push(address);
}

export function heapState(): { live: number; peak: number; size: number } {
  return { live, peak, size: sizeInBytes() };
}

function describe(size: number): string {
  return size < MIB ? `${size} bytes` : `${(size / MIB).toFixed(1)} MiB`;
}
