// Systems of equations and inverses by LU.

import { type FusedRecord, recordAll, tracks } from "../../autograd/record.ts";
import { DtypeError, ShapeError, ValueError } from "../../core/errors.ts";
import { positional } from "../../core/options.ts";
import { namedResults } from "../../core/results.ts";
import { broadcastShapes, numelOf, sameShape, shapeText, wrapDim } from "../../core/shape.ts";
import { cast } from "../../tensor/raw.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { sizesOf } from "../arguments.ts";
import { movedim, unsqueeze } from "../dims.ts";
import { checkTensor } from "../dispatch.ts";
import { into } from "../out.ts";
import { tril, triu } from "../triangle.ts";
import { expand, reshape } from "../views.ts";
import { factored, solved } from "./lu.ts";
import { batchOf, checkFloat, checkInfo, checkSquare, mT, rowsOf, singular, times } from "./matrices.ts";

export interface SolveOptions {
  /** false solves X A = B; default true, A X = B. */
  left?: boolean;
  /** Throw where a matrix is singular instead of telling it in `info`; default false. */
  checkErrors?: boolean;
  out?: Tensor;
}

/** A right side is a batch of vectors where it has the shape of A without the last dimension. */
const isVector = (A: Tensor, B: Tensor): boolean =>
  B.ndim === 1 || (B.ndim === A.ndim - 1 && sameShape(B.shape, A.shape.slice(0, -1)));

interface System {
  A: Tensor;
  X: Tensor;
  left: boolean;
  vector: boolean;
}
const SOLVE: FusedRecord<System> = {
  name: "linalg.solveEx",
  node: "LinalgSolveExBackward0",
  inputs: ["A", "B"],
  backward: ([g], { A, X, left, vector }, needs) => {
    if (g == null) return [null, null];
    const gB = solve(mT(A), g, { left });
    if (!needs[0]) return [null, gB];
    const [a, b] = vector ? [unsqueeze(gB, -1), unsqueeze(X, -1)] : [gB, X];
    return [(left ? times(a, mT(b)) : times(mT(b), a)).neg(), gB];
  },
};

/** X of A X = B and `info`, the first zero pivot of each matrix or 0. A is [..., n, n], B [..., n, k] or [..., n]. */
export function solveEx(A: Tensor, B: Tensor, options?: SolveOptions) {
  const op = "linalg.solve";
  checkSquare(op, A);
  checkFloat(op, B);
  const [left = true, check = false] = positional(`${op}Ex`, ["left", "checkErrors"], [options]);
  if (A.dtype !== B.dtype)
    throw new DtypeError(`${op}: expected A and B of one dtype, got ${A.dtype} and ${B.dtype}`);
  const vector = isVector(A, B);
  if (B.ndim === 0) throw new ShapeError(`${op}: B must have at least 1 dimension`);
  if (vector && !left) throw new ValueError(`${op}: left: false needs a B of matrices, not of vectors`);
  const right = vector ? unsqueeze(B.detach(), -1) : left ? B.detach() : mT(B.detach());
  if (rowsOf(right) !== rowsOf(A))
    throw new ShapeError(
      `${op}: matrices of shape ${shapeText(A.shape)} and right sides of shape ${shapeText(B.shape)} do not fit`,
    );
  const batch = broadcastShapes(op, batchOf(A), batchOf(right));
  const parts = factored(left ? A.detach() : mT(A.detach()));
  if (check) checkInfo(op, parts.info, singular);
  const x = cast(solved(parts, expand(right, [...batch, ...right.shape.slice(-2)])), A.dtype);
  const result = vector ? reshape(x, x.shape.slice(0, -1)) : left ? x : mT(x).contiguous();
  if (tracks(A, B)) recordAll(SOLVE, [A, B], [result, parts.info], { A, X: result, left, vector });
  return namedResults({ result, info: parts.info });
}

