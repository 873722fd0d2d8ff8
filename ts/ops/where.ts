// Choices by a mask.
import { checkWritable } from "../autograd/inplace.ts";
import { nonDifferentiable, type OpRecord, record, tracks } from "../autograd/record.ts";
import { bool, type DType, uint8 } from "../core/dtype.ts";
import { DtypeError, ShapeError, ValueError } from "../core/errors.ts";
import { broadcastShapes, broadcastStrides, sameShape, shapeText } from "../core/shape.ts";
import { kernels } from "../memory/wasm.ts";
import { writeElement, writePlan } from "../tensor/plan.ts";
import { cast } from "../tensor/raw.ts";
import { addressOf, empty, isTensor, type Tensor, written } from "../tensor/tensor.ts";
import { overUnits } from "../threads/pool.ts";
import { checkHolds } from "./arguments.ts";
import { checkOperand, checkTensor } from "./dispatch.ts";
import { type Operand, resultType } from "./promote.ts";
import { nonzero } from "./truepositions.ts";

interface Masked {
  mask: Tensor;
}

/** `yes` where the mask holds, else `no`; both of `dtype`, tensors or numbers. */
function chosen(op: string, mask: Tensor, yes: Operand, no: Operand, dtype: DType, target?: Tensor): Tensor {
  const a = isTensor(yes) ? cast(yes, dtype) : yes,
    b = isTensor(no) ? cast(no, dtype) : no;
  const out =
    target ??
    empty(broadcastShapes(op, mask.shape, isTensor(a) ? a.shape : [], isTensor(b) ? b.shape : []), dtype);
  if (out.numel() === 0) return out;
  const strides = (x: Tensor | number | boolean) =>
    isTensor(x) ? broadcastStrides(out.shape, x.shape, x.strides) : out.shape.map(() => 0);
  const at = (x: Tensor | number | boolean) => (isTensor(x) ? addressOf(x) : writeElement(dtype, x));
  const from = [addressOf(mask), at(a), at(b), addressOf(out)] as const;
  const { address, rows } = writePlan(out.shape, strides(mask), strides(a), strides(b), out.strides);
  const kernel = kernels[`where_b${dtype.itemsize as 1 | 2 | 4 | 8}_nd`];
  overUnits(kernel, rows, out.numel() / rows, [...from, address]);
  return written(out);
}

function checkMask(op: string, mask: unknown): asserts mask is Tensor {
  checkTensor(op, mask);
  if (mask.dtype !== bool && mask.dtype !== uint8)
    throw new DtypeError(`${op}: expected a bool tensor as mask, got ${mask.dtype}`);
}

const WHERE: OpRecord<Masked> = {
  name: "where",
  vjp: {
    condition: nonDifferentiable,
    input: (g, { mask }) => maskedFill(g, mask.logicalNot(), 0),
    other: (g, { mask }) => maskedFill(g, mask, 0),
  },
};
/** The elements of `input` where `condition` holds, those of `other` elsewhere; the three broadcast. @throws DtypeError for a mask that is not bool. */
export function where(condition: Tensor, input: Operand, other: Operand): Tensor;
/** Where the elements are not 0: `nonzero` with `asTuple`. */
export function where(condition: Tensor): Tensor[];
export function where(condition: Tensor, input?: Operand, other?: Operand): Tensor | Tensor[] {
  if (input === undefined && other === undefined) return nonzero(condition, { asTuple: true });
  checkMask("where", condition);
  checkOperand("where", input);
  checkOperand("where", other);
  const out = chosen("where", condition, input, other, resultType(input, other));
  return tracks(input, other)
    ? record(WHERE, [null, isTensor(input) ? input : null, isTensor(other) ? other : null], out, {
        mask: condition,
      })
    : out;
}

const MASKED_FILL: OpRecord<Masked> = {
  name: "maskedFill",
  vjp: {
    input: (g, { mask }) => maskedFill(g, mask, 0),
    mask: nonDifferentiable,
    value: (g, { mask }) => maskedFill(g, mask.logicalNot(), 0).sum(),
  },
};
const MASKED_FILL_TENSOR = { ...MASKED_FILL, node: "MaskedFillBackward1" };

/** `value` where the mask holds. @throws ValueError for a value that is neither a number nor 0-d. */
export function maskedFill(input: Tensor, mask: Tensor, value: Operand): Tensor {
  checkTensor("maskedFill", input);
  checkMask("maskedFill", mask);
  checkFill("maskedFill", input, value);
  const out = chosen("maskedFill", mask, value, input, input.dtype);
  if (!out.dtype.isFloatingPoint || !tracks(input, value)) return out;
  return isTensor(value)
    ? record(MASKED_FILL_TENSOR, [input, null, value], out, { mask })
    : record(MASKED_FILL, [input, null, null], out, { mask });
}

/** Refuses fill values that `input` cannot hold. */
export function checkFill(op: string, input: Tensor, value: Operand): void {
  checkOperand(op, value);
  if (isTensor(value)) {
    if (value.ndim > 0)
      throw new ValueError(
        `${op}: value must be a number or a 0-d tensor, it has shape ${shapeText(value.shape)}`,
      );
  } else checkHolds(op, input.dtype, value);
}

/** Writes `value` over the elements of `target` where the mask, broadcast, holds: the quick form of `maskedFill_`, off the tape. */
export function fillMasked(target: Tensor, mask: Tensor, value: Operand): Tensor {
  checkMask("maskedFill_", mask);
  checkFill("maskedFill_", target, value);
  checkWritable("maskedFill_", target);
  if (!sameShape(broadcastShapes("maskedFill_", target.shape, mask.shape), target.shape))
    throw new ShapeError(
      `maskedFill_: a mask of shape ${shapeText(mask.shape)} does not broadcast to ${shapeText(target.shape)}`,
    );
  chosen("maskedFill_", mask, value, target, target.dtype, target);
  target.storage.version++;
  return target;
}
