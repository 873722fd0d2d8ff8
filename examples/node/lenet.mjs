// LeNet: a network's text and sizes, its graph of gradients, a step by hand and steps by SGD.
import * as torch from "torchlet";
import { F, nn, optim } from "torchlet";
import { print } from "./lib/print.mjs";

class Net extends nn.Module {
  constructor() {
    super();
    this.conv1 = new nn.Conv2d(1, 6, 3);
    this.conv2 = new nn.Conv2d(6, 16, 3);
    this.fc1 = new nn.Linear(16 * 6 * 6, 120);
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
    return x
      .size()
      .slice(1)
      .reduce((product, size) => product * size, 1);
  }
}

torch.manualSeed(0);
const net = new Net();
console.log(net);

const params = [...net.parameters()];
print(params.length);
print(params[0].size());

const input = torch.randn(1, 1, 32, 32);
const out = net(input);
console.log(out);

// Gradients of a weighted sum of the outputs.
net.zeroGrad();
out.backward(torch.randn(1, 10));

const output = net(input);
const target = torch.randn(10).view(1, -1);
const criterion = new nn.MSELoss();
const loss = criterion(output, target);
console.log(loss);

// The graph, from the loss backwards.
const [linear] = loss.gradFn.nextFunctions[0];
const [bias] = linear.nextFunctions[0];
for (const node of [loss.gradFn, linear, bias]) console.log(node.name());

// Zeros instead of null, as before PyTorch 2.
net.zeroGrad({ setToNone: false });
console.log("conv1.bias.grad before backward");
console.log(net.conv1.bias.grad);
loss.backward();
console.log("conv1.bias.grad after backward");
console.log(net.conv1.bias.grad);

// A step by hand, then by an optimizer.
const learningRate = 0.01;
for (const p of net.parameters()) p.data.sub_(p.grad.data.mul(learningRate));

const optimizer = new optim.SGD(net.parameters(), { lr: 0.01 });
for (let t = 0; t < 5; t++) {
  optimizer.zeroGrad();
  const loss = criterion(net(input), target);
  loss.backward();
  optimizer.step();
}
