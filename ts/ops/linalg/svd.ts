// Singular values, and what follows from them: pseudo-inverses, ranks, least squares.
import { type FusedRecord, type OpRecord, record, recordAll, tracks } from "../../autograd/record.ts";
import { untaped } from "../../autograd/untaped.ts";
import { int64 } from "../../core/dtype.ts";
import { ShapeError, ValueError } from "../../core/errors.ts";
import { positional } from "../../core/options.ts";
import { namedResults } from "../../core/results.ts";
import { broadcastShapes, shapeText } from "../../core/shape.ts";
import { kernels } from "../../memory/wasm.ts";
import { cast } from "../../tensor/raw.ts";
import { addressOf, isTensor, type Tensor, written } from "../../tensor/tensor.ts";
import { unsqueeze } from "../dims.ts";
import { narrow } from "../slices.ts";
import { expand, reshape } from "../views.ts";
import { where } from "../where.ts";
import { eigh } from "./eigen.ts";
import {
  batchOf,
  checkFinite,
  checkFloat,
  checkMatrix,
  columnsOf,
  countOf,
  doubles,
  mT,
  rowsOf,
  times,
  working,
} from "./matrices.ts";
import { unit } from "./solve.ts";

interface Triple {
  U: Tensor;
  S: Tensor;
  Vh: Tensor;
}

/** The decomposition in float64, off the tape; the longer side's vectors completed with `full`. */
function decomposed(op: string, A: Tensor, full: boolean): Triple {
  checkMatrix(op, A);
  checkFinite(op, A);
  const m = rowsOf(A),
    n = columnsOf(A),
    wide = m < n;
  const long = Math.max(m, n),
    short = Math.min(m, n),
    batch = batchOf(A);
  // The kernel wants the columns of the tall matrix as rows, and room behind them to complete the set.
  const columns = wide ? A.detach() : mT(A.detach());
  const rows = full ? long : short;
  let w = working(columns);
  if (rows > short) {
    const room = doubles(...batch, rows, long);
    narrow(room, -2, 0, short).copy_(w);
    w = room;
  }
  const v = doubles(...batch, short, short),
    S = doubles(...batch, short);
  kernels.svd_f64(addressOf(w), addressOf(v), addressOf(S), long, short, rows, 0, countOf(A));
  for (const t of [w, v, S]) written(t);
  return wide ? { U: mT(v), S, Vh: w } : { U: mT(w), S, Vh: v };
}

interface Kept extends Triple {
  m: number;
  n: number;
}
const diagonalOf = (x: Tensor, s: Tensor): Tensor => x.mul(unsqueeze(s, -2));
/** E_ij = s_j^2 - s_i^2, with 1 on the diagonal. */
function gaps(s: Tensor): Tensor {
  const squares = s.square();
  return unsqueeze(squares, -2)
    .sub(unsqueeze(squares, -1))
    .add(unit(s, s.shape.at(-1)!));
}
const skew = (x: Tensor) => x.sub(mT(x));
const addAll = (parts: readonly (Tensor | null)[]): Tensor | null =>
  parts.filter(isTensor).reduce<Tensor | null>((a, b) => (a === null ? b : a.add(b)), null);

/**
 * Townsend, Differentiating the Singular Value Decomposition, 2016: with U and V cut to k columns,
 * U [(skew(U^T gU) / E) S + S (skew(V^T gV) / E) + diag(gS)] V^T, and what lies outside their spans.
 */
