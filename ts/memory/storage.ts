import { MemoryError } from "../core/errors.ts";
import { newArray, TINY } from "./arrays.ts";
import { allocateBlock, blockBytes, freeBlock } from "./heap.ts";
import { dropKept, type Kept } from "./kept.ts";
import { currentScope, type Scope } from "./scope.ts";
import { evictStaged, stage, stagingCounts, unstage } from "./staging.ts";
import { buffer, bytes } from "./wasm.ts";

/** From this size a result outside scopes lies in the heap, with a finalizer. */
const LARGE = 512 * 1024;
/** Heap bytes that only the collector can return; beyond this, large results become arrays too. */
const PENDING_LIMIT = 256 * 1024 * 1024;
/** An array copied into the heap this often moves there. */
const PROMOTE_AT = 8;

/** What a finalizer needs to return a block; `freed` once someone else has. */
interface Block {
  address: number;
  size: number;
  freed: boolean;
}

let pending = 0;
let promotedBytes = 0;
const collected = new FinalizationRegistry<Block>(release);

function release(block: Block): void {
  if (block.freed) return;
  block.freed = true;
  pending -= blockBytes(block.size);
  freeBlock(block.address, block.size);
}

/**
 * `settle` is set while something is computed elsewhere from storages: called before one of them is written or freed.
 * `freed` is set while there may be copies elsewhere: called when a storage is freed.
 */
export const reliance: Record<"settle" | "freed", ((storage: Storage) => void) | null> = {
  settle: null,
  freed: null,
};

/** Bytes held by collected arrays: a few numbers as plain 32-bit words, else a byte array. */
export type Collected = number[] | Uint8Array;

/** What few storages have, apart: storages are made by the million. */
class Rare {
  /** Where the bytes are still being made: called when they are needed, or (false) when they no longer are. */
  later: ((kept: boolean) => void) | null = null;
  hidden = 0;
  /** Returns the block when the collector finds the storage dead. */
  finalizer: Block | null = null;
  /** Address of a staging block (see staging.ts). */
  stagedBlock = 0;
  /** Rearranged copies of the bytes (see kept.ts). */
  kept: Kept[] | null = null;
}

/**
 * The bytes behind tensors, in one of two homes: a block of the WASM heap, or an array of the JavaScript heap that is
 * staged into WASM memory when a kernel needs it. All access goes through `address()`, and whoever wrote calls
 * `written()`.
 */
export class Storage {
  /** Grows with every in-place write: saved tensors compare it. */
  version = 0;
  /** Grows with every write whatever: copies elsewhere compare it too. */
  writes = 0;
  /** Address of the heap block, 0 in the other home. */
  block = 0;
  /** The other home; null in the heap, and before the first result has been copied out. */
  array: Collected | null = null;
  /** The scope that frees the block at its end. */
  scope: Scope | null = null;
  /** Where staged in the ring (see staging.ts). */
  staged = -1;
  stagings = 0;
  /** The bytes are shared with the user, who may write them at any time: they stay where they are. */
  aliased = false;
  released = false;
  /** Gradients in a running backward pass that lie here: the pass frees it when there are none left. */
  holds = 0;
  rare: Rare | null = null;

  constructor(readonly size: number) {}

  /** Where kernels find the bytes. Valid until a few more storages have been asked: ask again rather than keep it. */
  address(): number {
    return this.block !== 0 ? this.block : this.elsewhere();
  }

  /** The same for bytes that are not in the heap, or not yet. */
  private elsewhere(): number {
    if (this.rare !== null && this.rare.later !== null) {
      this.arrive();
      return this.block;
    }
    if (this.released) throw released();
    if (this.stagings >= PROMOTE_AT && !this.aliased && this.size > 0 && pending < PENDING_LIMIT) {
      this.promote();
      promotedBytes += blockBytes(this.size);
      return this.block;
    }
    return stage(this);
  }

  get more(): Rare {
    return (this.rare ??= new Rare());
  }

  /** The bytes of the block come later: whoever asks for them waits, by calling `settle`. */
  defer(settle: (kept: boolean) => void): void {
    const { more } = this;
    more.later = settle;
    more.hidden = this.block;
    this.block = 0;
  }

  /** Waits for deferred bytes; not `kept`: nobody will ask for them. */
  arrive(kept = true): void {
    const { rare } = this;
    if (rare === null || rare.later === null) return;
    const settle = rare.later;
    rare.later = null;
    this.block = rare.hidden;
    settle(kept);
  }

  /** Tells that a kernel wrote at `address()`. */
  written(): void {
    this.writes++;
    if (this.block === 0) unstage(this);
  }

  /** Moves to the heap for as long as this object lives. */
  promote(): void {
    this.arrive();
    if (this.released) throw released();
    if (this.block !== 0 || this.aliased) return;
    const address = allocateBlock(this.size);
    if (this.array !== null) copyIn(this.array, address, this.size);
    this.array = null;
    evictStaged(this);
    this.adopt(address);
  }

