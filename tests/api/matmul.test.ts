import { describe, expect, test } from "vitest";
import * as torch from "../../ts/index.ts";
import { closeTo, sines } from "./sines.ts";

describe("matmul", () => {
  test("multiplies every combination of ranks", () => {
    const shapes: [number[], number[], number[]][] = [
      [[3], [3], []],
      [[2, 3], [3], [2]],
      [[3], [3, 4], [4]],
      [
        [2, 3],
        [3, 4],
        [2, 4],
      ],
      [
        [5, 2, 3],
        [3, 4],
        [5, 2, 4],
      ],
      [[5, 2, 3], [3], [5, 2]],
      [[3], [5, 3, 4], [5, 4]],
      [
        [5, 1, 2, 3],
        [6, 3, 4],
        [5, 6, 2, 4],
      ],
      [
        [2, 0],
        [0, 3],
        [2, 3],
      ],
    ];
    for (const [a, b, want] of shapes) expect(torch.matmul(torch.ones(a), torch.ones(b)).shape).toEqual(want);
    expect(torch.matmul(torch.ones(2, 0), torch.ones(0, 3)).tolist()).toEqual([
      [0, 0, 0],
      [0, 0, 0],
    ]);
  });

  test("reads transposed and strided operands without changing the answer", () => {
    const a = sines([4, 3]),
      b = sines([5, 4]);
    closeTo(a.t().matmul(b.t()), a.t().contiguous().matmul(b.t().contiguous()));
    const wide = sines([3, 8]).asStrided([3, 4], [8, 2]);
    closeTo(wide.matmul(sines([4, 2])), wide.contiguous().matmul(sines([4, 2])));
  });

  test("keeps the dtype, integers included", () => {
    const x = torch.tensor(
      [
        [1, 2],
        [3, 4],
      ],
      { dtype: torch.int32 },
    );
    expect(String(x.matmul(x).dtype)).toBe("torch.int32");
    expect(x.matmul(x).tolist()).toEqual([
      [7, 10],
      [15, 22],
    ]);
    expect(() => x.matmul(torch.ones(2, 2))).toThrow(torch.DtypeError);
  });

  test("says which dimensions do not fit", () => {
    expect(() => torch.ones(64, 1000).matmul(torch.ones(100, 10))).toThrow(
      "matmul: [64, 1000] @ [100, 10] do not match (dimension 1 of the first is 1000, dimension 0 of the second is 100)",
    );
    expect(() => torch.matmul(torch.tensor(1), torch.ones(2))).toThrow(torch.ShapeError);
    expect(() => torch.bmm(torch.ones(2, 3, 4), torch.ones(3, 4, 5))).toThrow(torch.ShapeError);
  });

  test("gradients are those of finite differences, second order included", () => {
    const pairs: [number[], number[]][] = [
      [[3], [3]],
      [[2, 3], [3]],
      [
        [2, 3],
        [3, 2],
      ],
      [
        [2, 2, 3],
        [3, 2],
      ],
      [
        [2, 1, 2, 3],
        [3, 3, 2],
      ],
      [[3], [2, 3, 2]],
    ];
    for (const [a, b] of pairs) {
      const inputs = [sines(a, 1, true), sines(b, 2, true)];
      expect(torch.autograd.gradcheck((x, y) => torch.matmul(x!, y!), inputs)).toBe(true);
      expect(torch.autograd.gradgradcheck((x, y) => torch.matmul(x!, y!), inputs)).toBe(true);
    }
  });

  test("einsum equals the products it spells out", () => {
    const a = sines([2, 3, 4]),
      b = sines([2, 4, 5]);
    closeTo(torch.einsum("bij,bjk->bik", a, b), torch.bmm(a, b));
    closeTo(torch.einsum("ij->ji", a.at(0)), a.at(0).t());
    closeTo(torch.einsum("ii", sines([3, 3])), torch.einsum("ii->", sines([3, 3])));
    expect(() => torch.einsum("ii->i", sines([3, 1]))).toThrow(torch.ShapeError);
    expect(() => torch.einsum("ij,jk->il", sines([2, 3]), sines([3, 2]))).toThrow(torch.ValueError);
  });

  test("linear adds its bias to rows of any shape and is named as in PyTorch", () => {
    const { linear } = torch.nn.functional;
    const w = sines([4, 3], 1, true),
      b = sines([4], 2, true);
    for (const shape of [[3], [2, 3], [2, 2, 3]])
      closeTo(linear(sines(shape), w, b), sines(shape).matmul(w.t()).add(b));
    expect(linear(sines([2, 3]), w, b).gradFn?.name()).toBe("AddmmBackward0");
    expect(linear(sines([2, 3]), w).gradFn?.name()).toBe("MmBackward0");
    expect(
      torch.autograd.gradgradcheck((x, y, z) => linear(x!, y!, z!), [sines([2, 3], 3, true), w, b]),
    ).toBe(true);
  });

  test("in float32 agrees with float64 through blocks, edges and every layout", () => {
    const sizes: [number, number, number][] = [
      [1, 300, 130],
      [5, 270, 70],
      [70, 1, 33],
      [33, 600, 1],
      [67, 530, 91],
      [130, 129, 131],
    ];
    for (const [m, k, n] of sizes) {
      const want = sines([m, k]).matmul(sines([k, n]));
      const a = sines([m, k]).float(),
        b = sines([k, n]).float();
      // One rounding a step, and those of the operands.
      const bound = a
        .double()
        .abs()
        .matmul(b.double().abs())
        .mul((k + 3) * 2 ** -24);
      const turnedA = a.t().contiguous().t(),
        turnedB = b.t().contiguous().t();
      for (const x of [a, turnedA])
        for (const y of [b, turnedB]) {
          const error = x.matmul(y).double().sub(want).abs();
          expect(error.le(bound).all().item(), `${m} ${k} ${n}`).toBe(true);
        }
    }
  });

  test("NaN and infinity spread as the sum says", () => {
    const a = torch.ones(9, 20),
      b = torch.ones(20, 9);
    a.put_([2, 3], Number.NaN);
    b.put_([4, 5], Number.POSITIVE_INFINITY);
    const y = a.matmul(b);
    expect(y.at(2).isnan().all().item()).toBe(true);
    expect(y.at(0, 5).item()).toBe(Number.POSITIVE_INFINITY);
    expect(y.at(0, 4).item()).toBe(20);
  });
});

