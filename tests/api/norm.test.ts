import { describe, expect, test } from "vitest";
import * as torch from "../../ts/index.ts";
import { closeTo, sines, weighted } from "./sines.ts";

const F = torch.nn.functional;

describe("normalisation", () => {
  const x = sines([2, 3, 7, 8], 1, true),
    w = sines([3], 2, true),
    b = sines([3], 3, true);
  const squares = (y: torch.Tensor) => {
    const [g] = torch.autograd.grad(weighted(y), [x]) as [torch.Tensor];
    return g.mul(g).sum().item() as number;
  };

  test("batch norm has PyTorch's values, moves the running statistics, and uses them in evaluation", () => {
    const mean = sines([3]),
      variance = sines([3]).abs();
    const y = F.batchNorm(x, mean, variance, w, b, true, 0.3);
    expect(y.gradFn?.name()).toBe("NativeBatchNormBackward0");
    expect(y.sum().item()).toBeCloseTo(30.66817545, 7);
    expect(squares(y)).toBeCloseTo(48.30407314, 7);
    expect(mean.sum().item()).toBeCloseTo(1.32939799, 7);
    expect(variance.sum().item()).toBeCloseTo(1.77850447, 7);
    const z = F.batchNorm(x, mean, variance, w, b, false);
    expect(z.sum().item()).toBeCloseTo(27.51303756, 7);
    expect(squares(z)).toBeCloseTo(120.66164369, 6);
  });

  test("layer, group and instance norm have PyTorch's values", () => {
    const y = F.layerNorm(x, [7, 8], sines([7, 8], 2), sines([7, 8], 3));
    expect(y.sum().item()).toBeCloseTo(-1.23843248, 7);
    expect(squares(y)).toBeCloseTo(126.43205414, 6);
    expect(F.groupNorm(x, 3, w, b).sum().item()).toBeCloseTo(30.66817545, 7);
    expect(squares(F.instanceNorm(x, { weight: w, bias: b }))).toBeCloseTo(48.31023724, 7);
  });

  test("gradients of both orders are those of finite differences", () => {
    const z = sines([3, 4, 2], 0.9, true),
      scale = sines([4], 2, true),
      shift = sines([4], 3, true);
    const ops = [
      (a: torch.Tensor, p: torch.Tensor, q: torch.Tensor) => F.batchNorm(a, null, null, p, q, true),
      (a: torch.Tensor, p: torch.Tensor, q: torch.Tensor) =>
        F.batchNorm(a, sines([4]).detach(), sines([4]).abs(), p, q, false),
      (a: torch.Tensor, p: torch.Tensor, q: torch.Tensor) => F.groupNorm(a, 2, p, q),
      (a: torch.Tensor, p: torch.Tensor, q: torch.Tensor) => F.layerNorm(a.transpose(1, 2), 4, p, q),
    ];
    for (const op of ops) {
      expect(torch.autograd.gradcheck((a, p, q) => op(a!, p!, q!), [z, scale, shift])).toBe(true);
      expect(torch.autograd.gradgradcheck((a, p, q) => op(a!, p!, q!), [z, scale, shift])).toBe(true);
    }
  });

  test("float32 agrees with float64 forward and back, in every frame", () => {
    const ops: [number[], (a: torch.Tensor, p: torch.Tensor, q: torch.Tensor) => torch.Tensor][] = [
      [[6, 5], (a, p, q) => F.batchNorm(a, null, null, p, q, true)],
      [[3, 5, 17], (a, p, q) => F.batchNorm(a, null, null, p, q, true)],
      [[3, 5, 2], (a, p, q) => F.batchNorm(a, p.detach(), p.detach().abs(), p, q, false)],
      [[3, 5, 4], (a, p, q) => F.groupNorm(a, 5, p, q)],
      [[3, 5, 9], (a, p, q) => F.instanceNorm(a, { weight: p, bias: q })],
      [[7, 5], (a, p, q) => F.layerNorm(a, 5, p, q)],
      [[2, 3, 5], (a, p) => F.layerNorm(a.transpose(0, 1), 5, p)],
    ];
    for (const [shape, op] of ops) {
      const run = (dtype: torch.DType) => {
        const inputs = [sines(shape).add(2), sines([5], 2).add(1), sines([5], 3)].map((t) =>
          t.to(dtype).requiresGrad_(),
        ) as [torch.Tensor, torch.Tensor, torch.Tensor];
        const y = op(...inputs);
        return [y, ...torch.autograd.grad(weighted(y), inputs, { allowUnused: true })];
      };
      const wide = run(torch.float64);
      run(torch.float32).forEach((t, i) => {
        expect(t === null).toBe(wide[i] === null);
        if (t !== null) closeTo(t.detach().double(), wide[i]!.detach(), 3e-5);
      });
    }
  });

  test("rmsNorm is PyTorch's", () => {
    const z = sines([2, 3, 4], 1, true),
      scale = sines([4], 2, true);
    const rms = F.rmsNorm(z, [4], scale);
    expect(rms.sum().item()).toBeCloseTo(-0.41690556, 7);
    const [g, h] = torch.autograd.grad(weighted(rms), [z, scale]) as [torch.Tensor, torch.Tensor];
    expect(g.mul(g).sum().item()).toBeCloseTo(10.06731347, 6);
    expect(h.mul(h).sum().item()).toBeCloseTo(54.35139808, 6);
    expect(String(new torch.nn.RMSNorm([2, 3], { eps: 1e-6, elementwiseAffine: false }))).toBe(
      "RMSNorm((2, 3), eps=1e-06, elementwise_affine=False)",
    );
    expect(() => F.rmsNorm(z, [3])).toThrow(torch.ShapeError);
  });

  test("refuses a single value per channel in training, and leaves the statistics alone", () => {
    const mean = torch.zeros(3);
    expect(() => F.batchNorm(torch.ones(1, 3), mean, torch.ones(3), { training: true })).toThrow(
      /more than 1 value per channel/,
    );
    expect(mean.tolist()).toEqual([0, 0, 0]);
    expect(() => F.layerNorm(torch.ones(2, 3), 4)).toThrow(torch.ShapeError);
    expect(() => F.groupNorm(torch.ones(2, 3), 2)).toThrow(torch.ShapeError);
  });
});

describe("embedding", () => {
  const rows = sines([5, 3], 1, true),
    index = torch.tensor([
      [0n, 2n],
      [4n, 2n],
    ]);

  test("looks rows up; the padding row gets no gradient", () => {
    const y = F.embedding(index, rows, { paddingIdx: 2 });
    closeTo(
      y.select(1, 1),
      torch.cat([rows.select(0, 2).reshape([1, 3]), rows.select(0, 2).reshape([1, 3])]),
    );
    const [g] = torch.autograd.grad(y.sum(), [rows]) as [torch.Tensor];
    expect(g.sum(1).tolist()).toEqual([3, 0, 0, 0, 3]);
    const [h] = torch.autograd.grad(F.embedding(index, rows, { scaleGradByFreq: true }).sum(), [rows]) as [
      torch.Tensor,
    ];
    expect(h.sum(1).tolist()).toEqual([3, 0, 3, 0, 3]);
  });

  test("refuses an index out of range", () => {
    expect(() => F.embedding(torch.tensor([5n]), rows)).toThrow(torch.IndexError);
    expect(() => F.embedding(torch.tensor([-1n]), rows)).toThrow(torch.IndexError);
    expect(() => F.embedding(torch.tensor([1]), rows)).toThrow(torch.DtypeError);
  });
});
