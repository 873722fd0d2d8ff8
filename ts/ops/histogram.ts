// Histograms over given or evenly spaced edges, of one or several coordinates.
import { float32, float64, int64 } from "../core/dtype.ts";
import { DtypeError, ShapeError, ValueError } from "../core/errors.ts";
import { positional } from "../core/options.ts";
import { namedResults } from "../core/results.ts";
import { numelOf, sameShape, shapeText } from "../core/shape.ts";
import { isTensor, type Tensor } from "../tensor/tensor.ts";
import { filled } from "./creation.ts";
import { checkTensor, describe } from "./dispatch.ts";
import { linspace } from "./ranges.ts";
import { searchsorted } from "./search.ts";
import { narrow, select } from "./slices.ts";

export interface HistogramOptions {
  /** How many bins, or the edges of them. */
  bins?: number | Tensor;
  /** Ends of evenly spaced bins; default those of the input. */
  range?: readonly [number, number] | null;
  /** Of each element; default 1. */
  weight?: Tensor | null;
  /** Divide by the whole weight and the bins' widths; default false. */
  density?: boolean;
}
export interface Histogram extends Iterable<Tensor> {
  hist: Tensor;
  binEdges: Tensor;
}
/** How many elements (or what weight of them) lie in each bin, whose last one includes its end: `{ hist, binEdges }`. */
export function histogram(
  input: Tensor,
  bins?: number | Tensor | HistogramOptions,
  options?: HistogramOptions,
): Histogram {
  checkTensor("histogram", input);
  const [wanted = 100, range = null, weight = null, density = false] = positional(
    "histogram",
    ["bins", "range", "weight", "density"],
    [bins, options],
  );
  checkFloat("histogram", input);
  if (weight !== null) checkTensor("histogram", weight);
  if (weight !== null && weight.dtype !== input.dtype)
    throw new DtypeError(`histogram: weight must have the input's dtype ${input.dtype}, got ${weight.dtype}`);
  const points = input.detach().reshape([-1, 1]);
  const edges = [edgesOf("histogram", points, 0, wanted, range)];
  if (weight !== null && !sameShape(weight.shape, input.shape))
    throw new ShapeError(
      `histogram: weight must have the input's shape ${shapeText(input.shape)}, got ${shapeText(weight.shape)}`,
    );
  return namedResults({
    hist: counted(points, edges, weight, density),
    binEdges: edges[0]!,
  });
}

export interface HistogramddOptions extends Omit<HistogramOptions, "bins" | "range"> {
  /** One number for all coordinates, or one number, or the edges, for each. */
  bins?: number | readonly number[] | readonly Tensor[];
  /** Ends for each coordinate, one after the other. */
  range?: readonly number[] | null;
}
export interface Histogramdd extends Iterable<Tensor | Tensor[]> {
  hist: Tensor;
  binEdges: Tensor[];
}
/** The histogram of points, whose coordinates are the last dimension: `{ hist, binEdges }`, one dimension and list of edges for each coordinate. */
export function histogramdd(
  input: Tensor,
  bins: number | readonly number[] | readonly Tensor[] | HistogramddOptions,
  options?: HistogramddOptions,
): Histogramdd {
  checkTensor("histogramdd", input);
  const [wanted, range = null, weight = null, density = false] = positional(
    "histogramdd",
    ["bins", "range", "weight", "density"],
    [bins, options],
  );
  checkFloat("histogramdd", input);
  if (weight !== null) checkTensor("histogramdd", weight);
  if (input.ndim < 2)
    throw new ShapeError(`histogramdd: expected at least 2 dimensions, got shape ${shapeText(input.shape)}`);
  const n = input.shape.at(-1)!;
  const perAxis: (number | Tensor)[] = Array.isArray(wanted)
    ? wanted
    : Array.from({ length: n }, () => wanted);
  if (perAxis.length !== n)
    throw new ValueError(`histogramdd: bins for ${perAxis.length} coordinates, the points have ${n}`);
  if (range !== null && !(Array.isArray(range) && range.length === 2 * n))
    throw new ValueError(`histogramdd: range must be ${2 * n} numbers, got ${describe(range)}`);
  const points = input.detach().reshape([-1, n]);
  if (weight !== null && weight.numel() !== points.shape[0])
    throw new ShapeError(
      `histogramdd: weight of shape ${shapeText(weight.shape)} does not fit ${points.shape[0]} points`,
    );
  const edges = perAxis.map((own, k) =>
    edgesOf("histogramdd", points, k, own, range && [range[2 * k], range[2 * k + 1]]),
  );
  return namedResults({ hist: counted(points, edges, weight, density), binEdges: edges }) as Histogramdd;
}

