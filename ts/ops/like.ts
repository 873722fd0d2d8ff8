// New tensors filled with one value, of a given shape or the shape of another tensor.
import { type DType, type DTypeLike, getDefaultDtype, toDType } from "../core/dtype.ts";
import { ValueError } from "../core/errors.ts";
import { isOptions, positional } from "../core/options.ts";
import { type Shape, toShape } from "../core/shape.ts";
import { isTensor, type Tensor } from "../tensor/tensor.ts";
import { checkHolds } from "./arguments.ts";
import {
  type CreationOptions,
  dtypeOfValue,
  filled,
  finish,
  type SizeArguments,
  sized,
  type TensorData,
  tensor,
} from "./creation.ts";
import { checkTensor, describe } from "./dispatch.ts";

export type LikeOptions = Omit<CreationOptions, "out">;
type Value = number | bigint | boolean;
const OPTIONS = ["dtype", "device", "requiresGrad"];

function valueOf(op: string, value: unknown): Value {
  const plain = isTensor(value) ? value.item() : value;
  if (typeof plain !== "number" && typeof plain !== "bigint" && typeof plain !== "boolean")
    throw new ValueError(`${op}: the fill value must be a number, got ${describe(value)}`);
  return plain;
}

function holding(op: string, shape: Shape, value: Value, dtype: DType): Tensor {
  checkHolds(op, dtype, value);
  return filled(shape, value, dtype);
}

function like(op: string, input: Tensor, value: Value, options: object | undefined): Tensor {
  checkTensor(op, input);
  if (options === undefined) return holding(op, input.shape, value, input.dtype);
  const [dtype, device, requiresGrad] = positional<[DTypeLike?, string?, boolean?]>(op, OPTIONS, [options]);
  return finish(op, holding(op, input.shape, value, dtype ? toDType(dtype) : input.dtype), {
    device,
    requiresGrad,
  });
}

/** Zeros in the shape and dtype of another tensor. */
export function zerosLike(input: Tensor, options?: LikeOptions): Tensor {
  return like("zerosLike", input, 0, options);
}
/** Ones in the shape and dtype of another tensor. */
export function onesLike(input: Tensor, options?: LikeOptions): Tensor {
  return like("onesLike", input, 1, options);
}
/** A tensor with the shape and dtype of another; its elements are 0. */
export function emptyLike(input: Tensor, options?: LikeOptions): Tensor {
  return like("emptyLike", input, 0, options);
}
/** A tensor with the shape and dtype of another and every element equal to `fillValue`. */
export function fullLike(input: Tensor, fillValue: Value | Tensor | object, options?: LikeOptions): Tensor {
  const [value, ...rest] = positional("fullLike", ["fillValue", ...OPTIONS], [fillValue, options]);
  return like("fullLike", input, valueOf("fullLike", value), named(OPTIONS, rest));
}

const named = (names: readonly string[], values: readonly unknown[]) =>
  Object.fromEntries(names.map((name, i) => [name, values[i]]));

/** A tensor of `size` with every element equal to `fillValue`; its dtype follows the value as in `tensor`. */
export function full(
  size: readonly number[] | object,
  fillValue?: Value | Tensor | CreationOptions,
  options?: CreationOptions,
): Tensor {
  const [shape, given, dtype, device, requiresGrad, out] = positional(
    "full",
    ["size", "fillValue", ...OPTIONS, "out"],
    [size, fillValue, options],
  );
  const value = valueOf("full", given);
  const type = dtype ? toDType(dtype) : isTensor(given) ? given.dtype : (out?.dtype ?? dtypeOfValue(value));
  return finish("full", filled(toShape("full", [shape]), value, type), { device, requiresGrad, out });
}

/** A tensor of the given shape: `empty(2, 3)`. Its elements are 0. */
export function empty(...args: SizeArguments): Tensor {
  return sized("empty", args, 0);
}
/** A tensor of the given size and strides that may leave gaps; its elements are 0. */
export function emptyStrided(
  size: readonly number[],
  stride: readonly number[],
  options?: CreationOptions,
): Tensor {
  const [dtype, device, requiresGrad] = positional<[DTypeLike?, string?, boolean?]>("emptyStrided", OPTIONS, [
    options,
  ]);
  const shape = toShape("emptyStrided", [size]),
    steps = toShape("emptyStrided", [stride]);
  if (shape.length !== steps.length)
    throw new ValueError(
      `emptyStrided: size and stride must be of one length, got ${shape.length} and ${steps.length}`,
    );
  const extent = shape.includes(0) ? 0 : 1 + shape.reduce((sum, n, d) => sum + (n - 1) * steps[d]!, 0);
  const memory = filled([extent], 0, dtype ? toDType(dtype) : getDefaultDtype());
  return finish("emptyStrided", memory.asStrided(shape, steps).detach(), { device, requiresGrad });
}
/** A 0-d tensor of the default dtype, whatever the number; `dtype` overrides. */
export function scalarTensor(value: Value, options?: CreationOptions): Tensor {
  return tensor(valueOf("scalarTensor", value), { dtype: getDefaultDtype(), ...options });
}

function sizedAs(op: string, input: Tensor, args: readonly unknown[], value: number): Tensor {
  checkTensor(op, input);
  const last = args[args.length - 1];
  const options = isOptions(last) ? last : undefined;
  if (options === undefined) return filled(toShape(op, args), value, input.dtype);
  return sized(op, [...args.slice(0, -1), { dtype: input.dtype, ...options }], value);
}
/** Zeros of a given shape with this tensor's dtype. */
export function newZeros(input: Tensor, ...args: SizeArguments): Tensor {
  return sizedAs("newZeros", input, args, 0);
}
/** Ones of a given shape with this tensor's dtype. */
export function newOnes(input: Tensor, ...args: SizeArguments): Tensor {
  return sizedAs("newOnes", input, args, 1);
}
/** A tensor of a given shape with this tensor's dtype; its elements are 0. */
export function newEmpty(input: Tensor, ...args: SizeArguments): Tensor {
  return sizedAs("newEmpty", input, args, 0);
}
/** A tensor of `size` with this tensor's dtype and every element equal to `fillValue`. */
export function newFull(
  input: Tensor,
  size: readonly number[] | object,
  fillValue?: Value | Tensor | LikeOptions,
  options?: LikeOptions,
): Tensor {
  checkTensor("newFull", input);
  const [shape, given, dtype, device, requiresGrad] = positional(
    "newFull",
    ["size", "fillValue", ...OPTIONS],
    [size, fillValue, options],
  );
  const made = filled(
    toShape("newFull", [shape]),
    valueOf("newFull", given),
    dtype ? toDType(dtype) : input.dtype,
  );
  return finish("newFull", made, { device, requiresGrad });
}
/** As `emptyStrided`, with this tensor's dtype. */
export function newEmptyStrided(
  input: Tensor,
  size: readonly number[],
  stride: readonly number[],
  options?: LikeOptions,
): Tensor {
  checkTensor("newEmptyStrided", input);
  return emptyStrided(size, stride, { dtype: input.dtype, ...options });
}
/** A copy of `data` with this tensor's dtype. */
export function newTensor(input: Tensor, data: TensorData, options?: LikeOptions): Tensor {
  checkTensor("newTensor", input);
  return tensor(data, { dtype: input.dtype, ...options });
}
