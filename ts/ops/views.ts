import { viewOf } from "../autograd/inplace.ts";
import { type OpRecord, record, tracks } from "../autograd/record.ts";
import { untaped } from "../autograd/untaped.ts";
import { int64 } from "../core/dtype.ts";
import { IndexError, ShapeError } from "../core/errors.ts";
import { positional } from "../core/options.ts";
import {
  contiguousStrides,
  numelOf,
  type Shape,
  sameShape,
  shapeText,
  toShape,
  wrapDim,
} from "../core/shape.ts";
import { copyInto, packedCopy } from "../tensor/raw.ts";
import { empty, Tensor } from "../tensor/tensor.ts";
import { checkTensor } from "./dispatch.ts";

export type Sizes = readonly number[];

const VIEW: OpRecord<{ shape: Shape }> = { name: "view", vjp: (g, { shape }) => reshape(g, shape) };
const RESHAPE: typeof VIEW = { ...VIEW, name: "reshape", node: "ReshapeAliasBackward0" };
const UNSAFE_VIEW: OpRecord<{ shape: Shape }> = {
  name: "reshape",
  node: "UnsafeViewBackward0",
  vjp: VIEW.vjp,
};

/**
 * The same elements under another shape, sharing memory; one size may be -1.
 * @throws ShapeError when the number of elements differs or the strides do not allow it (`reshape` copies then).
 */
export function view(input: Tensor, ...sizes: number[] | [Sizes]): Tensor {
  checkTensor("view", input);
  const shape = inferShape("view", input, toShape("view", sizes, -1));
  const strides = viewStrides(input, shape);
  if (strides === null)
    throw new ShapeError(
      `view: shape ${shapeText(shape)} is not compatible with the input's shape ${shapeText(input.shape)} and strides ${shapeText(input.strides)} ` +
        "(at least one dimension spans across two contiguous subspaces); use reshape() instead",
    );
  return viewOf(VIEW, input, shape, strides, input.offset, { shape: input.shape });
}

/** The same elements under another shape: a view where the strides allow it, else a copy. One size may be -1. */
export function reshape(input: Tensor, ...sizes: number[] | [Sizes]): Tensor {
  checkTensor("reshape", input);
  const shape = inferShape("reshape", input, toShape("reshape", sizes, -1));
  const strides = viewStrides(input, shape);
  if (strides !== null) return viewOf(RESHAPE, input, shape, strides, input.offset, { shape: input.shape });
  const copy = clone(input);
  const out = new Tensor(copy.storage, copy.dtype, shape, contiguousStrides(shape));
  return tracks(input) ? record(UNSAFE_VIEW, [copy], out, { shape: input.shape }) : out;
}

function inferShape(op: string, input: Tensor, sizes: number[]): number[] {
  const unknown = sizes.indexOf(-1),
    n = input.numel();
  if (sizes.some((s) => s < -1) || unknown !== sizes.lastIndexOf(-1))
    throw new ShapeError(`${op}: only one size may be -1 and none below it, got ${shapeText(sizes)}`);
  if (unknown >= 0) {
    const rest = numelOf(sizes.filter((_, i) => i !== unknown));
    if (rest === 0 || n % rest !== 0)
      throw new ShapeError(
        `${op}: shape ${shapeText(sizes)} is invalid for input of size ${n}${rest === 0 ? " (the size for -1 is ambiguous)" : ""}`,
      );
    sizes[unknown] = n / rest;
  } else if (numelOf(sizes) !== n)
    throw new ShapeError(`${op}: shape ${shapeText(sizes)} is invalid for input of size ${n}`);
  return sizes;
}

/** Strides under which `shape` shows the same elements in the same order, or null where there are none. */
function viewStrides(input: Tensor, shape: Shape): number[] | null {
  if (input.contiguousLayout || input.numel() === 0) return contiguousStrides(shape);
  const strides = new Array<number>(shape.length);
  let d = shape.length - 1;
  // Walk runs of old dimensions that are contiguous with each other; each must be made of whole new dimensions.
  for (let last = input.ndim - 1; last >= 0; ) {
    let first = last,
      size = input.shape[last]!,
      step = input.strides[last]!;
    while (
      first > 0 &&
      (input.shape[first - 1] === 1 || size === 1 || input.strides[first - 1] === step * size)
    ) {
      first--;
      // The stride of a dimension of size 1 says nothing about the next one's.
      if (size === 1) step = input.strides[first]!;
      size *= input.shape[first]!;
    }
    let filled = 1;
    while (d >= 0 && (filled < size || shape[d] === 1)) {
      strides[d] = step * filled;
      filled *= shape[d]!;
      d--;
    }
    if (filled !== size) return null;
    last = first - 1;
  }
  for (; d >= 0; d--) strides[d] = 1;
  return strides;
}

