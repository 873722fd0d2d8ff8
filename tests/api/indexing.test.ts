import { describe, expect, test } from "vitest";
import * as torch from "../../ts/index.ts";
import { sines } from "./sines.ts";

const { gradcheck, gradgradcheck } = torch.autograd;
type Tensor = torch.Tensor;
const cube = () => torch.arange(24).reshape(2, 3, 4);
const leaf = (shape: number[]) => sines(shape).requiresGrad_();
const long = (...values: number[]) => torch.tensor(values, { dtype: torch.int64 });

describe("at", () => {
  test("indices, slices, new dimensions and the ellipsis give views", () => {
    const x = cube();
    expect(x.at(1, -1, 2).item()).toBe(22);
    expect(x.at(1).storageOffset()).toBe(12);
    expect(x.at(":", 1).tolist()).toEqual([
      [4, 5, 6, 7],
      [16, 17, 18, 19],
    ]);
    expect(x.at(0, "1:", "::2").tolist()).toEqual([
      [4, 6],
      [8, 10],
    ]);
    expect(x.at("...", 0).tolist()).toEqual([
      [0, 4, 8],
      [12, 16, 20],
    ]);
    expect(x.at(null, "...", null).shape).toEqual([1, 2, 3, 4, 1]);
    expect(x.at(0, "...", "-2:").tolist()).toEqual([
      [2, 3],
      [6, 7],
      [10, 11],
    ]);
    expect(x.at("5:9").shape).toEqual([0, 3, 4]);
    expect(x.at(" 0 : 100 : 3 ").shape).toEqual([1, 3, 4]);
    expect(x.at(0n).shape).toEqual([3, 4]);
    expect(x.at().shape).toEqual([2, 3, 4]);
    expect(torch.tensor(3).at("...").item()).toBe(3);
    expect(torch.tensor(3).at(null).shape).toEqual([1]);
    expect([...x.at(0)].map((row) => row.at(0).item())).toEqual([0, 4, 8]);
  });

  test("index tensors, lists and masks copy", () => {
    const x = cube();
    const rows = long(0, 2, 0);
    expect(x.at(0, rows).tolist()).toEqual([
      [0, 1, 2, 3],
      [8, 9, 10, 11],
      [0, 1, 2, 3],
    ]);
    expect(x.at([1, 0], [2, -1]).tolist()).toEqual([
      [20, 21, 22, 23],
      [8, 9, 10, 11],
    ]);
    // Index tensors with a slice between them come first.
    expect(x.at(long(0), ":", rows.reshape(3, 1)).shape).toEqual([3, 1, 3]);
    expect(x.at(":", rows.reshape(3, 1), long(0, 1)).shape).toEqual([2, 3, 2]);
    // An integer is taken before, so these are next to each other, unlike in NumPy.
    expect(x.at(0, ":", rows).shape).toEqual([3, 3]);
    expect(x.at(x.gt(20)).tolist()).toEqual([21, 22, 23]);
    expect(x.at(torch.tensor([true, false])).shape).toEqual([1, 3, 4]);
    expect(x.at([true, false], "...", [0, 1]).tolist()).toEqual([
      [0, 4, 8],
      [1, 5, 9],
    ]);
    expect(x.at(":", x.at(0).gt(9)).tolist()).toEqual([
      [10, 11],
      [22, 23],
    ]);
    expect(x.at(x.at(":", ":", 0).ge(8), 1).tolist()).toEqual([9, 13, 17, 21]);
    expect(x.at(true).shape).toEqual([1, 2, 3, 4]);
    expect(x.at(false).shape).toEqual([0, 2, 3, 4]);
    expect(x.at([]).shape).toEqual([0, 3, 4]);
    expect(x.at(torch.tensor(1n)).tolist()).toEqual(x.at(1).tolist());
    expect(x.at(torch.tensor(true)).shape).toEqual([1, 2, 3, 4]);
    // A list that holds lists is a list of parts, as in Python.
    expect(
      x
        .at([
          [0, 1],
          [1, 2],
        ])
        .tolist(),
    ).toEqual([
      [4, 5, 6, 7],
      [20, 21, 22, 23],
    ]);
    expect(torch.tensor(5).at(torch.tensor(true)).tolist()).toEqual([5]);
  });

  test("every dtype, and strided inputs", () => {
    for (const dtype of [torch.float16, torch.bfloat16, torch.int8, torch.bool, torch.int32, torch.float64]) {
      const x = torch.tensor(
        [
          [1, 0, 1],
          [0, 1, 1],
        ],
        { dtype },
      );
      expect(x.t().at([2, 0]).float().tolist()).toEqual([
        [1, 1],
        [1, 0],
      ]);
      expect(x.t().at(x.t().eq(0)).numel()).toBe(2);
      expect(x.at(":", "1:").at([1]).float().tolist()).toEqual([[1, 1]]);
    }
  });

  test("refusals", () => {
    const x = cube();
    expect(() => x.at(2)).toThrow(torch.IndexError);
    expect(() => x.at(0, 0, 0, 0)).toThrow(torch.IndexError);
    expect(() => x.at(1.5)).toThrow(torch.TorchError);
    expect(() => x.at(long(0, 3))).toThrow(torch.IndexError);
    expect(() => x.at(":", long(-4))).toThrow(torch.IndexError);
    expect(() => x.at(torch.ones(2))).toThrow(torch.DtypeError);
    expect(() => x.at([0.5])).toThrow(torch.IndexError);
    expect(() => x.at(torch.ones(3, { dtype: torch.bool }))).toThrow(torch.IndexError);
    expect(() => x.at(long(0, 1), long(0, 1, 2))).toThrow(torch.IndexError);
    expect(() => x.at("::0")).toThrow(torch.ValueError);
    expect(() => x.at("::-1")).toThrow(torch.ValueError);
    expect(() => x.at("one")).toThrow(torch.ValueError);
    expect(() => x.at({} as never)).toThrow(torch.IndexError);
    expect(() => torch.tensor(3).at(0)).toThrow(torch.IndexError);
    expect(() => torch.tensor(3).at(":")).toThrow(torch.IndexError);
  });

  test("gradients, repeated indices adding up", () => {
    const x = leaf([3, 4]);
    for (const f of [
      (y: Tensor) => y.at([0, 2, 0]),
      (y: Tensor) => y.at([0, 2], [1, 1]),
      (y: Tensor) => y.at(y.gt(0)),
      (y: Tensor) => y.at("::2", [3, -1, 3]),
      (y: Tensor) => y.at(null, 1, "...", [true, false, true, true]),
      (y: Tensor) => y.t().at([1, 1]),
    ])
      expect(gradgradcheck((y: Tensor) => f(y).pow(2), [x])).toBe(true);
    const [g] = torch.autograd.grad(x.at([1, 1, 1]).sum(), x);
    expect(g!.sum(1).tolist()).toEqual([0, 12, 0]);
  });
});

