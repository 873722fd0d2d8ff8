// Methods only: views that the tensor itself becomes.
import { checkWritable } from "../autograd/inplace.ts";
import { AutogradError } from "../core/errors.ts";
import { contiguousStrides, isContiguous, numelOf, type Shape, toShape } from "../core/shape.ts";
import { copyInto } from "../tensor/raw.ts";
import { empty, Tensor } from "../tensor/tensor.ts";
import { squeeze, swapaxes, unsqueeze } from "./dims.ts";
import { checkTensor } from "./dispatch.ts";
import { asStrided, type Sizes, t, transpose } from "./views.ts";

/** Takes over the view's geometry and history. */
function become(op: string, target: Tensor, view: Tensor): Tensor {
  checkWritable(op, target);
  target.shape = view.shape;
  target.strides = view.strides;
  target.offset = view.offset;
  target.contiguousLayout = isContiguous(view.shape, view.strides);
  target.node = view.node;
  target.outputNr = view.outputNr;
  target.storage.version++;
  return target;
}

/** In place: `transpose`. */
export function transpose_(input: Tensor, dim0: number | object, dim1?: number | object): Tensor {
  return become("transpose_", input, transpose(input, dim0, dim1));
}
/** In place: `swapaxes`. */
export function swapaxes_(input: Tensor, axis0: number | object, axis1?: number | object): Tensor {
  return become("swapaxes_", input, swapaxes(input, axis0, axis1));
}
/** In place: `swapdims`. */
export function swapdims_(input: Tensor, dim0: number | object, dim1?: number | object): Tensor {
  return become("swapdims_", input, transpose(input, dim0, dim1));
}
/** In place: `t`. */
export function t_(input: Tensor): Tensor {
  return become("t_", input, t(input));
}
/** In place: `squeeze`. */
export function squeeze_(input: Tensor, dim?: number | { dim?: number }): Tensor {
  return become("squeeze_", input, squeeze(input, dim));
}
/** In place: `unsqueeze`. */
export function unsqueeze_(input: Tensor, dim: number | { dim: number }): Tensor {
  return become("unsqueeze_", input, unsqueeze(input, dim));
}

/** In place: `asStrided`. */
export function asStrided_(
  input: Tensor,
  size: Sizes | object,
  stride?: Sizes | object,
  storageOffset?: number | object,
): Tensor {
  return become(
    "asStrided_",
    input,
    asStrided(input, size as Sizes, stride as Sizes, storageOffset as number),
  );
}

/** In place: off the tape. @throws AutogradError for a view, whose base would go on without it. */
export function detach_(input: Tensor): Tensor {
  if (input.base !== null)
    throw new AutogradError("detach_: can't detach views in-place, use detach() instead");
  input.node = null;
  input.outputNr = 0;
  input.leafRequiresGrad = false;
  return input;
}

/** In place: another shape over the same memory, which grows where that holds more elements; new ones are 0. @throws AutogradError where a gradient is required. */
export function resize_(input: Tensor, ...sizes: number[] | [Sizes]): Tensor {
  return resized("resize_", input, toShape("resize_", sizes));
}
/** In place: `resize_` to the shape of `other`. */
export function resizeAs_(input: Tensor, other: Tensor): Tensor {
  checkTensor("resizeAs_", other);
  return resized("resizeAs_", input, other.shape);
}

function resized(op: string, input: Tensor, shape: Shape): Tensor {
  if (input.requiresGrad)
    throw new AutogradError(`${op}: cannot resize variables that require grad; use reshape() or detach()`);
  const { dtype, storage, offset } = input;
  const held = Math.floor(storage.size / dtype.itemsize);
  if (offset + numelOf(shape) > held) {
    const larger = empty([offset + numelOf(shape)], dtype).zero_();
    copyInto(larger.narrow(0, 0, held), new Tensor(storage, dtype, [held], [1]));
    input.storage = larger.storage;
  }
  input.shape = [...shape];
  input.strides = contiguousStrides(shape);
  input.contiguousLayout = true;
  return input;
}
