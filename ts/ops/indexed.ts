// Places chosen by indices along a dimension: what gathering and scattering share.
import { checkWritable, overwrite } from "../autograd/inplace.ts";
import { tracksAny } from "../autograd/record.ts";
import { COMPUTE, int32, int64 } from "../core/dtype.ts";
import { DtypeError, IndexError, ShapeError, ValueError } from "../core/errors.ts";
import { broadcastStrides, numelOf, type Shape, shapeText } from "../core/shape.ts";
import { kernels } from "../memory/wasm.ts";
import { readElement } from "../tensor/elements.ts";
import { writePlan } from "../tensor/plan.ts";
import { cast, copyInto, packed, packedCopy } from "../tensor/raw.ts";
import { addressOf, Tensor, written } from "../tensor/tensor.ts";
import { overUnits } from "../threads/pool.ts";
import { family } from "./dispatch.ts";

type IndexedKernel = (
  self: number,
  index: number,
  other: number,
  plan: number,
  step: number,
  begin: number,
  end: number,
) => void;
/** How sources meet what lies in their places. */
export type Fold = "Sum" | "Prod" | "Amax" | "Amin";

/** Indices along one dimension of a tensor, checked, with a size (or 1, repeated) for each of its dimensions. */
export interface Places {
  /** -1: the indices count elements from the first one, and the tensor's strides are 0 where it has been indexed. */
  dim: number;
  index: Tensor;
  /** Of everything that is visited. */
  shape: Shape;
}

/** A 0-d tensor as a line of one element. */
export function asLine(x: Tensor): Tensor {
  return x.ndim > 0 ? x : new Tensor(x.storage, x.dtype, [1], [1], x.offset, true);
}

/** The same without what repeats: dimensions of stride 0 have size 1. */
function lean(index: Tensor): Tensor {
  const shape = index.shape.map((size, d) => (index.strides[d] === 0 && size > 1 ? 1 : size));
  return packed(cast(new Tensor(index.storage, index.dtype, shape, index.strides, index.offset), int64));
}

function outOfRange(op: string, index: Tensor, at: number, dim: number | null, size: number): IndexError {
  const value = readElement(int64, addressOf(index) + 8 * at);
  return new IndexError(
    `${op}: index ${value} is out of bounds for ${dim === null ? `a tensor with ${size} elements` : `dimension ${dim} with size ${size}`}`,
  );
}

/** @throws DtypeError unless the indices are int64, or int32 where that is allowed. */
export function checkIndexDtype(op: string, index: Tensor, narrow = false): void {
  if (index.dtype !== int64 && !(narrow && index.dtype === int32))
    throw new DtypeError(`${op}: expected int64${narrow ? " or int32" : ""} indices, got ${index.dtype}`);
}

/** @throws IndexError for an index that is not within the size of dimension `dim` of `self`. */
export function places(op: string, self: Tensor, dim: number, index: Tensor, shape: Shape): Places {
  const checked = lean(index),
    size = self.shape[dim]!;
  if (numelOf(shape) > 0) {
    const bad = kernels.findOutside(addressOf(checked), size, 0, checked.numel());
    if (bad >= 0) throw outOfRange(op, checked, bad, dim, size);
  }
  return { dim, index: checked, shape };
}

/** Places for whole slices: a list of indices along `dim`, which may be a single one. */
export function slicePlaces(op: string, self: Tensor, dim: number, index: Tensor): Places {
  const n = index.numel();
  const spread = self.shape.map((_, d) => (d === dim ? n : 1));
  const list = packed(index);
  return places(
    op,
    self,
    dim,
    new Tensor(
      list.storage,
      list.dtype,
      spread,
      spread.map((_, d) => (d <= dim ? 1 : n)),
      list.offset,
      true,
    ),
    self.shape.with(dim, n),
  );
}

/** Adds `stride` times the indices, negative ones counted from the end, to the sums of places in `out`. @throws IndexError */
export function addPlaces(
  op: string,
  index: Tensor,
  size: number,
  stride: number,
  out: Tensor,
  dim: number | null,
): void {
  const list = packed(cast(index, int64));
  const n = list.numel();
  if (n === 0) return;
  const bad = kernels.addIndex(addressOf(list), addressOf(out), size, stride, 0, n);
  if (bad >= 0) throw outOfRange(op, list, bad, dim, size);
  written(out);
}

