import { describe, expect, test } from "vitest";
import * as torch from "../../ts/index.ts";
import { closeTo, sines, weighted } from "./sines.ts";

const { functional: F } = torch.nn;
const { gradcheck, gradgradcheck } = torch.autograd;

const scores = () => sines([4, 5]);
const classes = () => torch.tensor([1n, 4n, 0n, -100n]);
const weights = () => torch.tensor(Float64Array.of(0.5, 1, 2, 0.25, 3));
const shares = () => sines([4, 5], 3).softmax(1);

describe("cross entropy", () => {
  // PyTorch 1.13.1's values.
  test("of class indices: weights, an ignored class, smoothing, reductions", () => {
    const x = scores(),
      t = classes(),
      weight = weights();
    expect(F.crossEntropy(x, t).item()).toBeCloseTo(2.173543191, 9);
    expect(F.crossEntropy(x, t, weight).item()).toBeCloseTo(2.255612392, 9);
    closeTo(F.crossEntropy(x, t, { reduction: "none" }), [1.008563946, 2.554263602, 2.957802025, 0]);
    expect(F.crossEntropy(x, t, { weight, labelSmoothing: 0.1 }).item()).toBeCloseTo(2.199892879, 9);
    expect(F.crossEntropy(x, t, { labelSmoothing: 0.2, reduction: "sum" }).item()).toBeCloseTo(
      6.316259295,
      8,
    );
    expect(F.nllLoss(x.logSoftmax(1), t).item()).toBeCloseTo(2.173543191, 9);
    expect(F.crossEntropy(x.at(0), torch.tensor(1n)).item()).toBeCloseTo(1.008563946, 9);
  });

  test("of class probabilities", () => {
    const x = scores(),
      p = shares(),
      weight = weights();
    expect(F.crossEntropy(x, p).item()).toBeCloseTo(1.86577087, 8);
    closeTo(
      F.crossEntropy(x, p, { weight, reduction: "none" }),
      [4.000213594, 1.360932057, 2.637120262, 2.003551632],
    );
    expect(F.crossEntropy(x, p, { labelSmoothing: 0.3 }).item()).toBeCloseTo(1.856983195, 8);
    const input = sines([4, 5], 1, true),
      target = shares().detach().requiresGrad_();
    expect(gradcheck((a, b) => F.crossEntropy(a, b, { weight: weights() }), [input, target])).toBe(true);
  });

  test("of maps, with classes in dimension 1", () => {
    const x = sines([2, 3, 2, 2]);
    const t = torch.tensor([
      [
        [0n, 2n],
        [1n, 1n],
      ],
      [
        [2n, 0n],
        [1n, 0n],
      ],
    ]);
    expect(F.nllLoss(x, t).item()).toBeCloseTo(-0.4541289508, 9);
    const weight = torch.tensor(Float64Array.of(0.5, 1, 2));
    expect(F.nllLoss(x, t, { weight, reduction: "sum" }).item()).toBeCloseTo(-3.153578622, 8);
    expect(F.nllLoss(x.requiresGrad_(), t).gradFn!.name()).toBe("NllLoss2DBackward0");
  });

  test("gradients of every order, and PyTorch's numbers", () => {
    const x = sines([4, 5], 1, true);
    F.crossEntropy(x, classes(), weights()).backward();
    closeTo(x.grad!.at(0), [0.07573856638, -0.141168357, 0.03759746084, 0.01531777646, 0.01251455334]);
    expect(x.grad!.at(3).tolist()).toEqual([0, 0, 0, 0, 0]);
    for (const reduction of ["mean", "sum", "none"] as const) {
      const f = (a: torch.Tensor) =>
        weighted(F.crossEntropy(a, classes(), { reduction, labelSmoothing: 0.1 }));
      expect(gradcheck(f, [sines([4, 5], 1, true)])).toBe(true);
      expect(gradgradcheck(f, [sines([4, 5], 1, true)])).toBe(true);
    }
  });

  test("refuses what it cannot count before computing", () => {
    const x = scores();
    expect(() => F.crossEntropy(x, torch.tensor([0n, 1n, 5n, 0n]))).toThrow(torch.IndexError);
    expect(() => F.nllLoss(x, torch.tensor([0n, -1n, 2n, 0n]))).toThrow(torch.IndexError);
    expect(() => F.crossEntropy(x, torch.tensor([0n, 1n]))).toThrow(torch.ShapeError);
    expect(() => F.crossEntropy(x, torch.tensor([0, 1, 2, 3]))).toThrow(torch.DtypeError);
    expect(() => F.crossEntropy(x, classes(), torch.ones(3))).toThrow(torch.ShapeError);
    expect(() => F.crossEntropy(x, classes(), { labelSmoothing: 2 })).toThrow(torch.ValueError);
    expect(F.crossEntropy(x, torch.tensor([-100n, -100n, -100n, -100n])).item()).toBeNaN();
  });

  test("outside and inside a scope, in float32, large", () => {
    const x = torch.ones(5000, 10),
      t = torch.zeros(5000, { dtype: torch.int64 });
    expect(F.crossEntropy(x, t).item()).toBeCloseTo(Math.log(10), 5);
    torch.scope(() => {
      expect(F.crossEntropy(x, t).item()).toBeCloseTo(Math.log(10), 5);
    });
  });
});

