// Special functions of one tensor.
import { ValueError } from "../core/errors.ts";
import { isTensor, type Tensor } from "../tensor/tensor.ts";
import { type ScalarOp, type UnaryOp, unary, unaryWith } from "./dispatch.ts";
import { into, type OutOptions } from "./out.ts";

const DIGAMMA = {
  name: "digamma",
  kernel: "digamma",
  saves: "input",
  vjp: (g, { input }) => g.mul(derivative(1, input)),
} satisfies UnaryOp;
/** The logarithmic derivative of the gamma function. */
export function digamma(input: Tensor, options?: OutOptions): Tensor {
  return unary(DIGAMMA, input, options);
}

const LGAMMA = {
  name: "lgamma",
  kernel: "lgamma",
  saves: "input",
  vjp: (g, { input }) => g.mul(digamma(input)),
} satisfies UnaryOp;
/** The logarithm of the gamma function's absolute value. */
export function lgamma(input: Tensor, options?: OutOptions): Tensor {
  return unary(LGAMMA, input, options);
}

const POLYGAMMA = {
  name: "polygamma",
  kernel: "polygamma",
  saves: "input",
  vjp: (g, { input, p }) => g.mul(derivative(p + 1, input)),
} satisfies ScalarOp;
const derivative = (n: number, input: Tensor): Tensor => unaryWith(POLYGAMMA, input, n);

/** The n-th derivative of `digamma`: `polygamma(n, x)`, or as a method `x.polygamma(n)`. @throws ValueError for a negative n. */
export function polygamma(n: number | Tensor, input: Tensor | number, options?: OutOptions): Tensor {
  const [order, x] = isTensor(n) ? [input as number, n] : [n, input as Tensor];
  if (!Number.isInteger(order) || order < 0)
    throw new ValueError(`polygamma: n must be a non-negative integer, got ${String(order)}`);
  return into("polygamma", options, derivative(order, x));
}

const ERFINV = {
  name: "erfinv",
  kernel: "erfinv",
  saves: "result",
  vjp: (g, { result }) =>
    g.mul(
      result
        .square()
        .exp()
        .mul(Math.sqrt(Math.PI) / 2),
    ),
} satisfies UnaryOp;
/** The inverse of `erf`; infinite at -1 and 1, NaN beyond. */
export function erfinv(input: Tensor, options?: OutOptions): Tensor {
  return unary(ERFINV, input, options);
}

const I1 = {
  name: "i1",
  node: "SpecialI1Backward0",
  kernel: "i1",
  saves: "input",
  // At 0 the quotient is 1/2.
  vjp: (g, { input }) => {
    const zero = input.eq(0),
      quotient = i1(input).div(input.maskedFill(zero, 1)).maskedFill(zero, 0.5);
    return g.mul(i0(input).sub(quotient));
  },
} satisfies UnaryOp;
/** The modified Bessel function of the first kind, of order 1. */
export function i1(input: Tensor, options?: OutOptions): Tensor {
  return unary(I1, input, options);
}
const I0 = {
  name: "i0",
  kernel: "i0",
  saves: "input",
  vjp: (g, { input }) => g.mul(i1(input)),
} satisfies UnaryOp;
/** The modified Bessel function of the first kind, of order 0. */
export function i0(input: Tensor, options?: OutOptions): Tensor {
  return unary(I0, input, options);
}
