// Subscripts: `x.at(...)` and `x.put_([...], value)`. The rules are those of PyTorch's python_variable_indexing.cpp.
import { viewOf } from "../autograd/inplace.ts";
import { type OpRecord, tracks } from "../autograd/record.ts";
import { bool, int64, uint8 } from "../core/dtype.ts";
import { IndexError, ShapeError, ValueError } from "../core/errors.ts";
import { isOptions } from "../core/options.ts";
import { broadcastShapes, sameShape, shapeText } from "../core/shape.ts";
import { isTensor, type Tensor } from "../tensor/tensor.ts";
import { type TensorData, tensor } from "./creation.ts";
import { unsqueeze } from "./dims.ts";
import { checkTensor, describe } from "./dispatch.ts";
import { copy_, fill_ } from "./fill.ts";
import { indexPut_, pickAt } from "./indexput.ts";
import { type PutOptions, putFlat_ } from "./indexslices.ts";
import { select, slice } from "./slices.ts";
import { reshape } from "./views.ts";
import { fillMasked } from "./where.ts";

type Nested<T> = readonly (T | Nested<T>)[];
/**
 * One part of a subscript: an index, a slice (`"1:3"`, `":"`, `"::2"`), `"..."`, null for a new dimension, true or false,
 * a mask, a tensor of indices, or a (nested) list of indices or booleans.
 */
export type IndexPart =
  | number
  | bigint
  | string
  | boolean
  | null
  | Tensor
  | Nested<number | bigint | boolean>;

interface Slice {
  start: number | null;
  stop: number | null;
  step: number;
}
const SLICE = /^\s*([+-]?\d+)?\s*:\s*([+-]?\d+)?\s*(?::\s*([+-]?\d+)?\s*)?$/;
const parsed = new Map<string, Slice>();

function toSlice(text: string): Slice {
  let found = parsed.get(text);
  if (found === undefined) {
    const match = SLICE.exec(text);
    if (match === null)
      throw new ValueError(`at: "${text}" is not a slice; write "start:stop:step" with integers, or "..."`);
    const [start = null, stop = null, step = 1] = match
      .slice(1)
      .map((x) => (x === undefined ? x : Number(x)));
    if (step === 0) throw new ValueError(`at: slice step cannot be zero, got "${text}"`);
    if (step < 0) throw new ValueError(`at: slice step must be greater than zero, got "${text}"`);
    found = { start, stop, step };
    // Loops that build their slices from numbers must not fill the memory.
    if (parsed.size >= 256) parsed.clear();
    parsed.set(text, found);
  }
  return found;
}

const isWhole = ({ start, stop, step }: Slice, size: number): boolean =>
  step === 1 && (start === null || start === 0 || start <= -size) && (stop === null || stop >= size);

function toIndex(part: unknown): Tensor {
  if (isTensor(part)) return part;
  if (!Array.isArray(part) && !ArrayBuffer.isView(part))
    throw new IndexError(
      `at: only integers, slices, "...", null, booleans, tensors and lists are indices, got ${describe(part)}`,
    );
  if (ArrayBuffer.isView(part)) return tensor(part);
  const flat = part.flat(Number.POSITIVE_INFINITY);
  const isMask = flat.length > 0 && flat.every((x) => typeof x === "boolean");
  if (!isMask)
    for (const x of flat)
      if (typeof x !== "bigint" && typeof x !== "boolean" && !Number.isInteger(x))
        throw new IndexError(`at: a list of indices must hold integers or booleans, got ${describe(x)}`);
  return tensor(part as TensorData, { dtype: isMask ? bool : int64 });
}

const isMask = (x: Tensor): boolean => x.dtype === bool || x.dtype === uint8;

/** A list that holds more than numbers is a list of parts, as in Python. */
function partsOf(parts: readonly unknown[]): readonly unknown[] {
  const [only] = parts;
  return parts.length === 1 &&
    Array.isArray(only) &&
    only.length < 32 &&
    only.some((x) => x === null || typeof x === "object" || typeof x === "string")
    ? only
    : parts;
}

/** The view that the plain parts give, and the index tensors that are left, per dimension of it. */
interface Subscript {
  view: Tensor;
  indices: (Tensor | null)[] | null;
}

const ALIAS: OpRecord<object> = { name: "alias", vjp: (g) => g };
const alias = (x: Tensor): Tensor => viewOf(ALIAS, x, x.shape, x.strides, x.offset, null);

/** `select`, with the caller's name in what it refuses. */
function pick(op: string, x: Tensor, dim: number, index: number): Tensor {
  const size = x.shape[dim];
  if (size !== undefined && (index < -size || index >= size))
    throw new IndexError(`${op}: index ${index} is out of bounds for dimension ${dim} with size ${size}`);
  return select(x, dim, index);
}

