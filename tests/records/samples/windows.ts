import * as torch from "../../../ts/index.ts";
import { attention } from "../../../ts/ops/attention.ts";
import { gruCell, lstmCell } from "../../../ts/ops/recurrent.ts";
import { walk } from "../../../ts/ops/recurrentwalk.ts";
import { type Options, of, real, type Sample } from "../sample.ts";

type Tensor = torch.Tensor;
const F = torch.nn.functional;

const distinct = { from: 3, distinct: true } as const;
const line = real([2, 2, "n"]),
  image = real([1, 2, "n", 4]),
  volume = real([1, 2, "n", 3, 3]);
const IMAGES = [line, image, volume] as const;
const ones = (rank: number): number[] => Array.from({ length: rank }, () => 1);

const conv = (rank: number): Sample[] => {
  const f = [F.conv1d, F.conv2d, F.conv3d][rank - 1]! as (...args: unknown[]) => Tensor;
  const kernel = [3, ...ones(rank - 1).map(() => 2)];
  return [
    of((x, w, b) => f(x, w, b, { padding: 1 }), [IMAGES[rank - 1]!, real([3, 2, ...kernel]), real([3])], {
      from: 1,
    }),
    of(
      (x, w) => f(x, w, null, { stride: 2, padding: 2, dilation: 2, groups: 2 }),
      [IMAGES[rank - 1]!, real([2, 1, ...kernel])],
      {
        from: 1,
      },
    ),
  ];
};
const transposed = (rank: number): Sample[] => {
  const f = [F.convTranspose1d, F.convTranspose2d, F.convTranspose3d][rank - 1]! as (
    ...args: unknown[]
  ) => Tensor;
  const kernel = [3, ...ones(rank - 1).map(() => 2)];
  return [
    of((x, w, b) => f(x, w, b, { padding: 1 }), [IMAGES[rank - 1]!, real([2, 3, ...kernel]), real([3])], {
      from: 1,
    }),
    of(
      (x, w) => f(x, w, null, { stride: 2, outputPadding: 1, groups: 2 }),
      [IMAGES[rank - 1]!, real([2, 1, ...kernel])],
      {
        from: 1,
      },
    ),
  ];
};
const gates = (count: number) => real((n) => [3, count * n]);
/** Shares of the gates, weight, bias and states of a layer over three steps. */
const layer = (count: number) => [
  real((n) => [3, 2, count * n]),
  real((n) => [count * n, n]),
  real((n) => [count * n]),
  real([2, "n"]),
];

type Pool = (x: Tensor, ...args: unknown[]) => Tensor;
const pooled = (f: unknown, rank: number, options: Options = {}, ...calls: unknown[][]): Sample[] =>
  calls.map((args) => of((x) => (f as Pool)(x, ...args), [IMAGES[rank - 1]!], { from: 3, ...options }));
const MAXIMA = [[2], [3, { stride: 1, padding: 1, dilation: 1, ceilMode: true }]];
const AVERAGES = [[2], [3, { stride: 2, padding: 1, ceilMode: true, countIncludePad: false }]];

const resized = (x: Tensor, mode: string, size: number[], more: object = {}): Tensor =>
  F.interpolate(x, { size, mode: mode as "nearest", ...more });

