import { describe, expect, test } from "vitest";
import * as torch from "../../ts/index.ts";
import * as activation from "../../ts/ops/activation.ts";
import * as binary from "../../ts/ops/binary.ts";
import * as blend from "../../ts/ops/blend.ts";
import * as clamps from "../../ts/ops/clamp.ts";
import * as compare from "../../ts/ops/compare.ts";
import * as fills from "../../ts/ops/fill.ts";
import * as logic from "../../ts/ops/logic.ts";
import * as pairs from "../../ts/ops/pairs.ts";
import * as power from "../../ts/ops/power.ts";
import * as special from "../../ts/ops/specialformulas.ts";
import * as unary from "../../ts/ops/unary.ts";
import * as scaled from "../../ts/ops/unaryscaled.ts";
import * as unarySpecial from "../../ts/ops/unaryspecial.ts";
import * as turns from "../../ts/ops/unaryturns.ts";
import * as choices from "../../ts/ops/where.ts";
import { closeTo, sines } from "./sines.ts";

type Tensor = torch.Tensor;
const { gradcheck, gradgradcheck } = torch.autograd;
const { float32, float64 } = torch;
const f64 = (...values: number[]) => torch.tensor(Float64Array.from(values));
const { NaN: nan, Infinity: inf } = globalThis;

type One = (x: Tensor) => Tensor;
type Two = (x: Tensor, y: Tensor) => Tensor;
type Three = (x: Tensor, y: Tensor, z: Tensor) => Tensor;

/** Differentiable functions of one tensor, and an interval in which they are smooth. */
const UNARY: Record<string, [f: One, low: number, high: number]> = {
  abs: [torch.abs, 0.1, 2],
  neg: [torch.neg, -2, 2],
  sign: [torch.sign, 0.1, 2],
  sgn: [torch.sgn, -2, -0.1],
  square: [torch.square, -2, 2],
  sqrt: [torch.sqrt, 0.3, 4],
  rsqrt: [torch.rsqrt, 0.3, 4],
  reciprocal: [torch.reciprocal, 0.3, 4],
  exp: [torch.exp, -2, 2],
  exp2: [torch.exp2, -2, 2],
  expm1: [torch.expm1, -2, 2],
  log: [torch.log, 0.3, 4],
  log2: [torch.log2, 0.3, 4],
  log10: [torch.log10, 0.3, 4],
  log1p: [torch.log1p, -0.6, 2],
  sin: [torch.sin, -4, 4],
  cos: [torch.cos, -4, 4],
  tan: [torch.tan, -1, 1],
  asin: [torch.asin, -0.8, 0.8],
  acos: [torch.acos, -0.8, 0.8],
  atan: [torch.atan, -3, 3],
  sinh: [torch.sinh, -2, 2],
  cosh: [torch.cosh, -2, 2],
  asinh: [torch.asinh, -2, 2],
  acosh: [torch.acosh, 1.3, 4],
  atanh: [torch.atanh, -0.8, 0.8],
  erf: [torch.erf, -2, 2],
  erfc: [torch.erfc, -2, 2],
  floor: [torch.floor, 0.1, 0.9],
  ceil: [torch.ceil, 0.1, 0.9],
  trunc: [torch.trunc, 0.1, 0.9],
  round: [(x) => torch.round(x), 0.6, 1.4],
  frac: [torch.frac, 0.1, 0.9],
  deg2rad: [torch.deg2rad, -90, 90],
  rad2deg: [torch.rad2deg, -2, 2],
  angle: [torch.angle, 0.1, 2],
  sinc: [torch.sinc, 0.2, 2],
  logit: [(x) => torch.logit(x), 0.1, 0.9],
  nanToNum: [(x) => torch.nanToNum(x), -2, 2],
  positive: [torch.positive, -2, 2],
  real: [torch.real, -2, 2],
  digamma: [torch.digamma, 0.5, 4],
  lgamma: [torch.lgamma, 0.5, 4],
  polygamma: [(x) => torch.polygamma(1, x), 0.7, 4],
  erfinv: [torch.erfinv, -0.8, 0.8],
  i0: [torch.i0, -2, 2],
  i1: [torch.special.i1, 0.2, 2],
  i0e: [torch.special.i0e, 0.2, 2],
  i1e: [torch.special.i1e, 0.2, 2],
  entr: [torch.special.entr, 0.2, 2],
  erfcx: [torch.special.erfcx, -1, 2],
  ndtr: [torch.special.ndtr, -2, 2],
  ndtri: [torch.special.ndtri, 0.1, 0.9],
  logNdtr: [torch.special.logNdtr, -3, 2],
  mvlgamma: [(x) => torch.mvlgamma(x, 3), 1.5, 4],
  tanh: [torch.tanh, -2, 2],
  sigmoid: [torch.sigmoid, -3, 3],
  relu: [torch.relu, 0.1, 2],
  hardshrink: [(x) => torch.hardshrink(x), 0.7, 2],
  clamp: [(x) => torch.clamp(x, -1, 1), -0.9, 0.9],
  clampMin: [(x) => torch.clampMin(x, 0), 0.1, 2],
  clampMax: [(x) => torch.clampMax(x, 0), 0.1, 2],
  floatPower: [(x) => torch.floatPower(x, 3), 0.2, 2],
  fill: [(x) => torch.fill(x, 2), -2, 2],
};

