import { describe, expect, test } from "vitest";
import * as torch from "../../ts/index.ts";
import { closeTo, sines, weighted } from "./sines.ts";

const F = torch.nn.functional;
type Conv = (x: torch.Tensor, w: torch.Tensor, b: torch.Tensor | null, options: object) => torch.Tensor;

/** Name, shapes of input, weight and bias, options, shape of the result; then PyTorch's sums: of the result, of the squared gradients, and of two second-order checks. */
const CASES: [keyof typeof F, number[], number[], number[] | null, object, number[], number[]][] = [
  [
    "conv2d",
    [2, 4, 6, 7],
    [6, 2, 3, 2],
    [6],
    { stride: [2, 1], padding: [1, 2], dilation: [1, 2], groups: 2 },
    [2, 6, 3, 9],
    [-19.34125854, 19618.36551833, 71086.81362502, 2230.49398841, 57003.90559335],
  ],
  [
    "conv1d",
    [2, 3, 9],
    [4, 3, 3],
    [4],
    { stride: 2, padding: 1 },
    [2, 4, 5],
    [-2.10867694, 840.86001504, 1294.38382802, 1510.14685713, 3135.98502893],
  ],
  [
    "conv1d",
    [3, 9],
    [4, 3, 3],
    null,
    {},
    [4, 7],
    [0.62392583, 675.49424403, 779.51187496, 2058.11482531, 3000.76092046],
  ],
  [
    "conv3d",
    [1, 2, 4, 5, 4],
    [3, 2, 2, 3, 2],
    [3],
    { stride: [1, 2, 1], padding: 1 },
    [1, 3, 5, 3, 5],
    [18.7784301, 272885.72412834, 892691.12265747, 581449.24839529, 1108983.72138378],
  ],
  [
    "convTranspose2d",
    [2, 4, 3, 4],
    [4, 3, 3, 2],
    [6],
    { stride: [2, 3], padding: 1, outputPadding: [1, 0], groups: 2, dilation: [1, 2] },
    [2, 6, 6, 10],
    [-48.34778367, 11990.64479747, 22809.90208173, 13341.00805628, 42658.56384486],
  ],
  [
    "convTranspose1d",
    [2, 3, 5],
    [3, 2, 3],
    null,
    { stride: 2 },
    [2, 2, 11],
    [0.27292979, 1034.71708811, 2794.79782026, 4211.21563221, 5267.88282994],
  ],
  [
    "convTranspose3d",
    [1, 2, 3, 3, 3],
    [2, 2, 2, 2, 2],
    [2],
    { stride: 2, padding: 1 },
    [1, 2, 4, 4, 4],
    [-8.89486299, 1201.55346023, 805.14199645, 1921.48095645, 4535.50244722],
  ],
  [
    "conv2d",
    [2, 4, 6, 7],
    [6, 4, 3, 2],
    [6],
    { padding: "same" },
    [2, 6, 6, 7],
    [-30.89460452, 2927.95914927, 37565.7442819, 4443.1847891, 11067.16249483],
  ],
];

