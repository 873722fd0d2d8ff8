// Elements and slices chosen by indices.
import { nonDifferentiable, type OpRecord, record, tracks } from "../autograd/record.ts";
import { int64 } from "../core/dtype.ts";
import { IndexError, ShapeError } from "../core/errors.ts";
import { positional } from "../core/options.ts";
import {
  broadcastShapes,
  contiguousStrides,
  numelOf,
  type Shape,
  shapeText,
  wrapDim,
} from "../core/shape.ts";
import { packed } from "../tensor/raw.ts";
import { empty, Tensor } from "../tensor/tensor.ts";
import { filled } from "./creation.ts";
import { checkTensor } from "./dispatch.ts";
import {
  addPlaces,
  asLine,
  checkIndexDtype,
  checkWithin,
  gatherInto,
  places,
  slicePlaces,
} from "./indexed.ts";
import { intoSame } from "./out.ts";

export interface GatherOptions {
  dim?: number;
  index?: Tensor;
  /** Accepted, and without effect. */
  sparseGrad?: boolean;
  out?: Tensor;
}

interface Along {
  index: Tensor;
  dim: number;
  shape: Shape;
}
const GATHER: OpRecord<Along> = {
  name: "gather",
  vjp: {
    input: (g, { index, dim, shape }) => g.newZeros(shape).scatterAdd(dim, index, g),
    index: nonDifferentiable,
  },
};
/**
 * Elements along `dim` by index: `out[i][j] = input[index[i][j]][j]` for dim 0. The result has the shape of `index`, which has
 * as many dimensions as the input and, apart from `dim`, is no larger. @throws IndexError for an index out of range.
 */
export function gather(
  input: Tensor,
  dim: number | GatherOptions,
  index?: Tensor | GatherOptions,
  options?: GatherOptions,
): Tensor {
  checkTensor("gather", input);
  const [over, at, , out] = positional(
    "gather",
    ["dim", "index", "sparseGrad", "out"],
    [dim, index, options],
  );
  checkTensor("gather", at);
  const d = wrapDim("gather", over, input.ndim);
  const self = asLine(input),
    line = asLine(at);
  if (at.numel() > 0) {
    checkIndexDtype("gather", at);
    checkWithin("gather", "index", line.shape, self.shape, "the input", d);
  }
  const result = empty(at.shape, input.dtype);
  if (at.numel() > 0) gatherInto(asLine(result), self, places("gather", self, d, line, line.shape));
  if (tracks(input)) record(GATHER, [input], result, { index: at, dim: d, shape: input.shape });
  return intoSame("gather", { out }, result);
}

export interface TakeAlongOptions {
  indices?: Tensor;
  dim?: number | null;
  out?: Tensor;
}
/** As `gather`, where input and indices broadcast against each other apart from `dim`; without `dim`, both flattened. */
export function takeAlongDim(
  input: Tensor,
  indices: Tensor | TakeAlongOptions,
  dim?: number | null | TakeAlongOptions,
  options?: TakeAlongOptions,
): Tensor {
  checkTensor("takeAlongDim", input);
  const [at, over = null, out] = positional(
    "takeAlongDim",
    ["indices", "dim", "out"],
    [indices, dim, options],
  );
  checkTensor("takeAlongDim", at);
  checkIndexDtype("takeAlongDim", at);
  if (over === null) return gather(input.reshape([-1]), 0, at.reshape([-1]), { out });
  const d = wrapDim("takeAlongDim", over, input.ndim);
  if (input.ndim !== at.ndim)
    throw new ShapeError(
      `takeAlongDim: input and indices must have the same number of dimensions, got shapes ${shapeText(input.shape)} and ${shapeText(at.shape)}`,
    );
  const common = broadcastShapes("takeAlongDim", input.shape.with(d, 1), at.shape.with(d, 1));
  return gather(input.expand(common.with(d, input.shape[d]!)), d, at.expand(common.with(d, at.shape[d]!)), {
    out,
  });
}

