// A network of two layers as a module of one's own.
import * as torch from "torchlet";
import { nn, optim } from "torchlet";

class TwoLayerNet extends nn.Module {
  constructor(dIn, H, dOut) {
    super();
    this.linear1 = new nn.Linear(dIn, H);
    this.linear2 = new nn.Linear(H, dOut);
  }

  forward(x) {
    const hRelu = this.linear1(x).clamp({ min: 0 });
    return this.linear2(hRelu);
  }
}

torch.manualSeed(0);
const [N, dIn, H, dOut] = [64, 1000, 100, 10];
const x = torch.randn(N, dIn);
const y = torch.randn(N, dOut);

const model = new TwoLayerNet(dIn, H, dOut);
const criterion = new nn.MSELoss({ reduction: "sum" });
const optimizer = new optim.SGD(model.parameters(), { lr: 1e-4 });

for (const t of torch.steps(500)) {
  const loss = criterion(model(x), y);
  if (t % 100 === 99) console.log(t, loss.item());

  optimizer.zeroGrad();
  loss.backward();
  optimizer.step();
}
