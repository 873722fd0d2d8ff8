// Pools over windows of one to three spatial dimensions: their records and what they compute.
import { type OpRecord, record, recordAll, tracks } from "../autograd/record.ts";
import { untaped } from "../autograd/untaped.ts";
import { int64 } from "../core/dtype.ts";
import { ShapeError } from "../core/errors.ts";
import { numelOf, type Shape } from "../core/shape.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { type ConvPlan, convBackInput, convForward } from "./convkernel.ts";
import { filled, fromTypedArray, tensor } from "./creation.ts";
import { pad } from "./pad.ts";

export interface PoolPlan {
  /** Number of spatial dimensions. */
  rank: number;
  kernel: readonly number[];
  strides: readonly number[];
  pads: readonly number[];
  dilations: readonly number[];
  /** Spatial sizes of the input and of the result. */
  sizes: readonly number[];
  result: readonly number[];
  /** The dimensions before. */
  planes: readonly number[];
}
export interface AveragePlan extends PoolPlan {
  countIncludePad: boolean;
  /** Divides every sum; 0 for the number of elements. */
  divisor: number;
}

/** For each place of a result, the elements it sees: positions in the plane, `width` for each place. */
interface Table {
  positions: BigInt64Array;
  width: number;
}
/** Where along one dimension a place's window lies: first element, step, and how many. */
type Span = (place: number) => { first: number; step: number; count: number };

/** Windows are as wide as the widest; narrower ones name their first element again, which changes no maximum. */
function tableOf(sizes: readonly number[], result: readonly number[], spans: readonly Span[]): Table {
  const lists = result.map((count, d) => Array.from({ length: count }, (_, place) => spans[d]!(place)));
  const widths = lists.map((list) => Math.max(1, ...list.map(({ count }) => count)));
  const width = numelOf(widths),
    places = numelOf(result),
    positions = new BigInt64Array(places * width);
  const at = result.map(() => 0),
    tap = result.map(() => 0);
  for (let place = 0, k = 0; place < places; place++) {
    for (let i = 0; i < width; i++) {
      let position = 0;
      for (let d = 0; d < sizes.length; d++) {
        const { first, step, count } = lists[d]![at[d]!]!;
        position = position * sizes[d]! + first + (tap[d]! < count ? tap[d]! * step : 0);
      }
      positions[k++] = BigInt(position);
      advance(tap, widths);
    }
    advance(at, result);
  }
  return { positions, width };
}

function advance(index: number[], sizes: readonly number[]): void {
  for (let d = index.length - 1; d >= 0; d--) {
    if (++index[d]! < sizes[d]!) return;
    index[d] = 0;
  }
}

interface MaxSaved {
  indices: Tensor;
  shape: Shape;
}
const maxRecord = (name: string, node: string): OpRecord<MaxSaved> => ({
  name,
  node,
  vjp: (g, { indices, shape }) => {
    const places = indices.shape[1]!,
      planes = indices.shape[0]!;
    const size = numelOf(shape) / planes;
    return g
      .newZeros([planes, size])
      .scatterAdd(1, indices, g.reshape([planes, places]))
      .reshape(shape);
  },
});
const MAX: Record<string, OpRecord<MaxSaved>> = {
  maxPool1d: maxRecord("maxPool1d", "SqueezeBackward1"),
  maxPool2d: maxRecord("maxPool2d", "MaxPool2DWithIndicesBackward0"),
  maxPool3d: maxRecord("maxPool3d", "MaxPool3DWithIndicesBackward0"),
  adaptiveMaxPool1d: maxRecord("adaptiveMaxPool1d", "SqueezeBackward1"),
  adaptiveMaxPool2d: maxRecord("adaptiveMaxPool2d", "AdaptiveMaxPool2DBackward0"),
  adaptiveMaxPool3d: maxRecord("adaptiveMaxPool3d", "AdaptiveMaxPool3DBackward0"),
};

