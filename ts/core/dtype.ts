import { DtypeError } from "./errors.ts";
import { showAsText } from "./inspect.ts";

export type DTypeName =
  | "float32"
  | "float64"
  | "int64"
  | "int32"
  | "int16"
  | "int8"
  | "uint8"
  | "bool"
  | "float16"
  | "bfloat16";
/** The three types that kernels compute in; other dtypes are cast to one of them. */
export type Domain = "f32" | "f64" | "i64";
export type TypedArray =
  | Float32Array
  | Float64Array
  | BigInt64Array
  | Int32Array
  | Int16Array
  | Int8Array
  | Uint8Array
  | Uint16Array;

/** Element type of a tensor. Its text is `torch.float32` and so on. */
export class DType {
  private constructor(
    readonly name: DTypeName,
    /** Bytes of one element. */
    readonly itemsize: number,
    /** The number by which kernels know it (`assembly/README.md`). */
    readonly code: number,
    readonly isFloatingPoint: boolean,
    readonly domain: Domain,
    /** PyTorch's name of the tensor type, as in `torch.FloatTensor`. */
    readonly tensorType: string,
  ) {
    Object.freeze(this);
  }

  toString(): string {
    return `torch.${this.name}`;
  }

  /** True for every integer type, bool excepted. */
  get isInteger(): boolean {
    return !this.isFloatingPoint && this.name !== "bool";
  }

  /** The lattice's rungs: bool, integers, floats. */
  get category(): 0 | 1 | 2 {
    return this.isFloatingPoint ? 2 : this.name === "bool" ? 0 : 1;
  }

  static readonly float32 = new DType("float32", 4, 0, true, "f32", "Float");
  static readonly float64 = new DType("float64", 8, 1, true, "f64", "Double");
  static readonly int64 = new DType("int64", 8, 2, false, "i64", "Long");
  static readonly int32 = new DType("int32", 4, 3, false, "i64", "Int");
  static readonly int16 = new DType("int16", 2, 4, false, "i64", "Short");
  static readonly int8 = new DType("int8", 1, 5, false, "i64", "Char");
  static readonly uint8 = new DType("uint8", 1, 6, false, "i64", "Byte");
  static readonly bool = new DType("bool", 1, 7, false, "i64", "Bool");
  static readonly float16 = new DType("float16", 2, 8, true, "f32", "Half");
  static readonly bfloat16 = new DType("bfloat16", 2, 9, true, "f32", "BFloat16");
}

showAsText(DType.prototype);
export const { float32, float64, int64, int32, int16, int8, uint8, bool, float16, bfloat16 } = DType;
export const DTYPES: readonly DType[] = [
  float32,
  float64,
  int64,
  int32,
  int16,
  int8,
  uint8,
  bool,
  float16,
  bfloat16,
];

export type DTypeLike = DType | DTypeName | "float" | "double" | "half" | "long" | "int" | "short";

const BY_NAME = new Map<string, DType>([
  ...DTYPES.flatMap((d): [string, DType][] => [
    [d.name, d],
    [String(d), d],
  ]),
  ["float", float32],
  ["double", float64],
  ["half", float16],
  ["long", int64],
  ["int", int32],
  ["short", int16],
]);

/** Resolves a dtype or its name. @throws DtypeError for an unknown name. */
export function toDType(value: DTypeLike): DType {
  if (value instanceof DType) return value;
  const found = BY_NAME.get(value);
  if (!found)
    throw new DtypeError(`unknown dtype ${String(value)}; there are ${DTYPES.map((d) => d.name).join(", ")}`);
  return found;
}

/** The type a kernel computes in for tensors of `dtype`. */
export const COMPUTE: Record<Domain, DType> = { f32: float32, f64: float64, i64: int64 };

const WIDTH_ORDER = [int8, int16, int32, int64];

/** The smallest dtype both convert to, by PyTorch's lattice. */
export function promoteTypes(a: DTypeLike, b: DTypeLike): DType {
  const x = toDType(a),
    y = toDType(b);
  if (x === y) return x;
  if (x.category !== y.category) return x.category > y.category ? x : y;
  if (x.isFloatingPoint) {
    if (x === float64 || y === float64) return float64;
    // float16 with bfloat16 meets at float32 too.
    return float32;
  }
  if (x === uint8 || y === uint8) {
    const other = x === uint8 ? y : x;
    return other === int8 ? int16 : other;
  }
  return WIDTH_ORDER[Math.max(WIDTH_ORDER.indexOf(x), WIDTH_ORDER.indexOf(y))]!;
}

/** Whether a result of `from` may be written into a tensor of `to` (PyTorch's `can_cast`): never down the lattice of kinds. */
export function canCast(from: DTypeLike, to: DTypeLike): boolean {
  const x = toDType(from),
    y = toDType(to);
  return x.category <= y.category;
}

const ARRAY_TYPES = new Map<string, DType>([
  ["Float32Array", float32],
  ["Float64Array", float64],
  ["BigInt64Array", int64],
  ["Int32Array", int32],
  ["Int16Array", int16],
  ["Int8Array", int8],
  ["Uint8Array", uint8],
  ["Uint8ClampedArray", uint8],
]);

/** The dtype whose elements a typed array holds, or undefined (by its tag, so that arrays of other realms count). */
export function dtypeOfTypedArray(array: ArrayBufferView): DType | undefined {
  return ARRAY_TYPES.get((array as unknown as Record<symbol, string> | null)?.[Symbol.toStringTag] ?? "");
}

/** A typed array of the dtype's elements over a buffer. bool is bytes, the half-width floats their bits. */
export function viewBuffer(
  dtype: DType,
  buffer: ArrayBufferLike,
  byteOffset: number,
  length: number,
): TypedArray {
  switch (dtype) {
    case float32:
      return new Float32Array(buffer, byteOffset, length);
    case float64:
      return new Float64Array(buffer, byteOffset, length);
    case int64:
      return new BigInt64Array(buffer, byteOffset, length);
    case int32:
      return new Int32Array(buffer, byteOffset, length);
    case int16:
      return new Int16Array(buffer, byteOffset, length);
    case int8:
      return new Int8Array(buffer, byteOffset, length);
    case uint8:
    case bool:
      return new Uint8Array(buffer, byteOffset, length);
    default:
      return new Uint16Array(buffer, byteOffset, length);
  }
}

let defaultDtype: DType = float32;
/** The dtype that numbers become where none is given; `float32` unless set. */
export function getDefaultDtype(): DType {
  return defaultDtype;
}
/** Sets the dtype of new floating-point tensors. @throws DtypeError unless it is a floating-point dtype. */
export function setDefaultDtype(dtype: DTypeLike): void {
  const d = toDType(dtype);
  if (!d.isFloatingPoint)
    throw new DtypeError(`setDefaultDtype: only floating-point types are supported, got ${d}`);
  defaultDtype = d;
}
