// Pools over windows of one to three spatial dimensions: their records and what they compute.
import { type OpRecord, record, recordAll, tracks } from "../autograd/record.ts";
import { COMPUTE, int32, int64 } from "../core/dtype.ts";
import { DtypeError } from "../core/errors.ts";
import { numelOf, type Shape } from "../core/shape.ts";
import { kernels } from "../memory/wasm.ts";
import { cast, packed } from "../tensor/raw.ts";
import { addressOf, empty, type Tensor, written } from "../tensor/tensor.ts";
import { overUnits } from "../threads/pool.ts";
import { family, kernelFor } from "./dispatch.ts";
import { evenWindows, type PoolPlan, slidingWindows, type Windows, writeWindows } from "./poolwindows.ts";

type MoveKernel = (
  x: number,
  indices: number,
  out: number,
  places: number,
  size: number,
  begin: number,
  end: number,
) => void;

/** Positions in planes of a tensor [..., sizes], one or more to a plane. */
export interface Positions {
  /** int32, row-major, of shape [...planes, ...result]. */
  indices: Tensor;
  shape: Shape;
  /** Number of spatial dimensions. */
  rank: number;
}

function move(kernel: string, x: Tensor, { indices, shape, rank }: Positions, out: Shape): Tensor {
  const compute = COMPUTE[x.dtype.domain];
  const source = packed(cast(x, compute)),
    result = empty(out, compute);
  const run = kernelFor(kernel, family<MoveKernel>(kernel), compute);
  const places = numelOf(indices.shape.slice(-rank)),
    size = numelOf(shape.slice(-rank));
  if (result.numel() > 0)
    overUnits(run, numelOf(shape.slice(0, -rank)), Math.max(places, size), [
      addressOf(source),
      addressOf(indices),
      addressOf(result),
      places,
      size,
    ]);
  return cast(written(result), x.dtype);
}

const ADDED: OpRecord<Positions> = { name: "maxPoolBackward", vjp: (gg, at) => gathered(gg, at) };
const GATHERED: OpRecord<Positions> = { name: "maxPool", vjp: (g, at) => scatterAdded(g, at) };

/** Planes of zeros in which each element was added at its position. */
function scatterAdded(g: Tensor, at: Positions): Tensor {
  const out = move("poolScatterAdd", g, at, at.shape);
  return tracks(g) ? record(ADDED, [g], out, at) : out;
}

/** The elements of planes at the positions. */
export function gathered(x: Tensor, at: Positions): Tensor {
  const out = move("poolGather", x, at, at.indices.shape);
  return tracks(x) ? record(GATHERED, [x], out, at) : out;
}

/** Planes of zeros in which each element stands at its position; off the tape. */
export function scattered(x: Tensor, at: Positions): Tensor {
  return move("poolScatter", x, at, at.shape);
}

const maxRecord = (name: string, node: string): OpRecord<Positions> => ({ name, node, vjp: scatterAdded });
const MAX: Record<string, OpRecord<Positions>> = {
  maxPool1d: maxRecord("maxPool1d", "SqueezeBackward1"),
  maxPool2d: maxRecord("maxPool2d", "MaxPool2DWithIndicesBackward0"),
  maxPool3d: maxRecord("maxPool3d", "MaxPool3DWithIndicesBackward0"),
  adaptiveMaxPool1d: maxRecord("adaptiveMaxPool1d", "SqueezeBackward1"),
  adaptiveMaxPool2d: maxRecord("adaptiveMaxPool2d", "AdaptiveMaxPool2DBackward0"),
  adaptiveMaxPool3d: maxRecord("adaptiveMaxPool3d", "AdaptiveMaxPool3DBackward0"),
  fractionalMaxPool2d: maxRecord("fractionalMaxPool2d", "FractionalMaxPool2DBackward0"),
  fractionalMaxPool3d: maxRecord("fractionalMaxPool3d", "FractionalMaxPool3DBackward0"),
};

type MaxKernel = (
  x: number,
  values: number,
  indices: number,
  table: number,
  begin: number,
  end: number,
) => void;

/**
 * The largest element of each window, and where it was in its plane where that is asked for. `windows` gives the
 * windows of all planes, or those of each; null stands for float32 windows of 2 by 2, two apart.
 */
export function maximum(
  op: string,
  input: Tensor,
  result: readonly number[],
  windows: Windows | readonly Windows[] | null,
  wantsIndices: boolean,
): [Tensor, Tensor | null] {
  const compute = COMPUTE[input.dtype.domain],
    rank = result.length;
  const run = kernelFor(op, family<MaxKernel>("maxPool"), input.dtype);
  const shape = [...input.shape.slice(0, -rank), ...result],
    planes = numelOf(input.shape.slice(0, -rank));
  const tracked = tracks(input);
  const source = packed(cast(input, compute)),
    values = empty(shape, compute);
  const indices = wantsIndices || tracked ? empty(shape, int32) : null;
  if (values.numel() > 0) {
    const x = addressOf(source),
      to = addressOf(values),
      at = indices === null ? 0 : addressOf(indices);
    if (windows === null) {
      const [h, w] = input.shape.slice(-2) as [number, number];
      overUnits(kernels.maxPoolPairs_f32, planes, h * w, [x, to, at, h, w]);
    } else if (Array.isArray(windows)) {
      for (let p = 0; p < planes; p++) run(x, to, at, writeWindows(windows[p] as Windows), p, p + 1);
    } else {
      const each = numelOf(input.shape.slice(-rank));
      overUnits(run, planes, each, [x, to, at, writeWindows(windows as Windows)]);
    }
  }
  const out = cast(written(values), input.dtype);
  if (indices !== null) written(indices);
  if (tracked) recordAll(MAX[op]!, [input], [out], { indices: indices!, shape: input.shape, rank });
  return [out, wantsIndices ? cast(indices!, int64) : null];
}

