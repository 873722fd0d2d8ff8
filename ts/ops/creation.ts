import { type DeviceLike, toDevice } from "../core/device.ts";
import {
  bool,
  type DType,
  type DTypeLike,
  dtypeOfTypedArray,
  float32,
  float64,
  getDefaultDtype,
  int64,
  promoteTypes,
  toDType,
  viewBuffer,
} from "../core/dtype.ts";
import { ShapeError, ValueError } from "../core/errors.ts";
import { isOptions, positional } from "../core/options.ts";
import { contiguousStrides, type Shape, sameShape, shapeText, toShape } from "../core/shape.ts";
import { Storage } from "../memory/storage.ts";
import { bytes, kernels } from "../memory/wasm.ts";
import { writeScalar } from "../tensor/plan.ts";
import { cast, copyInto, replaceData } from "../tensor/raw.ts";
import { addressOf, empty as emptyTensor, isTensor, Tensor, written } from "../tensor/tensor.ts";
import { describe } from "./dispatch.ts";

export interface CreationOptions {
  /** Default: by the data for `tensor`, else the default dtype. */
  dtype?: DTypeLike | null;
  /** Only `"cpu"` exists. */
  device?: DeviceLike | null;
  /** Default false. */
  requiresGrad?: boolean;
  /** Where to write the result. */
  out?: Tensor;
}
const CREATION = ["dtype", "device", "requiresGrad", "out"] as const;

/** Numbers, booleans, bigints, nested arrays of them, or a typed array. */
export type TensorData = number | boolean | bigint | ArrayBufferView | Tensor | readonly TensorData[];

/** Ends a creation function: device, `out`, `requiresGrad`. */
export function finish(op: string, made: Tensor, options: CreationOptions | undefined): Tensor {
  if (options === undefined) return made;
  if (options.device !== undefined && options.device !== null) toDevice(options.device);
  const { out } = options;
  if (out !== undefined && out !== null) {
    if (shapeText(out.shape) !== shapeText(made.shape))
      throw new ShapeError(
        `${op}: out has shape ${shapeText(out.shape)}, the result has ${shapeText(made.shape)}`,
      );
    replaceData(out, made);
    return out;
  }
  if (options.requiresGrad) made.requiresGrad = true;
  return made;
}

/**
 * A tensor from numbers (float32), booleans (bool), bigints (int64), nested arrays of them, or a typed array (its own
 * dtype), copied. `dtype` overrides.
 * @throws ShapeError for nested arrays of unequal length.
 */
export function tensor(data: TensorData, options?: CreationOptions): Tensor {
  const [dtype, device, requiresGrad] = positional("tensor", ["dtype", "device", "requiresGrad"], [options]);
  return finish("tensor", fromData("tensor", data, dtype ? toDType(dtype) : null), { device, requiresGrad });
}

/**
 * As `tensor`, but without a copy where none is needed: a tensor of that dtype is returned as it is, and a typed array of
 * that dtype shares its memory.
 */
export function asTensor(data: TensorData, options?: CreationOptions): Tensor {
  const [dtype, device] = positional<[DTypeLike?, DeviceLike?]>("asTensor", ["dtype", "device"], [options]);
  if (device) toDevice(device);
  const wanted = dtype ? toDType(dtype) : undefined;
  if (isTensor(data)) return wanted === undefined ? data : data.to(wanted);
  if (ArrayBuffer.isView(data) && (wanted === undefined || wanted === dtypeOfTypedArray(data)))
    return fromTypedArray(data);
  return fromData("asTensor", data, wanted ?? null);
}

function fromData(op: string, data: TensorData, dtype: DType | null): Tensor {
  if (isTensor(data)) {
    const copy = emptyTensor(data.shape, dtype ?? data.dtype);
    copyInto(copy, data);
    return copy;
  }
  if (ArrayBuffer.isView(data)) return fromView(op, data, dtype);
  const shape = shapeOf(op, data),
    found: Found = { values: [], dtype: null, hasBig: false };
  collect(op, data, shape, 0, found);
  return fromFlat(found, shape, dtype ?? found.dtype ?? getDefaultDtype());
}

function fromView(op: string, data: ArrayBufferView, dtype: DType | null): Tensor {
  const own = dtypeOfTypedArray(data);
  if (own === undefined)
    throw new ValueError(`${op}: no dtype holds the elements of a ${data.constructor.name}`);
  const length = data.byteLength / own.itemsize;
  // A Uint8Array for a bool tensor holds its bytes as they are.
  const out = emptyTensor([length], own);
  if (length > 0) {
    // The address first: asking for it may grow the memory and replace its views.
    const at = addressOf(out);
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at);
  }
  return dtype === null ? written(out) : cast(written(out), dtype);
}

function shapeOf(op: string, data: TensorData): number[] {
  const shape: number[] = [];
  let level: TensorData = data;
  while (Array.isArray(level)) {
    shape.push(level.length);
    if (level.length === 0) break;
    level = level[0] as TensorData;
  }
  if (isTensor(level)) shape.push(...level.shape);
  else if (ArrayBuffer.isView(level)) shape.push((level as Uint8Array).length);
  else if (
    !Array.isArray(level) &&
    typeof level !== "number" &&
    typeof level !== "boolean" &&
    typeof level !== "bigint"
  )
    throw new ValueError(`${op}: cannot make a tensor of ${level === null ? "null" : typeof level}`);
  return shape;
}

/** The values of nested data in order, and the widest dtype among them. */
interface Found {
  values: (number | boolean | bigint)[];
  dtype: DType | null;
  hasBig: boolean;
}

