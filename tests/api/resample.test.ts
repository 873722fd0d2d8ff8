import { describe, expect, test } from "vitest";
import * as torch from "../../ts/index.ts";
import { closeTo, sines, weighted } from "./sines.ts";

const F = torch.nn.functional;

/** PyTorch's sum of the result, sums of the squared gradients of `weighted`, and the node's name. */
function expectNumbers(
  y: torch.Tensor,
  xs: torch.Tensor[],
  sum: number,
  squares: number[],
  node: string,
): void {
  expect(y.gradFn?.name()).toBe(node);
  expect(y.sum().item()).toBeCloseTo(sum, 6);
  torch.autograd.grad(weighted(y), xs).forEach((g, i) => {
    expect(g.mul(g).sum().item()).toBeCloseTo(squares[i]!, 6);
  });
}

const image = () => sines([2, 3, 5, 6], 1, true),
  line = () => sines([2, 3, 7], 1, true),
  volume = () => sines([1, 2, 3, 4, 5], 1, true);

describe("interpolate", () => {
  const CASES: [() => torch.Tensor, object, number[], number, number, string][] = [
    [image, { size: [3, 9] }, [2, 3, 3, 9], 0.97316867, 117.35463495, "UpsampleNearest2DBackward1"],
    [image, { scaleFactor: 1.7 }, [2, 3, 8, 10], 12.21731369, 127.15369193, "UpsampleNearest2DBackward1"],
    [
      image,
      { size: [4, 11], mode: "nearest-exact" },
      [2, 3, 4, 11],
      -2.7707367,
      196.85366958,
      "UpsampleNearestExact2DBackward1",
    ],
    [
      image,
      { size: [3, 9], mode: "bilinear" },
      [2, 3, 3, 9],
      0.9563103,
      61.42003154,
      "UpsampleBilinear2DBackward1",
    ],
    [
      image,
      { scaleFactor: [1.5, 0.7], mode: "bilinear", alignCorners: true },
      [2, 3, 7, 4],
      -1.95338645,
      16.81815709,
      "UpsampleBilinear2DBackward1",
    ],
    [
      image,
      { size: [3, 2], mode: "bilinear", antialias: true },
      [2, 3, 3, 2],
      0.67396222,
      2.68671002,
      "UpsampleBilinear2DAaBackward1",
    ],
    [
      image,
      { scaleFactor: 1.7, mode: "bicubic" },
      [2, 3, 8, 10],
      4.96488877,
      41.37739779,
      "UpsampleBicubic2DBackward1",
    ],
    [
      image,
      { size: [2, 3], mode: "bicubic", antialias: true },
      [2, 3, 2, 3],
      0.41060947,
      2.66103725,
      "UpsampleBicubic2DAaBackward1",
    ],
    [
      image,
      { scaleFactor: 0.6, mode: "bicubic", recomputeScaleFactor: true },
      [2, 3, 3, 3],
      0.31776332,
      12.46618648,
      "UpsampleBicubic2DBackward1",
    ],
    [line, { size: 4, mode: "linear" }, [2, 3, 4], 0.39829868, 7.98188619, "UpsampleLinear1DBackward1"],
    [
      line,
      { scaleFactor: 2.3, mode: "linear" },
      [2, 3, 16],
      1.76055952,
      47.71316366,
      "UpsampleLinear1DBackward1",
    ],
    [
      volume,
      { size: [4, 2, 7], mode: "trilinear" },
      [1, 2, 4, 2, 7],
      0.42674804,
      26.11848267,
      "UpsampleTrilinear3DBackward1",
    ],
    [
      volume,
      { scaleFactor: 2, mode: "trilinear", alignCorners: true },
      [1, 2, 6, 8, 10],
      6.92019974,
      14.18572968,
      "UpsampleTrilinear3DBackward1",
    ],
    [
      image,
      { size: [2, 4], mode: "area" },
      [2, 3, 2, 4],
      0.31906543,
      4.04487176,
      "AdaptiveAvgPool2DBackward0",
    ],
  ];
  test.each(CASES)("%s with %j is PyTorch's", (make, options, shape, sum, squares, node) => {
    const x = make(),
      y = F.interpolate(x, options);
    expect(y.shape).toEqual(shape);
    expectNumbers(y, [x], sum, [squares], node);
    closeTo(F.interpolate(x.detach().float(), options).double(), y.detach(), 2e-6);
  });

  test("has second derivatives, and moves integers to the nearest place", () => {
    const op = (z: torch.Tensor) => F.interpolate(z.mul(z), { size: [3, 3], mode: "bicubic" });
    expect(torch.autograd.gradgradcheck((z) => op(z!), [sines([1, 2, 4, 3], 1, true)])).toBe(true);
    const pixels = torch.tensor(new Uint8Array([1, 2, 3, 4])).reshape([1, 1, 2, 2]);
    expect(F.interpolate(pixels, { scaleFactor: 2 }).tolist()).toEqual([
      [
        [
          [1, 1, 2, 2],
          [1, 1, 2, 2],
          [3, 3, 4, 4],
          [3, 3, 4, 4],
        ],
      ],
    ]);
  });

  test("refuses what PyTorch refuses", () => {
    const x = image();
    expect(() => F.interpolate(x)).toThrow(/exactly one of size and scaleFactor/);
    expect(() => F.interpolate(x, 3, 2)).toThrow(torch.ValueError);
    expect(() => F.interpolate(x, { size: 3, mode: "linear" })).toThrow(/needs an input of 3 dimensions/);
    expect(() => F.interpolate(x, { size: 3, alignCorners: true })).toThrow(/alignCorners/);
    expect(() => F.interpolate(x, { size: [3, 3, 3] })).toThrow(torch.ValueError);
    expect(() => F.interpolate(x, { scaleFactor: 0.1 })).toThrow(/greater than 0/);
    expect(() => F.interpolate(x.detach().to("int64"), { size: 3, mode: "bilinear" })).toThrow(
      torch.DtypeError,
    );
  });
});

