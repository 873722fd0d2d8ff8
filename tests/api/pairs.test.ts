// Distances between pairs, bags of embeddings, and the rarer pools.
import { describe, expect, test } from "vitest";
import * as torch from "../../ts/index.ts";
import { closeTo, sines, weighted } from "./sines.ts";

const { nn } = torch,
  F = nn.functional;
type Pooled = { values: torch.Tensor; indices: torch.Tensor };

/** PyTorch's sum of the result, sums of the squared gradients of `weighted`, and the node's name. */
function expectNumbers(y: torch.Tensor, xs: torch.Tensor[], numbers: number[], node: string): void {
  expect(y.gradFn?.name()).toBe(node);
  const [sum, ...squares] = numbers as [number, ...number[]];
  expect(y.sum().item()).toBeCloseTo(sum, 6);
  torch.autograd.grad(weighted(y), xs).forEach((g, i) => {
    expect(g.mul(g).sum().item()).toBeCloseTo(squares[i]!, 6);
  });
}

describe("distances", () => {
  test.each([
    [0.5, [129.55590226, 207.58560132, 150.90852193], [48.8702809, 77.16674946]],
    [1, [49.7594807, 11.4808379, 7.88693764], [17.09870493, 5.67947743]],
    [2, [34.26268114, 4.81383163, 2.18174255], [10.63703009, 2.14428463]],
    [3, [31.50982545, 5.89975316, 1.68295474], [9.32955457, 1.85928678]],
    [Number.POSITIVE_INFINITY, [29.40076932, 6.05933274, 1.50641771], [8.24329621, 2.29579249]],
  ])("of kind %j are PyTorch's", (p, all, own) => {
    const a = sines([4, 3], 1, true),
      b = sines([5, 3], 2, true);
    expectNumbers(torch.cdist(a, b, p), [a, b], all, "CdistBackward0");
    expectNumbers(F.pdist(a, p), [a], own, "PdistBackward0");
  });

  test("of many vectors come from a product, with no gradient between equal ones", () => {
    const a = sines([30, 3], 1, true),
      b = sines([2, 30, 3], 2, true);
    const y = torch.cdist(a, b);
    expect(y.gradFn?.name()).toBe("EuclideanDistBackward0");
    closeTo(y, torch.cdist(a, b, { computeMode: "donot_use_mm_for_euclid_dist" }), 1e-7);
    const [g] = torch.autograd.grad(torch.cdist(a, a).sum(), [a]) as [torch.Tensor];
    expect(g.isfinite().all().item()).toBe(true);
    expect(torch.cdist(torch.zeros(0, 3), torch.zeros(4, 3)).shape).toEqual([0, 4]);
    expect(F.pdist(torch.zeros(1, 3)).shape).toEqual([0]);
  });

  test("refuse what does not fit", () => {
    expect(() => torch.cdist(sines([2, 3]), sines([2, 4]))).toThrow(torch.ShapeError);
    expect(() => torch.cdist(sines([2, 3]), sines([2, 3]), -1)).toThrow(torch.ValueError);
    expect(() => F.pdist(sines([2, 3, 4]))).toThrow(torch.ShapeError);
  });
});

describe("embeddingBag", () => {
  const table = () => sines([6, 4], 1, true),
    index = torch.tensor([0n, 3n, 5n, 3n, 1n, 2n, 2n]),
    offsets = torch.tensor([0n, 2n, 2n, 5n]);
  const node = "EmbeddingBagBackward0";

  test("sums, averages and takes maxima as PyTorch does", () => {
    const w = table(),
      factors = sines([7], 2, true);
    expectNumbers(
      F.embeddingBag(index, w, offsets, { mode: "sum", perSampleWeights: factors }),
      [w, factors],
      [0.7231631, 6.4045742, 7.72157809],
      node,
    );
    expectNumbers(F.embeddingBag(index, w, offsets, { paddingIdx: 3 }), [w], [-0.79137451, 5.35425649], node);
    expectNumbers(F.embeddingBag(index, w, offsets, { mode: "max" }), [w], [3.99960495, 5.14737954], node);
    expectNumbers(
      F.embeddingBag(index, w, offsets, { mode: "max", paddingIdx: 2 }),
      [w],
      [5.6680707, 3.01600758],
      node,
    );
    expectNumbers(
      F.embeddingBag(index, w, offsets, { mode: "sum", scaleGradByFreq: true }),
      [w],
      [0.82848289, 7.37444807],
      node,
    );
  });

  test("takes rows as bags, and empty bags as zeros", () => {
    const w = table();
    const rows = torch.tensor([
      [0n, 3n],
      [5n, 5n],
    ]);
    closeTo(
      F.embeddingBag(rows, w),
      w
        .indexSelect(0, rows.reshape([-1]))
        .reshape([2, 2, 4])
        .mean(1),
    );
    expect(F.embeddingBag(index, w, offsets).select(0, 1).tolist()).toEqual([0, 0, 0, 0]);
    const m = new nn.EmbeddingBag(6, 4, { mode: "sum", includeLastOffset: true });
    expect(String(m)).toBe("EmbeddingBag(6, 4, mode=sum)");
    expect(m(index, torch.tensor([0n, 2n, 7n])).shape).toEqual([2, 4]);
  });

  test("refuses what does not fit", () => {
    const w = table();
    expect(() => F.embeddingBag(index, w)).toThrow(/offsets must be given/);
    expect(() => F.embeddingBag(index, w, torch.tensor([1n, 2n]))).toThrow(/offsets\[0\]/);
    expect(() => F.embeddingBag(index, w, torch.tensor([0n, 9n]))).toThrow(torch.ValueError);
    expect(() => F.embeddingBag(index, w, offsets, { perSampleWeights: sines([7]) })).toThrow(/mode "sum"/);
    expect(() => F.embeddingBag(torch.tensor([6n]), w, torch.tensor([0n]))).toThrow(torch.IndexError);
  });
});

