// Indexing by several tensors at once: `x[rows, cols]`, and writing there.
import { nonDifferentiable, type OpRecord, record, tracks } from "../autograd/record.ts";
import { bool, COMPUTE, int64, uint8 } from "../core/dtype.ts";
import { DtypeError, IndexError, ShapeError, ValueError } from "../core/errors.ts";
import { positional } from "../core/options.ts";
import {
  broadcastShapes,
  broadcastStrides,
  numelOf,
  type Shape,
  sameShape,
  shapeText,
} from "../core/shape.ts";
import { cast, copyInto, packed } from "../tensor/raw.ts";
import { empty, isTensor, Tensor } from "../tensor/tensor.ts";
import { filled } from "./creation.ts";
import { checkTensor, describe } from "./dispatch.ts";
import { reshaped } from "./gather.ts";
import { addPlaces, asLine, foldInto, gatherInto, refuseOverlap, scatterInto, writeOver } from "./indexed.ts";
import { truePositions, unraveled } from "./truepositions.ts";

/** One entry per leading dimension: int64 indices, a bool mask over one or more dimensions, or null for all of it. */
export type Indices = readonly (Tensor | null | undefined)[];

/** Stands for a dimension that the next one's indices count along too: a mask over both found positions in them as one. */
const MERGED = Symbol();
type Entry = Tensor | typeof MERGED | null;

/** Index tensors brought to one shape, and what they choose. */
interface Selection {
  /** Per dimension of the input: expanded indices, or null. */
  at: Entry[];
  /** Shape of the indices, and of everything chosen. */
  common: Shape;
  shape: Shape;
  /** Where `common` begins in `shape`. */
  lead: number;
}

function selection(op: string, input: Tensor, indices: Indices): Selection {
  const at: Entry[] = [];
  for (const index of indices) {
    if (index === null || index === undefined) {
      at.push(null);
      continue;
    }
    checkTensor(op, index);
    if (index.dtype === int64) at.push(index.detach());
    else if (index.dtype === bool || index.dtype === uint8)
      at.push(...maskColumns(op, input, index, at.length));
    else
      throw new DtypeError(`${op}: tensors used as indices must be int64, bool or uint8, got ${index.dtype}`);
  }
  if (at.length > input.ndim)
    throw new IndexError(`${op}: too many indices (${at.length}) for a tensor of ${input.ndim} dimensions`);
  while (at.length < input.ndim) at.push(null);
  const given = at.filter((x) => x !== null);
  const common = commonShape(op, given.filter(isTensor));
  const first = at.findIndex((x) => x !== null),
    last = at.findLastIndex((x) => x !== null);
  const adjacent = given.length === last - first + 1;
  const rest = input.shape.filter((_, d) => at[d] === null);
  const lead = adjacent ? Math.max(first, 0) : 0;
  return {
    at: at.map((x) => (isTensor(x) && !sameShape(x.shape, common) ? x.expand(common) : x)),
    common,
    shape: [...rest.slice(0, lead), ...common, ...rest.slice(lead)],
    lead,
  };
}

function maskColumns(op: string, input: Tensor, mask: Tensor, from: number): Entry[] {
  const own = input.shape.slice(from, from + mask.ndim);
  if (!sameShape(own, mask.shape))
    throw new IndexError(
      `${op}: the shape of the mask ${shapeText(mask.shape)} does not match the shape of the indexed tensor ${shapeText(input.shape)} from dimension ${from} on`,
    );
  const positions = truePositions(mask);
  const { shape, strides } = input;
  let d = from;
  while (d + 1 < from + mask.ndim && strides[d] === strides[d + 1]! * shape[d + 1]!) d++;
  if (mask.ndim > 1 && d + 1 === from + mask.ndim)
    return [...new Array<typeof MERGED>(mask.ndim - 1).fill(MERGED), positions];
  return unraveled(positions, mask.shape);
}

function commonShape(op: string, indices: readonly Tensor[]): Shape {
  try {
    return broadcastShapes(op, ...indices.map((x) => x.shape));
  } catch {
    throw new IndexError(
      `${op}: shape mismatch: indexing tensors could not be broadcast together with shapes ${indices.map((x) => shapeText(x.shape)).join(", ")}`,
    );
  }
}

/** A tensor with the selection's shape, in which the chosen dimensions have stride 0, and the elements' distances along those. */
function opened(op: string, self: Tensor, { at, common, shape, lead }: Selection): [Tensor, Tensor] {
  const offsets = filled([numelOf(common)], 0, int64);
  let size = 1;
  at.forEach((index, d) => {
    size *= self.shape[d]!;
    if (index === MERGED) return;
    if (index !== null) addPlaces(op, index, size, self.strides[d]!, offsets, d);
    size = 1;
  });
  const rest = self.strides.filter((_, d) => at[d] === null);
  const strides = [...rest.slice(0, lead), ...common.map(() => 0), ...rest.slice(lead)];
  const spread = shape.map((_, k) => (k < lead || k >= lead + common.length ? 1 : common[k - lead]!));
  return [
    new Tensor(self.storage, self.dtype, shape, strides, self.offset, false),
    reshaped(offsets, spread),
  ];
}

