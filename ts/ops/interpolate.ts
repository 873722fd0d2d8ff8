// Functions only (nn.functional): images of another size.
import { ShapeError, ValueError } from "../core/errors.ts";
import { positional } from "../core/options.ts";
import { shapeText } from "../core/shape.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { adaptiveAvgPool1d, adaptiveAvgPool2d, adaptiveAvgPool3d } from "./adaptivepool.ts";
import type { Sizes } from "./conv.ts";
import { checkTensor } from "./dispatch.ts";
import { resample, resampleRecord, type Taps, tapsOf } from "./resample.ts";

export type InterpolationMode =
  | "nearest"
  | "nearest-exact"
  | "linear"
  | "bilinear"
  | "bicubic"
  | "trilinear"
  | "area";

export interface InterpolateOptions {
  /** Spatial sizes of the result; either these or `scaleFactor`. */
  size?: Sizes | null;
  scaleFactor?: Sizes | null;
  /** Default "nearest". */
  mode?: InterpolationMode;
  /** Whether the centres of the corner pixels keep their places (else their outer edges do). */
  alignCorners?: boolean | null;
  /** Use the ratio of the sizes for positions instead of `scaleFactor`; default false. */
  recomputeScaleFactor?: boolean | null;
  /** Widen the filters of "bilinear" and "bicubic" when the image shrinks; default false. */
  antialias?: boolean;
}

/** Ranks that a mode takes, the node's name without its rank, and whether it has `antialias`. */
const MODES: Record<string, { ranks: readonly number[]; node: string; soft?: boolean }> = {
  nearest: { ranks: [1, 2, 3], node: "UpsampleNearest" },
  "nearest-exact": { ranks: [1, 2, 3], node: "UpsampleNearestExact" },
  linear: { ranks: [1], node: "UpsampleLinear" },
  bilinear: { ranks: [2], node: "UpsampleBilinear", soft: true },
  bicubic: { ranks: [2], node: "UpsampleBicubic", soft: true },
  trilinear: { ranks: [3], node: "UpsampleTrilinear" },
  area: { ranks: [1, 2, 3], node: "" },
};
const AREA = [adaptiveAvgPool1d, adaptiveAvgPool2d, adaptiveAvgPool3d];

/** Distance between neighbouring places, in pixels of the input. */
const stepOf = (size: number, places: number, factor: number | null, align: boolean): number =>
  align ? (places > 1 ? (size - 1) / (places - 1) : 0) : factor !== null ? 1 / factor : size / places;

function nearest(size: number, places: number, factor: number | null, exact: boolean): Taps {
  // In float32 whatever the dtype, as PyTorch: the pixel chosen depends on it.
  const { fround } = Math;
  const step = fround(factor !== null ? 1 / factor : size / places);
  return tapsOf(size, places, 1, (i) => {
    const at = exact
      ? Math.floor(fround(fround(i + 0.5) * step))
      : places === 2 * size
        ? i >> 1
        : Math.floor(fround(i * step));
    return [[at, 1]];
  });
}

function linear(size: number, places: number, step: number, align: boolean): Taps {
  return tapsOf(size, places, 2, (i) => {
    const at = align ? step * i : Math.max(step * (i + 0.5) - 0.5, 0),
      first = Math.min(Math.floor(at), size - 1);
    return [
      [first, 1 - (at - first)],
      [first + 1, at - first],
    ];
  });
}

/** Keys' cubic convolution kernel. */
function cubic(x: number, a: number): number {
  const t = Math.abs(x);
  if (t >= 2) return 0;
  return t <= 1 ? ((a + 2) * t - (a + 3)) * t * t + 1 : ((a * t - 5 * a) * t + 8 * a) * t - 4 * a;
}

function bicubic(size: number, places: number, step: number, align: boolean): Taps {
  return tapsOf(size, places, 4, (i) => {
    const at = align ? step * i : step * (i + 0.5) - 0.5,
      first = Math.floor(at);
    return [-1, 0, 1, 2].map((k) => [first + k, cubic(at - first - k, -0.75)] as const);
  });
}

/** Filters as wide as the image shrinks. */
function smoothed(size: number, places: number, step: number, isCubic: boolean): Taps {
  const wide = Math.max(step, 1),
    reach = (isCubic ? 2 : 1) * wide,
    taps = 2 * Math.ceil(reach) + 1;
  return tapsOf(size, places, taps, (i) => {
    const center = step * (i + 0.5),
      first = Math.max(Math.trunc(center - reach + 0.5), 0),
      end = Math.min(Math.trunc(center + reach + 0.5), size);
    const list = Array.from({ length: end - first }, (_, k): [number, number] => {
      const x = (first + k - center + 0.5) / wide;
      return [first + k, isCubic ? cubic(x, -0.5) : Math.max(1 - Math.abs(x), 0)];
    });
    const sum = list.reduce((s, [, w]) => s + w, 0);
    for (const tap of list) tap[1] /= sum;
    return list;
  });
}

/**
 * Another size for the spatial dimensions of [N, C, L], [N, C, H, W] or [N, C, D, H, W].
 * @throws ValueError unless one of `size` and `scaleFactor` is given, ShapeError where the mode is for another rank.
 */
