import { nonDifferentiable } from "../autograd/record.ts";
import { bool, int64 } from "../core/dtype.ts";
import { DtypeError } from "../core/errors.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { add, div, mul } from "./binary.ts";
import { checkTensor, type UnaryOp, unary } from "./dispatch.ts";
import { into, type OutOptions } from "./out.ts";

const zero = (g: Tensor) => g.newZeros(g.shape);

const ABS = {
  name: "abs",
  kernel: "abs",
  result: "keep",
  saves: "input",
  vjp: (g, { input }) => mul(g, sign(input)),
} satisfies UnaryOp;
/** Absolute value of each element. */
export function abs(input: Tensor, options?: OutOptions): Tensor {
  return unary(ABS, refuseBool("abs", input), options);
}

const NEG = { name: "neg", kernel: "neg", result: "keep", vjp: (g) => neg(g) } satisfies UnaryOp;
/** The negative of each element. */
export function neg(input: Tensor, options?: OutOptions): Tensor {
  return unary(NEG, refuseBool("neg", input), options);
}

const SIGN = { name: "sign", kernel: "sign", result: "keep", vjp: zero } satisfies UnaryOp;
/** -1, 0 or 1, the sign of each element. */
export function sign(input: Tensor, options?: OutOptions): Tensor {
  return unary(SIGN, input, options);
}

const SQUARE = {
  name: "square",
  node: "PowBackward0",
  kernel: "square",
  result: "keep",
  saves: "input",
  vjp: (g, { input }) => mul(g, mul(input, 2)),
} satisfies UnaryOp;
/** The square of each element. */
export function square(input: Tensor, options?: OutOptions): Tensor {
  checkTensor("square", input);
  return unary(SQUARE, input.dtype === bool ? input.to(int64) : input, options);
}

const SQRT = {
  name: "sqrt",
  kernel: "sqrt",
  saves: "result",
  vjp: (g, { result }) => div(g, mul(result, 2)),
} satisfies UnaryOp;
/** Square root of each element; NaN for negative ones. */
export function sqrt(input: Tensor, options?: OutOptions): Tensor {
  return unary(SQRT, input, options);
}

const RSQRT = {
  name: "rsqrt",
  kernel: "rsqrt",
  saves: "result",
  vjp: (g, { result }) => mul(mul(g, -0.5), mul(mul(result, result), result)),
} satisfies UnaryOp;
/** 1 / sqrt(x) of each element. */
export function rsqrt(input: Tensor, options?: OutOptions): Tensor {
  return unary(RSQRT, input, options);
}

const RECIPROCAL = {
  name: "reciprocal",
  kernel: "reciprocal",
  saves: "result",
  vjp: (g, { result }) => mul(neg(g), mul(result, result)),
} satisfies UnaryOp;
/** 1 / x of each element. */
export function reciprocal(input: Tensor, options?: OutOptions): Tensor {
  return unary(RECIPROCAL, input, options);
}

const EXP = {
  name: "exp",
  kernel: "exp",
  saves: "result",
  vjp: (g, { result }) => mul(g, result),
} satisfies UnaryOp;
/** e to the power of each element. */
export function exp(input: Tensor, options?: OutOptions): Tensor {
  return unary(EXP, input, options);
}

const EXP2 = {
  name: "exp2",
  kernel: "exp2",
  saves: "result",
  vjp: (g, { result }) => mul(mul(g, result), Math.LN2),
} satisfies UnaryOp;
/** 2 to the power of each element. */
export function exp2(input: Tensor, options?: OutOptions): Tensor {
  return unary(EXP2, input, options);
}

const EXPM1 = {
  name: "expm1",
  kernel: "expm1",
  saves: "result",
  vjp: (g, { result }) => mul(g, add(result, 1)),
} satisfies UnaryOp;
/** exp(x) - 1, accurate near 0. */
export function expm1(input: Tensor, options?: OutOptions): Tensor {
  return unary(EXPM1, input, options);
}

const LOG = {
  name: "log",
  kernel: "log",
  saves: "input",
  vjp: (g, { input }) => div(g, input),
} satisfies UnaryOp;
/** Natural logarithm of each element. */
export function log(input: Tensor, options?: OutOptions): Tensor {
  return unary(LOG, input, options);
}

const LOG2 = {
  name: "log2",
  kernel: "log2",
  saves: "input",
  vjp: (g, { input }) => div(g, mul(input, Math.LN2)),
} satisfies UnaryOp;
/** Logarithm to base 2 of each element. */
export function log2(input: Tensor, options?: OutOptions): Tensor {
  return unary(LOG2, input, options);
}

const LOG10 = {
  name: "log10",
  kernel: "log10",
  saves: "input",
  vjp: (g, { input }) => div(g, mul(input, Math.LN10)),
} satisfies UnaryOp;
/** Logarithm to base 10 of each element. */
export function log10(input: Tensor, options?: OutOptions): Tensor {
  return unary(LOG10, input, options);
}

const LOG1P = {
  name: "log1p",
  node: "Log1PBackward0",
  kernel: "log1p",
  saves: "input",
  vjp: (g, { input }) => div(g, add(input, 1)),
} satisfies UnaryOp;
/** log(1 + x), accurate near 0. */
export function log1p(input: Tensor, options?: OutOptions): Tensor {
  return unary(LOG1P, input, options);
}

const TWO_OVER_SQRT_PI = 2 / Math.sqrt(Math.PI);

const ERF = {
  name: "erf",
  kernel: "erf",
  saves: "input",
  vjp: (g, { input }) => mul(g, mul(exp(neg(mul(input, input))), TWO_OVER_SQRT_PI)),
} satisfies UnaryOp;
/** Gauss error function of each element. */
export function erf(input: Tensor, options?: OutOptions): Tensor {
  return unary(ERF, input, options);
}

