// Slices along a dimension, chosen by a list of indices, that are written or added to.
import { nonDifferentiable, type OpRecord, record } from "../autograd/record.ts";
import { DtypeError, IndexError, ShapeError, ValueError } from "../core/errors.ts";
import { positional } from "../core/options.ts";
import { shapeText, wrapDim } from "../core/shape.ts";
import { copyInto, packed } from "../tensor/raw.ts";
import { isTensor, type Tensor } from "../tensor/tensor.ts";
import { checkHolds } from "./arguments.ts";
import { filled } from "./creation.ts";
import { checkTensor, describe } from "./dispatch.ts";
import { checkIndexList, flatPlaces, reshaped } from "./gather.ts";
import {
  asLine,
  checkIndexDtype,
  foldInto,
  type Places,
  refuseOverlap,
  scatterInto,
  slicePlaces,
  writeOver,
} from "./indexed.ts";
import { intoSame } from "./out.ts";

export interface SliceOptions {
  dim?: number;
  index?: Tensor;
  source?: Tensor;
  /** The source is multiplied by it; default 1. */
  alpha?: number | boolean;
  out?: Tensor;
}

interface Saved {
  dim: number;
  index: Tensor;
}

/** The slices to write and what to write there, checked. @throws unless `source` fits. */
export function sliceSources(
  op: string,
  input: Tensor,
  dim: number,
  index: Tensor,
  source: Tensor,
  narrow = true,
): [dim: number, at: Places, source: Tensor] {
  checkTensor(op, input);
  checkTensor(op, index);
  checkTensor(op, source);
  const d = wrapDim(op, dim, input.ndim);
  checkIndexList(op, index, narrow);
  if (source.dtype !== input.dtype)
    throw new DtypeError(
      `${op}: expected a source of dtype ${input.dtype} like the input, got ${source.dtype}`,
    );
  const self = asLine(input),
    src = asLine(source);
  const n = index.numel();
  if (d >= src.ndim || src.shape[d] !== n)
    throw new IndexError(
      `${op}: the number of indices (${n}) must be the size of source along dimension ${d}, which has shape ${shapeText(source.shape)}`,
    );
  if (src.ndim !== self.ndim || src.shape.some((size, k) => k !== d && size !== self.shape[k]))
    throw new ShapeError(
      `${op}: source of shape ${shapeText(source.shape)} must match the input of shape ${shapeText(input.shape)} apart from dimension ${d}`,
    );
  return [d, slicePlaces(op, self, d, index), src];
}

/** The slices of a gradient that came from the source, in its shape. */
const backToSource = (g: Tensor, { dim, index, shape }: Saved & { shape: readonly number[] }) =>
  g.indexSelect(dim, index).reshape(shape);

interface Added extends Saved {
  shape: readonly number[];
  alpha: number;
}
const INDEX_ADD: OpRecord<Added> = {
  name: "indexAdd",
  vjp: {
    input: (g) => g,
    source: (g, saved) => scaled(backToSource(g, saved), saved.alpha),
    index: nonDifferentiable,
  },
};
const scaled = (x: Tensor, alpha: number) => (alpha === 1 ? x : x.mul(alpha));

/** A copy of the input with `alpha` times the slices of `source` added to the slices at `index` along `dim`. @throws IndexError for an index out of range. */
export function indexAdd(
  input: Tensor,
  dim: number | SliceOptions,
  index?: Tensor | SliceOptions,
  source?: Tensor | SliceOptions,
  options?: SliceOptions,
): Tensor {
  return addedTo("indexAdd", input, [dim, index, source, options], false);
}
/** Methods only: `indexAdd` in place. */
export function indexAdd_(
  input: Tensor,
  dim: number | SliceOptions,
  index?: Tensor | SliceOptions,
  source?: Tensor | SliceOptions,
  options?: SliceOptions,
): Tensor {
  return addedTo("indexAdd_", input, [dim, index, source, options], true);
}

