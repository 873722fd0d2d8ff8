import { describe, expect, test } from "vitest";
import * as torch from "../../ts/index.ts";
import { sines, weighted } from "./sines.ts";

const F = torch.nn.functional;
type Op = (x: torch.Tensor, ...args: unknown[]) => torch.Tensor;

/** Name, shape of the input, arguments, shape of the result; PyTorch's sums of the result and of the squared gradient, and the node. */
const CASES: [keyof typeof F, number[], unknown[], number[], [number, number], string][] = [
  [
    "maxPool2d",
    [2, 3, 7, 8],
    [3, 2, 1],
    [2, 3, 4, 4],
    [87.93865712, 42.12654986],
    "MaxPool2DWithIndicesBackward0",
  ],
  [
    "maxPool2d",
    [2, 3, 7, 8],
    [[3, 2], 2, [1, 0], { dilation: [1, 2], ceilMode: true }],
    [2, 3, 4, 4],
    [79.13125719, 42.90609113],
    "MaxPool2DWithIndicesBackward0",
  ],
  ["avgPool2d", [2, 3, 7, 8], [3, 2, 1], [2, 3, 4, 4], [0.66189709, 3.22625864], "AvgPool2DBackward0"],
  [
    "avgPool2d",
    [2, 3, 7, 8],
    [3, 2, 1, true, false],
    [2, 3, 4, 5],
    [3.05741329, 19.36788633],
    "AvgPool2DBackward0",
  ],
  ["avgPool2d", [2, 3, 7, 8], [2, 3, 0, true], [2, 3, 3, 3], [-1.44394598, 9.09814179], "AvgPool2DBackward0"],
  [
    "avgPool2d",
    [2, 3, 7, 8],
    [[4, 4], [2, 3], 1, true, false, 2],
    [2, 3, 4, 3],
    [1.76031166, 10.07813276],
    "AvgPool2DBackward0",
  ],
  [
    "adaptiveAvgPool2d",
    [2, 3, 7, 8],
    [[3, 5]],
    [2, 3, 3, 5],
    [0.55274575, 9.77877034],
    "AdaptiveAvgPool2DBackward0",
  ],
  ["adaptiveAvgPool2d", [2, 3, 7, 8], [1], [2, 3, 1, 1], [0.03384067, 0.05273043], "MeanBackward1"],
  [
    "adaptiveMaxPool2d",
    [2, 3, 7, 8],
    [[3, null]],
    [2, 3, 3, 8],
    [115.59950024, 65.6328119],
    "AdaptiveMaxPool2DBackward0",
  ],
  ["maxPool1d", [3, 9], [3], [3, 3], [3.64584117, 4.46436998], "SqueezeBackward1"],
  ["avgPool1d", [3, 9], [3, 2, 1], [3, 5], [0.79779632, 2.90721331], "SqueezeBackward1"],
  ["adaptiveAvgPool1d", [3, 9], [4], [3, 4], [0.508069, 2.53989043], "SqueezeBackward1"],
  [
    "maxPool3d",
    [2, 2, 4, 5, 5],
    [2, 2],
    [2, 2, 2, 2, 2],
    [21.54683158, 16.29972117],
    "MaxPool3DWithIndicesBackward0",
  ],
  [
    "avgPool3d",
    [2, 2, 4, 5, 5],
    [2, 2, 1, true, false],
    [2, 2, 3, 3, 3],
    [3.1302284, 19.992735],
    "AvgPool3DBackward0",
  ],
  [
    "adaptiveAvgPool3d",
    [2, 2, 4, 5, 5],
    [[2, 3, null]],
    [2, 2, 2, 3, 5],
    [0.14436762, 15.29919459],
    "AdaptiveAvgPool3DBackward0",
  ],
  [
    "unfold",
    [2, 3, 7, 8],
    [[2, 3], { padding: 1, stride: 2 }],
    [2, 18, 16],
    [1.67473001, 345.95048894],
    "Im2ColBackward0",
  ],
  ["fold", [2, 12, 12], [[4, 5], 2], [2, 3, 4, 5], [0.01358244, 144.11039316], "Col2ImBackward0"],
  [
    "pad",
    [2, 3, 7, 8],
    [[1, 2, 3, 0], "reflect"],
    [2, 3, 10, 11],
    [4.54458778, 261.70205111],
    "ReflectionPad2DBackward0",
  ],
  [
    "pad",
    [2, 3, 7, 8],
    [[1, -2, 3, 0], { value: 2 }],
    [2, 3, 10, 7],
    [335.67456914, 125.90120246],
    "ConstantPadNdBackward0",
  ],
  [
    "pad",
    [2, 3, 7, 8],
    [[1, 2, 3, 0], "replicate"],
    [2, 3, 10, 11],
    [8.30791831, 241.42188451],
    "ReplicationPad2DBackward0",
  ],
];

describe("pools, folds and padding", () => {
  test.each(CASES)("%s of %j with %j is PyTorch's", (name, shape, args, want, [sum, squares], node) => {
    const x = sines(shape, 1, true),
      op = F[name] as unknown as Op;
    const y = op(x, ...args);
    expect(y.shape).toEqual(want);
    expect(y.gradFn?.name()).toBe(node);
    expect(y.sum().item()).toBeCloseTo(sum, 7);
    const [g] = torch.autograd.grad(weighted(y), [x]) as [torch.Tensor];
    expect(g.mul(g).sum().item()).toBeCloseTo(squares, 7);
    expect(torch.autograd.gradgradcheck((z) => op(z!.mul(z!), ...args), [sines(shape, 0.7, true)])).toBe(
      true,
    );
  });

  test("maxima come with their places in the plane, the first of equals", () => {
    const x = torch.tensor([
      [
        [1, 3, 3],
        [0, 2, 5],
      ],
    ]);
    const pooled = F.maxPool2d(x, 2, 1, { returnIndices: true }) as unknown as {
      values: torch.Tensor;
      indices: torch.Tensor;
    };
    expect(pooled.values.tolist()).toEqual([[[3, 5]]]);
    expect(pooled.indices.tolist()).toEqual([[[1, 5]]]);
    const equal = F.maxPool2d(torch.zeros(1, 2, 2), 2, { returnIndices: true }) as unknown as {
      indices: torch.Tensor;
    };
    expect(equal.indices.tolist()).toEqual([[[0]]]);
  });

  test("refuses windows that PyTorch refuses", () => {
    expect(() => F.maxPool2d(sines([1, 4, 4]), 2, 2, 2)).toThrow(/at most half/);
    expect(() => F.avgPool2d(sines([1, 4, 4]), 2, { divisorOverride: 0 })).toThrow(torch.ValueError);
    expect(() => F.maxPool2d(sines([1, 2, 2]), 3)).toThrow(torch.ShapeError);
    expect(() => F.pad(sines([1, 2, 3]), [3, 0], "reflect")).toThrow(torch.ShapeError);
  });
});
