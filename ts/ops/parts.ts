// Numbers taken apart: mantissa and exponent, and positions into coordinates.
import { type FusedRecord, recordAll, tracks } from "../autograd/record.ts";
import { float64, int32 } from "../core/dtype.ts";
import { DtypeError, IndexError } from "../core/errors.ts";
import { namedResults } from "../core/results.ts";
import { numelOf, type Shape, shapeText, toShape } from "../core/shape.ts";
import { cast } from "../tensor/raw.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { checkTensor } from "./dispatch.ts";
import { fromNumbers } from "./numbers.ts";
import { unraveled } from "./truepositions.ts";

const FREXP: FusedRecord<{ exponent: Tensor }> = {
  name: "frexp",
  inputs: ["input"],
  backward: ([g], { exponent }) => [g == null ? null : g.ldexp(exponent.neg())],
};
/** Each element as mantissa times a power of two, the mantissa's size within [0.5, 1): `{ mantissa, exponent }`, the latter int32. */
export function frexp(input: Tensor) {
  checkTensor("frexp", input);
  if (!input.dtype.isFloatingPoint)
    throw new DtypeError(`frexp: only floating-point dtypes are supported, got ${input.dtype}`);
  const values = cast(input.detach(), float64).toTypedArray() as Float64Array;
  const exponents = values.map((v) => (v === 0 || !Number.isFinite(v) ? 0 : exponentOf(v)));
  // In two steps: the whole power may be beyond the largest number.
  const mantissas = values.map(
    (v, i) => v / 2 ** Math.trunc(exponents[i]! / 2) / 2 ** (exponents[i]! - Math.trunc(exponents[i]! / 2)),
  );
  const mantissa = cast(fromNumbers(mantissas, input.shape), input.dtype);
  const exponent = cast(fromNumbers(exponents, input.shape), int32);
  if (tracks(input)) recordAll(FREXP, [input], [mantissa, exponent], { exponent });
  return namedResults({ mantissa, exponent });
}

const bits = new DataView(new ArrayBuffer(8));
function exponentOf(v: number): number {
  bits.setFloat64(0, v);
  const biased = (bits.getUint16(0) >> 4) & 2047;
  return biased === 0 ? exponentOf(v * 2 ** 54) - 54 : biased - 1022;
}

/** Positions in a flattened tensor of `shape` as indices along each dimension. @throws IndexError for a position beyond its end. */
export function unravelIndex(indices: Tensor, shape: Shape): Tensor[] {
  checkTensor("unravelIndex", indices);
  const sizes = toShape("unravelIndex", [shape]);
  if (indices.dtype.isFloatingPoint)
    throw new DtypeError(`unravelIndex: expected integers, got ${indices.dtype}`);
  if (indices.numel() > 0) {
    const high = indices.amax().item() as number;
    if (high >= numelOf(sizes) || (indices.amin().item() as number) < 0)
      throw new IndexError(`unravelIndex: indices lie beyond a tensor of shape ${shapeText(sizes)}`);
  }
  return unraveled(indices, sizes);
}
