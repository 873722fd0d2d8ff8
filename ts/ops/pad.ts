// Functions only: in PyTorch padding belongs to nn.functional.
import { type OpRecord, record, tracks } from "../autograd/record.ts";
import { untaped } from "../autograd/untaped.ts";
import { int64 } from "../core/dtype.ts";
import { ShapeError, ValueError } from "../core/errors.ts";
import { positional } from "../core/options.ts";
import { shapeText } from "../core/shape.ts";
import { copyInto } from "../tensor/raw.ts";
import { Tensor } from "../tensor/tensor.ts";
import { filled, tensor } from "./creation.ts";
import { checkTensor } from "./dispatch.ts";

export type PadMode = "constant" | "reflect" | "replicate" | "circular";
export interface PadOptions {
  /** Elements to add before and after, for the last dimension first: `[left, right, top, bottom]`. Negative ones crop. */
  pad?: readonly number[];
  /** What to add: a constant (default), or a continuation of the data. */
  mode?: PadMode;
  /** The constant; default 0. */
  value?: number | null;
}

/** Pairs of elements before and after, by dimension from the front. */
type Edges = readonly (readonly [before: number, after: number])[];

const CONSTANT: OpRecord<{ edges: Edges }> = {
  name: "pad",
  node: "ConstantPadNdBackward0",
  vjp: (g, { edges }) =>
    constant(
      g,
      edges.map(([before, after]) => [-before, -after]),
      0,
    ),
};

function constant(input: Tensor, edges: Edges, value: number): Tensor {
  const shape = input.shape.map((size, d) => size + edges[d]![0] + edges[d]![1]);
  if (shape.some((size) => size < 0))
    throw new ShapeError(
      `pad: the padding of ${shapeText(input.shape)} gives negative sizes ${shapeText(shape)}`,
    );
  const out = filled(shape, value, input.dtype);
  // The part that both have, seen in each.
  const common = input.shape.map((size, d) => size + Math.min(edges[d]![0], 0) + Math.min(edges[d]![1], 0));
  const at = (x: Tensor, sign: 1 | -1) =>
    new Tensor(
      x.storage,
      x.dtype,
      common,
      x.strides,
      x.offset + x.strides.reduce((sum, s, d) => sum + s * Math.max(sign * edges[d]![0], 0), 0),
    );
  if (!common.some((size) => size <= 0)) copyInto(at(out, 1), at(input, -1));
  return tracks(input) ? record(CONSTANT, [input], out, { edges }) : out;
}

/** For each place along a dimension, which element of the input stands there. */
const SOURCES: Record<Exclude<PadMode, "constant">, (i: number, size: number) => number> = {
  reflect: (i, size) => (i < 0 ? -i : i >= size ? 2 * (size - 1) - i : i),
  replicate: (i, size) => Math.min(Math.max(i, 0), size - 1),
  circular: (i, size) => (i + size) % size,
};
interface Continued {
  edges: Edges;
  kind: Exclude<PadMode, "constant">;
  shape: readonly number[];
}
const continuedRecord = (node: string): OpRecord<Continued> => ({
  name: "pad",
  node,
  vjp: (g, { edges, kind, shape }) => folded(g, edges, kind, shape),
});
/** By the number of dimensions padded, less one. */
const CONTINUED = {
  reflect: ["ReflectionPad1DBackward0", "ReflectionPad2DBackward0", "ReflectionPad3DBackward0"].map(
    continuedRecord,
  ),
  replicate: ["ReplicationPad1DBackward0", "ReplicationPad2DBackward0", "ReplicationPad3DBackward0"].map(
    continuedRecord,
  ),
  circular: ["CopySlices", "CopySlices", "CopySlices"].map(continuedRecord),
};

/**
 * Adds elements around a tensor: `pad(x, [left, right, top, bottom])`, for the last dimension first.
 * @throws ShapeError or ValueError where a reflection or wrap would be wider than the data.
 */
