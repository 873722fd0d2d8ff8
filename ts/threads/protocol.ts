// How the pool's threads talk: a block of 32-bit words in the shared memory, behind it the job's arguments, then one byte per chunk.

/** What starts a worker. */
export interface Start {
  module: WebAssembly.Module;
  memory: WebAssembly.Memory;
  /** Address of the block. */
  control: number;
  /** The worker's number, from 1; thread 0 is the one that posts jobs. */
  index: number;
  /** Exports of the module by the number that a job calls them by. */
  names: readonly string[];
}

/** Words of the block. */
export enum Word {
  /** The job's number above the next chunk to claim; CLOSED in the chunk's place while there is no job. */
  ticket,
  chunks,
  /** Chunks that are finished. */
  done,
  kernel,
  /** Arguments before `begin, end`, and in all. */
  leading,
  args,
  /** Elements, and elements per chunk. */
  total,
  size,
  /** Workers asleep, and workers that have started. */
  asleep,
  ready,
  /** Threads that may take part; a worker above sleeps on. */
  limit,
  stop,
  length,
}

export const CHUNK_BITS = 10;
export const CLOSED = (1 << CHUNK_BITS) - 1;
export const MAX_CHUNKS = CLOSED - 1;
const MAX_ARGS = 40;
const ARGS_AT = 64;
const FLAGS_AT = ARGS_AT + 8 * MAX_ARGS;
export const CONTROL_BYTES = FLAGS_AT + MAX_CHUNKS + 1;

export type AnyKernel = (...args: number[]) => void;

/** States of a chunk; 0 before it is begun. */
export const DONE = 1;
export const BEGUN = 2;

/** The block's views. */
export interface Control {
  words: Int32Array;
  args: Float64Array;
  flags: Uint8Array;
}

export function viewControl(buffer: ArrayBufferLike, control: number): Control {
  return {
    words: new Int32Array(buffer, control, Word.length),
    args: new Float64Array(buffer, control + ARGS_AT, MAX_ARGS),
    flags: new Uint8Array(buffer, control + FLAGS_AT, MAX_CHUNKS + 1),
  };
}

/** Claims and runs chunks of the posted job until none is left. */
export function work({ words, args, flags }: Control, table: readonly AnyKernel[]): void {
  let job = -1,
    call: number[] = [];
  for (;;) {
    const ticket = Atomics.load(words, Word.ticket);
    const chunk = ticket & CLOSED;
    if (chunk === CLOSED || chunk >= words[Word.chunks]!) return;
    const leading = words[Word.leading]!,
      size = words[Word.size]!,
      begin = chunk * size,
      end = Math.min(begin + size, words[Word.total]!);
    if (job === ticket >> CHUNK_BITS) {
      call[leading] = begin;
      call[leading + 1] = end;
    } else {
      call = Array.from(args.subarray(0, words[Word.args]!));
      call.splice(leading, 0, begin, end);
    }
    const kernel = table[words[Word.kernel]!]!;
    job = -1;
    // What was read belongs to this job only if the ticket is still the same.
    if (Atomics.compareExchange(words, Word.ticket, ticket, ticket + 1) !== ticket) continue;
    job = ticket >> CHUNK_BITS;
    Atomics.store(flags, chunk, BEGUN);
    kernel(...call);
    Atomics.store(flags, chunk, DONE);
    Atomics.add(words, Word.done, 1);
  }
}
