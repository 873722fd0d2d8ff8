// The program of the GPU's side. It is bundled into a string (scripts/build/worker.mjs) that a worker runs, or a page that is
// not isolated; `await` is allowed here, because the compute thread does the waiting.
import { nodeModule } from "../core/node.ts";
import { Device } from "./device.ts";
import {
  Failure,
  JOBS,
  Job,
  jobAt,
  type Start,
  State,
  Status,
  viewWords,
  type WaitAsync,
  Word,
  writeText,
} from "./protocol.ts";

/** How often a device is opened again after it was lost. */
const REOPENINGS = 3;
const BEAT_MS = 200;

interface Dawn {
  create(options: string[]): GPU;
  globals: object;
}

async function findGpu({ module, adapter }: Start): Promise<GPU | undefined> {
  if (module === undefined) return globalThis.navigator?.gpu;
  const { globals, create } = (await import(module)) as Dawn;
  Object.assign(globalThis, globals);
  return create(adapter === undefined ? [] : [`adapter=${adapter}`]);
}

/** Does jobs until told to close. */
export async function serve(start: Start): Promise<void> {
  const { memory, control, module } = start;
  const words = viewWords(memory, control);
  const setState = (state: State): void => {
    Atomics.store(words, Word.state, state);
    Atomics.notify(words, Word.state);
  };
  const ring = (): void => {
    Atomics.add(words, Word.bell, 1);
    Atomics.notify(words, Word.bell);
  };
  const device = new Device(start, module !== undefined, ring);
  let gpu: GPU | undefined;
  const open = async (): Promise<void> => {
    try {
      await device.open((gpu ??= await findGpu(start)));
      setState(State.ready);
    } catch (error) {
      writeText(start, Word.failure, error instanceof Error ? error.message : String(error));
      setState(State.none);
    }
  };
  await open();

  const free = (at: number): void => {
    Atomics.store(words, at, Status.free);
    Atomics.notify(words, at);
  };
  const pending = new Map<number, Promise<void>>();
  const finish = (at: number, failure: Failure): void => {
    words[at + Job.error] = failure;
    const end = failure === Failure.none ? Status.done : Status.failed;
    for (const from of [Status.running, Status.queued, Status.writing])
      if (Atomics.compareExchange(words, at, from, end) === from) {
        Atomics.notify(words, at);
        return;
      }
    free(at); // it was given up
  };
  const said = (error: unknown): Failure => {
    writeText(start, Word.failure, error instanceof Error ? error.message : String(error));
    return device.lost ? Failure.lost : Failure.other;
  };
  let beating: ReturnType<typeof setInterval> | null = null;
  const run = async (index: number): Promise<void> => {
    beating ??= setInterval(() => Atomics.add(words, Word.beat, 1), BEAT_MS);
    const end = await device.begin(index).catch((error: unknown) => async () => said(error));
    const ended = end()
      .catch(said)
      .then((failure) => {
        finish(jobAt(index), failure);
        pending.delete(index);
        if (pending.size > 0 || beating === null) return;
        clearInterval(beating);
        beating = null;
      });
    pending.set(index, ended);
  };

  for (let next = 0, reopened = 0; Atomics.load(words, Word.state) === State.ready; ) {
    const bell = Atomics.load(words, Word.bell);
    if (device.lost) {
      setState(State.starting);
      await Promise.all(pending.values());
      if (reopened++ < REOPENINGS) await open();
      else setState(State.none);
      continue;
    }
    const at = jobAt(next);
    const posted = Atomics.compareExchange(words, at, Status.posted, Status.running);
    if (posted === Status.posted) {
      await run(next);
      next = (next + 1) % JOBS;
    } else if (posted === Status.abandoned && !pending.has(next)) {
      device.drop(next);
      free(at);
      next = (next + 1) % JOBS;
    } else if (Atomics.load(words, Word.close) !== 0) break;
    else await (Atomics as unknown as WaitAsync).waitAsync(words, Word.bell, bell).value;
  }
  await Promise.all(pending.values());
  await device.close();
  await new Promise((resolve) => setTimeout(resolve)); // for what the driver has yet to settle
  if (Atomics.load(words, Word.state) !== State.none) setState(State.closed);
}

interface Threads {
  workerData: Start;
}

/** What a worker starts with. */
export async function main(): Promise<void> {
  const threads = nodeModule<Threads>("node:worker_threads");
  const start =
    threads?.workerData ??
    (await new Promise<Start>((resolve) =>
      addEventListener("message", ({ data }) => resolve(data as Start), { once: true }),
    ));
  // In Node nothing else keeps the worker: what it waits for does not count.
  const alive = setInterval(() => {}, 2 ** 30);
  await serve(start);
  clearInterval(alive);
  if (threads === undefined) close();
}
