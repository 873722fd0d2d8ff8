#!/usr/bin/env node
// Trains a convolutional network on handwritten digits: `npm start -- --help`.
import { Command, InvalidArgumentError } from "commander";
import * as torch from "torchlet";
import { loadEmbedded } from "./digits/embedded.mjs";
import { Failure } from "./digits/failure.mjs";
import { LeNet } from "./digits/lenet.mjs";
import { loadMnist } from "./digits/mnist.mjs";
import { checkWritable, load, save } from "./digits/modelfile.mjs";
import { confusionMatrix, countRight, gallery } from "./digits/report.mjs";
import { predict, train } from "./digits/train.mjs";

const number = (accepts, rule) => (text) => {
  const value = Number(text);
  if (text.trim() === "" || !accepts(value)) throw new InvalidArgumentError(`It must be ${rule}.`);
  return value;
};
const count = number((v) => Number.isSafeInteger(v) && v >= 1, "an integer from 1 up");

function readOptions() {
  const command = new Command("npm start --")
    .description("Trains a convolutional network on handwritten digits and saves it.")
    .option("--data <folder>", "folder with MNIST's IDX files, gzipped or not (default: the embedded digits)")
    .option("--epochs <count>", "passes over the training set (default: 20, with --data 4)", count)
    .option(
      "--lr <rate>",
      "highest learning rate",
      number((v) => v > 0 && v < Infinity, "a positive number"),
      0.01,
    )
    .option("--batch-size <count>", "images per step", count, 64)
    .option(
      "--seed <number>",
      "seed of weights and order",
      number((v) => Number.isSafeInteger(v) && v >= 0, "an integer from 0 up"),
      0,
    )
    .option("--model <file>", "where the trained model is saved", "digits.safetensors")
    .allowExcessArguments(false)
    .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2));
  const options = command.parse().opts();
  return { ...options, epochs: options.epochs ?? (options.data === undefined ? 20 : 4) };
}

async function main(options) {
  let stopped = false;
  process.on("SIGINT", () => {
    stopped = true;
  });

  checkWritable(options.model);
  const data = options.data === undefined ? loadEmbedded() : await loadMnist(options.data);
  const side = data.train.images.size(-1);
  console.log(
    `${data.name}; ${data.train.labels.size(0)} to train on, ${data.test.labels.size(0)} for the test`,
  );

  torch.manualSeed(options.seed);
  const model = new LeNet(side);
  console.log(String(model));

  const seconds = await train(model, data.train, { ...options, interrupted: () => stopped });
  if (seconds === null) {
    console.error("stopped; no model was saved");
    return 130;
  }

  const truths = data.test.labels.tolist();
  const predictions = predict(model, data.test.images);
  const right = countRight(predictions, truths);
  const accuracy = `${((100 * right) / truths.length).toFixed(2)}% (${right} of ${truths.length})`;
  console.log(`\ntrained for ${seconds.toFixed(1)} s; test accuracy ${accuracy}\n`);
  console.log(`${confusionMatrix(predictions, truths)}\n`);
  console.log(`${gallery(data.test.images, predictions, truths)}\n`);

  save(options.model, model);
  const again = predict(await load(options.model, new LeNet(side)), data.test.images);
  if (again.some((digit, i) => digit !== predictions[i])) {
    throw new Error(`${options.model}: the saved model answers otherwise than the trained one`);
  }
  console.log(`saved ${options.model}; read back, it has the same accuracy`);
  return 0;
}

try {
  process.exitCode = await main(readOptions());
} catch (error) {
  if (!(error instanceof Failure)) throw error;
  console.error(error.message);
  process.exitCode = 2;
}