function checkFloat(op: string, { dtype }: Tensor): void {
  if (dtype !== float32 && dtype !== float64) throw new DtypeError(`${op}: not implemented for ${dtype}`);
}

function edgesOf(
  op: string,
  points: Tensor,
  axis: number,
  bins: number | Tensor,
  range: readonly [number, number] | null,
): Tensor {
  if (isTensor(bins)) {
    if (bins.ndim !== 1 || bins.numel() < 2)
      throw new ShapeError(`${op}: the edges of bins must be a list, got shape ${shapeText(bins.shape)}`);
    if (bins.dtype !== points.dtype)
      throw new DtypeError(`${op}: edges must have the input's dtype ${points.dtype}, got ${bins.dtype}`);
    return bins;
  }
  if (!Number.isInteger(bins) || bins <= 0) throw new ValueError(`${op}: bins must be > 0, got ${bins}`);
  if (range !== null && !(Array.isArray(range) && range.length === 2))
    throw new ValueError(`${op}: range must be a pair of numbers`);
  let [low, high] = range ?? [0, 1];
  if (range === null && points.shape[0]! > 0) {
    const column = select(points, 1, axis);
    [low, high] = [column.amin().item() as number, column.amax().item() as number];
  }
  if (!Number.isFinite(low) || !Number.isFinite(high))
    throw new ValueError(`${op}: range [${low}, ${high}] is not finite`);
  if (low > high) throw new ValueError(`${op}: min should not exceed max, got ${low} and ${high}`);
  // As NumPy has it, a range without extent is widened by half to either side.
  if (low === high) [low, high] = [low - 0.5, high + 0.5];
  return linspace(low, high, bins + 1, { dtype: points.dtype });
}

function counted(points: Tensor, edges: readonly Tensor[], weight: Tensor | null, density: boolean): Tensor {
  const { dtype } = points;
  const shape = edges.map((e) => e.numel() - 1);
  let at: Tensor = filled([points.shape[0]!], 0, int64),
    inside = at.eq(0);
  edges.forEach((edge, k) => {
    const x = select(points, 1, k).contiguous(),
      last = edge.select(0, -1);
    const bin = searchsorted(edge, x, { right: true }).sub(1);
    inside = inside.logicalAnd(x.ge(edge.select(0, 0))).logicalAnd(x.le(last));
    at = at.mul(shape[k]!).add(bin.clampMax(shape[k]! - 1));
  });
  const weights =
    weight === null ? filled([points.shape[0]!], 1, dtype) : weight.detach().reshape([-1]).to(dtype);
  let hist = filled([numelOf(shape)], 0, dtype)
    .indexAdd(0, at.maskedSelect(inside), weights.maskedSelect(inside))
    .reshape(shape);
  if (!density) return hist;
  hist = hist.div(hist.sum());
  edges.forEach((edge, k) => {
    const widths = narrow(edge, 0, 1, shape[k]!).sub(narrow(edge, 0, 0, shape[k]!));
    hist = hist.div(widths.reshape(shape.map((n, j) => (j === k ? n : 1))));
  });
  return hist;
}
