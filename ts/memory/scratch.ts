import { allocateBlock, freeBlock } from "./heap.ts";

let address = 0;
let size = 0;

/** A block of at least `bytes` for a kernel's intermediate values. The next caller gets the same one. */
export function scratch(bytes: number): number {
  if (bytes > size) {
    if (size > 0) freeBlock(address, size);
    size = 0;
    address = allocateBlock(bytes);
    size = bytes;
  }
  return address;
}
