import { describe, expect, test } from "vitest";
import * as torch from "../../ts/index.ts";
import { closeTo, sines } from "./sines.ts";

const { gradcheck, gradgradcheck } = torch.autograd;
type Tensor = torch.Tensor;
const grid = () => torch.arange(12, { dtype: torch.float32 }).reshape(3, 4);
const leaf = (shape: number[]) => sines(shape).requiresGrad_();

describe("views", () => {
  const views: [string, (x: Tensor) => Tensor][] = [
    ["view", (x) => x.view(2, -1)],
    ["reshape", (x) => x.reshape([4, 3])],
    ["flatten", (x) => x.flatten()],
    ["unflatten", (x) => x.unflatten(1, [2, -1])],
    ["t", (x) => x.t()],
    ["T", (x) => x.T],
    ["mT", (x) => x.mT],
    ["H", (x) => x.H],
    ["permute", (x) => x.permute(1, 0)],
    ["swapaxes", (x) => x.swapaxes(0, -1)],
    ["movedim", (x) => x.movedim(0, 1)],
    ["narrow", (x) => x.narrow(1, -3, 2)],
    ["select", (x) => x.select(0, -1)],
    ["at slice", (x) => x.at("1:", "::2")],
    ["at new dimension", (x) => x.at(null, "...", 1)],
    ["diagonal", (x) => x.diagonal(1)],
    ["unfold", (x) => x.unfold(1, 2, 2)],
    ["squeeze", (x) => x.unsqueeze(1).squeeze(1)],
    ["split", (x) => x.split(3, 1)[1]!],
    ["chunk", (x) => x.chunk(2, 1)[1]!],
    ["unbind", (x) => x.unbind(1)[2]!],
    ["tensorSplit", (x) => x.tensorSplit([1, 3], 1)[1]!],
    ["hsplit", (x) => x.hsplit(2)[0]!],
    ["asStrided", (x) => x.asStrided([2, 2], [1, 4], 1)],
    ["rows", (x) => [...x][1]!],
    ["atleast3d", (x) => torch.atleast3d(x)],
    ["meshgrid", (x) => torch.meshgrid(x.select(0, 0), x.select(0, 1))[0]!.select(1, 0)],
  ];

  test.each(views)("%s shares memory both ways", (_, of) => {
    const base = grid(),
      view = of(base);
    const before = base.sum().item() as number,
      part = view.sum().item() as number;
    view.zero_();
    expect(base.sum().item()).toBe(before - part);
    base.fill_(2);
    expect(view.eq(2).all().item()).toBe(true);
  });

  test.each(views)("%s has first and second derivatives", (_, of) => {
    expect(gradcheck((x: Tensor) => of(x).mul(of(x)), [leaf([3, 4])])).toBe(true);
    expect(gradgradcheck((x: Tensor) => of(x).pow(3), [leaf([3, 4])])).toBe(true);
  });

  const several = ["split", "chunk", "unbind", "rows"];
  test.each(views.filter(([name]) => !several.includes(name)))(
    "%s written in place takes the gradient along",
    (_, of) => {
      const run = (x: Tensor) => {
        const y = x.mul(2);
        of(y).mul_(3);
        return y.mul(y);
      };
      expect(gradcheck(run, [leaf([3, 4])])).toBe(true);
    },
  );

  test("one of several views may not be written while it has a history", () => {
    for (const of of views.filter(([name]) => several.includes(name)).map(([, f]) => f)) {
      expect(() => of(leaf([3, 4]).mul(2)).mul_(2)).toThrow(torch.AutogradError);
      const plain = grid();
      of(plain).fill_(-1);
      expect(plain.min().item()).toBe(-1);
    }
    const own = torch.ones(3).requiresGrad_();
    expect(() => own.at("1:").zero_()).toThrow(torch.AutogradError);
  });

  test("shapes that the strides do not allow", () => {
    const x = grid();
    expect(() => x.t().view(12)).toThrow(torch.ShapeError);
    expect(x.t().reshape(12).tolist()).toEqual([0, 4, 8, 1, 5, 9, 2, 6, 10, 3, 7, 11]);
    expect(() => x.view(5, -1)).toThrow(torch.ShapeError);
    expect(() => x.view(-1, -1)).toThrow(torch.ShapeError);
    expect(() => x.reshape(5)).toThrow(torch.ShapeError);
    expect(x.at(":", "::2").view(3, 1, 2).stride()).toEqual([4, 4, 2]);
    expect(torch.zeros(0, 3).view(0).shape).toEqual([0]);
    expect(() => torch.zeros(0, 3).view(-1, 0)).toThrow(torch.ShapeError);
    expect(torch.tensor(3).view(1, 1).tolist()).toEqual([[3]]);
    expect(() => x.expand(3, 3)).toThrow(torch.ShapeError);
    expect(torch.ones(3, 1).expand(2, -1, 4).stride()).toEqual([0, 1, 0]);
    expect(() => torch.ones(3, 1).expand(3, 2).add_(1)).toThrow(torch.ShapeError);
  });

  test("names on the tape, and nextFunctions", () => {
    const x = leaf([2, 2]);
    const names: [Tensor, string][] = [
      [x.view(4), "ViewBackward0"],
      [x.unsqueeze(0), "UnsqueezeBackward0"],
      [x.expand(3, 2, 2), "ExpandBackward0"],
      [x.select(0, 1), "SelectBackward0"],
      [x.at("1:"), "SliceBackward0"],
      [x.at(":"), "SliceBackward0"],
      [x.at("..."), "AliasBackward0"],
      [x.at([0, 1]), "IndexBackward0"],
      [x.T, "PermuteBackward0"],
      [x.mT, "TransposeBackward0"],
      [x.t(), "TBackward0"],
      [x.diagonal(), "DiagonalBackward0"],
      [x.unfold(0, 2, 1), "UnfoldBackward0"],
      [x.asStrided([2], [1]), "AsStridedBackward0"],
      [x.split([1, 1])[0]!, "SplitWithSizesBackward0"],
      [x.flip(0), "FlipBackward0"],
      [x.roll(1, 0), "RollBackward0"],
      [x.repeat(2, 1), "RepeatBackward0"],
      [torch.hstack([x, x]), "CatBackward0"],
      [x.diag(), "DiagBackward0"],
      [torch.trace(x), "TraceBackward0"],
    ];
    for (const [y, name] of names) expect(y.gradFn!.name()).toBe(name);
  });

  test("a tensor becomes its own view", () => {
    const x = grid();
    expect(x.transpose_(0, 1)).toBe(x);
    expect([x.shape, x.stride(), x.isContiguous()]).toEqual([[4, 3], [1, 4], false]);
    expect(x.unsqueeze_(0).squeeze_().t_().shape).toEqual([3, 4]);
    const y = leaf([2, 3]).mul(2);
    expect(y.t_().gradFn!.name()).toBe("TBackward0");
    expect(
      gradcheck(
        (z: Tensor) =>
          z
            .mul(2)
            .t_()
            .mul(sines([3, 2])),
        [leaf([2, 3])],
      ),
    ).toBe(true);
    expect(() => leaf([2, 3]).t_()).toThrow(torch.AutogradError);
    const z = torch.arange(4).resize_(2, 3);
    expect(z.flatten().tolist().slice(0, 4)).toEqual([0, 1, 2, 3]);
  });

  test("data: the same memory without history, and a way to replace it", () => {
    const w = leaf([2]);
    w.data.fill_(1);
    expect(w.tolist()).toEqual([1, 1]);
    expect(w.data.requiresGrad).toBe(false);
    w.data = torch.tensor([3, 4], { dtype: torch.float64 });
    expect([w.tolist(), w.requiresGrad]).toEqual([[3, 4], true]);
    expect(() => {
      w.data = torch.ones(2);
    }).toThrow(torch.DtypeError);
  });

  test("splits: sizes, empty parts, refusals", () => {
    const sizes = (parts: Tensor[], d = 0) => parts.map((p) => p.shape[d]);
    const x = torch.arange(10);
    expect(sizes(x.split(4))).toEqual([4, 4, 2]);
    expect(sizes(x.split([2, 0, 8]))).toEqual([2, 0, 8]);
    expect(sizes(x.chunk(4))).toEqual([3, 3, 3, 1]);
    expect(sizes(x.tensorSplit(4))).toEqual([3, 3, 2, 2]);
    expect(sizes(x.tensorSplit({ indices: [1, 5, 20] }))).toEqual([1, 4, 5, 0]);
    expect(sizes(torch.zeros(0).chunk(3))).toEqual([0, 0, 0]);
    expect(() => x.split([2, 2])).toThrow(torch.ShapeError);
    expect(() => x.split(0)).toThrow(torch.ValueError);
    expect(() => x.chunk(0)).toThrow(torch.ValueError);
    expect(() => x.hsplit(3)).toThrow(torch.ShapeError);
    expect(() => x.vsplit(2)).toThrow(torch.ShapeError);
    expect(() => torch.tensor(1).unbind()).toThrow(torch.IndexError);
    expect(() => [...torch.tensor(1)]).toThrow(torch.ShapeError);
  });

  test("of whatever dtype, empty or 0-d", () => {
    for (const dtype of [torch.float16, torch.bfloat16, torch.int8, torch.bool, torch.int64, torch.float64]) {
      const x = torch.tensor(
        [
          [0, 1, 1],
          [1, 0, 1],
        ],
        { dtype },
      );
      expect(x.flip(0, 1).float().tolist()).toEqual([
        [1, 0, 1],
        [1, 1, 0],
      ]);
      expect(x.tril().float().tolist()).toEqual([
        [0, 0, 0],
        [1, 0, 0],
      ]);
      expect(x.t().contiguous().float().tolist()).toEqual([
        [0, 1],
        [1, 0],
        [1, 1],
      ]);
      expect(x.repeat(1, 2).shape).toEqual([2, 6]);
      expect(torch.cat([x, x], 1).dtype).toBe(dtype);
    }
    expect(torch.zeros(0, 2).flip(0).shape).toEqual([0, 2]);
    expect(torch.tensor(5).flip([]).item()).toBe(5);
    expect(torch.tensor(5).roll(3).item()).toBe(5);
    expect(torch.zeros(0, 2).triu().shape).toEqual([0, 2]);
    expect(torch.tensor(5).squeeze(0).shape).toEqual([]);
  });
});

