import { type FusedRecord, recordAll, tracksAny } from "../autograd/record.ts";
import { type DType, promoteTypes } from "../core/dtype.ts";
import { ShapeError } from "../core/errors.ts";
import { isOptions, positional } from "../core/options.ts";
import { type Shape, sameShape, shapeText, wrapDim } from "../core/shape.ts";
import { closeScope, currentScope, openScope } from "../memory/scope.ts";
import { copyInto } from "../tensor/raw.ts";
import { empty, Tensor } from "../tensor/tensor.ts";
import { checkTensors } from "./arguments.ts";
import type { OutOptions } from "./binary.ts";
import { into } from "./out.ts";

export interface JoinOptions extends OutOptions {
  /** Default 0. */
  dim?: number;
}

interface Saved {
  dim: number;
  /** null: an empty vector, which joined without being a part. */
  sizes: readonly (number | null)[];
}
const CAT: FusedRecord<Saved> = {
  name: "cat",
  inputs: ["...tensors"],
  backward: ([g], { dim, sizes }, needs) => {
    let at = 0;
    return sizes.map((size, i) => {
      const from = at;
      at += size ?? 0;
      if (!needs[i] || !g) return null;
      return size === null ? g.newZeros([0]) : part(g, dim, from, size);
    });
  },
};
const STACK: FusedRecord<Saved> = {
  ...CAT,
  name: "stack",
  backward: ([g], { dim, sizes }, needs) => sizes.map((_, i) => (needs[i] && g ? g.select(dim, i) : null)),
};

const part = (g: Tensor, dim: number, start: number, length: number): Tensor => g.narrow(dim, start, length);

/** Copies the tensors one after another along `dim` of a new one. */
function joined(pieces: readonly Tensor[], shape: Shape, dim: number, dtype: DType): Tensor {
  // A result that is an array would be copied back after every piece; in a scope of its own it lies in the heap.
  const own = currentScope() === null && pieces.length > 2 ? openScope() : null;
  try {
    const out = empty(shape, dtype);
    let at = 0;
    for (const x of pieces) {
      copyInto(new Tensor(out.storage, dtype, x.shape, out.strides, at), x);
      at += x.shape[dim]! * out.strides[dim]!;
    }
    if (own !== null) out.storage.moveOut(null);
    return out;
  } finally {
    if (own !== null) closeScope(own);
  }
}

const common = (tensors: readonly Tensor[]): DType =>
  tensors.reduce((dtype, x) => promoteTypes(dtype, x.dtype), tensors[0]!.dtype);

/** Puts tensors one after another along a dimension they have. @throws ShapeError unless they agree in all the others. */
export function cat(tensors: readonly Tensor[], dim?: number | JoinOptions, options?: JoinOptions): Tensor {
  const [along = 0, out] =
    isOptions(dim) || options
      ? positional<[number?, Tensor?]>("cat", ["dim", "out"], [dim, options])
      : [dim as number | undefined];
  checkTensors("cat", tensors);
  if (tensors.length === 0) throw new ShapeError("cat: expected a non-empty list of tensors");
  // An empty vector joins anything: PyTorch keeps that from the time before shapes with zeros.
  const isVoid = (x: Tensor) => x.ndim === 1 && x.shape[0] === 0;
  const pieces = tensors.filter((x) => !isVoid(x));
  const first = pieces[0] ?? tensors[0]!,
    d = wrapDim("cat", along, first.ndim);
  if (first.ndim === 0)
    throw new ShapeError("cat: zero-dimensional tensors cannot be concatenated; use stack");
  pieces.forEach((x, i) => {
    if (x.ndim !== first.ndim || x.shape.some((size, k) => k !== d && size !== first.shape[k]))
      throw new ShapeError(
        `cat: sizes must match except in dimension ${d}, got ${shapeText(first.shape)} and ${shapeText(x.shape)} (tensor ${i})`,
      );
  });
  const total = pieces.reduce((n, x) => n + x.shape[d]!, 0);
  const result = joined(
    pieces,
    first.shape.map((size, k) => (k === d ? total : size)),
    d,
    common(tensors),
  );
  if (tracksAny(tensors))
    recordAll(CAT, tensors, [result], {
      dim: d,
      sizes: tensors.map((x) => (isVoid(x) ? null : x.shape[d]!)),
    });
  return into("cat", { out }, result);
}

/** Puts tensors of one shape next to each other along a new dimension. @throws ShapeError unless their shapes are equal. */
export function stack(tensors: readonly Tensor[], dim?: number | JoinOptions, options?: JoinOptions): Tensor {
  const [along = 0, out] =
    isOptions(dim) || options
      ? positional<[number?, Tensor?]>("stack", ["dim", "out"], [dim, options])
      : [dim as number | undefined];
  checkTensors("stack", tensors);
  const first = tensors[0];
  if (first === undefined) throw new ShapeError("stack: expected a non-empty list of tensors");
  const d = wrapDim("stack", along, first.ndim + 1);
  tensors.forEach((x, i) => {
    if (!sameShape(x.shape, first.shape))
      throw new ShapeError(
        `stack: expects each tensor to be equal in size, got ${shapeText(first.shape)} and ${shapeText(x.shape)} (tensor ${i})`,
      );
  });
  const widened = tensors.map(
    (x) =>
      new Tensor(
        x.storage,
        x.dtype,
        [...x.shape.slice(0, d), 1, ...x.shape.slice(d)],
        [...x.strides.slice(0, d), 1, ...x.strides.slice(d)],
        x.offset,
      ),
  );
  const shape = [...first.shape.slice(0, d), tensors.length, ...first.shape.slice(d)];
  const result = joined(widened, shape, d, common(tensors));
  if (tracksAny(tensors)) recordAll(STACK, tensors, [result], { dim: d, sizes: tensors.map(() => 1) });
  return into("stack", { out }, result);
}

/** Another name of `cat`. */
export function concat(
  tensors: readonly Tensor[],
  dim?: number | JoinOptions,
  options?: JoinOptions,
): Tensor {
  return cat(tensors, dim, options);
}
/** Another name of `cat`. */
export function concatenate(
  tensors: readonly Tensor[],
  dim?: number | JoinOptions,
  options?: JoinOptions,
): Tensor {
  return cat(tensors, dim, options);
}
