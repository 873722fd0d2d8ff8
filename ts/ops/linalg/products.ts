// Products: chains, powers and exponentials of matrices, cross and inner products of vectors.
import { type FusedRecord, type OpRecord, record, tracks } from "../../autograd/record.ts";
import { untaped } from "../../autograd/untaped.ts";
import { float64, int64 } from "../../core/dtype.ts";
import { DtypeError, ShapeError, ValueError } from "../../core/errors.ts";
import { positional } from "../../core/options.ts";
import { broadcastShapes, shapeText, wrapDim } from "../../core/shape.ts";
import { cast } from "../../tensor/raw.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { checkInteger, checkNumeric } from "../arguments.ts";
import { unsqueeze } from "../dims.ts";
import { checkTensor } from "../dispatch.ts";
import { cat } from "../join.ts";
import { into } from "../out.ts";
import { diagonal as diagonalOf, narrow } from "../slices.ts";
import { expand, reshape } from "../views.ts";
import { checkSquare, columnsOf, mT, rowsOf, times } from "./matrices.ts";
import { inv, unit } from "./solve.ts";

/** The product of two or more matrices in the order that costs least; the first and the last may be vectors. */
export function multiDot(tensors: readonly Tensor[], options?: { out?: Tensor }): Tensor {
  const op = "linalg.multiDot";
  const [out] = positional(op, ["out"], [options]);
  if (!Array.isArray(tensors) || tensors.length < 2)
    throw new ValueError(`${op}: expected at least 2 tensors`);
  const last = tensors.length - 1;
  const list = tensors.map((t: Tensor, i) => {
    checkTensor(op, t);
    if (t.ndim === 2) return t;
    if (t.ndim !== 1 || (i !== 0 && i !== last))
      throw new ShapeError(
        `${op}: tensor ${i} must be 2-d${i === 0 || i === last ? " or 1-d" : ""}, got ${shapeText(t.shape)}`,
      );
    return unsqueeze(t, i === 0 ? 0 : -1);
  });
  list.forEach((t, i) => {
    if (i > 0 && columnsOf(list[i - 1]!) !== rowsOf(t))
      throw new ShapeError(
        `${op}: tensors ${i - 1} and ${i} with shapes ${shapeText(tensors[i - 1]!.shape)} and ${shapeText(tensors[i]!.shape)} cannot be multiplied`,
      );
  });
  const product = times(...(bestSplit(list) as [Tensor, Tensor]));
  const shape = [
    ...(tensors[0]!.ndim === 2 ? [rowsOf(product)] : []),
    ...(tensors[last]!.ndim === 2 ? [columnsOf(product)] : []),
  ];
  return into(op, { out }, shape.length === 2 ? product : reshape(product, shape));
}

/** The two factors of the cheapest order (Cormen et al., Introduction to Algorithms, 15.2). */
function bestSplit(list: readonly Tensor[]): Tensor[] {
  const n = list.length,
    sizes = [rowsOf(list[0]!), ...list.map(columnsOf)];
  const cost = list.map(() => new Array<number>(n).fill(0)),
    split = list.map(() => new Array<number>(n).fill(0));
  for (let length = 2; length <= n; length++)
    for (let i = 0; i + length <= n; i++) {
      const j = i + length - 1;
      cost[i]![j] = Number.POSITIVE_INFINITY;
      for (let k = i; k < j; k++) {
        const c = cost[i]![k]! + cost[k + 1]![j]! + sizes[i]! * sizes[k + 1]! * sizes[j + 1]!;
        if (c >= cost[i]![j]!) continue;
        cost[i]![j] = c;
        split[i]![j] = k;
      }
    }
  const product = (i: number, j: number): Tensor =>
    i === j ? list[i]! : times(product(i, split[i]![j]!), product(split[i]![j]! + 1, j));
  const k = split[0]![n - 1]!;
  return [product(0, k), product(k + 1, n - 1)];
}

/** The n-th power of matrices [..., m, m]; negative ones of the inverse. */
export function matrixPower(A: Tensor, n: number | { n: number }, options?: { out?: Tensor }): Tensor {
  const op = "linalg.matrixPower";
  checkSquare(op, A);
  const [exponent, out] = positional<[number, Tensor?]>(op, ["n", "out"], [n, options]);
  checkInteger(op, "n", exponent);
  return into(op, { out }, power(exponent < 0 ? inv(A) : A, Math.abs(exponent)));
}

function power(A: Tensor, n: number): Tensor {
  if (n === 0) return A.maskedFill(A.newOnes([]).detach().ne(0), 0).add(unit(A, rowsOf(A)));
  if (n === 1) return A.clone();
  let square = A,
    result: Tensor | null = null;
  for (let left = n; ; square = times(square, square)) {
    if (left % 2 === 1) result = result === null ? square : times(result, square);
    left = Math.floor(left / 2);
    if (left === 0) return result!;
  }
}

const MATRIX_EXP: OpRecord<{ input: Tensor }> = {
  name: "matrixExp",
  node: "LinalgMatrixExpBackward0",
  // Higham, Functions of Matrices, 2008, theorem 3.6: the derivative stands in exp of a block matrix.
  vjp: (g, { input }) => {
    const A = mT(input),
      n = rowsOf(A);
    const block = cat([cat([A, g], -1), cat([A.newZeros(A.shape).detach(), A], -1)], -2);
    return narrow(narrow(matrixExp(block), -2, 0, n), -1, n, n);
  },
};
/** The exponential of matrices [..., n, n]. */
export function matrixExp(A: Tensor): Tensor {
  checkSquare("linalg.matrixExp", A);
  const result = untaped(() => cast(exponential(cast(A.detach(), float64)), A.dtype));
  return tracks(A) ? record(MATRIX_EXP, [A], result, { input: A }) : result;
}

