// Equality up to a tolerance.

import { untaped } from "../autograd/untaped.ts";
import { getDefaultDtype } from "../core/dtype.ts";
import { DtypeError, ValueError } from "../core/errors.ts";
import { positional } from "../core/options.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { checkTensor } from "./dispatch.ts";

export interface CloseOptions {
  /** Relative to `other`; default 1e-5. */
  rtol?: number;
  /** Absolute; default 1e-8. */
  atol?: number;
  /** Whether NaN is close to NaN; default false. */
  equalNan?: boolean;
}
type Tolerance = number | CloseOptions;

/** Where |input - other| <= atol + rtol * |other|, as bool; infinities are close only to themselves. @throws DtypeError for different dtypes. */
export function isclose(
  input: Tensor,
  other: Tensor,
  rtol?: Tolerance,
  atol?: Tolerance,
  equalNan?: boolean | CloseOptions,
  options?: CloseOptions,
): Tensor {
  checkTensor("isclose", input);
  checkTensor("isclose", other);
  const [relative = 1e-5, absolute = 1e-8, nan = false] = positional<[number?, number?, boolean?]>(
    "isclose",
    ["rtol", "atol", "equalNan"],
    [rtol, atol, equalNan, options],
  );
  if (input.dtype !== other.dtype)
    throw new DtypeError(`isclose: both tensors must have one dtype, got ${input.dtype} and ${other.dtype}`);
  if (!(relative >= 0) || !(absolute >= 0))
    throw new ValueError(`isclose: rtol and atol must not be negative, got ${relative} and ${absolute}`);
  return untaped(() => {
    let close = input.eq(other);
    if (nan && input.dtype.isFloatingPoint) close = close.logicalOr(input.isnan().logicalAnd(other.isnan()));
    if (relative === 0 && absolute === 0) return close;
    // Integers and bools by their distance as floats.
    const [a, b] = [input, other].map((x) => (x.dtype.isFloatingPoint ? x : x.to(getDefaultDtype()))) as [
      Tensor,
      Tensor,
    ];
    const bound = b.mul(relative).abs().add(absolute),
      distance = a.sub(b).abs();
    return close.logicalOr(distance.isfinite().logicalAnd(distance.le(bound)));
  });
}

/** Whether all elements are close, as `isclose` has it. */
export function allclose(
  input: Tensor,
  other: Tensor,
  rtol?: Tolerance,
  atol?: Tolerance,
  equalNan?: boolean | CloseOptions,
  options?: CloseOptions,
): boolean {
  return isclose(input, other, rtol, atol, equalNan, options).all().item() as boolean;
}
