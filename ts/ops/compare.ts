import { nonDifferentiable } from "../autograd/record.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { OutOptions } from "./binary.ts";
import { type BinaryOp, binary } from "./dispatch.ts";
import { into } from "./out.ts";
import type { Operand } from "./promote.ts";

const vjp = { input: nonDifferentiable, other: nonDifferentiable } as const;
const EQ = { name: "eq", kernel: "eq", result: "bool", vjp } satisfies BinaryOp;
const NE = { name: "ne", kernel: "ne", result: "bool", vjp } satisfies BinaryOp;
const LT = { name: "lt", kernel: "lt", result: "bool", vjp } satisfies BinaryOp;
const LE = { name: "le", kernel: "le", result: "bool", vjp } satisfies BinaryOp;
const GT = { name: "gt", kernel: "gt", result: "bool", vjp } satisfies BinaryOp;
const GE = { name: "ge", kernel: "ge", result: "bool", vjp } satisfies BinaryOp;

/** Where the operands are equal, as bool. */
export function eq(input: Operand, other: Operand, options?: OutOptions): Tensor {
  return into("eq", options, binary(EQ, input, other));
}
/** Where the operands differ, as bool. */
export function ne(input: Operand, other: Operand, options?: OutOptions): Tensor {
  return into("ne", options, binary(NE, input, other));
}
/** Where input < other, as bool. */
export function lt(input: Operand, other: Operand, options?: OutOptions): Tensor {
  return into("lt", options, binary(LT, input, other));
}
/** Where input <= other, as bool. */
export function le(input: Operand, other: Operand, options?: OutOptions): Tensor {
  return into("le", options, binary(LE, input, other));
}
/** Where input > other, as bool. */
export function gt(input: Operand, other: Operand, options?: OutOptions): Tensor {
  return into("gt", options, binary(GT, input, other));
}
/** Where input >= other, as bool. */
export function ge(input: Operand, other: Operand, options?: OutOptions): Tensor {
  return into("ge", options, binary(GE, input, other));
}
