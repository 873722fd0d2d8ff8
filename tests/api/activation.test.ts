import { describe, expect, test } from "vitest";
import * as torch from "../../ts/index.ts";
import { closeTo, sines, weighted } from "./sines.ts";

const { functional: F } = torch.nn;
const { gradcheck, gradgradcheck } = torch.autograd;
type Activation = (x: torch.Tensor) => torch.Tensor;

// Kinks included; values and gradients from PyTorch 1.13.1.
const POINTS = [-4, -3, -2, -0.6, -0.5, 0, 0.3, 0.5, 1, 2.5, 3, 6.5, 25];
const CASES: [name: string, f: Activation, values: number[], slopes: number[]][] = [
  [
    "relu6",
    (x) => F.relu6(x),
    [0, 0, 0, 0, 0, 0, 0.3, 0.5, 1, 2.5, 3, 6, 6],
    [0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 0, 0],
  ],
  [
    "leakyRelu",
    (x) => F.leakyRelu(x, 0.2),
    [-0.8, -0.6, -0.4, -0.12, -0.1, 0, 0.3, 0.5, 1, 2.5, 3, 6.5, 25],
    [0.2, 0.2, 0.2, 0.2, 0.2, 0.2, 1, 1, 1, 1, 1, 1, 1],
  ],
  [
    "elu",
    (x) => F.elu(x, 0.5),
    [-0.49084218, -0.47510647, -0.43233236, -0.22559418, -0.19673467, 0, 0.3, 0.5, 1, 2.5, 3, 6.5, 25],
    [0.0091578194, 0.024893534, 0.067667642, 0.27440582, 0.30326533, 0.5, 1, 1, 1, 1, 1, 1, 1],
  ],
  [
    "selu",
    (x) => F.selu(x),
    [
      -1.7258986, -1.6705687, -1.5201665, -0.79323397, -0.69175819, 0, 0.3152103, 0.52535049, 1.050701,
      2.6267525, 3.152103, 6.8295564, 26.267525,
    ],
    [
      0.032200713, 0.087530612, 0.23793287, 0.96486538, 1.0663412, 1.7580993, 1.050701, 1.050701, 1.050701,
      1.050701, 1.050701, 1.050701, 1.050701,
    ],
  ],
  [
    "celu",
    (x) => F.celu(x, 2),
    [-1.7293294, -1.5537397, -1.2642411, -0.51836356, -0.44239843, 0, 0.3, 0.5, 1, 2.5, 3, 6.5, 25],
    [0.13533528, 0.22313016, 0.36787944, 0.74081822, 0.77880078, 1, 1, 1, 1, 1, 1, 1, 1],
  ],
  [
    "gelu",
    (x) => F.gelu(x),
    [
      -0.00012668497, -0.0040496941, -0.045500264, -0.16455187, -0.15426877, 0, 0.18537343, 0.34573123,
      0.84134475, 2.4844758, 2.9959503, 6.5, 25,
    ],
    [
      -0.00050364966, -0.011945647, -0.085231801, 0.074318356, 0.13250488, 0.5, 0.73232777, 0.86749512,
      1.0833155, 1.0376111, 1.0119456, 1, 1,
    ],
  ],
  [
    "geluTanh",
    (x) => F.gelu(x, { approximate: "tanh" }),
    [
      -7.0245948e-5, -0.0036373921, -0.045402306, -0.1645848, -0.15428599, 0, 0.18537092, 0.34571401,
      0.84119199, 2.4849157, 2.9963626, 6.5, 25,
    ],
    [
      -0.0003351232, -0.011584167, -0.086099257, 0.074508467, 0.1326301, 0.5, 0.73229545, 0.8673699,
      1.0829641, 1.0379516, 1.0115842, 1, 1,
    ],
  ],
  [
    "silu",
    (x) => F.silu(x),
    [
      -0.07194484, -0.14227762, -0.23840584, -0.21260622, -0.18877033, 0, 0.17233276, 0.31122967, 0.73105858,
      2.3103545, 2.8577224, 6.4902423, 25,
    ],
    [
      -0.052664615, -0.088104106, -0.090784249, 0.21707315, 0.26003881, 0.5, 0.64778001, 0.73996119,
      0.92767051, 1.0994011, 1.0881041, 1.0082419, 1,
    ],
  ],
  [
    "mish",
    (x) => F.mish(x),
    [
      -0.072591741, -0.14564746, -0.25250148, -0.24693603, -0.22074377, 0, 0.20800137, 0.37524521, 0.86509839,
      2.4713923, 2.986535, 6.4999707, 25,
    ],
    [
      -0.05377321, -0.093393115, -0.10835509, 0.23496543, 0.28951068, 0.6, 0.7828273, 0.88642438, 1.0490362,
      1.0411295, 1.0211069, 1.000054, 1,
    ],
  ],
  [
    "softplus",
    (x) => F.softplus(x),
    [
      0.018149928,
      0.048587352,
      0.12692801,
      0.43748795,
      0.47407698,
      Math.LN2,
      0.85435524,
      0.97407698,
      1.3132617,
      2.5788897,
      3.0485874,
      6.5015023,
      25,
    ],
    [
      0.01798621, 0.047425873, 0.11920292, 0.35434369, 0.37754067, 0.5, 0.57444252, 0.62245933, 0.73105858,
      0.92414182, 0.95257413, 0.99849882, 1,
    ],
  ],
  [
    "softplus2",
    (x) => F.softplus(x, 2, { threshold: 5 }),
    [
      0.00016770319, 0.0012378426, 0.009074964, 0.13164123, 0.15663084, 0.34657359, 0.51874398, 0.65663084,
      1.063464, 2.5033577, 3, 6.5, 25,
    ],
    [
      0.00033535013, 0.0024726232, 0.01798621, 0.23147522, 0.26894142, 0.5, 0.64565631, 0.73105858,
      0.88079708, 0.99330715, 1, 1, 1,
    ],
  ],
  [
    "softsign",
    (x) => F.softsign(x),
    [
      -0.8, -0.75, -0.66666667, -0.375, -0.33333333, 0, 0.23076923, 0.33333333, 0.5, 0.71428571, 0.75,
      0.86666667, 0.96153846,
    ],
    [
      0.04, 0.0625, 0.11111111, 0.390625, 0.44444444, 1, 0.59171598, 0.44444444, 0.25, 0.081632653, 0.0625,
      0.017777778, 0.0014792899,
    ],
  ],
  [
    "hardtanh",
    (x) => F.hardtanh(x),
    [-1, -1, -1, -0.6, -0.5, 0, 0.3, 0.5, 1, 1, 1, 1, 1],
    [0, 0, 0, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0],
  ],
  [
    "hardsigmoid",
    (x) => F.hardsigmoid(x),
    [0, 0, 0.16666667, 0.4, 0.41666667, 0.5, 0.55, 0.58333333, 0.66666667, 0.91666667, 1, 1, 1],
    [
      0, 0, 0.16666667, 0.16666667, 0.16666667, 0.16666667, 0.16666667, 0.16666667, 0.16666667, 0.16666667, 0,
      0, 0,
    ],
  ],
  [
    "hardswish",
    (x) => F.hardswish(x),
    [-0, -0, -0.33333333, -0.24, -0.20833333, 0, 0.165, 0.29166667, 0.66666667, 2.2916667, 3, 6.5, 25],
    [0, -0.5, -0.16666667, 0.3, 0.33333333, 0.5, 0.6, 0.66666667, 0.83333333, 1.3333333, 1.5, 1, 1],
  ],
  [
    "tanhshrink",
    (x) => F.tanhshrink(x),
    [
      -3.0006707, -2.0049452, -1.0359724, -0.062950433, -0.037882843, 0, 0.0086873875, 0.037882843,
      0.23840584, 1.5133857, 2.0049452, 5.5000045, 24,
    ],
    [
      0.99865905, 0.99013396, 0.92934918, 0.28842224, 0.21355227, 0, 0.084863038, 0.21355227, 0.58002566,
      0.97340777, 0.99013396, 0.99999096, 1,
    ],
  ],
  [
    "softshrink",
    (x) => F.softshrink(x),
    [-3.5, -2.5, -1.5, -0.1, 0, 0, 0, 0, 0.5, 2, 2.5, 6, 24.5],
    [1, 1, 1, 1, 0, 0, 0, 0, 1, 1, 1, 1, 1],
  ],
  [
    "hardshrink",
    (x) => F.hardshrink(x),
    [-4, -3, -2, -0.6, 0, 0, 0, 0, 1, 2.5, 3, 6.5, 25],
    [1, 1, 1, 1, 0, 0, 0, 0, 1, 1, 1, 1, 1],
  ],
  [
    "logsigmoid",
    (x) => F.logsigmoid(x),
    [
      -4.0181499,
      -3.0485874,
      -2.126928,
      -1.037488,
      -0.97407698,
      -Math.LN2,
      -0.55435524,
      -0.47407698,
      -0.31326169,
      -0.078889734,
      -0.048587352,
      -0.0015023102,
      -1.3887944e-11,
    ],
    [
      0.98201379, 0.95257413, 0.88079708, 0.64565631, 0.62245933, 0.5, 0.42555748, 0.37754067, 0.26894142,
      0.07585818, 0.047425873, 0.0015011823, 1.3887944e-11,
    ],
  ],
  [
    "threshold",
    (x) => F.threshold(x, 0.3, 9),
    [9, 9, 9, 9, 9, 9, 9, 0.5, 1, 2.5, 3, 6.5, 25],
    [0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1],
  ],
  [
    "relu",
    (x) => x.relu(),
    [0, 0, 0, 0, 0, 0, 0.3, 0.5, 1, 2.5, 3, 6.5, 25],
    [0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1],
  ],
  [
    "sigmoid",
    (x) => x.sigmoid(),
    [
      0.01798621, 0.047425873, 0.11920292, 0.35434369, 0.37754067, 0.5, 0.57444252, 0.62245933, 0.73105858,
      0.92414182, 0.95257413, 0.99849882, 1,
    ],
    [
      0.017662706, 0.04517666, 0.10499359, 0.22878424, 0.23500371, 0.25, 0.24445831, 0.23500371, 0.19661193,
      0.070103717, 0.04517666, 0.0014989287, 1.3888002e-11,
    ],
  ],
  [
    "tanh",
    (x) => x.tanh(),
    [
      -0.9993293, -0.99505475, -0.96402758, -0.53704957, -0.46211716, 0, 0.29131261, 0.46211716, 0.76159416,
      0.9866143, 0.99505475, 0.99999548, 1,
    ],
    [
      0.0013409507, 0.0098660372, 0.070650825, 0.71157776, 0.78644773, 1, 0.91513696, 0.78644773, 0.41997434,
      0.026592227, 0.0098660372, 9.0412768e-6, 0,
    ],
  ],
];

