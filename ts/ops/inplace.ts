// Methods only: forms that write their result over the receiver.

import { positional } from "../core/options.ts";
import { isTensor, type Tensor } from "../tensor/tensor.ts";
import {
  ADD,
  FMOD,
  FMOD_NUMBER,
  MUL,
  quotientOf,
  REMAINDER,
  REMAINDER_NUMBER,
  refuseBool,
  refuseZeroDivisor,
  SUB,
  timesAlpha,
  WHOLE_QUOTIENT,
} from "./arithmetic.ts";
import type { DivOptions } from "./binary.ts";
import { binary_ } from "./dispatch.ts";
import type { Operand } from "./promote.ts";

/** In place: input + alpha * other. */
export function add_(input: Tensor, other: Operand, options?: { alpha?: number }): Tensor {
  return binary_(ADD, input, scaled("add_", input, other, options));
}
/** In place: input - alpha * other. */
export function sub_(input: Tensor, other: Operand, options?: { alpha?: number }): Tensor {
  refuseBool("sub_", input, other);
  return binary_(SUB, input, scaled("sub_", input, other, options));
}
/** In place: the product. */
export function mul_(input: Tensor, other: Operand): Tensor {
  return binary_(MUL, input, other);
}
/** In place: the quotient. @throws DtypeError for integers, whose quotient is a float. */
export function div_(
  input: Tensor,
  other: Operand,
  options?: { roundingMode?: DivOptions["roundingMode"] },
): Tensor {
  const [mode] = positional<[DivOptions["roundingMode"]?]>("div_", ["roundingMode"], [options]);
  return binary_(quotientOf("div_", input, other, mode), input, other);
}
/** In place: floor(input / other). */
export function floorDivide_(input: Tensor, other: Operand): Tensor {
  refuseZeroDivisor("floorDivide_", input, other);
  return binary_(WHOLE_QUOTIENT, input, other);
}
/** In place: the remainder with the sign of `other`. */
export function remainder_(input: Tensor, other: Operand): Tensor {
  refuseZeroDivisor("remainder_", input, other);
  return binary_(isTensor(other) ? REMAINDER : REMAINDER_NUMBER, input, other);
}
/** In place: the remainder with the sign of `input`. */
export function fmod_(input: Tensor, other: Operand): Tensor {
  refuseZeroDivisor("fmod_", input, other);
  return binary_(isTensor(other) ? FMOD : FMOD_NUMBER, input, other);
}

function scaled(op: string, input: Tensor, other: Operand, options?: { alpha?: number }): Operand {
  if (options === undefined) return other;
  const [alpha] = positional<[number?]>(op, ["alpha"], [options]);
  return timesAlpha(op, input, other, alpha);
}

export { div_ as divide_, div_ as trueDivide_, mul_ as multiply_, sub_ as subtract_ };
