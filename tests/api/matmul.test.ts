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
});
