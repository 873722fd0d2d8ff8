import { canCast } from "../core/dtype.ts";
import { AutogradError, DtypeError, ShapeError, ValueError } from "../core/errors.ts";
import { contiguousStrides, type Shape, sameShape, shapeText } from "../core/shape.ts";
import { reliance } from "../memory/storage.ts";
import { modes } from "../tensor/modes.ts";
import { packedCopy, replaceData } from "../tensor/raw.ts";
import { Tensor } from "../tensor/tensor.ts";
import { Node } from "./node.ts";
import { type AnyRecord, type OpRecord, tracks } from "./record.ts";

/** Where a view lies in its base: both counted from the first element of the base's memory. */
interface Placement {
  shape: Shape;
  strides: Shape;
  offset: number;
  base: { shape: Shape; strides: Shape };
}

/** A tensor that looks into the memory of `input`, with the view op on the tape. */
export function viewOf<S extends object>(
  op: AnyRecord<S>,
  input: Tensor,
  shape: Shape,
  strides: Shape,
  offset: number,
  saved: S | null,
): Tensor {
  const view = new Tensor(input.storage, input.dtype, shape, strides, offset);
  view.base = input.base ?? input;
  view.epoch = view.base.epoch;
  view.refresh = followBase;
  view.inference = input.inference;
  if (tracks(input)) view.node = new Node(op as AnyRecord<object>, [input], saved);
  return view;
}

/** Several views of one tensor from one op. */
export function viewsOf<S extends object>(
  op: AnyRecord<S>,
  input: Tensor,
  views: readonly { shape: Shape; strides: Shape; offset: number }[],
  saved: S | null,
): Tensor[] {
  const node = tracks(input) ? new Node(op as AnyRecord<object>, [input], saved) : null;
  if (node !== null) node.outputs = views.length;
  return views.map(({ shape, strides, offset }, i) => {
    const view = new Tensor(input.storage, input.dtype, shape, strides, offset);
    view.base = input.base ?? input;
    view.epoch = view.base.epoch;
    view.refresh = followBase;
    view.inference = input.inference;
    view.node = node;
    view.outputNr = i;
    return view;
  });
}

const AS_STRIDED: OpRecord<Placement> = {
  name: "asStrided",
  vjp: (g, place) => scatterInto(g.newZeros(place.base.shape), g, place),
};

/** `src` written into the place of a view: what an in-place op on a view does to the base. */
const COPY_SLICES: OpRecord<Placement> = {
  name: "copySlices",
  node: "CopySlices",
  vjp: {
    input: (g, place) => scatterInto(g, g.newZeros(place.shape), place),
    src: (g, place) => flatten(g, place).asStrided(place.shape, place.strides, place.offset),
  },
};

/** After an in-place change anywhere in the base, a view's history is "a part of the base". */
function followBase(view: Tensor): void {
  const base = view.base!;
  view.epoch = base.epoch;
  view.outputNr = 0;
  view.node =
    base.gradFn === null ? null : new Node(AS_STRIDED as AnyRecord<object>, [base], placeOf(view, base));
}

function placeOf(view: Tensor, base: Tensor): Placement {
  const { shape, strides } = view;
  return {
    shape,
    strides,
    offset: view.offset - base.offset,
    base: { shape: base.shape, strides: base.strides },
  };
}

function isRowMajor({ base }: Placement): boolean {
  return sameShape(base.strides, contiguousStrides(base.shape));
}

/** A gradient of the base laid out as the base's memory is. */
function flatten(g: Tensor, place: Placement): Tensor {
  if (isRowMajor(place)) return g.contiguous().reshape([-1]);
  const { shape, strides } = place.base;
  const extent = shape.includes(0)
    ? 0
    : 1 + shape.reduce((sum, size, d) => sum + (size - 1) * strides[d]!, 0);
  return g.newZeros([extent]).asStridedScatter(g, shape, strides, 0);
}