function throughDecomposition(
  gU: Tensor | null,
  gS: Tensor | null,
  gVh: Tensor | null,
  { U, S, Vh, m, n }: Kept,
): Tensor | null {
  const k = S.shape.at(-1)!;
  const u = narrow(U, -1, 0, k),
    vh = narrow(Vh, -2, 0, k),
    v = mT(vh);
  const gu = gU && narrow(gU, -1, 0, k),
    gv = gVh && mT(narrow(gVh, -2, 0, k));
  if (!gu && !gv) return gS && times(diagonalOf(u, gS), vh);
  const E = gaps(S);
  const inner = addAll([
    gu &&
      skew(times(mT(u), gu))
        .div(E)
        .mul(unsqueeze(S, -2)),
    gv && skew(times(vh, gv)).div(E).mul(unsqueeze(S, -1)),
    gS && diagonalOf(unit(S, k), gS),
  ])!;
  let out = times(times(u, inner), vh);
  if (gu && m > k) {
    const scaled = diagonalOf(gu, S.reciprocal());
    out = out.add(times(scaled.sub(times(u, times(mT(u), scaled))), vh));
  }
  if (gv && n > k) {
    const scaled = diagonalOf(gv, S.reciprocal());
    out = out.add(times(u, mT(scaled.sub(times(v, times(vh, scaled))))));
  }
  return out;
}
const SVD: FusedRecord<{ input: Tensor; kept: Triple; full: boolean }> = {
  name: "linalg.svd",
  node: "LinalgSvdBackward0",
  inputs: ["A"],
  backward: ([gU = null, gS = null, gVh = null], { input, kept }) => [
    throughDecomposition(gU, gS, gVh, { ...kept, m: rowsOf(input), n: columnsOf(input) }),
  ],
};

/** A = U diag(S) Vh for matrices [..., m, n]; S falls. With `fullMatrices: false`, U and Vh are cut to min(m, n). */
export function svd(A: Tensor, fullMatrices?: boolean | { fullMatrices?: boolean; driver?: string | null }) {
  const [full = true] = positional<[boolean?]>("linalg.svd", ["fullMatrices", "driver"], [fullMatrices]);
  const made = decomposed("linalg.svd", A, full);
  const U = cast(made.U, A.dtype),
    S = cast(made.S, A.dtype),
    Vh = cast(made.Vh, A.dtype);
  if (tracks(A)) recordAll(SVD, [A], [U, S, Vh], { input: A, kept: { U, S, Vh }, full });
  return namedResults({ U, S, Vh });
}

const SVDVALS: OpRecord<{ input: Tensor }> = {
  name: "linalg.svdvals",
  node: "LinalgSvdBackward0",
  vjp: (g, { input }) => {
    const { U, Vh } = svd(input, false);
    return times(diagonalOf(U, g), Vh);
  },
};
/** Singular values [..., min(m, n)] of matrices [..., m, n], falling. */
export function svdvals(A: Tensor, options?: { driver?: string | null }): Tensor {
  positional("linalg.svdvals", ["driver"], [options]);
  const S = cast(decomposed("linalg.svdvals", A, false).S, A.dtype);
  return tracks(A) ? record(SVDVALS, [A], S, { input: A }) : S;
}

export interface ToleranceOptions {
  /** Absolute and relative tolerance: values up to max(atol, rtol * largest) count as 0. */
  atol?: number | Tensor | null;
  /** Default max(m, n) times the dtype's epsilon, or 0 where only atol is given. */
  rtol?: number | Tensor | null;
  /** The matrices are symmetric; default false. */
  hermitian?: boolean;
  /** An older name of rtol. */
  rcond?: number | Tensor | null;
  tol?: number | Tensor | null;
}

const epsilonOf = (A: Tensor): number => (A.dtype.itemsize === 8 ? 2 ** -52 : 2 ** -23);

/** Below which value a singular value counts as 0. */
function threshold(A: Tensor, largest: Tensor, atol: unknown, rtol: unknown): Tensor {
  const absolute = (atol ?? 0) as number | Tensor;
  const usual = Math.max(rowsOf(A), columnsOf(A)) * epsilonOf(A);
  const zeroed = isTensor(atol)
    ? where(atol.gt(0), 0, usual)
    : typeof atol === "number" && atol > 0
      ? 0
      : usual;
  const relative = (rtol ?? zeroed) as number | Tensor;
  return largest.mul(relative).maximum(absolute as Tensor);
}

