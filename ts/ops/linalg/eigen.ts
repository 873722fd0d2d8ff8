// Eigenvalues: of symmetric matrices, and of others that have real ones.
import { type FusedRecord, type OpRecord, record, recordAll, tracks } from "../../autograd/record.ts";
import { ValueError } from "../../core/errors.ts";
import { positional } from "../../core/options.ts";
import { namedResults } from "../../core/results.ts";
import { kernels } from "../../memory/wasm.ts";
import { cast } from "../../tensor/raw.ts";
import { addressOf, type Tensor, written } from "../../tensor/tensor.ts";
import { unsqueeze } from "../dims.ts";
import { tril, triu } from "../triangle.ts";
import {
  batchOf,
  checkFinite,
  checkInfo,
  checkSquare,
  countOf,
  doubles,
  integers,
  mT,
  rowsOf,
  times,
  working,
} from "./matrices.ts";
import { solve, unit } from "./solve.ts";

type Triangle = "L" | "U";

function decomposed(op: string, A: Tensor, triangle: Triangle): [values: Tensor, vectors: Tensor] {
  checkSquare(op, A);
  if (triangle !== "L" && triangle !== "U")
    throw new ValueError(`${op}: UPLO must be "L" or "U", got ${String(triangle)}`);
  checkFinite(op, A);
  const own = A.detach();
  const lower = triangle === "L" ? tril(own) : mT(triu(own));
  const a = working(lower.add(mT(tril(lower, -1)))),
    n = rowsOf(A);
  const v = doubles(...batchOf(A), n, n),
    s = doubles(...batchOf(A), n);
  kernels.eigh_f64(addressOf(a), addressOf(v), addressOf(s), n, 0, countOf(A));
  written(v);
  return [cast(written(s), A.dtype), cast(mT(v), A.dtype)];
}

interface Pair {
  values: Tensor;
  vectors: Tensor;
}
const EIGH: FusedRecord<Pair> = {
  name: "linalg.eigh",
  node: "LinalgEighBackward0",
  inputs: ["A"],
  backward: ([gL, gV], { values, vectors }) => {
    let inner: Tensor | null = gL ? unsqueeze(gL, -2).mul(unit(gL, gL.shape.at(-1)!)) : null;
    if (gV) {
      const n = values.shape.at(-1)!;
      const distances = unsqueeze(values, -2).sub(unsqueeze(values, -1)).add(unit(values, n));
      // The vectors stay orthonormal: only the skew part turns them.
      const turned = times(mT(vectors), gV);
      const off = turned.sub(mT(turned)).div(distances.mul(2)).mul(unit(values, n).neg().add(1));
      inner = inner ? inner.add(off) : off;
    }
    return [inner && times(times(vectors, inner), mT(vectors))];
  },
};

/** Eigenvalues [..., n], rising, and eigenvectors (columns) of symmetric matrices, of which one triangle is read. */
export function eigh(A: Tensor, UPLO: Triangle | { UPLO?: Triangle } = "L") {
  const [triangle = "L"] = positional<[Triangle?]>("linalg.eigh", ["UPLO"], [UPLO]);
  const [eigenvalues, eigenvectors] = decomposed("linalg.eigh", A, triangle);
  if (tracks(A))
    recordAll(EIGH, [A], [eigenvalues, eigenvectors], { values: eigenvalues, vectors: eigenvectors });
  return namedResults({ eigenvalues, eigenvectors });
}

const EIGVALSH: OpRecord<{ input: Tensor; triangle: Triangle }> = {
  name: "linalg.eigvalsh",
  node: "LinalgEighBackward0",
  vjp: (g, { input, triangle }) => {
    const { eigenvectors } = eigh(input, triangle);
    return times(eigenvectors.mul(unsqueeze(g, -2)), mT(eigenvectors));
  },
};
/** Eigenvalues [..., n], rising, of symmetric matrices, of which one triangle is read. */
export function eigvalsh(A: Tensor, UPLO: Triangle | { UPLO?: Triangle } = "L"): Tensor {
  const [triangle = "L"] = positional<[Triangle?]>("linalg.eigvalsh", ["UPLO"], [UPLO]);
  const [values] = decomposed("linalg.eigvalsh", A, triangle);
  return tracks(A) ? record(EIGVALSH, [A], values, { input: A, triangle }) : values;
}

function general(op: string, A: Tensor): [values: Tensor, vectors: Tensor] {
  checkSquare(op, A);
  checkFinite(op, A);
  const a = working(A.detach()),
    n = rowsOf(A),
    batch = batchOf(A);
  const q = doubles(...batch, n, n),
    v = doubles(...batch, n, n),
    s = doubles(...batch, n),
    info = integers(batch);
  kernels.eig_f64(addressOf(a), addressOf(q), addressOf(v), addressOf(s), addressOf(info), n, 0, countOf(A));
  for (const t of [v, s, info]) written(t);
  checkInfo(op, info, () => "the matrix has complex eigenvalues, and there is no complex dtype");
  return [cast(s, A.dtype), cast(mT(v), A.dtype)];
}

/** Through inverse vectors: V^-T X V^T. */
const between = (vectors: Tensor, x: Tensor) => solve(mT(vectors), times(x, mT(vectors)));
const EIG: FusedRecord<Pair> = {
  name: "linalg.eig",
  node: "LinalgEigBackward0",
  inputs: ["A"],
  backward: ([gL, gV], { values, vectors }) => {
    const one = unit(values, values.shape.at(-1)!);
    let inner: Tensor | null = gL ? unsqueeze(gL, -2).mul(one) : null;
    if (gV) {
      const turned = times(mT(vectors), gV);
      // The vectors keep their length.
      const free = turned.sub(times(mT(vectors), vectors).mul(turned.mul(one).sum(-2, true)));
      const off = free.div(unsqueeze(values, -2).sub(unsqueeze(values, -1)).add(one)).mul(one.neg().add(1));
      inner = inner ? inner.add(off) : off;
    }
    return [inner && between(vectors, inner)];
  },
};
/**
 * Eigenvalues and unit eigenvectors (columns) of matrices whose eigenvalues are real, which come in the matrices' own dtype.
 * @throws ValueError where some are complex.
 */
export function eig(A: Tensor) {
  const [eigenvalues, eigenvectors] = general("linalg.eig", A);
  if (tracks(A))
    recordAll(EIG, [A], [eigenvalues, eigenvectors], { values: eigenvalues, vectors: eigenvectors });
  return namedResults({ eigenvalues, eigenvectors });
}

const EIGVALS: OpRecord<{ input: Tensor }> = {
  name: "linalg.eigvals",
  node: "LinalgEigBackward0",
  vjp: (g, { input }) => {
    const { eigenvectors } = eig(input);
    return between(eigenvectors, unsqueeze(g, -2).mul(unit(g, g.shape.at(-1)!)));
  },
};
/** Eigenvalues of matrices where they are real, in the matrices' own dtype. @throws ValueError where some are complex. */
export function eigvals(A: Tensor): Tensor {
  const [values] = general("linalg.eigvals", A);
  return tracks(A) ? record(EIGVALS, [A], values, { input: A }) : values;
}
