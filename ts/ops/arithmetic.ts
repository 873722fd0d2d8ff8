// Records of the arithmetic of two operands, and what its functions and in-place forms refuse alike.
import { type Formula, notImplemented, type OpRecord, record, tracks } from "../autograd/record.ts";
import { untaped } from "../autograd/untaped.ts";
import { bool, type DType } from "../core/dtype.ts";
import { DtypeError, ValueError } from "../core/errors.ts";
import { isTensor, type Tensor } from "../tensor/tensor.ts";
import { checkHolds } from "./arguments.ts";
import { type BinaryOp, type BinarySaved, binary, describe } from "./dispatch.ts";
import { type Operand, resultType } from "./promote.ts";

const total = (a: Operand, b: Operand): Tensor => binary(ADD, a, b);
const product = (a: Operand, b: Operand): Tensor => binary(MUL, a, b);
const quotient = (a: Operand, b: Operand): Tensor => binary(DIV, a, b);

export const ADD = {
  name: "add",
  kernel: "add",
  vjp: { input: (g) => g, other: (g) => g },
} satisfies BinaryOp;
export const SUB = {
  name: "sub",
  kernel: "sub",
  vjp: { input: (g) => g, other: (g) => g.neg() },
} satisfies BinaryOp;
export const MUL = {
  name: "mul",
  kernel: "mul",
  saves: "crosswise",
  vjp: { input: (g, { other }) => product(g, other), other: (g, { input }) => product(g, input) },
} satisfies BinaryOp;
export const DIV = {
  name: "div",
  kernel: "div",
  result: "float",
  saves: "operands",
  vjp: {
    input: (g, { other }) => quotient(g, other),
    other: (g, { input, other }) => product(g.neg(), quotient(quotient(input, other), other)),
  },
} satisfies BinaryOp;
const zeros = (g: Tensor) => g.newZeros(g.shape);
const FLOOR_DIVIDE = {
  name: "floorDivide",
  node: "DivBackward2",
  kernel: "floorDivide",
  vjp: { input: zeros, other: zeros },
} satisfies BinaryOp;
const without = notImplemented("PyTorch has no derivative of it either; div with roundingMode has");
/** The function floorDivide, which has no gradient where the division with a rounding mode has that of a step. */
export const WHOLE_QUOTIENT = {
  name: "floorDivide",
  node: "NotImplemented",
  kernel: "floorDivide",
  vjp: { input: without, other: without },
} satisfies BinaryOp;
const TRUNC_DIVIDE = {
  name: "truncDivide",
  node: "DivBackward2",
  kernel: "truncDivide",
  vjp: { input: zeros, other: zeros },
} satisfies BinaryOp;
export const REMAINDER = {
  name: "remainder",
  node: "RemainderBackward1",
  kernel: "remainder",
  saves: "operands",
  vjp: {
    input: (g) => g,
    other: (g, { input, other }) => product(g.neg(), binary(FLOOR_DIVIDE, input, other)),
  },
} satisfies BinaryOp;
export const FMOD = {
  name: "fmod",
  node: "FmodBackward1",
  kernel: "fmod",
  saves: "operands",
  vjp: {
    input: (g) => g,
    other: (g, { input, other }) => product(g.neg(), binary(TRUNC_DIVIDE, input, other)),
  },
} satisfies BinaryOp;

/** Half of the gradient to each where the operands are equal, none to the one that loses; beside NaN, all of it to both. */
const share = (loses: "lt" | "gt") => (g: Tensor, own: Operand, rival: Operand) => {
  const [x, y] = isTensor(own) ? [own, rival] : [(rival as Tensor).mul(0).add(own), rival];
  return g.mul(0.5).where(x.eq(y), g).maskedFill(x[loses](y), 0);
};
const takeLarger = share("lt"),
  takeSmaller = share("gt");

