// Kills a worker of the pool while it works: `node killed.mjs pure|inplace|idle`. Prints what came of it.
import threads from "node:worker_threads";

const FLAGS_AT = 64 + 8 * 40;
const BEGUN = 2;

/** Every worker that the library starts, with its view of the states of the chunks. */
const started = [];
const { Worker } = threads;
threads.Worker = class extends Worker {
  constructor(url, options) {
    super(url, options);
    const { memory, control } = options.workerData;
    started.push({ worker: this, flags: new Uint8Array(memory.buffer, control + FLAGS_AT, 64) });
  }
};

const torch = await import("../../dist/index.js");
torch.setNumThreads(2);
await torch.ready();
const kind = process.argv[2];
const N = kind === "inplace" ? 8_000_000 : 1_000_000;
const x = torch.arange(N, { dtype: torch.float32 }).mul(0.001);

// The library looks at the clock when it has posted a job: then, as soon as the worker has begun a range, it is killed.
const { now } = performance;
const kill = () => {
  const { worker, flags } = started[0];
  const end = now.call(performance) + 10_000;
  while (!flags.some((_, i) => Atomics.load(flags, i) === BEGUN) && now.call(performance) < end);
  worker.terminate();
};
const arm = () => {
  performance.now = () => {
    performance.now = now;
    kill();
    return now.call(performance);
  };
};

let outcome;
if (kind === "idle") {
  const gone = new Promise((resolve) => started[0].worker.once("exit", resolve));
  await started[0].worker.terminate();
  await gone;
  outcome = x.sin();
} else {
  const p = x.clone().requiresGrad_();
  const adam = new torch.optim.Adam([p]);
  p.grad = x.clone();
  arm();
  try {
    if (kind === "pure") outcome = x.tan();
    else adam.step();
  } catch (error) {
    outcome = error;
  }
}
const { reason } = torch.backends().threads;
await torch.ready();
const after = x.add(1).sub(x).sub(1).abs().max().item();
const expected = () => {
  torch.setNumThreads(1);
  return kind === "pure" ? x.tan() : x.sin();
};
console.log(
  JSON.stringify({
    error: outcome instanceof torch.TorchError ? outcome.message : null,
    right: kind === "inplace" ? null : torch.equal(outcome, expected()),
    reason,
    after,
    workers: started.length,
  }),
);
