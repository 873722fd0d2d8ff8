import { positional } from "../core/options.ts";
import { isTensor, type Tensor } from "../tensor/tensor.ts";
import {
  ADD,
  ATAN2,
  DIV,
  FMOD,
  FMOD_NUMBER,
  MAXIMUM,
  MINIMUM,
  MUL,
  quotientOf,
  REMAINDER,
  REMAINDER_NUMBER,
  RSUB,
  RSUB_NUMBER,
  refuseBool,
  refuseZeroDivisor,
  SUB,
  scaledSum,
  WHOLE_QUOTIENT,
} from "./arithmetic.ts";
import { binary } from "./dispatch.ts";
import { into, type OutOptions } from "./out.ts";
import type { Operand } from "./promote.ts";

export type { OutOptions };
export interface AlphaOptions extends OutOptions {
  /** Factor of `other`; default 1. */
  alpha?: number | boolean;
}
export interface DivOptions extends OutOptions {
  /** "trunc" and "floor" round the quotient; default null does not. */
  roundingMode?: "trunc" | "floor" | null;
}

/** input + alpha * other. */
export function add(input: Operand, other: Operand, options?: AlphaOptions): Tensor {
  return withAlpha("add", ADD, input, other, options);
}
/** input - alpha * other. @throws DtypeError for bool, which has no subtraction. */
export function sub(input: Operand, other: Operand, options?: AlphaOptions): Tensor {
  refuseBool("sub", input, other);
  return withAlpha("sub", SUB, input, other, options);
}
/** Element by element product. */
export function mul(input: Operand, other: Operand, options?: OutOptions): Tensor {
  return options === undefined ? binary(MUL, input, other) : into("mul", options, binary(MUL, input, other));
}
/** Quotient; of integers, the true one unless rounding is asked for. */
export function div(input: Operand, other: Operand, options?: DivOptions): Tensor {
  if (options === undefined) return binary(DIV, input, other);
  const [roundingMode, out] = positional("div", ["roundingMode", "out"], [options]);
  return into("div", { out }, binary(quotientOf("div", input, other, roundingMode), input, other));
}
/** floor(input / other). @throws ValueError for an integer division by zero. */
export function floorDivide(input: Operand, other: Operand, options?: OutOptions): Tensor {
  refuseZeroDivisor("floorDivide", input, other);
  return into("floorDivide", options, binary(WHOLE_QUOTIENT, input, other));
}
/** The remainder with the sign of `other`. @throws ValueError for an integer division by zero. */
export function remainder(input: Operand, other: Operand, options?: OutOptions): Tensor {
  refuseZeroDivisor("remainder", input, other);
  return into("remainder", options, binary(isTensor(other) ? REMAINDER : REMAINDER_NUMBER, input, other));
}
/** The remainder with the sign of `input`. @throws ValueError for an integer division by zero. */
export function fmod(input: Operand, other: Operand, options?: OutOptions): Tensor {
  refuseZeroDivisor("fmod", input, other);
  return into("fmod", options, binary(isTensor(other) ? FMOD : FMOD_NUMBER, input, other));
}
/** The larger of two elements; NaN where either is. */
export function maximum(input: Operand, other: Operand, options?: OutOptions): Tensor {
  return into("maximum", options, binary(MAXIMUM, input, other));
}
/** The smaller of two elements; NaN where either is. */
export function minimum(input: Operand, other: Operand, options?: OutOptions): Tensor {
  return into("minimum", options, binary(MINIMUM, input, other));
}
/** Angle of the point (other, input), in radians. */
export function atan2(input: Operand, other: Operand, options?: OutOptions): Tensor {
  return into("atan2", options, binary(ATAN2, input, other));
}
/** other - alpha * input. */
export function rsub(input: Tensor, other: Operand, options?: AlphaOptions): Tensor {
  refuseBool("rsub", input, other);
  return withAlpha("rsub", isTensor(other) ? RSUB : RSUB_NUMBER, other, input, options);
}

function withAlpha(
  name: string,
  op: Parameters<typeof scaledSum>[0],
  a: Operand,
  b: Operand,
  options: AlphaOptions | undefined,
): Tensor {
  if (options === undefined) return binary(op, a, b);
  const [alpha, out] = positional(name, ["alpha", "out"], [options]);
  return into(name, { out }, scaledSum(op, a, b, alpha));
}

export { atan2 as arctan2, div as divide, div as trueDivide, mul as multiply, sub as subtract };