export const MAXIMUM = {
  name: "maximum",
  kernel: "maximum",
  saves: "operands",
  vjp: {
    input: (g, { input, other }) => takeLarger(g, input, other),
    other: (g, { input, other }) => takeLarger(g, other, input),
  },
} satisfies BinaryOp;
export const MINIMUM = {
  name: "minimum",
  kernel: "minimum",
  saves: "operands",
  vjp: {
    input: (g, { input, other }) => takeSmaller(g, input, other),
    other: (g, { input, other }) => takeSmaller(g, other, input),
  },
} satisfies BinaryOp;
export const ATAN2 = {
  name: "atan2",
  kernel: "atan2",
  result: "float",
  saves: "operands",
  vjp: {
    input: (g, { input, other }) => product(g, quotient(other, squares(input, other))),
    other: (g, { input, other }) => product(g, quotient(product(input, -1), squares(input, other))),
  },
} satisfies BinaryOp;
const squares = (a: Operand, b: Operand) => total(product(a, a), product(b, b));
/** Its node where the other operand is a tensor; the numbers of overloads show in printed tensors. */
export const RSUB = { ...SUB, node: "RsubBackward0" } satisfies BinaryOp;
export const RSUB_NUMBER = { ...SUB, node: "RsubBackward1" } satisfies BinaryOp;
export const REMAINDER_NUMBER = { ...REMAINDER, node: "RemainderBackward0" } satisfies BinaryOp;
export const FMOD_NUMBER = { ...FMOD, node: "FmodBackward0" } satisfies BinaryOp;

/** @throws DtypeError for a bool operand. */
export function refuseBool(name: string, a: Operand, b: Operand): void {
  const isBool = (x: Operand) => (isTensor(x) ? x.dtype === bool : typeof x === "boolean");
  if (isBool(a) || isBool(b))
    throw new DtypeError(
      `${name}: subtraction with a bool tensor is not supported; use logicalXor, bitwiseNot or logicalNot`,
    );
}

/** @throws ValueError for an integer division by zero, DtypeError for bools. */
export function refuseZeroDivisor(name: string, input: Operand, other: Operand): void {
  const dtype = resultType(input, other);
  if (dtype.isFloatingPoint) return;
  if (dtype === bool) throw new DtypeError(`${name}: not implemented for ${bool}`);
  if (isTensor(input) && input.numel() === 0) return;
  const zero = isTensor(other) ? other.eq(0).any().item() : Number(other) === 0;
  if (zero) throw new ValueError(`${name}: integer division by zero`);
}

/** The record of a division. @throws ValueError for an unknown mode or an integer division by zero. */
export function quotientOf(
  name: string,
  input: Operand,
  other: Operand,
  mode?: "trunc" | "floor" | null,
): BinaryOp {
  if (mode === undefined || mode === null) return DIV;
  if (mode !== "floor" && mode !== "trunc")
    throw new ValueError(`${name}: roundingMode must be null, "trunc" or "floor", got ${String(mode)}`);
  refuseZeroDivisor(name, input, other);
  return mode === "floor" ? FLOOR_DIVIDE : TRUNC_DIVIDE;
}

/** A factor that results of `dtype` can have. @throws DtypeError for a fraction among integers or a boolean among numbers. */
export function checkFactor(op: string, name: string, value: unknown, dtype: DType): number {
  if (typeof value !== "number" && typeof value !== "boolean")
    throw new ValueError(`${op}: ${name} must be a number, got ${describe(value)}`);
  if (typeof value === "boolean" ? dtype !== bool : !dtype.isFloatingPoint && !Number.isInteger(value))
    throw new DtypeError(`${op}: for results of ${dtype}, ${name} must not be ${describe(value)}`);
  checkHolds(op, dtype, value);
  return Number(value);
}

/** `other` times `alpha`. */
export function timesAlpha(name: string, input: Operand, other: Operand, alpha: unknown = 1): Operand {
  if (alpha === 1) return other;
  const dtype = resultType(input, other);
  const factor = checkFactor(name, "alpha", alpha, dtype);
  return product(isTensor(other) ? other.to(dtype) : other, factor).to(dtype);
}

interface Scaled {
  alpha: number;
}
type Sum = BinaryOp & { vjp: { input: Formula<BinarySaved>; other: Formula<BinarySaved> } };
const scaledForms = new Map<Sum, OpRecord<Scaled>>();

/** A sum or difference with `alpha` times the second operand, as one op. */
export function scaledSum(op: Sum, a: Operand, b: Operand, alpha?: number | boolean): Tensor {
  if (alpha === undefined || alpha === 1) return binary(op, a, b);
  const out = untaped(() => binary(op, a, timesAlpha(op.name, a, b, alpha)));
  if (!tracks(a, b)) return out;
  let form = scaledForms.get(op);
  if (form === undefined) {
    const vjp = {
      input: (g: Tensor) => op.vjp.input(g, null as never),
      other: (g: Tensor, saved: Scaled) => op.vjp.other(g, null as never)!.mul(saved.alpha),
    };
    form = op.node === undefined ? { name: op.name, vjp } : { name: op.name, node: op.node, vjp };
    scaledForms.set(op, form);
  }
  return record(form, [isTensor(a) ? a : null, isTensor(b) ? b : null], out, { alpha: Number(alpha) });
}
