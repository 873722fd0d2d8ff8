// Bessel and Airy functions and orthogonal polynomials. As in PyTorch they have no gradient.
import { nonDifferentiable } from "../autograd/record.ts";
import { untaped } from "../autograd/untaped.ts";
import { float64, getDefaultDtype } from "../core/dtype.ts";
import { broadcastShapes, type Shape } from "../core/shape.ts";
import { kernels } from "../memory/wasm.ts";
import { cast, copyInto } from "../tensor/raw.ts";
import { addressOf, empty, isTensor, type Tensor, written } from "../tensor/tensor.ts";
import { overUnits } from "../threads/pool.ts";
import type { OutOptions } from "./binary.ts";
import { filled } from "./creation.ts";
import { checkOperand, type ScalarOp, unaryWith } from "./dispatch.ts";
import { into } from "./out.ts";
import { type Operand, resultType } from "./promote.ts";
import { i0, i1 } from "./unaryspecial.ts";
import { sin } from "./unaryturns.ts";

type OfOne = (input: Tensor, options?: OutOptions) => Tensor;
/** `kind`: the function's number in the kernel. */
const bessel = (name: string, kind: number): OfOne => {
  const op = { name, kernel: "bessel", vjp: { input: nonDifferentiable } } satisfies ScalarOp;
  return (input, options) =>
    into(
      name,
      options,
      untaped(() => unaryWith(op, input, kind)),
    );
};
/** Bessel function of the first kind, of order 0. */
export const besselJ0 = bessel("besselJ0", 0);
/** Bessel function of the first kind, of order 1. */
export const besselJ1 = bessel("besselJ1", 1);
/** Bessel function of the second kind, of order 0: NaN below 0. */
export const besselY0 = bessel("besselY0", 2);
/** Bessel function of the second kind, of order 1: NaN below 0. */
export const besselY1 = bessel("besselY1", 3);
/** Modified Bessel function of the second kind, of order 0: NaN below 0. */
export const modifiedBesselK0 = bessel("modifiedBesselK0", 4);
/** Modified Bessel function of the second kind, of order 1: NaN below 0. */
export const modifiedBesselK1 = bessel("modifiedBesselK1", 5);
/** exp(x) times `modifiedBesselK0`. */
export const scaledModifiedBesselK0 = bessel("scaledModifiedBesselK0", 6);
/** exp(x) times `modifiedBesselK1`. */
export const scaledModifiedBesselK1 = bessel("scaledModifiedBesselK1", 7);
/** The Airy function Ai. */
export const airyAi = bessel("airyAi", 8);
/** Modified Bessel function of the first kind, of order 0. */
export const modifiedBesselI0: OfOne = (input, options) =>
  into(
    "modifiedBesselI0",
    options,
    untaped(() => i0(input)),
  );
/** Modified Bessel function of the first kind, of order 1. */
export const modifiedBesselI1: OfOne = (input, options) =>
  into(
    "modifiedBesselI1",
    options,
    untaped(() => i1(input)),
  );
/** sin(x) / x, 1 at 0. */
export const sphericalBesselJ0: OfOne = (input, options) =>
  into(
    "sphericalBesselJ0",
    options,
    untaped(() => sin(input).div(input).maskedFill(input.eq(0), 1).maskedFill(input.isinf(), 0)),
  );

type Polynomial = (input: Operand, n: Operand, options?: OutOptions) => Tensor;
const polynomial = (name: string, kind: number): Polynomial => {
  return (input, n, options) => {
    checkOperand(name, input);
    checkOperand(name, n);
    const promoted = resultType(input, n),
      dtype = promoted.isFloatingPoint ? promoted : getDefaultDtype();
    const sizes = (x: Operand) => (isTensor(x) ? x.shape : []);
    const shape = broadcastShapes(name, sizes(input), sizes(n));
    const x = spreadTo(shape, input),
      degrees = spreadTo(shape, n),
      out = empty(shape, float64);
    if (out.numel() > 0)
      overUnits(kernels.polynomial, out.numel(), 8, [kind, addressOf(x), addressOf(degrees), addressOf(out)]);
    return into(name, options, cast(written(out), dtype));
  };
};
function spreadTo(shape: Shape, x: Operand): Tensor {
  if (!isTensor(x)) return filled(shape, Number(x), float64);
  const out = empty(shape, float64);
  copyInto(out, x);
  return out;
}
/** Chebyshev polynomials of the first kind, of degree `n`. */
export const chebyshevPolynomialT = polynomial("chebyshevPolynomialT", 0);
/** Chebyshev polynomials of the second kind, of degree `n`. */
export const chebyshevPolynomialU = polynomial("chebyshevPolynomialU", 1);
/** Chebyshev polynomials of the third kind, of degree `n`. */
export const chebyshevPolynomialV = polynomial("chebyshevPolynomialV", 2);
/** Chebyshev polynomials of the fourth kind, of degree `n`. */
export const chebyshevPolynomialW = polynomial("chebyshevPolynomialW", 3);
/** Chebyshev polynomials of the first kind, of degree `n`, at 2x - 1. */
export const shiftedChebyshevPolynomialT = polynomial("shiftedChebyshevPolynomialT", 4);
/** Chebyshev polynomials of the second kind, of degree `n`, at 2x - 1. */
export const shiftedChebyshevPolynomialU = polynomial("shiftedChebyshevPolynomialU", 5);
/** Chebyshev polynomials of the third kind, of degree `n`, at 2x - 1. */
export const shiftedChebyshevPolynomialV = polynomial("shiftedChebyshevPolynomialV", 6);
/** Chebyshev polynomials of the fourth kind, of degree `n`, at 2x - 1. */
export const shiftedChebyshevPolynomialW = polynomial("shiftedChebyshevPolynomialW", 7);
/** Physicists' Hermite polynomials of degree `n`. */
export const hermitePolynomialH = polynomial("hermitePolynomialH", 8);
/** Probabilists' Hermite polynomials of degree `n`. */
export const hermitePolynomialHe = polynomial("hermitePolynomialHe", 9);
/** Laguerre polynomials of degree `n`. */
export const laguerrePolynomialL = polynomial("laguerrePolynomialL", 10);
/** Legendre polynomials of degree `n`. */
export const legendrePolynomialP = polynomial("legendrePolynomialP", 11);
