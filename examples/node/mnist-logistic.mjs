// Logistic regression on images with nn.Linear and shuffled batches.
import * as torch from "torchlet";
import { nn, optim } from "torchlet";
import { fit } from "./lib/fit.mjs";
import { patternSets } from "./lib/patterns.mjs";

const { DataLoader } = torch.utils.data;

class MnistLogistic extends nn.Module {
  constructor() {
    super();
    this.lin = new nn.Linear(784, 10);
  }

  forward(xb) {
    return this.lin(xb);
  }
}

torch.manualSeed(0);
const [trainSet, validSet] = patternSets();
const model = new MnistLogistic();
console.log(model);

const optimizer = new optim.SGD(model.parameters(), { lr: 0.1, momentum: 0.9 });
const trainLoader = new DataLoader(trainSet, { batchSize: 32, shuffle: true });
const validLoader = new DataLoader(validSet, { batchSize: 64 });
fit(model, optimizer, trainLoader, validLoader);
