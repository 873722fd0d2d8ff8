import { bool, type DType, getDefaultDtype, int64, promoteTypes } from "../core/dtype.ts";
import { ValueError } from "../core/errors.ts";
import { isTensor, type Tensor } from "../tensor/tensor.ts";

/** An operand that may be a plain number: an integer-valued one counts as a Python int, any other as a float, a boolean as a bool. */
export type Operand = Tensor | number | boolean;

/** PyTorch's three priorities: tensors with dimensions, then 0-d tensors, then numbers; a lower one counts only where its kind is higher. */
export function resultType(...operands: readonly Operand[]): DType {
  let withDims: DType | null = null,
    zeroDim: DType | null = null,
    number: DType | null = null;
  for (const x of operands) {
    if (isTensor(x)) {
      if (x.shape.length > 0) withDims = withDims === null ? x.dtype : promoteTypes(withDims, x.dtype);
      else zeroDim = zeroDim === null ? x.dtype : promoteTypes(zeroDim, x.dtype);
    } else {
      if (typeof x !== "number" && typeof x !== "boolean")
        throw new ValueError(
          `an operand must be a tensor, a number or a boolean, got ${x === null ? "null" : typeof x}`,
        );
      const own = typeof x === "boolean" ? bool : Number.isInteger(x) ? int64 : getDefaultDtype();
      number = number === null ? own : promoteTypes(number, own);
    }
  }
  return combine(combine(withDims, zeroDim), number)!;
}

function combine(higher: DType | null, lower: DType | null): DType | null {
  if (higher === null) return lower;
  if (lower === null || lower.category <= higher.category) return higher;
  // A lower operand of a higher kind brings its kind; among floats the default stands for a bare number's width.
  return promoteTypes(higher, lower);
}

/** A number as a 0-d tensor beside `like`, so that formulas may call methods on either operand. */
export const tensorOf = (x: Operand, like: Tensor): Tensor => (isTensor(x) ? x : like.newZeros([]).add(x));
