// Normalised layers, AdamW and a schedule of learning rates.
import * as torch from "torchlet";
import { F, nn, optim } from "torchlet";

torch.manualSeed(0);
const x = torch.randn(60, 6);
const y = x.at(":", 0).mul(x.at(":", 1)).gt(0).long().add(x.at(":", 2).gt(0.5).long());

const model = new nn.Sequential(
  new nn.Linear(6, 16),
  new nn.BatchNorm1d(16),
  new nn.LeakyReLU(0.1),
  new nn.Linear(16, 8, { bias: false }),
  new nn.LayerNorm(8),
  new nn.GELU(),
  new nn.Linear(8, 3),
);
console.log(model);
const optimizer = new optim.AdamW(model.parameters(), { lr: 0.02, weightDecay: 0.05 });
const scheduler = new optim.lrScheduler.CosineAnnealingLR(optimizer, 30);

for (const step of torch.steps(30)) {
  model.train();
  const start = (step % 3) * 20;
  const batch = `${start}:${start + 20}`;
  optimizer.zeroGrad();
  const loss = F.crossEntropy(model(x.at(batch)), y.at(batch), { labelSmoothing: 0.05 });
  loss.backward();
  optimizer.step();
  scheduler.step();
}

model.eval();
torch.noGrad(() => {
  const out = model(x);
  console.log(out.argmax(1).eq(y).sum().item(), F.crossEntropy(out, y).item());
});
