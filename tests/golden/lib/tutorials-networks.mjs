// Tutorials: LeNet, digits, a recurrent network, and normalised layers.
import { gradFnName } from "./printing.mjs";
import { namedParameters, train } from "./tutorial-loops.mjs";

export function defineLeNet(torch) {
  const { nn } = torch;
  const F = nn.functional;
  return class Net extends nn.Module {
    constructor(kernel = 3) {
      super();
      this.conv1 = new nn.Conv2d(1, 6, kernel);
      this.conv2 = new nn.Conv2d(6, 16, kernel);
      const side = kernel === 3 ? 6 : 5;
      this.fc1 = new nn.Linear(16 * side * side, 120);
      this.fc2 = new nn.Linear(120, 84);
      this.fc3 = new nn.Linear(84, 10);
    }
    forward(x) {
      x = F.maxPool2d(F.relu(this.conv1(x)), [2, 2]);
      x = F.maxPool2d(F.relu(this.conv2(x)), 2);
      x = x.view(-1, this.numFlatFeatures(x));
      x = F.relu(this.fc1(x));
      x = F.relu(this.fc2(x));
      return this.fc3(x);
    }
    numFlatFeatures(x) {
      return [...x.size()].slice(1).reduce((p, q) => p * q, 1);
    }
  };
}

/** Names along the backward graph, as the program walks it. */
function walkGraph(node) {
  const chain = [];
  while (node) {
    const next = [...node.nextFunctions].map(([f]) => f);
    chain.push([gradFnName(node), next.map(gradFnName)]);
    node = next.find((f) => f && !["AccumulateGrad", "TBackward0"].includes(gradFnName(f)));
  }
  return chain;
}

const gradients = (prefix, net) =>
  Object.fromEntries([...net.namedParameters()].map(([n, p]) => [prefix + n, p.grad.clone()]));

export function leNet(torch, R, kernel = 3) {
  torch.manualSeed(R.seed);
  const net = new (defineLeNet(torch))(kernel);
  R.initial(namedParameters(net));
  const input = torch.randn(1, 1, 32, 32);
  R.data({ input });
  const out = net(input);
  R.data({ out });
  net.zeroGrad();
  const v = torch.randn(1, 10);
  R.data({ v });
  out.backward(v);
  R.data(gradients("grad_v.", net));
  const output = net(input);
  const target = torch.randn(10).view(1, -1);
  R.data({ target });
  const criterion = new torch.nn.MSELoss();
  const loss = criterion(output, target);
  R.loss(0, loss.item());
  R.extra("graph", walkGraph(loss.gradFn));
  net.zeroGrad();
  loss.backward();
  R.data(gradients("grad_mse.", net));
  for (const p of net.parameters()) p.data.sub_(p.grad.data.mul(0.01));
  const optimizer = new torch.optim.SGD(net.parameters(), { lr: 0.01 });
  for (const t of torch.steps(5)) {
    optimizer.zeroGrad();
    const value = criterion(net(input), target);
    R.loss(t + 1, value.item());
    value.backward();
    optimizer.step();
  }
  R.final(namedParameters(net));
}

function digitSets(torch, R, train = 160) {
  const images = R.given("images");
  const labels = R.given("labels");
  R.data({ images, labels });
  const x = images.float().div(255);
  const y = labels.long();
  const { TensorDataset } = torch.utils.data;
  return [
    new TensorDataset(x.at(`:${train}`), y.at(`:${train}`)),
    new TensorDataset(x.at(`${train}:`), y.at(`${train}:`)),
  ];
}

/** A user's own dataset: `length` and `at(index)`. */
function logged(torch, dataset, order) {
  class Logged extends torch.utils.data.Dataset {
    get length() {
      return dataset.length;
    }
    at(index) {
      order.push(Number(index));
      return dataset.at(index);
    }
  }
  return new Logged();
}

function fit(torch, R, [trainSet, validSet], model, optimizer, shuffle, asImages) {
  const { DataLoader } = torch.utils.data;
  const crossEntropy = torch.nn.functional.crossEntropy;
  const order = [];
  const trainLoader = new DataLoader(logged(torch, trainSet, order), { batchSize: 32, shuffle });
  const validLoader = new DataLoader(validSet, { batchSize: 64 });
  const prepared = (x) => (asImages ? x.view(-1, 1, 28, 28) : x);
  let step = 0;
  for (let epoch = 0; epoch < 4; epoch++) {
    model.train();
    for (const [xb, yb] of trainLoader) {
      const loss = crossEntropy(model(prepared(xb)), yb);
      R.trace(step++, loss.item());
      loss.backward();
      optimizer.step();
      optimizer.zeroGrad();
    }
    model.eval();
    let [total, count] = [0, 0];
    torch.noGrad(() => {
      for (const [xb, yb] of validLoader) {
        const size = xb.size(0);
        total += crossEntropy(model(prepared(xb)), yb).item() * size;
        count += size;
      }
    });
    R.loss(epoch, total / count);
  }
  R.data({ order: torch.tensor(Int32Array.from(order)) });
  R.final(namedParameters(model));
}