function maximum(
  op: string,
  input: Tensor,
  result: readonly number[],
  { positions, width }: Table,
): [Tensor, Tensor] {
  const rank = result.length,
    lead = input.shape.slice(0, -rank),
    planes = numelOf(lead),
    places = numelOf(result);
  const shape = [...lead, ...result];
  const [values, flat] = untaped(() => {
    const table = fromTypedArray(positions);
    const seen = input.reshape([planes, -1]).indexSelect(1, table).reshape([planes, places, width]);
    const best = seen.max(2);
    // Which entry of the table won, as a position in the plane.
    const entry = best.indices.add(
      tensor(
        Float64Array.from({ length: places }, (_, i) => i * width),
        { dtype: int64 },
      ),
    );
    return [best.values.reshape(shape), table.indexSelect(0, entry.reshape([-1])).reshape([planes, places])];
  });
  if (tracks(input)) recordAll(MAX[op]!, [input], [values], { indices: flat, shape: input.shape });
  return [values, flat.reshape(shape)];
}

/** The largest element of each window, and where it was in its plane. */
export function maximumPool(op: string, input: Tensor, plan: PoolPlan): [Tensor, Tensor] {
  const { sizes, kernel, strides, pads, dilations, result } = plan;
  const spans = sizes.map(
    (size, d): Span =>
      (place) => {
        const start = place * strides[d]! - pads[d]!,
          step = dilations[d]!;
        const skipped = start < 0 ? Math.ceil(-start / step) : 0;
        const within = Math.min(kernel[d]!, Math.ceil((size - start) / step));
        return { first: start + skipped * step, step, count: within - skipped };
      },
  );
  return maximum(op, input, result, tableOf(sizes, result, spans));
}

/** First and last place (exclusive) that a place of an adaptive pool sees. */
const share = (place: number, size: number, count: number): [number, number] => [
  Math.floor((place * size) / count),
  Math.ceil(((place + 1) * size) / count),
];

/** The largest element of each of the windows that divide the input evenly, and where it was. */
export function adaptiveMaximum(op: string, input: Tensor, result: readonly number[]): [Tensor, Tensor] {
  const sizes = input.shape.slice(-result.length);
  const spans = sizes.map(
    (size, d): Span =>
      (place) => {
        const [first, end] = share(place, size, result[d]!);
        return { first, step: 1, count: end - first };
      },
  );
  return maximum(op, input, result, tableOf(sizes, result, spans));
}

interface AverageSaved {
  plan: AveragePlan;
}
const averageRecord = (name: string, node: string): OpRecord<AverageSaved> => ({
  name,
  node,
  vjp: (g, { plan }) => averageBack(g, plan),
});
const AVERAGE: Record<string, OpRecord<AverageSaved>> = {
  avgPool1d: averageRecord("avgPool1d", "SqueezeBackward1"),
  avgPool2d: averageRecord("avgPool2d", "AvgPool2DBackward0"),
  avgPool3d: averageRecord("avgPool3d", "AvgPool3DBackward0"),
};
const AVERAGE_BACK: OpRecord<AverageSaved> = {
  name: "avgPoolBackward",
  vjp: (gg, { plan }) => averagePool("avgPool2d", gg, plan),
};

/** Sums over windows are a convolution with ones; the border grows on the far side where rounding up asks for it. */
function sums(plan: AveragePlan): { conv: ConvPlan; extra: number[] } {
  const { rank, kernel, strides, pads, sizes, result, planes } = plan,
    count = numelOf(planes);
  const extra = result.map((n, d) =>
    Math.max(0, (n - 1) * strides[d]! + kernel[d]! - sizes[d]! - 2 * pads[d]!),
  );
  const grown = sizes.map((size, d) => size + extra[d]!);
  const conv = {
    rank,
    strides,
    pads,
    dilations: plan.dilations,
    groups: 1,
    input: [count, 1, ...grown],
    weight: [1, 1, ...kernel],
    output: [count, 1, ...result],
  };
  return { conv, extra };
}

/** What each sum is divided by. */
function divisors({
  kernel,
  strides,
  pads,
  sizes,
  result,
  countIncludePad,
  divisor,
}: AveragePlan): Tensor | number {
  if (divisor !== 0) return divisor;
  const counts = result.map((n, d) =>
    Array.from({ length: n }, (_, place) => {
      const start = place * strides[d]! - pads[d]!,
        end = Math.min(start + kernel[d]!, sizes[d]! + pads[d]!);
      return countIncludePad ? end - start : Math.min(end, sizes[d]!) - Math.max(start, 0);
    }),
  );
  const all = counts.reduce<number[]>((list, own) => list.flatMap((a) => own.map((b) => a * b)), [1]);
  return all.every((n) => n === all[0]) ? all[0]! : tensor(Float64Array.from(all)).reshape(result);
}

