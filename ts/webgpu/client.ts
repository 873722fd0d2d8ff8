// The compute thread's side: starts the GPU worker, posts jobs and waits for them.
import { allocateBlock } from "../memory/heap.ts";
import { bytes, sharedMemory } from "../memory/wasm.ts";
import { startWorker, type WorkerHandle, whyNoThreads } from "../threads/start.ts";
import type { Adapter } from "./device.ts";
import { WORKER } from "./generated/worker.ts";
import {
  CONTROL_BYTES,
  Failure,
  JOBS,
  Job,
  jobAt,
  MAX_DROPS,
  readText,
  type Start,
  State,
  Status,
  viewWords,
  type WaitAsync,
  Word,
} from "./protocol.ts";
import { takeDropped } from "./residents.ts";
import type { Layout } from "./wgsl.ts";

/** A worker that shows no sign of life for so long is dead. */
const SILENCE_MS = 3000;
/** Time for the first device. */
const OPENING_MS = 30_000;
/** How often a worker that died is replaced. */
const RESTARTS = 2;
/** How long the end of the process waits for jobs in flight. */
const EXIT_MS = 3000;

/** An operand in its buffer (`buffer` 0: one for this job). `bytes` 0: it is there already. Steps in elements. */
export interface Matrix {
  buffer: number;
  at: number;
  bytes: number;
  offset: number;
  rows: number;
  columns: number;
  /** From matrix to matrix along the three leading dimensions. */
  steps: readonly number[];
}
export interface Product {
  m: number;
  n: number;
  k: number;
  batch: readonly number[];
  a: Matrix;
  b: Matrix;
  bias: Matrix | null;
  /** Where b is an image: the layout, and the sizes of its windows (wgsl.ts). The bias has then an element for each row. */
  windows?: { layout: Layout; sizes: readonly number[] };
  /** Buffer that keeps the result, or 0; where the result goes in memory, or 0. */
  out: number;
  outAt: number;
}

interface Link {
  start: Start;
  words: Int32Array;
  worker: WorkerHandle | null;
  /** Jobs posted. */
  head: number;
  /** Starts the next. Kept here, so that a bundler drops the GPU's side from programs that never enable it. */
  again: () => void;
}

let link: Link | null = null;
let patience = 0;
let restarts = 0;
let problem: string | null = null;
let mayWait = false;
let watching = false;
/** The GPU's side before this one, which must be gone before another starts: two at once crash Node's driver. */
let leaving: Promise<unknown> = Promise.resolve();
/** Counts openings and closings: one that another has overtaken gives up. */
let turn = 0;

/** Why there is no device to post to now; null where there is one. */
export function whyNoGpu(): string | null {
  if (link === null) return problem ?? "not enabled";
  const state = Atomics.load(link.words, Word.state);
  if (state === State.ready) return null;
  return state === State.starting ? "the device is being opened" : readText(link.start, Word.failure);
}

/** Whether the calling thread can wait for the GPU: not where the GPU's work is done on its own time. */
export const blocking = (): boolean => link !== null && link.worker !== null;
export const NOT_ISOLATED = "the page is not cross-origin isolated: only matmulAsync runs on the GPU";
/** What was found; null without a device. */
export const adapter = (): Adapter | null =>
  whyNoGpu() === null ? (JSON.parse(readText(link!.start, Word.found)) as Adapter) : null;
/** Grows with every device: what lay on the one before is gone. */
export const deviceNumber = (): number => (link === null ? 0 : Atomics.load(link.words, Word.opened));
export const largestBuffer = (): number => (link === null ? 0 : link.words[Word.largest]! * 256);

/** Sets the longest wait for one job, in milliseconds. */
export function setPatience(timeout: number): void {
  patience = timeout;
}

/** Starts the GPU's side and waits until it has a device or says why not. False: closed or opened anew meanwhile. */
export async function openGpu(settings: Omit<Start, "memory" | "control">): Promise<boolean> {
  const mine = ++turn;
  patience = OPENING_MS;
  restarts = 0;
  problem = null;
  const opened = await connect(settings, mine);
  if (opened === null) return false;
  const end = performance.now() + OPENING_MS;
  while (
    Atomics.load(opened.words, Word.state) === State.starting &&
    problem === null &&
    performance.now() < end
  )
    await new Promise((resolve) => setTimeout(resolve, 2));
  return mine === turn;
}

