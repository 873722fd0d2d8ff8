// A cubic fitted to sin(x) with tensors; the gradients are still derived by hand.
import * as torch from "torchlet";

torch.manualSeed(0);
const x = torch.linspace(-Math.PI, Math.PI, 2000);
const y = torch.sin(x);
const a = torch.randn([]);
const b = torch.randn([]);
const c = torch.randn([]);
const d = torch.randn([]);

const learningRate = 1e-6;
for (let t = 0; t < 2000; t++) {
  const yPred = a
    .add(b.mul(x))
    .add(c.mul(x.pow(2)))
    .add(d.mul(x.pow(3)));
  const loss = yPred.sub(y).pow(2).sum().item();
  if (t % 100 === 99) console.log(t, loss);

  const gradYPred = yPred.sub(y).mul(2);
  a.sub_(gradYPred.sum().mul(learningRate));
  b.sub_(gradYPred.mul(x).sum().mul(learningRate));
  c.sub_(gradYPred.mul(x.pow(2)).sum().mul(learningRate));
  d.sub_(gradYPred.mul(x.pow(3)).sum().mul(learningRate));
}

console.log(`Result: y = ${a.item()} + ${b.item()} x + ${c.item()} x^2 + ${d.item()} x^3`);
