// The functions of `torch.special` that have no other home, by formula or kernel.
import { notImplemented, type OpRecord, record, tracks } from "../autograd/record.ts";
import { untaped } from "../autograd/untaped.ts";
import { getDefaultDtype } from "../core/dtype.ts";
import { ValueError } from "../core/errors.ts";
import { positional } from "../core/options.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { checkNumeric } from "./arguments.ts";
import type { OutOptions } from "./binary.ts";
import { type BinaryOp, binary, checkTensor, type UnaryOp, unary } from "./dispatch.ts";
import { into } from "./out.ts";
import { numbered, numberedPair } from "./pairnodes.ts";
import type { Operand } from "./promote.ts";
import { tensorOf } from "./promote.ts";

interface Input {
  input: Tensor;
}
/** Integers and bools as the default float dtype. */
const floating = (x: Tensor): Tensor => (x.dtype.isFloatingPoint ? x : x.to(getDefaultDtype()));

const XLOG1PY = numbered("SpecialXlog1Py", {
  name: "xlog1py",
  kernel: "xlog1py",
  result: "float",
  saves: "operands",
  vjp: {
    input: (g, { input, other }) => {
      const y = tensorOf(other, g);
      return xlog1py(g, y).maskedFill(tensorOf(input, g).eq(0).logicalAnd(y.le(-1)), 0);
    },
    other: (g, { input, other }) => g.mul(input).div(tensorOf(other, g).add(1)),
  },
});
/** input * log(1 + other), and 0 where input is 0 unless other is NaN. */
export function xlog1py(input: Operand, other: Operand, options?: OutOptions): Tensor {
  return into("xlog1py", options, numberedPair(XLOG1PY, input, other));
}

const ENTR: OpRecord<Input> = {
  name: "entr",
  node: "SpecialEntrBackward0",
  vjp: (g, { input }) => g.mul(input.log().neg().sub(1)),
};
/** -x log(x) of each element: 0 at 0, -infinity below. */
export function entr(input: Tensor, options?: OutOptions): Tensor {
  checkTensor("entr", input);
  const out = untaped(() => {
    const x = floating(input);
    const value = x.neg().mul(x.log()).maskedFill(x.eq(0), 0);
    return value.maskedFill(x.lt(0), Number.NEGATIVE_INFINITY);
  });
  return into("entr", options, tracks(input) ? record(ENTR, [input], out, { input }) : out);
}

const ERFCX = {
  name: "erfcx",
  node: "SpecialErfcxBackward0",
  kernel: "erfcx",
  saves: "input",
  // Not from the saved result: the formula must follow the input.
  vjp: (g, { input }) =>
    g.mul(
      erfcx(input)
        .mul(input)
        .mul(2)
        .sub(2 / Math.sqrt(Math.PI)),
    ),
} satisfies UnaryOp;
/** exp(x^2) erfc(x), which does not underflow. */
export function erfcx(input: Tensor, options?: OutOptions): Tensor {
  return unary(ERFCX, input, options);
}

/** The normal distribution function. */
export function ndtr(input: Tensor, options?: OutOptions): Tensor {
  checkTensor("ndtr", input);
  return into("ndtr", options, input.mul(-Math.SQRT1_2).erfc().mul(0.5));
}

const NDTRI = {
  name: "ndtri",
  node: "SpecialNdtriBackward0",
  kernel: "ndtri",
  saves: "result",
  vjp: (g, { result }) =>
    g.mul(
      result
        .square()
        .div(2)
        .exp()
        .mul(Math.sqrt(2 * Math.PI)),
    ),
} satisfies UnaryOp;
/** The inverse of `ndtr`: infinite at 0 and 1, NaN beyond. */
export function ndtri(input: Tensor, options?: OutOptions): Tensor {
  return unary(NDTRI, input, options);
}

const LOG_NDTR: OpRecord<Input> = {
  name: "logNdtr",
  node: "SpecialLogNdtrBackward0",
  vjp: (g, { input }) => g.div(erfcx(input.mul(-Math.SQRT1_2))).mul(Math.sqrt(2 / Math.PI)),
};
/** The logarithm of `ndtr`, also where that underflows. */
export function logNdtr(input: Tensor, options?: OutOptions): Tensor {
  checkTensor("logNdtr", input);
  const out = untaped(() => {
    const x = floating(input),
      t = x.mul(Math.SQRT1_2);
    const left = erfcx(t.neg()).mul(0.5).log().sub(t.square());
    return left.where(x.lt(-1), t.erfc().mul(-0.5).log1p());
  });
  return into("logNdtr", options, tracks(input) ? record(LOG_NDTR, [input], out, { input }) : out);
}

