// A network of two layers whose ReLU is an autograd Function.
import * as torch from "torchlet";

class MyReLU extends torch.autograd.Function {
  static forward(ctx, input) {
    ctx.saveForBackward(input);
    return input.clamp({ min: 0 });
  }

  static backward(ctx, gradOutput) {
    const [input] = ctx.savedTensors;
    const gradInput = gradOutput.clone();
    gradInput.put_([input.lt(0)], 0);
    return gradInput;
  }
}

torch.manualSeed(0);
const [N, dIn, H, dOut] = [64, 1000, 100, 10];
const x = torch.randn(N, dIn);
const y = torch.randn(N, dOut);
const w1 = torch.randn(dIn, H, { requiresGrad: true });
const w2 = torch.randn(H, dOut, { requiresGrad: true });

const learningRate = 1e-6;
for (let t = 0; t < 500; t++) {
  const relu = MyReLU.apply;
  const yPred = relu(x.mm(w1)).mm(w2);
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