/** X of A X = B. @throws ValueError where a matrix is singular. */
export function solve(A: Tensor, B: Tensor, options?: { left?: boolean; out?: Tensor }): Tensor {
  const [left, out] = positional("linalg.solve", ["left", "out"], [options]);
  return into("linalg.solve", { out }, solveEx(A, B, { left: left ?? true, checkErrors: true }).result);
}

const INVERSE: FusedRecord<{ inverse: Tensor }> = {
  name: "linalg.invEx",
  node: "LinalgInvExBackward0",
  inputs: ["A"],
  backward: ([g], { inverse }) => [g == null ? null : times(mT(inverse), times(g, mT(inverse))).neg()],
};

/** The unit matrix in the dtype of `like`. */
export function unit(like: Tensor, n: number): Tensor {
  return tril(triu(like.newOnes([n, n]).detach()));
}

/** Inverses of matrices [..., n, n] and `info`, the first zero pivot of each or 0. */
export function invEx(A: Tensor, options?: { checkErrors?: boolean }) {
  checkSquare("linalg.inv", A);
  const [check = false] = positional("linalg.invEx", ["checkErrors"], [options]);
  const parts = factored(A.detach());
  if (check) checkInfo("linalg.inv", parts.info, singular);
  const inverse = cast(solved(parts, expand(unit(A, rowsOf(A)), A.shape)), A.dtype);
  if (tracks(A)) recordAll(INVERSE, [A], [inverse, parts.info], { inverse });
  return namedResults({ inverse, info: parts.info });
}

/** Inverses of matrices [..., n, n]. @throws ValueError where one is singular. */
export function inv(A: Tensor, options?: { out?: Tensor }): Tensor {
  const [out] = positional("linalg.inv", ["out"], [options]);
  return into("linalg.inv", { out }, invEx(A, { checkErrors: true }).inverse);
}

/** X with tensordot(A, X, X.ndim) = B; `dims` of A are moved to its end before. */
export function tensorsolve(
  A: Tensor,
  B: Tensor,
  dims?: readonly number[] | null | { dims?: readonly number[] | null },
) {
  checkFloat("linalg.tensorsolve", A);
  checkTensor("linalg.tensorsolve", B);
  const [over] = positional<[(readonly number[] | null)?]>("linalg.tensorsolve", ["dims"], [dims]);
  const from =
    over && sizesOf("linalg.tensorsolve", "dims", over).map((d) => wrapDim("linalg.tensorsolve", d, A.ndim));
  const a = from
    ? movedim(
        A,
        from,
        from.map((_, i) => A.ndim - from.length + i),
      )
    : A;
  const shape = a.shape.slice(B.ndim),
    n = numelOf(shape);
  if (n !== numelOf(a.shape.slice(0, B.ndim)) || n !== B.numel())
    throw new ShapeError(
      `linalg.tensorsolve: A of shape ${shapeText(a.shape)} is not square over B's dimensions ${shapeText(B.shape)}`,
    );
  return reshape(solve(reshape(a, [n, n]), reshape(B, [n])), shape);
}

/** The inverse for tensordot with `ind` dimensions: A is square over its first `ind` and the other dimensions. */
export function tensorinv(A: Tensor, ind: number | { ind?: number } = 2): Tensor {
  checkFloat("linalg.tensorinv", A);
  const [first = 2] = positional<[number?]>("linalg.tensorinv", ["ind"], [ind]);
  if (!Number.isInteger(first) || first < 1)
    throw new ValueError(`linalg.tensorinv: ind must be an integer above 0, got ${first}`);
  const rows = A.shape.slice(0, first),
    columns = A.shape.slice(first),
    n = numelOf(rows);
  if (n !== numelOf(columns))
    throw new ShapeError(
      `linalg.tensorinv: shape ${shapeText(A.shape)} is not square split at dimension ${first}`,
    );
  return reshape(inv(reshape(A, [n, n])), [...columns, ...rows]);
}
