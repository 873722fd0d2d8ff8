import { describe, expect, test } from "vitest";
import * as torch from "../../ts/index.ts";
import { sines } from "./sines.ts";

const { grad } = torch.autograd;
const { NaN: nan } = globalThis;
type Tensor = torch.Tensor;
const leaf = (values: number[] | number[][]) => torch.tensor(values).requiresGrad_();
const gradOf = (x: Tensor) => x.grad!.tolist();

describe("backward", () => {
  test("sums over all ways, adds to what is there, and leaves a graph that is freed", () => {
    const x = leaf([1, 2]);
    const y = x.mul(x).add(x.mul(3));
    y.sum().backward();
    expect(gradOf(x)).toEqual([5, 7]);
    expect(() => y.sum().backward()).toThrow(/second time/);
    x.mul(2).sum().backward();
    expect(gradOf(x)).toEqual([7, 9]);
    x.grad = null;
    const z = x.exp().log().sum();
    z.backward({ retainGraph: true });
    z.backward();
    expect(gradOf(x)).toEqual([2, 2]);
  });

  test("wants a gradient for several elements, of the right shape", () => {
    const x = leaf([1, 2]);
    expect(() => x.mul(2).backward()).toThrow(torch.AutogradError);
    expect(() => x.mul(2).backward(torch.ones([3]))).toThrow(torch.ShapeError);
    expect(() => torch.ones([1]).backward()).toThrow(/does not require grad/);
    x.mul(2).backward(torch.tensor([1, 10]));
    expect(gradOf(x)).toEqual([2, 20]);
  });

  test("reduces gradients to broadcast shapes and to the inputs' dtypes", () => {
    const row = leaf([1, 2, 3]),
      one = torch.tensor(2, { requiresGrad: true });
    row.double().expand([4, 3]).mul(one).sum().backward();
    expect(gradOf(row)).toEqual([8, 8, 8]);
    expect(row.grad!.dtype).toBe(torch.float32);
    expect(one.grad!.item()).toBe(24);
  });

  test("to chosen inputs only; several roots at once", () => {
    const [x, y] = [leaf([1]), leaf([2])];
    x.mul(y).backward({ inputs: [x] });
    expect(gradOf(x)).toEqual([2]);
    expect(y.grad).toBe(null);
    torch.autograd.backward([x.mul(3), y.mul(4)], [torch.ones([1]), torch.ones([1])]);
    expect([gradOf(x), gradOf(y)]).toEqual([[5], [4]]);
  });

  test("a long chain needs no stack", () => {
    const x = leaf([1]);
    let y: Tensor = x;
    for (let i = 0; i < 20000; i++) y = y.add(1);
    y.backward();
    expect(gradOf(x)).toEqual([1]);
  });
});

describe("autograd.grad", () => {
  test("touches no .grad, reaches inner tensors, names what is unused", () => {
    const [x, z] = [leaf([3]), leaf([1])];
    const y = x.mul(2);
    const [gx, gy] = grad(y.square(), [x, y]) as [Tensor, Tensor];
    expect([gx.item(), gy.item(), x.grad]).toEqual([24, 12, null]);
    expect(() => grad(x.mul(2), [x, z])).toThrow(/input 1/);
    expect(grad(x.mul(2), [x, z], { allowUnused: true })[1]).toBe(null);
  });
  test("of gradients", () => {
    const x = leaf([2]);
    const [first] = grad(x.pow(4), x, { createGraph: true }) as [Tensor];
    const [second] = grad(first, x, { createGraph: true }) as [Tensor];
    second.backward();
    expect([first.item(), second.item(), x.grad!.item()]).toEqual([32, 48, 48]);
  });
});

