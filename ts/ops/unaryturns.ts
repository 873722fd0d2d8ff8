// Circular and hyperbolic functions, and their inverses.
import type { Tensor } from "../tensor/tensor.ts";
import { add, div, mul, sub } from "./binary.ts";
import { type UnaryOp, unary } from "./dispatch.ts";
import type { OutOptions } from "./out.ts";
import { neg, rsqrt } from "./unary.ts";

const SIN = {
  name: "sin",
  kernel: "sin",
  saves: "input",
  vjp: (g, { input }) => mul(g, cos(input)),
} satisfies UnaryOp;
/** Sine of each element, in radians. */
export function sin(input: Tensor, options?: OutOptions): Tensor {
  return unary(SIN, input, options);
}

const COS = {
  name: "cos",
  kernel: "cos",
  saves: "input",
  vjp: (g, { input }) => mul(g, neg(sin(input))),
} satisfies UnaryOp;
/** Cosine of each element, in radians. */
export function cos(input: Tensor, options?: OutOptions): Tensor {
  return unary(COS, input, options);
}

const TAN = {
  name: "tan",
  kernel: "tan",
  saves: "result",
  vjp: (g, { result }) => mul(g, add(mul(result, result), 1)),
} satisfies UnaryOp;
/** Tangent of each element, in radians. */
export function tan(input: Tensor, options?: OutOptions): Tensor {
  return unary(TAN, input, options);
}

const ASIN = {
  name: "asin",
  kernel: "asin",
  saves: "input",
  vjp: (g, { input }) => mul(g, rsqrt(sub(1, mul(input, input)))),
} satisfies UnaryOp;
/** Arc sine of each element, in radians. */
export function asin(input: Tensor, options?: OutOptions): Tensor {
  return unary(ASIN, input, options);
}

const ACOS = {
  name: "acos",
  kernel: "acos",
  saves: "input",
  vjp: (g, { input }) => neg(mul(g, rsqrt(sub(1, mul(input, input))))),
} satisfies UnaryOp;
/** Arc cosine of each element, in radians. */
export function acos(input: Tensor, options?: OutOptions): Tensor {
  return unary(ACOS, input, options);
}

const ATAN = {
  name: "atan",
  kernel: "atan",
  saves: "input",
  vjp: (g, { input }) => div(g, add(mul(input, input), 1)),
} satisfies UnaryOp;
/** Arc tangent of each element, in radians. */
export function atan(input: Tensor, options?: OutOptions): Tensor {
  return unary(ATAN, input, options);
}

const SINH = {
  name: "sinh",
  kernel: "sinh",
  saves: "input",
  vjp: (g, { input }) => mul(g, cosh(input)),
} satisfies UnaryOp;
/** Hyperbolic sine of each element. */
export function sinh(input: Tensor, options?: OutOptions): Tensor {
  return unary(SINH, input, options);
}

const COSH = {
  name: "cosh",
  kernel: "cosh",
  saves: "input",
  vjp: (g, { input }) => mul(g, sinh(input)),
} satisfies UnaryOp;
/** Hyperbolic cosine of each element. */
export function cosh(input: Tensor, options?: OutOptions): Tensor {
  return unary(COSH, input, options);
}

const ASINH = {
  name: "asinh",
  kernel: "asinh",
  saves: "input",
  vjp: (g, { input }) => mul(g, rsqrt(add(mul(input, input), 1))),
} satisfies UnaryOp;
/** Inverse hyperbolic sine of each element. */
export function asinh(input: Tensor, options?: OutOptions): Tensor {
  return unary(ASINH, input, options);
}

const ACOSH = {
  name: "acosh",
  kernel: "acosh",
  saves: "input",
  vjp: (g, { input }) => mul(g, rsqrt(sub(mul(input, input), 1))),
} satisfies UnaryOp;
/** Inverse hyperbolic cosine of each element. */
export function acosh(input: Tensor, options?: OutOptions): Tensor {
  return unary(ACOSH, input, options);
}

const ATANH = {
  name: "atanh",
  kernel: "atanh",
  saves: "input",
  vjp: (g, { input }) => div(g, sub(1, mul(input, input))),
} satisfies UnaryOp;
/** Inverse hyperbolic tangent of each element. */
export function atanh(input: Tensor, options?: OutOptions): Tensor {
  return unary(ATANH, input, options);
}

export {
  acos as arccos,
  acosh as arccosh,
  asin as arcsin,
  asinh as arcsinh,
  atan as arctan,
  atanh as arctanh,
};
