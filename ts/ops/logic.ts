// Truth tables and bit patterns.
import { nonDifferentiable } from "../autograd/record.ts";
import { bool } from "../core/dtype.ts";
import { DtypeError } from "../core/errors.ts";
import { isTensor, type Tensor } from "../tensor/tensor.ts";
import type { OutOptions } from "./binary.ts";
import { type BinaryKernel, type BinaryOp, binary } from "./dispatch.ts";
import { into } from "./out.ts";
import { type Operand, resultType } from "./promote.ts";

const vjp = { input: nonDifferentiable, other: nonDifferentiable } as const;
const logical = (name: string, kernel: BinaryKernel): BinaryOp => ({ name, kernel, result: "truth", vjp });
const bitwise = (name: string, kernel: BinaryKernel): BinaryOp => ({ name, kernel, vjp });
const LOGICAL_AND = logical("logicalAnd", "logicalAnd");
const LOGICAL_OR = logical("logicalOr", "logicalOr");
const LOGICAL_XOR = logical("logicalXor", "logicalXor");
const BITWISE_AND = bitwise("bitwiseAnd", "bitwiseAnd");
const BITWISE_OR = bitwise("bitwiseOr", "bitwiseOr");
const BITWISE_XOR = bitwise("bitwiseXor", "bitwiseXor");
const LEFT_SHIFT = bitwise("bitwiseLeftShift", "leftShift");
const RIGHT_SHIFT = bitwise("bitwiseRightShift", "rightShift");

/** Where both elements are nonzero, as bool. */
export function logicalAnd(input: Operand, other: Operand, options?: OutOptions): Tensor {
  return into("logicalAnd", options, binary(LOGICAL_AND, input, other));
}
/** Where either element is nonzero, as bool. */
export function logicalOr(input: Operand, other: Operand, options?: OutOptions): Tensor {
  return into("logicalOr", options, binary(LOGICAL_OR, input, other));
}
/** Where just one of the elements is nonzero, as bool. */
export function logicalXor(input: Operand, other: Operand, options?: OutOptions): Tensor {
  return into("logicalXor", options, binary(LOGICAL_XOR, input, other));
}

/** Of bools, the bitwise operation is the logical one. */
function bits(
  op: BinaryOp,
  onBool: BinaryOp | null,
  input: Operand,
  other: Operand,
  options?: OutOptions,
): Tensor {
  const dtype = resultType(input, other);
  if (dtype === bool) {
    if (onBool === null) throw new DtypeError(`${op.name}: not implemented for ${bool}`);
    return into(op.name, options, binary({ ...onBool, name: op.name }, input, other));
  }
  if (dtype.isFloatingPoint) throw new DtypeError(`${op.name}: not implemented for ${dtype}`);
  return into(op.name, options, binary(op, input, other));
}
/** The bits set in both integers; of bools, whether both hold. @throws DtypeError for floats. */
export function bitwiseAnd(input: Operand, other: Operand, options?: OutOptions): Tensor {
  return bits(BITWISE_AND, LOGICAL_AND, input, other, options);
}
/** The bits set in either integer; of bools, whether either holds. @throws DtypeError for floats. */
export function bitwiseOr(input: Operand, other: Operand, options?: OutOptions): Tensor {
  return bits(BITWISE_OR, LOGICAL_OR, input, other, options);
}
/** The bits set in just one of the integers; of bools, whether they differ. @throws DtypeError for floats. */
export function bitwiseXor(input: Operand, other: Operand, options?: OutOptions): Tensor {
  return bits(BITWISE_XOR, LOGICAL_XOR, input, other, options);
}
/** A shift by as many places as the processor sees: their lower six bits among int64, else five. */
function shift(op: BinaryOp, input: Operand, other: Operand, options?: OutOptions): Tensor {
  const { itemsize, category } = resultType(input, other);
  let places = other;
  if (itemsize < 8 && category === 1) places = isTensor(other) ? bitwiseAnd(other, 31) : Number(other) & 31;
  return bits(op, null, input, places, options);
}
/** `input` with its bits moved `other` places up. @throws DtypeError for floats and bools. */
export function bitwiseLeftShift(input: Operand, other: Operand, options?: OutOptions): Tensor {
  return shift(LEFT_SHIFT, input, other, options);
}
/** `input` with its bits moved `other` places down, the sign kept. @throws DtypeError for floats and bools. */
export function bitwiseRightShift(input: Operand, other: Operand, options?: OutOptions): Tensor {
  return shift(RIGHT_SHIFT, input, other, options);
}