describe("losses of pairs", () => {
  type Loss = [name: string, f: (x: torch.Tensor, y: torch.Tensor) => torch.Tensor, want: number];
  const LOSSES: Loss[] = [
    ["mseLoss", (x, y) => F.mseLoss(x, y), 0.9467192697],
    ["l1Loss", (x, y) => F.l1Loss(x, y, { reduction: "sum" }), 15.74911964],
    ["smoothL1Loss", (x, y) => F.smoothL1Loss(x, y, { beta: 0.5 }), 0.5690298587],
    ["huberLoss", (x, y) => F.huberLoss(x, y, { delta: 0.7 }), 0.3544005736],
    ["binaryCrossEntropy", (x, y) => F.binaryCrossEntropy(x.sigmoid(), y.abs()), 0.7370552256],
    ["weighted", (x, y) => F.binaryCrossEntropy(x.sigmoid(), y.abs(), weights()), 1.004783459],
    [
      "binaryCrossEntropyWithLogits",
      (x, y) =>
        F.binaryCrossEntropyWithLogits(x, y.abs(), { weight: weights(), posWeight: weights().mul(2) }),
      3.349259809,
    ],
    ["klDiv", (x) => F.klDiv(x.logSoftmax(1), shares(), { reduction: "batchmean" }), 0.4599832678],
    ["logTarget", (x) => F.klDiv(x.logSoftmax(1), shares().log(), { logTarget: true }), 0.09199665356],
    ["softMarginLoss", (x, y) => F.softMarginLoss(x, y.detach().sign()), 0.7094497681],
    [
      "marginRankingLoss",
      (x, y) => F.marginRankingLoss(x, y, y.detach().sign(), { margin: 0.3 }),
      0.9193855915,
    ],
    ["hingeEmbeddingLoss", (x, y) => F.hingeEmbeddingLoss(x, y.detach().sign()), 0.5922819079],
    [
      "multiMarginLoss",
      (x) => F.multiMarginLoss(x, torch.tensor([1n, 4n, 0n, 2n]), { p: 2, weight: weights() }),
      4.495906599,
    ],
    [
      "multilabelMarginLoss",
      (x) =>
        F.multilabelMarginLoss(
          x,
          torch.tensor([
            [3n, 0n, -1n, 1n, 2n],
            [1n, -1n, 0n, 0n, 0n],
            [-1n, 0n, 0n, 0n, 0n],
            [0n, 1n, 2n, 3n, 4n],
          ]),
        ),
      0.4440238774,
    ],
    [
      "multilabelSoftMarginLoss",
      (x, y) => F.multilabelSoftMarginLoss(x, y.detach().abs().round()),
      0.7941838056,
    ],
    ["poissonNllLoss", (x, y) => F.poissonNllLoss(x, y.abs().mul(5), { full: true }), 3.529455981],
    ["gaussianNllLoss", (x, y) => F.gaussianNllLoss(x, y, y.abs()), 3.140152687],
    ["tripletMarginLoss", (x, y) => F.tripletMarginLoss(x, y, sines([4, 5], 5), { swap: true }), 1.360651984],
    [
      "cosineEmbeddingLoss",
      (x, y) => F.cosineEmbeddingLoss(x, y, torch.tensor([1n, -1n, 1n, -1n]), { margin: 0.1 }),
      0.5363472999,
    ],
  ];
  test.each(LOSSES)("%s has PyTorch's value and the right gradients", (name, f, want) => {
    expect(f(scores(), sines([4, 5], 2)).item()).toBeCloseTo(want, 7);
    const inputs = [sines([4, 5], 1, true), sines([4, 5], 2, true)];
    expect(gradcheck((x, y) => f(x, y).add(y.sum().mul(0)), inputs)).toBe(true);
    if (name !== "tripletMarginLoss")
      expect(gradgradcheck((x, y) => f(x, y).add(y.sum().mul(0)), inputs)).toBe(true);
  });

  test("reductions, broadcasting, names", () => {
    const x = sines([2, 3], 1, true),
      y = sines([3], 2);
    expect(F.mseLoss(x, y, { reduction: "none" }).shape).toEqual([2, 3]);
    closeTo(F.mseLoss(x, y, { reduction: "sum" }).detach(), x.sub(y).square().sum().detach());
    expect(F.mseLoss(x, y).gradFn!.name()).toBe("MseLossBackward0");
    expect(F.l1Loss(x, y).gradFn!.name()).toBe("MeanBackward0");
    expect(F.smoothL1Loss(x, y).gradFn!.name()).toBe("SmoothL1LossBackward0");
    expect(F.binaryCrossEntropyWithLogits(x, x.detach()).gradFn!.name()).toBe(
      "BinaryCrossEntropyWithLogitsBackward0",
    );
    expect(() => F.mseLoss(x, y, { reduction: "average" as "mean" })).toThrow(torch.ValueError);
    expect(() => F.mseLoss(x, torch.ones(4))).toThrow(torch.ShapeError);
    expect(() => F.binaryCrossEntropy(torch.tensor([1.5]), torch.tensor([1]))).toThrow(torch.ValueError);
    expect(() => F.binaryCrossEntropyWithLogits(torch.ones(2), torch.ones(3))).toThrow(torch.ShapeError);
  });
});