const ERFC = {
  name: "erfc",
  kernel: "erfc",
  saves: "input",
  vjp: (g, { input }) => mul(g, mul(exp(neg(mul(input, input))), -TWO_OVER_SQRT_PI)),
} satisfies UnaryOp;
/** 1 - erf(x), accurate for large x. */
export function erfc(input: Tensor, options?: OutOptions): Tensor {
  return unary(ERFC, input, options);
}

/** Integers are whole already. @throws DtypeError for bool. */
function roundOff(op: UnaryOp, input: Tensor): Tensor {
  checkTensor(op.name, input);
  return input.dtype.isInteger ? input.clone() : unary(op, refuseBool(op.name, input));
}

/** The input. @throws DtypeError for bool. */
function refuseBool(op: string, input: Tensor): Tensor {
  checkTensor(op, input);
  if (input.dtype === bool) throw new DtypeError(`${op}: not implemented for ${bool}`);
  return input;
}

const FLOOR = { name: "floor", kernel: "floor", result: "keep", vjp: zero } satisfies UnaryOp;
/** The largest integer not above each element. */
export function floor(input: Tensor, options?: OutOptions): Tensor {
  return into("floor", options, roundOff(FLOOR, input));
}

const CEIL = { name: "ceil", kernel: "ceil", result: "keep", vjp: zero } satisfies UnaryOp;
/** The smallest integer not below each element. */
export function ceil(input: Tensor, options?: OutOptions): Tensor {
  return into("ceil", options, roundOff(CEIL, input));
}

const TRUNC = { name: "trunc", kernel: "trunc", result: "keep", vjp: zero } satisfies UnaryOp;
/** Each element without its fraction. */
export function trunc(input: Tensor, options?: OutOptions): Tensor {
  return into("trunc", options, roundOff(TRUNC, input));
}

const FRAC = { name: "frac", kernel: "frac", result: "keep", vjp: (g) => g } satisfies UnaryOp;
/** The fraction of each element, with its sign. */
export function frac(input: Tensor, options?: OutOptions): Tensor {
  return unary(FRAC, input, options);
}

const ISNAN = {
  name: "isnan",
  kernel: "isnan",
  result: "bool",
  vjp: { input: nonDifferentiable },
} satisfies UnaryOp;
/** Whether each element is NaN. */
export function isnan(input: Tensor): Tensor {
  checkTensor("isnan", input);
  return input.dtype.isFloatingPoint ? unary(ISNAN, input) : input.newZeros(input.shape, { dtype: bool });
}

const ISINF = {
  name: "isinf",
  kernel: "isinf",
  result: "bool",
  vjp: { input: nonDifferentiable },
} satisfies UnaryOp;
/** Whether each element is an infinity. */
export function isinf(input: Tensor): Tensor {
  checkTensor("isinf", input);
  return input.dtype.isFloatingPoint ? unary(ISINF, input) : input.newZeros(input.shape, { dtype: bool });
}

const ISFINITE = {
  name: "isfinite",
  kernel: "isfinite",
  result: "bool",
  vjp: { input: nonDifferentiable },
} satisfies UnaryOp;
/** Whether each element is neither NaN nor an infinity. */
export function isfinite(input: Tensor): Tensor {
  checkTensor("isfinite", input);
  return input.dtype.isFloatingPoint ? unary(ISFINITE, input) : input.newOnes(input.shape, { dtype: bool });
}

const LOGICAL_NOT = {
  name: "logicalNot",
  kernel: "logicalNot",
  result: "bool",
  vjp: { input: nonDifferentiable },
} satisfies UnaryOp;
/** Whether each element is zero. */
export function logicalNot(input: Tensor, options?: OutOptions): Tensor {
  return unary(LOGICAL_NOT, input, options);
}

const SIGNBIT = {
  name: "signbit",
  kernel: "signbit",
  result: "bool",
  vjp: { input: nonDifferentiable },
} satisfies UnaryOp;
/** Whether each element has its sign bit set; true for -0. */
export function signbit(input: Tensor, options?: OutOptions): Tensor {
  return unary(SIGNBIT, input, options);
}

/** Whether each element is positive infinity. */
export function isposinf(input: Tensor, options?: OutOptions): Tensor {
  checkTensor("isposinf", input);
  return input.eq(Number.POSITIVE_INFINITY, options);
}

/** Whether each element is negative infinity. */
export function isneginf(input: Tensor, options?: OutOptions): Tensor {
  checkTensor("isneginf", input);
  return input.eq(Number.NEGATIVE_INFINITY, options);
}

/** True everywhere: there are no complex dtypes. */
export function isreal(input: Tensor): Tensor {
  checkTensor("isreal", input);
  return input.newOnes(input.shape, { dtype: bool });
}

const SGN = { ...SIGN, name: "sgn" } satisfies UnaryOp;
/** -1, 0 or 1, the sign of each element. */
export function sgn(input: Tensor, options?: OutOptions): Tensor {
  return unary(SGN, input, options);
}

const BITWISE_NOT = {
  name: "bitwiseNot",
  kernel: "bitwiseNot" as UnaryOp["kernel"],
  result: "keep",
  vjp: { input: nonDifferentiable },
} satisfies UnaryOp;
/** Each integer with its bits inverted; the negation of bools. @throws DtypeError for floats. */
export function bitwiseNot(input: Tensor, options?: OutOptions): Tensor {
  checkTensor("bitwiseNot", input);
  return input.dtype === bool ? logicalNot(input, options) : unary(BITWISE_NOT, input, options);
}

export { abs as absolute, neg as negative, trunc as fix };