describe("activations", () => {
  test.each(CASES)("%s has PyTorch's values and slopes", (_, f, values, slopes) => {
    const x = torch.tensor(Float64Array.from(POINTS)).requiresGrad_();
    const y = f(x);
    closeTo(y.detach(), values, 2e-7);
    y.sum().backward();
    closeTo(x.grad!, slopes, 2e-7);
  });

  test.each(CASES)("%s: first and second derivatives agree with differences", (_, f) => {
    const x = sines([7], 1.3, true);
    expect(gradcheck((a) => f(a.mul(2.1)), [x])).toBe(true);
    expect(gradgradcheck((a) => f(a.mul(2.1)), [x])).toBe(true);
  });

  test("float16 and strided input, no elements, integers refused", () => {
    for (const [, f] of CASES) {
      expect(f(torch.zeros([2, 0])).shape).toEqual([2, 0]);
      expect(f(torch.ones([2], { dtype: torch.float16 })).dtype).toBe(torch.float16);
      const x = sines([3, 4]);
      closeTo(f(x.t()), f(x.t().contiguous()));
    }
    for (const f of [F.leakyRelu, F.elu, F.gelu, F.silu, F.mish, F.softplus])
      expect(() => f(torch.tensor([1n]))).toThrow(torch.DtypeError);
  });

  test("in place writes over the input and keeps the gradient", () => {
    for (const f of [F.relu, F.relu6, F.selu, F.silu, F.mish, F.hardswish, F.elu, F.leakyRelu] as const) {
      const x = sines([5], 1, true),
        y = x.mul(2),
        want = f(x.mul(2));
      const got = (f as (x: torch.Tensor, options: object) => torch.Tensor)(y, { inplace: true });
      expect(got).toBe(y);
      closeTo(y.detach(), want.detach());
      const [slope] = [...torch.autograd.grad([want.sum()], [x])];
      y.sum().backward();
      closeTo(x.grad!, slope!);
    }
  });

  test("functions with an underscore write over their input", () => {
    const x = torch.tensor([-2, 0.5, 3]);
    expect(F.hardtanh_(x, { maxVal: 2 })).toBe(x);
    expect(x.tolist()).toEqual([-1, 0.5, 2]);
    expect(torch.threshold_(x, 0.6, 9).tolist()).toEqual([9, 9, 2]);
    expect(F.leakyRelu_(x.neg_(), 0.5).tolist()).toEqual([-4.5, -4.5, -1]);
    expect(torch.relu_(x).tolist()).toEqual([0, 0, 0]);
  });

  test("nodes carry PyTorch's names", () => {
    const x = sines([2, 4], 1, true);
    const name = (y: torch.Tensor) => y.gradFn!.name();
    expect(name(F.relu6(x))).toBe("HardtanhBackward0");
    expect(name(F.selu(x))).toBe("EluBackward0");
    expect(name(F.logsigmoid(x))).toBe("LogSigmoidBackward0");
    expect(name(x.softmax(1))).toBe("SoftmaxBackward0");
    const second = (y: torch.Tensor) =>
      name([...torch.autograd.grad([y.sum()], [x], { createGraph: true })][0]!);
    expect(second(x.tanh())).toBe("TanhBackwardBackward0");
    expect(second(x.relu())).toBe("ThresholdBackwardBackward0");
    expect(second(x.softmax(1))).toBe("SoftmaxBackwardDataBackward0");
  });

  test("prelu has one weight, or one per channel", () => {
    const x = sines([2, 3, 2], 1, true),
      w = torch.tensor(Float64Array.of(0.1, 0.2, 0.3)).requiresGrad_();
    expect(gradcheck((a, b) => F.prelu(a, b), [x, w])).toBe(true);
    expect(gradcheck((a, b) => F.prelu(a, b), [x, torch.tensor(Float64Array.of(0.25)).requiresGrad_()])).toBe(
      true,
    );
    expect(() => F.prelu(x, torch.ones(2).double())).toThrow(torch.ShapeError);
  });

  test("glu halves a dimension", () => {
    const x = sines([4, 6], 1, true);
    expect(F.glu(x).shape).toEqual([4, 3]);
    expect(gradcheck((a) => F.glu(a, 0), [x])).toBe(true);
    expect(() => F.glu(torch.ones(3))).toThrow(torch.ShapeError);
  });
});

