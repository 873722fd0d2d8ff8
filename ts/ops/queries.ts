// Questions about tensors that give plain answers.
import { ValueError } from "../core/errors.ts";
import { sameShape, shapeText } from "../core/shape.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { checkTensor } from "./dispatch.ts";

/** Whether the one element is not 0. @throws ValueError for any other number of elements. */
export function isNonzero(input: Tensor): boolean {
  checkTensor("isNonzero", input);
  if (input.numel() !== 1)
    throw new ValueError(
      `isNonzero: the truth of a tensor with ${input.numel()} elements is ambiguous (shape ${shapeText(input.shape)})`,
    );
  return Boolean(input.item());
}
/** Whether both have the same shape. */
export function isSameSize(input: Tensor, other: Tensor): boolean {
  checkTensor("isSameSize", input);
  checkTensor("isSameSize", other);
  return sameShape(input.shape, other.shape);
}
/** Whether the dtype has negative numbers. */
export function isSigned(input: Tensor): boolean {
  checkTensor("isSigned", input);
  return input.dtype.name !== "uint8" && input.dtype.name !== "bool";
}
/** Number of elements. */
export function numel(input: Tensor): number {
  checkTensor("numel", input);
  return input.numel();
}
/** Whether the dtype is a floating-point one. */
export function isFloatingPoint(input: Tensor): boolean {
  checkTensor("isFloatingPoint", input);
  return input.dtype.isFloatingPoint;
}
/** Whether the tensor was made in inference mode. */
export function isInference(input: Tensor): boolean {
  checkTensor("isInference", input);
  return input.isInference();
}