describe("products added to a tensor", () => {
  const { addmm, addmv, addbmm, baddbmm } = torch;

  test("scale both sides; with beta 0 the input is not read", () => {
    const a = sines([3, 4]),
      b = sines([4, 2], 2),
      x = sines([3, 2], 3);
    closeTo(addmm(x, a, b, { beta: 2, alpha: -0.5 }), x.mul(2).sub(a.matmul(b).mul(0.5)));
    closeTo(addmm(sines([2]), a, b), a.matmul(b).add(sines([2])));
    closeTo(addmm(torch.full([3, 2], Number.NaN).double(), a, b, { beta: 0 }), a.matmul(b));
    closeTo(
      addmv(sines([3]), a, sines([4]), { alpha: 3 }),
      a
        .matmul(sines([4]))
        .mul(3)
        .add(sines([3])),
    );
    const p = sines([2, 3, 4]),
      q = sines([2, 4, 2], 2);
    closeTo(baddbmm(x, p, q), p.matmul(q).add(x));
    closeTo(addbmm(x, p, q, { beta: 0.5 }), p.matmul(q).sum(0).add(x.mul(0.5)));
  });

  test("have gradients of both orders", () => {
    const x = sines([3, 2], 3, true),
      p = sines([2, 3, 4], 1, true),
      q = sines([2, 4, 2], 2, true);
    for (const op of [addbmm, baddbmm]) {
      const scaled = (...t: torch.Tensor[]) => op(t[0]!, t[1]!, t[2]!, { beta: 0.5, alpha: 2 });
      expect(torch.autograd.gradcheck(scaled, [x, p, q])).toBe(true);
      expect(torch.autograd.gradgradcheck(scaled, [x, p, q])).toBe(true);
    }
  });

  test("refuse what does not fit", () => {
    expect(() => addmm(sines([4, 2]), sines([3, 4]), sines([4, 2]))).toThrow(torch.ShapeError);
    expect(() => addmm(sines([3, 2]), sines([3, 4]), sines([3, 2]))).toThrow(torch.ShapeError);
    expect(() => addmm(sines([3, 2]), sines([3, 4]).float(), sines([4, 2]))).toThrow(torch.DtypeError);
    expect(() => baddbmm(sines([3, 2]), sines([2, 3, 4]), sines([3, 4, 2]))).toThrow(torch.ShapeError);
  });
});