describe("softmax", () => {
  test("has PyTorch's values along any dimension", () => {
    const m = sines([3, 4], 2);
    closeTo(
      m.softmax(0),
      [
        0.7023073566, 0.1323243026, 0.1703102365, 0.6997275842, 0.1641946477, 0.1649240928, 0.6064635019,
        0.1950838626, 0.1334979957, 0.7027516046, 0.2232262616, 0.1051885533,
      ],
    );
    closeTo(
      m.logSoftmax(1),
      [
        -0.9466060262, -2.612705948, -2.135318951, -0.8665452064, -2.071785098, -2.064336905, -0.5371566317,
        -1.815667304, -2.223240574, -0.5593080767, -1.481104637, -2.377831689,
      ],
    );
    closeTo(F.softmin(m, 1), m.neg().softmax(1));
    closeTo(m.softmax(-1).log(), m.logSoftmax(1));
  });

  test("gradients of every order", () => {
    const x = sines([2, 3, 4], 1, true);
    for (const dim of [0, 1, 2])
      for (const f of [torch.softmax, torch.logSoftmax]) {
        expect(gradcheck((a) => weighted(f(a, dim)), [x])).toBe(true);
        expect(gradgradcheck((a) => weighted(f(a, dim)), [x])).toBe(true);
      }
  });

  test("stays finite for large scores, takes a dtype, needs a dimension", () => {
    const x = torch.tensor([1000, 1001, -1000]);
    expect(x.logSoftmax(0).tolist()).toEqual([
      expect.closeTo(-1.313262, 5),
      expect.closeTo(-0.313262, 5),
      expect.closeTo(-2001.313, 2),
    ]);
    expect(torch.softmax(torch.tensor([1n, 2n]), 0, { dtype: torch.float64 }).dtype).toBe(torch.float64);
    expect(() => torch.softmax(torch.tensor([1n, 2n]), 0)).toThrow(torch.DtypeError);
    expect(() => torch.softmax(torch.ones(2), 1)).toThrow(torch.IndexError);
    expect(torch.ones(0, 3).softmax(1).shape).toEqual([0, 3]);
    expect(torch.tensor(5).softmax(0).item()).toBe(1);
    expect(F.softmax(torch.ones(2, 4)).tolist()).toEqual([
      [0.25, 0.25, 0.25, 0.25],
      [0.25, 0.25, 0.25, 0.25],
    ]);
  });
});

