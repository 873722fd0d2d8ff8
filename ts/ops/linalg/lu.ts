// LU with partial pivoting, and the systems solved with it.
import { type FusedRecord, record, recordAll, tracks } from "../../autograd/record.ts";
import { untaped } from "../../autograd/untaped.ts";
import { int32 } from "../../core/dtype.ts";
import { ShapeError, ValueError } from "../../core/errors.ts";
import { positional } from "../../core/options.ts";
import { namedResults } from "../../core/results.ts";
import { broadcastShapes, sameShape, shapeText } from "../../core/shape.ts";
import { kernels } from "../../memory/wasm.ts";
import { cast, packed, packedCopy } from "../../tensor/raw.ts";
import { addressOf, isTensor, type Tensor, written } from "../../tensor/tensor.ts";
import { checkTensor } from "../dispatch.ts";
import { cat } from "../join.ts";
import { narrow } from "../slices.ts";
import { tril, triu } from "../triangle.ts";
import { expand } from "../views.ts";
import {
  batchOf,
  checkInfo,
  checkMatrix,
  columnsOf,
  countOf,
  integers,
  mT,
  rowsOf,
  times,
  working,
} from "./matrices.ts";
import { solveTriangular } from "./triangular.ts";

export interface Factored {
  /** L below the diagonal, U above and on it. */
  LU: Tensor;
  /** The row, from 1 on, that each row was swapped with. */
  pivots: Tensor;
  info: Tensor;
}

/** The factors in float64, off the tape. */
export function factored(input: Tensor): Factored {
  const LU = working(input),
    m = rowsOf(LU),
    n = columnsOf(LU);
  const pivots = integers([...batchOf(LU), Math.min(m, n)]),
    info = integers(batchOf(LU));
  kernels.lu_f64(addressOf(LU), addressOf(pivots), addressOf(info), m, n, 0, countOf(LU));
  return { LU: written(LU), pivots: written(pivots), info: written(info) };
}

/** Rows as the pivots moved them, or `back` to where they were: a copy. */
function swapped(x: Tensor, pivots: Tensor, back: boolean): Tensor {
  const out = working(
    expand(x, [...broadcastShapes("lu", batchOf(x), pivots.shape.slice(0, -1)), ...x.shape.slice(-2)]),
  );
  const list = packed(expand(pivots, [...batchOf(out), pivots.shape.at(-1)!]));
  kernels.pivotRows_f64(
    addressOf(list),
    addressOf(out),
    rowsOf(out),
    list.shape.at(-1)!,
    columnsOf(out),
    back ? 1 : 0,
    0,
    countOf(out),
  );
  return cast(written(out), x.dtype);
}

const PERMUTE: FusedRecord<{ pivots: Tensor; back: boolean }> = {
  name: "luSolve",
  inputs: ["input"],
  fixed: ["pivots"],
  backward: ([g], { pivots, back }) => [g == null ? null : permuted(g, pivots, !back)],
};
/** `swapped`, with a gradient. */
function permuted(x: Tensor, pivots: Tensor, back: boolean): Tensor {
  const out = swapped(x, pivots, back);
  return tracks(x) ? record(PERMUTE, [x], out, { pivots, back }) : out;
}

interface Kept {
  LU: Tensor;
  pivots: Tensor;
}
/** The gradients of L (below its diagonal) and U as that of A; block by block where A is not square. */
function throughFactors(gL: Tensor | null, gU: Tensor | null, { LU, pivots }: Kept): Tensor {
  const m = rowsOf(LU),
    n = columnsOf(LU),
    k = Math.min(m, n);
  const top = narrow(LU, -2, 0, k),
    square = narrow(top, -1, 0, k);
  const L1 = mT(square),
    U1 = mT(square);
  const lower = tril(narrow(LU, -1, 0, k), -1),
    upper = triu(top);
  let below: Tensor | null = null,
    above: Tensor | null = null;
  const unitL = tril(square, -1);
  if (gL) {
    const g1 = tril(narrow(gL, -2, 0, k), -1);
    below = times(mT(unitL), g1).add(g1);
    if (m > n) above = times(mT(narrow(lower, -2, k, m - k)), narrow(gL, -2, k, m - k)).neg();
  }
  if (gU) {
    const own = times(triu(narrow(gU, -1, 0, k)), mT(triu(square)));
    above = above ? above.add(own) : own;
    if (n > m) {
      const right = times(narrow(gU, -1, k, n - k), mT(narrow(upper, -1, k, n - k))).neg();
      below = below ? below.add(right) : right;
    }
  }
  const fromL = (x: Tensor) => solveTriangular(L1, x, { upper: true, unitriangular: true });
  const overU = (x: Tensor) => solveTriangular(U1, x, { upper: false, left: false });
  const parts = [below && tril(below, -1), above && triu(above)].filter(isTensor);
  const inside = parts.length === 2 ? parts[0]!.add(parts[1]!) : parts[0]!;
  let out = overU(fromL(inside));
  if (m > n)
    out = cat([out, gL ? overU(narrow(gL, -2, k, m - k)) : out.newZeros([...batchOf(LU), m - k, k])], -2);
  if (n > m)
    out = cat([out, gU ? fromL(narrow(gU, -1, k, n - k)) : out.newZeros([...batchOf(LU), k, n - k])], -1);
  return permuted(out, pivots, true);
}

