// Tutorials: a network of two layers, from matrix products to modules and optimizers.
import { namedParameters, optimize } from "./tutorial-loops.mjs";

const [N, D_IN, HIDDEN, D_OUT] = [64, 1000, 100, 10];

function twoLayerData(torch, R) {
  torch.manualSeed(R.seed);
  const x = torch.randn(N, D_IN);
  const y = torch.randn(N, D_OUT);
  R.data({ x, y });
  return [x, y];
}

function twoManual(torch, R) {
  const [x, y] = twoLayerData(torch, R);
  const w1 = torch.randn(D_IN, HIDDEN);
  const w2 = torch.randn(HIDDEN, D_OUT);
  R.initial({ w1, w2 });
  for (const t of torch.steps(500)) {
    const h = x.mm(w1);
    const hRelu = h.clamp({ min: 0 });
    const yPred = hRelu.mm(w2);
    R.trace(t, yPred.sub(y).pow(2).sum().item());
    const g = yPred.sub(y).mul(2);
    const gradW2 = hRelu.t().mm(g);
    const gradH = g.mm(w2.t()).clone();
    gradH.put_([h.lt(0)], 0);
    w1.sub_(x.t().mm(gradH).mul(1e-6));
    w2.sub_(gradW2.mul(1e-6));
  }
  R.final({ w1, w2 });
}

export function twoAutogradWith(torch, R, relu) {
  const [x, y] = twoLayerData(torch, R);
  const w1 = torch.randn(D_IN, HIDDEN, { requiresGrad: true });
  const w2 = torch.randn(HIDDEN, D_OUT, { requiresGrad: true });
  R.initial({ w1, w2 });
  for (const t of torch.steps(500)) {
    const loss = relu(x.mm(w1)).mm(w2).sub(y).pow(2).sum();
    R.trace(t, loss.item());
    loss.backward();
    torch.noGrad(() => {
      for (const w of [w1, w2]) {
        w.sub_(w.grad.mul(1e-6));
        w.grad.zero_();
      }
    });
  }
  R.final({ w1, w2 });
}

const twoLayers = ({ nn }) =>
  new nn.Sequential(new nn.Linear(D_IN, HIDDEN), new nn.ReLU(), new nn.Linear(HIDDEN, D_OUT));

function twoNn(torch, R) {
  const [x, y] = twoLayerData(torch, R);
  const model = twoLayers(torch);
  R.initial(namedParameters(model));
  const lossFn = new torch.nn.MSELoss({ reduction: "sum" });
  for (const t of torch.steps(500)) {
    const loss = lossFn(model(x), y);
    R.trace(t, loss.item());
    model.zeroGrad();
    loss.backward();
    torch.noGrad(() => {
      for (const p of model.parameters()) p.sub_(p.grad.mul(1e-4));
    });
  }
  R.final(namedParameters(model));
}

function twoOptim(torch, R) {
  const [x, y] = twoLayerData(torch, R);
  const model = twoLayers(torch);
  const lossFn = new torch.nn.MSELoss({ reduction: "sum" });
  const optimizer = new torch.optim.Adam(model.parameters(), { lr: 1e-4 });
  optimize(
    torch,
    R,
    model,
    optimizer,
    () => lossFn(model(x), y),
    500,
    (t, v) => R.trace(t, v),
  );
}

function twoModule(torch, R) {
  class TwoLayerNet extends torch.nn.Module {
    constructor() {
      super();
      this.linear1 = new torch.nn.Linear(D_IN, HIDDEN);
      this.linear2 = new torch.nn.Linear(HIDDEN, D_OUT);
    }
    forward(x) {
      return this.linear2(this.linear1(x).clamp({ min: 0 }));
    }
  }
  const [x, y] = twoLayerData(torch, R);
  const model = new TwoLayerNet();
  const criterion = new torch.nn.MSELoss({ reduction: "sum" });
  const optimizer = new torch.optim.SGD(model.parameters(), { lr: 1e-4 });
  optimize(
    torch,
    R,
    model,
    optimizer,
    () => criterion(model(x), y),
    500,
    (t, v) => R.trace(t, v),
  );
}

export const programs = {
  two_manual: twoManual,
  two_autograd: (torch, R) => twoAutogradWith(torch, R, (h) => h.clamp({ min: 0 })),
  two_nn: twoNn,
  two_optim: twoOptim,
  two_module: twoModule,
};