const CLONE: OpRecord<object> = { name: "clone", vjp: (g) => g };
/** A copy with its own memory; gradients flow back to the original. */
export function clone(input: Tensor): Tensor {
  checkTensor("clone", input);
  const out = packedCopy(input);
  return tracks(input) ? record(CLONE, [input], out, null) : out;
}

/** The tensor itself where it is row-major, else a row-major copy. */
export function contiguous(input: Tensor): Tensor {
  return input.isContiguous() ? input : clone(input);
}

/** The same memory without history: the result does not require a gradient. */
export function detach(input: Tensor): Tensor {
  checkTensor("detach", input);
  return new Tensor(
    input.storage,
    input.dtype,
    input.shape,
    input.strides,
    input.offset,
    input.contiguousLayout,
  );
}

const EXPAND: OpRecord<object> = { name: "expand", vjp: (g) => g };
/** A view with dimensions of size 1 repeated to the given sizes, without copying; -1 keeps a size. @throws ShapeError where another size would be repeated. */
export function expand(input: Tensor, ...sizes: number[] | [Sizes]): Tensor {
  const shape = toShape("expand", sizes, -1),
    lead = shape.length - input.ndim;
  if (lead < 0)
    throw new ShapeError(
      `expand: the number of sizes (${shape.length}) must be at least the number of dimensions of the tensor (${input.ndim})`,
    );
  const strides = new Array<number>(shape.length);
  for (let d = shape.length - 1; d >= 0; d--) {
    const size = shape[d]!,
      own = d < lead ? 1 : input.shape[d - lead]!;
    if (size === -1 && d >= lead) shape[d] = own;
    else if ((size !== own && own !== 1) || size < 0)
      throw new ShapeError(
        `expand: the expanded size ${size} must match the existing size ${own} at dimension ${d}; target ${shapeText(shape)}, tensor ${shapeText(input.shape)}`,
      );
    strides[d] =
      shape[d] !== own || input.ndim === 0
        ? 0
        : d >= lead
          ? input.strides[d - lead]!
          : shape[d + 1]! * strides[d + 1]!;
  }
  return viewOf(EXPAND, input, shape, strides, input.offset, null);
}

const AS_STRIDED: OpRecord<Geometry> = {
  name: "asStrided",
  vjp: (g, s) => {
    let memory = g.newZeros([s.extent]);
    if (overlaps(s.size, s.stride)) memory = addedInto(memory, g, s.size, s.stride, s.offset);
    else memory = asStridedScatter(memory, g, s.size, s.stride, s.offset);
    // Elements that the input shows several times share what arrived, as in PyTorch.
    if (overlaps(s.shape, s.strides))
      memory = memory.div(
        addedInto(memory.newZeros([s.extent]), g.newOnes(s.shape), s.shape, s.strides, s.inputOffset),
      );
    return memory.asStrided(s.shape, s.strides, s.inputOffset);
  },
};

/** Whether two indices may show one element. */
function overlaps(size: Shape, stride: Shape): boolean {
  const order = size.map((_, d) => d).filter((d) => size[d]! > 1);
  order.sort((a, b) => stride[a]! - stride[b]!);
  let reach = 0;
  for (const d of order) {
    if (stride[d]! <= reach) return true;
    reach += (size[d]! - 1) * stride[d]!;
  }
  return false;
}

function addedInto(memory: Tensor, part: Tensor, size: Shape, stride: Shape, offset: number): Tensor {
  const positions = numbered(memory.numel()).asStrided(size, stride, offset);
  return memory.indexAdd(0, positions.reshape([-1]), part.reshape([-1]));
}

/** 0, 1, ... `count` - 1. */
function numbered(count: number): Tensor {
  return empty([count], int64).fill_(1).cumsum(0).sub(1);
}
interface Geometry {
  size: Shape;
  stride: Shape;
  offset: number;
  extent: number;
  shape: Shape;
  strides: Shape;
  inputOffset: number;
}

/** A view with any size, strides and offset (in elements of the memory). @throws ShapeError when it reaches beyond the memory. */
export function asStrided(
  input: Tensor,
  sizes: Sizes | object,
  strides?: Sizes | object,
  offset?: number | object,
  options?: object,
): Tensor {
  checkTensor("asStrided", input);
  const [size, stride, storageOffset = input.offset] = positional<[number[], number[], number?]>(
    "asStrided",
    ["size", "stride", "storageOffset"],
    [sizes, strides, offset, options],
  );
  for (const list of [size, stride])
    if (!Array.isArray(list) || !list.every(Number.isInteger))
      throw new ShapeError(`asStrided: size and stride must be lists of integers, got ${String(list)}`);
  const reach = size.includes(0)
    ? 0
    : 1 + storageOffset + size.reduce((sum, n, d) => sum + (n - 1) * stride[d]!, 0);
  const extent = input.storage.size / input.dtype.itemsize;
  if (
    size.length !== stride.length ||
    size.some((n) => n < 0) ||
    stride.some((s) => s < 0) ||
    !Number.isInteger(storageOffset) ||
    storageOffset < 0 ||
    reach > extent
  )
    throw new ShapeError(
      `asStrided: size ${shapeText(size)} with strides ${shapeText(stride)} at offset ${storageOffset} does not lie within ${extent} elements`,
    );
  return viewOf(AS_STRIDED, input, [...size], [...stride], storageOffset, {
    size,
    stride,
    offset: storageOffset,
    extent,
    shape: input.shape,
    strides: input.strides,
    inputOffset: input.offset,
  });
}

