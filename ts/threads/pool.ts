// The pool: workers that run ranges of a kernel on the shared memory.
import { TorchError, ValueError } from "../core/errors.ts";
import { nodeModule } from "../core/node.ts";
import { allocateBlock } from "../memory/heap.ts";
import { buffer, bytes, kernelModule, kernels, sharedMemory } from "../memory/wasm.ts";
import { WORKER } from "./generated/worker.ts";
import {
  type AnyKernel,
  BEGUN,
  CHUNK_BITS,
  CLOSED,
  CONTROL_BYTES,
  type Control,
  DONE,
  MAX_CHUNKS,
  type Start,
  viewControl,
  Word,
  work,
} from "./protocol.ts";
import { startWorker, type WorkerHandle, whyNoThreads } from "./start.ts";

/** Ranges per thread: a thread that the machine slows down leaves its share to the others. */
const CHUNKS_PER_THREAD = 4;
const MAX_THREADS = 64;
/** A claimed range that takes this much longer than all the rest of its job belongs to a worker that died. */
const PATIENCE = 20;
const PATIENCE_MS = 2000;
/** Longest time that counts between two looks: where the whole process stood still, the workers did too. */
const LOOK_MS = 100;
/** So many pools are replaced; then it is one thread. */
const RESTARTS = 3;

interface Pool extends Control {
  address: number;
  workers: WorkerHandle[];
}

let wanted = 0;
let pool: Pool | null = null;
let job = 0;
let reason = whyNoThreads();
let losses = 0;
/** What became of the last worker that was lost. */
let fault: string | null = null;

/** The kernels by name, and the number of each: made when the first job is posted. */
let names: string[] = [];
let table: AnyKernel[] = [];
const numbers = new Map<unknown, number>();

function listKernels(): void {
  names = Object.keys(kernels).filter((name) => typeof kernels[name as keyof typeof kernels] === "function");
  table = names.map((name) => kernels[name as keyof typeof kernels] as unknown as AnyKernel);
  table.forEach((kernel, i) => numbers.set(kernel, i));
}

/** Number of threads that heavy ops run on: as set, else one per core. */
export function getNumThreads(): number {
  if (reason !== null) return 1;
  if (wanted === 0)
    wanted = Math.min(Math.max(globalThis.navigator?.hardwareConcurrency ?? cores(), 1), MAX_THREADS);
  return wanted;
}

function cores(): number {
  return nodeModule<{ availableParallelism(): number }>("node:os")?.availableParallelism() ?? 1;
}

/**
 * Sets the number of threads for heavy ops; results do not depend on it. Where threads cannot be
 * (`torch.backends().threads.reason` says why) it stays at 1.
 * @throws ValueError unless a whole number from 1 to 64.
 */
export function setNumThreads(n: number): void {
  if (!Number.isInteger(n) || n < 1 || n > MAX_THREADS)
    throw new ValueError(`setNumThreads: expected a whole number from 1 to ${MAX_THREADS}, got ${String(n)}`);
  wanted = n;
  if (pool !== null) Atomics.store(pool.words, Word.limit, n);
}

/** Starts the workers. In a browser they come up only once the page has yielded, which awaiting this does. */
export async function ready(): Promise<void> {
  const started = open(getNumThreads());
  if (started === null) return;
  const { words, workers } = started;
  // A worker that cannot start is not waited for.
  for (let tries = 0; pool === started && words[Word.ready]! < workers.length && tries < 200; tries++)
    await new Promise((resolve) => setTimeout(resolve, 10));
}

/** What the pool is doing: how many threads, workers that have started, and why there is only one thread, or how one was lost. */
export function threadState(): { count: number; started: number; reason: string | null } {
  return { count: getNumThreads(), started: pool?.words[Word.ready] ?? 0, reason: reason ?? fault };
}

function open(threads: number): Pool | null {
  if (threads <= 1) return null;
  if (pool === null) {
    if (names.length === 0) listKernels();
    const address = allocateBlock(CONTROL_BYTES);
    bytes.fill(0, address, address + CONTROL_BYTES);
    pool = { address, workers: [], ...viewControl(buffer(), address) };
    pool.words[Word.ticket] = CLOSED;
    pool.words[Word.limit] = threads;
  }
  const mine = pool;
  const failed = (why: string) => {
    if (pool === mine) retire(mine, `a worker was lost: ${why}`);
  };
  try {
    while (pool.workers.length < threads - 1)
      pool.workers.push(
        startWorker(
          WORKER,
          {
            module: kernelModule,
            memory: sharedMemory,
            control: pool.address,
            index: pool.workers.length + 1,
            names,
          } satisfies Start,
          failed,
          "./worker.js",
        ),
      );
  } catch (error) {
    reason = `a worker could not be started: ${String(error)}`;
  }
  return pool;
}

