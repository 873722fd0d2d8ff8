// Views that add, drop, move, split or merge dimensions.
import { viewOf } from "../autograd/inplace.ts";
import type { OpRecord } from "../autograd/record.ts";
import { IndexError, ShapeError, ValueError } from "../core/errors.ts";
import { positional } from "../core/options.ts";
import { broadcastShapes, numelOf, type Shape, shapeText, wrapDim, wrapDims } from "../core/shape.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { listed, tensorList } from "./arguments.ts";
import { checkTensor } from "./dispatch.ts";
import { expand, permute, reshape, type Sizes, transpose, view } from "./views.ts";

type Dims = number | readonly number[];

const SQUEEZE: OpRecord<{ shape: Shape }> = { name: "squeeze", vjp: (g, { shape }) => reshape(g, shape) };
const SQUEEZE_DIM: OpRecord<{ shape: Shape }> = { ...SQUEEZE, node: "SqueezeBackward1" };
/** A view without the dimensions of size 1, or without those of the given ones that have size 1. */
export function squeeze(input: Tensor, dim?: Dims | { dim?: Dims }): Tensor {
  checkTensor("squeeze", input);
  const over = typeof dim === "number" ? dim : positional("squeeze", ["dim"], [dim])[0];
  const dims = Array.isArray(over) && over.length === 0 ? [] : wrapDims("squeeze", over, input.ndim);
  const shape: number[] = [],
    strides: number[] = [];
  for (let d = 0; d < input.ndim; d++) {
    if (input.shape[d] === 1 && dims.includes(d)) continue;
    shape.push(input.shape[d]!);
    strides.push(input.strides[d]!);
  }
  return viewOf(over === undefined ? SQUEEZE : SQUEEZE_DIM, input, shape, strides, input.offset, {
    shape: input.shape,
  });
}

const UNSQUEEZE: OpRecord<{ dim: number }> = { name: "unsqueeze", vjp: (g, { dim }) => squeeze(g, dim) };
/** A view with a dimension of size 1 put in at `dim`. */
export function unsqueeze(input: Tensor, dim: number | { dim: number }): Tensor {
  checkTensor("unsqueeze", input);
  const at = typeof dim === "number" ? dim : positional("unsqueeze", ["dim"], [dim])[0];
  const d = wrapDim("unsqueeze", at, input.ndim + 1);
  const shape = input.shape.slice(),
    strides = input.strides.slice();
  shape.splice(d, 0, 1);
  strides.splice(d, 0, d < input.ndim ? input.shape[d]! * input.strides[d]! : 1);
  return viewOf(UNSQUEEZE, input, shape, strides, input.offset, { dim: d });
}

/** A view with dimensions moved from `source` to `destination`; the others keep their order. */
export function movedim(
  input: Tensor,
  source: Dims | object,
  destination?: Dims | object,
  options?: object,
): Tensor {
  const [source_, destination_] = positional(
    "movedim",
    ["source", "destination"],
    [source, destination, options],
  );
  checkTensor("movedim", input);
  const from = moved(source_, input.ndim),
    to = moved(destination_, input.ndim);
  if (from.length !== to.length)
    throw new ShapeError(
      `movedim: source [${from.join(", ")}] and destination [${to.join(", ")}] must have the same number of dimensions`,
    );
  const rest = input.shape.map((_, d) => d).filter((d) => !from.includes(d));
  const order = input.shape.map((_, d) => (to.includes(d) ? from[to.indexOf(d)]! : rest.shift()!));
  return permute(input, order);
}
/** Another name of `movedim`. */
export function moveaxis(
  input: Tensor,
  source: Dims | object,
  destination?: Dims | object,
  options?: object,
): Tensor {
  return movedim(input, source, destination, options);
}

function moved(dims: Dims, ndim: number): number[] {
  const list = (Array.isArray(dims) ? dims : [dims]).map((d) => wrapDim("movedim", d, ndim));
  if (new Set(list).size !== list.length)
    throw new IndexError(`movedim: repeated dim in [${list.join(", ")}]`);
  return list;
}