/** Differentiable functions of two tensors that broadcast, and intervals for each. */
const BINARY: Record<string, [f: Two, a: [number, number], b: [number, number]]> = {
  add: [(a, b) => torch.add(a, b, { alpha: 2 }), [-2, 2], [-2, 2]],
  sub: [(a, b) => torch.sub(a, b, { alpha: -3 }), [-2, 2], [-2, 2]],
  rsub: [(a, b) => torch.rsub(a, b, { alpha: 2 }), [-2, 2], [-2, 2]],
  mul: [torch.mul, [-2, 2], [-2, 2]],
  div: [torch.div, [-2, 2], [0.5, 2]],
  divFloor: [(a, b) => torch.div(a, b, { roundingMode: "floor" }), [3.1, 3.2], [2.1, 2.2]],
  divTrunc: [(a, b) => torch.div(a, b, { roundingMode: "trunc" }), [3.1, 3.2], [2.1, 2.2]],
  remainder: [torch.remainder, [3.1, 3.4], [2.1, 2.4]],
  fmod: [torch.fmod, [3.1, 3.4], [2.1, 2.4]],
  maximum: [torch.maximum, [-2, 0], [0.1, 2]],
  minimum: [torch.minimum, [-2, 0], [0.1, 2]],
  fmax: [torch.fmax, [-2, 0], [0.1, 2]],
  fmin: [torch.fmin, [-2, 0], [0.1, 2]],
  atan2: [torch.atan2, [0.3, 2], [0.3, 2]],
  pow: [torch.pow, [0.4, 2], [-2, 2]],
  xlogy: [torch.xlogy, [0.4, 2], [0.4, 2]],
  xlog1py: [torch.special.xlog1py, [0.4, 2], [-0.4, 2]],
  logaddexp: [torch.logaddexp, [-2, 2], [-2, 2]],
  logaddexp2: [torch.logaddexp2, [-2, 2], [-2, 2]],
  hypot: [torch.hypot, [0.3, 2], [0.3, 2]],
  copysign: [torch.copysign, [0.3, 2], [-2, -0.3]],
  ldexp: [torch.ldexp, [-2, 2], [-2, 2]],
  prelu: [(a, b) => torch.prelu(a, b.reshape([-1]).at(":1")), [-2, -0.1], [0.1, 0.4]],
};
/** The second gradient is the same function at one degree more, which PyTorch lacks by the first argument. */
const SECOND_ONLY: Record<string, [f: Two, a: [number, number], b: [number, number]]> = {
  zeta: [torch.special.zeta, [2, 4], [0.5, 3]],
  igamma: [torch.igamma, [0.5, 3], [0.5, 3]],
  igammac: [torch.igammac, [0.5, 3], [0.5, 3]],
};
const TERNARY: Record<string, Three> = {
  addcmul: (a, b, c) => torch.addcmul(a, b, c, { value: 0.5 }),
  addcdiv: (a, b, c) => torch.addcdiv(a, b, c.add(3), { value: 0.5 }),
  lerp: (a, b, c) => torch.lerp(a, b, c),
  where: (a, b, c) => torch.where(c.gt(0), a, b),
  maskedFill: (a, b, c) => torch.maskedFill(a.add(c), b.lt(0).detach(), c.sum()),
  clamp: (a, b, c) => torch.clamp(a, b, c.abs().add(b)),
};
/** What gives bools, integers or numbers, or has no derivative in PyTorch either. */
const WITHOUT = new Set(
  (
    "isnan isinf isfinite isposinf isneginf isreal logicalNot signbit bitwiseNot eq ne lt le gt ge equal logicalAnd logicalOr logicalXor " +
    "bitwiseAnd bitwiseOr bitwiseXor bitwiseLeftShift bitwiseRightShift gcd lcm heaviside nextafter floorDivide"
  ).split(" "),
);
/** Aliases, in-place forms (inplace.test.ts) and helpers of other files. */
const ELSEWHERE = new Set(
  (
    "absolute arccos arccosh arcsin arcsinh arctan arctan2 arctanh negative fix clip divide trueDivide multiply subtract " +
    "floatPower_ greater greaterEqual less lessEqual notEqual fill_ zero_ copy_ tensorOf checkFill fillMasked"
  ).split(" "),
);