async function connect(settings: Omit<Start, "memory" | "control">, mine: number): Promise<Link | null> {
  await leaving;
  if (mine !== turn) return null;
  const control = allocateBlock(CONTROL_BYTES);
  bytes.fill(0, control, control + CONTROL_BYTES);
  const start = { ...settings, memory: sharedMemory, control };
  const made: Link = {
    start,
    words: viewWords(sharedMemory, control),
    worker: null,
    head: 0,
    again: () => void connect(start, turn),
  };
  link = made;
  try {
    Atomics.wait(made.words, Word.state, -1, 0);
    mayWait = true;
  } catch {
    mayWait = false; // the main thread of a page
  }
  if (whyNoThreads() === null) {
    made.worker = startWorker(`${WORKER};program.main()`, start, () => {
      // One that said why there is no device has ended as it should.
      if (link === made && Atomics.load(made.words, Word.state) < State.none)
        died("the GPU worker ended with an error");
    });
    watchExit();
    return made;
  }
  // Without isolation there is no worker to share with: the same program runs here.
  const url = URL.createObjectURL(
    new Blob([`${WORKER};export default program`], { type: "text/javascript" }),
  );
  const program = (await import(url)).default as { serve(start: Start): Promise<void> };
  program.serve(start).catch((error: unknown) => {
    if (link === made) closeGpu(String(error));
  });
  return made;
}

/** A process that ends while the GPU works crashes in the driver: it waits until the worker is done. */
function watchExit(): void {
  const { process } = globalThis as { process?: { on?(event: string, listener: () => void): void } };
  if (watching || process?.on === undefined) return;
  watching = true;
  process.on("exit", () => {
    const last = link;
    if (last === null) return;
    closeGpu(null);
    const end = performance.now() + EXIT_MS;
    for (
      let state: number;
      (state = Atomics.load(last.words, Word.state)) < State.none && performance.now() < end;
    )
      Atomics.wait(last.words, Word.state, state, 50);
  });
}

/** Lets go of the device. `why`: what is answered from now on to the question why there is none. */
export function closeGpu(why: string | null): void {
  turn++;
  problem = why;
  if (link === null) return;
  Atomics.store(link.words, Word.close, 1);
  Atomics.add(link.words, Word.bell, 1);
  Atomics.notify(link.words, Word.bell);
  leaving = gone(link);
  link = null;
}

async function gone({ words, worker }: Link): Promise<void> {
  const end = performance.now() + EXIT_MS;
  while (Atomics.load(words, Word.state) < State.none && performance.now() < end)
    await new Promise((resolve) => setTimeout(resolve, 2));
  await worker?.terminate();
}

function died(why: string): void {
  const { worker, again } = link!;
  leaving = Promise.resolve(worker?.terminate());
  link = null;
  problem = why;
  if (restarts++ < RESTARTS) again();
}

/** Posts a job in its place, which is free. */
function post(to: Link, at: number, { m, n, k, batch, a, b, bias, windows, out, outAt }: Product): Running {
  const { words } = to;
  words.fill(0, at + 1, at + Job.length);
  words.set([m, n, k, ...batch, out, outAt], at + Job.m);
  const put = (part: number, { buffer, at: from, bytes, offset, rows, columns, steps }: Matrix) =>
    words.set([buffer, from, bytes, offset, rows, columns, ...steps], at + part);
  put(Job.a, a);
  put(Job.b, b);
  if (bias !== null) words.set([bias.buffer, bias.at, bias.bytes, bias.offset], at + Job.bias);
  if (windows !== undefined) {
    words.set([1, windows.layout], at + Job.rowBias);
    words.set(windows.sizes, at + Job.sizes);
  }
  words.set(takeDropped(MAX_DROPS), at + Job.drops);
  Atomics.store(words, at, Status.posted);
  Atomics.add(words, Word.bell, 1);
  Atomics.notify(words, Word.bell);
  to.head++;
  return { link: to, at };
}

/** A job that was posted. */
export interface Running {
  readonly link: Link;
  readonly at: number;
}

/** Posts a job, or tells why not. */
export function postJob(product: Product): Running | string {
  const reason = whyNoGpu();
  if (reason !== null) return reason;
  const { words, head } = link!,
    at = jobAt(head % JOBS);
  let status: Status;
  // The GPU's side has yet to come to a job that was given up.
  for (
    const begin = performance.now();
    (status = Atomics.load(words, at)) === Status.abandoned && performance.now() - begin < SILENCE_MS;
  )
    if (mayWait) Atomics.wait(words, at, status, 100);
  if (status === Status.abandoned) died("a job on the GPU does not end");
  return status === Status.free ? post(link!, at, product) : (problem ?? "too many jobs are under way");
}