  /** Leaves its scope: small data moves to an array, large data waits for the collector. */
  moveOut(to: Scope | null): void {
    this.arrive();
    if (this.scope === to) return;
    if (this.scope === null) return;
    this.scope = null;
    if (to !== null) {
      to.add(this);
      return;
    }
    if (!this.aliased && (this.size < LARGE || pending >= PENDING_LIMIT)) this.collect();
    else this.adopt(this.block);
  }

  /** Lives with its owner, though made in a scope: in the heap, but a few numbers are not worth a finalizer. */
  detachFromScope(): void {
    this.arrive();
    if (this.scope === null) return;
    this.scope = null;
    if (this.size <= TINY && !this.aliased) this.collect();
    else this.adopt(this.block);
  }

  /** Hands a block that nobody has to free to the current scope, or moves it to an array. */
  handOver(): void {
    this.arrive();
    if (this.block === 0 || this.scope !== null) return;
    const scope = currentScope();
    if (scope !== null) {
      this.dropFinalizer();
      scope.add(this);
    } else if (this.size < LARGE && !this.aliased) {
      this.dropFinalizer();
      this.collect();
    }
  }

  /** Frees the bytes now. Later use is an error. */
  free(): void {
    if (this.released) return;
    reliance.settle?.(this);
    this.arrive(false);
    reliance.freed?.(this);
    this.released = true;
    this.scope = null;
    this.array = null;
    if (this.rare !== null) {
      if (this.rare.kept !== null) dropKept(this.rare.kept);
      this.dropFinalizer();
    }
    if (this.block === 0) {
      evictStaged(this);
      return;
    }
    freeBlock(this.block, this.size);
    this.block = 0;
  }

  /** A live view of the bytes as they lie now, and for good: a storage seen from outside never moves. */
  liveBytes(): { buffer: ArrayBufferLike; byteOffset: number } {
    this.arrive();
    reliance.settle?.(this);
    if (this.released) throw released();
    this.aliased = true;
    if (this.block !== 0) return { buffer: buffer(), byteOffset: this.block };
    if (!(this.array instanceof Uint8Array)) {
      const own = new Uint8Array(this.size);
      if (this.array !== null) wordsToBytes(this.array, own);
      this.array = own;
    }
    evictStaged(this);
    return { buffer: this.array.buffer, byteOffset: this.array.byteOffset };
  }

  private adopt(address: number): void {
    this.block = address;
    const finalizer = { address, size: this.size, freed: false };
    this.more.finalizer = finalizer;
    pending += blockBytes(this.size);
    collected.register(this, finalizer, finalizer);
  }

  private dropFinalizer(): void {
    const finalizer = this.rare === null ? null : this.rare.finalizer;
    if (finalizer === null) return;
    pending -= blockBytes(this.size);
    finalizer.freed = true;
    // A synchronous loop never gets round to finalizers: what is left registered would pile up.
    collected.unregister(finalizer);
    this.rare!.finalizer = null;
  }

  private collect(): void {
    this.array = copyOut(this.block, this.size);
    freeBlock(this.block, this.size);
    this.block = 0;
  }

  /** A storage for a result, its contents undefined. Outside scopes small ones are collected arrays. */
  static allocate(size: number): Storage {
    const storage = new Storage(size);
    const scope = currentScope();
    if (scope !== null) {
      storage.block = allocateBlock(size);
      scope.add(storage);
    } else if (size >= LARGE && pending < PENDING_LIMIT) storage.adopt(allocateBlock(size));
    return storage;
  }

  /** A storage in the heap that lives with its owner (optimizer state, gradients), whatever scope is open. */
  static allocateOwned(size: number): Storage {
    const storage = new Storage(size);
    storage.adopt(allocateBlock(size));
    return storage;
  }

  /** A storage whose home is the caller's own array. */
  static share(view: Uint8Array): Storage {
    const storage = new Storage(view.length);
    storage.array = view;
    storage.aliased = true;
    return storage;
  }
}

export const RELEASED =
  "this tensor was released: its scope or step has ended, or dispose() was called; return it from the scope or wrap it in torch.keep()";

function released(): MemoryError {
  return new MemoryError(RELEASED);
}

/** Copies an array's bytes into the WASM memory. */
function copyIn(from: Collected, address: number, size: number): void {
  if (from instanceof Uint8Array) bytes.set(from, address);
  else wordsToBytes(from, bytes, address, size);
}

/** Copies bytes of the WASM memory to a new array. */
function copyOut(address: number, size: number): Collected {
  return newArray(address, size);
}

const word = new Int32Array(1);
const wordBytes = new Uint8Array(word.buffer);

function wordsToBytes(from: number[], to: Uint8Array, at = 0, size = to.length - at): void {
  for (let i = 0; i < size; i++) {
    if ((i & 3) === 0) word[0] = from[i >> 2]!;
    to[at + i] = wordBytes[i & 3]!;
  }
}

/** Counters of `torch.memory()`. */
export function storageState(): { pending: number; promoted: number; stagings: number } {
  return { pending, promoted: promotedBytes, stagings: stagingCounts() };
}
