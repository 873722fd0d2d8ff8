// Copies with the elements of some dimensions in another order.
import { type OpRecord, record, tracks } from "../autograd/record.ts";
import { ShapeError, ValueError } from "../core/errors.ts";
import { positional } from "../core/options.ts";
import { shapeText, wrapDim, wrapDims } from "../core/shape.ts";
import { packedCopy } from "../tensor/raw.ts";
import { Tensor } from "../tensor/tensor.ts";
import { checkInteger, listed } from "./arguments.ts";
import { checkTensor } from "./dispatch.ts";
import { cat } from "./join.ts";
import { reshape, transpose } from "./views.ts";

const FLIP: OpRecord<{ dims: readonly number[] }> = {
  name: "flip",
  vjp: (g, { dims }) => flipped(g, dims),
};

function flipped(input: Tensor, dims: readonly number[]): Tensor {
  const strides = input.strides.slice();
  let { offset } = input;
  for (const d of dims) {
    offset += Math.max(input.shape[d]! - 1, 0) * strides[d]!;
    strides[d] = -strides[d]!;
  }
  const out = packedCopy(new Tensor(input.storage, input.dtype, input.shape, strides, offset, false));
  return tracks(input) ? record(FLIP, [input], out, { dims }) : out;
}

/** A copy with the order of elements along the given dimensions reversed. */
export function flip(
  input: Tensor,
  ...dims: number[] | [readonly number[]] | [{ dims: readonly number[] }]
): Tensor {
  checkTensor("flip", input);
  const list = listed("flip", "dims", dims);
  return flipped(input, list.length === 0 ? [] : wrapDims("flip", list, input.ndim));
}
/** `flip` of the columns. @throws ShapeError for fewer than two dimensions. */
export function fliplr(input: Tensor): Tensor {
  return flipSide("fliplr", input, 2, 1);
}
/** `flip` of the rows. @throws ShapeError for a 0-d tensor. */
export function flipud(input: Tensor): Tensor {
  return flipSide("flipud", input, 1, 0);
}
function flipSide(op: string, input: Tensor, least: number, dim: number): Tensor {
  checkTensor(op, input);
  if (input.ndim < least)
    throw new ShapeError(`${op}: input must be >= ${least}-d, got shape ${shapeText(input.shape)}`);
  return flipped(input, [dim]);
}

type Dims = number | readonly number[];
const ROLL: OpRecord<{ shifts: readonly number[]; dims: readonly number[] }> = {
  name: "roll",
  vjp: (g, { shifts, dims }) =>
    rolled(
      g,
      shifts.map((s) => -s),
      dims,
    ),
};

function rolled(input: Tensor, shifts: readonly number[], dims: readonly number[]): Tensor {
  const out = shifts.reduce((x, shift, k) => {
    const d = dims[k]!,
      size = x.shape[d]!;
    const cut = size === 0 ? 0 : ((-shift % size) + size) % size;
    return cut === 0 ? x : cat([x.narrow(d, cut, size - cut), x.narrow(d, 0, cut)], d);
  }, input.detach());
  const own = out.storage === input.storage ? packedCopy(out) : out;
  return tracks(input) ? record(ROLL, [input], own, { shifts, dims }) : own;
}

/** A copy with elements moved on by `shifts` along `dims`, those beyond the end coming in at the start; without `dims`, in the flattened tensor. */
export function roll(input: Tensor, shifts: Dims | object, dims?: Dims | object, options?: object): Tensor {
  checkTensor("roll", input);
  const [shifts_, dims_ = []] = positional("roll", ["shifts", "dims"], [shifts, dims, options]);
  const by: number[] = Array.isArray(shifts_) ? shifts_ : [shifts_],
    over: number[] = Array.isArray(dims_) ? dims_ : [dims_];
  for (const s of by) checkInteger("roll", "a shift", s);
  if (by.length === 0) throw new ValueError("roll: `shifts` required");
  if (over.length === 0 && by.length === 1)
    return reshape(rolled(reshape(input, [-1]), by, [0]), input.shape);
  if (over.length !== by.length)
    throw new ValueError(
      `roll: shifts and dimensions must align, got ${by.length} shifts and ${over.length} dimensions`,
    );
  return rolled(
    input,
    by,
    over.map((d) => wrapDim("roll", d, input.ndim)),
  );
}

/** A copy turned by `k` quarters in the plane of two dimensions, from the first towards the second. */
export function rot90(
  input: Tensor,
  k: number | object = 1,
  dims?: readonly number[] | object,
  options?: object,
): Tensor {
  checkTensor("rot90", input);
  const [turns = 1, plane = [0, 1]] = positional("rot90", ["k", "dims"], [k, dims, options]);
  checkInteger("rot90", "k", turns);
  if (!Array.isArray(plane) || plane.length !== 2)
    throw new ValueError(`rot90: expected 2 dimensions to turn, got [${String(plane)}]`);
  if (input.ndim < 2)
    throw new ShapeError(`rot90: expected at least 2 dimensions, got shape ${shapeText(input.shape)}`);
  const [a, b] = plane.map((d) => wrapDim("rot90", d, input.ndim)) as [number, number];
  if (a === b) throw new ValueError(`rot90: expected two different dimensions, got [${plane.join(", ")}]`);
  switch (((turns % 4) + 4) % 4) {
    case 1:
      return transpose(flipped(input, [b]), a, b);
    case 2:
      return flipped(input, [a, b]);
    case 3:
      return transpose(flipped(input, [a]), a, b);
    default:
      return input.clone();
  }
}