describe("put_", () => {
  const set = (index: Parameters<Tensor["put_"]>[0], value: torch.Tensor | number | boolean | bigint) =>
    torch.zeros(2, 3, { dtype: torch.int64 }).put_(index as [], value);

  test("writes numbers and broadcast values through any index", () => {
    expect(set([0], 7).tolist()).toEqual([
      [7, 7, 7],
      [0, 0, 0],
    ]);
    expect(set([":", 1], long(1, 2)).tolist()).toEqual([
      [0, 1, 0],
      [0, 2, 0],
    ]);
    expect(set([":", "::2"], 5n).tolist()).toEqual([
      [5, 0, 5],
      [5, 0, 5],
    ]);
    expect(set(["..."], true).sum().item()).toBe(6);
    expect(
      set(
        [
          [1, 0],
          [2, 0],
        ],
        long(3, 4),
      ).tolist(),
    ).toEqual([
      [4, 0, 0],
      [0, 0, 3],
    ]);
    expect(
      set(
        [
          torch.tensor([
            [true, false, true],
            [false, true, false],
          ]),
        ],
        9,
      ).tolist(),
    ).toEqual([
      [9, 0, 9],
      [0, 9, 0],
    ]);
    expect(set([torch.tensor([false, true])], long(1, 2, 3)).tolist()).toEqual([
      [0, 0, 0],
      [1, 2, 3],
    ]);
    expect(set([1], long(1, 2, 3).reshape(1, 1, 3)).tolist()).toEqual([
      [0, 0, 0],
      [1, 2, 3],
    ]);
    expect(set([0, 0], torch.tensor(2.9)).at(0, 0).item()).toBe(2);
    expect(set([null, 0, "1:"], 4).tolist()).toEqual([
      [0, 4, 4],
      [0, 0, 0],
    ]);
    expect(set([[]], 4).sum().item()).toBe(0);
  });

  test("writes through views, and into itself", () => {
    const x = torch.arange(6).reshape(2, 3);
    x.t().put_(
      [
        [0, 2],
        [1, 0],
      ],
      9,
    );
    expect(x.tolist()).toEqual([
      [0, 1, 9],
      [9, 4, 5],
    ]);
    const y = torch.arange(4);
    y.put_(["1:"], y.at(":-1"));
    expect(y.tolist()).toEqual([0, 0, 1, 2]);
  });

  test("flat form and accumulation", () => {
    expect(
      torch
        .zeros(2, 2)
        .put_(long(1, 1, -1), torch.tensor([1, 2, 3]), true)
        .tolist(),
    ).toEqual([
      [0, 3],
      [0, 3],
    ]);
    const x = torch.zeros(3);
    expect(torch.indexPut(x, [long(0, 0)], torch.ones(2), true).tolist()).toEqual([2, 0, 0]);
    expect(x.sum().item()).toBe(0);
    x.indexPut_([long(2)], torch.tensor(4));
    expect(x.tolist()).toEqual([0, 0, 4]);
  });

  test("gradients of what is kept and what is written", () => {
    const x = leaf([3, 4]),
      v = leaf([4]);
    const indices: Parameters<Tensor["put_"]>[0][] = [
      [1],
      [[0, 2]],
      ["1:", ":"],
      [torch.tensor([true, false, true])],
      [null, "...", ":"],
    ];
    for (const index of indices)
      expect(
        gradcheck(
          (a: Tensor, b: Tensor) =>
            a
              .mul(2)
              .put_(index as [], b.mul(b))
              .pow(2),
          [x, v],
        ),
      ).toBe(true);
    const y = x.mul(1).put_([":", 0], 5);
    const [g] = torch.autograd.grad(y.sum(), x);
    expect(g!.sum(0).tolist()).toEqual([0, 3, 3, 3]);
    expect(y.gradFn!.name()).toBe("CopySlices");
  });

  test("refuses, and leaves the tensor as it was", () => {
    const x = torch.zeros(2, 3);
    expect(() => x.put_([2], 1)).toThrow(torch.IndexError);
    expect(() => x.put_([":", 0], torch.ones(3))).toThrow(torch.ShapeError);
    expect(() => x.put_([[0, 1]], torch.ones(2))).toThrow(torch.ShapeError);
    expect(() => x.put_([long(0, 5)], torch.ones(3))).toThrow(torch.IndexError);
    expect(() => x.put_([[0, 1]], torch.ones(3, { dtype: torch.float64 }))).toThrow(torch.DtypeError);
    expect(() => x.put_([0], "7" as never)).toThrow(torch.ValueError);
    expect(() => x.put_(0 as never, 1)).toThrow(torch.ValueError);
    expect(() => x.expand(2, 2, 3).put_([":"], 1)).toThrow(torch.ShapeError);
    expect(() => torch.ones(2).requiresGrad_().put_([0], 1)).toThrow(torch.AutogradError);
    expect(() => x.put_(torch.tensor([7n]), torch.ones(1))).toThrow(torch.IndexError);
    expect(x.sum().item()).toBe(0);
  });
});