/** float64 numbers spread over an interval without order. */
function spread(shape: number[], [low, high]: [number, number], k = 1): Tensor {
  return sines(shape, k)
    .add(1)
    .mul((high - low) / 2)
    .add(low)
    .requiresGrad_();
}

describe("every elementwise record", () => {
  test("is in a table here", () => {
    const modules = {
      ...activation,
      ...binary,
      ...blend,
      ...clamps,
      ...compare,
      ...fills,
      ...logic,
      ...pairs,
      ...power,
    };
    const rest = { ...special, ...unary, ...turns, ...scaled, ...unarySpecial, ...choices };
    const tables = { ...UNARY, ...BINARY, ...SECOND_ONLY, ...TERNARY };
    const missing = Object.keys({ ...modules, ...rest }).filter(
      (name) => !(name in tables) && !WITHOUT.has(name) && !ELSEWHERE.has(name),
    );
    expect(missing).toEqual([]);
  });

  test("has a word for each of its inputs", () => {
    const x = () => spread([3], [0.5, 0.9]);
    const results = [
      ...Object.values(UNARY).map(([f, low, high]) => f(spread([3], [low, high]))),
      ...Object.values({ ...BINARY, ...SECOND_ONLY }).map(([f, a, b]) => f(spread([3], a), spread([3], b))),
      ...Object.values(TERNARY).map((f) => f(x(), x(), x())),
      torch.heaviside(x(), x()),
      torch.nextafter(x(), x()),
      torch.floorDivide(x(), x()),
    ];
    for (const { gradFn } of results) {
      if (gradFn === null) continue;
      const op = gradFn.op as { name: string; vjp: unknown };
      const words = typeof op.vjp === "function" ? [op.vjp] : Object.values(op.vjp as object);
      expect(words.length, op.name).toBeGreaterThanOrEqual(gradFn.nextFunctions.length);
      for (const word of words)
        expect(typeof word === "function" || word === "nonDifferentiable" || word.reason.length > 0).toBe(
          true,
        );
    }
    expect(results.filter((r) => r.gradFn === null && !r.isLeaf)).toEqual([]);
  });

  test("without a derivative says so", () => {
    const x = sines([3], 1, true);
    expect(() => torch.heaviside(x, x).sum().backward()).toThrow(/not implemented/);
    expect(() => torch.special.zeta(x.add(3), 2).sum().backward()).toThrow(/exponent/);
    expect(x.gt(0).requiresGrad).toBe(false);
  });
});

