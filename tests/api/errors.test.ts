// Wrong use is an error of the library that names the op, the values and the rule, and leaves every tensor as it was.
import { describe, expect, it } from "vitest";
import * as torch from "../../dist/index.js";

const { nn } = torch;
const F = nn.functional;

/** What a failed call must leave alone. */
const stateOf = (x: torch.Tensor) => ({
  text: String(x),
  shape: [...x.shape],
  strides: [...x.stride()],
  requiresGrad: x.requiresGrad,
  grad: x.grad === null ? null : String(x.grad),
  isLeaf: x.isLeaf,
});

type ErrorClass = new (...args: never[]) => Error;

/** Expects `call` to throw `kind` with all of `words` in its message, and the tensors to be what they were. */
function expectRefusal(
  tensors: torch.Tensor[],
  call: (...tensors: torch.Tensor[]) => unknown,
  kind: ErrorClass,
  words: (string | RegExp)[],
): void {
  const before = tensors.map(stateOf);
  let failure: unknown;
  try {
    call(...tensors);
  } catch (error) {
    failure = error;
  }
  expect(failure).toBeInstanceOf(torch.TorchError);
  expect(failure).toBeInstanceOf(kind);
  const { message } = failure as Error;
  for (const word of words) expect(message).toMatch(word);
  expect(tensors.map(stateOf)).toEqual(before);
}

const ramp = (...shape: number[]) => {
  const count = shape.reduce((p, q) => p * q, 1);
  return torch.tensor(Float32Array.from({ length: count }, (_, i) => i)).view(...shape);
};
const leaf = (...shape: number[]) => ramp(...shape).requiresGrad_();

it.each<[string, () => unknown]>([
  ["rmsNorm", () => F.rmsNorm(torch.ones(3), 3, 5 as never)],
  ["histogram", () => torch.histogram(torch.ones(3), 2, { weight: [1, 2] as never })],
  ["RMSNorm", () => new nn.RMSNorm(null as never)],
  ["LayerNorm", () => new nn.LayerNorm(null as never)],
  [
    "AdaptiveLogSoftmaxWithLoss",
    () => new nn.AdaptiveLogSoftmaxWithLoss(8, 10, 3 as never).forward(null as never, null as never),
  ],
])("%s refuses an argument of a wrong kind", (_, call) => expect(call).toThrow(torch.TorchError));

describe("shapes", () => {
  it.each<[string, number[][], (...tensors: torch.Tensor[]) => unknown, RegExp[]]>([
    [
      "add",
      [
        [2, 3],
        [2, 4],
      ],
      (a, b) => a.add(b),
      [/^add: /, /\[2, 3\]/, /\[2, 4\]/],
    ],
    [
      "add_",
      [
        [2, 3],
        [4, 2, 3],
      ],
      (a, b) => a.add_(b),
      [/^add_: /, /\[2, 3\]/, /\[4, 2, 3\]/],
    ],
    [
      "add with out",
      [[2], [2], [3]],
      (a, b, out) => torch.add(a, b.view(2, 1).expand(2, 2), { out: out.view(3, 1).expand(3, 2) }),
      [/^add: /],
    ],
    [
      "matmul",
      [
        [64, 1000],
        [100, 10],
      ],
      (a, b) => a.matmul(b),
      [/^matmul: /, /\[64, 1000\]/, /\[100, 10\]/, /1000/],
    ],
    [
      "mm",
      [
        [2, 3, 4],
        [4, 2],
      ],
      (a, b) => a.mm(b),
      [/^mm: /, /\[2, 3, 4\]/],
    ],
    ["view", [[2, 3]], (a) => a.view(4, 2), [/^view: /, /\[4, 2\]/, /6|\[2, 3\]/]],
    ["view of a transpose", [[2, 3]], (a) => a.t().view(6), [/^view: /, /reshape|contiguous/]],
    ["reshape", [[2, 3]], (a) => a.reshape(-1, 4), [/^reshape: /, /4/]],
    ["expand", [[2, 3]], (a) => a.expand(4, 3), [/^expand: /, /\[4, 3\]/, /\[2, 3\]/]],
    [
      "cat",
      [
        [2, 3],
        [3, 2],
      ],
      (a, b) => torch.cat([a, b]),
      [/^cat: /, /\[3, 2\]/],
    ],
    [
      "stack",
      [
        [2, 3],
        [3, 2],
      ],
      (a, b) => torch.stack([a, b]),
      [/^stack: /, /\[3, 2\]/],
    ],
    [
      "conv2d",
      [
        [1, 3, 8, 8],
        [4, 2, 3, 3],
      ],
      (x, w) => F.conv2d(x, w),
      [/^conv2d: /, /3/, /2/],
    ],
    [
      "linear",
      [
        [5, 4],
        [2, 3],
      ],
      (x, w) => F.linear(x, w),
      [/^linear: /, /\[5, 4\]/, /\[2, 3\]/],
    ],
    [
      "crossEntropy",
      [[4, 3]],
      (x) => F.crossEntropy(x, torch.zeros(5, { dtype: torch.int64 })),
      [/^crossEntropy: /, /4/, /5/],
    ],
    ["put_", [[2, 3]], (x) => x.put_([0], torch.ones(4)), [/^put_: /, /\[4\]/]],
    [
      "a gradient",
      [[2, 3]],
      (x) => x.clone().requiresGrad_().mul(2).backward(torch.ones(3)),
      [/^backward: /, /\[3\]/, /\[2, 3\]/],
    ],
  ])("%s", (_, shapes, call, words) => {
    expectRefusal(
      shapes.map((shape) => ramp(...shape)),
      call,
      torch.ShapeError,
      words,
    );
  });
});