function scatterInto(g: Tensor, part: Tensor, place: Placement): Tensor {
  const whole = flatten(g, place).asStridedScatter(part, place.shape, place.strides, place.offset);
  return isRowMajor(place)
    ? whole.reshape(place.base.shape)
    : whole.asStrided(place.base.shape, place.base.strides, 0);
}

/** @throws AutogradError or ShapeError where PyTorch refuses to write into `target`. */
export function checkWritable(op: string, target: Tensor): void {
  if (!(target instanceof Tensor))
    throw new ValueError(`${op}: expected a tensor, got ${target === null ? "null" : typeof target}`);
  reliance.settle?.(target.storage);
  if (target.inference && !modes.inference)
    throw new AutogradError(
      `${op}: inplace update to inference tensor outside inferenceMode is not allowed; clone() it first`,
    );
  if (modes.grad && target.requiresGrad) {
    if (target.isLeaf)
      throw new AutogradError(
        `${op}: a leaf tensor that requires grad is being used in an in-place operation; wrap it in torch.noGrad()`,
      );
    const { base } = target;
    if (base?.isLeaf && base.leafRequiresGrad)
      throw new AutogradError(
        `${op}: a view of a leaf tensor that requires grad is being used in an in-place operation; wrap it in torch.noGrad()`,
      );
  }
  if (modes.grad && target.base !== null && target.node !== null && target.node.outputs > 1)
    throw new AutogradError(
      `${op}: output ${target.outputNr} of ${target.node.name()} is a view and is being modified inplace; it comes from a function that returns multiple views, which do not allow that. Replace the in-place operation by an out-of-place one`,
    );
  for (let d = 0; d < target.ndim; d++)
    if (target.strides[d] === 0 && target.shape[d]! > 1)
      throw new ShapeError(
        `${op}: more than one element of the written-to tensor refers to a single memory location (shape ${shapeText(target.shape)}, strides ${shapeText(target.strides)}); clone() it first`,
      );
}

/** @throws where a result of this shape and dtype cannot be written into `target`. */
export function checkFits(op: string, target: Tensor, result: Tensor): void {
  if (!sameShape(result.shape, target.shape))
    throw new ShapeError(
      `${op}: output with shape ${shapeText(target.shape)} doesn't match the broadcast shape ${shapeText(result.shape)}`,
    );
  if (!canCast(result.dtype, target.dtype))
    throw new DtypeError(
      `${op}: result type ${result.dtype} can't be cast to the desired output type ${target.dtype}`,
    );
}

/** The elements and history of `target` before an in-place op: what the op may save for its gradient. */
export function snapshot(target: Tensor): Tensor {
  const was = packedCopy(target);
  was.node = target.gradFn;
  was.outputNr = target.outputNr;
  return was;
}

/** Writes what `compute` gives over the elements of `target` and takes over its history: every in-place op. */
export function inPlace(op: string, target: Tensor, compute: () => Tensor): Tensor {
  checkWritable(op, target);
  const result = compute();
  checkFits(op, target, result);
  return overwrite(target, result);
}

/** Writes `result`, of the target's shape, over the target's elements. */
export function overwrite(target: Tensor, result: Tensor): Tensor {
  const source = result.dtype === target.dtype ? result : result.to(target.dtype);
  replaceData(target, source);
  if (modes.grad && (source.requiresGrad || target.requiresGrad)) graft(target, source);
  return target;
}

function graft(target: Tensor, source: Tensor): void {
  const { base } = target;
  if (base === null) {
    target.node = source.gradFn;
    target.outputNr = source.outputNr;
  } else {
    base.node = new Node(COPY_SLICES as AnyRecord<object>, [base, source], placeOf(target, base));
    base.outputNr = 0;
  }
  (base ?? target).epoch++;
  if (base === null && target.node === null && source.leafRequiresGrad) target.node = source.mul(1).gradFn;
}
