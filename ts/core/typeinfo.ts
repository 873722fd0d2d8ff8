import {
  bfloat16,
  type DType,
  type DTypeLike,
  float16,
  float32,
  float64,
  getDefaultDtype,
  toDType,
  uint8,
} from "./dtype.ts";
import { DtypeError } from "./errors.ts";

/** What a floating-point dtype can hold. */
export interface FloatInfo {
  dtype: DType;
  bits: number;
  /** The distance from 1 to the next larger number. */
  eps: number;
  max: number;
  min: number;
  /** The smallest positive number of full precision; `smallestNormal` is the same. */
  tiny: number;
  smallestNormal: number;
  /** Decimal digits that survive, as a power of ten. */
  resolution: number;
}

/** Bits of the fraction, largest exponent and decimal digits. */
const FLOATS = new Map<DType, readonly [number, number, number]>([
  [float64, [52, 1023, 15]],
  [float32, [23, 127, 6]],
  [float16, [10, 15, 3]],
  [bfloat16, [7, 127, 2]],
]);

/** Limits of a floating-point dtype, by default the default one. @throws DtypeError for any other. */
export function finfo(type: DTypeLike = getDefaultDtype()): FloatInfo {
  const dtype = toDType(type);
  const known = FLOATS.get(dtype);
  if (known === undefined) throw new DtypeError(`finfo: ${dtype} is not a floating-point dtype; use iinfo`);
  const [fraction, exponent, digits] = known;
  const eps = 2 ** -fraction,
    max = (2 - eps) * 2 ** exponent,
    tiny = 2 ** (1 - exponent);
  return {
    dtype,
    bits: 8 * dtype.itemsize,
    eps,
    max,
    min: -max,
    tiny,
    smallestNormal: tiny,
    resolution: Number(`1e-${digits}`),
  };
}

/** What an integer dtype can hold; bigints for int64. */
export interface IntegerInfo {
  dtype: DType;
  bits: number;
  max: number | bigint;
  min: number | bigint;
}

/** Limits of an integer dtype. @throws DtypeError for any other. */
export function iinfo(type: DTypeLike): IntegerInfo {
  const dtype = toDType(type);
  if (!dtype.isInteger) throw new DtypeError(`iinfo: ${dtype} is not an integer dtype; use finfo`);
  const bits = 8 * dtype.itemsize;
  if (dtype === uint8) return { dtype, bits, max: 255, min: 0 };
  if (bits === 64) return { dtype, bits, max: 2n ** 63n - 1n, min: -(2n ** 63n) };
  return { dtype, bits, max: 2 ** (bits - 1) - 1, min: -(2 ** (bits - 1)) };
}
