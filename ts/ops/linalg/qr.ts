// Householder's QR.

import { type FusedRecord, recordAll, tracks } from "../../autograd/record.ts";
import { untaped } from "../../autograd/untaped.ts";
import { AutogradError, ShapeError, ValueError } from "../../core/errors.ts";
import { positional } from "../../core/options.ts";
import { namedResults } from "../../core/results.ts";
import { sameShape, shapeText } from "../../core/shape.ts";
import { kernels } from "../../memory/wasm.ts";
import { cast } from "../../tensor/raw.ts";
import { addressOf, type Tensor, written } from "../../tensor/tensor.ts";
import { unsqueeze } from "../dims.ts";
import { checkTensor } from "../dispatch.ts";
import { cat } from "../join.ts";
import { narrow } from "../slices.ts";
import { tril, triu } from "../triangle.ts";
import { batchOf, checkMatrix, columnsOf, countOf, doubles, mT, rowsOf, times, working } from "./matrices.ts";
import { unit } from "./solve.ts";
import { solveTriangular } from "./triangular.ts";

/** The reflectors, transposed, in float64. */
function reflectors(A: Tensor): { a: Tensor; tau: Tensor } {
  const a = working(mT(A.detach())),
    tau = doubles(...batchOf(A), Math.min(rowsOf(A), columnsOf(A)));
  kernels.qr_f64(addressOf(a), addressOf(tau), rowsOf(A), columnsOf(A), 0, countOf(A));
  return { a: written(a), tau: written(tau) };
}

/** The first columns of Q as rows, in float64. */
function columnsOfQ(a: Tensor, tau: Tensor, columns: number): Tensor {
  const m = columnsOf(a),
    q = doubles(...batchOf(a), columns, m);
  kernels.reflect_f64(
    addressOf(a),
    addressOf(tau),
    addressOf(q),
    m,
    rowsOf(a),
    tau.shape.at(-1)!,
    columns,
    0,
    countOf(a),
  );
  return written(q);
}

type Mode = "reduced" | "complete" | "r";
interface Kept {
  Q: Tensor;
  R: Tensor;
  mode: Mode;
  m: number;
  n: number;
}
/**
 * Walter, Lehmann and Lamour, On Evaluating Higher-Order Derivatives of the QR Decomposition of Tall Matrices, 2012;
 * Roberts and Roberts, QR and LQ Decomposition Matrix Backpropagation Algorithms, 2020, for wide ones.
 */
function throughQR(gQ: Tensor | null, gR: Tensor | null, { Q, R, m, n }: Kept): Tensor {
  const overR = (r: Tensor, x: Tensor) => solveTriangular(mT(r), x, { upper: false, left: false });
  if (m >= n) {
    const M = gR ? times(R, mT(gR)).sub(gQ ? times(mT(gQ), Q) : 0) : times(mT(gQ!), Q).neg();
    const inner = times(Q, mirroredLower(M));
    return overR(R, gQ ? gQ.add(inner) : inner);
  }
  const k = m;
  const X = narrow(R, -1, 0, k);
  const gX = gR && narrow(gR, -1, 0, k),
    gY = gR && narrow(gR, -1, k, n - k);
  // A = [A1 A2], R = [X Y]: Y = Q^T A2 makes Q depend on A1 only, and its gradient gains A2 gY^T.
  const A2 = times(Q, narrow(R, -1, k, n - k));
  const gTotal = gY ? (gQ ? gQ.add(times(A2, mT(gY))) : times(A2, mT(gY))) : gQ;
  const left = throughQR(gTotal, gX, { Q, R: X, mode: "reduced", m, n: k });
  return cat([left, gY ? times(Q, gY) : left.newZeros([...batchOf(left), m, n - k])], -1);
}
/** The lower triangle mirrored above the diagonal. */
const mirroredLower = (x: Tensor) => tril(x).add(mT(tril(x, -1)));

const QR: FusedRecord<Kept> = {
  name: "linalg.qr",
  node: "LinalgQrBackward0",
  inputs: ["A"],
  backward: ([gQ = null, gR = null], kept) => {
    if (!gQ && !gR) return [null];
    if (kept.mode === "r")
      throw new AutogradError('linalg.qr: the derivative is not defined for mode "r", which gives no Q');
    if (kept.mode === "complete" && kept.m > kept.n)
      throw new AutogradError(
        'linalg.qr: the derivative is not defined for mode "complete" of tall matrices',
      );
    return [throughQR(gQ, gR, kept)];
  },
};

/** A = Q R of matrices [..., m, n]: Q [..., m, k] with orthonormal columns, R upper triangular; k = min(m, n), or m with mode "complete". Mode "r" gives R only. */
export function qr(A: Tensor, mode: Mode | { mode?: Mode } = "reduced") {
  checkMatrix("linalg.qr", A);
  const [kind = "reduced"] = positional<[Mode?]>("linalg.qr", ["mode"], [mode]);
  if (kind !== "reduced" && kind !== "complete" && kind !== "r")
    throw new ValueError(`linalg.qr: mode must be "reduced", "complete" or "r", got ${String(kind)}`);
  const m = rowsOf(A),
    n = columnsOf(A),
    k = kind === "complete" ? m : Math.min(m, n);
  const [Q, R] = untaped((): [Tensor, Tensor] => {
    const { a, tau } = reflectors(A);
    const q = kind === "r" ? A.newZeros([0]) : cast(mT(columnsOfQ(a, tau, k)), A.dtype);
    return [q, cast(triu(narrow(mT(a), -2, 0, k)), A.dtype)];
  });
  if (tracks(A)) recordAll(QR, [A], [Q, R], { Q, R, mode: kind, m, n });
  return namedResults({ Q, R });
}

/** The older form: `some: false` stands for mode "complete". */
export function oldQr(input: Tensor, some: boolean | { some?: boolean } = true) {
  const [reduced = true] = positional<[boolean?]>("qr", ["some"], [some]);
  return qr(input, reduced ? "reduced" : "complete");
}

/** Reflectors and their factors as LAPACK keeps them: `{ a, tau }`. */
export function geqrf(input: Tensor) {
  checkMatrix("geqrf", input);
  const { a, tau } = reflectors(input);
  return namedResults({ a: cast(mT(a), input.dtype), tau: cast(tau, input.dtype) });
}

/** The first n columns of the product of reflectors I - tau v v^T, whose vectors are the columns of A [..., m, n] below the diagonal (`orgqr`). */
export function householderProduct(A: Tensor, tau: Tensor): Tensor {
  const op = "linalg.householderProduct";
  checkMatrix(op, A);
  checkTensor(op, tau);
  const m = rowsOf(A),
    n = columnsOf(A),
    k = tau.shape.at(-1) ?? 0;
  if (
    m < n ||
    k > n ||
    tau.dtype !== A.dtype ||
    !sameShape(tau.shape.slice(0, -1), batchOf(A)) ||
    tau.ndim === 0
  )
    throw new ShapeError(
      `${op}: A of ${A.dtype} and shape ${shapeText(A.shape)} and tau of ${tau.dtype} and shape ${shapeText(tau.shape)} do not fit`,
    );
  let Q = narrow(unit(A, m), -1, 0, n).expand([...batchOf(A), m, n]);
  const vectors = tril(A, -1).add(narrow(unit(A, m), -1, 0, n));
  for (let j = k - 1; j >= 0; j--) {
    const v = narrow(vectors, -1, j, 1);
    Q = Q.sub(times(v, times(mT(v), Q)).mul(unsqueeze(narrow(tau, -1, j, 1), -1)));
  }
  return Q;
}
