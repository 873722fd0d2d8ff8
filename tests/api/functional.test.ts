import { describe, expect, test } from "vitest";
import * as torch from "../../ts/index.ts";
import { closeTo, sines } from "./sines.ts";

const { functional, gradcheck } = torch.autograd;
type T = torch.Tensor;

describe("jacobian and hessian", () => {
  test("of one or several outputs and inputs", () => {
    const x = sines([2, 3]),
      y = sines([3], 2);
    const j = functional.jacobian((a) => a.exp().sum(1), x) as T;
    expect(j.shape).toEqual([2, 2, 3]);
    closeTo(j.select(0, 0).select(0, 0), x.exp().select(0, 0));
    expect(j.select(0, 0).select(0, 1).abs().sum().item()).toBe(0);
    const both = functional.jacobian((a, b) => [a.mul(b), b.sum()], [x, y]) as T[][];
    expect(both.map((row) => row.map((t) => t.shape))).toEqual([
      [
        [2, 3, 2, 3],
        [2, 3, 3],
      ],
      [[2, 3], [3]],
    ]);
    expect(both[1]![0]!.sum().item()).toBe(0);
    expect(j.requiresGrad).toBe(false);
    expect((functional.jacobian((a) => a.mul(2), torch.zeros([0])) as T).shape).toEqual([0, 0]);
  });

  test("hessian of x^3, of several inputs, on the tape", () => {
    const x = torch.tensor([1, 2, -1]);
    closeTo(functional.hessian((a) => a.pow(3).sum(), x) as T, torch.eye(3).mul(x.mul(6)), 1e-6);
    const h = functional.hessian((a, b) => a.mul(b).sum().square(), [x, x.mul(2)]) as T[][];
    expect(h.length).toBe(2);
    closeTo(h[0]![1]!, h[1]![0]!.t(), 1e-6);
    const leaf = sines([3]).requiresGrad_();
    expect(
      gradcheck((a) => functional.hessian((b) => b.pow(4).sum(), a, { createGraph: true }) as T, [leaf]),
    ).toBe(true);
    expect(() => functional.hessian((a) => a, x)).toThrow(/single element/);
  });

  test("strict refuses what does not depend; the caller's grad mode and leaves are left alone", () => {
    const x = torch.tensor([1, 2]);
    expect((functional.jacobian(() => torch.ones([2]), x) as T).sum().item()).toBe(0);
    expect(() => functional.jacobian(() => torch.ones([2]), x, { strict: true })).toThrow(
      torch.AutogradError,
    );
    expect(() => functional.jacobian((a) => a, x, { strategy: "forward-mode" as "reverse-mode" })).toThrow(
      torch.ValueError,
    );
    const leaf = torch.tensor([3]).requiresGrad_();
    torch.noGrad(() => expect((functional.jacobian((a) => a.square(), leaf) as T).item()).toBe(6));
    expect(leaf.grad).toBe(null);
  });
});

describe("products", () => {
  const A = sines([2, 3]),
    x = sines([3], 0.7);
  const f = (a: T) => A.matmul(a.square());
  test("vjp and jvp are those of the Jacobian", () => {
    const J = functional.jacobian(f, x) as T;
    const v = sines([2], 3),
      u = sines([3], 5);
    const [out, left] = functional.vjp(f, x, v) as [T, T];
    closeTo(out, f(x));
    closeTo(left, v.matmul(J));
    closeTo(functional.jvp(f, x, u)[1] as T, J.matmul(u));
    const [, parts] = functional.jvp((a, b) => a.mul(b), [x, u], [u, x]);
    closeTo(parts as T, u.square().add(x.square()));
    expect(() => functional.vjp(f, x)).toThrow(torch.ValueError);
    expect(() => functional.vjp(f, x, u)).toThrow(torch.ShapeError);
  });
  test("vhp and hvp are those of the Hessian, also where it is 0", () => {
    const g = (a: T) => f(a).square().sum();
    const H = functional.hessian(g, x) as T,
      u = sines([3], 5);
    closeTo(functional.hvp(g, x, u)[1] as T, H.matmul(u));
    closeTo(functional.vhp(g, x, { v: u } as object)[1] as T, u.matmul(H));
    for (const product of [functional.hvp, functional.vhp])
      closeTo(product((a) => a.sum(), x, u)[1] as T, torch.zeros([3]).double());
  });
});

describe("functionalCall", () => {
  test("runs a module with other parameters, and leaves it as it was", () => {
    torch.manualSeed(0);
    const net = new torch.nn.Sequential(
      new torch.nn.Linear(2, 3),
      new torch.nn.Tanh(),
      new torch.nn.Linear(3, 1),
    );
    const x = torch.randn([4, 2]);
    const own = net(x).tolist();
    const zero = torch.zeros([1, 3]).requiresGrad_();
    const out = torch.func.functionalCall(net, { "2.weight": zero, "2.bias": torch.ones([1]) }, x);
    expect(out.tolist()).toEqual([[1], [1], [1], [1]]);
    out.sum().backward();
    expect(zero.grad!.shape).toEqual([1, 3]);
    expect(net(x).tolist()).toEqual(own);
    expect(() => torch.func.functionalCall(net, { "3.weight": zero }, x)).toThrow(
      /no parameter or buffer "3.weight"/,
    );
    expect(() => torch.func.functionalCall(net, [{ "2.weight": x }], [x])).toThrow(torch.ShapeError);
    expect(net(x).tolist()).toEqual(own);
  });
});