interface Input {
  input: Tensor;
}
/** The factors that the formulas use: on the tape, where second derivatives are asked for. */
function keptOf({ input }: Input): Kept {
  const { LU, pivots } = luFactorEx(input);
  return { LU, pivots };
}
const LU_FACTOR: FusedRecord<Input> = {
  name: "luFactor",
  node: "LinalgLuFactorExBackward0",
  inputs: ["A"],
  backward: ([g], saved) => {
    if (g == null) return [null];
    const k = Math.min(rowsOf(g), columnsOf(g));
    return [throughFactors(tril(narrow(g, -1, 0, k), -1), triu(narrow(g, -2, 0, k)), keptOf(saved))];
  },
};
const LU_PARTS: FusedRecord<Input> = {
  name: "lu",
  node: "LinalgLuBackward0",
  inputs: ["A"],
  backward: ([L, U], saved) => [L || U ? throughFactors(L ?? null, U ?? null, keptOf(saved)) : null],
};

export interface FactorOptions {
  /** Only true on the CPU. */
  pivot?: boolean;
  /** Throw where a pivot is zero instead of telling it in `info`; default false. */
  checkErrors?: boolean;
}
/** P A = L U of matrices [..., m, n] with partial pivoting: LU in one matrix, the pivots, and the first zero pivot or 0. */
export function luFactorEx(A: Tensor, options?: FactorOptions): Factored & Iterable<Tensor> {
  checkMatrix("linalg.luFactorEx", A);
  const [pivot = true, check = false] = positional("linalg.luFactorEx", ["pivot", "checkErrors"], [options]);
  if (!pivot) throw new ValueError("linalg.luFactorEx: LU without pivoting is not implemented on the CPU");
  const { LU, pivots, info } = factored(A);
  const out = cast(LU, A.dtype);
  if (check) checkInfo("linalg.luFactorEx", info, (i) => `U[${i},${i}] is zero`);
  if (tracks(A)) recordAll(LU_FACTOR, [A], [out, pivots, info], { input: A });
  return namedResults({ LU: out, pivots, info });
}

/** P A = L U: `{ LU, pivots }`. @throws ValueError where a pivot is zero. */
export function luFactor(A: Tensor, options?: { pivot?: boolean }) {
  const { LU, pivots } = luFactorEx(A, { ...options, checkErrors: true });
  return namedResults({ LU, pivots });
}

/** The permutation P [..., m, m] that pivots stand for: A = P L U. */
function permutation(like: Tensor, pivots: Tensor, m: number): Tensor {
  const eye = like.newZeros([m, m]).detach();
  const line = eye.asStrided([m], [m + 1]);
  line.fill_(1);
  return swapped(expand(eye, [...pivots.shape.slice(0, -1), m, m]), pivots, true);
}

/** P, L and U with A = P L U, A [..., m, n]. */
export function lu(A: Tensor, options?: { pivot?: boolean }) {
  checkMatrix("linalg.lu", A);
  const [pivot = true] = positional("linalg.lu", ["pivot"], [options]);
  if (!pivot) throw new ValueError("linalg.lu: LU without pivoting is not implemented on the CPU");
  const m = rowsOf(A),
    k = Math.min(m, columnsOf(A));
  const [P, L, U] = untaped((): [Tensor, Tensor, Tensor] => {
    const f = factored(A),
      LU = cast(f.LU, A.dtype);
    return [permutation(A, f.pivots, m), unitLower(LU, k), triu(narrow(LU, -2, 0, k))];
  });
  if (tracks(A)) recordAll(LU_PARTS, [A], [L, U], { input: A });
  return namedResults({ P, L, U });
}

