// A cubic fitted to sin(x) as a linear layer over the powers of x.
import * as torch from "torchlet";
import { nn } from "torchlet";

torch.manualSeed(0);
const x = torch.linspace(-Math.PI, Math.PI, 2000);
const y = torch.sin(x);

// [2000, 3]: each row holds x, x^2 and x^3 of one point.
const powers = x.unsqueeze(-1).pow(torch.tensor([1n, 2n, 3n]));

const model = new nn.Sequential(new nn.Linear(3, 1), new nn.Flatten(0, 1));
const lossFn = new nn.MSELoss({ reduction: "sum" });

const learningRate = 1e-6;
for (const t of torch.steps(2000)) {
  const loss = lossFn(model(powers), y);
  if (t % 100 === 99) console.log(t, loss.item());

  model.zeroGrad();
  loss.backward();
  torch.noGrad(() => {
    for (const p of model.parameters()) p.sub_(p.grad.mul(learningRate));
  });
}

const { weight, bias } = model[0];
const [b, c, d] = [0, 1, 2].map((power) => weight.at(":", power).item());
console.log(`Result: y = ${bias.item()} + ${b} x + ${c} x^2 + ${d} x^3`);