export function pad(
  input: Tensor,
  edges: readonly number[] | PadOptions,
  mode?: PadMode | PadOptions,
  value?: number | null | PadOptions,
  options?: PadOptions,
): Tensor {
  checkTensor("pad", input);
  const [list, kind = "constant", fill] = positional<[readonly number[], PadMode?, (number | null)?]>(
    "pad",
    ["pad", "mode", "value"],
    [edges, mode, value, options],
  );
  if (
    !Array.isArray(list) ||
    list.length % 2 !== 0 ||
    list.length > 2 * input.ndim ||
    !list.every(Number.isInteger)
  )
    throw new ValueError(
      `pad: expected an even number of integers, at most ${2 * input.ndim}, got [${String(list)}]`,
    );
  const pairs: Edges = input.shape.map((_, d) => {
    const at = 2 * (input.ndim - 1 - d);
    return at < list.length ? [list[at]!, list[at + 1]!] : [0, 0];
  });
  if (kind === "constant") return constant(input, pairs, fill ?? 0);
  if (!(kind in SOURCES))
    throw new ValueError(
      `pad: mode must be "constant", "reflect", "replicate" or "circular", got ${String(kind)}`,
    );
  const rank = list.length / 2;
  if (rank > 3 || (input.ndim !== rank + 1 && input.ndim !== rank + 2))
    throw new ShapeError(
      `pad: ${kind} padding of ${rank} dimensions expects an input of ${rank + 1} or ${rank + 2} dimensions, got shape ${shapeText(input.shape)}`,
    );
  checkReach(kind, input, pairs);
  const out = untaped(() => continued(input, pairs, kind));
  return tracks(input)
    ? record(CONTINUED[kind][rank - 1]!, [input], out, { edges: pairs, kind, shape: input.shape })
    : out;
}

/** `pad` with a constant, 0 by default. */
export function constantPadNd(
  input: Tensor,
  edges: readonly number[] | object,
  value?: number | object,
  options?: object,
): Tensor {
  const [list, fill] = positional("constantPadNd", ["pad", "value"], [edges, value, options]);
  return pad(input, list, "constant", fill);
}

function checkReach(kind: PadMode, input: Tensor, pairs: Edges): void {
  pairs.forEach(([before, after], d) => {
    const limit =
      kind === "reflect"
        ? input.shape[d]! - 1
        : kind === "circular"
          ? input.shape[d]!
          : Number.POSITIVE_INFINITY;
    if ((before !== 0 || after !== 0) && (before > limit || after > limit))
      throw new ShapeError(
        `pad: ${kind} padding (${before}, ${after}) is too wide for dimension ${d} of input ${shapeText(input.shape)}`,
      );
  });
}

function sources(
  kind: Exclude<PadMode, "constant">,
  size: number,
  [before, after]: readonly [number, number],
): Tensor {
  // What is wrapped round is what cropping left.
  const cut = kind === "circular" ? Math.max(-before, 0) : 0;
  const round = kind === "circular" ? size - cut - Math.max(-after, 0) : size;
  const places = Array.from(
    { length: size + before + after },
    (_, i) => SOURCES[kind](i - before - cut, round) + cut,
  );
  return tensor(Float64Array.from(places), { dtype: int64 });
}

function continued(input: Tensor, pairs: Edges, kind: Exclude<PadMode, "constant">): Tensor {
  return pairs.reduce(
    (x, pair, d) => (pair[0] === 0 && pair[1] === 0 ? x : x.indexSelect(d, sources(kind, x.shape[d]!, pair))),
    input,
  );
}

/** The gradient: every element collects from the places that show it. */
function folded(
  g: Tensor,
  pairs: Edges,
  kind: Exclude<PadMode, "constant">,
  shape: readonly number[],
): Tensor {
  return pairs.reduce((x, pair, d) => {
    if (pair[0] === 0 && pair[1] === 0) return x;
    const sizes = x.shape.map((size, i) => (i === d ? shape[d]! : size));
    return x.newZeros(sizes).indexAdd(d, sources(kind, shape[d]!, pair), x);
  }, g);
}