test("ctcLoss sums over all alignments", () => {
  // PyTorch 1.13.1's values.
  const x = sines([5, 3, 4], 1, true);
  const t = torch.tensor([
    [1n, 2n],
    [3n, 3n],
    [1n, 0n],
  ]);
  const lengths = [
    [5, 4, 5],
    [2, 2, 1],
  ] as const;
  closeTo(
    F.ctcLoss(x.logSoftmax(2), t, ...lengths, { reduction: "none" }).detach(),
    [2.66703143995, 3.37715938697, 2.22416471491],
  );
  expect(F.ctcLoss(x.logSoftmax(2), t, ...lengths).item()).toBeCloseTo(1.7487533761, 9);
  expect(gradcheck((a) => F.ctcLoss(a.logSoftmax(2), t, ...lengths), [x])).toBe(true);
  const labels = torch.tensor([1n, 2n, 3n, 3n, 1n]);
  const short = F.ctcLoss(x.logSoftmax(2), labels, [5, 2, 5], [2, 2, 1], { reduction: "none" });
  expect(short.at(1).item()).toBe(Number.POSITIVE_INFINITY);
  expect(() => F.ctcLoss(x, torch.tensor([[9n], [1n], [1n]]), [5, 5, 5], [1, 1, 1])).toThrow(
    torch.IndexError,
  );
});

test("adaptive softmax has PyTorch's numbers", () => {
  const m = new torch.nn.AdaptiveLogSoftmaxWithLoss(6, 12, [4, 8], {
    divValue: 2,
    headBias: true,
  }).double();
  [...m.parameters()].forEach((p, i) => {
    torch.noGrad(() => p.copy_(sines([...p.shape], 0.3 + 0.2 * i)));
  });
  const x = sines([5, 6], 1, true);
  const { output, loss } = m(x, torch.tensor([1n, 5n, 11n, 8n, 3n]));
  expect(output.sum().item()).toBeCloseTo(-15.06132263, 7);
  expect(loss.item()).toBeCloseTo(3.01226453, 7);
  const squares = torch.autograd.grad(loss, [x, ...m.parameters()]).map((g) => g.mul(g).sum().item());
  [0.75290034, 0.61908261, 0.1816236, 0.05394821, 0.41180031, 0.18636957, 0.15954569].forEach((want, i) =>
    expect(squares[i]).toBeCloseTo(want, 7),
  );
  expect(weighted(m.logProb(x)).item()).toBeCloseTo(31.37466061, 6);
  expect(m.predict(sines([9, 6], 0.7).mul(6)).tolist()).toEqual([7, 3, 2, 1, 3, 2, 1, 3, 2]);
  expect(() => m(x, torch.tensor([1n, 5n, 12n, 8n, 3n]))).toThrow(torch.IndexError);
  expect(() => new torch.nn.AdaptiveLogSoftmaxWithLoss(6, 12, [8, 4])).toThrow(torch.ValueError);
});

test("TripletMarginWithDistanceLoss holds its distance as a submodule", () => {
  expect(String(new torch.nn.TripletMarginWithDistanceLoss())).toBe(
    "TripletMarginWithDistanceLoss(\n  (distance_function): PairwiseDistance()\n)",
  );
});

test("what is broadcast takes part in the promotion as it is then", () => {
  const single = torch.tensor(2).double();
  expect(F.l1Loss(torch.ones(1), single).dtype).toBe(torch.float64);
  expect(F.softMarginLoss(torch.ones(2, 3), torch.ones(3)).item()).toBeCloseTo(0.313262, 5);
});
