import * as torch from "../../../ts/index.ts";
import { type Options, of, real, type Sample } from "../sample.ts";

type Tensor = torch.Tensor;
const F = torch.nn.functional;

/** Over everything, over dimensions of every position, and in a long and a short line. */
const reduced = (
  f: (x: Tensor, dim?: number | number[], keepdim?: boolean) => Tensor | readonly Tensor[],
  options: Options = {},
  [low, high] = [-2, 2],
): Sample[] => [
  of((x) => f(x), [real(["n"], low, high)], options),
  of((x) => f(x, 1), [real([3, "n"], low, high)], options),
  of((x) => f(x, 0, true), [real(["n", 3], low, high)], options),
  of((x) => f(x, 1), [real([2, "n", 3], low, high)], options),
];
/** Those that also take lists of dimensions. */
const overSeveral = (
  f: (x: Tensor, dim?: number | number[], keepdim?: boolean) => Tensor | readonly Tensor[],
  options: Options = {},
  [low, high] = [-2, 2],
): Sample[] => [
  ...reduced(f, options, [low, high]),
  of((x) => f(x, [0, 2], true), [real([2, "n", 3], low, high)], options),
  of((x) => f(x, [0, 1]), [real([2, "n", 3], low, high)], options),
];
const pick =
  (f: (x: Tensor, dim: number, keepdim: boolean) => { values: Tensor }) =>
  (x: Tensor, dim: number | number[] = -1, keepdim = false): Tensor =>
    f(x, dim as number, keepdim).values;
const along = (
  f: (x: Tensor, dim: number) => Tensor,
  options: Options = {},
  [low, high] = [-2, 2],
): Sample[] => [
  of((x) => f(x, 0), [real(["n"], low, high)], options),
  of((x) => f(x, 1), [real([3, "n"], low, high)], options),
  of((x) => f(x, 0), [real(["n", 3], low, high)], options),
  of((x) => f(x, 1), [real([2, "n", 3], low, high)], options),
];

const spread = { from: 3 } as const;
const distinct = { from: 1, distinct: true } as const;
const number = (dim: number | number[] | undefined) => dim as number;

