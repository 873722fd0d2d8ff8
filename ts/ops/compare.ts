import { nonDifferentiable } from "../autograd/record.ts";
import { sameShape } from "../core/shape.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { OutOptions } from "./binary.ts";
import { type BinaryOp, binary, checkTensor } from "./dispatch.ts";
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

/** Whether two tensors have one shape and equal elements; NaN equals nothing. @throws DtypeError for different dtypes. */
export function equal(input: Tensor, other: Tensor): boolean {
  checkTensor("equal", input);
  checkTensor("equal", other);
  return sameShape(input.shape, other.shape) && (eq(input, other).all().item() as unknown as boolean);
}
export { ge as greaterEqual, gt as greater, le as lessEqual, lt as less, ne as notEqual };