/** Integers are divided as in C. */
const divided = (x: Tensor, by: Tensor | number): Tensor =>
  x.div(
    typeof by === "number" ? by : by.to(x.dtype),
    x.dtype.isFloatingPoint ? undefined : { roundingMode: "trunc" },
  );
const onesFor = (x: Tensor, conv: ConvPlan): Tensor => filled(conv.weight, 1, x.dtype);

/** The mean of each window. */
export function averagePool(op: string, input: Tensor, plan: AveragePlan): Tensor {
  const out = untaped(() => {
    const { conv, extra } = sums(plan),
      planes = input.detach().reshape([-1, 1, ...plan.sizes]);
    const grown = extra.some((n) => n > 0) ? pad(planes, extra.flatMap((n) => [n, 0]).reverse()) : planes;
    const total = convForward(grown, onesFor(input, conv), null, conv).reshape([
      ...plan.planes,
      ...plan.result,
    ]);
    return divided(total, divisors(plan));
  });
  return tracks(input) ? record(AVERAGE[op]!, [input], out, { plan }) : out;
}

function averageBack(g: Tensor, plan: AveragePlan): Tensor {
  const out = untaped(() => {
    const { conv, extra } = sums(plan);
    const spreadOut = convBackInput(
      divided(g.detach(), divisors(plan)).reshape(conv.output),
      onesFor(g, conv),
      conv,
    );
    const cut = extra.some((n) => n > 0)
      ? pad(spreadOut, extra.flatMap((n) => [-n, 0]).reverse())
      : spreadOut;
    return cut.reshape([...plan.planes, ...plan.sizes]);
  });
  return tracks(g) ? record(AVERAGE_BACK, [g], out, { plan }) : out;
}

interface AdaptiveSaved {
  sizes: readonly number[];
  result: readonly number[];
}
const adaptiveRecord = (name: string, node: string): OpRecord<AdaptiveSaved> => ({
  name,
  node,
  vjp: (g, { sizes, result }) => weighted(g, sizes, result, true),
});
const ADAPTIVE: Record<string, OpRecord<AdaptiveSaved>> = {
  adaptiveAvgPool1d: adaptiveRecord("adaptiveAvgPool1d", "SqueezeBackward1"),
  adaptiveAvgPool2d: adaptiveRecord("adaptiveAvgPool2d", "AdaptiveAvgPool2DBackward0"),
  adaptiveAvgPool3d: adaptiveRecord("adaptiveAvgPool3d", "AdaptiveAvgPool3DBackward0"),
};

/** Averaging along each dimension is a product with a matrix of weights, or, on the way back, with its transpose. */
function weighted(x: Tensor, sizes: readonly number[], result: readonly number[], back: boolean): Tensor {
  const first = x.ndim - sizes.length;
  return sizes.reduce((y, size, d) => {
    const count = result[d]!;
    if (size === count) return y;
    const weights = new Float64Array(count * size);
    for (let place = 0; place < count; place++) {
      const [from, to] = share(place, size, count);
      weights.fill(1 / (to - from), place * size + from, place * size + to);
    }
    const matrix = tensor(weights).reshape([count, size]).to(x.dtype);
    return y
      .transpose(first + d, -1)
      .matmul(back ? matrix : matrix.t())
      .transpose(first + d, -1);
  }, x);
}

/** The mean of each of the windows that divide the input evenly. */
export function adaptiveAverage(op: string, input: Tensor, result: readonly number[]): Tensor {
  if (numelOf(result) === 0 && input.numel() === 0) throw new ShapeError(`${op}: the input is empty`);
  const sizes = input.shape.slice(-result.length);
  const out = untaped(() => weighted(input.detach(), sizes, result, false).contiguous());
  const own = out.storage === input.storage ? out.clone() : out;
  return tracks(input) ? record(ADAPTIVE[op]!, [input], own, { sizes, result }) : own;
}