/** The largest element of each window, and where it was in its plane where that is asked for. */
export function maximumPool(
  op: string,
  input: Tensor,
  plan: PoolPlan,
  wantsIndices: boolean,
): [Tensor, Tensor | null] {
  const { rank, kernel, strides, pads, dilations, sizes, result } = plan;
  const pairs =
    rank === 2 &&
    input.dtype.domain === "f32" &&
    kernel.every((k, d) => k === 2 && strides[d] === 2 && pads[d] === 0 && dilations[d] === 1) &&
    result.every((n, d) => n === sizes[d]! >> 1);
  return maximum(op, input, result, pairs ? null : slidingWindows(plan), wantsIndices);
}

/** The largest element of each of the windows that divide the input evenly, and where it was. */
export function adaptiveMaximum(
  op: string,
  input: Tensor,
  result: readonly number[],
  wantsIndices: boolean,
): [Tensor, Tensor | null] {
  return maximum(op, input, result, evenWindows(input.shape.slice(-result.length), result), wantsIndices);
}

interface AverageSaved {
  windows: Windows;
  /** Divides every sum; 0 for the number of elements. */
  divisor: number;
}
const averageRecord = (name: string, node: string): OpRecord<AverageSaved> => ({
  name,
  node,
  vjp: averageBack,
});
const AVERAGE: Record<string, OpRecord<AverageSaved>> = {
  avgPool1d: averageRecord("avgPool1d", "SqueezeBackward1"),
  avgPool2d: averageRecord("avgPool2d", "AvgPool2DBackward0"),
  avgPool3d: averageRecord("avgPool3d", "AvgPool3DBackward0"),
  adaptiveAvgPool1d: averageRecord("adaptiveAvgPool1d", "SqueezeBackward1"),
  adaptiveAvgPool2d: averageRecord("adaptiveAvgPool2d", "AdaptiveAvgPool2DBackward0"),
  adaptiveAvgPool3d: averageRecord("adaptiveAvgPool3d", "AdaptiveAvgPool3DBackward0"),
};
const AVERAGE_BACK: OpRecord<AverageSaved> = {
  name: "avgPoolBackward",
  vjp: (gg, saved) => average("avgPool2d", gg, saved),
};

type AverageKernel = (
  x: number,
  out: number,
  table: number,
  divisor: number,
  begin: number,
  end: number,
) => void;

function averaged(
  op: string,
  kernel: string,
  x: Tensor,
  out: Shape,
  { windows, divisor }: AverageSaved,
): Tensor {
  const compute = COMPUTE[x.dtype.domain],
    rank = windows.sizes.length;
  const run = kernelFor(op, family<AverageKernel>(kernel), x.dtype);
  const source = packed(cast(x, compute)),
    result = empty(out, compute);
  if (result.numel() > 0)
    overUnits(run, numelOf(out.slice(0, out.length - rank)), numelOf(out.slice(out.length - rank)), [
      addressOf(source),
      addressOf(result),
      writeWindows(windows),
      divisor,
    ]);
  return cast(written(result), x.dtype);
}

function average(op: string, input: Tensor, saved: AverageSaved): Tensor {
  const { result } = saved.windows;
  const shape = [...input.shape.slice(0, -result.length), ...result];
  const out = averaged(op, "avgPool", input, shape, saved);
  return tracks(input) ? record(AVERAGE[op]!, [input], out, saved) : out;
}

function averageBack(g: Tensor, saved: AverageSaved): Tensor {
  const { sizes } = saved.windows;
  const out = averaged(
    "avgPool",
    "avgPoolBackward",
    g,
    [...g.shape.slice(0, -sizes.length), ...sizes],
    saved,
  );
  return tracks(g) ? record(AVERAGE_BACK, [g], out, saved) : out;
}

/** The mean of each window; `divisor` 0 stands for the number of elements. */
export function averagePool(
  op: string,
  input: Tensor,
  plan: PoolPlan,
  countBorder: boolean,
  divisor: number,
): Tensor {
  if (!input.dtype.isFloatingPoint && input.dtype !== int64)
    throw new DtypeError(`${op}: not implemented for ${input.dtype}`);
  return average(op, input, { windows: slidingWindows(plan, countBorder), divisor });
}

/** The mean of each of the windows that divide the input evenly. */
export function adaptiveAverage(op: string, input: Tensor, result: readonly number[]): Tensor {
  if (!input.dtype.isFloatingPoint) throw new DtypeError(`${op}: not implemented for ${input.dtype}`);
  return average(op, input, {
    windows: evenWindows(input.shape.slice(-result.length), result),
    divisor: 0,
  });
}