describe("convolution", () => {
  test.each(CASES)(
    "%s of %j by %j has PyTorch's values and gradients of both orders",
    (name, xs, ws, bs, options, shape, want) => {
      const x = sines(xs, 1, true),
        w = sines(ws, 2, true),
        b = bs === null ? null : sines(bs, 3, true);
      const y = (F[name] as unknown as Conv)(x, w, b, options);
      expect(y.shape).toEqual(shape);
      expect(y.gradFn?.name()).toBe("ConvolutionBackward0");
      const loss = weighted(y).add(y.mul(y).sum());
      const [gx, gw] = torch.autograd.grad(loss, [x, w], { createGraph: true }) as [
        torch.Tensor,
        torch.Tensor,
      ];
      const second = gx.mul(gx).sum().add(gw.mul(gw.sin()).sum());
      const [hx, hw] = torch.autograd.grad(second, [x, w]) as [torch.Tensor, torch.Tensor];
      const got = [y.sum(), gx.mul(gx).sum(), gw.mul(gw).sum(), hx.mul(x).sum(), hw.mul(w).sum()].map(
        (v) => v.item() as number,
      );
      got.forEach((v, i) => expect(Math.abs(v - want[i]!)).toBeLessThan(1e-7 * (1 + Math.abs(want[i]!))));
    },
  );

  test("the bias gets the sum over everything but the channels", () => {
    const b = sines([4], 1, true);
    F.conv2d(sines([2, 3, 5, 5]), sines([4, 3, 3, 3]), b)
      .sum()
      .backward();
    expect(b.grad?.tolist()).toEqual([18, 18, 18, 18]);
  });

  test("refuses what does not fit before anything is computed", () => {
    expect(() => F.conv2d(sines([2, 3, 5, 5]), sines([4, 2, 3, 3]))).toThrow(
      /expects an input of 2 channels/,
    );
    expect(() => F.conv2d(sines([2, 3, 2, 2]), sines([4, 3, 3, 3]))).toThrow(
      /kernel size can't be greater than actual input size/,
    );
    expect(() => F.conv2d(sines([3, 5]), sines([4, 3, 3, 3]))).toThrow(torch.ShapeError);
    expect(() => F.conv2d(sines([2, 3, 5, 5]), torch.ones(4, 3, 0, 3).double())).toThrow(torch.ShapeError);
    expect(() => F.conv2d(sines([2, 3, 5, 5]), sines([4, 3, 3, 3]), null, null)).toThrow(torch.ValueError);
    expect(() => F.conv2d(sines([2, 3, 5, 5]), torch.ones(4, 3, 3, 3))).toThrow(torch.DtypeError);
    expect(() =>
      F.conv2d(sines([2, 3, 5, 5]), sines([4, 3, 3, 3]), null, { stride: 2, padding: "same" }),
    ).toThrow(torch.ValueError);
    expect(() => F.conv2d(sines([2, 3, 5, 5]), sines([4, 3, 3, 3]), null, { strides: 2 } as object)).toThrow(
      /unknown option "strides"/,
    );
  });

  test("an empty batch gives an empty result", () => {
    expect(F.conv2d(torch.zeros(0, 3, 5, 5), torch.ones(4, 3, 3, 3)).shape).toEqual([0, 4, 3, 3]);
  });

  /** Shapes of input and weight, and options, that between them take every way a float32 convolution can be computed. */
  const WAYS: [string, number[], number[], object][] = [
    ["few channels", [3, 1, 14, 14], [6, 1, 5, 5], {}],
    ["rows that break off in a panel", [2, 3, 11, 13], [7, 3, 3, 3], { padding: 1 }],
    ["a stride", [2, 5, 12, 15], [9, 5, 3, 3], { stride: 2, padding: 1 }],
    ["a stride beyond the window", [2, 3, 9, 9], [4, 3, 2, 2], { stride: 3 }],
    ["long lines and a stride", [3, 3, 21, 23], [7, 3, 5, 5], { stride: 2, padding: 2 }],
    [
      "a stride of three along lines alone",
      [2, 2, 9, 26],
      [13, 2, 3, 4],
      { stride: [1, 3], padding: [0, 2] },
    ],
    ["many rows and lines that are no runs", [2, 9, 17, 21], [40, 9, 3, 3], { stride: 2, dilation: [1, 2] }],
    ["a window of one", [3, 18, 6, 7], [20, 18, 1, 1], {}],
    ["each channel alone", [2, 8, 10, 10], [8, 1, 3, 3], { padding: 1, groups: 8 }],
    ["each channel twice, with a stride", [3, 4, 9, 14], [8, 1, 3, 3], { stride: 2, padding: 1, groups: 4 }],
    ["groups, dilated", [2, 6, 12, 12], [4, 3, 3, 3], { dilation: 2, groups: 2 }],
    ["deep windows", [1, 90, 6, 6], [5, 90, 3, 3], { padding: 2 }],
    ["images too small for a panel", [9, 4, 4, 4], [3, 4, 3, 3], { padding: 1 }],
    ["Winograd's transforms", [3, 17, 18, 21], [19, 17, 3, 3], { padding: 1 }],
  ];
  test.each(WAYS)("with %s float32 agrees with float64, gradients included", (way, xs, ws, options) => {
    const bound = way.startsWith("Winograd") ? 1e-4 : 5e-6;
    const run = (dtype: torch.DType) => {
      const x = sines(xs).to(dtype).requiresGrad_(),
        w = sines(ws, 2).to(dtype).requiresGrad_(),
        b = sines([ws[0]!], 3).to(dtype).requiresGrad_();
      const y = F.conv2d(x, w, b, options);
      y.backward(sines([...y.shape], 4).to(dtype));
      return [y.detach(), x.grad!, w.grad!, b.grad!];
    };
    const got = run(torch.float32);
    run(torch.float64).forEach((want, i) => {
      const error = got[i]!.double().sub(want).abs().max().item() as number;
      expect(error).toBeLessThan(bound * (1 + (want.abs().max().item() as number)));
    });
  });

  test("transformed weights are kept while they stay as they are, and no longer", () => {
    const x = sines([2, 16, 17, 18]).float(),
      w = sines([16, 16, 3, 3], 2).float();
    const check = () => {
      const want = F.conv2d(x.double(), w.double(), null, { padding: 1 });
      for (let i = 0; i < 3; i++) closeTo(F.conv2d(x, w, null, { padding: 1 }).double(), want, 1e-4);
      const back = F.convTranspose2d(x.double(), w.double(), null, { padding: 1 });
      for (let i = 0; i < 3; i++) closeTo(F.convTranspose2d(x, w, null, { padding: 1 }).double(), back, 1e-4);
    };
    check();
    w.mul_(-0.5);
    check();
    w.detach().select(0, 3).fill_(2);
    check();
    const view = w.typedArray();
    for (let i = 0; i < 3; i++) {
      view[i * 7] = i - 3;
      check();
    }
  });

  test("integers are summed exactly", () => {
    const x = torch.arange(32).reshape([1, 2, 4, 4]),
      w = torch.ones(1, 2, 3, 3, { dtype: torch.int64 });
    expect(F.conv2d(x, w).tolist()).toEqual([
      [
        [
          [234, 252],
          [306, 324],
        ],
      ],
    ]);
  });

  test("an image without a batch, and one that is not contiguous, give the same", () => {
    const x = sines([3, 5, 6]),
      w = sines([2, 3, 3, 3], 2);
    closeTo(F.conv2d(x, w), F.conv2d(x.unsqueeze(0), w).squeeze(0));
    const turned = sines([1, 3, 6, 5]).transpose(2, 3);
    closeTo(F.conv2d(turned, w), F.conv2d(turned.contiguous(), w));
  });

  test("a transposed convolution is the gradient of the convolution", () => {
    const g = sines([2, 4, 3, 4]),
      w = sines([4, 2, 3, 3], 2),
      x = sines([2, 2, 6, 8], 3, true);
    F.conv2d(x, w, null, { stride: 2, padding: 1 }).backward(g);
    closeTo(F.convTranspose2d(g, w, null, { stride: 2, padding: 1, outputPadding: 1 }), x.grad!);
  });
});

test("a transposed convolution of single elements adds its outputPadding on each side", () => {
  const x = torch
    .tensor([
      [1, 2],
      [3, 4],
    ])
    .reshape([1, 1, 2, 2]);
  const y = torch.nn.functional.convTranspose2d(x, torch.ones(1, 1, 1, 1), { outputPadding: 1, dilation: 2 });
  expect(y.tolist()).toEqual([
    [
      [
        [1, 2, 0],
        [3, 4, 0],
        [0, 0, 0],
      ],
    ],
  ]);
});
