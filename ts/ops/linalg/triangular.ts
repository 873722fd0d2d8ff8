// Triangular systems and Cholesky's factors.
import { type FusedRecord, type OpRecord, record, recordAll, tracks } from "../../autograd/record.ts";
import { DtypeError, ShapeError, ValueError } from "../../core/errors.ts";
import { positional } from "../../core/options.ts";
import { namedResults } from "../../core/results.ts";
import { broadcastShapes, shapeText } from "../../core/shape.ts";
import { kernels } from "../../memory/wasm.ts";
import { cast } from "../../tensor/raw.ts";
import { addressOf, type Tensor, written } from "../../tensor/tensor.ts";
import { diagonal } from "../slices.ts";
import { tril, triu } from "../triangle.ts";
import { expand } from "../views.ts";
import {
  batchOf,
  checkInfo,
  checkMatrix,
  checkSquare,
  columnsOf,
  countOf,
  integers,
  mT,
  rowsOf,
  times,
  working,
} from "./matrices.ts";

export interface TriangularOptions {
  /** Whether A is upper triangular (else lower); what lies outside is not read. */
  upper?: boolean;
  /** false solves X A = B; default true, A X = B. */
  left?: boolean;
  /** The diagonal counts as ones; default false. */
  unitriangular?: boolean;
}
interface Solved {
  A: Tensor;
  X: Tensor;
  upper: boolean;
  unit: boolean;
}
const SOLVE_TRIANGULAR: FusedRecord<Solved> = {
  name: "linalg.solveTriangular",
  node: "LinalgSolveTriangularBackward0",
  inputs: ["A", "B"],
  backward: ([g], { A, X, upper, unit }, needs) => {
    if (g == null) return [null, null];
    const gB = solveTriangular(mT(A), g, { upper: !upper, unitriangular: unit });
    if (!needs[0]) return [null, gB];
    const gA = times(gB, mT(X)).neg(),
      skipped = unit ? 1 : 0;
    return [upper ? triu(gA, skipped) : tril(gA, -skipped), gB];
  },
};

/** @throws ShapeError unless A [..., n, n] and B [..., n, k] fit. */
function checkSystem(op: string, A: Tensor, B: Tensor): void {
  checkSquare(op, A);
  checkMatrix(op, B);
  if (A.dtype !== B.dtype)
    throw new DtypeError(`${op}: expected both of one dtype, got ${A.dtype} and ${B.dtype}`);
  if (rowsOf(A) !== rowsOf(B))
    throw new ShapeError(
      `${op}: matrices of shape ${shapeText(A.shape)} and right sides of shape ${shapeText(B.shape)} do not fit`,
    );
}

/** X of A X = B for triangular A [..., n, n] and B [..., n, k]; the leading dimensions broadcast. */
export function solveTriangular(
  A: Tensor,
  B: Tensor,
  options: TriangularOptions & { upper: boolean },
): Tensor {
  const op = "linalg.solveTriangular";
  const [upper, left = true, unit = false] = positional<[boolean?, boolean?, boolean?]>(
    op,
    ["upper", "left", "unitriangular"],
    [options],
  );
  if (typeof upper !== "boolean") throw new ValueError(`${op}: upper must be given`);
  if (!left) return mT(solveTriangular(mT(A), mT(B), { upper: !upper, unitriangular: unit }));
  checkSystem(op, A, B);
  const batch = broadcastShapes(op, batchOf(A), batchOf(B));
  const a = working(expand(A, [...batch, ...A.shape.slice(-2)])),
    x = working(expand(B, [...batch, ...B.shape.slice(-2)]));
  kernels.solveTriangular_f64(
    addressOf(a),
    addressOf(x),
    rowsOf(x),
    columnsOf(x),
    upper ? 1 : 0,
    unit ? 1 : 0,
    0,
    countOf(x),
  );
  const X = cast(written(x), B.dtype);
  return tracks(A, B) ? record(SOLVE_TRIANGULAR, [A, B], X, { A, X, upper, unit }) : X;
}

/** The solution of A X = b for triangular A, and A: `{ solution, clonedCoefficient }`. */
export function triangularSolve(
  b: Tensor,
  A: Tensor,
  upper: boolean | object = true,
  transpose?: boolean | object,
  unitriangular?: boolean | object,
  options?: object,
) {
  const [up = true, turned = false, unit = false] = positional(
    "triangularSolve",
    ["upper", "transpose", "unitriangular"],
    [upper, transpose, unitriangular, options],
  );
  const solution = turned
    ? solveTriangular(mT(A), b, { upper: !up, unitriangular: unit })
    : solveTriangular(A, b, { upper: up, unitriangular: unit });
  return namedResults({
    solution,
    clonedCoefficient: expand(A, [...batchOf(solution), ...A.shape.slice(-2)]).clone(),
  });
}

