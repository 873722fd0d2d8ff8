// A polynomial whose degree is drawn anew at each step, with one weight shared by the fourth and fifth power.
// `--plain` runs the loop without scopes: somewhat slower, and it leaks as little.
import * as torch from "torchlet";
import { nn, optim } from "torchlet";
import { PythonRandom } from "./lib/pythonrandom.mjs";

const random = new PythonRandom(0);

class DynamicNet extends nn.Module {
  constructor() {
    super();
    for (const name of "abcde") this[name] = new nn.Parameter(torch.randn([]));
  }

  forward(x) {
    let y = this.a
      .add(this.b.mul(x))
      .add(this.c.mul(x.pow(2)))
      .add(this.d.mul(x.pow(3)));
    const end = random.randint(4, 6);
    for (let exp = 4; exp < end; exp++) y = y.add(this.e.mul(x.pow(exp)));
    return y;
  }

  string() {
    const [a, b, c, d, e] = [...this.parameters()].map((p) => p.item());
    return `y = ${a} + ${b} x + ${c} x^2 + ${d} x^3 + ${e} x^4 ? + ${e} x^5 ?`;
  }
}

torch.manualSeed(0);
const x = torch.linspace(-Math.PI, Math.PI, 2000);
const y = torch.sin(x);

const model = new DynamicNet();
const criterion = new nn.MSELoss({ reduction: "sum" });
const optimizer = new optim.SGD(model.parameters(), { lr: 1e-8, momentum: 0.9 });

function step(t) {
  const loss = criterion(model(x), y);
  if (t % 2000 === 1999) console.log(t, loss.item());

  optimizer.zeroGrad();
  loss.backward();
  optimizer.step();
}

if (process.argv.includes("--plain")) {
  for (let t = 0; t < 30000; t++) step(t);
} else {
  for (const t of torch.steps(30000)) step(t);
}

console.log(`Result: ${model.string()}`);
