// One value, or another tensor's elements, over all of a tensor.

import { checkWritable, overwrite } from "../autograd/inplace.ts";
import { type OpRecord, record, tracks } from "../autograd/record.ts";
import { ShapeError } from "../core/errors.ts";
import { isOptions } from "../core/options.ts";
import { broadcastShapes, sameShape, shapeText } from "../core/shape.ts";
import { kernels } from "../memory/wasm.ts";
import { writeElement, writePlan } from "../tensor/plan.ts";
import { copyInto, packedCopy } from "../tensor/raw.ts";
import { addressOf, empty, isTensor, type Tensor, written } from "../tensor/tensor.ts";
import { checkTensor } from "./dispatch.ts";
import type { Operand } from "./promote.ts";
import { checkFill } from "./where.ts";

const zeros = (g: Tensor) => g.newZeros(g.shape);

/** Writes `value` over every element. */
function spread(target: Tensor, value: Operand): Tensor {
  if (isTensor(value)) {
    copyInto(target, value);
    return target;
  }
  const n = target.numel();
  if (n === 0) return target;
  const from = writeElement(target.dtype, value);
  if (target.contiguousLayout) {
    const { code } = target.dtype;
    kernels.fill(from, code, addressOf(target), code, 0, n);
    return written(target);
  }
  const { address, rows } = writePlan(
    target.shape,
    target.shape.map(() => 0),
    target.strides,
  );
  kernels[`copy_b${target.dtype.itemsize as 1 | 2 | 4 | 8}_nd`](from, addressOf(target), address, 0, rows);
  return written(target);
}

const FILL: OpRecord<object> = {
  name: "fill",
  vjp: { input: zeros, value: (g) => g.sum() },
};
const FILL_TENSOR = { ...FILL, node: "FillBackward1" };
/** A tensor of the input's shape with every element equal to `value`, a number or a 0-d tensor. */
export function fill(input: Tensor, value: Operand | { value: Operand }): Tensor {
  checkTensor("fill", input);
  const what = isOptions(value) ? value.value : value;
  checkFill("fill", input, what);
  const out = spread(empty(input.shape, input.dtype), what);
  if (!out.dtype.isFloatingPoint || !tracks(input, what)) return out;
  return isTensor(what)
    ? record(FILL_TENSOR, [input, what], out, null)
    : record(FILL, [input, null], out, null);
}

/** In place: every element equal to `value`, a number or a 0-d tensor. */
export function fill_(input: Tensor, value: Operand | { value: Operand }): Tensor {
  const what = isOptions(value) ? value.value : value;
  checkFill("fill_", input, what);
  checkWritable("fill_", input);
  if (tracks(input, what)) return overwrite(input, fill(input, what));
  spread(input, what);
  input.storage.version++;
  return input;
}

const ZERO: OpRecord<object> = { name: "zero", vjp: { input: zeros } };
/** In place: every element 0. */
export function zero_(input: Tensor): Tensor {
  checkWritable("zero_", input);
  if (tracks(input))
    return overwrite(input, record(ZERO, [input], spread(empty(input.shape, input.dtype), 0), null));
  spread(input, 0);
  input.storage.version++;
  return input;
}

const COPY: OpRecord<object> = {
  name: "copy",
  node: "CopyBackwards",
  vjp: { input: zeros, src: (g) => g },
};
/** In place: the elements of `src`, broadcast and cast. @throws ShapeError where `src` does not broadcast to this tensor. */
export function copy_(input: Tensor, src: Tensor | number | boolean, _nonBlocking?: boolean): Tensor {
  if (typeof src === "number" || typeof src === "boolean") return fill_(input, src);
  checkTensor("copy_", src);
  checkWritable("copy_", input);
  if (!sameShape(broadcastShapes("copy_", input.shape, src.shape), input.shape))
    throw new ShapeError(
      `copy_: a source of shape ${shapeText(src.shape)} does not broadcast to ${shapeText(input.shape)}`,
    );
  if (tracks(input, src)) {
    const out = empty(input.shape, input.dtype);
    copyInto(out, src);
    return overwrite(input, record(COPY, [input, src], out, null));
  }
  copyInto(input, src.storage === input.storage ? packedCopy(src) : src);
  input.storage.version++;
  return input;
}