/** The lower triangle of the first k columns with ones on its diagonal. */
function unitLower(LU: Tensor, k: number): Tensor {
  const L = tril(narrow(LU, -1, 0, k), -1);
  return L.add(tril(triu(L.newOnes(L.shape.slice(-2)).detach())));
}

/** P, L and U from what `luFactor` gives. */
export function luUnpack(
  LU: Tensor,
  pivots: Tensor,
  unpackData: boolean | { unpackData?: boolean; unpackPivots?: boolean } = true,
  unpackPivots: boolean | object = true,
) {
  checkMatrix("luUnpack", LU);
  checkPivots("luUnpack", LU, pivots);
  const [data = true, places = true] = positional(
    "luUnpack",
    ["unpackData", "unpackPivots"],
    [unpackData, unpackPivots === true ? undefined : unpackPivots],
  );
  const k = Math.min(rowsOf(LU), columnsOf(LU)),
    none = LU.newZeros([0]);
  return namedResults({
    P: places ? permutation(LU, pivots, rowsOf(LU)) : none,
    L: data ? unitLower(LU, k) : none,
    U: data ? triu(narrow(LU, -2, 0, k)) : none,
  });
}

function checkPivots(op: string, LU: Tensor, pivots: Tensor): void {
  checkTensor(op, pivots);
  if (pivots.dtype !== int32) throw new ValueError(`${op}: expected pivots of int32, got ${pivots.dtype}`);
  const k = Math.min(rowsOf(LU), columnsOf(LU));
  if (!sameShape(pivots.shape, [...batchOf(LU), k]))
    throw new ShapeError(
      `${op}: expected ${k} pivots for matrices of shape ${shapeText(LU.shape)}, got shape ${shapeText(pivots.shape)}`,
    );
  const bad = pivots.lt(1).any().item() || pivots.gt(rowsOf(LU)).any().item();
  if (bad) throw new ValueError(`${op}: pivots must lie within [1, ${rowsOf(LU)}]`);
}

/** Solves A X = B (X A = B with `left: false`, A^T in A's place with `adjoint`) from what `luFactor(A)` gives. */
export function luSolve(
  LU: Tensor,
  pivots: Tensor,
  B: Tensor,
  options?: { left?: boolean; adjoint?: boolean },
): Tensor {
  const op = "linalg.luSolve";
  checkMatrix(op, LU);
  checkMatrix(op, B);
  checkPivots(op, LU, pivots);
  const [left = true, adjoint = false] = positional(op, ["left", "adjoint"], [options]);
  if (!left) return mT(luSolve(LU, pivots, mT(B), { adjoint: !adjoint }));
  return adjoint
    ? permuted(
        solveTriangular(mT(LU), solveTriangular(mT(LU), B, { upper: false }), {
          upper: true,
          unitriangular: true,
        }),
        pivots,
        true,
      )
    : solveTriangular(
        LU,
        solveTriangular(LU, permuted(B, pivots, false), { upper: false, unitriangular: true }),
        {
          upper: true,
        },
      );
}

/** The older form of `luSolve`: the right side comes first. */
export function oldLuSolve(b: Tensor, LU: Tensor, pivots: Tensor): Tensor {
  return luSolve(LU, pivots, b);
}

/** X of A X = B by the factors in float64, off the tape; `B` already has the batch of the result. */
export function solved({ LU, pivots }: Factored, B: Tensor): Tensor {
  const x = packedCopy(swapped(cast(B, LU.dtype), pivots, false));
  const all = packed(expand(LU, [...batchOf(x), ...LU.shape.slice(-2)]));
  const n = rowsOf(x),
    k = columnsOf(x),
    count = countOf(x);
  const at = addressOf(all);
  kernels.solveTriangular_f64(at, addressOf(x), n, k, 0, 1, 0, count);
  kernels.solveTriangular_f64(at, addressOf(x), n, k, 1, 0, 0, count);
  return written(x);
}