export interface IndexSelectOptions {
  dim?: number;
  index?: Tensor;
  out?: Tensor;
}
const INDEX_SELECT: OpRecord<Along> = {
  name: "indexSelect",
  vjp: {
    input: (g, { index, dim, shape }) => g.newZeros(shape).indexAdd(dim, index, g),
    index: nonDifferentiable,
  },
};
/** Slices along `dim` by a list of indices (int64 or int32). @throws IndexError for an index out of range. */
export function indexSelect(
  input: Tensor,
  dim: number | IndexSelectOptions,
  index?: Tensor | IndexSelectOptions,
  options?: IndexSelectOptions,
): Tensor {
  checkTensor("indexSelect", input);
  const [over, at, out] = positional("indexSelect", ["dim", "index", "out"], [dim, index, options]);
  checkTensor("indexSelect", at);
  const d = wrapDim("indexSelect", over, input.ndim);
  checkIndexList("indexSelect", at, true);
  if (input.ndim === 0 && at.numel() !== 1)
    throw new IndexError(`indexSelect: a 0-d tensor takes one index, got ${at.numel()}`);
  const self = asLine(input);
  const spots = slicePlaces("indexSelect", self, d, at);
  const result = empty(input.ndim === 0 ? [] : spots.shape, input.dtype);
  gatherInto(asLine(result), self, spots);
  if (tracks(input)) record(INDEX_SELECT, [input], result, { index: at, dim: d, shape: input.shape });
  return intoSame("indexSelect", { out }, result);
}

/** @throws unless `index` is a list of indices, or one index. */
export function checkIndexList(op: string, index: Tensor, narrow = false): void {
  if (index.ndim > 1)
    throw new IndexError(`${op}: index must have one dimension or none, got shape ${shapeText(index.shape)}`);
  checkIndexDtype(op, index, narrow);
}

const TAKE: OpRecord<{ flat: Tensor; shape: Shape }> = {
  name: "take",
  vjp: {
    input: (g, { flat, shape }) =>
      g
        .newZeros([numelOf(shape)])
        .indexAdd(0, flat, g.reshape([-1]))
        .reshape(shape),
    index: nonDifferentiable,
  },
};
/** Elements of the flattened input by index, negative ones counted from the end. The result has the shape of `index`. @throws IndexError for an index out of range. */
export function take(
  input: Tensor,
  index: Tensor | { index: Tensor; out?: Tensor },
  options?: { out?: Tensor },
): Tensor {
  checkTensor("take", input);
  const [at, out] = positional<[Tensor, Tensor?]>("take", ["index", "out"], [index, options]);
  checkTensor("take", at);
  checkIndexDtype("take", at);
  if (input.numel() === 0 && at.numel() > 0) throw new IndexError("take: cannot take from an empty tensor");
  const result = empty(at.shape, input.dtype);
  const flat = flatPlaces("take", at, input.numel());
  const source = packed(input);
  const line = new Tensor(source.storage, source.dtype, [input.numel()], [1], source.offset, true);
  gatherInto(new Tensor(result.storage, result.dtype, [at.numel()], [1], 0, true), line, {
    dim: 0,
    index: flat,
    shape: flat.shape,
  });
  if (tracks(input)) record(TAKE, [input], result, { flat, shape: input.shape });
  return intoSame("take", { out }, result);
}

/** Indices into a flattened tensor of `size` elements, as a checked list. */
export function flatPlaces(op: string, index: Tensor, size: number): Tensor {
  const sums = filled([index.numel()], 0, int64);
  addPlaces(op, index, size, 1, sums, null);
  return sums;
}

/** The same elements under another shape, off the tape. */
export function reshaped(x: Tensor, shape: Shape): Tensor {
  return new Tensor(x.storage, x.dtype, shape, contiguousStrides(shape), x.offset, true);
}
