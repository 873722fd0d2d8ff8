// A sine fitted by a + b * P3(c + d * x), where P3 is an autograd Function with a derivative of its own.
import * as torch from "torchlet";

class LegendrePolynomial3 extends torch.autograd.Function {
  static forward(ctx, input) {
    ctx.saveForBackward(input);
    return input.pow(3).mul(5).sub(input.mul(3)).mul(0.5);
  }

  static backward(ctx, gradOutput) {
    const [input] = ctx.savedTensors;
    return gradOutput.mul(1.5).mul(input.pow(2).mul(5).sub(1));
  }
}

const x = torch.linspace(-Math.PI, Math.PI, 2000);
const y = torch.sin(x);
const a = torch.full([], 0, { requiresGrad: true });
const b = torch.full([], -1, { requiresGrad: true });
const c = torch.full([], 0, { requiresGrad: true });
const d = torch.full([], 0.3, { requiresGrad: true });

const learningRate = 5e-6;
for (let t = 0; t < 2000; t++) {
  const P3 = LegendrePolynomial3.apply;
  const yPred = a.add(b.mul(P3(c.add(d.mul(x)))));
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

console.log(`Result: y = ${a.item()} + ${b.item()} * P3(${c.item()} + ${d.item()} x)`);