describe("dtypes", () => {
  it("a float result does not fit into integers", () => {
    expectRefusal([torch.tensor([1n, 2n])], (x) => x.add_(0.5), torch.DtypeError, [
      /^add_: /,
      /float32/,
      /int64/,
    ]);
    expectRefusal([torch.tensor([1n, 2n])], (x) => x.div_(2), torch.DtypeError, [
      /^div_: /,
      /float32/,
      /int64/,
    ]);
  });
  it("products want one dtype", () => {
    expectRefusal([ramp(2, 2), ramp(2, 2).double()], (a, b) => a.mm(b), torch.DtypeError, [
      /^mm: /,
      /float32/,
      /float64/,
    ]);
  });
  it("bool has no subtraction and no mean", () => {
    expectRefusal([torch.tensor([true])], (x) => x.sub(x), torch.DtypeError, [/^sub: /, /bool/]);
    expectRefusal([torch.tensor([1n])], (x) => x.mean(), torch.DtypeError, [/^mean: /, /int64/]);
  });
  it("bool has no kernel where PyTorch 1.13 has none", () => {
    const x = torch.ones(2, 2, { dtype: torch.bool }),
      at = torch.tensor([0n, 1n]);
    for (const f of [
      () => x.trace(),
      () => x.kthvalue(1),
      () => x.topk(1),
      () => torch.nn.functional.threshold(x, 0, 1),
      () => x.addcmul(x, x),
      () => torch.searchsorted(x, x),
      () => torch.bucketize(x, x.at(0)),
      () => x.indexReduce(0, at, x, "prod"),
      () => torch.gradient(x),
      () => torch.gradient(x.to(torch.uint8)),
      () => x.long().round({ decimals: 0 }),
      () => x.add(1, { alpha: true }),
    ])
      expect(f).toThrow(torch.DtypeError);
    expect(x.add(x, { alpha: false }).all().item()).toBe(true);
    expect(torch.addr(x, x.at(0), x.at(0), { beta: 0 }).dtype).toBe(torch.bool);
  });
  it("only floats require gradients", () => {
    expectRefusal([torch.tensor([1n])], (x) => x.requiresGrad_(), torch.AutogradError, [
      /^requiresGrad/,
      /int64/,
    ]);
  });
  it("a name that is no dtype", () => {
    expectRefusal([], () => torch.zeros(2, { dtype: "float31" as never }), torch.DtypeError, [
      /float31/,
      /float32/,
    ]);
  });
});

describe("devices", () => {
  it("there is only the processor", () => {
    expectRefusal([], () => torch.zeros(2, { device: "cuda" }), torch.ValueError, [/cuda/, /cpu/]);
    expectRefusal([ramp(2)], (x) => x.to("cuda:0"), torch.ValueError, [/cuda:0/, /cpu/]);
    expectRefusal([], () => torch.device("abacus"), torch.ValueError, [/abacus/, /cpu/]);
    expect(torch.cuda.isAvailable()).toBe(false);
  });
});