export function interpolate(
  input: Tensor,
  size?: Sizes | null | InterpolateOptions,
  scaleFactor?: Sizes | null | InterpolateOptions,
  mode?: InterpolationMode | InterpolateOptions,
  alignCorners?: boolean | null | InterpolateOptions,
  recomputeScaleFactor?: boolean | null | InterpolateOptions,
  antialias?: boolean | InterpolateOptions,
  options?: InterpolateOptions,
): Tensor {
  const op = "interpolate";
  const [given = null, factor = null, kind = "nearest", align = null, recompute = false, soft = false] =
    positional<[Sizes?, Sizes?, InterpolationMode?, (boolean | null)?, boolean?, boolean?]>(
      op,
      ["size", "scaleFactor", "mode", "alignCorners", "recomputeScaleFactor", "antialias"],
      [size, scaleFactor, mode, alignCorners, recomputeScaleFactor, antialias, options],
    );
  checkTensor(op, input);
  const known = MODES[kind];
  if (known === undefined)
    throw new ValueError(`${op}: mode must be one of ${Object.keys(MODES).join(", ")}, got ${String(kind)}`);
  const rank = input.ndim - 2,
    sizes = input.shape.slice(2);
  if (!known.ranks.includes(rank))
    throw new ShapeError(
      `${op}: mode ${kind} needs an input of ${known.ranks.map((r) => r + 2).join(" or ")} dimensions, got shape ${shapeText(input.shape)}`,
    );
  const pointwise = kind === "area" || kind.startsWith("nearest");
  if (align !== null && typeof align !== "boolean")
    throw new ValueError(`${op}: alignCorners must be a boolean, got ${String(align)}`);
  if (pointwise && align !== null)
    throw new ValueError(`${op}: alignCorners can only be set for linear, bilinear, bicubic and trilinear`);
  if (soft && !known.soft) throw new ValueError(`${op}: antialias is for bilinear and bicubic only`);
  if ((given === null) === (factor === null))
    throw new ValueError(`${op}: exactly one of size and scaleFactor must be given`);
  if (recompute && given !== null)
    throw new ValueError(`${op}: recomputeScaleFactor is not meaningful with a size`);
  const each = (list: Sizes, name: string): readonly number[] => {
    const all = typeof list === "number" ? sizes.map(() => list) : list;
    if (all.length !== rank || !all.every((n) => Number.isFinite(n)))
      throw new ValueError(`${op}: ${name} must be a number or ${rank} numbers, got ${String(list)}`);
    return all;
  };
  const factors = factor === null ? null : each(factor, "scaleFactor");
  const result = factors === null ? each(given!, "size") : sizes.map((n, d) => Math.floor(n * factors[d]!));
  if (!result.every((n) => Number.isInteger(n) && n > 0) || input.shape.slice(1).includes(0))
    throw new ShapeError(
      `${op}: input and output sizes should be greater than 0, got input ${shapeText(input.shape)} and output ${shapeText(result)}`,
    );
  if (kind === "area") return AREA[rank - 1]!(input, result);
  const corners = align === true;
  const tables = sizes.map((n, d): Taps | null => {
    const places = result[d]!,
      own = factors === null || recompute ? null : factors[d]!,
      step = stepOf(n, places, own, corners);
    if (kind === "nearest") return places === n ? null : nearest(n, places, own, false);
    if (kind === "nearest-exact") return nearest(n, places, own, true);
    if (soft) return smoothed(n, places, step, kind === "bicubic");
    if (kind === "bicubic") return bicubic(n, places, step, corners);
    return linear(n, places, step, corners);
  });
  return resample(RECORDS[`${known.node}${rank}D${soft ? "Aa" : ""}`]!, input, { sizes, result, tables });
}

const RECORDS = Object.fromEntries(
  Object.values(MODES).flatMap(({ ranks, node, soft }) =>
    (node === "" ? [] : ranks).flatMap((rank) =>
      (soft ? ["", "Aa"] : [""]).map((suffix) => {
        const name = `${node}${rank}D${suffix}`;
        return [name, resampleRecord(`${name}Backward1`)];
      }),
    ),
  ),
);

/** `interpolate` under its old name. */
export function upsample(
  input: Tensor,
  size?: Sizes | null | InterpolateOptions,
  scaleFactor?: Sizes | null | InterpolateOptions,
  mode?: InterpolationMode | InterpolateOptions,
  alignCorners?: boolean | null | InterpolateOptions,
  options?: InterpolateOptions,
): Tensor {
  const [n = null, factor = null, kind = "nearest", align = null] = positional<
    [Sizes?, Sizes?, InterpolationMode?, (boolean | null)?]
  >(
    "upsample",
    ["size", "scaleFactor", "mode", "alignCorners"],
    [size, scaleFactor, mode, alignCorners, options],
  );
  return interpolate(input, n, factor, kind, align);
}

/** `interpolate` with mode "nearest". */
export function upsampleNearest(
  input: Tensor,
  size?: Sizes | null | InterpolateOptions,
  scaleFactor?: Sizes | null | InterpolateOptions,
): Tensor {
  const [n = null, factor = null] = positional<[Sizes?, Sizes?]>(
    "upsampleNearest",
    ["size", "scaleFactor"],
    [size, scaleFactor],
  );
  return interpolate(input, n, factor, "nearest");
}

/** `interpolate` with linear modes and aligned corners. */
export function upsampleBilinear(
  input: Tensor,
  size?: Sizes | null | InterpolateOptions,
  scaleFactor?: Sizes | null | InterpolateOptions,
): Tensor {
  const [n = null, factor = null] = positional<[Sizes?, Sizes?]>(
    "upsampleBilinear",
    ["size", "scaleFactor"],
    [size, scaleFactor],
  );
  return interpolate(input, n, factor, "bilinear", true);
}
