// MNIST's four files in a folder, gzipped or not.
import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import * as torch from "torchlet";
import { Failure, reasonOf } from "./failure.mjs";

const SIDE = 28;
/** Share of the images that are trained on, where there is no training set: 9000 of MNIST's 10 000 test images. */
const SPLIT = 0.9;

/** The file itself or its gzipped form. */
function find(folder, name) {
  return [join(folder, name), join(folder, `${name}.gz`)].find((path) => existsSync(path));
}

async function readIdx(file, dims, expected) {
  let values;
  try {
    values = await torch.io.loadIdx(new Uint8Array(readFileSync(file)));
  } catch (error) {
    if (error.code) throw Failure.inFile(file, expected, reasonOf(error));
    throw new Failure(`${file}: expected ${expected}; ${error.message}`);
  }
  if (values.dim() !== dims || values.dtype !== torch.uint8) {
    throw Failure.inFile(file, expected, `an array of shape [${values.shape}] and type ${values.dtype}`);
  }
  return values;
}

async function readSet(folder, part) {
  const [imageFile, labelFile] = ["images-idx3-ubyte", "labels-idx1-ubyte"].map((kind) => {
    const name = `${part}-${kind}`;
    const file = find(folder, name);
    if (!file) throw Failure.inFile(join(folder, name), "this file or its gzipped form (.gz)", "neither");
    return file;
  });
  const images = await readIdx(imageFile, 3, "IDX images");
  const labels = await readIdx(labelFile, 1, "IDX labels");
  const [count, height, width] = images.shape;
  if (count === 0 || height !== SIDE || width !== SIDE) {
    throw Failure.inFile(imageFile, `images of ${SIDE} x ${SIDE} pixels`, `${count} of ${height} x ${width}`);
  }
  if (labels.size(0) !== count) {
    throw Failure.inFile(labelFile, `${count} labels, one for each image`, `${labels.size(0)}`);
  }
  const largest = labels.max().item();
  if (largest > 9) throw Failure.inFile(labelFile, "labels from 0 to 9", `${largest}`);
  return { images: images.float().div(255).view(-1, 1, SIDE, SIDE), labels: labels.long() };
}

/** Images are [N, 1, 28, 28], from 0 to 1. */
export async function loadMnist(folder) {
  if (!existsSync(folder) || !statSync(folder).isDirectory()) {
    throw Failure.inFile(
      folder,
      "a folder with MNIST's IDX files",
      existsSync(folder) ? "a file" : "nothing",
    );
  }
  const describe = (set) => `${set.labels.size(0)} images of ${SIDE} x ${SIDE} pixels`;
  const test = await readSet(folder, "t10k");
  if (find(folder, "train-images-idx3-ubyte") || find(folder, "train-labels-idx1-ubyte")) {
    const train = await readSet(folder, "train");
    return { name: `MNIST: ${describe(train)}`, train, test };
  }
  const cut = Math.floor(SPLIT * test.labels.size(0));
  if (cut === 0) throw Failure.inFile(folder, "a training set, or more test images", "one test image alone");
  const part = (slice) => ({ images: test.images.at(slice), labels: test.labels.at(slice) });
  return {
    name: `MNIST's test set alone, the last tenth kept for the test: ${describe(test)}`,
    train: part(`:${cut}`),
    test: part(`${cut}:`),
  };
}