/**
 * Runs `kernel(...before, begin, end, ...after)` over [0, total), in ranges of whole multiples of `grain`, on all threads.
 * The kernel must give the same bits however the range is split. `pure`: it does not read what it
 * writes (as an op in place does), so that a range left half done can be done again.
 * @throws TorchError where a worker dies within a range of a kernel that is not pure: nothing is applied twice in silence.
 */
export function parallel(
  kernel: unknown,
  total: number,
  grain: number,
  before: readonly number[],
  after: readonly number[] = [],
  pure = false,
  chunksPerThread = CHUNKS_PER_THREAD,
): void {
  const threads = total >= 2 * grain ? getNumThreads() : 1;
  const shared = threads > 1 ? open(threads) : null;
  if (shared === null || shared.workers.length === 0) {
    (kernel as AnyKernel)(...before, 0, total, ...after);
    return;
  }
  const { words, args, flags } = shared;
  const pieces = Math.min(Math.ceil(total / grain), threads * chunksPerThread, MAX_CHUNKS);
  const size = Math.ceil(Math.ceil(total / pieces) / grain) * grain;
  const chunks = Math.ceil(total / size);
  args.set(before);
  args.set(after, before.length);
  flags.fill(0, 0, chunks);
  words[Word.kernel] = numbers.get(kernel)!;
  words[Word.leading] = before.length;
  words[Word.args] = before.length + after.length;
  words[Word.total] = total;
  words[Word.size] = size;
  words[Word.chunks] = chunks;
  Atomics.store(words, Word.done, 0);
  job = (job + 1) & (2 ** (31 - CHUNK_BITS) - 1);
  Atomics.store(words, Word.ticket, job << CHUNK_BITS);
  if (Atomics.load(words, Word.asleep) > 0) Atomics.notify(words, Word.ticket, threads - 1);
  let last = performance.now(),
    waited = 0;
  work(shared, table);
  const patience = PATIENCE_MS + PATIENCE * (performance.now() - last);
  last = performance.now();
  for (let i = 1; Atomics.load(words, Word.done) < chunks; i++)
    if ((i & 0xffff) === 0) {
      const now = performance.now();
      waited += Math.min(now - last, LOOK_MS);
      last = now;
      if (waited > patience) {
        redo(shared, kernel as AnyKernel, before, after, chunks, size, total, pure);
        return;
      }
    }
  Atomics.store(words, Word.ticket, (job << CHUNK_BITS) | CLOSED);
}

/** Elements that make a thread's share worth its while, and from how many on work is split at all. */
export const GRAIN = 8192;
export const SPLIT = 2 * GRAIN;

/** `parallel` over units of `each` elements' work, cut where that pays. */
export function overUnits(
  kernel: unknown,
  units: number,
  each: number,
  before: readonly number[],
  after: readonly number[] = [],
  pure = false,
): void {
  if (units * each < SPLIT) (kernel as AnyKernel)(...before, 0, units, ...after);
  else parallel(kernel, units, Math.max(1, Math.ceil(GRAIN / each)), before, after, pure);
}

/** Lets a pool go; the next job starts another, as often as is reasonable. Its block stays: a dying worker may still write there. */
function retire(lost: Pool, why: string): void {
  for (const worker of lost.workers) worker.terminate();
  pool = null;
  fault = why;
  if (++losses > RESTARTS || lost.words[Word.ready] === 0) reason = why;
}

/** A worker died with a range: this thread does what is missing. */
function redo(
  lost: Pool,
  kernel: AnyKernel,
  before: readonly number[],
  after: readonly number[],
  chunks: number,
  size: number,
  total: number,
  pure: boolean,
): void {
  const broken = !pure && lost.flags.subarray(0, chunks).includes(BEGUN);
  retire(
    lost,
    `a worker was lost at work; ${broken ? "what it wrote may be half done" : "its share was done again"}`,
  );
  for (let chunk = 0; chunk < chunks; chunk++)
    if (lost.flags[chunk] !== DONE && !(broken && lost.flags[chunk] === BEGUN))
      kernel(...before, chunk * size, Math.min((chunk + 1) * size, total), ...after);
  if (broken)
    throw new TorchError(
      "a worker thread died at work that cannot be taken up again: what this op wrote may be half done",
    );
}
