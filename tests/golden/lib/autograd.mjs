// The autograd programs, written in JavaScript. A program returns its result, or throws where PyTorch does.
import { expectSame } from "./compare.mjs";
import { mustThrow, Unrepresentable } from "./outcome.mjs";

const ones = (torch) => torch.ones(2, { requiresGrad: true });
const leaf = (torch, data) => torch.tensor(data, { requiresGrad: true });

export const programs = {
  backward_twice_retain(torch) {
    const x = ones(torch);
    const y = x.mul(x).sum();
    y.backward({ retainGraph: true });
    y.backward();
    return x.grad;
  },
  nonscalar_backward(torch) {
    ones(torch).mul(2).backward();
  },
  nonscalar_backward_grad(torch) {
    const x = ones(torch);
    x.mul(2).backward(torch.tensor([1, 10]));
    return x.grad;
  },
  backward_grad_shape(torch) {
    ones(torch).mul(2).backward(torch.ones(3));
  },
  no_grad_backward(torch) {
    torch.ones(2).sum().backward();
  },
  leaf_view_inplace(torch) {
    ones(torch).put_([0], 5);
  },
  inplace_version(torch) {
    const x = ones(torch);
    const y = x.mul(2);
    const z = y.mul(y);
    y.add_(1);
    z.sum().backward();
  },
  accumulate(torch) {
    const x = ones(torch);
    x.mul(3).sum().backward();
    x.mul(4).sum().backward();
    return x.grad;
  },
  shared_use(torch) {
    const x = leaf(torch, [2, 3]);
    x.mul(x).add(x).sum().backward();
    return x.grad;
  },
  int_requires_grad(torch) {
    torch.tensor([1n, 2n], { requiresGrad: true });
  },
  int_requires_grad_(torch) {
    torch.tensor([1n, 2n]).requiresGrad_();
  },
  grad_api(torch) {
    const x = leaf(torch, [2, 3]);
    const [g] = torch.autograd.grad(x.pow(3).sum(), x);
    return g;
  },
  grad_api_unused(torch) {
    const [x, y] = [ones(torch), ones(torch)];
    torch.autograd.grad(x.mul(2).sum(), [x, y]);
  },
  grad_api_allow_unused(torch) {
    const [x, y] = [ones(torch), ones(torch)];
    const [, second] = torch.autograd.grad(x.mul(2).sum(), [x, y], { allowUnused: true });
    return second === null;
  },
  double_backward(torch) {
    const x = leaf(torch, [2, 3]);
    const [g] = torch.autograd.grad(x.pow(3).sum(), x, { createGraph: true });
    const [second] = torch.autograd.grad(g.sum(), x);
    return second;
  },
  hook(torch) {
    const x = ones(torch);
    const y = x.mul(2);
    y.registerHook((g) => g.mul(10));
    y.sum().backward();
    return x.grad;
  },
  leaf_flags(torch) {
    const a = torch.ones(2);
    const b = ones(torch);
    const c = b.mul(1);
    return [a.isLeaf, b.isLeaf, c.isLeaf, a.gradFn === null, c.gradFn === null];
  },
  view_inplace_grad(torch) {
    const x = torch.ones(3, { requiresGrad: true });
    const y = x.mul(2);
    y.put_([0], 10);
    y.mul(y).sum().backward();
    return x.grad;
  },
  view_inplace_grad2(torch) {
    const x = torch.arange(4, { dtype: torch.float32, requiresGrad: true });
    const y = x.mul(1);
    y.at("1:3").mul_(3);
    y.sum().backward();
    return x.grad;
  },
  max_ties(torch) {
    const x = leaf(torch, [1, 3, 3]);
    x.max().backward();
    return x.grad;
  },
  maximum_ties(torch) {
    const [x, y] = [leaf(torch, [1, 2]), leaf(torch, [1, 1])];
    torch.maximum(x, y).sum().backward();
    return [x.grad, y.grad];
  },
  abs_zero(torch) {
    const x = leaf(torch, [0, -1]);
    x.abs().sum().backward();
    return x.grad;
  },
  sqrt_zero(torch) {
    const x = torch.zeros(2, { requiresGrad: true });
    x.sqrt().sum().backward();
    return x.grad;
  },
  clamp_edges(torch) {
    const x = leaf(torch, [-1, 0, 0.5, 1, 2]);
    x.clamp(0, 1).sum().backward();
    return x.grad;
  },
  prod_zero(torch) {
    const x = leaf(torch, [2, 0, 3]);
    x.prod().backward();
    return x.grad;
  },
  prod_two_zeros(torch) {
    const x = leaf(torch, [2, 0, 0]);
    x.prod().backward();
    return x.grad;
  },
  where_nan(torch) {
    const x = leaf(torch, [0, 4]);
    torch.where(x.gt(0), x.sqrt(), torch.zeros(2)).sum().backward();
    return x.grad;
  },
  sort_backward(torch) {
    const x = leaf(torch, [3, 1, 2]);
    const [values] = x.sort();
    values
      .mul(torch.tensor([1, 10, 100]))
      .sum()
      .backward();
    return x.grad;
  },
  cumprod_zero(torch) {
    const x = leaf(torch, [2, 0, 3]);
    x.cumprod(0).sum().backward();
    return x.grad;
  },
  module_zero_grad(torch) {
    const m = new torch.nn.Linear(2, 1);
    m(torch.ones(1, 2)).sum().backward();
    m.zeroGrad({ setToNone: true });
    return m.weight.grad === null;
  },
  state_dict_unexpected(torch) {
    const m = new torch.nn.Linear(2, 1);
    m.loadStateDict({ weight: torch.ones(1, 2), bias: torch.ones(1), extra: torch.ones(1) });
  },
  custom_function(torch) {
    class Product extends torch.autograd.Function {
      static forward(ctx, a, b) {
        ctx.saveForBackward(a, b);
        return a.mul(b);
      }
      static backward(ctx, g) {
        const [, b] = ctx.savedTensors;
        return [g.mul(b).mul(2), null];
      }
    }
    const x = ones(torch);
    const y = torch.full([2], 3, { requiresGrad: true });
    Product.apply(x, y).sum().backward();
    return [x.grad, y.grad === null];
  },
  saved_after_free(torch) {
    const y = ones(torch).exp().sum();
    y.backward();
    y.backward();
  },
  retain_add_only(torch) {
    const x = ones(torch);
    const y = x.add(1).sum();
    y.backward();
    y.backward();
    return x.grad;
  },
  type_cast_grad(torch) {
    const x = ones(torch);
    x.double().mul(2).sum().backward();
    return x.grad;
  },
  // JavaScript cannot refuse `if (tensor)`; asking for the one value is the same question.
  bool_ambiguous(torch) {
    Boolean(torch.ones(2).item());
  },
};

export function runAutogradCase(lib, fixture, testCase, all) {
  const program = all.autograd[testCase.id.split("/")[1]];
  if (!program) throw new Unrepresentable("no program for " + testCase.id);
  lib.seed(0);
  if ("raises" in testCase) return mustThrow(() => program(lib.torch, lib), testCase.message);
  return expectSame(
    lib,
    program(lib.torch, lib),
    fixture.decode(testCase.result),
    { rtol: 1e-5, atol: 1e-6 },
    "result",
  );
}