/** Scaled to a norm of at most 1/2, where 18 terms of the series leave 2^-53, and squared as often. */
function exponential(A: Tensor): Tensor {
  if (A.numel() === 0) return A.clone();
  const size = A.abs().sum(-1).max().item() as number;
  const squarings = Number.isFinite(size) && size > 0.5 ? Math.ceil(Math.log2(size)) + 1 : 0;
  const small = A.mul(2 ** -squarings),
    one = unit(A, rowsOf(A));
  let sum = expand(one, A.shape);
  for (let k = 18; k > 0; k--) sum = times(small, sum).div(k).add(one);
  for (let k = 0; k < squarings; k++) sum = times(sum, sum);
  return sum;
}

interface Crossed {
  input: Tensor;
  other: Tensor;
  dim: number;
}
const CROSS: FusedRecord<Crossed> = {
  name: "linalg.cross",
  node: "LinalgCrossBackward0",
  inputs: ["input", "other"],
  backward: ([g], { input, other, dim }, needs) =>
    g == null
      ? [null, null]
      : [needs[0] ? crossed(other, g, dim) : null, needs[1] ? crossed(g, input, dim) : null],
};

function crossed(input: Tensor, other: Tensor, dim: number): Tensor {
  const result = untaped(() => {
    const a = (k: number) => narrow(input.detach(), dim, k, 1),
      b = (k: number) => narrow(other.detach(), dim, k, 1);
    const part = (i: number, j: number) =>
      a(i)
        .mul(b(j))
        .sub(a(j).mul(b(i)));
    return cat([part(1, 2), part(2, 0), part(0, 1)], dim);
  });
  return tracks(input, other) ? record(CROSS, [input, other], result, { input, other, dim }) : result;
}

/** The vector product along `dim`, which must have size 3 (default -1); the other dimensions broadcast. */
export function cross(input: Tensor, other: Tensor, options?: { dim?: number; out?: Tensor }): Tensor {
  const [dim = -1, out] = positional("linalg.cross", ["dim", "out"], [options]);
  return into("linalg.cross", { out }, crossAlong("linalg.cross", input, other, dim));
}

/** The older form: along the first dimension of size 3 where none is named. */
export function oldCross(
  input: Tensor,
  other: Tensor,
  dim?: number | null | { dim?: number | null; out?: Tensor },
  options?: { out?: Tensor },
): Tensor {
  checkTensor("cross", input);
  checkTensor("cross", other);
  const [over = null, out] = positional("cross", ["dim", "out"], [dim, options]);
  const first = over ?? broadcastShapes("cross", input.shape, other.shape).indexOf(3);
  if (over === null && first < 0)
    throw new ShapeError(`cross: no dimension of size 3 in input of shape ${shapeText(input.shape)}`);
  return into("cross", { out }, crossAlong("cross", input, other, first));
}

function crossAlong(op: string, input: Tensor, other: Tensor, dim: number): Tensor {
  checkTensor(op, input);
  checkTensor(op, other);
  if (input.ndim !== other.ndim)
    throw new ShapeError(
      `${op}: inputs must have the same number of dimensions, got ${input.ndim} and ${other.ndim}`,
    );
  if (input.dtype !== other.dtype)
    throw new DtypeError(`${op}: expected both of one dtype, got ${input.dtype} and ${other.dtype}`);
  const d = wrapDim(op, dim, input.ndim);
  if (input.shape[d] !== 3 || other.shape[d] !== 3)
    throw new ShapeError(
      `${op}: dimension ${dim} must have size 3 in both, got shapes ${shapeText(input.shape)} and ${shapeText(other.shape)}`,
    );
  return crossed(input, other, d);
}

/** Inner products of the vectors along `dim` (default -1); the other dimensions broadcast. */
export function vecdot(x: Tensor, y: Tensor, options?: { dim?: number; out?: Tensor }): Tensor {
  checkTensor("linalg.vecdot", x);
  checkTensor("linalg.vecdot", y);
  const [dim = -1, out] = positional("linalg.vecdot", ["dim", "out"], [options]);
  if (x.dtype !== y.dtype || !x.dtype.isFloatingPoint)
    throw new DtypeError(
      `linalg.vecdot: expected x and y of one floating point dtype, got ${x.dtype} and ${y.dtype}`,
    );
  return into("linalg.vecdot", { out }, x.ndim === 1 && y.ndim === 1 ? x.dot(y) : x.mul(y).sum(dim));
}

/** Powers 0 to N - 1 of each element: [..., n] becomes [..., n, N]; N is n by default. */
export function vander(x: Tensor, options?: { N?: number | null }): Tensor {
  checkNumeric("linalg.vander", x);
  const [N] = positional<[(number | null)?]>("linalg.vander", ["N"], [options]);
  const count = N ?? x.shape.at(-1) ?? 1;
  if (!Number.isInteger(count) || count < 2)
    throw new ValueError(`linalg.vander: N must be greater than 1, got ${count}`);
  const rows = x.ndim === 0 ? unsqueeze(x, 0) : x;
  const base = rows.dtype.isFloatingPoint ? rows : rows.to(int64);
  const powers = expand(unsqueeze(base, -1), [...base.shape, count - 1]).cumprod(-1);
  return cat([base.newOnes([...base.shape, 1]).detach(), powers], -1);
}

/** A view of the diagonals of matrices [..., m, n]. */
export function diagonal(A: Tensor, options?: { offset?: number; dim1?: number; dim2?: number }): Tensor {
  checkTensor("linalg.diagonal", A);
  const [offset = 0, dim1 = -2, dim2 = -1] = positional(
    "linalg.diagonal",
    ["offset", "dim1", "dim2"],
    [options],
  );
  return diagonalOf(A, offset, dim1, dim2);
}