export const WINDOWS: Record<string, Sample[]> = {
  convolution: [1, 2, 3].flatMap(conv),
  convTranspose: [1, 2, 3].flatMap(transposed),
  maxPool1d: pooled(F.maxPool1d, 1, distinct, ...MAXIMA),
  maxPool2d: pooled(F.maxPool2d, 2, distinct, ...MAXIMA),
  maxPool3d: pooled(F.maxPool3d, 3, distinct, ...MAXIMA),
  avgPool1d: pooled(F.avgPool1d, 1, {}, ...AVERAGES),
  avgPool2d: pooled(F.avgPool2d, 2, {}, ...AVERAGES),
  avgPool3d: pooled(F.avgPool3d, 3, {}, ...AVERAGES),
  adaptiveMaxPool1d: pooled(F.adaptiveMaxPool1d, 1, distinct, [2]),
  adaptiveMaxPool2d: pooled(F.adaptiveMaxPool2d, 2, distinct, [[2, 3]]),
  adaptiveMaxPool3d: pooled(F.adaptiveMaxPool3d, 3, distinct, [2]),
  adaptiveAvgPool1d: pooled(F.adaptiveAvgPool1d, 1, {}, [2], [7]),
  adaptiveAvgPool2d: pooled(F.adaptiveAvgPool2d, 2, {}, [[2, 3]]),
  adaptiveAvgPool3d: pooled(F.adaptiveAvgPool3d, 3, {}, [2]),
  fractionalMaxPool2d: pooled(F.fractionalMaxPool2d, 2, distinct, [
    2,
    { outputSize: 2, _randomSamples: torch.full([1, 2, 2], 0.5, { dtype: torch.float64 }) },
  ]),
  fractionalMaxPool3d: pooled(F.fractionalMaxPool3d, 3, distinct, [
    2,
    { outputSize: 2, _randomSamples: torch.full([1, 2, 3], 0.5, { dtype: torch.float64 }) },
  ]),
  maxUnpool: [
    of(
      (x) => F.maxUnpool1d(x, torch.arange(x.numel()).remainder(x.shape[2]!).mul(2).reshape(x.shape), 2),
      [line],
      { from: 1 },
    ),
    of(
      (x) =>
        F.maxUnpool2d(
          x,
          torch
            .arange(x.numel())
            .remainder(x.shape[2]! * 4)
            .mul(2)
            .reshape(x.shape),
          2,
        ),
      [image],
      { from: 1 },
    ),
    of(
      (x) =>
        F.maxUnpool3d(
          x,
          torch
            .arange(x.numel())
            .remainder(x.shape[2]! * 9)
            .mul(3)
            .reshape(x.shape),
          2,
        ),
      [volume],
      { from: 1 },
    ),
  ],
  interpolate: [
    ...["nearest", "nearest-exact"].flatMap((mode) =>
      IMAGES.map((x, d) => of((t) => resized(t, mode, [7, 3, 5].slice(0, d + 1)), [x], { from: 1 })),
    ),
    of((x) => resized(x, "linear", [7]), [line], { from: 1 }),
    of((x) => resized(x, "linear", [7], { alignCorners: true }), [line], { from: 1 }),
    ...["bilinear", "bicubic"].flatMap((mode) => [
      of((x) => resized(x, mode, [7, 3]), [image], { from: 1 }),
      of((x) => resized(x, mode, [2, 9], { antialias: true }), [image], { from: 1 }),
    ]),
    of((x) => resized(x, "trilinear", [7, 3, 2]), [volume], { from: 1 }),
  ],
  affineGrid: [
    of((x) => F.affineGrid(x, [2, 1, 3, 4], false), [real([2, 2, 3])]),
    of((x) => F.affineGrid(x, [x.shape[0]!, 1, 2, 3, 2], true), [real(["n", 3, 4])], { from: 1 }),
  ],
  lstmCell: [of((x, h, c) => lstmCell(x, h, c), [gates(4), gates(4), gates(1)])],
  multiheadAttention: [
    of((x) => attention({ parts: [x!], heads: 2, batchFirst: false, mask: null }), [real([3, 2, 12])]),
    of(
      (...parts) => attention({ parts, heads: 2, batchFirst: true, mask: null }),
      [real([2, "n", 4]), real([2, 3, 4]), real([2, 3, 4])],
      { from: 1, to: 5 },
    ),
  ],
  lstm: [
    of((x, w, b, h, c) => walk("LSTM", x!, w!, b!, h!, c!, false), [...layer(4), real([2, "n"])], { to: 5 }),
    of((x, w, b, h, c) => walk("LSTM", x!, w!, b!, h!, c!, true), [...layer(4), real([2, "n"])], { to: 5 }),
  ],
  gru: [
    of((x, w, b, h) => walk("GRU", x!, w!, b!, h!, null, false), layer(3), { to: 5 }),
    of((x, w, b, h) => walk("GRU", x!, w!, b!, h!, null, true), layer(3), { to: 5 }),
  ],
  gruCell: [of((x, h, c) => gruCell(x, h, c), [gates(3), gates(3), gates(1)])],
};
