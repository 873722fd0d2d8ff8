// Views that take a tensor apart.

import { viewsOf } from "../autograd/inplace.ts";
import type { FusedRecord } from "../autograd/record.ts";
import { IndexError, ShapeError, ValueError } from "../core/errors.ts";
import { positional } from "../core/options.ts";
import { type Shape, shapeText, wrapDim } from "../core/shape.ts";
import { isTensor, type Tensor } from "../tensor/tensor.ts";
import { checkInteger, sizesOf } from "./arguments.ts";
import { checkTensor } from "./dispatch.ts";
import { cat, stack } from "./join.ts";
import { slice } from "./slices.ts";

interface Parts {
  whole: Shape;
  dim: number;
  sizes: readonly number[];
}
const SPLIT: FusedRecord<Parts> = {
  name: "split",
  inputs: ["input"],
  backward: (grads, { whole, dim, sizes }) => {
    const some = grads.find((g) => g !== null)!;
    return [
      cat(
        grads.map((g, i) => g ?? some.newZeros(whole.map((size, d) => (d === dim ? sizes[i]! : size)))),
        dim,
      ),
    ];
  },
};
const SPLIT_WITH_SIZES: FusedRecord<Parts> = { ...SPLIT, node: "SplitWithSizesBackward0" };
const UNBIND: FusedRecord<Parts> = {
  name: "unbind",
  inputs: ["input"],
  backward: (grads, { whole, dim }) => {
    const some = grads.find((g) => g !== null)!;
    return [
      stack(
        grads.map((g) => g ?? some.newZeros(whole.filter((_, d) => d !== dim))),
        dim,
      ),
    ];
  },
};

/** Tells that a 0-d tensor has nothing to take apart. */
function dimensionOf(op: string, input: Tensor, dim: number): number {
  checkTensor(op, input);
  if (input.ndim === 0) throw new IndexError(`${op}: expects at least a 1-dimensional tensor`);
  return wrapDim(op, dim, input.ndim);
}

function parts(op: FusedRecord<Parts>, input: Tensor, dim: number, sizes: readonly number[]): Tensor[] {
  let offset = input.offset;
  const views = sizes.map((size) => {
    const shape = input.shape.slice();
    shape[dim] = size;
    const view = { shape, strides: input.strides, offset };
    offset += size * input.strides[dim]!;
    return view;
  });
  return viewsOf(op, input, views, { whole: input.shape, dim, sizes });
}

/** Views of at most `size` elements each, or of the given sizes, one after another along `dim`. */
export function split(
  input: Tensor,
  splitSizeOrSections: number | readonly number[] | object,
  dim?: number | object,
  options?: object,
): Tensor[] {
  const [size, along = 0] = positional(
    "split",
    ["splitSizeOrSections", "dim"],
    [splitSizeOrSections, dim, options],
  );
  if (Array.isArray(size)) return splitWithSizes(input, size, along);
  const d = dimensionOf("split", input, along),
    length = input.shape[d]!;
  checkInteger("split", "splitSize", size);
  if (size < 0 || (size === 0 && length > 0))
    throw new ValueError(`split: splitSize must be positive for a dimension of size ${length}, got ${size}`);
  const count = size === 0 ? 1 : Math.max(Math.ceil(length / size), 1);
  return parts(
    SPLIT,
    input,
    d,
    Array.from({ length: count }, (_, i) => Math.min(size, length - i * size)),
  );
}

/** Views of the given sizes, one after another along `dim`. @throws ShapeError unless the sizes add up. */
export function splitWithSizes(
  input: Tensor,
  splitSizes: readonly number[] | object,
  dim?: number | object,
  options?: object,
): Tensor[] {
  const [given, along = 0] = positional(
    "splitWithSizes",
    ["splitSizes", "dim"],
    [splitSizes, dim, options],
  ) as [unknown, number?];
  const d = dimensionOf("splitWithSizes", input, along);
  let total = 0;
  const sizes = sizesOf("splitWithSizes", "splitSizes", given);
  for (const size of sizes) {
    checkInteger("splitWithSizes", "a size", size);
    if (size < 0) throw new ValueError(`splitWithSizes: sizes must be non-negative, got ${size}`);
    total += size;
  }
  if (total !== input.shape[d])
    throw new ShapeError(
      `splitWithSizes: the sizes ${shapeText(sizes)} must sum to ${input.shape[d]}, the size of dimension ${d}`,
    );
  return parts(SPLIT_WITH_SIZES, input, d, sizes);
}

