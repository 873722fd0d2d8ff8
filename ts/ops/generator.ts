import { uint8 } from "../core/dtype.ts";
import { ValueError } from "../core/errors.ts";
import { showAsText } from "../core/inspect.ts";
import { Storage } from "../memory/storage.ts";
import { bytes, kernels } from "../memory/wasm.ts";
import { addressOf, empty, type Tensor, written } from "../tensor/tensor.ts";
import { describe } from "./dispatch.ts";

/** 624 words of Mersenne Twister and its position. */
const STATE_BYTES = 2500;
/** Behind the state in `getState`: the seed, whether a normal value is cached, and that value. */
const EXTRA_BYTES = 24;

/** A stream of random numbers, PyTorch's CPU stream bit for bit: a 32-bit Mersenne Twister and one cached normal value. */
export class Generator {
  private readonly state = Storage.allocateOwned(STATE_BYTES);
  private seedValue = 0n;
  /** Second half of the last scalar Box-Muller pair. */
  private cached: number | null = null;

  constructor() {
    this.manualSeed(67280421310721n);
  }

  /** Starts the stream anew. Only the low 32 bits count; a negative seed is taken modulo 2^64. Returns the generator. */
  manualSeed(seed: number | bigint): this {
    if (typeof seed !== "bigint" && !Number.isSafeInteger(seed))
      throw new ValueError(`manualSeed: a seed must be an integer, got ${describe(seed)}`);
    this.seedValue = BigInt.asUintN(64, BigInt(seed));
    kernels.mtSeed(this.address, Number(BigInt.asUintN(32, this.seedValue)) | 0);
    this.cached = null;
    return this;
  }

  /** The seed it was last given. */
  initialSeed(): number | bigint {
    return this.seedValue <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(this.seedValue) : this.seedValue;
  }

  /** Seeds itself from the platform's randomness, and returns that seed. */
  seed(): number {
    const words = crypto.getRandomValues(new Uint32Array(2));
    const seed = (words[0]! & 0x1fffff) * 2 ** 32 + words[1]!;
    this.manualSeed(seed);
    return seed;
  }

  toString(): string {
    return `Generator(seed=${this.seedValue})`;
  }

  /** The whole state as a uint8 tensor, for `setState`. */
  getState(): Tensor {
    const out = empty([STATE_BYTES + EXTRA_BYTES], uint8);
    const at = addressOf(out);
    bytes.copyWithin(at, this.address, this.address + STATE_BYTES);
    const extra = new DataView(new ArrayBuffer(EXTRA_BYTES));
    extra.setBigUint64(0, this.seedValue, true);
    extra.setUint8(8, this.cached === null ? 0 : 1);
    extra.setFloat64(16, this.cached ?? 0, true);
    bytes.set(new Uint8Array(extra.buffer), at + STATE_BYTES);
    return written(out);
  }

  /** Continues from a state that `getState` gave. @throws ValueError for anything else. */
  setState(state: Tensor): this {
    if (state.dtype !== uint8 || state.numel() !== STATE_BYTES + EXTRA_BYTES)
      throw new ValueError(
        `setState: expected a uint8 tensor of ${STATE_BYTES + EXTRA_BYTES} elements, got ${state.dtype} of ${state.numel()}`,
      );
    const data = state.toTypedArray() as Uint8Array;
    bytes.set(data.subarray(0, STATE_BYTES), this.address);
    const extra = new DataView(data.buffer, STATE_BYTES);
    this.seedValue = extra.getBigUint64(0, true);
    this.cached = extra.getUint8(8) ? extra.getFloat64(16, true) : null;
    return this;
  }

  /** Frees its memory now instead of when the collector would. */
  dispose(): void {
    this.state.free();
  }
  [Symbol.dispose](): void {
    this.state.free();
  }

  /** Where kernels find the engine. */
  get address(): number {
    return this.state.address();
  }

  /** The next 32 bits, as an unsigned number. */
  random(): number {
    return kernels.mtNext(this.address) >>> 0;
  }

  /** The next 64 bits: two outputs, the first in the high half. */
  random64(): bigint {
    const high = BigInt(this.random());
    return (high << 32n) | BigInt(this.random());
  }

  /** A uniform float64 in [0, 1) of 53 bits. */
  uniform(): number {
    return kernels.mtNextDouble53(this.address);
  }

  /** A standard normal float64; they come in pairs, and the second waits for the next request. */
  normal(): number {
    if (this.cached !== null) {
      const value = this.cached;
      this.cached = null;
      return value;
    }
    const u1 = this.uniform(),
      u2 = this.uniform();
    const radius = Math.sqrt(-2 * Math.log1p(-u2)),
      theta = 2 * Math.PI * u1;
    this.cached = radius * Math.sin(theta);
    return radius * Math.cos(theta);
  }
}

showAsText(Generator.prototype);

let global: Generator | null = null;

/** The generator that every random function uses unless it is given another. */
export function defaultGenerator(): Generator {
  return (global ??= new Generator());
}

/** Seeds the default generator: the same seed gives the numbers that PyTorch gives. Returns the generator. */
export function manualSeed(seed: number | bigint): Generator {
  return defaultGenerator().manualSeed(seed);
}
/** Seeds the default generator from the platform's randomness, and returns that seed. */
export function seed(): number {
  return defaultGenerator().seed();
}
/** The seed the default generator was last given. */
export function initialSeed(): number | bigint {
  return defaultGenerator().initialSeed();
}
/** The default generator's state. */
export function getRngState(): Tensor {
  return defaultGenerator().getState();
}
/** Sets the default generator's state. */
export function setRngState(state: Tensor): void {
  defaultGenerator().setState(state);
}