export const REDUCTIONS: Record<string, Sample[]> = {
  sum: overSeveral((x, dim, keepdim) => (dim === undefined ? x.sum() : x.sum(dim, keepdim))),
  mean: overSeveral((x, dim, keepdim) => (dim === undefined ? x.mean() : x.mean(dim, keepdim)), { from: 1 }),
  nansum: overSeveral((x, dim, keepdim) => (dim === undefined ? x.nansum() : x.nansum(dim, keepdim))),
  prod: reduced(
    (x, dim, keepdim) => (dim === undefined ? x.prod() : x.prod(number(dim), keepdim)),
    { float32: 2e-3 },
    [0.8, 1.3],
  ),
  var: overSeveral((x, dim, keepdim) => x.var(dim ?? null, { keepdim: keepdim ?? false }), spread),
  std: overSeveral((x, dim, keepdim) => x.std(dim ?? null, { keepdim: keepdim ?? false, unbiased: false }), {
    ...spread,
    distinct: true,
  }),
  varMean: reduced(
    (x, dim, keepdim) => [...torch.varMean(x, dim ?? null, { keepdim: keepdim ?? false })],
    spread,
  ),
  stdMean: reduced((x, dim, keepdim) => [...torch.stdMean(x, dim ?? null, { keepdim: keepdim ?? false })], {
    ...spread,
    distinct: true,
  }),
  logsumexp: overSeveral((x, dim, keepdim) => x.logsumexp(dim ?? 0, keepdim), { from: 1 }),
  norm: [
    ...overSeveral((x, dim, keepdim) => (dim === undefined ? x.norm() : x.norm(2, dim, keepdim)), {
      from: 1,
    }),
    ...reduced((x, dim, keepdim) => x.norm(3, dim ?? null, keepdim), { from: 1 }),
    ...reduced((x, dim, keepdim) => x.norm(1, dim ?? null, keepdim), { from: 1 }, [0.1, 2]),
    ...reduced((x, dim, keepdim) => x.norm(Infinity, dim ?? null, keepdim), distinct, [0.1, 2]),
    ...reduced((x, dim, keepdim) => x.norm(0.5, dim ?? null, keepdim), { from: 1 }, [0.5, 2]),
  ],
  "linalg.vectorNorm": [
    ...overSeveral((x, dim, keepdim) => torch.linalg.vectorNorm(x, 2, dim ?? null, keepdim), { from: 1 }),
    ...overSeveral((x, dim, keepdim) => torch.linalg.vectorNorm(x, 2.5, dim ?? null, keepdim), { from: 1 }),
  ],
  dist: [
    of((a, b) => torch.dist(a, b), [real([2, "n"], 1, 2), real(["n"], -2, 0)], { from: 1 }),
    of((a, b) => torch.dist(a, b, 3), [real(["n"], 1, 2), real(["n"], -2, 0)], { from: 1 }),
  ],
  max: [
    ...reduced(
      (x, dim, keepdim) => (dim === undefined ? x.max() : x.max(number(dim), keepdim).values),
      distinct,
    ),
  ],
  min: [
    ...reduced(
      (x, dim, keepdim) => (dim === undefined ? x.min() : x.min(number(dim), keepdim).values),
      distinct,
    ),
  ],
  amax: overSeveral((x, dim, keepdim) => x.amax(dim, keepdim), distinct),
  amin: overSeveral((x, dim, keepdim) => x.amin(dim, keepdim), distinct),
  median: reduced(
    (x, dim, keepdim) => (dim === undefined ? x.median() : x.median(number(dim), keepdim).values),
    distinct,
  ),
  nanmedian: reduced(
    (x, dim, keepdim) => (dim === undefined ? x.nanmedian() : x.nanmedian(number(dim), keepdim).values),
    distinct,
  ),
  mode: reduced(pick(torch.mode), distinct),
  kthvalue: reduced(
    pick((x, dim, keepdim) => torch.kthvalue(x, 1, dim, keepdim)),
    distinct,
  ),
  topk: [
    of((x) => x.topk(1).values, [real(["n"])], distinct),
    of((x) => x.topk(3, 0, false).values, [real(["n", 3])], { ...distinct, from: 3 }),
  ],
  sort: [
    ...along((x, dim) => x.sort(dim).values, { distinct: true }),
    ...along((x, dim) => torch.sort(x, { dim, stable: true, descending: true }).values, { distinct: true }),
  ],
  cumsum: along((x, dim) => x.cumsum(dim)),
  cumprod: along((x, dim) => x.cumprod(dim), { float32: 2e-3 }, [0.8, 1.3]),
  cummax: along((x, dim) => x.cummax(dim).values, { distinct: true }),
  cummin: along((x, dim) => x.cummin(dim).values, { distinct: true }),
  logcumsumexp: along((x, dim) => x.logcumsumexp(dim), { float32: 1e-3 }),
  softmax: along((x, dim) => x.softmax(dim)),
  logSoftmax: along((x, dim) => x.logSoftmax(dim)),
  trace: [of((x) => x.trace(), [real(["n", 4])]), of((x) => x.trace(), [real([3, "n"])])],
  unique: [of((x) => x.detach().unique() as Tensor, [real(["n"])])],
  uniqueConsecutive: [of((x) => x.detach().uniqueConsecutive() as Tensor, [real(["n"])])],

  layerNorm: [
    of((x) => F.layerNorm(x, [x.shape[1]!]), [real([3, "n"])], { from: 3 }),
    of((x, w, b) => F.layerNorm(x, [x.shape[1]!], w, b), [real([3, "n"]), real(["n"]), real(["n"])], {
      from: 3,
    }),
    of((x, w, b) => F.layerNorm(x, w.shape, w, b), [real([2, 3, "n", 2]), real(["n", 2]), real(["n", 2])], {
      from: 3,
    }),
  ],
  groupNorm: [
    of((x, w, b) => F.groupNorm(x, 2, w, b), [real([2, 4, "n"]), real([4]), real([4])], { from: 3 }),
    of((x) => F.groupNorm(x, 1), [real([2, 3, "n", 2])], { from: 3 }),
  ],
  batchNorm: [
    of((x, w, b) => F.batchNorm(x, null, null, w, b, true), [real([3, 4, "n"]), real([4]), real([4])], {
      from: 3,
    }),
    of((x, w, b) => F.batchNorm(x, null, null, w, b, true), [real(["n", 3]), real([3]), real([3])], {
      from: 3,
      distinct: true,
    }),
    of(
      (x, w, b, mean, variance) => F.batchNorm(x, mean, variance, w, b, false),
      [
        real([2, 3, "n"]),
        real([3]),
        real([3]),
        (n, k) => real([3])(n, k).detach(),
        (n, k) => real([3], 0.5, 2)(n, k).detach(),
      ],
      { from: 1 },
    ),
  ],
  instanceNorm: [
    of((x) => F.instanceNorm(x), [real([2, 3, "n"])], { from: 3 }),
    of((x, w, b) => F.instanceNorm(x, null, null, w, b), [real([2, 3, "n", 2]), real([3]), real([3])], {
      from: 3,
    }),
  ],
};