function mnistLogisticManual(torch, R) {
  const { nn } = torch;
  class MnistLogistic extends nn.Module {
    constructor() {
      super();
      this.weights = new nn.Parameter(torch.randn(784, 10).div(Math.sqrt(784)));
      this.bias = new nn.Parameter(torch.zeros(10));
    }
    forward(xb) {
      return xb.matmul(this.weights).add(this.bias);
    }
  }
  torch.manualSeed(R.seed);
  const sets = digitSets(torch, R);
  const model = new MnistLogistic();
  R.initial(namedParameters(model));
  fit(torch, R, sets, model, new torch.optim.SGD(model.parameters(), { lr: 0.1 }), false, false);
}

function mnistLogistic(torch, R) {
  const { nn } = torch;
  class MnistLogistic extends nn.Module {
    constructor() {
      super();
      this.lin = new nn.Linear(784, 10);
    }
    forward(xb) {
      return this.lin(xb);
    }
  }
  torch.manualSeed(R.seed);
  const sets = digitSets(torch, R);
  const model = new MnistLogistic();
  R.initial(namedParameters(model));
  fit(
    torch,
    R,
    sets,
    model,
    new torch.optim.SGD(model.parameters(), { lr: 0.1, momentum: 0.9 }),
    true,
    false,
  );
}

function mnistCnn(torch, R) {
  const { nn } = torch;
  class MnistCnn extends nn.Module {
    constructor() {
      super();
      this.conv1 = new nn.Conv2d(1, 16, { kernelSize: 3, stride: 2, padding: 1 });
      this.conv2 = new nn.Conv2d(16, 16, { kernelSize: 3, stride: 2, padding: 1 });
      this.conv3 = new nn.Conv2d(16, 10, { kernelSize: 3, stride: 2, padding: 1 });
      this.relu = new nn.ReLU();
      this.pooling = new nn.AdaptiveAvgPool2d(1);
    }
    forward(xb) {
      for (const conv of [this.conv1, this.conv2, this.conv3]) xb = this.relu(conv(xb));
      xb = this.pooling(xb);
      return xb.view(-1, xb.size(1));
    }
  }
  torch.manualSeed(R.seed);
  const sets = digitSets(torch, R);
  const model = new MnistCnn();
  R.initial(namedParameters(model));
  fit(torch, R, sets, model, new torch.optim.SGD(model.parameters(), { lr: 0.1, momentum: 0.9 }), true, true);
}

function lstmSine(torch, R) {
  const { nn } = torch;
  class SineLSTM extends nn.Module {
    constructor() {
      super();
      this.rnn = new nn.LSTM(1, 12, { numLayers: 2, batchFirst: true });
      this.head = new nn.Linear(12, 1);
    }
    forward(x) {
      const [h] = this.rnn(x);
      return this.head(h);
    }
  }
  torch.manualSeed(R.seed);
  const t = torch.linspace(0, 12, 61);
  const phase = torch.arange(6, { dtype: torch.float32 }).unsqueeze(1).mul(0.7);
  const series = torch.sin(t.unsqueeze(0).add(phase)).unsqueeze(-1);
  R.data({ series });
  const model = new SineLSTM();
  const optimizer = new torch.optim.Adam(model.parameters(), { lr: 0.01 });
  const loss = () => nn.functional.mseLoss(model(series.at(":", ":-1")), series.at(":", "1:"));
  train(torch, R, model, optimizer, loss, 30, { clip: 0.5 });
}

function bnMlp(torch, R) {
  const { nn } = torch;
  torch.manualSeed(R.seed);
  const x = torch.randn(60, 6);
  const y = x.at(":", 0).mul(x.at(":", 1)).gt(0).long().add(x.at(":", 2).gt(0.5).long());
  R.data({ x, y });
  const model = new nn.Sequential(
    new nn.Linear(6, 16),
    new nn.BatchNorm1d(16),
    new nn.LeakyReLU(0.1),
    new nn.Linear(16, 8, { bias: false }),
    new nn.LayerNorm(8),
    new nn.GELU(),
    new nn.Linear(8, 3),
  );
  const optimizer = new torch.optim.AdamW(model.parameters(), { lr: 0.02, weightDecay: 0.05 });
  const scheduler = new torch.optim.lrScheduler.CosineAnnealingLR(optimizer, 30);
  const loss = (i) => {
    model.train();
    const batch = `${(i % 3) * 20}:${(i % 3) * 20 + 20}`;
    return nn.functional.crossEntropy(model(x.at(batch)), y.at(batch), { labelSmoothing: 0.05 });
  };
  train(torch, R, model, optimizer, loss, 30, { scheduler });
  model.eval();
  torch.noGrad(() => R.data({ eval_out: model(x) }));
}

export const programs = {
  lenet: leNet,
  mnist_logistic_manual: mnistLogisticManual,
  mnist_logistic: mnistLogistic,
  mnist_cnn: mnistCnn,
  lstm_sine: lstmSine,
  bn_mlp: bnMlp,
};
