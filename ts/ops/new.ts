// Methods only: new tensors with the receiver's dtype.
import { isOptions } from "../core/options.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { type SizeArguments, sized } from "./creation.ts";

function sizedAs(op: string, input: Tensor, args: readonly unknown[], value: number): Tensor {
  const last = args[args.length - 1];
  const options = isOptions(last) ? last : undefined;
  return sized(op, [...(options ? args.slice(0, -1) : args), { dtype: input.dtype, ...options }], value);
}
/** Zeros of a given shape with this tensor's dtype. */
export function newZeros(input: Tensor, ...args: SizeArguments): Tensor {
  return sizedAs("newZeros", input, args, 0);
}
/** Ones of a given shape with this tensor's dtype. */
export function newOnes(input: Tensor, ...args: SizeArguments): Tensor {
  return sizedAs("newOnes", input, args, 1);
}
