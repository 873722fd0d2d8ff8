import { describe, expect, test } from "vitest";
import * as torch from "../../ts/index.ts";
import { closeTo, sines, weighted } from "./sines.ts";

const { gradcheck } = torch.autograd;
type Tensor = torch.Tensor;
type Call = (x: Tensor, ...rest: never[]) => Tensor;
const { int32, float64, bool } = torch;

/** Arguments of the in-place forms that take any, for a receiver of shape [2, 3]. */
const other = () => sines([3], 2).add(2);
const ARGUMENTS: Record<string, unknown[]> = {
  atan2: [other()],
  arctan2: [other()],
  pow: [3],
  floatPower: [2],
  clamp: [-0.5, 0.5],
  clip: [-0.5, 0.5],
  clampMin: [0.2],
  clampMax: [other()],
  copysign: [other()],
  hypot: [other()],
  heaviside: [0.5],
  nextafter: [2],
  xlogy: [other()],
  ldexp: [2],
  lerp: [other(), 0.3],
  addcmul: [other(), other()],
  addcdiv: [other(), other(), { value: 0.5 }],
  add: [other(), { alpha: 2 }],
  sub: [other(), { alpha: 2 }],
  subtract: [other()],
  mul: [other()],
  multiply: [other()],
  div: [other()],
  divide: [other()],
  trueDivide: [2],
  floorDivide: [other()],
  remainder: [other()],
  fmod: [other()],
  polygamma: [1],
  igamma: [other()],
  igammac: [other()],
  mvlgamma: [1],
  cumsum: [1],
  cumprod: [0],
  fill: [3],
  maskedFill: [torch.tensor([true, false, true]), 5],
  eq: [0.5],
  ne: [0.5],
  lt: [0.5],
  le: [0.5],
  gt: [0.5],
  ge: [0.5],
  greater: [0.5],
  greaterEqual: [0.5],
  less: [0.5],
  lessEqual: [0.5],
  notEqual: [0.5],
  logicalAnd: [other()],
  logicalOr: [other()],
  logicalXor: [other()],
};
const PLAIN = (
  "abs absolute neg negative sign sgn square sqrt rsqrt reciprocal exp exp2 expm1 log log2 log10 log1p sin cos tan asin acos atan " +
  "arcsin arccos arctan arcsinh arctanh sinh cosh asinh atanh erf erfc floor ceil trunc fix round frac digamma lgamma erfinv i0 tanh " +
  "sigmoid relu deg2rad rad2deg nanToNum sinc logit logicalNot"
).split(" ");
const INTEGERS =
  "bitwiseNot bitwiseAnd bitwiseOr bitwiseXor bitwiseLeftShift bitwiseRightShift gcd lcm".split(" ");
const call = (x: Tensor, name: string, args: unknown[]) =>
  (x as unknown as Record<string, Call>)[name]!.apply(x, args as never) as Tensor;

