// Bytes of files, and tensors made of them.
import { bool, type DType } from "../core/dtype.ts";
import { ValueError } from "../core/errors.ts";
import { contiguousStrides, numelOf, type Shape } from "../core/shape.ts";
import { Storage } from "../memory/storage.ts";
import { bytes as heap } from "../memory/wasm.ts";
import { Tensor } from "../tensor/tensor.ts";

/** What readers take. */
export type FileBytes = ArrayBufferView | ArrayBuffer;

/** @throws ValueError for something that holds no bytes. */
export function toBytes(op: string, data: FileBytes): Uint8Array {
  if (ArrayBuffer.isView(data)) return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  if (/^\[object (Shared)?ArrayBuffer\]$/.test(Object.prototype.toString.call(data)))
    return new Uint8Array(data);
  throw new ValueError(
    `${op}: expected the bytes of a file (a Uint8Array or an ArrayBuffer), got ${data === null ? "null" : typeof data}`,
  );
}

/** Copies little-endian elements into a storage. */
export function fillStorage(storage: Storage, content: Uint8Array, dtype: DType): void {
  if (content.length > 0) {
    const at = storage.address();
    heap.set(content, at);
    if (dtype === bool) for (let i = 0; i < content.length; i++) if (content[i]! > 1) heap[at + i] = 1;
  }
  storage.written();
}

/** A tensor of little-endian elements, whose number is that of the shape. */
export function tensorOf(
  content: Uint8Array,
  dtype: DType,
  shape: Shape,
  strides: Shape = contiguousStrides(shape),
): Tensor {
  const storage = Storage.allocate(numelOf(shape) * dtype.itemsize);
  fillStorage(storage, content, dtype);
  return new Tensor(storage, dtype, shape, strides);
}

/** A copy with the bytes of every element in the other order. */
export function swapped(content: Uint8Array, itemsize: number): Uint8Array {
  const out = new Uint8Array(content.length);
  for (let i = 0; i < content.length; i += itemsize)
    for (let k = 0; k < itemsize; k++) out[i + k] = content[i + itemsize - 1 - k]!;
  return out;
}

/** Sets a key as an object literal would, also `__proto__`. */
export function setKey(into: object, key: string, value: unknown): void {
  Object.defineProperty(into, key, { value, writable: true, enumerable: true, configurable: true });
}
