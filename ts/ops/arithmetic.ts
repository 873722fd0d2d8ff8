// Records of the arithmetic of two operands, and what its functions and in-place forms refuse alike.
import { bool } from "../core/dtype.ts";
import { DtypeError, ValueError } from "../core/errors.ts";
import { isTensor, type Tensor } from "../tensor/tensor.ts";
import { type BinaryOp, binary } from "./dispatch.ts";
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
export const FLOOR_DIVIDE = {
  name: "floorDivide",
  node: "DivBackward1",
  kernel: "floorDivide",
  vjp: { input: zeros, other: zeros },
} satisfies BinaryOp;
export const TRUNC_DIVIDE = {
  name: "truncDivide",
  node: "DivBackward1",
  kernel: "truncDivide",
  vjp: { input: zeros, other: zeros },
} satisfies BinaryOp;
export const REMAINDER = {
  name: "remainder",
  kernel: "remainder",
  saves: "operands",
  vjp: {
    input: (g) => g,
    other: (g, { input, other }) => product(g.neg(), binary(FLOOR_DIVIDE, input, other)),
  },
} satisfies BinaryOp;
export const FMOD = {
  name: "fmod",
  kernel: "fmod",
  saves: "operands",
  vjp: {
    input: (g) => g,
    other: (g, { input, other }) => product(g.neg(), binary(TRUNC_DIVIDE, input, other)),
  },
} satisfies BinaryOp;

/** Half of the gradient to each where the operands are equal. */
const share = (chosen: (a: Operand, b: Operand) => Tensor) => (g: Tensor, own: Operand, rival: Operand) =>
  product(g, total(product(chosen(own, rival), 1), product(compareEqual(own, rival), 0.5)));
const compareEqual = (a: Operand, b: Operand) => (isTensor(a) ? a.eq(b) : (b as Tensor).eq(a)).to(g32(a, b));
const greater = (a: Operand, b: Operand) => (isTensor(a) ? a.gt(b) : (b as Tensor).lt(a)).to(g32(a, b));
const less = (a: Operand, b: Operand) => (isTensor(a) ? a.lt(b) : (b as Tensor).gt(a)).to(g32(a, b));
const g32 = (a: Operand, b: Operand) => resultType(a, b);
const takeLarger = share(greater),
  takeSmaller = share(less);

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
export const RSUB = { ...SUB, node: "RsubBackward1" } satisfies BinaryOp;

/** @throws DtypeError for two bool tensors. */
export function refuseBool(name: string, a: Operand, b: Operand): void {
  if (isTensor(a) && isTensor(b) && a.dtype === bool && b.dtype === bool)
    throw new DtypeError(`${name}: subtraction of two bool tensors is not supported; use logicalXor`);
}

/** @throws ValueError for an integer division by zero; `isTrue` division gives floats. */
export function refuseZeroDivisor(name: string, isTrue: boolean, input: Operand, other: Operand): void {
  if (isTrue || resultType(input, other).isFloatingPoint) return;
  const zero = isTensor(other) ? other.eq(0).any().item() : Number(other) === 0;
  if (zero) throw new ValueError(`${name}: integer division by zero`);
}
