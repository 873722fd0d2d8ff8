// Distances between all pairs of vectors.
import { recomputed } from "../autograd/recomputed.ts";
import { DtypeError, ShapeError, ValueError } from "../core/errors.ts";
import { positional } from "../core/options.ts";
import { broadcastShapes, shapeText } from "../core/shape.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { fromTypedArray } from "./creation.ts";
import { checkTensor } from "./dispatch.ts";
import { checkSameDtype } from "./matmulkernel.ts";

/** The p-norms of the differences of all pairs of rows of [N, M], i < j: N (N - 1) / 2 numbers. */
export function pdist(input: Tensor, p?: number | { p?: number }): Tensor {
  const [type = 2] = positional<[number?]>("pdist", ["p"], [p]);
  checkTensor("pdist", input);
  if (input.ndim !== 2)
    throw new ShapeError(`pdist: only supports 2-d tensors, got shape ${shapeText(input.shape)}`);
  if (!input.dtype.isFloatingPoint)
    throw new DtypeError(`pdist: only supports floating-point dtypes, got ${input.dtype}`);
  if (!(type >= 0)) throw new ValueError(`pdist: only supports non-negative p values, got ${type}`);
  const n = input.shape[0]!,
    left: bigint[] = [],
    right: bigint[] = [];
  for (let i = 0; i < n; i++)
    for (let j = i + 1; j < n; j++) {
      left.push(BigInt(i));
      right.push(BigInt(j));
    }
  return recomputed("pdist", "PdistBackward0", input, null, (x) => {
    const rows = (list: bigint[]) => x.indexSelect(0, fromTypedArray(BigInt64Array.from(list)));
    return rows(left).sub(rows(right)).norm(type, 1);
  });
}

export interface CdistOptions {
  /** Kind of the norm; default 2. */
  p?: number;
  /** Whether distances of kind 2 come from a matrix product: by default where one side has more than 25 vectors. */
  computeMode?: keyof typeof PRODUCT_FROM | null;
}
/** From how many vectors on a matrix product is used. */
const PRODUCT_FROM = {
  use_mm_for_euclid_dist_if_necessary: 26,
  use_mm_for_euclid_dist: 0,
  donot_use_mm_for_euclid_dist: Number.POSITIVE_INFINITY,
};

/** The p-norms of the differences of all pairs of [..., P, M] and [..., R, M]: [..., P, R]; what comes before broadcasts. */
export function cdist(
  x1: Tensor,
  x2: Tensor,
  p?: number | CdistOptions,
  computeMode?: CdistOptions["computeMode"] | CdistOptions,
  options?: CdistOptions,
): Tensor {
  const [type = 2, mode] = positional<[number?, CdistOptions["computeMode"]?]>(
    "cdist",
    ["p", "computeMode"],
    [p, computeMode, options],
  );
  checkTensor("cdist", x1);
  checkTensor("cdist", x2);
  const from = PRODUCT_FROM[mode ?? "use_mm_for_euclid_dist_if_necessary"];
  if (from === undefined)
    throw new ValueError(`cdist: computeMode must be one of ${Object.keys(PRODUCT_FROM).join(", ")}`);
  if (x1.ndim < 2 || x2.ndim < 2)
    throw new ShapeError(
      `cdist: expected tensors of at least two dimensions, got ${shapeText(x1.shape)} and ${shapeText(x2.shape)}`,
    );
  if (!checkSameDtype("cdist", x1, x2).isFloatingPoint)
    throw new DtypeError(`cdist: only supports floating-point dtypes, got ${x1.dtype}`);
  const m = x1.shape[x1.ndim - 1]!;
  if (m !== x2.shape[x2.ndim - 1])
    throw new ShapeError(
      `cdist: the last dimensions must match, got ${shapeText(x1.shape)} and ${shapeText(x2.shape)}`,
    );
  if (!(type >= 0)) throw new ValueError(`cdist: only supports non-negative p values, got ${type}`);
  broadcastShapes("cdist", x1.shape.slice(0, -2), x2.shape.slice(0, -2));
  const product = type === 2 && (x1.shape[x1.ndim - 2]! >= from || x2.shape[x2.ndim - 2]! >= from);
  if (product && m > 0)
    return recomputed("cdist", "EuclideanDistBackward0", x1, x2, (a, b) => {
      const squares = (x: Tensor) => x.square().sum(-1, true);
      const all = squares(a)
        .add(squares(b!).transpose(-1, -2))
        .sub(a.matmul(b!.transpose(-1, -2)).mul(2));
      return rootOf(all.clampMin(0));
    });
  return recomputed("cdist", "CdistBackward0", x1, x2, (a, b) =>
    a.unsqueeze(-2).sub(b!.unsqueeze(-3)).norm(type, -1),
  );
}

/** The square root, with a gradient of 0 at 0. */
function rootOf(x: Tensor): Tensor {
  const zero = x.detach().eq(0);
  return x.maskedFill(zero, 1).sqrt().maskedFill(zero, 0);
}
