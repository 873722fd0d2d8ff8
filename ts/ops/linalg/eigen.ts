// Eigenvalues of symmetric matrices.
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
  checkSquare,
  countOf,
  doubles,
  mT,
  rowsOf,
  times,
  working,
} from "./matrices.ts";
import { unit } from "./solve.ts";

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
      const turned = times(mT(vectors), gV).div(distances);
      const off = turned.mul(unit(values, n).neg().add(1));
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
