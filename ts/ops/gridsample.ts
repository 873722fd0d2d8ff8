// Functions only (nn.functional): images seen through grids of coordinates. After Jaderberg et al., "Spatial Transformer
// Networks" (2015); what happens at the borders is PyTorch's.

import { recomputed } from "../autograd/recomputed.ts";
import { type OpRecord, record, tracks } from "../autograd/record.ts";
import { untaped } from "../autograd/untaped.ts";
import { int64 } from "../core/dtype.ts";
import { DtypeError, ShapeError, ValueError } from "../core/errors.ts";
import { positional } from "../core/options.ts";
import { numelOf, shapeText } from "../core/shape.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { sizesOf } from "./arguments.ts";
import { tensor } from "./creation.ts";
import { checkTensor } from "./dispatch.ts";
import { stack } from "./join.ts";

export interface GridSampleOptions {
  /** Default "bilinear". */
  mode?: "bilinear" | "nearest" | "bicubic";
  /** What lies outside: zeros (the default), the border's pixel, or the image mirrored. */
  paddingMode?: "zeros" | "border" | "reflection";
  /** Whether -1 and 1 are the centres of the corner pixels or their outer edges; default false, the edges. */
  alignCorners?: boolean | null;
}
type Padding = "zeros" | "border" | "reflection";

/** `x` takes the value `value`, and its gradient the factor `slope`. */
const steered = (x: Tensor, value: Tensor, slope: Tensor): Tensor => x.sub(x.detach()).mul(slope).add(value);

/** A coordinate in pixels brought into the image, as the padding asks. */
function inside(x: Tensor, size: number, padding: Padding, align: boolean): Tensor {
  if (padding === "zeros") return x;
  const [value, slope] = untaped(() => {
    let at = x.detach(),
      slope = at.mul(0).add(1);
    if (padding === "reflection") {
      const low = align ? 0 : -0.5,
        span = align ? size - 1 : size;
      if (span === 0) return [at.mul(0), at.mul(0)];
      const off = at.sub(low),
        flips = off.abs().div(span).floor().remainder(2),
        rest = off.abs().remainder(span);
      at = rest.add(flips.mul(rest.mul(-2).add(span))).add(low);
      slope = off.lt(0).to(x.dtype).mul(-2).add(1).mul(flips.mul(-2).add(1));
    }
    const within = at.gt(0).logicalAnd(at.lt(size - 1));
    return [at.clamp(0, size - 1), slope.mul(within.to(x.dtype))];
  });
  return steered(x, value!, slope!);
}

/** The pixels at whole coordinates, [N, C, places]; zeros outside the image. */
function pixels(image: Tensor, sizes: readonly number[], at: readonly Tensor[]): Tensor {
  const [index, within] = untaped(() => {
    const here = at.map((x, d) => x.ge(0).logicalAnd(x.lt(sizes[d]!)));
    const all = here.reduce((a, b) => a.logicalAnd(b));
    const safe = at.map((x) => x.where(all, 0).to(int64));
    return [safe.reduce((sum, x, d) => sum.mul(sizes[d]!).add(x)), all];
  });
  const [n, c] = image.shape as [number, number],
    places = index!.shape[1]!;
  const spread = (x: Tensor) => x.reshape([n, 1, places]).expand([n, c, places]);
  return image.gather(2, spread(index!)).maskedFill(spread(within!).logicalNot(), 0);
}

/** The weights of the four neighbours at distances 1 + t, t, 1 - t and 2 - t. */
function cubicWeights(t: Tensor): Tensor[] {
  const a = -0.75;
  const near = (x: Tensor) =>
    x
      .mul(a + 2)
      .sub(a + 3)
      .mul(x)
      .mul(x)
      .add(1);
  const far = (x: Tensor) =>
    x
      .mul(a)
      .sub(5 * a)
      .mul(x)
      .add(8 * a)
      .mul(x)
      .sub(4 * a);
  const back = t.neg().add(1);
  return [far(t.add(1)), near(t), near(back), far(back.add(1))];
}

function sampled(input: Tensor, grid: Tensor, mode: string, padding: Padding, align: boolean): Tensor {
  const rank = input.ndim - 2,
    sizes = input.shape.slice(2);
  const [n, c] = input.shape as [number, number],
    places = numelOf(grid.shape.slice(1, -1));
  const image = input.reshape([n, c, numelOf(sizes)]),
    flat = grid.reshape([n, places, rank]);
  // The grid names the last dimension first.
  const at = sizes.map((size, d) => {
    const x = flat.select(2, rank - 1 - d);
    return align ? x.add(1).mul((size - 1) / 2) : x.add(1).mul(size).sub(1).div(2);
  });
  const result = (sum: Tensor) => sum.reshape([n, c, ...grid.shape.slice(1, -1)]);
  const into = (x: Tensor, d: number) => inside(x, sizes[d]!, padding, align);
  if (mode === "nearest")
    return result(
      pixels(
        image,
        sizes,
        at.map(into).map((x) => x.detach().round()),
      ),
    );
  const whole = mode === "bicubic" ? at : at.map(into);
  const first = whole.map((x) => x.detach().floor()),
    part = whole.map((x, d) => x.sub(first[d]!));
  const weights = part.map((t) => (mode === "bicubic" ? cubicWeights(t) : [t.neg().add(1), t]));
  const offset = mode === "bicubic" ? -1 : 0,
    taps = weights[0]!.length;
  let sum: Tensor | null = null;
  for (let k = 0; k < taps ** rank; k++) {
    const tap = sizes.map((_, d) => Math.floor(k / taps ** (rank - 1 - d)) % taps);
    const spot = first.map((x, d) => {
      const shifted = x.add(tap[d]! + offset);
      return mode === "bicubic" ? into(shifted, d) : shifted;
    });
    const weight = tap.map((i, d) => weights[d]![i]!).reduce((a, b) => a.mul(b));
    const part = pixels(image, sizes, spot).mul(weight.reshape([n, 1, places]));
    sum = sum === null ? part : sum.add(part);
  }
  return result(sum!);
}