describe("rarer pools", () => {
  const plane = () => sines([2, 3, 8, 8], 1, true);
  const samples = (count: number, shape: number[]) =>
    torch.tensor(Float64Array.from({ length: count }, (_, k) => ((k * 7) % 10) / 10)).reshape(shape);

  test("fractional max-pools are PyTorch's for given numbers, and draw their own", () => {
    const x = plane();
    const { values, indices } = F.fractionalMaxPool2d(x, [2, 3], {
      outputSize: [3, 4],
      returnIndices: true,
      _randomSamples: samples(12, [2, 3, 2]),
    }) as unknown as Pooled;
    expectNumbers(values, [x], [64.69018763, 47.7876382], "FractionalMaxPool2DBackward0");
    expect(indices.sum().item()).toBe(2304);
    const c = sines([1, 2, 4, 5, 6], 1, true);
    const solid = F.fractionalMaxPool3d(c, 2, {
      outputRatio: 0.5,
      returnIndices: true,
      _randomSamples: samples(6, [1, 2, 3]),
    }) as unknown as Pooled;
    expectNumbers(solid.values, [c], [17.35988605, 12.28671342], "FractionalMaxPool3DBackward0");
    expect(solid.indices.sum().item()).toBe(1458);
    expect(new nn.FractionalMaxPool2d(2, { outputRatio: [0.5, 0.5] })(x).shape).toEqual([2, 3, 4, 4]);
    expect(() => F.fractionalMaxPool2d(x, 5, { outputSize: 6 })).toThrow(torch.ShapeError);
    expect(() => new nn.FractionalMaxPool2d(2)).toThrow(torch.ValueError);
  });

  test("p-norm pools are PyTorch's", () => {
    const x = plane(),
      v = sines([2, 3, 7], 1, true);
    expectNumbers(F.lpPool2d(x, 2, 2), [x], [135.73384828, 48.4267466], "PowBackward0");
    expectNumbers(F.lpPool1d(v.abs(), 3, 2, 1, true), [v], [32.93461463, 24.11050462], "PowBackward0");
    expect(String(new nn.LPPool2d(2, 3))).toBe(
      "LPPool2d(norm_type=2, kernel_size=3, stride=None, ceil_mode=False)",
    );
  });

  test("unpooling puts maxima back where they were", () => {
    const x = plane(),
      v = sines([2, 3, 7], 1, true);
    const flat = F.maxPool2d(x, 3, 2, { returnIndices: true }) as unknown as Pooled;
    const back = F.maxUnpool2d(flat.values, flat.indices, 3, 2, { outputSize: [8, 8] });
    expect(back.gradFn?.name()).toBe("MaxUnpool2DBackward0");
    expectNumbers(back, [x], [32.96349658, 73.48454853], "MaxUnpool2DBackward0");
    const thin = F.maxPool1d(v, 2, { returnIndices: true }) as unknown as Pooled;
    expect(
      F.maxUnpool1d(thin.values, thin.indices, 2, { outputSize: [7] })
        .sum()
        .item(),
    ).toBeCloseTo(5.21699989, 7);
    expect(String(new nn.MaxUnpool1d(2))).toBe("MaxUnpool1d(kernel_size=(2,), stride=(2,), padding=(0,))");
    const op = (z: torch.Tensor) => F.maxUnpool1d(z.mul(z), thin.indices, 2);
    expect(torch.autograd.gradgradcheck((z) => op(z!), [sines([2, 3, 3], 0.7, true)])).toBe(true);
    expect(() => F.maxUnpool1d(thin.values, thin.indices.add(9), 2)).toThrow(torch.IndexError);
    expect(() => F.maxUnpool1d(thin.values, thin.indices, 2, { outputSize: [9] })).toThrow(torch.ShapeError);
  });

  test("float32 pools in pairs agree with float64", () => {
    const x = sines([2, 3, 9, 22]);
    const wide = F.maxPool2d(x, 2, { returnIndices: true }) as unknown as Pooled,
      narrow = F.maxPool2d(x.float(), 2, { returnIndices: true }) as unknown as Pooled;
    expect(narrow.indices.tolist()).toEqual(wide.indices.tolist());
    closeTo(F.maxPool2d(x.float(), 2).double(), wide.values, 1e-7);
  });
});
