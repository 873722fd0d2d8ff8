import { inspect } from "node:util";
import { afterEach, describe, expect, test } from "vitest";
import * as torch from "../../ts/index.ts";

afterEach(() => torch.setPrintoptions({ profile: "default", sciMode: null }));
const { Infinity: inf, NaN: nan } = globalThis;

describe("tensors as JavaScript sees them", () => {
  test("JSON holds nested lists", () => {
    const state = { loss: torch.tensor(1.5), rows: torch.tensor([[1n, 2n]]), ok: torch.tensor([true]) };
    expect(JSON.stringify(state)).toBe('{"loss":1.5,"rows":[[1,2]],"ok":[true]}');
  });

  test("one element counts as its number, and a template has the text", () => {
    const loss = torch.tensor(0.5, { requiresGrad: true });
    const plain = loss as unknown as number;
    expect([plain < 1, plain + 1, Math.max(plain, 0), `${loss}`]).toEqual([
      true,
      1.5,
      0.5,
      "tensor(0.5000, requires_grad=True)",
    ]);
    const [value, same]: [number, boolean] = [loss.item(), loss.eq(0.5).item()];
    expect([value.toFixed(1), same]).toEqual(["0.5", true]);
  });
});

describe("text of tensors", () => {
  const cases: [torch.Tensor | (() => torch.Tensor), string][] = [
    [torch.tensor(3n), "tensor(3)"],
    [torch.tensor(-0), "tensor(-0.)"],
    [torch.tensor([1, 2.5]), "tensor([1.0000, 2.5000])"],
    [torch.tensor([1, nan, -inf]), "tensor([1., nan, -inf])"],
    [torch.tensor([1e-5, 1]), "tensor([1.0000e-05, 1.0000e+00])"],
    [torch.tensor([100000000, 1]), "tensor([1.0000e+08, 1.0000e+00])"],
    [torch.tensor([[true], [false]]), "tensor([[ True],\n        [False]])"],
    [torch.zeros(0, 3), "tensor([], size=(0, 3))"],
    [torch.tensor([], { dtype: torch.int64 }), "tensor([], dtype=torch.int64)"],
    [torch.ones(2, { dtype: torch.int8 }), "tensor([1, 1], dtype=torch.int8)"],
    [torch.ones(2, { dtype: torch.bfloat16 }), "tensor([1., 1.], dtype=torch.bfloat16)"],
    [torch.arange(4).reshape(2, 2).t(), "tensor([[0, 2],\n        [1, 3]])"],
    [torch.zeros(2, 1, 1), "tensor([[[0.]],\n\n        [[0.]]])"],
    [torch.tensor([0.5], { requiresGrad: true }), "tensor([0.5000], requires_grad=True)"],
    [() => torch.tensor([0.5], { requiresGrad: true }).at(0), "tensor(0.5000, grad_fn=<SelectBackward0>)"],
    [torch.arange(1001), "tensor([   0,    1,    2,  ...,  998,  999, 1000])"],

    [
      torch.tensor([0.00005, 1.00005], { dtype: torch.float64 }).at("1:"),
      "tensor([1.0001], dtype=torch.float64)",
    ],
  ];
  test.each(cases)("%#", (x, text) => {
    expect(String(typeof x === "function" ? x() : x)).toBe(text);
  });

  test("long lines break, wide ones are cut in every dimension", () => {
    expect(String(torch.arange(30))).toBe(
      "tensor([ 0,  1,  2,  3,  4,  5,  6,  7,  8,  9, 10, 11, 12, 13, 14, 15, 16, 17,\n        18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29])",
    );
    expect(String(torch.zeros(40, 40))).toBe(
      `tensor([[0., 0., 0.,  ..., 0., 0., 0.],
        [0., 0., 0.,  ..., 0., 0., 0.],
        [0., 0., 0.,  ..., 0., 0., 0.],
        ...,
        [0., 0., 0.,  ..., 0., 0., 0.],
        [0., 0., 0.,  ..., 0., 0., 0.],
        [0., 0., 0.,  ..., 0., 0., 0.]])`,
    );
  });

  test("print options", () => {
    const x = torch.tensor([1 / 3, 2]);
    torch.setPrintoptions({ precision: 2 });
    expect(String(x)).toBe("tensor([0.33, 2.00])");
    torch.setPrintoptions({ sciMode: true });
    expect(String(x)).toBe("tensor([3.33e-01, 2.00e+00])");
    torch.setPrintoptions({ threshold: 3, edgeitems: 1 });
    expect(String(torch.arange(5))).toBe("tensor([0,  ..., 4])");
    torch.setPrintoptions({ profile: "default", linewidth: 20 });
    expect(String(torch.arange(5))).toBe("tensor([0, 1, 2, 3,\n        4])");
    expect(() => torch.setPrintoptions({ precision: -1 })).toThrow(torch.ValueError);
    expect(() => torch.setPrintoptions({ profile: "long" as never })).toThrow(torch.ValueError);
    expect(() => torch.setPrintoptions({ width: 3 } as never)).toThrow(torch.ValueError);
  });
});

test("consoles show tensors, modules, parameters, dtypes, devices and nodes as their text", () => {
  const x = torch.ones(1, { requiresGrad: true });
  const shown = [
    x,
    x.mul(2),
    new torch.nn.Linear(1, 2),
    new torch.nn.Parameter(torch.ones(1)),
    torch.int8,
    torch.device("cpu"),
    x.mul(2).gradFn,
  ];
  for (const value of shown) {
    expect(inspect(value)).toBe(String(value));
    const deno = (value as unknown as Record<symbol, () => string>)[Symbol.for("Deno.customInspect")]!;
    expect(deno.call(value)).toBe(String(value));
  }
  expect(inspect({ a: torch.zeros(2, 1) })).toBe("{\n  a: tensor([[0.],\n          [0.]])\n}");
  expect(String(shown[3])).toBe("Parameter containing:\ntensor([1.], requires_grad=True)");
});

test("a generator shows its seed", () => {
  expect(inspect(new torch.Generator().manualSeed(7))).toBe("Generator(seed=7)");
});
