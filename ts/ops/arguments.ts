// Argument lists that may be spread out, in an array, or named.

import { bool, type DType, float32, float64, uint8 } from "../core/dtype.ts";
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

const LARGEST_FLOAT32 = (2 - 2 ** -23) * 2 ** 127;

/** @throws ValueError where `dtype` cannot hold a number; only negative integers may wrap, into uint8. Anything is true or false. */
export function checkHolds(op: string, dtype: DType, value: unknown): void {
  if (dtype === bool || dtype === float64 || typeof value === "boolean") return;
  const x = Number(value);
  let fits: boolean;
  if (dtype.isFloatingPoint)
    fits = dtype !== float32 || !Number.isFinite(x) || Math.abs(x) <= LARGEST_FLOAT32;
  else {
    const bits = 8 * dtype.itemsize;
    const high = 2 ** (dtype === uint8 ? bits : bits - 1) - 1;
    const low = dtype !== uint8 ? -high - 1 : Number.isInteger(x) ? -high : 0;
    fits = x >= low && x <= high;
  }
  if (!fits) throw new ValueError(`${op}: ${x} cannot be converted to ${dtype} without overflow`);
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