describe("gradients and second gradients", () => {
  test.each(Object.entries(UNARY))("%s", (_, [f, low, high]) => {
    for (const x of [spread([], [low, high]), spread([2, 3], [low, high])]) {
      gradcheck(f, [x]);
      gradgradcheck(f, [x]);
    }
    // A view with steps, and no element at all.
    gradcheck((t) => f(t.t().at("::2")), [spread([3, 3], [low, high], 2)]);
    expect(f(torch.zeros([0, 2], { dtype: float64 })).shape).toEqual([0, 2]);
  });

  test.each(Object.entries(BINARY))("%s", (name, [f, a, b]) => {
    const shapes =
      name === "prelu"
        ? [[[4], [1]]]
        : [
            [[4], [4]],
            [[3, 1], [2]],
            [[], [3]],
            [[2, 2], []],
          ];
    for (const [sa, sb] of shapes) {
      const x = spread(sa!, a),
        y = spread(sb!, b, 2);
      gradcheck(f, [x, y]);
      gradgradcheck(f, [x, y]);
    }
    if (name !== "prelu") gradcheck((x, y) => f(x.t(), y.at("::2")), [spread([3, 2], a), spread([6], b, 3)]);
  });

  test.each(Object.entries(SECOND_ONLY))("%s, by its second argument", (_, [f, a, b]) => {
    const fixed = spread([4], a).detach();
    gradcheck((y) => f(fixed, y), [spread([4], b)]);
    gradgradcheck((y) => f(fixed, y), [spread([4], b)]);
  });

  test.each(Object.entries(TERNARY))("%s", (_, f) => {
    for (const shapes of [
      [[4], [4], [4]],
      [[2, 3], [3], [1]],
    ]) {
      const args = shapes.map((s, i) => sines(s, 1 + i * 0.7, true)) as [Tensor, Tensor, Tensor];
      gradcheck(f as never, args);
      gradgradcheck(f as never, args);
    }
  });

  test("of numbers as operands", () => {
    const x = spread([3], [0.5, 2]);
    for (const f of [
      (t: Tensor) => torch.sub(2, t),
      (t: Tensor) => torch.div(2, t),
      (t: Tensor) => torch.pow(2.5, t),
      (t: Tensor) => torch.pow(t, 2.5),
      (t: Tensor) => torch.pow(t, 0.5),
      (t: Tensor) => torch.xlogy(2, t),
      (t: Tensor) => torch.xlogy(t, 2),
      (t: Tensor) => torch.atan2(2, t),
      (t: Tensor) => torch.maximum(1, t),
      (t: Tensor) => torch.remainder(7, t),
      (t: Tensor) => torch.logaddexp(t, 0.5),
      (t: Tensor) => torch.lerp(t, t.mul(2), 0.7),
      (t: Tensor) => torch.where(t.gt(1), t, 3),
    ]) {
      gradcheck(f, [x]);
      gradgradcheck(f, [x]);
    }
  });
});

/** The gradient of the sum of f at these points. */
function slopes(f: One, ...at: number[]): number[] {
  const x = f64(...at).requiresGrad_();
  f(x).sum().backward();
  return x.grad!.tolist() as number[];
}