interface Inverse {
  input: Tensor;
  options: ToleranceOptions;
}
/** Golub and Pereyra, The Differentiation of Pseudo-Inverses, 1973. */
const PINV: OpRecord<Inverse> = {
  name: "linalg.pinv",
  node: "LinalgPinvBackward0",
  vjp: (g, { input: A, options }) => {
    const p = pinv(A, options),
      pT = mT(p),
      gT = mT(g);
    if (rowsOf(A) <= columnsOf(A)) {
      const K = times(gT, p),
        KpT = times(K, pT);
      return mT(times(p, K))
        .neg()
        .add(KpT)
        .sub(times(times(A, p), KpT))
        .add(times(times(pT, p), gT.sub(times(K, A))));
    }
    const K = times(p, gT),
      pTK = times(pT, K);
    return mT(times(K, p))
      .neg()
      .add(times(times(gT.sub(times(A, K)), p), pT))
      .add(pTK)
      .sub(times(times(pTK, p), A));
  },
};

/** Moore and Penrose's inverse [..., n, m] of matrices [..., m, n]; small singular values count as 0. */
export function pinv(A: Tensor, options?: ToleranceOptions | number): Tensor {
  checkMatrix("linalg.pinv", A);
  const [rcond, atol, rtol, hermitian = false] = positional(
    "linalg.pinv",
    ["rcond", "atol", "rtol", "hermitian"],
    [options],
  );
  const result = untaped(() => pseudoInverse(A, atol, rtol ?? rcond, hermitian));
  return tracks(A)
    ? record(PINV, [A], result, { input: A, options: { atol, rtol: rtol ?? rcond, hermitian } })
    : result;
}

function pseudoInverse(A: Tensor, atol: unknown, rtol: unknown, hermitian: boolean): Tensor {
  if (A.numel() === 0) return A.newZeros([...batchOf(A), columnsOf(A), rowsOf(A)]);
  const { U, S, Vh } = hermitian ? symmetric(A) : decomposed("linalg.pinv", A, false);
  const sizes = S.abs();
  const keep = sizes.gt(unsqueeze(threshold(A, sizes.amax(-1), atol, rtol).to(sizes.dtype), -1));
  const scaled = S.reciprocal().maskedFill(keep.logicalNot(), 0);
  return cast(times(diagonalOf(mT(Vh), scaled), mT(U)), A.dtype);
}

function symmetric(A: Tensor): Triple {
  const { eigenvalues, eigenvectors } = eigh(cast(A.detach(), doubles(0).dtype));
  return { U: eigenvectors, S: eigenvalues, Vh: mT(eigenvectors) };
}

/** How many singular values of each matrix are above the tolerance, as int64. */
export function matrixRank(
  A: Tensor,
  tol?: number | Tensor | null | ToleranceOptions,
  hermitian?: boolean,
): Tensor {
  checkMatrix("linalg.matrixRank", A);
  const [old, symmetrical = false, atol, rtol] = positional(
    "linalg.matrixRank",
    ["tol", "hermitian", "atol", "rtol"],
    [tol, hermitian],
  );
  if (A.numel() === 0) return A.newZeros(batchOf(A)).to(int64);
  return untaped(() => {
    const own = A.detach();
    const s = symmetrical ? eigh(own).eigenvalues.abs() : svdvals(own);
    // The older `tol` is absolute.
    return s.gt(unsqueeze(threshold(A, s.amax(-1), old ?? atol, old == null ? rtol : 0), -1)).sum(-1);
  });
}

interface Least {
  A: Tensor;
  B: Tensor;
  rcond: number;
}
const LSTSQ: FusedRecord<Least> = {
  name: "linalg.lstsq",
  node: "LinalgLstsqBackward0",
  inputs: ["A", "B"],
  backward: ([g], { A, B, rcond }, needs) => {
    if (g == null) return [null, null];
    const p = pinv(A, { rtol: rcond });
    return [
      needs[0]
        ? (PINV.vjp as (g: Tensor, s: Inverse) => Tensor)(times(g, mT(B)), {
            input: A,
            options: { rtol: rcond },
          })
        : null,
      needs[1] ? times(mT(p), g) : null,
    ];
  },
};
const DRIVERS = ["gels", "gelsy", "gelsd", "gelss"];

