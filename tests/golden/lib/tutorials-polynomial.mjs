// Tutorials: a cubic fitted to a sine, from plain tensors to a dynamic module.
import { namedParameters, optimize } from "./tutorial-loops.mjs";

const PI = Math.PI;

function sineData(torch) {
  const x = torch.linspace(-PI, PI, 2000);
  return [x, torch.sin(x)];
}
const powers = (torch, x) => x.unsqueeze(-1).pow(torch.tensor([1n, 2n, 3n]));
const reportEvery = (R, every, t, value) => {
  if (t % every === every - 1) R.loss(t, value);
};

function cubic(x, a, b, c, d) {
  return a
    .add(b.mul(x))
    .add(c.mul(x.pow(2)))
    .add(d.mul(x.pow(3)));
}

function polyNumpy(torch, R) {
  const x = torch.linspace(-PI, PI, 2000, { dtype: torch.float64 });
  const y = x.sin();
  let [a, b, c, d] = ["a", "b", "c", "d"].map((k) => R.given(k).item());
  R.initial({ a, b, c, d });
  const lr = 1e-6;
  for (const t of torch.steps(2000)) {
    const yPred = x.mul(b).add(a).add(x.pow(2).mul(c)).add(x.pow(3).mul(d));
    reportEvery(R, 100, t, yPred.sub(y).square().sum().item());
    const g = yPred.sub(y).mul(2);
    a -= lr * g.sum().item();
    b -= lr * g.mul(x).sum().item();
    c -= lr * g.mul(x.pow(2)).sum().item();
    d -= lr * g.mul(x.pow(3)).sum().item();
  }
  R.final({ a, b, c, d });
}

function polyTensors(torch, R) {
  torch.manualSeed(R.seed);
  const [x, y] = sineData(torch);
  const [a, b, c, d] = [0, 1, 2, 3].map(() => torch.randn([]));
  R.initial({ a, b, c, d });
  const lr = 1e-6;
  for (const t of torch.steps(2000)) {
    const yPred = cubic(x, a, b, c, d);
    reportEvery(R, 100, t, yPred.sub(y).pow(2).sum().item());
    const g = yPred.sub(y).mul(2);
    a.sub_(g.sum().mul(lr));
    b.sub_(g.mul(x).sum().mul(lr));
    c.sub_(g.mul(x.pow(2)).sum().mul(lr));
    d.sub_(g.mul(x.pow(3)).sum().mul(lr));
  }
  R.final({ a, b, c, d });
}

function descend(torch, parameters, lr) {
  torch.noGrad(() => {
    for (const p of parameters) {
      p.sub_(p.grad.mul(lr));
      p.grad = null;
    }
  });
}

function polyAutograd(torch, R) {
  torch.manualSeed(R.seed);
  const [x, y] = sineData(torch);
  const [a, b, c, d] = [0, 1, 2, 3].map(() => torch.randn([], { requiresGrad: true }));
  R.initial({ a, b, c, d });
  for (const t of torch.steps(2000)) {
    const loss = cubic(x, a, b, c, d).sub(y).pow(2).sum();
    reportEvery(R, 100, t, loss.item());
    loss.backward();
    descend(torch, [a, b, c, d], 1e-6);
  }
  R.final({ a, b, c, d });
}

function polyLegendre(torch, R) {
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
  const [x, y] = sineData(torch);
  const off = R.seed === 0 ? 0 : 0.05;
  const [a, b, c, d] = [off, -1 + off, 0, 0.3].map((v) => torch.full([], v, { requiresGrad: true }));
  R.initial({ a, b, c, d });
  for (const t of torch.steps(2000)) {
    const yPred = a.add(b.mul(LegendrePolynomial3.apply(c.add(d.mul(x)))));
    const loss = yPred.sub(y).pow(2).sum();
    reportEvery(R, 100, t, loss.item());
    loss.backward();
    descend(torch, [a, b, c, d], 5e-6);
  }
  R.final({ a, b, c, d });
}

const linearModel = ({ nn }) => new nn.Sequential(new nn.Linear(3, 1), new nn.Flatten(0, 1));

function polyNn(torch, R) {
  torch.manualSeed(R.seed);
  const [x, y] = sineData(torch);
  const xx = powers(torch, x);
  const model = linearModel(torch);
  R.initial(namedParameters(model));
  const lossFn = new torch.nn.MSELoss({ reduction: "sum" });
  for (const t of torch.steps(2000)) {
    const loss = lossFn(model(xx), y);
    reportEvery(R, 100, t, loss.item());
    model.zeroGrad();
    loss.backward();
    torch.noGrad(() => {
      for (const p of model.parameters()) p.sub_(p.grad.mul(1e-6));
    });
  }
  R.final(namedParameters(model));
}

function polyOptim(torch, R) {
  torch.manualSeed(R.seed);
  const [x, y] = sineData(torch);
  const xx = powers(torch, x);
  const model = linearModel(torch);
  const lossFn = new torch.nn.MSELoss({ reduction: "sum" });
  const optimizer = new torch.optim.RMSprop(model.parameters(), { lr: 1e-3 });
  optimize(
    torch,
    R,
    model,
    optimizer,
    () => lossFn(model(xx), y),
    2000,
    (t, v) => reportEvery(R, 100, t, v),
  );
}

function polyModule(torch, R) {
  class Polynomial3 extends torch.nn.Module {
    constructor() {
      super();
      for (const n of "abcd") this[n] = new torch.nn.Parameter(torch.randn([]));
    }
    forward(x) {
      return cubic(x, this.a, this.b, this.c, this.d);
    }
  }
  torch.manualSeed(R.seed);
  const [x, y] = sineData(torch);
  const model = new Polynomial3();
  const criterion = new torch.nn.MSELoss({ reduction: "sum" });
  const optimizer = new torch.optim.SGD(model.parameters(), { lr: 1e-6 });
  optimize(
    torch,
    R,
    model,
    optimizer,
    () => criterion(model(x), y),
    2000,
    (t, v) => reportEvery(R, 100, t, v),
  );
}

function polyDynamic(torch, R) {
  const draws = R.given("draws").tolist();
  let drawn = 0;
  class DynamicNet extends torch.nn.Module {
    constructor() {
      super();
      for (const n of "abcde") this[n] = new torch.nn.Parameter(torch.randn([]));
    }
    forward(x) {
      let y = cubic(x, this.a, this.b, this.c, this.d);
      const end = draws[drawn++];
      for (let exp = 4; exp < end; exp++) y = y.add(this.e.mul(x.pow(exp)));
      return y;
    }
  }
  torch.manualSeed(R.seed);
  const [x, y] = sineData(torch);
  const model = new DynamicNet();
  const criterion = new torch.nn.MSELoss({ reduction: "sum" });
  const optimizer = new torch.optim.SGD(model.parameters(), { lr: 1e-8, momentum: 0.9 });
  optimize(
    torch,
    R,
    model,
    optimizer,
    () => criterion(model(x), y),
    30000,
    (t, v) => reportEvery(R, 2000, t, v),
  );
}

export const programs = {
  poly_numpy: polyNumpy,
  poly_tensors: polyTensors,
  poly_autograd: polyAutograd,
  poly_legendre: polyLegendre,
  poly_nn: polyNn,
  poly_optim: polyOptim,
  poly_module: polyModule,
  poly_dynamic: polyDynamic,
};