describe("special functions", () => {
  test("have PyTorch's values and derivatives that differences confirm", () => {
    const x = torch.tensor(Float64Array.of(-3.7, -0.5, 0.1, 1, 3.3, 50));
    closeTo(
      x.digamma(),
      [-0.84507685887, 0.03648997398, -10.42375494041, -0.5772156649, 1.03482248906, 3.90198967343],
    );
    closeTo(x.lgamma(), [-1.37973990497, 1.26551212348, 2.25271265173, 0, 0.98709857789, 144.56574394634]);
    closeTo(torch.tensor(Float64Array.of(-0.999, 0.5)).erfinv(), [-2.32675376551, 0.4769362762]);
    closeTo(torch.tensor(Float64Array.of(-5, 100)).i0(), [27.2398718236, 1.0737517071310738e42]);
    for (const f of [
      (a: torch.Tensor) => a.digamma(),
      (a: torch.Tensor) => a.lgamma(),
      (a: torch.Tensor) => a.i0(),
      (a: torch.Tensor) => a.mul(0.9).erfinv(),
    ]) {
      expect(gradcheck(f, [sines([5], 1, true)])).toBe(true);
      expect(gradgradcheck(f, [sines([5], 1, true)])).toBe(true);
    }
    expect(torch.tensor([0, 1, -1, 2]).erfinv().tolist()).toEqual([0, Infinity, -Infinity, Number.NaN]);
  });
});

test("hardtanh with its bounds the wrong way round is the upper one everywhere; the module refuses", () => {
  expect(F.hardtanh(torch.tensor([-2, 0, 2]), 0.5, -0.5).tolist()).toEqual([-0.5, -0.5, -0.5]);
  expect(() => new torch.nn.Hardtanh(0.5, -0.5)).toThrow(torch.ValueError);
});