function addedTo(op: string, input: Tensor, args: readonly unknown[], inPlace: boolean): Tensor {
  const [dim, index, source, alpha = 1, out] = namedSource(op, ["alpha", "out"], args);
  const [d, at, src] = sliceSources(op, input, dim, index, source);
  if (typeof alpha !== "number" && typeof alpha !== "boolean")
    throw new ValueError(`${op}: alpha must be a number, got ${describe(alpha)}`);
  checkHolds(op, input.dtype, alpha);
  const factor = input.dtype.isFloatingPoint ? Number(alpha) : Math.trunc(Number(alpha));
  if (inPlace) refuseOverlap(op, input, source);
  const made = writeOver(input, {
    name: op,
    inPlace,
    inputs: [source],
    write: (to) => foldInto(asLine(to), at, scaled(src.detach(), factor).to(src.dtype), "Sum"),
    record: (to) =>
      record(INDEX_ADD, [input, source], to, { dim: d, index, shape: source.shape, alpha: factor }),
  });
  return intoSame(op, { out }, made);
}

/** `dim, index, source` and what follows; the options' names are those after the three. */
function namedSource(op: string, more: readonly string[], args: readonly unknown[]) {
  // All but the options object come by position: alpha is named only.
  return positional<[number, Tensor, Tensor, number | undefined, Tensor?]>(
    op,
    ["dim", "index", "source", ...more],
    args,
  );
}

const INDEX_COPY: OpRecord<Saved & { shape: readonly number[] }> = {
  name: "indexCopy",
  vjp: {
    input: (g, { dim, index }) => g.indexFill(dim, index, 0),
    source: backToSource,
    index: nonDifferentiable,
  },
};
/** A copy of the input with the slices at `index` along `dim` replaced by those of `source`. @throws IndexError for an index out of range. */
export function indexCopy(
  input: Tensor,
  dim: number | SliceOptions,
  index?: Tensor | SliceOptions,
  source?: Tensor | SliceOptions,
  options?: SliceOptions,
): Tensor {
  return copied("indexCopy", input, [dim, index, source, options], false);
}
/** Methods only: `indexCopy` in place. */
export function indexCopy_(
  input: Tensor,
  dim: number | SliceOptions,
  index?: Tensor | SliceOptions,
  source?: Tensor | SliceOptions,
  options?: SliceOptions,
): Tensor {
  return copied("indexCopy_", input, [dim, index, source, options], true);
}

function copied(op: string, input: Tensor, args: readonly unknown[], inPlace: boolean): Tensor {
  const [dim, index, source, out] = positional(op, ["dim", "index", "source", "out"], args);
  const [d, at, src] = sliceSources(op, input, dim, index, source);
  if (inPlace) refuseOverlap(op, input, source);
  const made = writeOver(input, {
    name: op,
    inPlace,
    inputs: [source],
    write: (to) => scatterInto(asLine(to), at, src),
    record: (to) => record(INDEX_COPY, [input, source], to, { dim: d, index, shape: source.shape }),
  });
  return intoSame(op, { out }, made);
}

export interface IndexFillOptions {
  dim?: number;
  index?: Tensor;
  value?: number | Tensor;
}
const INDEX_FILL: OpRecord<Saved> = {
  name: "indexFill",
  vjp: {
    input: (g, { dim, index }) => g.indexFill(dim, index, 0),
    // An index that comes twice fills once.
    value: (g, { dim, index }) => g.maskedFill(g.newZeros(g.shape).indexFill(dim, index, 1).eq(0), 0).sum(),
    index: nonDifferentiable,
  },
};
/** A copy of the input with the slices at `index` along `dim` filled with a number (or 0-d tensor). @throws IndexError for an index out of range. */
export function indexFill(
  input: Tensor,
  dim: number | IndexFillOptions,
  index?: Tensor | IndexFillOptions,
  value?: number | Tensor | IndexFillOptions,
): Tensor {
  return filledAt("indexFill", input, [dim, index, value], false);
}
/** Methods only: `indexFill` in place. */
export function indexFill_(
  input: Tensor,
  dim: number | IndexFillOptions,
  index?: Tensor | IndexFillOptions,
  value?: number | Tensor | IndexFillOptions,
): Tensor {
  return filledAt("indexFill_", input, [dim, index, value], true);
}

