import * as torch from "../../../ts/index.ts";
import { fixed, integers, of, real, type Sample } from "../sample.ts";

type Tensor = torch.Tensor;
type Reduction = "none" | "mean" | "sum";
const F = torch.nn.functional;

const data: typeof real = (...args) => fixed(real(...args));
const each = (
  f: (x: Tensor, y: Tensor, reduction: Reduction) => Tensor,
  a: [number, number],
  b: [number, number],
  target = real,
): Sample[] =>
  (["none", "mean", "sum"] as const).map((reduction) =>
    of((x, y) => f(x, y, reduction), [real([2, "n"], ...a), target([2, "n"], ...b)], {
      from: reduction === "mean" ? 1 : 0,
    }),
  );

export const LOSSES: Record<string, Sample[]> = {
  mseLoss: each((x, y, reduction) => F.mseLoss(x, y, { reduction }), [-2, 2], [-2, 2]),
  smoothL1Loss: [
    ...each((x, y, reduction) => F.smoothL1Loss(x, y, { reduction }), [-0.4, 0.4], [-0.4, 0.4]),
    ...each((x, y, reduction) => F.smoothL1Loss(x, y, { reduction, beta: 0.5 }), [1, 2], [-1, 0]),
  ],
  huberLoss: [
    ...each((x, y, reduction) => F.huberLoss(x, y, { reduction }), [-0.4, 0.4], [-0.4, 0.4]),
    ...each((x, y, reduction) => F.huberLoss(x, y, { reduction, delta: 0.5 }), [1, 2], [-1, 0]),
  ],
  binaryCrossEntropy: [
    ...each((x, y, reduction) => F.binaryCrossEntropy(x, y, { reduction }), [0.1, 0.9], [0.1, 0.9]),
    of(
      (x, y, weight) => F.binaryCrossEntropy(x, y, { weight }),
      [real([2, "n"], 0.1, 0.9), data([2, "n"], 0.1, 0.9), data(["n"], 0.5, 2)],
      { from: 1 },
    ),
  ],
  binaryCrossEntropyWithLogits: [
    ...each((x, y, reduction) => F.binaryCrossEntropyWithLogits(x, y, { reduction }), [-2, 2], [0.1, 0.9]),
    of(
      (x, y, weight, posWeight) => F.binaryCrossEntropyWithLogits(x, y, { weight, posWeight }),
      [real([2, "n"]), data([2, "n"], 0.1, 0.9), data(["n"], 0.5, 2), data(["n"], 0.5, 2)],
      { from: 1 },
    ),
  ],
  softMarginLoss: each((x, y, reduction) => F.softMarginLoss(x, y, { reduction }), [-2, 2], [0.5, 1], data),
  nllLoss: [
    of((x, t) => F.nllLoss(x, t), [real(["n", 3]), integers(["n"], 3)], { from: 1 }),
    of(
      (x, t) => F.nllLoss(x, t, { reduction: "none", ignoreIndex: 1 }),
      [real([4, "n"]), integers([4], "n")],
      { from: 1 },
    ),
    of(
      (x, t, weight) => F.nllLoss(x, t, { weight }),
      [real([4, "n"]), integers([4], "n"), data(["n"], 0.5, 2)],
      { from: 1 },
    ),
    of((x, t) => F.nllLoss(x, t, { reduction: "sum" }), [real([3]), integers([], 3)]),
  ],
  nllLoss2D: [
    of((x, t) => F.nllLoss(x, t), [real([2, 3, "n", 2]), integers([2, "n", 2], 3)], { from: 1 }),
    of((x, t) => F.nllLoss(x, t, { reduction: "none" }), [real([2, 3, "n"]), integers([2, "n"], 3)]),
  ],
  ctcLoss: [
    of(
      (x, t) => F.ctcLoss(x.logSoftmax(2), t.add(1), [x.shape[0]!, x.shape[0]!], [2, 1]),
      [real(["n", 2, 4]), integers([2, 2], 3)],
      { from: 3, once: true },
    ),
  ],
};
