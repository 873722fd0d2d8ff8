// Norms of vectors and matrices.
import type { OpRecord } from "../../autograd/record.ts";
import { type DTypeLike, toDType } from "../../core/dtype.ts";
import { DtypeError, ShapeError, ValueError } from "../../core/errors.ts";
import { positional } from "../../core/options.ts";
import { type Shape, shapeText, wrapDim, wrapDims } from "../../core/shape.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { movedim } from "../dims.ts";
import { checkTensor } from "../dispatch.ts";
import { into } from "../out.ts";
import { NORM, type Norm, normAlong } from "../reducespread.ts";
import { reshape } from "../views.ts";
import { batchOf, checkMatrix, checkSquare } from "./matrices.ts";
import { invEx } from "./solve.ts";
import { svdvals } from "./svd.ts";

type Order = number | "fro" | "nuc" | null;
type Dims = number | readonly number[] | null;
export interface NormOptions {
  ord?: Order;
  dim?: Dims;
  /** Keep the reduced dimensions with size 1; default false. */
  keepdim?: boolean;
  /** The dtype to compute in and of the result. */
  dtype?: DTypeLike | null;
  out?: Tensor;
}

const VECTOR_NORM: OpRecord<Norm> = { ...NORM, name: "linalg.vectorNorm", node: "LinalgVectorNormBackward0" };

function floating(op: string, x: Tensor, dtype: DTypeLike | null | undefined): Tensor {
  checkTensor(op, x);
  const source = dtype ? x.to(toDType(dtype)) : x;
  if (!source.dtype.isFloatingPoint)
    throw new DtypeError(`${op}: expected a floating point tensor as input, got ${source.dtype}`);
  return source;
}

/** The `ord`-norm of all elements, or along dimensions. @throws IndexError for the extreme of nothing. */
export function vectorNorm(
  x: Tensor,
  ord?: number | NormOptions,
  dim?: Dims | NormOptions,
  keepdim?: boolean | NormOptions,
  options?: NormOptions,
): Tensor {
  const op = "linalg.vectorNorm";
  const [p = 2, over, keep = false, dtype, out] = positional(
    op,
    ["ord", "dim", "keepdim", "dtype", "out"],
    [ord, dim, keepdim, options],
  );
  const order = p ?? 2;
  if (typeof order !== "number") throw new ValueError(`${op}: ord must be a number, got ${String(order)}`);
  const source = floating(op, x, dtype);
  return into(op, { out }, normAlong(VECTOR_NORM, source, order, wrapDims(op, over, source.ndim), keep));
}

/** A norm of matrices: "fro", "nuc", 2, -2 (singular values), 1, -1 (sums of columns), Infinity, -Infinity (of rows). */
export function matrixNorm(
  A: Tensor,
  ord?: Order | NormOptions,
  dim?: readonly number[] | NormOptions,
  keepdim?: boolean | NormOptions,
  options?: NormOptions,
): Tensor {
  const op = "linalg.matrixNorm";
  const [order = "fro", over = [-2, -1], keep = false, dtype, out] = positional(
    op,
    ["ord", "dim", "keepdim", "dtype", "out"],
    [ord, dim, keepdim, options],
  );
  const source = floating(op, A, dtype);
  if (source.ndim < 2)
    throw new ShapeError(`${op}: expected at least 2 dimensions, got shape ${shapeText(source.shape)}`);
  if (!Array.isArray(over) || over.length !== 2)
    throw new ValueError(`${op}: dim must be a pair of dimensions, got ${String(over)}`);
  return into(op, { out }, ofMatrices(op, source, order ?? "fro", over as [number, number], keep));
}

function ofMatrices(
  op: string,
  A: Tensor,
  ord: Order,
  dim: readonly [number, number],
  keep: boolean,
): Tensor {
  const rows = wrapDim(op, dim[0], A.ndim),
    columns = wrapDim(op, dim[1], A.ndim);
  wrapDims(op, dim, A.ndim);
  if (ord === "fro") return normAlong(VECTOR_NORM, A, 2, wrapDims(op, dim, A.ndim), keep);
  const size = Math.abs(ord as number);
  if (ord === "nuc" || size === 2) {
    checkMatrix(op, A);
    const s = svdvals(movedim(A, [rows, columns], [-2, -1]));
    const out = ord === "nuc" ? s.sum(-1) : ord === 2 ? s.amax(-1) : s.amin(-1);
    return keep ? reshape(out, kept(A.shape, rows, columns)) : out;
  }
  if (typeof ord !== "number" || (size !== 1 && size !== Number.POSITIVE_INFINITY))
    throw new ValueError(`${op}: order ${String(ord)} is not supported for matrices`);
  const [inner, outer] = size === 1 ? [rows, columns] : [columns, rows];
  const sums = normAlong(VECTOR_NORM, A, 1, [inner], true);
  const out = ord > 0 ? sums.amax(outer, true) : sums.amin(outer, true);
  return keep
    ? out
    : reshape(
        out,
        A.shape.filter((_, d) => d !== rows && d !== columns),
      );
}
const kept = (shape: Shape, a: number, b: number) => shape.map((n, d) => (d === a || d === b ? 1 : n));

