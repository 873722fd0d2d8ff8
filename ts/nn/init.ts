// Fills parameters in place, off the tape. Draws come from the global generator, as PyTorch's do.
import { untaped } from "../autograd/untaped.ts";
import { numelOf } from "../core/shape.ts";
import * as random from "../ops/fillrandom.ts";
import type { Tensor } from "../tensor/tensor.ts";

/** Fills with numbers uniform in [a, b). */
export function uniform_(tensor: Tensor, a = 0, b = 1): Tensor {
  return untaped(() => random.uniform_(tensor, a, b));
}
/** Fills with normal numbers. */
export function normal_(tensor: Tensor, mean = 0, std = 1): Tensor {
  return untaped(() => random.normal_(tensor, mean, std));
}
/** Fills with one value. */
export function constant_(tensor: Tensor, val: number): Tensor {
  return untaped(() => tensor.mul_(0).add_(val));
}
export function zeros_(tensor: Tensor): Tensor {
  return constant_(tensor, 0);
}
export function ones_(tensor: Tensor): Tensor {
  return constant_(tensor, 1);
}
/** Uniform within sqrt(6 / ((1 + a^2) fanIn)): keeps the scale of activations through leaky rectifiers. */
export function kaimingUniform_(tensor: Tensor, { a = 0 }: { a?: number } = {}): Tensor {
  const fanIn = tensor.shape[1]! * numelOf(tensor.shape.slice(2));
  const bound = Math.sqrt(3) * (Math.sqrt(2 / (1 + a * a)) / Math.sqrt(fanIn));
  return uniform_(tensor, -bound, bound);
}
/** Uniform within sqrt(6 / (fanIn + fanOut)): keeps the scale of activations and gradients. */
export function xavierUniform_(tensor: Tensor): Tensor {
  const field = numelOf(tensor.shape.slice(2));
  const bound = Math.sqrt(3) * Math.sqrt(2 / ((tensor.shape[0]! + tensor.shape[1]!) * field));
  return uniform_(tensor, -bound, bound);
}
/** Normal with deviation sqrt(2 / (fanIn + fanOut)). */
export function xavierNormal_(tensor: Tensor): Tensor {
  const field = numelOf(tensor.shape.slice(2));
  return normal_(tensor, 0, Math.sqrt(2 / ((tensor.shape[0]! + tensor.shape[1]!) * field)));
}