test("kron, tensordot, inner and outer are sums of products", () => {
  closeTo(
    torch.kron(torch.tensor([1, 2]).double(), torch.tensor([[1, 3]]).double()),
    torch.tensor([[1, 3, 2, 6]]).double(),
  );
  const a = sines([2, 3, 4]),
    b = sines([4, 3, 5], 2);
  closeTo(
    torch.tensordot(a, b, {
      dims: [
        [1, 2],
        [1, 0],
      ],
    }),
    torch.einsum("ijk,kjl->il", a, b),
  );
  closeTo(torch.inner(a, sines([5, 4])), a.matmul(sines([5, 4]).t()));
  closeTo(torch.outer(sines([2]), sines([3], 2)), torch.einsum("i,j->ij", sines([2]), sines([3], 2)));
  closeTo(
    torch.chainMatmul(sines([2, 3]), sines([3, 4]), sines([4, 2])),
    sines([2, 3])
      .matmul(sines([3, 4]))
      .matmul(sines([4, 2])),
  );
});

describe("_intMm", () => {
  test("is exact over all sizes, the extremes included, and takes any strides", () => {
    torch.manualSeed(0);
    for (const [m, k, n] of [
      [1, 1, 1],
      [7, 33, 10],
      [70, 65, 19],
      [3, 0, 2],
    ] as const) {
      const a = torch.randint(-128, 128, [k, m], { dtype: torch.int8 }).t();
      const b = torch.randint(-128, 128, [k, n], { dtype: torch.int8 });
      if (k > 0) a.select(0, 0).fill_(-128);
      const want = a.to(torch.int64).matmul(b.to(torch.int64)).to(torch.int32);
      const got = torch._intMm(a, b);
      expect(got.dtype).toBe(torch.int32);
      expect(got.equal(want)).toBe(true);
      expect(torch._intMm(a, b.t().contiguous().t()).equal(want)).toBe(true);
    }
  });
  test("refuses what is not int8, and matrices that do not fit", () => {
    const a = torch.ones(2, 3, { dtype: torch.int8 });
    expect(() => torch._intMm(a, torch.ones(3, 2))).toThrow(torch.DtypeError);
    expect(() => torch._intMm(a, a)).toThrow(torch.ShapeError);
    expect(() => torch._intMm(a, a.select(0, 0))).toThrow(torch.ShapeError);
  });
});

describe("panels of an unchanged weight", () => {
  test("are kept, and made again when it is written to in any way", () => {
    const x = sines([40, 300]).to(torch.float32),
      w = sines([130, 300]).to(torch.float32);
    const both = (): void => {
      // A fresh copy of the weight has no panels.
      for (let i = 0; i < 3; i++) {
        const got = torch.nn.functional.linear(x, w);
        expect(got.equal(torch.nn.functional.linear(x, w.clone()))).toBe(true);
      }
    };
    const before = torch.memory();
    both();
    expect(torch.memory().kept).toBeGreaterThan(before.kept);
    w.mul_(2);
    both();
    w.detach().put_([3, ":"], 1);
    both();
    const live = w.typedArray();
    both();
    live[7] = 5;
    both();
  });
  test("go with the weight, and count apart", () => {
    const run = (kept: number): void =>
      torch.scope(() => {
        const x = sines([40, 300]).to(torch.float32),
          w = sines([300, 700]).to(torch.float32);
        for (let i = 0; i < 3; i++) x.matmul(w);
        expect(torch.memory().kept).toBeGreaterThan(kept);
      });
    // The first turn also sets up what stays: memory for intermediate values.
    run(torch.memory().kept);
    const { bytes, kept } = torch.memory();
    run(kept);
    expect(torch.memory()).toMatchObject({ bytes, kept });
  });
  test("addr adds a vector to each row of the product", () => {
    const sum = torch.addr(torch.tensor([1, 2]), torch.tensor([1, 2, 3]), torch.tensor([10, 20]));
    expect(sum.tolist()).toEqual([
      [11, 22],
      [21, 42],
      [31, 62],
    ]);
  });
});