describe("dimensions and indices", () => {
  it.each<[string, (x: torch.Tensor) => unknown, RegExp[]]>([
    ["sum", (x) => x.sum(2), [/^sum: /, /2/, /-2.*1/]],
    ["softmax", (x) => x.softmax(-3), [/^softmax: /, /-3/]],
    ["transpose", (x) => x.transpose(0, 5), [/^transpose: /, /5/]],
    ["select", (x) => x.select(0, 2), [/^select: /, /2/]],
    ["at", (x) => x.at(0, 3), [/^at: /, /3/]],
    ["at with too many", (x) => x.at(0, 0, 0), [/^at: /, /3/, /2/]],
    ["narrow", (x) => x.narrow(1, 4, 1), [/^narrow: /, /4/, /3/]],
    ["size", (x) => x.size(2), [/^size: /, /2/]],
    ["unsqueeze", (x) => x.unsqueeze(4), [/^unsqueeze: /, /4/]],
    ["gather", (x) => x.gather(1, torch.tensor([[3n]])), [/^gather: /, /3/]],
    ["indexSelect", (x) => x.indexSelect(0, torch.tensor([-1n])), [/^indexSelect: /, /-1/]],
    ["put_", (x) => x.put_([2], 1), [/^put_: /, /2/]],
  ])("%s", (_, call, words) => {
    expectRefusal([ramp(2, 3)], call, torch.IndexError, words);
  });
  it("a class that is not there", () => {
    expectRefusal([ramp(2, 3)], (x) => F.crossEntropy(x, torch.tensor([0n, 3n])), torch.IndexError, [
      /^crossEntropy: /,
      /3/,
    ]);
    expectRefusal([ramp(4, 2)], (w) => F.embedding(torch.tensor([4n]), w), torch.IndexError, [
      /^embedding: /,
      /4/,
    ]);
  });
});

describe("autograd", () => {
  it("backward() of several elements", () => {
    expectRefusal([leaf(3)], (x) => x.mul(2).backward(), torch.AutogradError, [
      /^backward: /,
      /\[3\]/,
      /scalar/,
    ]);
  });
  it("backward() of what has no graph", () => {
    expectRefusal([ramp(3)], (x) => x.sum().backward(), torch.AutogradError, [/does not require grad/]);
  });
  it("a second backward()", () => {
    const x = leaf(3);
    const loss = x.mul(x).sum();
    loss.backward();
    expectRefusal([x], () => loss.backward(), torch.AutogradError, [/second time/, /retainGraph/]);
  });
  it("an in-place op on a leaf", () => {
    expectRefusal([leaf(3)], (x) => x.add_(1), torch.AutogradError, [/^add_: /, /leaf/]);
    expectRefusal([torch.ones(3).requiresGrad_()], (x) => x.at("1:").zero_(), torch.AutogradError, [
      /^zero_: /,
      /leaf/,
    ]);
  });
  it("a saved tensor that changed", () => {
    const x = leaf(3);
    const y = x.exp();
    y.add_(1);
    expectRefusal([x], () => y.sum().backward(), torch.AutogradError, [
      /modified by an inplace operation/,
      /version/,
    ]);
  });
  it("numbers of a tensor on the tape", () => {
    expectRefusal([leaf(3)], (x) => x.typedArray(), torch.AutogradError, [/^typedArray: /, /detach/]);
  });
});

describe("released tensors", () => {
  it.each<[string, RegExp, (x: torch.Tensor) => unknown]>([
    ["as receiver", /^mul: .*\[2, 3\].*released/, (x) => x.mul(2)],
    ["as operand", /^add: .*\[2, 3\].*released/, (x) => torch.ones(2, 3).add(x)],
    ["through a view", /^view: .*\[2, 3\].*released/, (x) => x.view(6).sum()],
    ["of a list", /^cat: .*\[2, 3\].*released/, (x) => torch.cat([torch.ones(2, 3), x])],
    ["in place", /released/, (x) => x.add_(1)],
    ["read", /released/, (x) => x.tolist()],
    ["printed", /released/, (x) => String(x)],
  ])("%s", (_, words, use) => {
    const x = ramp(2, 3);
    x.dispose();
    let failure: unknown;
    try {
      use(x);
    } catch (error) {
      failure = error;
    }
    expect(failure).toBeInstanceOf(torch.MemoryError);
    expect((failure as Error).message).toMatch(words);
  });
});

