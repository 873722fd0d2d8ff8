// The program of a pool worker. It is bundled into a string (scripts/build/worker.mjs) and imports little but the protocol.
import { nodeModule } from "../core/node.ts";
import { type AnyKernel, type Control, type Start, viewControl, Word, work } from "./protocol.ts";

/** Looking for work costs a core, falling asleep costs the next job about 10 microseconds. */
const SPIN_MS = 3;

function serve({ module, memory, control, index, names }: Start): void {
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  const table = names.map((name) => exports[name] as AnyKernel);
  const view = viewControl(memory.buffer, control);
  const { words } = view;
  Atomics.add(words, Word.ready, 1);
  let seen = 0;
  while (words[Word.stop] === 0) {
    seen = nextTicket(view, seen);
    if (index < Atomics.load(words, Word.limit)) work(view, table);
  }
}

/** Spins, then sleeps, until the ticket is another. */
function nextTicket({ words }: Control, seen: number): number {
  const until = performance.now() + SPIN_MS;
  for (let i = 1; ; i++) {
    const ticket = Atomics.load(words, Word.ticket);
    if (ticket !== seen) return ticket;
    if ((i & 255) === 0 && performance.now() > until) break;
  }
  Atomics.add(words, Word.asleep, 1);
  Atomics.wait(words, Word.ticket, seen);
  Atomics.sub(words, Word.asleep, 1);
  return Atomics.load(words, Word.ticket);
}

const threads = nodeModule<{ workerData: Start }>("node:worker_threads");
if (threads) serve(threads.workerData);
else addEventListener("message", ({ data }) => serve(data as Start), { once: true });