describe("leaves, hooks and modes", () => {
  test("flags of leaves and of what is made from them", () => {
    const x = leaf([1]);
    const y = x.mul(2);
    expect([x.isLeaf, y.isLeaf, y.requiresGrad, y.detach().requiresGrad]).toEqual([true, false, true, false]);
    expect(() => y.requiresGrad_(false)).toThrow(torch.AutogradError);
    expect(() => torch.tensor([1n]).requiresGrad_()).toThrow(torch.AutogradError);
    expect(String(y.gradFn)).toBe("<MulBackward0>");
    expect(y.gradFn!.nextFunctions[0]![0]!.name()).toBe("AccumulateGrad");
    torch.noGrad(() => {
      x.add_(1);
      expect(x.mul(2).requiresGrad).toBe(false);
    });
    expect([x.isLeaf, x.item()]).toEqual([true, 2]);
    torch.noGrad(() => torch.enableGrad(() => expect(x.mul(2).requiresGrad).toBe(true)));
    expect(() => torch.noGrad(async () => 1)).toThrow(torch.ValueError);
  });

  test("hooks see gradients and may replace them, until removed; retainGrad", () => {
    const x = leaf([1]);
    const seen: number[] = [];
    const run = () => {
      const y = x.mul(2);
      const handle = y.registerHook((g) => {
        seen.push(g.item() as number);
        return g.mul(10);
      });
      y.registerHook((g) => g.add(1));
      y.retainGrad();
      y.mul(3).backward();
      handle.remove();
      return y.grad!.item();
    };
    expect(run()).toBe(31);
    expect([seen, gradOf(x)]).toEqual([[3], [62]]);
    x.grad = null;
    const handle = x.registerHook((g) => g.neg());
    x.mul(2).backward();
    handle.remove();
    x.mul(2).backward();
    expect(gradOf(x)).toEqual([0]);
  });

  test("inference tensors stay off the tape", () => {
    const fixed = torch.inferenceMode(() => torch.ones([2]));
    const x = leaf([1, 2]);
    expect([fixed.isInference(), x.isInference()]).toEqual([true, false]);
    expect(() => x.mul(fixed)).toThrow(/cannot be saved for backward/);
    expect(() => fixed.add_(1)).toThrow(/outside inferenceMode/);
    expect(() => fixed.requiresGrad_()).toThrow(torch.AutogradError);
    expect(x.add(fixed).requiresGrad).toBe(true);
    expect(x.mul(fixed.clone()).requiresGrad).toBe(true);
    torch.inferenceMode(() => {
      fixed.add_(1);
      expect(x.mul(2).requiresGrad).toBe(false);
      expect(x.view(2).isInference()).toBe(false);
    });
    expect(fixed.tolist()).toEqual([2, 2]);
  });

  test("anomaly mode tells where the op was called and finds NaN", () => {
    const x = leaf([-1]);
    torch.autograd.detectAnomaly(() => {
      const y = x.sqrt();
      expect(() => y.backward()).toThrow(/nan/i);
    });
  });
});

describe("in-place ops on the tape", () => {
  test("through views of views, and views made before the base changed", () => {
    const x = leaf([1, 2, 3, 4]);
    const y = x.mul(1);
    y.narrow(0, 0, 2).mul_(2);
    y.narrow(0, 1, 2).mul_(3);
    y.sum().backward();
    expect(gradOf(x)).toEqual([2, 6, 3, 1]);
    x.grad = null;
    const z = x.clone();
    z.view(2, 2)
      .t()
      .mul_(
        torch.tensor([
          [1, 2],
          [3, 4],
        ]),
      );
    z.sum().backward();
    expect(gradOf(x)).toEqual([1, 3, 2, 4]);
    x.grad = null;
    const base = x.mul(2);
    const part = base.select(0, 0);
    base.mul_(3);
    part.square().backward();
    expect(gradOf(x)).toEqual([72, 0, 0, 0]);
  });

  test("writing a tracked value into an untracked base", () => {
    const w = leaf([3, 4]);
    const out = torch.zeros([2, 2]);
    out.select(0, 1).copy_(w.mul(2));
    expect([out.requiresGrad, String(out.gradFn)]).toEqual([true, "<CopySlices>"]);
    out.sum().backward();
    expect(gradOf(w)).toEqual([2, 2]);
  });

  test("what is saved must not change, not even through a detached view", () => {
    const x = leaf([1]);
    const y = x.exp();
    y.add_(1);
    expect(() => y.backward()).toThrow(/\[torch.FloatTensor \[1\]\].* is at version 1; expected version 0/);
    const z = x.exp();
    z.detach().add_(1);
    expect(() => z.backward()).toThrow(/modified by an inplace operation/);
    const sum = x.add(1);
    sum.mul_(2);
    sum.backward();
    expect(gradOf(x)).toEqual([2]);
  });

  test("leaves and several views of one op refuse", () => {
    const x = leaf([1, 2]);
    expect(() => x.mul_(2)).toThrow(/a leaf tensor/);
    expect(() => x.select(0, 0).mul_(2)).toThrow(/a view of a leaf/);
    expect(() => x.mul(1).unbind()[0]!.mul_(2)).toThrow(/multiple views/);
    expect(x.tolist()).toEqual([1, 2]);
  });
});

