// A network of two layers: autograd derives the gradients.
import * as torch from "torchlet";

torch.manualSeed(0);
const [N, dIn, H, dOut] = [64, 1000, 100, 10];
const x = torch.randn(N, dIn);
const y = torch.randn(N, dOut);
const w1 = torch.randn(dIn, H, { requiresGrad: true });
const w2 = torch.randn(H, dOut, { requiresGrad: true });

const learningRate = 1e-6;
for (let t = 0; t < 500; t++) {
  const yPred = x.mm(w1).clamp({ min: 0 }).mm(w2);
  const loss = yPred.sub(y).pow(2).sum();
  if (t % 100 === 99) console.log(t, loss.item());

  loss.backward();
  torch.noGrad(() => {
    w1.sub_(w1.grad.mul(learningRate));
    w2.sub_(w2.grad.mul(learningRate));
    w1.grad.zero_();
    w2.grad.zero_();
  });
}