/** Views of (at most) `chunks` equal parts along `dim`; the last may be smaller. */
export function chunk(
  input: Tensor,
  chunks: number | object,
  dim?: number | object,
  options?: object,
): Tensor[] {
  const [count, along = 0] = positional("chunk", ["chunks", "dim"], [chunks, dim, options]);
  const d = dimensionOf("chunk", input, along),
    length = input.shape[d]!;
  checkInteger("chunk", "chunks", count);
  if (count <= 0) throw new ValueError(`chunk: expects chunks to be greater than 0, got ${count}`);
  const size = Math.ceil(length / count);
  // An empty dimension gives all the chunks asked for.
  return size === 0 ? parts(SPLIT, input, d, new Array(count).fill(0)) : split(input, size, d);
}

/** Views of all indices of `dim`, without it. */
export function unbind(input: Tensor, dim?: number | object): Tensor[] {
  const [along = 0] = positional("unbind", ["dim"], [dim]);
  const d = dimensionOf("unbind", input, along);
  const shape = input.shape.filter((_, k) => k !== d),
    strides = input.strides.filter((_, k) => k !== d);
  return viewsOf(
    UNBIND,
    input,
    Array.from({ length: input.shape[d]! }, (_, i) => ({
      shape,
      strides,
      offset: input.offset + i * input.strides[d]!,
    })),
    { whole: input.shape, dim: d, sizes: [] },
  );
}

type Sections = number | readonly number[] | Tensor;

/** Views along `dim`: that many parts, the first ones larger by one where needed, or parts that begin at the given indices. */
export function tensorSplit(
  input: Tensor,
  indicesOrSections: Sections | object,
  dim?: number | object,
  options?: object,
): Tensor[] {
  const names = ["indicesOrSections", "dim"];
  const last = [indicesOrSections, dim, options].find(
    (x) => x !== null && typeof x === "object" && ("indices" in x || "sections" in x),
  );
  if (last !== undefined && !isTensor(last)) {
    const { indices, sections, ...rest } = last as { indices?: unknown; sections?: unknown };
    return tensorSplit(input, { indicesOrSections: indices ?? sections, ...rest });
  }
  const [given, along = 0] = positional("tensorSplit", names, [indicesOrSections, dim, options]);
  return splitAt("tensorSplit", input, given, dimensionOf("tensorSplit", input, along));
}

function splitAt(op: string, input: Tensor, given: Sections, dim: number): Tensor[] {
  const length = input.shape[dim]!;
  if (isTensor(given) && (given.ndim > 1 || given.dtype.name !== "int64"))
    throw new ValueError(`${op}: a tensor of indices or sections must be int64 and at most 1-d`);
  const list = isTensor(given) ? (given.tolist() as number | number[]) : given;
  const bounds: number[] = [0];
  if (typeof list === "number") {
    checkInteger(op, "sections", list);
    if (list <= 0) throw new ValueError(`${op}: the number of sections must be larger than 0, got ${list}`);
    const least = Math.floor(length / list),
      larger = length % list;
    for (let i = 0; i < list; i++) bounds.push(bounds[i]! + least + (i < larger ? 1 : 0));
  } else {
    if (!Array.isArray(list))
      throw new ValueError(`${op}: expected indices or a number of sections, got ${String(list)}`);
    for (const index of list) checkInteger(op, "an index", index);
    bounds.push(...list, length);
  }
  return bounds.slice(1).map((end, i) => slice(input, dim, bounds[i]!, end));
}

/** What the three named after a direction share: `sections` must divide the dimension evenly. */
function splitEvenly(op: string, input: Tensor, given: unknown, dim: number, least: number): Tensor[] {
  checkTensor(op, input);
  const [named] = positional(op, ["indicesOrSections"], [given]) as [Sections];
  if (input.ndim < least)
    throw new ShapeError(
      `${op}: requires a tensor with at least ${least} dimension${least > 1 ? "s" : ""}, got shape ${shapeText(input.shape)}`,
    );
  if (typeof named === "number" && named !== 0 && input.shape[dim]! % named !== 0)
    throw new ShapeError(
      `${op}: attempted to split dimension ${dim} of size ${input.shape[dim]} into ${named} equal parts`,
    );
  return splitAt(op, input, named, dim);
}

/** `tensorSplit` of columns (of a vector: of its elements) into equal parts. */
export function hsplit(input: Tensor, indicesOrSections: Sections | object): Tensor[] {
  return splitEvenly("hsplit", input, indicesOrSections, isTensor(input) && input.ndim === 1 ? 0 : 1, 1);
}
/** `tensorSplit` of rows into equal parts. */
export function vsplit(input: Tensor, indicesOrSections: Sections | object): Tensor[] {
  return splitEvenly("vsplit", input, indicesOrSections, 0, 2);
}
/** `tensorSplit` of the third dimension into equal parts. */
export function dsplit(input: Tensor, indicesOrSections: Sections | object): Tensor[] {
  return splitEvenly("dsplit", input, indicesOrSections, 2, 3);
}