function subscript(op: string, input: Tensor, parts: readonly unknown[]): Subscript {
  if (parts.length === 1) {
    const [only] = parts;
    if (typeof only === "number" || typeof only === "bigint")
      return { view: pick(op, input, 0, Number(only)), indices: null };
    // A lone slice is taken even where it changes nothing.
    if (typeof only === "string" && only !== "...") {
      const { start, stop, step } = toSlice(only);
      return { view: slice(input, 0, start, stop, step), indices: null };
    }
    if (only === "...") return { view: alias(input), indices: null };
  }
  const list = partsOf(parts).map((part) =>
    part === null || typeof part !== "object" ? part : toIndex(part),
  );
  let specified = 0;
  for (const part of list)
    if (isTensor(part)) specified += isMask(part) ? part.ndim : 1;
    else if (
      typeof part === "number" ||
      typeof part === "bigint" ||
      (typeof part === "string" && part !== "...")
    )
      specified++;
  if (specified > input.ndim)
    throw new IndexError(
      `at: too many indices (${specified}) for a tensor of dimension ${input.ndim} (shape ${shapeText(input.shape)})`,
    );
  let view = input,
    dim = 0;
  const indices: (Tensor | null)[] = [];
  // Dimensions of the view that `indices` accounts for; a mask stands for several.
  let covered = 0;
  const choose = (index: Tensor) => {
    for (; covered < dim; covered++) indices.push(null);
    indices.push(index);
    dim += isMask(index) ? index.ndim : 1;
    covered = dim;
  };
  const flag = (value: boolean) => {
    view = unsqueeze(view, dim);
    choose(tensor(new BigInt64Array(value ? 1 : 0)));
  };
  for (const part of list) {
    if (typeof part === "number" || typeof part === "bigint") view = pick(op, view, dim, Number(part));
    else if (part === "...") dim += input.ndim - specified;
    else if (typeof part === "string") {
      const found = toSlice(part);
      if (!isWhole(found, view.shape[dim]!)) view = slice(view, dim, found.start, found.stop, found.step);
      dim++;
    } else if (part === null) view = unsqueeze(view, dim++);
    else if (typeof part === "boolean") flag(part);
    else if (!isTensor(part)) throw new IndexError(`at: ${describe(part)} is not an index`);
    else if (part.ndim > 0) choose(part);
    else if (isMask(part)) flag(Boolean(part.item()));
    else if (part.dtype.isInteger) view = pick(op, view, dim, part.item() as number);
    else choose(part);
  }
  return { view, indices: indices.length > 0 ? indices : null };
}

/**
 * What `x[...]` is in Python: `x.at(0)`, `x.at(":", 0)`, `x.at("1:5", "::2")`, `x.at(null, "...")`, `x.at(mask)`,
 * `x.at(rows, cols)`. Without masks, lists and index tensors a view.
 * @throws IndexError where an index is out of range or there are too many of them.
 */
export function at(input: Tensor, ...parts: IndexPart[]): Tensor {
  checkTensor("at", input);
  const { view, indices } = subscript("at", input, parts);
  if (indices !== null) return pickAt(view, indices);
  return view === input ? alias(input) : view;
}

export type PutValue = Tensor | number | bigint | boolean;

/**
 * In place. After a list of parts, `x[...] = value`: `x.put_([0], 7)`, `x.put_([":", 1], v)`, `x.put_([mask], 0)`; the value
 * broadcasts. After a tensor, the elements of `source` go to these places of the flattened tensor (with `accumulate`, are
 * added there).
 * @throws IndexError where an index is out of range, ShapeError where the value does not fit.
 */
export function put_(
  input: Tensor,
  index: readonly IndexPart[] | Tensor | PutOptions,
  source?: PutValue | PutOptions,
  accumulate?: boolean | PutOptions,
): Tensor {
  checkTensor("put_", input);
  if (isTensor(index) && !isTensor(source) && !isOptions(source))
    throw new ValueError(
      `put_: a value at an index or a mask is written with a list, x.put_([index], value); after a bare tensor come a tensor of values, got ${describe(source)}`,
    );
  if (isTensor(index) || isOptions(index)) return putFlat_(input, index, source as Tensor, accumulate);
  if (!Array.isArray(index))
    throw new ValueError(
      `put_: the index must be a list of parts, as in x.put_([0, "1:3"], value), or a tensor, got ${describe(index)}`,
    );
  if (
    !isTensor(source) &&
    typeof source !== "number" &&
    typeof source !== "bigint" &&
    typeof source !== "boolean"
  )
    throw new ValueError(`put_: can't assign ${describe(source)} to a tensor`);
  const { view, indices } = subscript("put_", input, index);
  const [mask] = indices ?? [];
  if (
    mask?.dtype === bool &&
    sameShape(mask.shape, view.shape) &&
    (typeof source === "number" || typeof source === "boolean") &&
    !tracks(view)
  ) {
    fillMasked(view, mask, source);
    return input;
  }
  const value =
    typeof source === "bigint" || (indices !== null && !isTensor(source))
      ? tensor(source as number, { dtype: input.dtype })
      : source;
  if (indices !== null) indexPut_(view, indices, value as Tensor);
  else if (isTensor(value)) {
    const fitted = withoutLeadingOnes(value, view.ndim);
    if (!sameShape(broadcastShapes("put_", view.shape, fitted.shape), view.shape))
      throw new ShapeError(
        `put_: a value of shape ${shapeText(value.shape)} does not fit ${shapeText(view.shape)}`,
      );
    copy_(view, fitted);
  } else fill_(view, value);
  return input;
}

/** Leading dimensions of size 1 do not count in an assignment. */
function withoutLeadingOnes(x: Tensor, ndim: number): Tensor {
  let extra = 0;
  while (x.ndim - extra > ndim && x.shape[extra] === 1) extra++;
  return extra === 0 ? x : reshape(x, x.shape.slice(extra));
}