const I0E = {
  name: "i0e",
  node: "SpecialI0EBackward0",
  kernel: "i0e",
  saves: "input",
  vjp: (g, { input }) => g.mul(i1e(input).sub(input.sgn().mul(i0e(input)))),
} satisfies UnaryOp;
/** exp(-|x|) i0(x). */
export function i0e(input: Tensor, options?: OutOptions): Tensor {
  return unary(I0E, input, options);
}

const I1E = {
  name: "i1e",
  node: "SpecialI1EBackward0",
  kernel: "i1e",
  saves: "input",
  // At 0 the quotient is 1/2.
  vjp: (g, { input }) => {
    const zero = input.eq(0),
      inverse = input.maskedFill(zero, 1).reciprocal();
    const slope = i0e(input).sub(i1e(input).mul(input.sgn().add(inverse)));
    return g.mul(slope.maskedFill(zero, 0.5));
  },
} satisfies UnaryOp;
/** exp(-|x|) i1(x). */
export function i1e(input: Tensor, options?: OutOptions): Tensor {
  return unary(I1E, input, options);
}

const ZETA = numbered("SpecialZeta", {
  name: "zeta",
  kernel: "zeta",
  result: "float",
  saves: "operands",
  vjp: {
    input: notImplemented("zeta has no derivative by its exponent here, nor in PyTorch"),
    other: (g, { input, other }) => {
      const s = tensorOf(input, g);
      return g.mul(s.neg().mul(zeta(s.add(1), other)));
    },
  },
});
/** Hurwitz' zeta function: the sum of (other + k)^-input over k >= 0. */
export function zeta(input: Operand, other: Operand, options?: OutOptions): Tensor {
  return into("zeta", options, numberedPair(ZETA, input, other));
}

const incomplete = (name: "igamma" | "igammac", sign: number) =>
  ({
    name,
    kernel: name,
    saves: "operands",
    vjp: {
      input: notImplemented(`${name} has no derivative by its first argument here, nor in PyTorch`),
      other: (g, { input, other }) => {
        const a = tensorOf(input, g),
          x = tensorOf(other, g);
        return g.mul(x.log().mul(a.sub(1)).sub(x).sub(a.lgamma()).exp().mul(sign));
      },
    },
  }) satisfies BinaryOp;
const IGAMMA = incomplete("igamma", 1);
const IGAMMAC = incomplete("igammac", -1);
/** The lower regularised incomplete gamma function P(input, other). */
export function igamma(input: Operand, other: Operand, options?: OutOptions): Tensor {
  return into("igamma", options, binary(IGAMMA, input, other));
}
/** The upper regularised incomplete gamma function, 1 - P(input, other). */
export function igammac(input: Operand, other: Operand, options?: OutOptions): Tensor {
  return into("igammac", options, binary(IGAMMAC, input, other));
}

const MVLGAMMA: OpRecord<Input & { p: number }> = {
  name: "mvlgamma",
  vjp: (g, { input, p }) => g.mul(overDegrees(input, p, (x) => x.digamma())),
};
const overDegrees = (input: Tensor, p: number, f: (x: Tensor) => Tensor): Tensor => {
  let sum = f(input);
  for (let k = 1; k < p; k++) sum = sum.add(f(input.sub(k / 2)));
  return sum;
};
/** The logarithm of the multivariate gamma function of dimension `p`; what holds above (p - 1) / 2 is computed everywhere, as PyTorch 1.13 does. @throws DtypeError for bool. */
export function mvlgamma(input: Tensor, p: number | { p: number }, options?: OutOptions): Tensor {
  checkNumeric("mvlgamma", input);
  const [degree, out] = positional<[number, Tensor?]>("mvlgamma", ["p", "out"], [p, options]);
  if (!Number.isInteger(degree) || degree < 1)
    throw new ValueError(`mvlgamma: p must be an integer from 1 up, got ${String(degree)}`);
  const result = untaped(() => {
    const x = floating(input);
    return overDegrees(x, degree, (y) => y.lgamma()).add((degree * (degree - 1) * Math.log(Math.PI)) / 4);
  });
  return into(
    "mvlgamma",
    { out },
    tracks(input) ? record(MVLGAMMA, [input], result, { input, p: degree }) : result,
  );
}