function filledAt(op: string, input: Tensor, args: readonly unknown[], inPlace: boolean): Tensor {
  checkTensor(op, input);
  const [dim, index, value] = positional(op, ["dim", "index", "value"], args);
  checkTensor(op, index);
  const d = wrapDim(op, dim, input.ndim);
  checkIndexList(op, index);
  if (isTensor(value) ? value.ndim > 0 : typeof value !== "number" && typeof value !== "boolean")
    throw new ValueError(
      `${op}: value must be a number or a 0-d tensor, got ${isTensor(value) ? `shape ${shapeText(value.shape)}` : describe(value)}`,
    );
  const self = asLine(input);
  // Alone among its kin, indexFill counts negative indices from the end.
  const wrapped = index.lt(0).mul(self.shape[d]!).add(index);
  const at = slicePlaces(op, self, d, wrapped);
  const source = isTensor(value) ? asLine(value.detach().to(input.dtype)) : filled([1], value, input.dtype);
  return writeOver(input, {
    name: op,
    inPlace,
    inputs: [isTensor(value) ? value : null],
    write: (to) => scatterInto(asLine(to), at, source),
    record: (to) =>
      record(INDEX_FILL, isTensor(value) ? [input, value] : [input], to, { dim: d, index: wrapped }),
  });
}

export interface PutOptions {
  index?: Tensor;
  source?: Tensor;
  /** Add to what is there, also several times at one place; default false. */
  accumulate?: boolean;
}
interface PutSaved {
  flat: Tensor;
  shape: readonly number[];
  accumulate: boolean;
}
const PUT: OpRecord<PutSaved> = {
  name: "put",
  vjp: {
    input: (g, { flat, accumulate }) => (accumulate ? g : put(g, flat, g.newZeros(flat.shape), false)),
    source: (g, { flat, shape }) => g.take(flat).reshape(shape),
    index: nonDifferentiable,
  },
};
/** A copy of the input with the elements of `source` written (or added) at indices into the flattened tensor, negative ones counted from the end. @throws IndexError for an index out of range. */
export function put(
  input: Tensor,
  index: Tensor | PutOptions,
  source?: Tensor | PutOptions,
  accumulate?: boolean | PutOptions,
): Tensor {
  return putFlat("put", input, [index, source, accumulate], false);
}
/** Methods only: `put` in place, where the first argument of `put_` is a tensor. */
export function putFlat_(
  input: Tensor,
  index: Tensor | PutOptions,
  source?: Tensor | PutOptions,
  accumulate?: boolean | PutOptions,
): Tensor {
  return putFlat("put_", input, [index, source, accumulate], true);
}

function putFlat(op: string, input: Tensor, args: readonly unknown[], inPlace: boolean): Tensor {
  checkTensor(op, input);
  const [index, source, accumulate = false] = positional<[Tensor, Tensor, boolean?]>(
    op,
    ["index", "source", "accumulate"],
    args,
  );
  checkTensor(op, index);
  checkTensor(op, source);
  checkIndexDtype(op, index);
  if (source.dtype !== input.dtype)
    throw new DtypeError(
      `${op}: expected a source of dtype ${input.dtype} like the input, got ${source.dtype}`,
    );
  const count = index.numel(),
    size = input.numel();
  if (source.numel() !== count)
    throw new IndexError(
      `${op}: index has ${count} elements, source of shape ${shapeText(source.shape)} has ${source.numel()}`,
    );
  if (inPlace) refuseOverlap(op, input, source);
  const flat = flatPlaces(op, index, size);
  const at = { dim: 0, index: flat, shape: [count] };
  const values = reshaped(packed(source), [count]);
  return writeOver(input, {
    name: op,
    inPlace,
    inputs: [source],
    write: (to) => {
      const whole = packed(to);
      const line = reshaped(whole, [size]);
      if (accumulate) foldInto(line, at, values, "Sum");
      else scatterInto(line, at, values);
      if (whole !== to) copyInto(to, whole);
    },
    record: (to) => record(PUT, [input, source], to, { flat, shape: source.shape, accumulate }),
  });
}
