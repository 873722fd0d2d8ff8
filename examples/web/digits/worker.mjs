// Trains and predicts beside the page. Messages in: train, stop, restart, look, sample; see `answers` below.
// Messages out: ready, progress, state, prediction, sample, failed.
import * as torch from "../../../dist/index.js";
import { F, optim } from "../../../dist/index.js";
import { loadDigits } from "./data.mjs";
import { LeNet } from "./network.mjs";
import { vary, views } from "./warp.mjs";

const EPOCHS = 30;
const BATCH = 64;
const RATE = 0.01;
/** How long training goes on before messages are looked at. */
const BREATH_MS = 40;

const { DataLoader, TensorDataset } = torch.utils.data;

let data;
let runs = 0;
let run;
let training = false;
/** Which call of `train` goes on; the others end at their next breath. */
let turn = 0;
/** The image last looked at: looked at anew as the network learns. */
let current = null;
let currentId = 0;

function newRun() {
  torch.manualSeed(runs++);
  const model = new LeNet();
  const loader = new DataLoader(new TensorDataset(data.train.images, data.train.labels), {
    batchSize: BATCH,
    shuffle: true,
  });
  const optimizer = new optim.Adam(model.parameters(), { lr: RATE });
  const totalSteps = EPOCHS * loader.length;
  const schedule = new optim.lrScheduler.OneCycleLR(optimizer, { maxLr: RATE, totalSteps });
  run = { model, loader, optimizer, schedule, totalSteps, batches: null, steps: 0, images: 0, seconds: 0 };
  run.news = [];
}

function nextBatch() {
  let next = run.batches?.next();
  if (next === undefined || next.done) {
    run.batches = run.loader[Symbol.iterator]();
    next = run.batches.next();
  }
  return next.value;
}

function step() {
  const [x, y] = nextBatch();
  const [loss, right] = torch.scope(() => {
    const out = run.model(vary(x));
    const loss = F.crossEntropy(out, y);
    run.optimizer.zeroGrad();
    loss.backward();
    run.optimizer.step();
    run.schedule.step();
    return [loss.item(), out.argmax(1).eq(y).sum().item()];
  });
  run.steps++;
  run.images += y.size(0);
  const epoch = run.steps / run.loader.length;
  run.news.push({ epoch, loss, accuracy: right / y.size(0), test: Number.isInteger(epoch) ? test() : null });
}

/** What `work` gives without gradients and dropout. */
function evaluate(work) {
  run.model.eval();
  const result = torch.noGrad(() => torch.scope(work));
  run.model.train();
  return result;
}

const test = () =>
  evaluate(() => run.model(data.test.images).argmax(1).eq(data.test.labels).float().mean().item());

/** Probabilities of the ten digits: the mean over several views of the drawing. */
function look() {
  if (current === null || run === undefined) return;
  const image = torch.tensor(current).view(1, 1, 8, 8);
  const probabilities = evaluate(() => run.model(views(image)).softmax(1).mean(0).tolist());
  postMessage({ type: "prediction", probabilities, id: currentId });
}

const channel = new MessageChannel();
channel.port1.start();
/** Lets messages in. (A timer would wait four milliseconds.) */
const breathe = () =>
  new Promise((resolve) => {
    channel.port1.addEventListener("message", resolve, { once: true });
    channel.port2.postMessage(null);
  });

function report() {
  const { news, images, seconds } = run;
  run.news = [];
  postMessage({ type: "progress", news, images, seconds, epochs: EPOCHS });
  look();
}

const state = () =>
  postMessage({
    type: "state",
    state: training
      ? "training"
      : run.steps === run.totalSteps
        ? "done"
        : run.steps > 0
          ? "stopped"
          : "fresh",
  });

async function train() {
  if (training || run.steps === run.totalSteps) return;
  training = true;
  state();
  const mine = ++turn;
  while (turn === mine && run.steps < run.totalSteps) {
    const start = performance.now();
    while (run.steps < run.totalSteps && performance.now() - start < BREATH_MS) step();
    run.seconds += (performance.now() - start) / 1000;
    report();
    await breathe();
  }
  if (turn === mine) stop();
}

function stop() {
  turn++;
  training = false;
  state();
}

/** A digit of the test set, for those who cannot draw. */
function sample({ id }) {
  const i = Math.floor(Math.random() * data.test.labels.size(0));
  current = data.test.images.at(i).flatten().toTypedArray();
  currentId = id;
  postMessage({ type: "sample", image: current, label: data.test.labels.at(i).item() });
  look();
}

const answers = {
  train,
  stop,
  restart() {
    newRun();
    look();
    stop();
  },
  look({ image, id }) {
    [current, currentId] = [image, id];
    look();
  },
  sample,
};
addEventListener("message", ({ data: message }) => answers[message.type](message));

try {
  data = await loadDigits();
  await torch.ready();
  newRun();
  postMessage({
    type: "ready",
    threads: torch.backends().threads,
    counts: { train: data.train.labels.size(0), test: data.test.labels.size(0) },
    parameters: [...run.model.parameters()].reduce((sum, p) => sum + p.numel(), 0),
    epochs: EPOCHS,
  });
  look();
} catch (error) {
  postMessage({ type: "failed", reason: error.message });
}
