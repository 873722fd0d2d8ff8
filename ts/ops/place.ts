// A part of a row-major tensor and the zeros around it: how the gradients of views go back.
import { viewOf } from "../autograd/inplace.ts";
import { type OpRecord, record, tracks } from "../autograd/record.ts";
import { contiguousStrides, type Shape } from "../core/shape.ts";
import { copyInto } from "../tensor/raw.ts";
import { Tensor } from "../tensor/tensor.ts";

/** Shape, strides and first element of a part. */
export interface Geometry {
  shape: Shape;
  strides: Shape;
  offset: number;
}
/** A part of a row-major tensor of shape `whole`. */
interface Place extends Geometry {
  whole: Shape;
}

const PLACED: OpRecord<Place> = { name: "sliceBackward", vjp: (g, place) => picked(g, place) };
const PICKED: OpRecord<Place> = { name: "slice", vjp: (g, place) => placed(g, place) };

/** Zeros of the whole shape, with `g` in the part's place. */
function placed(g: Tensor, place: Place): Tensor {
  const out = g.newZeros(place.whole);
  copyInto(new Tensor(out.storage, out.dtype, place.shape, place.strides, place.offset), g);
  return tracks(g) ? record(PLACED, [g], out, place) : out;
}

function picked(g: Tensor, place: Place): Tensor {
  const whole = g.contiguous();
  return viewOf(PICKED, whole, place.shape, place.strides, whole.offset + place.offset, place);
}

/** What the formula of a partial view sees. */
export interface Part {
  whole: Shape;
  /** The view's geometry over a tensor with these strides. */
  of: (strides: Shape) => Geometry;
}

/** The formula of a view in which no element appears twice. */
export function backInto(g: Tensor, { whole, of }: Part): Tensor {
  return placed(g, { ...of(contiguousStrides(whole)), whole });
}

/** A partial view: `of` gives its geometry from the input's strides. */
export function partOf(op: OpRecord<Part>, input: Tensor, of: (strides: Shape) => Geometry): Tensor {
  const { shape, strides, offset } = of(input.strides);
  return viewOf(op, input, shape, strides, input.offset + offset, { whole: input.shape, of });
}
