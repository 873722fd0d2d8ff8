// Argument lists that may be spread out, in an array, or named.

import { bool } from "../core/dtype.ts";
import { DtypeError, ValueError } from "../core/errors.ts";
import { isOptions, positional } from "../core/options.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { checkTensor, describe } from "./dispatch.ts";

/** The numbers of `flip(x, 0, 1)`, `flip(x, [0, 1])` or `flip(x, { dims: [0, 1] })`. */
export function listed(op: string, name: string, args: readonly unknown[]): readonly number[] {
  let list = args;
  const last = args[args.length - 1];
  if (isOptions(last)) {
    const [named] = positional(op, [name], [last]);
    list = named !== undefined ? [named] : args.slice(0, -1);
  }
  return (list.length === 1 && Array.isArray(list[0]) ? list[0] : list) as readonly number[];
}

/** A number or a list of numbers, as a list. @throws ValueError for anything else. */
export function sizesOf(op: string, name: string, sizes: unknown): readonly number[] {
  const list = Array.isArray(sizes) ? sizes : [sizes];
  for (const size of list)
    if (typeof size !== "number")
      throw new ValueError(`${op}: ${name} must be numbers, got ${describe(sizes)}`);
  return list;
}

/** @throws unless `x` is a tensor of numbers: PyTorch has no such kernel for bools. */
export function checkNumeric(op: string, x: unknown): asserts x is Tensor {
  checkTensor(op, x);
  if (x.dtype === bool) throw new DtypeError(`${op}: not implemented for ${bool}`);
}

/** @throws DtypeError unless all are floats, ValueError unless they are tensors. */
export function checkFloat(op: string, ...tensors: Tensor[]): void {
  for (const x of tensors) {
    checkTensor(op, x);
    if (!x.dtype.isFloatingPoint) throw new DtypeError(`${op}: not implemented for ${x.dtype}`);
  }
}

/** The tensors of `f(a, b)` or `f([a, b])`, and the options behind them. @throws ValueError for anything else. */
export function tensorList(
  op: string,
  args: readonly unknown[],
): [tensors: readonly Tensor[], options: object | undefined] {
  const last = args[args.length - 1];
  const options = isOptions(last) ? last : undefined;
  const list = options ? args.slice(0, -1) : args;
  const tensors = (list.length === 1 && Array.isArray(list[0]) ? list[0] : list) as readonly Tensor[];
  checkTensors(op, tensors);
  return [tensors, options];
}

/** @throws ValueError unless `tensors` is a list of tensors. */
export function checkTensors(op: string, tensors: unknown): asserts tensors is readonly Tensor[] {
  if (!Array.isArray(tensors))
    throw new ValueError(`${op}: expected a list of tensors, got ${describe(tensors)}`);
  for (const t of tensors) checkTensor(op, t);
}

/** @throws ValueError unless `value` is an integer. */
export function checkInteger(op: string, name: string, value: unknown): asserts value is number {
  if (!Number.isInteger(value))
    throw new ValueError(`${op}: ${name} must be an integer, got ${describe(value)}`);
}
