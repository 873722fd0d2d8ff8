// Logistic regression on images, its weights made by hand.
import * as torch from "torchlet";
import { nn, optim } from "torchlet";
import { fit } from "./lib/fit.mjs";
import { patternSets } from "./lib/patterns.mjs";

const { DataLoader } = torch.utils.data;

class MnistLogistic extends nn.Module {
  constructor() {
    super();
    this.weights = new nn.Parameter(torch.randn(784, 10).div(Math.sqrt(784)));
    this.bias = new nn.Parameter(torch.zeros(10));
  }

  forward(xb) {
    return xb.matmul(this.weights).add(this.bias);
  }
}

torch.manualSeed(0);
const [trainSet, validSet] = patternSets();
const model = new MnistLogistic();
const optimizer = new optim.SGD(model.parameters(), { lr: 0.1 });
fit(
  model,
  optimizer,
  new DataLoader(trainSet, { batchSize: 32 }),
  new DataLoader(validSet, { batchSize: 64 }),
);