/**
 * Waits until a job is done, or `queued`. Null, or why it failed: then it is over, and the memory of the result is untouched.
 */
export function waitFor({ link: to, at }: Running, enough: Status.queued | Status.done): string | null {
  const { words } = to;
  const begin = performance.now();
  for (let beat = -1, alive = begin; ; ) {
    const status = Atomics.load(words, at),
      seen = Atomics.load(words, Word.beat),
      now = performance.now();
    if (status === Status.failed || (status === Status.done && enough === Status.done))
      return ended(to, at, status);
    if (status >= enough) return null;
    if (seen !== beat) [beat, alive] = [seen, now];
    if (to !== link || (status === Status.posted && Atomics.load(words, Word.state) !== State.ready)) {
      if (withdraw(words, at, status)) return whyNoGpu() ?? "the device was lost";
    } else if (now - alive > SILENCE_MS) {
      if (!withdraw(words, at, status)) continue;
      died("the GPU worker died");
      return "the GPU worker died";
    } else if (now - begin > patience) {
      if (withdraw(words, at, status)) return `no answer within ${patience} ms`;
    } else if (mayWait) Atomics.wait(words, at, status, 100);
    else for (let spin = 0; spin < 1000 && Atomics.load(words, at) === status; spin++);
  }
}

/** Runs a job and waits for its end. Null, or why it was not done. */
export function runJob(product: Product): string | null {
  const running = postJob(product);
  return typeof running === "string" ? running : waitFor(running, Status.done);
}

/** Whether nothing is left to wait for. */
export const isOver = ({ link: { words }, at }: Running): boolean => Atomics.load(words, at) >= Status.done;

/** Lets go of a job that nobody waits for: from here on it writes nothing. */
export function dropJob({ link: { words }, at }: Running): void {
  for (;;) {
    const status = Atomics.load(words, at);
    if (status >= Status.done) break;
    if (withdraw(words, at, status)) return;
  }
  Atomics.store(words, at, Status.free);
  Atomics.notify(words, at);
}

/** Gives a job up, unless its result is being written. */
const withdraw = (words: Int32Array, at: number, status: Status): boolean =>
  status !== Status.writing && Atomics.compareExchange(words, at, status, Status.abandoned) === status;

const TEXTS: Partial<Record<Failure, string>> = {
  [Failure.memory]: "the GPU is out of memory",
  [Failure.validation]: "the GPU refused the job",
  [Failure.lost]: "the device was lost",
};

function ended({ words, start }: Link, at: number, status: Status): string | null {
  const failure = words[at + Job.error]! as Failure;
  Atomics.store(words, at, Status.free);
  Atomics.notify(words, at);
  if (status === Status.done) return null;
  return `${TEXTS[failure] ?? "the job failed"}: ${readText(start, Word.failure)}`;
}

/** As `runJob`, leaving the thread to others meanwhile. */
export async function runJobAsync(product: Product): Promise<string | null> {
  // A wait that blocks nothing does not keep Node's process from ending: a timer does.
  const alive = setInterval(() => {}, 2 ** 30);
  const change = (words: Int32Array, at: number, status: Status) =>
    (Atomics as unknown as WaitAsync).waitAsync(words, at, status, 100).value;
  try {
    let running: Running | null = null;
    for (let begin = performance.now(); ; ) {
      const to: Link | null = running === null ? link : running.link,
        reason = whyNoGpu();
      if (to === null || (running === null && reason !== null)) return reason;
      const { words } = to,
        at = running === null ? jobAt(to.head % JOBS) : running.at,
        status = Atomics.load(words, at);
      if (running === null && status === Status.free) {
        running = post(to, at, product);
        begin = performance.now();
      } else if (running === null && performance.now() - begin <= patience) await change(words, at, status);
      else if (running === null) return "too many jobs are under way";
      else if (status >= Status.done) return ended(to, at, status);
      else if (
        to !== link ||
        (status === Status.posted && reason !== null) ||
        performance.now() - begin > patience
      ) {
        if (withdraw(words, at, status)) return reason ?? `no answer within ${patience} ms`;
      } else await change(words, at, status);
    }
  } finally {
    clearInterval(alive);
  }
}
