import { bool, type DType, float32, type TypedArray, viewBuffer } from "../core/dtype.ts";
import { AutogradError, ShapeError, ValueError } from "../core/errors.ts";
import { shapeText } from "../core/shape.ts";
import type { Storage } from "../memory/storage.ts";
import { bytes } from "../memory/wasm.ts";
import { type Element, elementReader, readElement } from "./elements.ts";
import { formatTensor } from "./format.ts";
import { cast, packed } from "./raw.ts";
import { addressOf, type Tensor } from "./tensor.ts";

/** Nested lists of plain numbers or booleans; a bare one for a 0-d tensor. How deep, the type does not know. */
export type NestedList = any;

/** A view keeps the bytes it shows alive. */
const liveViews = new WeakMap<object, Storage>();

/** The one element as a plain number or boolean. @throws ShapeError unless there is exactly one, ValueError for an int64 beyond 2^53. */
export function item(input: Tensor): number | boolean {
  if (input.numel() !== 1)
    throw new ShapeError(
      `item: only a tensor of one element can be converted to a number, this one has shape ${shapeText(input.shape)}`,
    );
  return toPlain(readElement(input.dtype, addressOf(input)));
}

/** The elements as nested arrays of plain numbers or booleans; a bare one for a 0-d tensor. @throws ValueError for an int64 beyond 2^53. */
export function tolist(input: Tensor): NestedList {
  const { shape, dtype } = input;
  const values = toTypedArray(dtype.itemsize === 2 && dtype.isFloatingPoint ? cast(input, float32) : input);
  let next = 0;
  const build = (d: number): NestedList => {
    if (d === shape.length) return plainOf(dtype, values[next++]!);
    const list: NestedList[] = [];
    for (let i = 0; i < shape[d]!; i++) list.push(build(d + 1));
    return list;
  };
  return build(0);
}

function plainOf(dtype: DType, value: number | bigint): number | boolean {
  return dtype === bool ? value !== 0 : toPlain(value);
}

/**
 * A live view of the elements: writing either is seen in the other. float16 and bfloat16 appear as their bits.
 * @throws ShapeError unless contiguous, AutogradError when the tensor requires a gradient.
 */
export function typedArray(input: Tensor): TypedArray {
  if (input.requiresGrad)
    throw new AutogradError(
      "typedArray: a tensor that requires a gradient cannot be seen as a typed array; use x.detach().typedArray()",
    );
  if (!input.isContiguous())
    throw new ShapeError(
      "typedArray: the tensor is not contiguous; use x.contiguous().typedArray() or x.toTypedArray()",
    );
  const { buffer, byteOffset } = input.storage.liveBytes();
  const view = viewBuffer(
    input.dtype,
    buffer,
    byteOffset + input.offset * input.dtype.itemsize,
    input.numel(),
  );
  liveViews.set(view, input.storage);
  return view;
}

/** A copy of the elements, row-major, in an ordinary unshared typed array. */
export function toTypedArray(input: Tensor): TypedArray {
  const source = packed(input);
  const out = new Uint8Array(source.numel() * source.dtype.itemsize);
  if (out.length > 0) {
    const from = addressOf(source);
    out.set(bytes.subarray(from, from + out.length));
  }
  return viewBuffer(source.dtype, out.buffer, 0, source.numel());
}

/**
 * What JavaScript's operators see: one element is its number, as in `loss < 0.1`; more are refused, since `a + b` would
 * join texts.
 * @throws ShapeError unless there is exactly one element or a text is asked for.
 */
export function primitiveOf(input: Tensor, hint: string): string | number | boolean {
  if (hint === "string") return input.toString();
  if (input.numel() !== 1)
    throw new ShapeError(
      `a tensor of shape ${shapeText(input.shape)} is no operand of JavaScript's operators: use a.add(b), a.mul(b), a.lt(b) and so on, and \`\${a}\` for its text`,
    );
  return item(input);
}

/** PyTorch's text of a tensor. */
export function tensorText(input: Tensor): string {
  return formatTensor(
    { shape: input.shape, dtype: input.dtype.name, at: elementReader(input) },
    { gradFn: input.gradFn?.name(), requiresGrad: input.requiresGrad },
  );
}

function toPlain(value: Element): number | boolean {
  if (typeof value !== "bigint") return value;
  const plain = Number(value);
  if (!Number.isSafeInteger(plain))
    throw new ValueError(`${value} does not fit a JavaScript number exactly; use toTypedArray()`);
  return plain;
}