describe("grids", () => {
  const square = () => sines([2, 4, 3, 2], 0.37).mul(1.4).requiresGrad_(),
    cube = () => sines([1, 2, 3, 2, 3], 0.37).mul(1.4).requiresGrad_();
  /** Mode, padding, alignCorners; for images and volumes: sum of the result, of the squared gradients of input and grid. */
  const CASES: [string, string, boolean, number[], number[]?][] = [
    ["bilinear", "zeros", false, [0.14715568, 6.44052072, 79.18789896], [0.62554565, 0.21897688, 5.41267613]],
    ["bilinear", "zeros", true, [0.43362745, 8.59654514, 79.90360873], [1.05961792, 2.83122077, 5.09636998]],
    [
      "bilinear",
      "border",
      false,
      [0.96267329, 23.68701761, 79.35046168],
      [1.42536841, 32.95596993, 7.58691488],
    ],
    [
      "bilinear",
      "border",
      true,
      [1.03093421, 20.2647948, 63.37473839],
      [1.57882582, 22.46093449, 5.08680154],
    ],
    [
      "bilinear",
      "reflection",
      false,
      [2.10422978, 13.31976071, 133.0216888],
      [1.53823943, 21.53300056, 11.38251967],
    ],
    [
      "bilinear",
      "reflection",
      true,
      [3.11872973, 10.98437024, 106.93552372],
      [1.5668207, 8.56719225, 6.77509366],
    ],
    ["nearest", "zeros", false, [-0.7181124, 17.15838977, 0], [0.65996518, 0.8196862, 0]],
    ["nearest", "border", true, [0.51870971, 32.61787405, 0], [1.9909629, 22.12539696, 0]],
    ["nearest", "reflection", false, [2.9598015, 23.25243023, 0], [1.25411364, 36.32811633, 0]],
    ["bicubic", "zeros", false, [0.01616621, 11.81733332, 97.27026663]],
    ["bicubic", "border", true, [1.16476715, 26.88832378, 71.93375428]],
    ["bicubic", "reflection", false, [1.79488406, 20.68032142, 155.14698134]],
  ];
  test.each(CASES)(
    "gridSample %s, %s, corners aligned %j is PyTorch's",
    (mode, padding, align, flat, solid) => {
      const x = image(),
        g = square();
      const [sum, ...squares] = flat as [number, ...number[]];
      expectNumbers(F.gridSample(x, g, mode, padding, align), [x, g], sum, squares, "GridSampler2DBackward0");
      if (solid === undefined) return;
      const c = volume(),
        h = cube();
      const [total, ...rest] = solid as [number, ...number[]];
      expectNumbers(F.gridSample(c, h, mode, padding, align), [c, h], total, rest, "GridSampler3DBackward0");
    },
  );

  test("gridSample has second derivatives", () => {
    const g = sines([1, 2, 2, 2], 0.37, true);
    expect(
      torch.autograd.gradgradcheck((x, y) => F.gridSample(x!.mul(x!), y!), [sines([1, 1, 3, 4], 1, true), g]),
    ).toBe(true);
  });

  test("affineGrid is PyTorch's, and the identity gives the image back", () => {
    const flat = sines([2, 2, 3], 1, true),
      solid = sines([1, 3, 4], 1, true);
    expectNumbers(
      F.affineGrid(flat, [2, 1, 4, 5]),
      [flat],
      -5.25499846,
      [3.8337822],
      "AffineGridGeneratorBackward0",
    );
    expectNumbers(
      F.affineGrid(solid, [1, 1, 2, 3, 4], true),
      [solid],
      -7.296412,
      [35.64379962],
      "AffineGridGeneratorBackward0",
    );
    const identity = torch
      .tensor([
        [
          [1, 0, 0],
          [0, 1, 0],
        ],
      ])
      .double()
      .expand([2, 2, 3]);
    const x = image();
    closeTo(F.gridSample(x, F.affineGrid(identity, x.shape)), x);
  });

  test("refuses what PyTorch refuses", () => {
    expect(() => F.gridSample(image(), square(), "linear")).toThrow(torch.ValueError);
    expect(() => F.gridSample(volume(), cube(), "bicubic")).toThrow(/4 dimensions/);
    expect(() => F.gridSample(image(), cube())).toThrow(torch.ShapeError);
    expect(() => F.gridSample(image().float(), square())).toThrow(torch.DtypeError);
    expect(() => F.affineGrid(sines([2, 2, 3]), [3, 1, 4, 5])).toThrow(torch.ShapeError);
  });
});
