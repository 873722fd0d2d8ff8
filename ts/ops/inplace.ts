// Methods only: forms that write their result over the receiver.
import type { Tensor } from "../tensor/tensor.ts";
import {
  ADD,
  DIV,
  FLOOR_DIVIDE,
  FMOD,
  MUL,
  REMAINDER,
  refuseBool,
  refuseZeroDivisor,
  SUB,
  TRUNC_DIVIDE,
} from "./arithmetic.ts";
import { type AlphaOptions, type DivOptions, mul } from "./binary.ts";
import { binary_ } from "./dispatch.ts";
import type { Operand } from "./promote.ts";

/** In place: input + alpha * other. */
export function add_(input: Tensor, other: Operand, options?: AlphaOptions): Tensor {
  return binary_(ADD, input, scaled(other, options));
}
/** In place: input - alpha * other. */
export function sub_(input: Tensor, other: Operand, options?: AlphaOptions): Tensor {
  refuseBool("sub_", input, other);
  return binary_(SUB, input, scaled(other, options));
}
/** In place: the product. */
export function mul_(input: Tensor, other: Operand): Tensor {
  return binary_(MUL, input, other);
}
/** In place: the quotient. @throws DtypeError for integers, whose quotient is a float. */
export function div_(input: Tensor, other: Operand, options?: DivOptions): Tensor {
  const mode = options?.roundingMode;
  refuseZeroDivisor("div_", !mode, input, other);
  return binary_(mode === "floor" ? FLOOR_DIVIDE : mode === "trunc" ? TRUNC_DIVIDE : DIV, input, other);
}
/** In place: floor(input / other). */
export function floorDivide_(input: Tensor, other: Operand): Tensor {
  refuseZeroDivisor("floorDivide_", false, input, other);
  return binary_(FLOOR_DIVIDE, input, other);
}
/** In place: the remainder with the sign of `other`. */
export function remainder_(input: Tensor, other: Operand): Tensor {
  refuseZeroDivisor("remainder_", false, input, other);
  return binary_(REMAINDER, input, other);
}
/** In place: the remainder with the sign of `input`. */
export function fmod_(input: Tensor, other: Operand): Tensor {
  refuseZeroDivisor("fmod_", false, input, other);
  return binary_(FMOD, input, other);
}

const scaled = (other: Operand, options?: AlphaOptions): Operand =>
  options?.alpha === undefined || options.alpha === 1 ? other : mul(other, options.alpha);

export { div_ as divide_, div_ as trueDivide_, mul_ as multiply_, sub_ as subtract_ };