describe("options", () => {
  it("an unknown one is refused with the known ones", () => {
    expectRefusal([ramp(2, 3)], (x) => x.sum({ dims: 1 } as never), torch.ValueError, [
      /^sum: /,
      /dims/,
      /dim, keepdim/,
    ]);
    expectRefusal([], () => torch.zeros(2, { dtyp: torch.float32 } as never), torch.ValueError, [
      /^zeros: /,
      /dtyp/,
      /dtype/,
    ]);
    expectRefusal([], () => new nn.Conv2d(1, 6, 3, { paddding: 1 } as never), torch.ValueError, [
      /^Conv2d: /,
      /paddding/,
      /padding/,
    ]);
    expectRefusal(
      [leaf(2)],
      (x) => new torch.optim.SGD([x], { learningRate: 1 } as never),
      torch.ValueError,
      [/^SGD: /, /learningRate/, /lr/],
    );
  });
  it("a scope does not wait", () => {
    expectRefusal([], () => torch.scope(async () => torch.ones(2)), torch.ValueError, [
      /^scope: /,
      /promise/,
    ]);
    expectRefusal([], () => torch.noGrad(async () => torch.ones(2)), torch.ValueError, [
      /^noGrad: /,
      /promise/,
    ]);
  });
});

describe("what a newcomer writes", () => {
  const a = ramp(2, 3);
  const layer = new nn.Linear(1, 1);
  class Bare extends torch.utils.data.Dataset {
    get length() {
      return 1;
    }
    at = undefined as never;
  }

  it.each<[string, () => unknown, RegExp]>([
    ["a + b", () => `${(a as never as number) + 1}`, /\[2, 3\].*a\.add\(b\)/],
    ["a * 2", () => (a as never as number) * 2, /\[2, 3\].*a\.mul\(b\)/],
    ["a < 2", () => (a as never as number) < 2, /a\.lt\(b\)/],
    ["a dtype that is none", () => a.to("foo"), /to: "foo" is neither a dtype.*nor the device/],
    ["a value at a mask", () => a.put_(a.gt(0), 0), /x\.put_\(\[index\], value\)/],
    ["a value at a number", () => a.put_(0 as never, 0), /a list of parts.*got number 0/],
    [
      "new Tensor",
      () => new torch.Tensor([1, 2] as never, undefined as never, [], undefined as never),
      /tensor\(data\)/,
    ],
    ["turns", () => [...torch.steps("10" as never)], /steps: .*got 10/],
    ["turns below 0", () => [...torch.steps(-1)], /steps: .*got -1/],
    ["no turns", () => [...torch.steps(undefined as never)], /steps: .*got undefined/],
    [
      "an optimizer of a module",
      () => new torch.optim.SGD(layer as never, 1),
      /SGD: .*model\.parameters\(\)/,
    ],
    ["a rate as text", () => new torch.optim.Adam(layer.parameters(), "1" as never), /lr: string 1/],
    ["an array of layers", () => new nn.Sequential([layer] as never), /"0" must be a Module.*an array/],
    ["a function as a layer", () => new nn.Sequential(layer, F.relu as never), /"1".*the function relu/],
    ["clipping a module", () => nn.utils.clipGradNorm_(layer as never, 1), /Linear\(.*model\.parameters\(\)/],
    ["a dataset without at", () => [...new torch.utils.data.DataLoader(new Bare())], /at\(index\).*Bare/],
  ])("%s", (_, call, words) => {
    expectRefusal([a], call, torch.TorchError, [words]);
  });
});

describe("modules", () => {
  it("a state that does not fit leaves the module as it was", () => {
    const model = new nn.Sequential(new nn.Linear(2, 3), new nn.Linear(3, 1));
    const parameters = [...model.parameters()];
    const other = new nn.Sequential(new nn.Linear(2, 3), new nn.Linear(4, 1)).stateDict();
    expectRefusal(parameters, () => model.loadStateDict(other), torch.TorchError, [
      /1\.weight/,
      /\[1, 4\]/,
      /\[1, 3\]/,
    ]);
    expectRefusal(parameters, () => model.loadStateDict({}), torch.TorchError, [/0\.weight/]);
  });
});

describe("dtypes that PyTorch 1.13 has no kernel for are refused", () => {
  const F = torch.nn.functional;
  const image = torch.ones(1, 1, 4, 4).int(),
    row = torch.ones(2, 3).int(),
    classes = torch.zeros(2).long(),
    float = torch.ones(2, 3);
  it.each<[string, () => unknown]>([
    ["prelu", () => F.prelu(row, torch.ones(1).int())],
    ["prelu of two dtypes", () => F.prelu(float, torch.ones(1).double())],
    ["hardshrink", () => F.hardshrink(row)],
    ["unfold", () => F.unfold(image, 2)],
    ["fold", () => F.fold(torch.ones(1, 4, 9).int(), [4, 4], 2)],
    ["interpolate", () => F.interpolate(image, { scaleFactor: 2 })],
    ["convTranspose2d", () => F.convTranspose2d(image, image)],
    ["a dilated conv2d", () => F.conv2d(image, torch.ones(1, 1, 2, 2).int(), { dilation: 2 })],
    ["multiMarginLoss", () => F.multiMarginLoss(row, classes)],
    ["multilabelMarginLoss", () => F.multilabelMarginLoss(row, row.long())],
    ["klDiv", () => F.klDiv(float, row)],
    ["huberLoss", () => F.huberLoss(row, float)],
    ["l1Loss", () => F.l1Loss(float, row.bool())],
    ["targets of binaryCrossEntropyWithLogits", () => F.binaryCrossEntropyWithLogits(float, row)],
    ["variances of gaussianNllLoss", () => F.gaussianNllLoss(float, float, row)],
    ["weights of embeddingBag", () => F.embeddingBag(classes.reshape([1, 2]), row)],
    ["statistics of batchNorm", () => F.batchNorm(float, torch.ones(3).double(), torch.ones(3).double())],
    ["masked.amax", () => torch.masked.amax(row.bool(), 1, { mask: row.bool() })],
    ["masked.var", () => torch.masked.var(row.bool())],
    ["vander", () => torch.linalg.vander(row.bool())],
  ])("%s", (_, f) => {
    expect(f).toThrow(torch.DtypeError);
  });
});

it("shapes that PyTorch 1.13 refuses", () => {
  const x = torch.ones(1, 2, 4, 4),
    two = torch.ones(2);
  for (const f of [
    () => F.adaptiveAvgPool2d(x, [3]),
    () => F.adaptiveMaxPool2d(torch.ones(1, 0, 4, 4), 2),
    () => F.avgPool3d(torch.ones(1, 2, 2, 2), 3, { padding: 1 }),
    () => F.convTranspose2d(torch.ones(1, 1, 0, 4), torch.ones(1, 1, 3, 3)),
    () => F.interpolate(x, { scaleFactor: 2, mode: "bilinear", alignCorners: 1 as never }),
    () => F.softMarginLoss(two, torch.ones(3, 2)),
    () => F.multiMarginLoss(torch.ones(2, 3), torch.zeros(1, 2).long()),
    () => F.nllLoss(torch.ones(1, 2, 3), torch.zeros(1, 3).byte()),
    () => F.groupNorm(torch.ones(1, 2), 2),
    () => F.groupNorm(x, 2, torch.ones(1, 2)),
    () => F.instanceNorm(x, torch.ones(1, 2), torch.ones(1, 2)),
    () => F.batchNorm(x, two, two, { bias: 0 as never }),
    () => F.multiMarginLoss(torch.ones(2, 3), torch.zeros(2).long(), { weight: 1 as never }),
    () => F.bilinear(torch.ones(1, 2), torch.ones(1, 2), torch.ones(3, 2, 2), torch.ones(1)),
    () => F.linear(torch.ones(2, 2), two, torch.ones([])),
    () => torch.linalg.vecdot(two, torch.ones(1), { dim: 0 }),
    () => torch.choleskyInverse(torch.zeros(2, 2)),
    () => torch.linalg.luSolve(torch.ones(2, 1, 1), torch.ones(1).int(), torch.ones(2, 1, 1)),
    () => torch.addmm(two.long(), torch.ones(2, 2).long(), torch.ones(2, 2).long(), { alpha: Infinity }),
  ])
    expect(f).toThrow(torch.TorchError);
});
