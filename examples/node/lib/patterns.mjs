// Ten stripe and blob patterns with noise, 28 x 28: a stand-in for MNIST that every machine makes alike.
import * as torch from "torchlet";

const { TensorDataset } = torch.utils.data;

/** `count` images as bytes and their labels, from integer arithmetic only. */
function draw(count, seed) {
  const images = new Uint8Array(count * 784);
  const labels = new Uint8Array(count);
  let state = (Math.imul(seed, 2654435761) + 12345) >>> 0;
  const next = () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0);
  for (let i = 0; i < count; i++) {
    const label = (next() >>> 16) % 10;
    labels[i] = label;
    const blob = label - 5;
    for (let row = 0; row < 28; row++) {
      for (let column = 0; column < 28; column++) {
        const on =
          label < 5
            ? Math.floor((row * (label + 1) + column * (5 - label)) / 6) % 3 === 0
            : Math.abs(row - 6 - 4 * blob) + Math.abs(column - 22 + 4 * blob) < 7;
        const noise = (next() >>> 24) & 31;
        images[i * 784 + row * 28 + column] = Math.min(255, (on ? 200 : 10) + noise);
      }
    }
  }
  return { images, labels };
}

/** Sets of 160 images to train on and 48 to validate on; an image is 784 numbers from 0 to 1. */
export function patternSets(seed = 0) {
  const { images, labels } = draw(208, seed + 7);
  const x = torch.tensor(images).view(-1, 784).float().div(255);
  const y = torch.tensor(labels).long();
  return [new TensorDataset(x.at(":160"), y.at(":160")), new TensorDataset(x.at("160:"), y.at("160:"))];
}
