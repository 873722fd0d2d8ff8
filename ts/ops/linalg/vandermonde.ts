// The matrix of powers as NumPy has it; `linalg.vander` goes the other way.
import { ShapeError, ValueError } from "../../core/errors.ts";
import { positional } from "../../core/options.ts";
import { shapeText } from "../../core/shape.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { checkTensor } from "../dispatch.ts";
import { flip } from "../flips.ts";
import { narrow } from "../slices.ts";
import { vander as powersOf } from "./products.ts";

/** Powers N - 1 down to 0 of each element of a list as rows, or from 0 up with `increasing`; N is the list's length by default. */
export function vander(
  x: Tensor,
  N?: number | null | { N?: number | null; increasing?: boolean },
  increasing?: boolean | { increasing?: boolean },
): Tensor {
  checkTensor("vander", x);
  const [given = null, up = false] = positional<[(number | null)?, boolean?]>(
    "vander",
    ["N", "increasing"],
    [N, increasing],
  );
  if (x.ndim !== 1) throw new ShapeError(`vander: expected a list, got shape ${shapeText(x.shape)}`);
  const count = given ?? x.shape[0]!;
  if (!Number.isInteger(count) || count < 0)
    throw new ValueError(`vander: N must not be negative, got ${count}`);
  const powers = narrow(powersOf(x, { N: Math.max(count, 2) }), 1, 0, count);
  return up ? powers : flip(powers, 1);
}
