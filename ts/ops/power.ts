import { inPlace, snapshot } from "../autograd/inplace.ts";
import { nonDifferentiable, record, tracks } from "../autograd/record.ts";
import { untaped } from "../autograd/untaped.ts";
import { bool, float64, getDefaultDtype } from "../core/dtype.ts";
import { DtypeError, ValueError } from "../core/errors.ts";
import { isTensor, type Tensor } from "../tensor/tensor.ts";
import { mul, type OutOptions } from "./binary.ts";
import { type BinaryOp, binary, type UnaryKernel, unary } from "./dispatch.ts";
import { into } from "./out.ts";
import { type Operand, resultType } from "./promote.ts";

/** d(x^p)/dx, 0 where p is 0. */
function slope(g: Tensor, base: Operand, exponent: Operand): Tensor {
  if (!isTensor(exponent)) {
    const p = Number(exponent);
    if (p === 0) return g.newZeros(g.shape);
    return g.mul(mul(p === 2 ? base : pow(base, p - 1), p));
  }
  return g.mul(exponent.mul(pow(base, exponent.sub(1)))).maskedFill(exponent.eq(0), 0);
}

/** d(x^p)/dp, 0 where x is 0 and p is not negative. */
function rise(g: Tensor, base: Operand, exponent: Operand, result: Tensor): Tensor {
  const p = exponent as Tensor;
  if (!isTensor(base)) {
    const out = g.mul(result.mul(Math.log(Number(base))));
    return Number(base) === 0 ? out.maskedFill(p.ge(0), 0) : out;
  }
  const float = base.dtype.isFloatingPoint ? base : base.to(getDefaultDtype());
  return g.mul(result.mul(float.log()).maskedFill(base.eq(0).logicalAnd(p.ge(0)), 0));
}

const POW = {
  name: "pow",
  node: "PowBackward1",
  kernel: "pow",
  saves: "all",
  vjp: {
    input: (g, { input, other }) => slope(g, input, other),
    exponent: (g, { input, other, result }) => rise(g, input, other, result),
  },
} satisfies BinaryOp;
const POW_NUMBER = {
  ...POW,
  node: "PowBackward0",
  saves: "operands",
  vjp: { input: POW.vjp.input, exponent: nonDifferentiable },
} satisfies BinaryOp;
const NUMBER_POW = { ...POW, node: "PowBackward2" } satisfies BinaryOp;

/** The record for these operands. @throws ValueError for integers to a negative number, DtypeError for bools. */
function powerOf(input: Operand, exponent: Operand): BinaryOp {
  if (!(isTensor(input) && input.dtype.isFloatingPoint)) {
    const dtype = resultType(input, exponent);
    if (dtype === bool) throw new DtypeError(`pow: not implemented for ${bool}`);
    if (!isTensor(exponent) && Number(exponent) < 0 && !dtype.isFloatingPoint)
      throw new ValueError("pow: integers to negative integer powers are not allowed");
  }
  return isTensor(exponent) ? (isTensor(input) ? POW : NUMBER_POW) : POW_NUMBER;
}

/** Exponents that PyTorch takes as functions of their own, which differ from pow at -0 and -infinity. */
const ROOTS = new Map<Operand, UnaryKernel>([
  [0.5, "sqrt"],
  [-0.5, "rsqrt"],
  [-1, "reciprocal"],
]);

/** `input` to the power of `exponent`. */
export function pow(input: Operand, exponent: Operand, options?: OutOptions): Tensor {
  const op = powerOf(input, exponent);
  const root = ROOTS.get(exponent);
  if (root === undefined || !isTensor(input)) return into("pow", options, binary(op, input, exponent));
  const out = untaped(() => unary({ name: "pow", kernel: root, vjp: {} }, input));
  return into(
    "pow",
    options,
    tracks(input) ? record(op, [input, null], out, { input, other: exponent, result: out }) : out,
  );
}

/** In place: the power, of a float64 tensor. @throws DtypeError for any other dtype, which could not hold the result. */
export function floatPower_(input: Tensor, exponent: Operand): Tensor {
  if (input.dtype !== float64)
    throw new DtypeError(
      `floatPower_: the result is ${float64}, which a tensor of ${input.dtype} cannot hold`,
    );
  return inPlace("floatPower_", input, () =>
    floatPower(tracks(input, exponent) ? snapshot(input) : input, exponent),
  );
}

/** The power computed in float64. */
export function floatPower(input: Operand, exponent: Operand, options?: OutOptions): Tensor {
  const wide = (x: Operand) => (isTensor(x) ? x.to(float64) : x);
  const base = wide(input),
    p = wide(exponent);
  return into("floatPower", options, pow(base, p).to(float64));
}