describe("copies in another arrangement", () => {
  test("tril, triu and their indices", () => {
    const x = torch.ones(2, 3, 4);
    for (const k of [-5, -1, 0, 2, 7]) {
      closeTo(x.tril(k).add(x.triu(k + 1)), x);
      const [rows, cols] = torch.trilIndices(3, 4, k);
      expect(rows!.numel()).toBe(x.at(0).tril(k).sum().item());
      expect(x.at(0).tril(k).at(rows!, cols!).eq(1).all().item()).toBe(true);
    }
    expect(torch.triuIndices(2, 2).tolist()).toEqual([
      [0, 0, 1],
      [0, 1, 1],
    ]);
    expect(gradgradcheck((y: Tensor) => y.tril(-1).add(y.triu(1)).pow(2), [leaf([2, 3, 3])])).toBe(true);
    expect(() => torch.ones(3).tril()).toThrow(torch.ShapeError);
    const y = torch.ones(2, 2);
    y.t().tril_();
    expect(y.tolist()).toEqual([
      [1, 1],
      [0, 1],
    ]);
  });

  test("roll, rot90, repeat, tile, repeatInterleave", () => {
    const x = torch.arange(6).reshape(2, 3);
    expect(x.roll(1).tolist()).toEqual([
      [5, 0, 1],
      [2, 3, 4],
    ]);
    expect(x.roll([1, -1], [0, 1]).tolist()).toEqual([
      [4, 5, 3],
      [1, 2, 0],
    ]);
    expect(x.rot90().tolist()).toEqual([
      [2, 5],
      [1, 4],
      [0, 3],
    ]);
    expect(x.rot90(-1).rot90(1).tolist()).toEqual(x.tolist());
    expect(x.rot90(2, [1, 0]).tolist()).toEqual([
      [5, 4, 3],
      [2, 1, 0],
    ]);
    expect(torch.tensor([1, 2]).repeat(2, 2).tolist()).toEqual([
      [1, 2, 1, 2],
      [1, 2, 1, 2],
    ]);
    expect(x.tile(2).shape).toEqual([2, 6]);
    expect(x.repeatInterleave(2).tolist()).toEqual([0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5]);
    expect(x.repeatInterleave(torch.tensor([2n, 0n]), 0).tolist()).toEqual([
      [0, 1, 2],
      [0, 1, 2],
    ]);
    expect(torch.repeatInterleave(torch.tensor([1n, 0n, 2n])).tolist()).toEqual([0, 2, 2]);
    expect(() => x.repeat(2)).toThrow(torch.ShapeError);
    expect(() => x.roll([1, 2], 0)).toThrow(torch.ValueError);
    expect(() => x.rot90(1, [0, 0])).toThrow(torch.ValueError);
    for (const f of [
      (y: Tensor) => y.roll([1, 2], [0, 1]),
      (y: Tensor) => y.rot90(),
      (y: Tensor) => y.repeat(2, 1, 3),
      (y: Tensor) => y.repeatInterleave(2, 1),
      (y: Tensor) => y.flip(1),
      (y: Tensor) => torch.tile(y, [2]),
    ])
      expect(gradgradcheck((y: Tensor) => f(y).pow(2), [leaf([2, 3])])).toBe(true);
  });

  test("diagonals: out of a matrix, into one, and replaced", () => {
    const x = torch.arange(9).reshape(3, 3);
    expect(torch.diag(x, -1).tolist()).toEqual([3, 7]);
    expect(torch.diag(torch.tensor([1, 2]), 1).tolist()).toEqual([
      [0, 1, 0],
      [0, 0, 2],
      [0, 0, 0],
    ]);
    expect(torch.diagEmbed(torch.ones(2, 3), 1, 0, 2).shape).toEqual([4, 2, 4]);
    expect(torch.diagflat(torch.ones(2, 2)).sum().item()).toBe(4);
    expect(torch.trace(x).item()).toBe(12);
    expect(
      x
        .diagonalScatter(torch.zeros(3, { dtype: torch.int64 }))
        .diagonal()
        .tolist(),
    ).toEqual([0, 0, 0]);
    expect(
      x
        .selectScatter(torch.tensor([7n, 7n, 7n]), 0, 1)
        .at(1)
        .tolist(),
    ).toEqual([7, 7, 7]);
    expect(
      x
        .sliceScatter(torch.zeros(3, 1, { dtype: torch.int64 }), 1, 0, 1)
        .at(":", 0)
        .sum()
        .item(),
    ).toBe(0);
    expect(torch.zeros(7, 3).fillDiagonal_(1, true).sum().item()).toBe(6);
    expect(torch.zeros(2, 2, 2).fillDiagonal_(5).tolist()).toEqual([
      [
        [5, 0],
        [0, 0],
      ],
      [
        [0, 0],
        [0, 5],
      ],
    ]);
    expect(() => x.diagonal(0, 0, -2)).toThrow(torch.ValueError);
    expect(() => x.diagonalScatter(torch.ones(2))).toThrow(torch.ShapeError);
    expect(() => torch.trace(torch.ones(2))).toThrow(torch.ShapeError);
    const m = leaf([3, 3]),
      v = leaf([3]);
    expect(gradgradcheck((a: Tensor, b: Tensor) => a.diagonalScatter(b).pow(2), [m, v])).toBe(true);
    expect(gradgradcheck((a: Tensor, b: Tensor) => a.selectScatter(b, 1, 0).pow(2), [m, v])).toBe(true);
    for (const f of [
      (a: Tensor) => torch.diag(a),
      (a: Tensor) => torch.diag(a.at(0)),
      (a: Tensor) => torch.diagEmbed(a, -1),
      (a: Tensor) => torch.trace(a),
    ])
      expect(gradgradcheck((a: Tensor) => f(a).pow(2), [m])).toBe(true);
  });

  test("joins: promotion, legacy empty vectors, gradients", () => {
    const a = torch.ones(2),
      b = torch.tensor([1n, 2n]);
    expect(torch.cat([a, b]).dtype).toBe(torch.float32);
    expect(torch.cat([torch.zeros(0), torch.ones(2, 3)]).shape).toEqual([2, 3]);
    expect(torch.stack([a, a], -1).shape).toEqual([2, 2]);
    expect(torch.hstack([a, a]).shape).toEqual([4]);
    expect(torch.vstack([a, torch.ones(3, 2)]).shape).toEqual([4, 2]);
    expect(torch.dstack([a, a]).shape).toEqual([1, 2, 2]);
    expect(torch.columnStack([a, torch.ones(2, 2)]).shape).toEqual([2, 3]);
    expect(torch.blockDiag(torch.ones(2, 1), torch.tensor(3), a).shape).toEqual([4, 4]);
    expect(() => torch.cat([])).toThrow(torch.ShapeError);
    expect(() => torch.cat([a, torch.ones(2, 2)])).toThrow(torch.ShapeError);
    expect(() => torch.stack([a, torch.ones(3)])).toThrow(torch.ShapeError);
    expect(() => torch.cat([torch.tensor(1)])).toThrow(torch.ShapeError);
    const x = leaf([2, 2]),
      y = leaf([2, 2]);
    for (const join of [torch.cat, torch.stack, torch.hstack, torch.vstack, torch.dstack, torch.columnStack])
      expect(gradgradcheck((p: Tensor, q: Tensor) => join([p.t(), q]).pow(2), [x, y])).toBe(true);
    expect(gradcheck((p: Tensor, q: Tensor) => torch.blockDiag(p, q).pow(2), [x, y])).toBe(true);
    const [g] = torch.autograd.grad(torch.cat([x.at(0), torch.ones(2)]).sum(), x);
    expect(g!.tolist()).toEqual([
      [1, 1],
      [0, 0],
    ]);
  });

  test("grids and choices", () => {
    const [x, y] = [torch.arange(2), torch.arange(3)];
    const [gx, gy] = torch.meshgrid([x, y], { indexing: "xy" });
    expect([gx!.shape, gy!.at(":", 0).tolist()]).toEqual([
      [3, 2],
      [0, 1, 2],
    ]);
    expect(torch.cartesianProd(x, y).tolist()).toEqual([
      [0, 0],
      [0, 1],
      [0, 2],
      [1, 0],
      [1, 1],
      [1, 2],
    ]);
    expect(torch.combinations(y).tolist()).toEqual([
      [0, 1],
      [0, 2],
      [1, 2],
    ]);
    expect(torch.combinations(x, 2, true).tolist()).toEqual([
      [0, 0],
      [0, 1],
      [1, 1],
    ]);
    expect(torch.combinations(x, 3).shape).toEqual([0, 3]);
    expect(torch.broadcastShapes([3, 1], [4], 1)).toEqual([3, 4]);
    expect(torch.broadcastTensors(torch.ones(3, 1), y)[0]!.shape).toEqual([3, 3]);
    expect(() => torch.broadcastShapes([2], [3])).toThrow(torch.ShapeError);
  });
});
