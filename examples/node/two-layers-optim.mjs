// A network of two layers, trained by Adam.
import * as torch from "torchlet";
import { nn, optim } from "torchlet";

torch.manualSeed(0);
const [N, dIn, H, dOut] = [64, 1000, 100, 10];
const x = torch.randn(N, dIn);
const y = torch.randn(N, dOut);

const model = new nn.Sequential(new nn.Linear(dIn, H), new nn.ReLU(), new nn.Linear(H, dOut));
const lossFn = new nn.MSELoss({ reduction: "sum" });
const optimizer = new optim.Adam(model.parameters(), { lr: 1e-4 });

for (const t of torch.steps(500)) {
  const loss = lossFn(model(x), y);
  if (t % 100 === 99) console.log(t, loss.item());

  optimizer.zeroGrad();
  loss.backward();
  optimizer.step();
}