function widen(found: Found, dtype: DType): void {
  if (found.dtype !== dtype) found.dtype = found.dtype === null ? dtype : promoteTypes(found.dtype, dtype);
  if (dtype === int64) found.hasBig = true;
}

function collect(op: string, data: TensorData, shape: Shape, d: number, found: Found): void {
  if (isTensor(data) || ArrayBuffer.isView(data)) {
    const own = isTensor(data) ? data.shape : [(data as Uint8Array).length];
    if (!sameShape(own, shape.slice(d))) throw ragged(op, shape, d, shapeText(own));
    const dtype = isTensor(data) ? data.dtype : dtypeOfTypedArray(data);
    if (dtype === undefined) throw new ValueError(`${op}: no dtype holds the elements of nested data`);
    const list = isTensor(data) ? (dtype.itemsize === 2 ? data.to(float32) : data).toTypedArray() : data;
    for (const value of list as Float32Array) found.values.push(value);
    widen(found, dtype);
  } else if (Array.isArray(data)) {
    if (data.length !== shape[d]) throw ragged(op, shape, d, `a list of ${data.length}`);
    let hasNumbers = false;
    for (let i = 0; i < data.length; i++) {
      const item = data[i];
      if (typeof item === "number" && d === shape.length - 1) {
        found.values.push(item);
        hasNumbers = true;
      } else collect(op, item, shape, d + 1, found);
    }
    if (hasNumbers) widen(found, getDefaultDtype());
  } else {
    if (typeof data !== "number" && typeof data !== "boolean" && typeof data !== "bigint")
      throw new ValueError(`${op}: cannot make a tensor of ${data === null ? "null" : typeof data}`);
    if (d !== shape.length) throw ragged(op, shape, d, "a single value");
    found.values.push(data);
    widen(found, dtypeOfValue(data));
  }
}

function ragged(op: string, shape: Shape, d: number, got: string): ShapeError {
  return new ShapeError(
    `${op}: expected nested arrays of shape ${shapeText(shape)}, found ${got} at dimension ${d}`,
  );
}

/** The dtype that a value alone gives a tensor. */
export function dtypeOfValue(value: number | bigint | boolean): DType {
  return typeof value === "boolean" ? bool : typeof value === "bigint" ? int64 : getDefaultDtype();
}

/** Numbers go through float64, which holds each of them exactly; bigints through int64. */
function fromFlat({ values, hasBig }: Found, shape: Shape, dtype: DType): Tensor {
  const through = dtype === float32 && !hasBig ? float32 : hasBig && dtype.category < 2 ? int64 : float64;
  const n = values.length,
    array = viewBuffer(through, new ArrayBuffer(n * through.itemsize), 0, n);
  if (through === int64)
    for (let i = 0; i < n; i++) {
      const value = values[i]!;
      (array as BigInt64Array)[i] = typeof value === "bigint" ? value : BigInt(Math.trunc(Number(value)));
    }
  else for (let i = 0; i < n; i++) (array as Float64Array)[i] = Number(values[i]);
  const made = fromView("tensor", array, null);
  return cast(new Tensor(made.storage, through, shape, contiguousStrides(shape), 0, true), dtype);
}

/** A tensor over a typed array, without a copy: the array stays the tensor's home, and writing either is seen in the other. */
export function fromTypedArray(array: ArrayBufferView): Tensor {
  const dtype = dtypeOfTypedArray(array);
  if (dtype === undefined)
    throw new ValueError(`fromTypedArray: no dtype holds the elements of ${describe(array)}`);
  const shape = [array.byteLength / dtype.itemsize];
  return new Tensor(
    Storage.share(new Uint8Array(array.buffer, array.byteOffset, array.byteLength)),
    dtype,
    shape,
    [1],
    0,
    true,
  );
}

/** A tensor of `shape` with every element equal to `value`. */
export function filled(shape: Shape, value: number | bigint | boolean, dtype: DType): Tensor {
  const out = emptyTensor(shape, dtype);
  const n = out.numel();
  if (n === 0) return out;
  // Numbers go through float64, which holds each of them; only a bigint needs int64.
  const through = typeof value === "bigint" && dtype.category < 2 ? int64 : float64;
  const at = writeScalar(through.domain, typeof value === "bigint" ? value : Number(value));
  // On this thread: a program that only fills its memory starts no workers, which would need some too.
  kernels.fill(at, through.code, addressOf(out), dtype.code, 0, n);
  return written(out);
}

/** The shape and options of `zeros(2, 3)`, `zeros([2, 3], { dtype })` and their kin. */
export function sized(op: string, args: readonly unknown[], value: number): Tensor {
  const last = args[args.length - 1];
  const options = isOptions(last) ? last : undefined;
  const [size, dtype, device, requiresGrad, out] = options
    ? positional(op, ["size", ...CREATION], [options])
    : [];
  const shape = toShape(op, size !== undefined ? [size] : options ? args.slice(0, -1) : args);
  return finish(op, filled(shape, value, dtype ? toDType(dtype) : (out?.dtype ?? getDefaultDtype())), {
    device,
    requiresGrad,
    out,
  });
}

export type SizeArguments =
  | [...sizes: number[]]
  | [...sizes: number[], options: CreationOptions]
  | [size: readonly number[], options?: CreationOptions];

/** A tensor of zeros: `zeros(2, 3)`, `zeros([2, 3], { dtype })`. */
export function zeros(...args: SizeArguments): Tensor {
  return sized("zeros", args, 0);
}
/** A tensor of ones: `ones(2, 3)`, `ones([2, 3], { dtype })`. */
export function ones(...args: SizeArguments): Tensor {
  return sized("ones", args, 1);
}
