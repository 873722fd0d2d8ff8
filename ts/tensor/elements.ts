import {
  bfloat16,
  bool,
  type DType,
  float16,
  float32,
  float64,
  int8,
  int16,
  int32,
  int64,
} from "../core/dtype.ts";
import { bytes } from "../memory/wasm.ts";
import type { Tensor } from "./tensor.ts";

export type Element = number | bigint | boolean;

const cell = new DataView(new ArrayBuffer(8));

/** One element of any dtype, from its bytes. int64 gives a bigint, bool a boolean. */
export function readElement(dtype: DType, address: number): Element {
  for (let i = 0; i < dtype.itemsize; i++) cell.setUint8(i, bytes[address + i]!);
  switch (dtype) {
    case float32:
      return cell.getFloat32(0, true);
    case float64:
      return cell.getFloat64(0, true);
    case int64:
      return cell.getBigInt64(0, true);
    case int32:
      return cell.getInt32(0, true);
    case int16:
      return cell.getInt16(0, true);
    case int8:
      return cell.getInt8(0);
    case bool:
      return cell.getUint8(0) !== 0;
    case float16:
      return halfToNumber(cell.getUint16(0, true));
    case bfloat16: {
      cell.setUint32(0, cell.getUint16(0, true) << 16, true);
      return cell.getFloat32(0, true);
    }
    default:
      return cell.getUint8(0);
  }
}

function halfToNumber(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1,
    exponent = (bits >> 10) & 31,
    fraction = bits & 1023;
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** A function that reads elements by their row-major position, whatever the strides. */
export function elementReader(tensor: Tensor): (position: number) => Element {
  const { dtype, shape, strides, storage, offset } = tensor;
  return (position) => {
    let at = offset;
    for (let d = shape.length - 1, rest = position; d >= 0; d--) {
      const size = shape[d]!;
      at += (rest % size) * strides[d]!;
      rest = Math.floor(rest / size);
    }
    return readElement(dtype, storage.address() + at * dtype.itemsize);
  };
}
