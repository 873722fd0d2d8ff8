// What the functions of linear algebra share: checks, copies in float64 for the kernels, and batches of matrices.
import { float32, float64, int32 } from "../../core/dtype.ts";
import { DtypeError, ShapeError, ValueError } from "../../core/errors.ts";
import { numelOf, type Shape, shapeText } from "../../core/shape.ts";
import { cast, packedCopy } from "../../tensor/raw.ts";
import { empty, type Tensor } from "../../tensor/tensor.ts";
import { checkTensor } from "../dispatch.ts";
import { matmul } from "../matmul.ts";
import { transpose } from "../views.ts";

/** The matrices transposed, as a view. */
export const mT = (x: Tensor): Tensor => transpose(x, -2, -1);
export const rowsOf = (x: Tensor): number => x.shape[x.ndim - 2]!;
export const columnsOf = (x: Tensor): number => x.shape[x.ndim - 1]!;
export const batchOf = (x: Tensor): number[] => x.shape.slice(0, -2);
export const times = matmul;

/** @throws DtypeError unless `x` is float32 or float64. */
export function checkFloat(op: string, x: Tensor): void {
  checkTensor(op, x);
  if (x.dtype !== float32 && x.dtype !== float64)
    throw new DtypeError(`${op}: expected a tensor of float32 or float64, got ${x.dtype}`);
}

/** @throws ShapeError unless `x` has two dimensions or more. */
export function checkMatrix(op: string, x: Tensor): void {
  checkFloat(op, x);
  if (x.ndim < 2)
    throw new ShapeError(
      `${op}: the input tensor must have at least 2 dimensions, it has shape ${shapeText(x.shape)}`,
    );
}

/** @throws ShapeError unless `x` holds square matrices. */
export function checkSquare(op: string, x: Tensor): void {
  checkMatrix(op, x);
  if (rowsOf(x) !== columnsOf(x))
    throw new ShapeError(`${op}: expected square matrices, got shape ${shapeText(x.shape)}`);
}

/** @throws ValueError where an element is NaN or infinite: no algorithm would converge. */
export function checkFinite(op: string, x: Tensor): void {
  if (!x.detach().isfinite().all().item())
    throw new ValueError(`${op}: failed to converge because the input contained non-finite values`);
}

/** A row-major copy in float64 that a kernel may write over. */
export function working(x: Tensor): Tensor {
  return x.dtype === float64 ? packedCopy(x) : cast(x, float64);
}
export const doubles = (...shape: number[]): Tensor => empty(shape, float64);
export const integers = (shape: Shape): Tensor => empty(shape, int32);

/** How many matrices there are. */
export const countOf = (x: Tensor): number => numelOf(batchOf(x));

/** @throws ValueError naming the first matrix whose `info` is not 0. */
export function checkInfo(op: string, info: Tensor, problem: (info: number) => string): void {
  if (!info.ne(0).any().item()) return;
  const list = [...(info.toTypedArray() as Int32Array)];
  const at = list.findIndex((i) => i !== 0);
  const which = info.ndim === 0 ? "" : `(batch element ${at}): `;
  throw new ValueError(`${op}: ${which}${problem(list[at]!)}`);
}
export const singular = (i: number): string =>
  `the solver failed because the input matrix is singular (the diagonal element ${i} of U is zero)`;