const AS_STRIDED_SCATTER: OpRecord<{ size: Shape; stride: Shape; offset: number }> = {
  name: "asStridedScatter",
  vjp: {
    input: (g, { size, stride, offset }) => asStridedScatter(g, g.newZeros(size), size, stride, offset),
    src: (g, { size, stride, offset }) => contiguous(g).asStrided(size, stride, offset),
  },
};
/** A copy of `input` in which the elements that `asStrided` would show are those of `src`. */
export function asStridedScatter(
  input: Tensor,
  src: Tensor,
  size: Sizes,
  stride: Sizes,
  storageOffset = 0,
): Tensor {
  checkTensor("asStridedScatter", input);
  checkTensor("asStridedScatter", src);
  const shape = toShape("asStridedScatter", [size]);
  if (!sameShape(src.shape, shape))
    throw new ShapeError(
      `asStridedScatter: src has shape ${shapeText(src.shape)}, the view has ${shapeText(shape)}`,
    );
  const out = packedCopy(input);
  copyInto(
    untaped(() => asStrided(out, size, stride, storageOffset)),
    src,
  );
  return tracks(input, src)
    ? record(AS_STRIDED_SCATTER, [input, src], out, { size, stride, offset: storageOffset })
    : out;
}

const PERMUTE: OpRecord<{ dims: number[] }> = {
  name: "permute",
  vjp: (g, { dims }) =>
    permute(
      g,
      dims.map((_, i) => dims.indexOf(i)),
    ),
};
/** A view with the dimensions in another order. @throws ShapeError or IndexError unless each is named once. */
export function permute(input: Tensor, ...dims: number[] | [Sizes]): Tensor {
  checkTensor("permute", input);
  const flat = (dims.length === 1 && Array.isArray(dims[0]) ? dims[0] : dims) as number[];
  const order = flat.map((d) => wrapDim("permute", d, input.ndim));
  if (order.length !== input.ndim)
    throw new ShapeError(`permute: ${order.length} dimensions given for a tensor of ${input.ndim}`);
  if (new Set(order).size !== order.length)
    throw new IndexError(`permute: repeated dimension in [${flat.join(", ")}]`);
  return viewOf(
    PERMUTE,
    input,
    order.map((d) => input.shape[d]!),
    order.map((d) => input.strides[d]!),
    input.offset,
    { dims: order },
  );
}

const TRANSPOSE: OpRecord<{ dim0: number; dim1: number }> = {
  name: "transpose",
  vjp: (g, { dim0, dim1 }) => transpose(g, dim0, dim1),
};
/** A view with two dimensions exchanged. */
export function transpose(
  input: Tensor,
  dim0: number | object,
  dim1?: number | object,
  options?: object,
): Tensor {
  checkTensor("transpose", input);
  const [from, to] = positional<number[]>("transpose", ["dim0", "dim1"], [dim0, dim1, options]);
  const a = wrapDim("transpose", from!, input.ndim),
    b = wrapDim("transpose", to!, input.ndim);
  return swapped(TRANSPOSE, input, a, b);
}

const T: OpRecord<{ dim0: number; dim1: number }> = { name: "t", node: "TBackward0", vjp: (g) => t(g) };
/** The transpose of a matrix, as a view; a vector or 0-d tensor stays. @throws ShapeError for more dimensions. */
export function t(input: Tensor): Tensor {
  checkTensor("t", input);
  if (input.ndim > 2)
    throw new ShapeError(
      `t: expects a tensor of at most 2 dimensions, this one has shape ${shapeText(input.shape)}`,
    );
  return input.ndim < 2
    ? viewOf(T, input, input.shape, input.strides, input.offset, { dim0: 0, dim1: 0 })
    : swapped(T, input, 0, 1);
}

function swapped(
  op: OpRecord<{ dim0: number; dim1: number }>,
  input: Tensor,
  dim0: number,
  dim1: number,
): Tensor {
  const shape = [...input.shape],
    strides = [...input.strides];
  if (input.ndim > 0) {
    [shape[dim0], shape[dim1]] = [shape[dim1]!, shape[dim0]!];
    [strides[dim0], strides[dim1]] = [strides[dim1]!, strides[dim0]!];
  }
  return viewOf(op, input, shape, strides, input.offset, { dim0, dim1 });
}
