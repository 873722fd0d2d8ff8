// Training with a live line of progress, and what a trained network answers.
import { setImmediate as breathe } from "node:timers/promises";
import { SingleBar } from "cli-progress";
import * as torch from "torchlet";
import { F, optim } from "torchlet";
import { Failure } from "./failure.mjs";

const { DataLoader, TensorDataset } = torch.utils.data;

const clock = (seconds) => {
  const whole = Math.max(0, Math.round(seconds));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
};

function progressBar(total) {
  const bar = new SingleBar({
    format:
      "epoch {epoch} {bar} {percentage}%  loss {loss}  accuracy {accuracy}  {rate} images/s  {left} left",
    barsize: 20,
    hideCursor: true,
    noTTYOutput: true, // one line every two seconds where the output is a file or a pipe
  });
  bar.start(total, 0, { epoch: "-", loss: "-", accuracy: "-", rate: "-", left: "-" });
  return bar;
}

/**
 * @param options.interrupted asked after each batch: whether to stop
 * @returns seconds of training, or null where it was interrupted
 */
export async function train(model, { images, labels }, { epochs, lr, batchSize, interrupted }) {
  const loader = new DataLoader(new TensorDataset(images, labels), { batchSize, shuffle: true });
  const optimizer = new optim.Adam(model.parameters(), { lr });
  const schedule = new optim.lrScheduler.OneCycleLR(optimizer, {
    maxLr: lr,
    totalSteps: epochs * loader.length,
  });
  const total = epochs * labels.size(0);
  const bar = progressBar(total);
  const start = performance.now();

  const step = (x, y) => {
    const out = model(x);
    const loss = F.crossEntropy(out, y);
    optimizer.zeroGrad();
    loss.backward();
    optimizer.step();
    schedule.step();
    return [loss.item(), out.argmax(1).eq(y).sum().item()];
  };

  try {
    model.train();
    let done = 0;
    for (let epoch = 1; epoch <= epochs; epoch++) {
      let [seen, lossSum, right] = [0, 0, 0];
      for (const [x, y] of loader) {
        const [loss, hits] = torch.scope(() => step(x, y));
        if (!Number.isFinite(loss)) {
          throw new Failure(
            `the loss became ${loss} in epoch ${epoch}: try a learning rate below ${lr} (--lr)`,
          );
        }
        const size = y.size(0);
        seen += size;
        done += size;
        lossSum += loss * size;
        right += hits;
        const rate = (done / (performance.now() - start)) * 1000;
        bar.update(done, {
          epoch: `${epoch}/${epochs}`,
          loss: (lossSum / seen).toFixed(4),
          accuracy: `${((100 * right) / seen).toFixed(1)}%`,
          rate: Math.round(rate),
          left: clock((total - done) / rate),
        });
        await breathe(); // lets Ctrl-C in
        if (interrupted()) return null;
      }
    }
    return (performance.now() - start) / 1000;
  } finally {
    bar.stop();
  }
}

/** The digit that the network sees in each image. */
export function predict(model, images) {
  model.eval();
  return torch.noGrad(() =>
    torch.scope(() => images.split(256).flatMap((batch) => model(batch).argmax(1).tolist())),
  );
}