/** Another name of `transpose`. */
export function swapaxes(
  input: Tensor,
  axis0: number | object,
  axis1?: number | object,
  options?: object,
): Tensor {
  const [a, b] = positional("swapaxes", ["axis0", "axis1"], [axis0, axis1, options]);
  return transpose(input, a, b);
}
/** Another name of `transpose`. */
export function swapdims(
  input: Tensor,
  dim0: number | object,
  dim1?: number | object,
  options?: object,
): Tensor {
  return transpose(input, dim0, dim1, options);
}
/** The transposed matrix or matrices, as a view. @throws ShapeError for fewer than two dimensions. */
export function adjoint(input: Tensor): Tensor {
  checkTensor("adjoint", input);
  if (input.ndim === 0) return input;
  if (input.ndim < 2)
    throw new ShapeError(
      `adjoint: only supported on matrices or batches of matrices, got a ${input.ndim}-d tensor`,
    );
  return transpose(input, -2, -1);
}

/** One dimension from `startDim` to `endDim` merged: a view where the strides allow it, else a copy. */
export function flatten(
  input: Tensor,
  startDim: number | object = 0,
  endDim?: number | object,
  options?: object,
): Tensor {
  checkTensor("flatten", input);
  const [first = 0, last = -1] =
    typeof startDim === "number" && endDim === undefined
      ? [startDim]
      : positional("flatten", ["startDim", "endDim"], [startDim, endDim, options]);
  const from = wrapDim("flatten", first, input.ndim),
    to = wrapDim("flatten", last, input.ndim);
  if (from > to) throw new ValueError(`flatten: startDim ${first} comes after endDim ${last}`);
  if (input.ndim === 0) return reshape(input, [1]);
  if (from === to) return input;
  const { shape } = input;
  return reshape(input, [
    ...shape.slice(0, from),
    numelOf(shape.slice(from, to + 1)),
    ...shape.slice(to + 1),
  ]);
}

/** A view with one dimension split into several; one size may be -1. */
export function unflatten(
  input: Tensor,
  dim: number | object,
  sizes?: Sizes | object,
  options?: object,
): Tensor {
  checkTensor("unflatten", input);
  const [at, into] = positional("unflatten", ["dim", "sizes"], [dim, sizes, options]);
  if (input.ndim === 0) throw new IndexError("unflatten: the tensor has no dimensions");
  const d = wrapDim("unflatten", at, input.ndim);
  if (!Array.isArray(into)) throw new ShapeError(`unflatten: sizes must be a list, got ${String(into)}`);
  const parts: number[] = [...into];
  const unknown = parts.indexOf(-1),
    own = input.shape[d] ?? 1;
  if (unknown >= 0) parts[unknown] = own / numelOf(parts.filter((_, i) => i !== unknown));
  if (parts.length === 0 || numelOf(parts) !== own)
    throw new ShapeError(
      `unflatten: sizes ${shapeText(into)} don't multiply up to the size of dimension ${d} (${own})`,
    );
  return view(input, [...input.shape.slice(0, d), ...parts, ...input.shape.slice(d + 1)]);
}

/** One dimension with all elements: a view where they lie in row-major order, else a copy. */
export function ravel(input: Tensor): Tensor {
  checkTensor("ravel", input);
  return view(input.contiguous(), [-1]);
}

/** A view with the shape of `other`. */
export function viewAs(input: Tensor, other: Tensor): Tensor {
  checkTensor("viewAs", other);
  return view(input, other.shape);
}
/** The elements with the shape of `other`: a view where the strides allow it, else a copy. */
export function reshapeAs(input: Tensor, other: Tensor): Tensor {
  checkTensor("reshapeAs", other);
  return reshape(input, other.shape);
}
/** A view repeated to the shape of `other`, without copying. */
export function expandAs(input: Tensor, other: Tensor): Tensor {
  checkTensor("expandAs", other);
  return expand(input, other.shape);
}
/** A view repeated to a shape, without copying. */
export function broadcastTo(input: Tensor, ...size: number[] | [Sizes] | [{ size: Sizes }]): Tensor {
  checkTensor("broadcastTo", input);
  return expand(input, listed("broadcastTo", "size", size));
}
/** Views of all tensors, repeated to their common shape. */
export function broadcastTensors(...tensors: Tensor[] | [readonly Tensor[]]): Tensor[] {
  const [list] = tensorList("broadcastTensors", tensors);
  const shape = broadcastShapes("broadcastTensors", ...list.map((t) => t.shape));
  return list.map((t) => expand(t, shape));
}
