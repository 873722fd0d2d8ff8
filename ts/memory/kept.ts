// Rearranged copies of tensors' data, kept in the heap while the data stays as it is.
import { allocateBlock, blockBytes, freeBlock } from "./heap.ts";
import type { Storage } from "./storage.ts";

/** Bytes of all copies together: the one not used for longest goes first. */
const BUDGET = 32 * 1024 * 1024;
/** Copies of one storage: of a weight, and of its transpose. */
const EACH = 2;

export interface Kept {
  key: readonly number[];
  version: number;
  writes: number;
  /** 0 while data and key have been seen only once. */
  address: number;
  size: number;
}

/** Least recently used first. */
const kept = new Set<Kept>();
let total = 0;

/**
 * Address of the copy of `size` bytes that `key` describes and `fill` makes; 0 where none is kept: the first time that
 * these data are asked for, since most change before the second, and for data that the user may write unseen.
 */
export function keptCopy(
  storage: Storage,
  key: readonly number[],
  size: number,
  fill: (to: number) => void,
): number {
  if (storage.aliased || size > BUDGET / 4) return 0;
  const { version, writes } = storage;
  const own = (storage.more.kept ??= []);
  let copy = own.find((old) => old.key.every((word, i) => word === key[i]));
  if (copy === undefined || copy.version !== version || copy.writes !== writes) {
    if (copy === undefined) {
      own.push((copy = { key, version, writes, address: 0, size }));
      if (own.length > EACH) drop(own.shift()!);
    } else drop(copy);
    copy.version = version;
    copy.writes = writes;
    return 0;
  }
  kept.delete(copy);
  if (copy.address === 0) {
    for (const old of kept) {
      if (total + blockBytes(size) <= BUDGET) break;
      drop(old);
    }
    let address: number;
    try {
      address = allocateBlock(size);
    } catch {
      return 0; // where memory is short, none is kept
    }
    total += blockBytes(size);
    fill(address);
    copy.address = address;
  }
  kept.add(copy);
  return copy.address;
}

function drop(copy: Kept): void {
  if (!kept.delete(copy)) return;
  total -= blockBytes(copy.size);
  freeBlock(copy.address, copy.size);
  copy.address = 0;
}

/** Lets go of copies whose data are gone. */
export const dropKept = (copies: readonly Kept[]): void => copies.forEach(drop);

export const keptBytes = (): number => total;
