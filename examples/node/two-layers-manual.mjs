// A network of two layers, 1000 -> 100 -> 10, with gradients derived by hand.
import * as torch from "torchlet";

torch.manualSeed(0);
const [N, dIn, H, dOut] = [64, 1000, 100, 10];
const x = torch.randn(N, dIn);
const y = torch.randn(N, dOut);
const w1 = torch.randn(dIn, H);
const w2 = torch.randn(H, dOut);

const learningRate = 1e-6;
for (let t = 0; t < 500; t++) {
  const h = x.mm(w1);
  const hRelu = h.clamp({ min: 0 });
  const yPred = hRelu.mm(w2);

  const loss = yPred.sub(y).pow(2).sum().item();
  if (t % 100 === 99) console.log(t, loss);

  const gradYPred = yPred.sub(y).mul(2);
  const gradW2 = hRelu.t().mm(gradYPred);
  const gradH = gradYPred.mm(w2.t()).clone();
  gradH.put_([h.lt(0)], 0);
  const gradW1 = x.t().mm(gradH);

  w1.sub_(gradW1.mul(learningRate));
  w2.sub_(gradW2.mul(learningRate));
}