/**
 * X that minimises the norm of A X - B, the shortest one where there are several: `{ solution, residuals, rank,
 * singularValues }`. A is [..., m, n], B [..., m, k] or [..., m]. Every driver is served by the singular values; what
 * each gives besides the solution is as in PyTorch, empty where it gives nothing.
 */
export function lstsq(
  A: Tensor,
  B: Tensor,
  rcond?: number | null | { rcond?: number | null; driver?: string | null },
  options?: { driver?: string | null },
) {
  const op = "linalg.lstsq";
  checkMatrix(op, A);
  checkFloat(op, B);
  const [given, driver = "gelsy"] = positional<[number?, string?]>(op, ["rcond", "driver"], [rcond, options]);
  const kind = driver ?? "gelsy";
  if (!DRIVERS.includes(kind))
    throw new ValueError(`${op}: driver must be one of ${DRIVERS.join(", ")}, got ${driver}`);
  const vector = B.ndim === A.ndim - 1;
  const right = vector ? unsqueeze(B, -1) : B;
  if (right.ndim !== A.ndim || rowsOf(right) !== rowsOf(A))
    throw new ShapeError(
      `${op}: A of shape ${shapeText(A.shape)} and B of shape ${shapeText(B.shape)} do not fit`,
    );
  if (A.dtype !== B.dtype)
    throw new ValueError(`${op}: expected A and B of one dtype, got ${A.dtype} and ${B.dtype}`);
  const batch = broadcastShapes(op, batchOf(A), batchOf(right));
  const m = rowsOf(A),
    n = columnsOf(A);
  const cut = given ?? Math.max(m, n) * epsilonOf(A);
  const wideA = expand(A, [...batch, m, n]),
    wideB = expand(right, [...batch, m, columnsOf(right)]);
  const x = untaped(() => {
    const precise = cast(wideA.detach(), doubles(0).dtype);
    return cast(
      times(pseudoInverse(precise, null, cut, false), cast(wideB.detach(), precise.dtype)),
      A.dtype,
    );
  });
  if (tracks(wideA, wideB)) record(LSTSQ, [wideA, wideB], x, { A: wideA, B: wideB, rcond: cut });
  const none = () => A.newZeros([0]).detach();
  const rank = kind === "gels" ? none().to(int64) : matrixRank(wideA.detach(), { rtol: cut });
  const residuals =
    m > n && kind !== "gelsy" && isFull(rank, n)
      ? untaped(() => times(wideA, x).sub(wideB).square().sum(-2))
      : none();
  const values = kind === "gelsd" || kind === "gelss" ? svdvals(wideA.detach()) : none();
  return namedResults({
    solution: vector ? reshape(x, x.shape.slice(0, -1)) : x,
    residuals,
    rank,
    singularValues: values,
  });
}

const isFull = (rank: Tensor, n: number): boolean => !rank.ne(n).any().item();

/** The older form: A = U diag(S) V^T, reduced unless `some` is false. */
export function oldSvd(
  input: Tensor,
  some: boolean | object = true,
  computeUv?: boolean | object,
  options?: object,
) {
  const [reduced = true, vectors = true] = positional(
    "svd",
    ["some", "computeUv"],
    [some, computeUv, options],
  );
  if (!vectors) {
    const S = svdvals(input);
    return namedResults({
      U: input.newZeros([...batchOf(input), rowsOf(input), rowsOf(input)]),
      S,
      V: input.newZeros([...batchOf(input), columnsOf(input), columnsOf(input)]),
    });
  }
  const { U, S, Vh } = svd(input, !reduced);
  return namedResults({ U, S, V: mT(Vh) });
}
