import { heapState } from "./heap.ts";
import { keptBytes } from "./kept.ts";
import { storageState } from "./storage.ts";

export interface MemoryReport {
  /** Bytes of live blocks in the WASM heap. */
  bytes: number;
  /** Bytes of weights laid out for products, kept until the weights change; at most 32 MiB. */
  kept: number;
  /** The most both have been. */
  peak: number;
  /** Size of the WASM memory, which never shrinks. */
  heap: number;
  /** Heap bytes that only the collector can return. */
  pending: number;
  /** Bytes of arrays that moved to the heap because kernels used them often. */
  promoted: number;
  /** Times an array was copied into WASM memory. */
  stagings: number;
}

/** What the WASM heap holds. Results outside scopes lie in garbage-collected arrays, which nobody can count. */
export function memory(): MemoryReport {
  const { live, peak, size } = heapState();
  const kept = keptBytes();
  return { bytes: live - kept, kept, peak, heap: size, ...storageState() };
}
