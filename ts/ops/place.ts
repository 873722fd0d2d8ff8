// A part of a row-major tensor and the zeros around it: how the gradients of views go back.
import { viewOf } from "../autograd/inplace.ts";
import { type OpRecord, record, tracks } from "../autograd/record.ts";
import { contiguousStrides, type Shape } from "../core/shape.ts";
import { copyInto } from "../tensor/raw.ts";
import { Tensor } from "../tensor/tensor.ts";

/** A part of a row-major tensor of shape `whole` in which no element appears twice. */
interface Place {
  whole: Shape;
  shape: Shape;
  strides: Shape;
  offset: number;
}

const PLACED: OpRecord<Place> = { name: "sliceBackward", vjp: (g, place) => picked(g, place) };
const PICKED: OpRecord<Place> = { name: "slice", vjp: (g, place) => placed(g, place) };

/** Zeros of the whole shape, with `g` in the part's place. */
export function placed(g: Tensor, place: Place): Tensor {
  const out = g.newZeros(place.whole);
  copyInto(new Tensor(out.storage, out.dtype, place.shape, place.strides, place.offset), g);
  return tracks(g) ? record(PLACED, [g], out, place) : out;
}

function picked(g: Tensor, place: Place): Tensor {
  const whole = g.contiguous();
  return viewOf(PICKED, whole, place.shape, place.strides, whole.offset + place.offset, place);
}

/** Puts the gradient of every `step`-th index of a dimension, from `start` on, back into zeros. */
export function placeSlice(g: Tensor, whole: Shape, dim: number, start: number, step: number): Tensor {
  const strides = contiguousStrides(whole),
    offset = start * strides[dim]!;
  strides[dim]! *= step;
  return placed(g, { whole, shape: g.shape, strides, offset });
}

/** Puts the gradient of one index of a dimension back into zeros. */
export function placeIndex(g: Tensor, whole: Shape, dim: number, index: number): Tensor {
  const strides = contiguousStrides(whole),
    [step] = strides.splice(dim, 1);
  return placed(g, { whole, shape: g.shape, strides, offset: index * step! });
}
