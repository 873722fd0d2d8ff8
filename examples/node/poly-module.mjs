// A cubic fitted to sin(x) as a module of one's own.
import * as torch from "torchlet";
import { nn, optim } from "torchlet";

class Polynomial3 extends nn.Module {
  constructor() {
    super();
    this.a = new nn.Parameter(torch.randn([]));
    this.b = new nn.Parameter(torch.randn([]));
    this.c = new nn.Parameter(torch.randn([]));
    this.d = new nn.Parameter(torch.randn([]));
  }

  forward(x) {
    return this.a
      .add(this.b.mul(x))
      .add(this.c.mul(x.pow(2)))
      .add(this.d.mul(x.pow(3)));
  }

  string() {
    const [a, b, c, d] = [...this.parameters()].map((p) => p.item());
    return `y = ${a} + ${b} x + ${c} x^2 + ${d} x^3`;
  }
}

torch.manualSeed(0);
const x = torch.linspace(-Math.PI, Math.PI, 2000);
const y = torch.sin(x);

const model = new Polynomial3();
const criterion = new nn.MSELoss({ reduction: "sum" });
const optimizer = new optim.SGD(model.parameters(), { lr: 1e-6 });

for (const t of torch.steps(2000)) {
  const loss = criterion(model(x), y);
  if (t % 100 === 99) console.log(t, loss.item());

  optimizer.zeroGrad();
  loss.backward();
  optimizer.step();
}

console.log(`Result: ${model.string()}`);