interface Picked {
  indices: Indices;
  shape: Shape;
}
const INDEX: OpRecord<Picked> = {
  name: "index",
  vjp: {
    input: (g, { indices, shape }) => indexPut(g.newZeros(shape), indices, g, true),
    "...indices": nonDifferentiable,
  },
};
/**
 * What `x[indices]` gives: index tensors broadcast against each other and take the place of the dimensions they index
 * (the front, where these are not adjacent). Negative indices count from the end. @throws IndexError for an index out of range.
 */
export function pickAt(input: Tensor, indices: Indices): Tensor {
  const chosen = selection("index", asMasked(input, indices), masked(input, indices));
  const result = empty(chosen.shape, input.dtype);
  const [self, index] = opened("index", asMasked(input, indices), chosen);
  gatherInto(result, self, { dim: -1, index, shape: chosen.shape });
  return tracks(input) ? record(INDEX, [input], result, { indices, shape: input.shape }) : result;
}

/** A 0-d tensor under a 0-d mask is a line of one. */
const flatMask = (input: Tensor, [mask]: Indices): boolean =>
  input.ndim === 0 && isTensor(mask) && mask.ndim === 0 && mask.dtype !== int64;
const asMasked = (input: Tensor, indices: Indices): Tensor =>
  flatMask(input, indices) ? asLine(input) : input;
const masked = (input: Tensor, indices: Indices): Indices =>
  flatMask(input, indices) ? [asLine(indices[0]!)] : indices;

export interface IndexPutOptions {
  indices?: Indices;
  values?: Tensor;
  /** Add to what is there, also several times at one place; default false. */
  accumulate?: boolean;
}
interface Put {
  indices: Indices;
  accumulate: boolean;
  shape: Shape;
}
const INDEX_PUT: OpRecord<Put> = {
  name: "indexPut",
  vjp: {
    input: (g, { indices, accumulate, shape }) =>
      accumulate ? g : indexPut(g, indices, g.newZeros(shape), false),
    values: (g, { indices }) => pickAt(g, indices),
    "...indices": nonDifferentiable,
  },
};
/** A copy of the input with `x[indices] = values`: index tensors as for reading, values that broadcast to what they choose. @throws IndexError for an index out of range. */
export function indexPut(
  input: Tensor,
  indices: Indices | IndexPutOptions,
  values?: Tensor | IndexPutOptions,
  accumulate?: boolean | IndexPutOptions,
  options?: IndexPutOptions,
): Tensor {
  return putAt("indexPut", input, [indices, values, accumulate, options], false);
}
/** Methods only: `indexPut` in place. */
export function indexPut_(
  input: Tensor,
  indices: Indices | IndexPutOptions,
  values?: Tensor | IndexPutOptions,
  accumulate?: boolean | IndexPutOptions,
  options?: IndexPutOptions,
): Tensor {
  return putAt("indexPut_", input, [indices, values, accumulate, options], true);
}

function putAt(op: string, input: Tensor, args: readonly unknown[], inPlace: boolean): Tensor {
  checkTensor(op, input);
  const [indices, values, accumulate = false] = positional<[Indices, Tensor, boolean?]>(
    op,
    ["indices", "values", "accumulate"],
    args,
  );
  checkTensor(op, values);
  if (!Array.isArray(indices))
    throw new ValueError(`${op}: indices must be an array of tensors, got ${describe(indices)}`);
  if (values.dtype !== input.dtype)
    throw new DtypeError(
      `${op}: expected values of dtype ${input.dtype} like the input, got ${values.dtype}`,
    );
  const chosen = selection(op, asMasked(input, indices), masked(input, indices));
  checkSpreads(op, values.shape, chosen.shape);
  if (inPlace) refuseOverlap(op, input, values);
  return writeOver(input, {
    name: op,
    inPlace,
    inputs: [values],
    write: (to) => {
      const target = accumulate ? cast(packed(to), COMPUTE[to.dtype.domain]) : to;
      const [self, index] = opened(op, asMasked(target, indices), chosen);
      const at = { dim: -1, index, shape: chosen.shape };
      if (accumulate) foldInto(self, at, values, "Sum");
      else scatterInto(self, at, spreadOf(values, chosen.shape));
      if (target !== to) copyInto(to, target);
    },
    record: (to) => record(INDEX_PUT, [input, values], to, { indices, accumulate, shape: values.shape }),
  });
}

function spreadOf(values: Tensor, shape: Shape): Tensor {
  const strides = broadcastStrides(shape, values.shape, values.strides);
  return new Tensor(values.storage, values.dtype, shape, strides, values.offset);
}

/** @throws ShapeError unless `values` repeats to `shape`; leading dimensions of size 1 may be too many. */
function checkSpreads(op: string, values: Shape, shape: Shape): void {
  const extra = Math.max(values.length - shape.length, 0);
  const own = values.slice(extra);
  const fits =
    values.slice(0, extra).every((size) => size === 1) &&
    own.every((size, d) => size === 1 || size === shape[shape.length - own.length + d]);
  if (!fits)
    throw new ShapeError(
      `${op}: shape mismatch: values of shape ${shapeText(values)} do not broadcast to the indexing result of shape ${shapeText(shape)}`,
    );
}
