import { describe, expect, test } from "vitest";
import * as torch from "../../ts/index.ts";
import { closeTo, sines } from "./sines.ts";

const { nn } = torch;

class Net extends nn.Module {
  conv = new nn.Conv2d(1, 2, 3, { padding: 1 });
  norm: torch.nn.BatchNorm2d;
  constructor() {
    super();
    this.norm = new nn.BatchNorm2d(2);
    this.head = new nn.Sequential(new nn.Flatten(), new nn.Linear(32, 3, { bias: false }));
  }
  head: torch.nn.Sequential;
  override forward(x: torch.Tensor, scale = 1): torch.Tensor {
    return this.head(this.norm(this.conv(x)).mul(scale));
  }
}

/** A module without types, as JavaScript users write it. */
function plain(): torch.nn.Module {
  class Plain extends nn.Module {
    override forward(x: torch.Tensor): torch.Tensor {
      return x;
    }
  }
  return new Plain();
}

describe("Module", () => {
  test("is called like a function, is an instance of its class, and keeps no name or length of a function", () => {
    const net = new Net();
    const y: torch.Tensor = net(torch.ones(2, 1, 4, 4), 2);
    expect(y.shape).toEqual([2, 3]);
    expect(net).toBeInstanceOf(Net);
    expect(net).toBeInstanceOf(nn.Module);
    expect(net.constructor.name).toBe("Net");
    expect(Object.hasOwn(net, "name") || Object.hasOwn(net, "length")).toBe(false);
    // @ts-expect-error: the arguments are those of forward
    expect(() => net("x")).toThrow(torch.TorchError);
  });

  test("finds parameters, buffers and modules in its properties, in PyTorch's order", () => {
    const net = new Net();
    expect([...net.namedParameters()].map(([name]) => name)).toEqual([
      "conv.weight",
      "conv.bias",
      "norm.weight",
      "norm.bias",
      "head.1.weight",
    ]);
    expect(Object.keys(net.stateDict())).toEqual([
      "conv.weight",
      "conv.bias",
      "norm.weight",
      "norm.bias",
      "norm.running_mean",
      "norm.running_var",
      "norm.num_batches_tracked",
      "head.1.weight",
    ]);
    expect([...net.namedModules()].map(([name]) => name)).toEqual([
      "",
      "conv",
      "norm",
      "head",
      "head.0",
      "head.1",
    ]);
    expect([...net.children()]).toEqual([net.conv, net.norm, net.head]);
    expect(net.getSubmodule("head.1")).toBe(net.head[1]);
    expect(net.getParameter("conv.weight")).toBe(net.conv.weight);
  });

  test("counts a parameter set later, a shared one once, and none inside arrays", () => {
    const holder = plain() as torch.nn.Module & Record<string, unknown>;
    const shared = new nn.Linear(2, 2);
    holder.a = shared;
    holder.b = shared;
    holder.list = [new nn.Linear(2, 2)];
    holder.scale = new nn.Parameter(torch.ones(3));
    expect([...holder.namedParameters()].map(([name]) => name)).toEqual(["scale", "a.weight", "a.bias"]);
    expect(Object.keys(holder.stateDict())).toEqual(["scale", "a.weight", "a.bias", "b.weight", "b.bias"]);
  });

  test("prints as PyTorch does", () => {
    expect(String(new Net())).toBe(`Net(
  (conv): Conv2d(1, 2, kernel_size=(3, 3), stride=(1, 1), padding=(1, 1))
  (norm): BatchNorm2d(2, eps=1e-05, momentum=0.1, affine=True, track_running_stats=True)
  (head): Sequential(
    (0): Flatten(start_dim=1, end_dim=-1)
    (1): Linear(in_features=32, out_features=3, bias=False)
  )
)`);
    expect(String(new nn.Parameter(torch.ones(2)))).toBe(
      "Parameter containing:\ntensor([1., 1.], requires_grad=True)",
    );
  });

  test("loads a state, and writes nothing unless all of it fits", () => {
    const from = new Net(),
      to = new Net();
    expect(to.loadStateDict(from.stateDict())).toEqual({ missingKeys: [], unexpectedKeys: [] });
    closeTo(to.conv.weight.detach(), from.conv.weight.detach());
    const before = to.conv.bias!.detach().clone();
    expect(() =>
      to.loadStateDict({ "conv.bias": before.add(1), "norm.weight": torch.ones(5), extra: torch.ones(1) }),
    ).toThrow(
      /Missing key\(s\) in state_dict: "conv.weight"[\s\S]*Unexpected key\(s\) in state_dict: "extra"[\s\S]*size mismatch for norm.weight: copying a param with shape torch.Size\(\[5\]\) from checkpoint, the shape in current model is torch.Size\(\[2\]\)/,
    );
    closeTo(to.conv.bias!.detach(), before);
    const partial = to.loadStateDict({ "conv.bias": before.add(1), extra: before }, { strict: false });
    expect(partial.unexpectedKeys).toEqual(["extra"]);
    closeTo(to.conv.bias!.detach(), before.add(1));
  });

  test("switches modes, dtypes and gradients of everything inside", () => {
    const net = new Net();
    expect(net.eval().norm.training).toBe(false);
    expect(net.train().norm.training).toBe(true);
    const { weight } = net.conv;
    expect(String(net.double().conv.weight.dtype)).toBe("torch.float64");
    expect(net.conv.weight).toBe(weight);
    expect(String(net.norm.num_batches_tracked?.dtype)).toBe("torch.int64");
    net(sines([2, 1, 4, 4]))
      .sum()
      .backward();
    expect(weight.grad?.shape).toEqual([2, 1, 3, 3]);
    net.zeroGrad();
    expect(weight.grad).toBeNull();
    expect(net.requiresGrad_(false).conv.weight.requiresGrad).toBe(false);
    const order: string[] = [];
    net.apply((m) => order.push(m.constructor.name));
    expect(order).toEqual(["Conv2d", "BatchNorm2d", "Flatten", "Linear", "Sequential", "Net"]);
  });

  test("runs hooks before, after and on the way back", () => {
    const layer = new nn.Linear(3, 2);
    const handles = [
      layer.registerForwardPreHook((_m, [x]) => (x as torch.Tensor).mul(2)),
      layer.registerForwardHook((_m, _inputs, y) => y.add(1)),
    ];
    const x = torch.ones(1, 3);
    closeTo(layer(x).detach(), x.mul(2).matmul(layer.weight.t()).add(layer.bias!).add(1).detach(), 1e-6);
    for (const handle of handles) handle.remove();
    closeTo(layer(x).detach(), x.matmul(layer.weight.t()).add(layer.bias!).detach(), 1e-6);
    const seen: number[][] = [];
    layer.registerFullBackwardHook((_m, gradInput, gradOutput) => {
      seen.push([...gradInput[0]!.shape], [...gradOutput[0]!.shape]);
      return [gradInput[0]!.mul(10)];
    });
    const leaf = torch.ones(4, 3, { requiresGrad: true });
    layer(leaf).sum().backward();
    expect(seen).toEqual([
      [4, 3],
      [4, 2],
    ]);
    closeTo(leaf.grad!, layer.weight.detach().sum(0).mul(10).expand(4, 3).contiguous(), 1e-6);
  });

  test("names inputs of built-in modules, and options of constructors", () => {
    const layer = new nn.Linear(3, { outFeatures: 2 } as never);
    expect(layer({ input: torch.ones(4, 3) } as never).shape).toEqual([4, 2]);
    expect(() => new nn.Linear(3, 2, { biases: true } as never)).toThrow(/unknown option "biases"/);
  });
});