describe("gradients at special points, as in PyTorch 1.13.1", () => {
  test("kinks", () => {
    expect(slopes(torch.abs, 0, -1)).toEqual([0, -1]);
    expect(slopes(torch.sqrt, 0, 4)).toEqual([inf, 0.25]);
    expect(slopes((x) => x.clamp(-1, 1), -1, 1, -2, 2, nan)).toEqual([1, 1, 0, 0, 0]);
    expect(slopes((x) => x.clamp(f64(-1), f64(1)), -1, 1, -2, 2)).toEqual([1, 1, 0, 0]);
    expect(slopes((x) => x.clampMin(1), 1, 0)).toEqual([1, 0]);
    expect(slopes(torch.relu, 0, -1, 1)).toEqual([0, 0, 1]);
    expect(slopes(torch.sinc, 0)).toEqual([0]);
    expect(slopes(torch.special.i1, 0)).toEqual([0.5]);
    expect(slopes((x) => torch.nanToNum(x), nan, inf, 1)).toEqual([0, 0, 1]);
  });

  test("powers", () => {
    expect(slopes((x) => x.pow(0), 0, 2)).toEqual([0, 0]);
    expect(slopes((x) => x.pow(1), 0)).toEqual([1]);
    expect(slopes((x) => x.pow(f64(0)), 0, 2)).toEqual([0, 0]);
    expect(slopes((x) => torch.pow(f64(0), x), 0, 2)).toEqual([0, 0]);
    expect(slopes((x) => torch.pow(0, x), 0, 2)).toEqual([0, 0]);
    expect(slopes((x) => x.pow(2), -3, 0)).toEqual([-6, 0]);
  });

  test("ties are shared by maximum and minimum, the first's own in fmax and fmin", () => {
    for (const [f, first, second] of [
      [torch.maximum, 0.5, 0.5],
      [torch.minimum, 0.5, 0.5],
      [torch.fmax, 1, 0],
      [torch.fmin, 1, 0],
    ] as const) {
      expect(slopes((x) => f(x, f64(3)), 3)).toEqual([first]);
      expect(slopes((x) => f(f64(3), x), 3)).toEqual([second]);
    }
    expect(slopes((x) => torch.maximum(x, f64(nan)), 3)).toEqual([1]);
    expect(slopes((x) => torch.fmax(x, f64(nan)), 3)).toEqual([1]);
  });

  test("zeros of xlogy and copysign", () => {
    expect(slopes((x) => torch.xlogy(x, 0), 0, 1)).toEqual([0, -inf]);
    expect(slopes((x) => torch.xlogy(0, x), 0)).toEqual([nan]);
    expect(slopes((x) => torch.copysign(x, -1), 0, 2)).toEqual([0, -1]);
  });
});

describe("lengths around the vector width", () => {
  const sizes = [0, 1, 3, 4, 5, 127, 128, 129];
  test.each(Object.entries(UNARY))("%s in float32 agrees with float64", (_, [f, low, high]) => {
    const wide = spread([129], [low, high]).detach();
    const narrow = wide.to(float32);
    const want = f(narrow.to(float64)),
      whole = f(narrow);
    closeTo(whole.to(float64), want, 2e-5);
    for (const n of sizes) {
      const part = f(narrow.at(`${129 - n}:`).clone());
      expect(part.toTypedArray()).toEqual(whole.at(`${129 - n}:`).toTypedArray());
    }
  });

  test.each(Object.entries(BINARY).filter(([name]) => name !== "prelu"))(
    "%s, with strides",
    (_, [f, a, b]) => {
      const x = spread([129], a).detach(),
        y = spread([129], b, 2).detach();
      const whole = f(x.to(float32), y.to(float32));
      closeTo(whole.to(float64), f(x.to(float32).to(float64), y.to(float32).to(float64)), 2e-5);
      for (const n of sizes) {
        const [p, q] = [x.at(`:${n}`).to(float32), y.at(`:${n}`).to(float32)];
        const columns = torch.zeros([n, 2]);
        columns.at(":", 1).copy_(q);
        expect(f(p, columns.at(":", 1)).toTypedArray()).toEqual(whole.at(`:${n}`).toTypedArray());
      }
      // A row against a column.
      const table = f(x.at(":5").to(float32).reshape([5, 1]), y.at(":3").to(float32));
      expect(table.at(4, 2).item()).toBe(f(x.at(4).to(float32), y.at(2).to(float32)).item());
    },
  );
});