describe("Function", () => {
  class Cube extends torch.autograd.Function {
    static override forward(ctx: torch.autograd.FunctionContext, x: Tensor) {
      ctx.saveForBackward(x);
      return x.pow(3);
    }
    static override backward(ctx: torch.autograd.FunctionContext, g: Tensor) {
      const [x] = ctx.savedTensors as [Tensor];
      return g.mul(x.square()).mul(3);
    }
  }
  test("has a gradient, and a second one where backward can be differentiated", () => {
    const x = leaf([2]);
    const y = Cube.apply(x) as Tensor;
    expect(y.gradFn!.name()).toBe("CubeBackward");
    const [g] = grad(y, x, { createGraph: true }) as [Tensor];
    g.backward();
    expect([g.item(), x.grad!.item()]).toEqual([12, 12]);
    expect(torch.autograd.gradgradcheck((t) => Cube.apply(t) as Tensor, [sines([3], 1, true)])).toBe(true);
  });

  test("tells which inputs want a gradient; unused outputs give zeros, or null on request", () => {
    let needs: boolean[] = [];
    const seen: unknown[] = [];
    class Pair extends torch.autograd.Function {
      static override forward(ctx: torch.autograd.FunctionContext, x: Tensor, y: Tensor, whole: boolean) {
        ctx.setMaterializeGrads(whole);
        return [x.mul(2), y.mul(3)];
      }
      static override backward(ctx: torch.autograd.FunctionContext, a: Tensor, b: Tensor | null) {
        needs = [...ctx.needsInputGrad];
        seen.push(b === null ? null : b.tolist());
        return [a.mul(2), null, null];
      }
    }
    const x = leaf([2, 1]);
    for (const whole of [true, false])
      (Pair.apply(x, torch.ones([2]), whole) as Tensor[])[0]!.sum().backward();
    expect(gradOf(x)).toEqual([4, 4]);
    expect(seen).toEqual([[0, 0], null]);
    expect(needs).toEqual([true, false, false]);
  });

  test("may change its input, and give what has no gradient", () => {
    class Add extends torch.autograd.Function {
      static override forward(ctx: torch.autograd.FunctionContext, x: Tensor) {
        x.add_(1);
        ctx.markDirty(x);
        return x;
      }
      static override backward(_ctx: torch.autograd.FunctionContext, g: Tensor) {
        return g.mul(2);
      }
    }
    const x = leaf([1, 2]);
    const y = x.mul(1);
    expect(Add.apply(y)).toBe(y);
    y.sum().backward();
    expect([gradOf(x), y.tolist()]).toEqual([
      [2, 2],
      [2, 3],
    ]);
    class Order extends torch.autograd.Function {
      static override forward(ctx: torch.autograd.FunctionContext, t: Tensor) {
        const at = t.argsort();
        ctx.markNonDifferentiable(at);
        return [t.mul(1), at];
      }
      static override backward(_ctx: torch.autograd.FunctionContext, g: Tensor) {
        return g;
      }
    }
    const [same, at] = Order.apply(x) as [Tensor, Tensor];
    expect([same.requiresGrad, at.requiresGrad]).toEqual([true, false]);
  });
});

describe("gradcheck", () => {
  test("finds a wrong gradient, and NaN where only one side has it", () => {
    class Wrong extends torch.autograd.Function {
      static override forward(_ctx: torch.autograd.FunctionContext, x: Tensor) {
        return x.mul(2);
      }
      static override backward(_ctx: torch.autograd.FunctionContext, g: Tensor) {
        return g.mul(3);
      }
    }
    const x = sines([2], 1, true);
    expect(() => torch.autograd.gradcheck((t) => Wrong.apply(t) as Tensor, [x])).toThrow(/Jacobian mismatch/);
    expect(torch.autograd.gradcheck((t) => Wrong.apply(t) as Tensor, [x], { raiseException: false })).toBe(
      false,
    );
    expect(() => torch.autograd.gradcheck((t) => t.mul(2), [leaf([1])])).toThrow(torch.DtypeError);
    const where = leaf([0, 1]);
    torch.where(where.gt(0), where.sqrt(), 0).sum().backward();
    expect(gradOf(where)).toEqual([nan, 0.5]);
  });
});

test("a context without a callback changes nothing before `using` takes it, as PyTorch's", () => {
  torch.noGrad();
  expect(torch.isGradEnabled()).toBe(true);
  {
    using _ = torch.noGrad();
    expect(torch.isGradEnabled()).toBe(false);
    {
      using _ = torch.enableGrad();
      expect(torch.isGradEnabled()).toBe(true);
    }
    expect(torch.isGradEnabled()).toBe(false);
  }
  expect(torch.isGradEnabled()).toBe(true);
  const before = torch.setGradEnabled(false);
  expect(torch.isGradEnabled()).toBe(false);
  before[Symbol.dispose]();
  expect(torch.isGradEnabled()).toBe(true);
});
