// What every op asks of its arguments.
import { MemoryError, ValueError } from "../core/errors.ts";
import { shapeText } from "../core/shape.ts";
import { RELEASED } from "../memory/storage.ts";
import { isTensor, type Tensor } from "../tensor/tensor.ts";
import type { Operand } from "./promote.ts";

/** @throws ValueError unless `x` is a tensor, MemoryError where it was released. */
export function checkTensor(op: string, x: unknown): asserts x is Tensor {
  if (!isTensor(x)) throw new ValueError(`${op}: expected a tensor, got ${describe(x)}`);
  checkAlive(op, x);
}

/** @throws ValueError unless `x` is a tensor, a number or a boolean; MemoryError for a released tensor. */
export function checkOperand(op: string, x: unknown): asserts x is Operand {
  if (isTensor(x)) checkAlive(op, x);
  else if (typeof x !== "number" && typeof x !== "boolean")
    throw new ValueError(`${op}: expected a tensor or a number, got ${describe(x)}`);
}

function checkAlive(op: string, x: Tensor): void {
  if (x.storage.released)
    throw new MemoryError(`${op}: ${x.dtype} of shape ${shapeText(x.shape)}: ${RELEASED}`);
}

export function describe(x: unknown): string {
  return x === null || x === undefined
    ? String(x)
    : Array.isArray(x)
      ? "an array"
      : typeof x === "object"
        ? `an object (${x.constructor?.name ?? "no class"})`
        : typeof x === "function"
          ? Object.hasOwn(x, "name")
            ? `the function ${x.name}`
            : String(x).split("\n", 1)[0]!
          : `${typeof x} ${String(x)}`;
}