/**
 * The image [N, C, H, W] (or [N, C, D, H, W]) at the coordinates of a grid [N, H', W', 2] (or [N, D', H', W', 3]), which
 * run from -1 to 1 across the image, x first. Gives [N, C, H', W'].
 * @throws ShapeError where the shapes do not fit, ValueError for an unknown mode, or "bicubic" in three dimensions.
 */
export function gridSample(
  input: Tensor,
  grid: Tensor,
  mode?: string | GridSampleOptions,
  paddingMode?: string | GridSampleOptions,
  alignCorners?: boolean | null | GridSampleOptions,
  options?: GridSampleOptions,
): Tensor {
  const op = "gridSample";
  const [kind = "bilinear", padding = "zeros", align = false] = positional<
    [string?, Padding?, (boolean | null)?]
  >(op, ["mode", "paddingMode", "alignCorners"], [mode, paddingMode, alignCorners, options]);
  checkTensor(op, input);
  checkTensor(op, grid);
  if (!["bilinear", "nearest", "bicubic"].includes(kind))
    throw new ValueError(`${op}: mode must be bilinear, nearest or bicubic, got ${kind}`);
  if (!["zeros", "border", "reflection"].includes(padding))
    throw new ValueError(`${op}: paddingMode must be zeros, border or reflection, got ${padding}`);
  const rank = input.ndim - 2;
  if (
    (rank !== 2 && rank !== 3) ||
    grid.ndim !== input.ndim ||
    grid.shape[0] !== input.shape[0] ||
    grid.shape[rank + 1] !== rank
  )
    throw new ShapeError(
      `${op}: expected an input [N, C, H, W] with a grid [N, H', W', 2], or [N, C, D, H, W] with [N, D', H', W', 3], got ${shapeText(input.shape)} and ${shapeText(grid.shape)}`,
    );
  if (kind === "bicubic" && rank === 3)
    throw new ValueError(`${op}: bicubic interpolation only supports inputs of 4 dimensions`);
  if (input.shape.slice(2).includes(0))
    throw new ShapeError(
      `${op}: expected an input with non-empty spatial dimensions, got ${shapeText(input.shape)}`,
    );
  if (!input.dtype.isFloatingPoint || grid.dtype !== input.dtype)
    throw new DtypeError(
      `${op}: expected input and grid of one floating-point dtype, got ${input.dtype} and ${grid.dtype}`,
    );
  return recomputed(op, `GridSampler${rank}DBackward0`, input, grid, (x, g) =>
    sampled(x, g!, kind, padding, align === true),
  );
}

interface AffineSaved {
  base: Tensor;
  /** Spatial sizes. */
  sizes: readonly number[];
}
const AFFINE: OpRecord<AffineSaved> = {
  name: "affineGrid",
  node: "AffineGridGeneratorBackward0",
  vjp: (g, { base, sizes }) =>
    g
      .reshape([g.shape[0]!, numelOf(sizes), sizes.length])
      .transpose(1, 2)
      .matmul(base),
};

/** The grid for `gridSample` that maps an output of `size` ([N, C, H, W] or [N, C, D, H, W]) through affine matrices `theta` ([N, 2, 3] or [N, 3, 4]). */
export function affineGrid(
  theta: Tensor,
  size: readonly number[] | { size: readonly number[]; alignCorners?: boolean | null },
  alignCorners?: boolean | null | { alignCorners?: boolean | null },
): Tensor {
  const op = "affineGrid";
  const [given, align = false] = positional<[readonly number[], (boolean | null)?]>(
    op,
    ["size", "alignCorners"],
    [size, alignCorners],
  );
  checkTensor(op, theta);
  const shape = sizesOf(op, "size", given);
  const rank = shape.length - 2,
    sizes = shape.slice(2);
  if (!theta.dtype.isFloatingPoint)
    throw new DtypeError(`${op}: expected theta to have a floating point type, got ${theta.dtype}`);
  if (
    (rank !== 2 && rank !== 3) ||
    theta.ndim !== 3 ||
    theta.shape[0] !== shape[0] ||
    theta.shape[1] !== rank ||
    theta.shape[2] !== rank + 1
  )
    throw new ShapeError(
      `${op}: expected theta of shape [N, 2, 3] for a size [N, C, H, W], or [N, 3, 4] for [N, C, D, H, W], got ${shapeText(theta.shape)} and ${shapeText(shape)}`,
    );
  if (!shape.every((n) => Number.isInteger(n) && n > 0))
    throw new ShapeError(`${op}: expected positive sizes, got ${shapeText(shape)}`);
  const out = untaped(() => {
    const axes = sizes.map((n, d) => {
      const step = align ? 2 / Math.max(n - 1, 1) : 2 / n,
        first = align ? (n > 1 ? -1 : 0) : -1 + step / 2;
      return tensor(Float64Array.from({ length: n }, (_, i) => first + i * step))
        .reshape(sizes.map((_, k) => (k === d ? n : 1)))
        .expand(sizes);
    });
    const one = axes[0]!.mul(0).add(1);
    const base = stack([...axes.reverse(), one], rank)
      .reshape([numelOf(sizes), rank + 1])
      .to(theta.dtype);
    const grid = base.matmul(theta.detach().transpose(1, 2)).reshape([shape[0]!, ...sizes, rank]);
    return { grid, base };
  });
  return tracks(theta) ? record(AFFINE, [theta], out.grid, { base: out.base, sizes }) : out.grid;
}
