// The same small program on every runtime: a gradient, a module, an optimizer, printed text.

/** @param torch the library's namespace @returns plain data, the same everywhere */
export function smoke(torch) {
  const x = torch.tensor([1, 2, 3], { requiresGrad: true });
  x.mul(2).sum().backward();

  torch.manualSeed(0);
  const inputs = torch.randn(64, 2);
  const targets = inputs.matmul(torch.tensor([[2], [-3]])).add(1);
  const model = new torch.nn.Linear(2, 1);
  const optimizer = new torch.optim.SGD(model.parameters(), { lr: 0.1 });
  const losses = [];
  for (let step = 0; step < 100; step++) {
    const loss = model(inputs).sub(targets).pow(2).mean();
    optimizer.zeroGrad();
    loss.backward();
    optimizer.step();
    losses.push(loss.item());
  }
  return {
    gradient: x.grad.tolist(),
    text: [String(x.grad), String(model), String(x.mul(2))],
    losses: [losses[0], losses.at(-1)],
    weight: model.weight.tolist().flat(),
    bias: model.bias.tolist(),
  };
}
