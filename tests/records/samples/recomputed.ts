import * as torch from "../../../ts/index.ts";
import { integers, of, real, type Sample } from "../sample.ts";

const F = torch.nn.functional;
const distinct = { from: 3, distinct: true } as const;

/** Ops whose record `recomputed` makes at each call. */
export const RECOMPUTED: Record<string, Sample[]> = {
  cdist: [2, 1, 3].flatMap((p) => [
    of((a, b) => torch.cdist(a, b, p), [real([3, "n"]), real([2, "n"], 2.1, 3)], { from: 1 }),
    of((a, b) => torch.cdist(a, b, p), [real([2, "n", 2]), real([2, 3, 2], 2.1, 3)]),
  ]),
  pdist: [of((x) => F.pdist(x), [real([4, "n"])], distinct)],
  gridSample: (["bilinear", "bicubic"] as const).flatMap((mode) =>
    (["zeros", "reflection"] as const).map((paddingMode) =>
      of(
        (x, grid) => F.gridSample(x, grid, { mode, paddingMode, alignCorners: false }),
        [real([1, 2, 4, 3]), real([1, "n", 2, 2], -0.83, 0.83)],
        {
          from: 1,
          distinct: true,
          float32: 2e-3,
        },
      ),
    ),
  ),
  embeddingBag: (["sum", "mean", "max"] as const).map((mode) =>
    of((i, w) => F.embeddingBag(i, w, { mode }), [integers([2, 3], "n"), real(["n", 2])], distinct),
  ),
};