function visit(
  kernel: IndexedKernel,
  self: Tensor,
  { dim, index, shape }: Places,
  other: Tensor,
  split = false,
): void {
  if (numelOf(shape) === 0) return;
  const { address, rows } = writePlan(
    shape,
    dim < 0 ? self.strides : self.strides.with(dim, 0),
    broadcastStrides(shape, index.shape, index.strides),
    broadcastStrides(shape, other.shape, other.strides),
  );
  const step = dim < 0 ? 1 : self.strides[dim]!;
  const args = [addressOf(self), addressOf(index), addressOf(other), address, step] as const;
  if (split) overUnits(kernel, rows, numelOf(shape) / rows, args);
  else kernel(...args, 0, rows);
}

const GATHER = { 1: "gather_b1", 2: "gather_b2", 4: "gather_b4", 8: "gather_b8" } as const;
const SCATTER = { 1: "scatter_b1", 2: "scatter_b2", 4: "scatter_b4", 8: "scatter_b8" } as const;

/** Copies the elements in `at` into `out`, which has the shape of the places. */
export function gatherInto(out: Tensor, self: Tensor, at: Places): Tensor {
  visit(kernels[GATHER[self.dtype.itemsize as 1]], self, at, out, true);
  return written(out);
}

/** Writes the elements of `src` (same dtype, at least the shape of the places, or repeated to it) into places of `self`. */
export function scatterInto(self: Tensor, at: Places, src: Tensor): Tensor {
  visit(kernels[SCATTER[self.dtype.itemsize as 1]], self, at, src);
  return written(self);
}

/** As `scatterInto`, but combines with what is there. */
export function foldInto(self: Tensor, at: Places, src: Tensor, fold: Fold): Tensor {
  const { domain } = self.dtype;
  const compute = COMPUTE[domain];
  const target = cast(self, compute);
  visit(family<IndexedKernel>(`scatter${fold}`)[domain]!, target, at, cast(src, compute));
  written(target);
  if (target !== self) copyInto(self, target);
  return self;
}

/** An op that writes into a copy of its input, or in place. */
export interface Writing {
  name: string;
  inPlace: boolean;
  /** The tensors that may have a gradient. */
  inputs: readonly (Tensor | null)[];
  /** Everything is checked before; `out` may be a view. */
  write: (out: Tensor) => void;
  record: (out: Tensor) => Tensor;
}

/** Runs `write` on a copy of `input`, or on the input itself where no gradient needs it as it was. */
export function writeOver(input: Tensor, { name, inPlace, inputs, write, record }: Writing): Tensor {
  if (inPlace) checkWritable(name, input);
  const recorded = input.dtype.isFloatingPoint && tracksAny([input, ...inputs]);
  if (inPlace && !recorded) {
    write(input);
    input.storage.version++;
    return input;
  }
  const out = packedCopy(input);
  write(out);
  if (recorded) record(out);
  return inPlace ? overwrite(input, out) : out;
}

/** First element and the one behind the last, where a tensor fills its stretch of memory without gaps. */
function stretch({ shape, strides, offset, dtype }: Tensor): [number, number] | null {
  const numel = numelOf(shape);
  const extent = shape.reduce((sum, size, d) => sum + (size - 1) * strides[d]!, 1);
  return numel === 0 || extent !== numel
    ? null
    : [offset * dtype.itemsize, (offset + numel) * dtype.itemsize];
}

/** @throws ValueError where a source shares memory with what is written in place. */
export function refuseOverlap(op: string, target: Tensor, source: Tensor): void {
  if (target.storage !== source.storage) return;
  const a = stretch(target),
    b = stretch(source);
  if (a !== null && b !== null && a[0] < b[1] && b[0] < a[1])
    throw new ValueError(
      `${op}: some elements of the input tensor and the written-to tensor refer to a single memory location; clone() the tensor first`,
    );
}

/** @throws ShapeError unless `part` fits into `whole` in all dimensions but `dim` (null: in all). */
export function checkWithin(
  op: string,
  what: string,
  part: Shape,
  whole: Shape,
  against: string,
  dim: number | null,
): void {
  if (part.length !== whole.length || part.some((size, d) => d !== dim && size > whole[d]!))
    throw new ShapeError(
      `${op}: ${what} of shape ${shapeText(part)} must have as many dimensions as ${against} of shape ${shapeText(whole)} and be no larger${dim === null ? "" : ` apart from dimension ${dim}`}`,
    );
}
