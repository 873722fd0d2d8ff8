// A network of three convolutions; a wrapped loader gives its batches the shape of images.
import * as torch from "torchlet";
import { nn, optim } from "torchlet";
import { fit } from "./lib/fit.mjs";
import { patternSets } from "./lib/patterns.mjs";

const { DataLoader } = torch.utils.data;

class Mnist_CNN extends nn.Module {
  constructor() {
    super();
    this.conv1 = new nn.Conv2d(1, 16, { kernelSize: 3, stride: 2, padding: 1 });
    this.conv2 = new nn.Conv2d(16, 16, { kernelSize: 3, stride: 2, padding: 1 });
    this.conv3 = new nn.Conv2d(16, 10, { kernelSize: 3, stride: 2, padding: 1 });
    this.relu = new nn.ReLU();
    this.pooling = new nn.AdaptiveAvgPool2d(1);
  }

  forward(xb) {
    xb = this.relu(this.conv1(xb));
    xb = this.relu(this.conv2(xb));
    xb = this.relu(this.conv3(xb));
    xb = this.pooling(xb);
    return xb.view(-1, xb.size(1));
  }
}

class WrappedDataLoader {
  constructor(loader, prepare) {
    Object.assign(this, { loader, prepare });
  }

  get length() {
    return this.loader.length;
  }

  *[Symbol.iterator]() {
    for (const [xb, yb] of this.loader) yield this.prepare(xb, yb);
  }
}

torch.manualSeed(0);
const [trainSet, validSet] = patternSets();
const model = new Mnist_CNN();
console.log(model);

const asImages = (xb, yb) => [xb.view(-1, 1, 28, 28), yb];
const optimizer = new optim.SGD(model.parameters(), { lr: 0.1, momentum: 0.9 });
const trainLoader = new WrappedDataLoader(
  new DataLoader(trainSet, { batchSize: 32, shuffle: true }),
  asImages,
);
const validLoader = new WrappedDataLoader(new DataLoader(validSet, { batchSize: 64 }), asImages);
fit(model, optimizer, trainLoader, validLoader);
