// What the constructors of layers share.
import type { DeviceLike } from "../../core/device.ts";
import { type DTypeLike, getDefaultDtype, toDType } from "../../core/dtype.ts";
import { ValueError } from "../../core/errors.ts";
import { numelOf, type Shape } from "../../core/shape.ts";
import { empty } from "../../tensor/tensor.ts";
import { kaimingUniform_, uniform_ } from "../init.ts";
import { Parameter } from "../parameter.ts";

export interface FactoryOptions {
  /** Only `"cpu"` exists. */
  device?: DeviceLike | null;
  /** Of parameters and buffers; default the default dtype. */
  dtype?: DTypeLike | null;
}

/** A parameter to be filled. */
export function parameter(shape: Shape, dtype: DTypeLike | null | undefined): Parameter {
  return new Parameter(empty(shape, dtype ? toDType(dtype) : getDefaultDtype()));
}

/** PyTorch's default for linear layers and convolutions: weight, then bias, uniform within 1 / sqrt(fan in). */
export function resetLinear(weight: Parameter, bias: Parameter | null): void {
  if (weight.numel() > 0) kaimingUniform_(weight, { a: Math.sqrt(5) });
  if (bias === null) return;
  const fanIn = weight.shape[1]! * numelOf(weight.shape.slice(2));
  const bound = fanIn > 0 ? 1 / Math.sqrt(fanIn) : 0;
  uniform_(bias, -bound, bound);
}

/** @throws ValueError unless every value is an integer of at least `least`. */
export function checkSizes(op: string, sizes: Record<string, unknown>, least = 1): void {
  for (const [name, size] of Object.entries(sizes))
    if (!Number.isInteger(size) || (size as number) < least)
      throw new ValueError(`${op}: ${name} must be an integer >= ${least}, got ${String(size)}`);
}
