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
