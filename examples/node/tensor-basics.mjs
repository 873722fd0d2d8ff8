// Tensors: creation, operations, in-place forms, views, sharing with typed arrays; the basics of autograd.
import * as torch from "torchlet";
import { print } from "./lib/print.mjs";

torch.manualSeed(0);

// Creation.
print(torch.rand(5, 3));
print(torch.zeros(5, 3, { dtype: torch.long }));
print(torch.tensor([5.5, 3]));
const tensor2 = torch.tensor([5.5, 3]).newOnes(5, 3, { dtype: torch.double });
print(tensor2);
const tensor3 = torch.randnLike(tensor2, { dtype: torch.float });
print("tensor3: ", tensor3);
print(tensor3.size());

// Operations: as a method, as a function, into a given tensor, in place.
const tensor4 = torch.rand(5, 3);
print("tensor3 + tensor4= ", tensor3.add(tensor4));
print("tensor3 + tensor4= ", torch.add(tensor3, tensor4));
const result = torch.zeros(5, 3);
torch.add(tensor3, tensor4, { out: result });
print("add result= ", result);
tensor3.add_(tensor4);
print("tensor3= ", tensor3);
print(tensor3.at(":", 0));

// Views.
{
  const x = torch.randn(4, 4);
  const y = x.view(16);
  const z = x.view(-1, 8);
  print(x.size(), y.size(), z.size());
}
{
  const x = torch.randn(1);
  print(x);
  print(x.item());
}

// Views and typed arrays share memory.
{
  const a = torch.ones(5);
  print(a);
  const b = a.view(5);
  a.add_(1);
  print(a);
  print(b);
  const array = new Float64Array(5).fill(1);
  const c = torch.fromTypedArray(array);
  c.add_(1);
  print(c);
}

// Autograd.
{
  const x = torch.ones(2, 2, { requiresGrad: true });
  print(x);
  const y = x.add(2);
  print(y);
  print(y.gradFn.name());
  const z = y.mul(y).mul(3);
  const out = z.mean();
  print("z=", z);
  print("out=", out);

  let a = torch.randn(2, 2);
  a = a.mul(3).div(a.sub(1));
  print(a.requiresGrad);
  a.requiresGrad_(true);
  print(a.requiresGrad);
  const b = a.mul(a).sum();
  print(b.gradFn.name());

  out.backward();
  print(x.grad);
}

// The product of a vector and the Jacobian.
{
  const x = torch.randn(3, { requiresGrad: true });
  let y = x.mul(2);
  while (y.data.norm().item() < 1000) y = y.mul(2);
  print(y);
  const v = torch.tensor([0.1, 1.0, 0.0001], { dtype: torch.float });
  y.backward(v);
  print(x.grad);
  print(x.requiresGrad);
  print(x.pow(2).requiresGrad);
  torch.noGrad(() => print(x.pow(2).requiresGrad));
}

// Indexing, types, comparison.
print(torch.randn(2, 3));
{
  const x = torch.arange(12).reshape(3, 4);
  print(x, x.t(), x.at(1), x.at(1, 2), x.at(":", "1:3"), x.float().mean(0));
  print(torch.cat([x, x], 1));
  print(x.shape, x.dtype, x.device, x.numel(), x.dim());
  print(x.at(x.gt(5)));
  print(torch.allclose(x.float(), x.float().add(1e-9)), torch.equal(x, x));
}
