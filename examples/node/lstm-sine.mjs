// A recurrent network that learns to continue sine waves; gradients are clipped.
import * as torch from "torchlet";
import { F, nn, optim } from "torchlet";

class SineLSTM extends nn.Module {
  constructor() {
    super();
    this.rnn = new nn.LSTM(1, 12, { numLayers: 2, batchFirst: true });
    this.head = new nn.Linear(12, 1);
  }

  forward(x) {
    const [h] = this.rnn(x);
    return this.head(h);
  }
}

torch.manualSeed(0);
const t = torch.linspace(0, 12, 61);
const phase = torch.arange(6, { dtype: torch.float }).unsqueeze(1).mul(0.7);
const series = torch.sin(t.unsqueeze(0).add(phase)).unsqueeze(-1);

const model = new SineLSTM();
console.log(model);
const optimizer = new optim.Adam(model.parameters(), { lr: 0.01 });

// Each number is predicted from those before it.
for (const _ of torch.steps(30)) {
  optimizer.zeroGrad();
  const loss = F.mseLoss(model(series.at(":", ":-1")), series.at(":", "1:"));
  loss.backward();
  nn.utils.clipGradNorm_(model.parameters(), 0.5);
  optimizer.step();
}