interface Root {
  result: Tensor;
  upper: boolean;
}
const CHOLESKY: FusedRecord<Root> = {
  name: "linalg.choleskyEx",
  node: "LinalgCholeskyExBackward0",
  inputs: ["input"],
  backward: ([g], { result, upper }) => {
    if (g == null) return [null];
    const L = upper ? mT(result) : result;
    const inside = tril(times(mT(L), upper ? mT(g) : g));
    const both = solveTriangular(mT(L), inside.add(mT(tril(inside, -1))), { upper: true });
    return [solveTriangular(L, both, { upper: false, left: false }).mul(0.5)];
  },
};

export interface CholeskyOptions {
  /** Give the upper factor U with A = U^T U; default false. */
  upper?: boolean;
  /** Throw where a matrix is not positive definite instead of telling it in `info`; default false. */
  checkErrors?: boolean;
}
/** L of A = L L^T for symmetric positive definite A [..., n, n], and `info`, which is not 0 where A is none. */
export function choleskyEx(A: Tensor, options?: CholeskyOptions) {
  const op = "linalg.choleskyEx";
  checkSquare(op, A);
  const [upper = false, check = false] = positional(op, ["upper", "checkErrors"], [options]);
  const a = working(upper ? mT(A) : A),
    info = integers(batchOf(a));
  kernels.cholesky_f64(addressOf(a), addressOf(info), rowsOf(a), 0, countOf(a));
  written(info);
  if (check)
    checkInfo(
      "linalg.cholesky",
      info,
      (i) => `the input is not positive-definite (leading minor of order ${i})`,
    );
  const lower = cast(written(a), A.dtype);
  const L = upper ? mT(lower).contiguous() : lower;
  if (tracks(A)) recordAll(CHOLESKY, [A], [L, info], { result: L, upper });
  return namedResults({ L, info });
}

/** L of A = L L^T (U of A = U^T U with `upper`). @throws ValueError where A is not positive definite. */
export function cholesky(A: Tensor, upper?: boolean | { upper?: boolean }): Tensor {
  const [up = false] = positional<[boolean?]>("linalg.cholesky", ["upper"], [upper]);
  return choleskyEx(A, { upper: up, checkErrors: true }).L;
}

interface Inverse {
  L: Tensor;
  result: Tensor;
  upper: boolean;
}
const CHOLESKY_INVERSE: OpRecord<Inverse> = {
  name: "choleskyInverse",
  vjp: (g, { L, result, upper }) => {
    const common = times(result, times(g.add(mT(g)), result)).neg();
    return upper ? times(L, common) : times(common, L);
  },
};
/** The inverse of A from its factor L (or U with `upper`). */
export function choleskyInverse(L: Tensor, upper?: boolean | { upper?: boolean }): Tensor {
  checkSquare("choleskyInverse", L);
  const [up = false] = positional<[boolean?]>("choleskyInverse", ["upper"], [upper]);
  const own = L.detach(),
    n = rowsOf(L);
  const eye = tril(triu(own.newOnes([n, n])));
  if (diagonal(own, 0, -2, -1).eq(0).any().item())
    throw new ValueError("choleskyInverse: a diagonal element is zero, so there is no inverse");
  const root = solveTriangular(up ? mT(own) : own, eye, { upper: false });
  const result = times(mT(root), root);
  return tracks(L) ? record(CHOLESKY_INVERSE, [L], result, { L, result, upper: up }) : result;
}

const CHOLESKY_SOLVE: FusedRecord<Inverse> = {
  name: "choleskySolve",
  inputs: ["B", "L"],
  backward: ([g], { L, result, upper }, needs) => {
    if (g == null) return [null, null];
    const gB = choleskySolve(g, L, upper);
    if (!needs[1]) return [gB, null];
    const outer = times(gB, mT(result)),
      common = outer.add(mT(outer)).neg();
    return [gB, upper ? times(L, common) : times(common, L)];
  },
};
/** X of A X = B from A's factor L (or U with `upper`). */
export function choleskySolve(B: Tensor, L: Tensor, upper?: boolean | { upper?: boolean }): Tensor {
  checkSystem("choleskySolve", L, B);
  const [up = false] = positional<[boolean?]>("choleskySolve", ["upper"], [upper]);
  const own = L.detach();
  const inner = solveTriangular(up ? mT(own) : own, B.detach(), { upper: false });
  const result = solveTriangular(up ? own : mT(own), inner, { upper: true });
  return tracks(B, L) ? record(CHOLESKY_SOLVE, [B, L], result, { L, result, upper: up }) : result;
}
