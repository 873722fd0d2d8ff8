// Determinants, also of singular matrices.
import { type FusedRecord, type OpRecord, record, recordAll, tracks } from "../../autograd/record.ts";
import { untaped } from "../../autograd/untaped.ts";
import { float64 } from "../../core/dtype.ts";
import { namedResults } from "../../core/results.ts";
import { modes } from "../../tensor/modes.ts";
import { cast } from "../../tensor/raw.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { unsqueeze } from "../dims.ts";
import { cat } from "../join.ts";
import { diagonal, narrow } from "../slices.ts";
import { where } from "../where.ts";
import { type Factored, factored } from "./lu.ts";
import { checkSquare, mT, rowsOf, times } from "./matrices.ts";
import { inv } from "./solve.ts";
import { svd } from "./svd.ts";

/** The sign of the permutations, as float64. */
function signOf({ pivots }: Factored, n: number): Tensor {
  const moved = cast(pivots, float64).sub(
    cast(pivots.newTensor([...Array(n).keys()].map((i) => i + 1)), float64),
  );
  return moved.ne(0).sum(-1).remainder(2).mul(-2).add(1).to(float64);
}

/** The determinants in float64, off the tape. */
function determinant(A: Tensor): Tensor {
  const parts = factored(A.detach());
  return diagonal(parts.LU, 0, -2, -1)
    .prod(-1)
    .mul(signOf(parts, rowsOf(A)));
}

/**
 * The transposed adjugate in float64: det(U) det(V) U diag(products of the other singular values) V^T, which needs no
 * inverse (Higham, What Is the Adjugate of a Matrix?, 2020).
 */
function cofactors(A: Tensor): Tensor {
  const { U, S, Vh } = svd(cast(A.detach(), float64));
  const n = rowsOf(A),
    one = S.newOnes([...S.shape.slice(0, -1), 1]);
  if (n === 0) return U;
  const before = cat([one, narrow(S, -1, 0, n - 1)], -1).cumprod(-1);
  const after = cat([one, narrow(S, -1, 1, n - 1).flip(-1)], -1)
    .cumprod(-1)
    .flip(-1);
  const sign = unsqueeze(unsqueeze(determinant(U).mul(determinant(Vh)), -1), -1);
  return times(U.mul(unsqueeze(before.mul(after), -2)), Vh).mul(sign);
}

/** Singular values below this share of the largest count as 0: the square root of float64's rounding. */
const SINGULAR = 2 ** -26;
/**
 * What makes singular matrices regular, in float64; null where all are. Determinants are polynomials, so that far off their
 * derivatives are, relatively; products of the inverse lose as much to cancellation.
 */
function regularizing(A: Tensor): Tensor | null {
  const { U, S, Vh } = svd(cast(A.detach(), float64));
  const largest = narrow(S, -1, 0, 1),
    least = largest.mul(SINGULAR).maskedFill(largest.eq(0), SINGULAR);
  const lacks = narrow(S, -1, rowsOf(A) - 1, 1).lt(least);
  return lacks.any().item() ? times(U, Vh).mul(unsqueeze(least.mul(lacks), -1)) : null;
}

interface Known {
  input: Tensor;
  result: Tensor;
}
const wide = (x: Tensor) => unsqueeze(unsqueeze(x, -1), -1);
const DET: OpRecord<Known> = {
  name: "linalg.det",
  node: "LinalgDetBackward0",
  vjp: (g, { input, result }) => {
    if (input.numel() === 0) return null;
    if (!modes.grad) return cast(cofactors(input), input.dtype).mul(wide(g));
    // Through the inverse the formula can be differentiated again; it needs regular matrices.
    const shift = regularizing(input);
    if (shift === null) return mT(inv(input)).mul(wide(g.mul(result)));
    const near = input.to(float64).add(shift);
    return mT(inv(near))
      .mul(wide(g.to(float64).mul(det(near))))
      .to(input.dtype);
  },
};
/** Determinants of matrices [..., n, n]. */
export function det(A: Tensor): Tensor {
  checkSquare("linalg.det", A);
  const result = untaped(() => cast(determinant(A), A.dtype));
  return tracks(A) ? record(DET, [A], result, { input: A, result }) : result;
}

const SLOGDET: FusedRecord<{ input: Tensor }> = {
  name: "linalg.slogdet",
  node: "LinalgSlogdetBackward0",
  inputs: ["A"],
  // The sign is constant where it has a derivative.
  backward: ([, g], { input }) => [g == null ? null : mT(inv(input)).mul(wide(g))],
};
/** Signs and logarithms of the magnitudes of determinants: `{ sign, logabsdet }`. */
export function slogdet(A: Tensor) {
  checkSquare("linalg.slogdet", A);
  const [sign, logabsdet] = untaped((): [Tensor, Tensor] => {
    const parts = factored(A.detach());
    const d = diagonal(parts.LU, 0, -2, -1);
    const signs = d
      .sign()
      .prod(-1)
      .mul(signOf(parts, rowsOf(A)));
    return [cast(signs, A.dtype), cast(d.abs().log().sum(-1), A.dtype)];
  });
  if (tracks(A)) recordAll(SLOGDET, [A], [sign, logabsdet], { input: A });
  return namedResults({ sign, logabsdet });
}

/** Logarithms of determinants: NaN for negative ones, -Infinity for 0. */
export function logdet(A: Tensor): Tensor {
  checkSquare("logdet", A);
  const { sign, logabsdet } = slogdet(A);
  return where(sign.detach().lt(0), Number.NaN, logabsdet);
}