describe("containers", () => {
  test("Sequential indexes, slices, grows and iterates", () => {
    const model = new nn.Sequential(new nn.Linear(2, 3), new nn.Identity(), new nn.Linear(3, 1));
    expect(model.length).toBe(3);
    expect(model[0]).toBe(model.at(0));
    expect(model.at(-1)).toBe(model[2]);
    expect(model.at("1:").length).toBe(2);
    expect([...model]).toEqual([model[0], model[1], model[2]]);
    expect(model.append(new nn.Identity()).length).toBe(4);
    expect(() => model.at(9)).toThrow(torch.IndexError);
    expect(
      Object.keys(new nn.Sequential({ fc: new nn.Linear(1, 1), act: new nn.Identity() }).stateDict()),
    ).toEqual(["fc.weight", "fc.bias"]);
  });

  test("lists and dictionaries hold modules and parameters", () => {
    const list = new nn.ModuleList<torch.nn.Module>([new nn.Linear(1, 1)]);
    list.append(new nn.Identity()).insert(0, new nn.Flatten());
    expect([...list].map((m) => m.constructor.name)).toEqual(["Flatten", "Linear", "Identity"]);
    const dict = new nn.ModuleDict({ a: new nn.Linear(1, 1), b: new nn.Identity() });
    expect([...dict]).toEqual(["a", "b"]);
    expect(dict.at("a")).toBeInstanceOf(nn.Linear);
    expect(() => dict.set("forward", new nn.Identity())).toThrow(torch.ValueError);
    expect([...new nn.ParameterList([torch.ones(2)]).parameters()].length).toBe(1);
    expect(Object.keys(new nn.ParameterDict({ w: torch.ones(2) }).stateDict())).toEqual(["w"]);
  });
});
