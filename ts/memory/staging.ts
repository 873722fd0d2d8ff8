// Collected arrays pass through WASM memory here: small ones through a ring, larger ones through a few blocks.
// Recent results are still there and need not be copied in again.

import { newArray } from "./arrays.ts";
import { allocateBlock, freeBlock, RING_BYTES, ringBase } from "./heap.ts";
import type { Storage } from "./storage.ts";
import { bytes, words } from "./wasm.ts";

/** A kernel takes at most eight operands. */
const OPERANDS = 8;
/** Staging the other operands of a kernel moves the head by less than half the ring, so that a copy in the newer half survives it. */
const RING_ITEM = RING_BYTES / (2 * OPERANDS);

let head = 0;
let copies = 0;
const blocks: Storage[] = [];

/** Times an array was copied into WASM memory. */
export const stagingCounts = (): number => copies;

/** The address of a collected storage's copy in WASM memory, made if it is not there. */
export function stage(storage: Storage): number {
  return storage.size <= RING_ITEM ? stageInRing(storage) : stageInBlock(storage);
}

function stageInRing(storage: Storage): number {
  const at = storage.staged;
  if (at >= 0 && head - at <= RING_BYTES / 2) {
    const address = ringBase + (at % RING_BYTES);
    if (storage.aliased) copyInto(storage, address);
    return address;
  }
  const size = Math.max((storage.size + 63) & ~63, 64);
  // An item never wraps round the ring's end.
  if ((head % RING_BYTES) + size > RING_BYTES) head += RING_BYTES - (head % RING_BYTES);
  const position = head;
  head += size;
  storage.staged = position;
  const address = ringBase + (position % RING_BYTES);
  copyInto(storage, address);
  return address;
}

function stageInBlock(storage: Storage): number {
  const { more } = storage;
  if (more.stagedBlock !== 0) {
    blocks.push(blocks.splice(blocks.indexOf(storage), 1)[0]!);
    if (storage.aliased) copyInto(storage, more.stagedBlock);
    return more.stagedBlock;
  }
  if (blocks.length >= OPERANDS) evictStaged(blocks[0]!);
  more.stagedBlock = allocateBlock(storage.size);
  blocks.push(storage);
  copyInto(storage, more.stagedBlock);
  return more.stagedBlock;
}

function copyInto(storage: Storage, address: number): void {
  const from = storage.array;
  if (from === null) return;
  copies++;
  storage.stagings++;
  if (from instanceof Uint8Array) bytes.set(from, address);
  else {
    const at = address >>> 2;
    for (let i = 0; i < from.length; i++) words[at + i] = from[i]!;
  }
}

/** Copies what a kernel wrote back to the array. */
export function unstage(storage: Storage): void {
  const address = storage.rare?.stagedBlock || ringBase + (storage.staged % RING_BYTES);
  const to = storage.array;
  // What is written in place again and again is better off in the heap, as what is read again and again.
  if (to !== null) storage.stagings++;
  if (to === null) storage.array = newArray(address, storage.size);
  else if (to instanceof Uint8Array) to.set(bytes.subarray(address, address + storage.size));
  else {
    const at = address >>> 2;
    for (let i = 0; i < to.length; i++) to[i] = words[at + i]!;
  }
}

/** Forgets the staged copy. */
export function evictStaged(storage: Storage): void {
  storage.staged = -1;
  const { rare } = storage;
  if (rare === null || rare.stagedBlock === 0) return;
  freeBlock(rare.stagedBlock, storage.size);
  rare.stagedBlock = 0;
  blocks.splice(blocks.indexOf(storage), 1);
}
