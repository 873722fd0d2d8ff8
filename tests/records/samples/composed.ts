import * as torch from "../../../ts/index.ts";
import { elementwise, fixed, integers, mask, matrix, of, pairwise, real, type Sample } from "../sample.ts";

type Tensor = torch.Tensor;
const { special, linalg } = torch;
const F = torch.nn.functional;
const small = { to: 5, from: 1, distinct: true, float32: 2e-3 } as const;
const distinct = { from: 3, distinct: true } as const;
const square = matrix(["n", "n"], 3);
const seeded =
  (f: (x: Tensor) => Tensor) =>
  (x: Tensor): Tensor => {
    torch.manualSeed(1);
    return f(x);
  };

/** Functions without a record of their own, which are made of those that have one. */
export const COMPOSED: Record<string, Sample[]> = {
  ndtr: elementwise(special.ndtr),
  floatPower: elementwise((x) => torch.floatPower(x, 3), 0.2, 2),
  positive: elementwise(torch.positive),
  real: elementwise(torch.real),
  ldexp: pairwise(torch.ldexp),
  softsign: elementwise(F.softsign, 0.1, 2),
  tanhshrink: elementwise(F.tanhshrink),
  relu6: elementwise(F.relu6, 0.1, 5.9),
  dropout: elementwise(seeded((x) => F.dropout(x, 0.4))),
  alphaDropout: elementwise(seeded((x) => F.alphaDropout(x, 0.4, true))),
  gumbelSoftmax: [
    of(
      seeded((x) => F.gumbelSoftmax(x, 0.7)),
      [real([3, "n"])],
      { from: 1 },
    ),
  ],
  softmin: [of((x) => F.softmin(x, 1), [real([3, "n"])])],
  maskedFillOfSums: [of((x, m) => torch.maskedFill(x, m, x.sum()), [real(["n", 2]), mask(["n", 1])])],

  cov: [of((x) => torch.cov(x), [real([3, "n"])], { from: 3 })],
  // The sine keeps rows from being multiples of each other, where the limit at 1 has no derivative.
  corrcoef: [of((x) => torch.corrcoef(x.sin()), [real([3, "n"])], distinct)],
  nanmean: [
    of((x) => x.nanmean(), [real(["n"])], { from: 1 }),
    of((x) => x.nanmean(1), [real([3, "n"])], { from: 1 }),
  ],
  quantile: [
    of((x) => torch.quantile(x, 0.3), [real(["n"])], distinct),
    of((x) => torch.quantile(x, 0.6, 1), [real([3, "n"])], distinct),
  ],
  aminmax: [of((x) => [...torch.aminmax(x, { dim: 1 })], [real([3, "n"])], distinct)],
  diff: [of((x) => torch.diff(x), [real(["n"])]), of((x) => torch.diff(x, 2, 0), [real(["n", 3])])],
  gradient: [of((x) => torch.gradient(x)[0]!, [real(["n"])], { from: 3 })],
  trapezoid: [
    of((y) => torch.trapezoid(y), [real([2, "n"])], { from: 1 }),
    of((y, x) => torch.trapezoid(y, x), [real([2, "n"]), real(["n"])], { from: 1 }),
    of((y) => torch.cumulativeTrapezoid(y), [real([2, "n"])], { from: 1 }),
  ],
  renorm: [of((x) => x.renorm(2, 0, 1), [real([3, "n"], 1, 2)], { from: 1 })],

  outer: [of((a, b) => torch.outer(a, b), [real(["n"]), real([3])])],
  inner: [of((a, b) => torch.inner(a, b), [real([3, "n"]), real([2, "n"])])],
  vdot: [of((a, b) => torch.vdot(a, b), [real(["n"]), real(["n"])])],
  kron: [of((a, b) => torch.kron(a, b), [real([2, "n"]), real([3, 2])])],
  tensordot: [
    of((a, b) => torch.tensordot(a, b, 1), [real([2, "n"]), real(["n", 3])]),
    of(
      (a, b) =>
        torch.tensordot(a, b, [
          [1, 0],
          [0, 1],
        ]),
      [real([2, "n", 3]), real(["n", 2])],
    ),
  ],
  einsum: [
    of((a, b) => torch.einsum("bij,bjk->bik", a, b), [real([2, 3, "n"]), real([2, "n", 2])]),
    of((a, b, c) => torch.einsum("i,ij,j->", a, b, c), [real([3]), real([3, "n"]), real(["n"])]),
    of((a) => torch.einsum("ii->i", a), [real(["n", "n"])]),
  ],
  multiDot: [of((a, b, c) => linalg.multiDot([a, b, c]), [real([2, "n"]), real(["n", 3]), real([3, 2])])],
  matrixPower: [
    of((x) => linalg.matrixPower(x, 3), [square], small),
    of((x) => linalg.matrixPower(x, -2), [square], small),
  ],
  matrixNorm: [
    of((x) => linalg.matrixNorm(x), [square], small),
    of((x) => linalg.matrixNorm(x, "nuc"), [square], small),
    of((x) => linalg.matrixNorm(x, 2), [square], small),
    of((x) => linalg.matrixNorm(x, 1), [square], small),
  ],
  cond: [
    of((x) => linalg.cond(x), [square], { ...small, from: 3 }),
    of((x) => linalg.cond(x, "fro"), [square], small),
  ],
  logdet: [of((x) => torch.logdet(x.matmul(x.mT)), [square], small)],
  householderProduct: [
    of((a, tau) => linalg.householderProduct(a, tau), [matrix([6, "n"]), real(["n"], 0.5, 1.5)], small),
  ],
  vander: [of((x) => linalg.vander(x, { N: 3 }), [real(["n"])])],
  tensorsolve: [
    of((a, b) => linalg.tensorsolve(a.reshape([2, 3, 6]), b), [matrix([6, 6], 3), real([2, 3])], small),
  ],

  pairwiseDistance: [
    of((a, b) => F.pairwiseDistance(a, b), [real([3, "n"]), real(["n"], 2.1, 3)], { from: 1 }),
  ],
  cosineSimilarity: [of((a, b) => F.cosineSimilarity(a, b), [real([3, "n"]), real([1, "n"])], { from: 1 })],
  bilinear: [
    of(
      (a, b, w, bias) => F.bilinear(a, b, w, bias),
      [real([2, "n"]), real([2, 3]), real([2, "n", 3]), real([2])],
    ),
  ],
  normalize: [
    of((x) => F.normalize(x), [real([3, "n"])], { from: 1 }),
    of((x) => F.normalize(x, 1, 0), [real([3, "n"], 0.2, 1)]),
  ],
  localResponseNorm: [of((x) => F.localResponseNorm(x, 3), [real([2, 4, "n"])], { from: 1 })],
  lpPool: [
    of((x) => F.lpPool1d(x, 2, 2), [real([2, 2, "n"], 0.5, 2)], { from: 3 }),
    of((x) => F.lpPool2d(x, 3, 2), [real([1, 2, "n", 4], 0.5, 2)], { from: 3 }),
  ],
  pixelShuffle: [of((x) => F.pixelShuffle(x, 2), [real([1, 4, "n", 2])])],
  attention: [
    of(
      (q, k, v) => F.scaledDotProductAttention(q, k, v),
      [real([2, 3, "n"]), real([2, 4, "n"]), real([2, 4, 2])],
      { from: 1 },
    ),
    of(
      (q, k, v) => F.scaledDotProductAttention(q, k, v, { isCausal: true }),
      [real(["n", 3]), real(["n", 3]), real(["n", 2])],
      {
        from: 1,
      },
    ),
  ],
  tile: [of((x) => torch.tile(x, [2, 2]), [real(["n"])])],
  repeatInterleave: [of((x) => x.repeatInterleave(3, 0), [real(["n", 2])])],
  takeAlongDim: [
    of((x, i) => torch.takeAlongDim(x, i, 1), [real([2, "n"]), integers([2, 3], "n")], { from: 1 }),
  ],
  rot90: [of((x) => torch.rot90(x), [real(["n", 3])])],
  meshgrid: [of((a, b) => [...torch.meshgrid([a, b], { indexing: "ij" })], [real(["n"]), real([3])])],
  cartesianProd: [of((a, b) => torch.cartesianProd(a, b), [real(["n"]), real([3])])],

  l1Loss: [of((x, y) => F.l1Loss(x, y), [real([2, "n"], 1, 2), real([2, "n"], -1, 0)], { from: 1 })],
  crossEntropy: [
    of((x, t) => F.crossEntropy(x, t), [real(["n", 3]), integers(["n"], 3)], { from: 1 }),
    of((x, t) => F.crossEntropy(x, t, { labelSmoothing: 0.1 }), [real([3, "n"]), integers([3], "n")], {
      from: 1,
    }),
    of((x, t) => F.crossEntropy(x, t.softmax(1)), [real([3, "n"]), real([3, "n"])], { from: 1 }),
    of(
      (x, t, weight) => F.crossEntropy(x, t, { weight, reduction: "sum" }),
      [real([2, 3, "n"]), integers([2, "n"], 3), fixed(real([3], 0.5, 2))],
    ),
  ],
  klDiv: [
    of((x, y) => F.klDiv(x, y, { reduction: "batchmean" }), [real([2, "n"]), real([2, "n"], 0.1, 0.9)]),
    of((x, y) => F.klDiv(x, y, { logTarget: true }), [real([2, "n"]), real([2, "n"])], { from: 1 }),
  ],
  poissonNllLoss: [
    of((x, y) => F.poissonNllLoss(x, y), [real([2, "n"]), fixed(real([2, "n"], 0.5, 2))], { from: 1 }),
  ],
  gaussianNllLoss: [
    of((x, y, v) => F.gaussianNllLoss(x, y, v), [real([2, "n"]), real([2, "n"]), real([2, "n"], 0.5, 2)], {
      from: 1,
    }),
  ],
  cosineEmbeddingLoss: [
    of(
      (a, b, y) => F.cosineEmbeddingLoss(a, b, y),
      [real([3, "n"], 0.5, 1), real([3, "n"], 0.5, 1), fixed(real([3], 1, 1))],
      { from: 1 },
    ),
  ],
  marginRankingLoss: [
    of(
      (a, b, y) => F.marginRankingLoss(a, b, y, { margin: 5 }),
      [real(["n"]), real(["n"]), fixed(real(["n"], 1, 1))],
      { from: 1 },
    ),
  ],
  tripletMarginLoss: [
    of(
      (a, p, q) => F.tripletMarginLoss(a, p, q, { margin: 50 }),
      [real([3, "n"]), real([3, "n"], 3, 4), real([3, "n"], -5, -4)],
      { from: 1 },
    ),
  ],
  multiMarginLoss: [
    of((x, t) => F.multiMarginLoss(x, t, { margin: 9 }), [real([3, "n"]), integers([3], "n")], { from: 1 }),
  ],
  multilabelSoftMarginLoss: [
    of((x, y) => F.multilabelSoftMarginLoss(x, y), [real([3, "n"]), fixed(real([3, "n"], 0, 1))], {
      from: 1,
    }),
  ],
};
