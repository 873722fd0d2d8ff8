// A cubic fitted to sin(x): autograd derives the gradients.
import * as torch from "torchlet";

torch.manualSeed(0);
const x = torch.linspace(-Math.PI, Math.PI, 2000);
const y = torch.sin(x);
const a = torch.randn([], { requiresGrad: true });
const b = torch.randn([], { requiresGrad: true });
const c = torch.randn([], { requiresGrad: true });
const d = torch.randn([], { requiresGrad: true });

const learningRate = 1e-6;
for (let t = 0; t < 2000; t++) {
  const yPred = a
    .add(b.mul(x))
    .add(c.mul(x.pow(2)))
    .add(d.mul(x.pow(3)));
  const loss = yPred.sub(y).pow(2).sum();
  if (t % 100 === 99) console.log(t, loss.item());

  loss.backward();
  torch.noGrad(() => {
    for (const p of [a, b, c, d]) {
      p.sub_(p.grad.mul(learningRate));
      p.grad = null;
    }
  });
}

console.log(`Result: y = ${a.item()} + ${b.item()} x + ${c.item()} x^2 + ${d.item()} x^3`);