/** The norm of a vector or a matrix, or of those along one or two dimensions; without `ord` the root of all squares. */
export function norm(
  A: Tensor,
  ord?: Order | NormOptions,
  dim?: Dims | NormOptions,
  keepdim?: boolean | NormOptions,
  options?: NormOptions,
): Tensor {
  const op = "linalg.norm";
  const [order = null, over = null, keep = false, out, dtype] = positional<
    [Order?, Dims?, boolean?, Tensor?, DTypeLike?]
  >(op, ["ord", "dim", "keepdim", "out", "dtype"], [ord, dim, keepdim, options]);
  const source = floating(op, A, dtype);
  const dims = wrapDims(op, over, source.ndim);
  if (over === null && order !== null && source.ndim !== 1 && source.ndim !== 2)
    throw new ShapeError(
      `${op}: if dim is not specified but ord is, the input must be 1-d or 2-d, got shape ${shapeText(source.shape)}`,
    );
  const pair = over === null ? dims : Array.isArray(over) ? over : [over];
  if (order !== null && pair.length > 2)
    throw new ValueError(`${op}: dim must be one dimension or two, got ${shapeText(pair)}`);
  let result: Tensor;
  if (order !== null && (pair.length === 2 || typeof order === "string")) {
    if (pair.length !== 2) throw new ValueError(`${op}: order ${order} is for matrices, got one dimension`);
    result = ofMatrices(op, source, order, pair as [number, number], keep);
  } else result = normAlong(VECTOR_NORM, source, (order as number | null) ?? 2, dims, keep);
  return into(op, { out }, result);
}

/** The condition number in a norm: the largest singular value over the least by default; Infinity for singular matrices. */
export function cond(A: Tensor, p?: Order | { p?: Order }): Tensor {
  const op = "linalg.cond";
  checkMatrix(op, A);
  const [order = null] = positional<[Order?]>(op, ["p"], [p]);
  if (order === null || order === 2 || order === -2) {
    if (A.numel() === 0) return A.newZeros(batchOf(A));
    const s = svdvals(A);
    const largest = s.select(-1, 0),
      least = s.select(-1, -1);
    return order === -2 ? least.div(largest) : largest.div(least);
  }
  checkSquare(op, A);
  if (A.numel() === 0) return A.newZeros(batchOf(A));
  const { inverse, info } = invEx(A);
  const flawed = info.ne(0);
  const usable = inverse.maskedFill(flawed.reshape([...info.shape, 1, 1]), 0);
  const product = ofMatrices(op, A, order, [-2, -1], false).mul(
    ofMatrices(op, usable, order, [-2, -1], false),
  );
  return product.maskedFill(flawed, Number.POSITIVE_INFINITY);
}

export interface PNormOptions extends Omit<NormOptions, "ord"> {
  /** The order: a number, Infinity and -Infinity included, or "fro" (2); default "fro". */
  p?: Order;
}

/** The p-norm of all elements or of those along dimensions. @throws DtypeError for integers without a float `dtype`. */
export function pNorm(
  input: Tensor,
  p?: Order | PNormOptions,
  dim?: Dims | PNormOptions,
  keepdim?: boolean | PNormOptions,
  options?: PNormOptions,
): Tensor {
  checkTensor("norm", input);
  const [order = "fro", over = null, keep = false, out, given] = positional(
    "norm",
    ["p", "dim", "keepdim", "out", "dtype"],
    [p, dim, keepdim, options],
  );
  const source = given ? input.to(toDType(given)) : input;
  const dims = wrapDims("norm", over, source.ndim);
  if (order === "nuc") {
    if (dims.length !== 2) throw new ShapeError(`norm: p "nuc" needs two dimensions, got ${shapeText(dims)}`);
    return into("norm", { out }, ofMatrices("norm", source, "nuc", dims as [number, number], keep));
  }
  const exponent: unknown = order === null || order === "fro" ? 2 : order;
  if (typeof exponent !== "number")
    throw new ValueError(`norm: p must be a number, "fro" or "nuc", got ${String(order)}`);
  return into("norm", { out }, normAlong(NORM, source, exponent, dims, keep));
}