describe("an in-place form", () => {
  test.each([...PLAIN.map((name) => [name, []] as [string, unknown[]]), ...Object.entries(ARGUMENTS)])(
    "%s_ writes what %s gives, in the receiver's dtype, through a view too",
    (name, args) => {
      const x = sines([2, 3]).abs().mul(0.9).add(0.05);
      const want = call(x.clone(), name, args).to(float64);
      const target = x.clone();
      expect(call(target, `${name}_`, args)).toBe(target);
      closeTo(target, want, 1e-15);
      const base = torch.zeros([3, 2, 2], { dtype: float64 });
      const view = base.at(":", ":", 1).t();
      view.copy_(x);
      call(view, `${name}_`, args);
      closeTo(view, want, 1e-15);
      expect(base.at(":", ":", 0).abs().sum().item()).toBe(0);
    },
  );

  test.each(INTEGERS)("%s_ of integers", (name) => {
    const x = torch.tensor(Int32Array.of(12, 7));
    const args = name === "bitwiseNot" ? [] : [2];
    const want = call(x, name, args).tolist();
    expect(call(x, `${name}_`, args).tolist()).toEqual(want);
  });

  test("keeps history: gradients flow through the values before and after", () => {
    const x = sines([4], 1, true);
    gradcheck((t) => weighted(t.mul(2).exp_().add_(t).mul_(t).div_(3)), [x]);
    gradcheck((t) => weighted(t.mul(2).pow_(2).clamp_(-1, 1)), [x]);
    gradcheck((t) => weighted(t.mul(1).addcmul_(t, t, { value: 2 }).lerp_(t, 0.2)), [x]);
    gradcheck((t) => weighted(t.mul(1).maskedFill_(t.detach().gt(0), t.sum())), [x]);
    gradcheck((t) => weighted(t.clone().fill_(t.sum()).add(t)), [x]);
    gradcheck((t) => weighted(torch.zeros([2, 4], { dtype: float64 }).copy_(t).mul(t)), [x]);
    gradcheck((t) => weighted(t.clone().gt_(0.5).add(t)), [x]);
    expect(x.clone().lt_(0).requiresGrad).toBe(true);
    expect(x.clone().zero_().requiresGrad).toBe(true);
    expect(x.clone().fill_(1).gradFn!.name()).toBe("FillBackward0");
    expect(torch.zeros([4], { dtype: float64 }).copy_(x).gradFn!.name()).toBe("CopyBackwards");
  });

  test("is refused on leaves, on expanded tensors, and where shape or dtype do not fit", () => {
    const leaf = torch.ones([2]).requiresGrad_();
    for (const f of [
      () => leaf.add_(1),
      () => leaf.zero_(),
      () => leaf.fill_(2),
      () => leaf.maskedFill_(leaf.gt(0), 1),
    ])
      expect(f).toThrow(torch.AutogradError);
    expect(leaf.tolist()).toEqual([1, 1]);
    expect(() => torch.ones([1]).expand([3]).add_(1)).toThrow(torch.ShapeError);
    expect(() => torch.ones([1]).expand([3]).zero_()).toThrow(torch.ShapeError);
    expect(() => torch.ones([3]).add_(torch.ones([2, 3]))).toThrow(torch.ShapeError);
    expect(() => torch.ones([3]).copy_(torch.ones([2, 3]))).toThrow(torch.ShapeError);
    expect(() => torch.ones([3]).maskedFill_(torch.ones([2, 3], { dtype: bool }), 1)).toThrow(
      torch.ShapeError,
    );
    const whole = torch.tensor(Int32Array.of(1, 2));
    for (const f of [
      () => whole.div_(2),
      () => whole.add_(0.5),
      () => whole.exp_(),
      () => whole.fill_(Number.NaN),
    ])
      expect(f).toThrow(torch.TorchError);
    expect(whole.tolist()).toEqual([1, 2]);
  });

  test("a saved tensor that is changed is noticed", () => {
    const x = sines([3], 1, true);
    const y = x.exp();
    y.add_(1);
    expect(() => y.sum().backward()).toThrow(/modified by an inplace operation/);
    const z = x.mul(2).sin();
    z.mul_(2);
    z.sum().backward();
    closeTo(x.grad!, x.detach().mul(2).cos().mul(4));
  });

  test("reads operands that overlap the receiver before it writes", () => {
    const x = torch.tensor([1, 2, 3, 4]);
    x.at("1:").copy_(x.at(":3"));
    expect(x.tolist()).toEqual([1, 1, 2, 3]);
    const square = torch.tensor([
      [1, 2],
      [3, 4],
    ]);
    square.add_(square.t());
    expect(square.tolist()).toEqual([
      [2, 5],
      [5, 8],
    ]);
    const line = torch.tensor([1, 2, 3]);
    line.at("1:").mul_(line.at(":2"));
    expect(line.tolist()).toEqual([1, 2, 6]);
  });

  test("out takes on the shape of the result, and holds no element twice", () => {
    const out = torch.empty(0);
    torch.scope(() => torch.add(torch.ones(2, 2), 1, { out }));
    expect(out.tolist()).toEqual([
      [2, 2],
      [2, 2],
    ]);
    expect(() => torch.add(torch.ones(3), 1, { out: torch.empty(1).expand(3) })).toThrow(torch.ShapeError);
    expect(out.fill_({ value: 3 }).sum().item()).toBe(12);
  });

  test("copies cast", () => {
    expect(
      torch
        .zeros([2], { dtype: int32 })
        .copy_(torch.tensor([1.9, -1.9]))
        .tolist(),
    ).toEqual([1, -1]);
    expect(
      torch
        .zeros([2], { dtype: bool })
        .copy_(torch.tensor([0.5, 0]))
        .tolist(),
    ).toEqual([true, false]);
  });
  test("comparisons in place give gradients of 0, to both sides; logical ones leave the history as it was", () => {
    const x = torch.tensor([1, 0]).requiresGrad_(),
      z = torch.tensor([1, 3]).requiresGrad_();
    x.mul(2).eq_(z).sum().backward();
    expect(x.grad!.tolist()).toEqual([0, 0]);
    expect(z.grad!.tolist()).toEqual([0, 0]);
    const y = x.mul(2);
    y.logicalNot_().sum().backward();
    expect(y.tolist()).toEqual([0, 1]);
    expect(x.grad!.tolist()).toEqual([2, 2]);
  });
});
