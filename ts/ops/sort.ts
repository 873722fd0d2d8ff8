// Sorting along a dimension.
import { type FusedRecord, recordAll, tracks } from "../autograd/record.ts";
import { COMPUTE, int64 } from "../core/dtype.ts";
import { positional } from "../core/options.ts";
import { namedResults } from "../core/results.ts";
import { type Shape, wrapDim } from "../core/shape.ts";
import { scratch } from "../memory/scratch.ts";
import { cast } from "../tensor/raw.ts";
import { addressOf, empty, type Tensor, written } from "../tensor/tensor.ts";
import { parallel, SPLIT } from "../threads/pool.ts";
import { checkTensor, family, kernelFor } from "./dispatch.ts";
import { linesOf } from "./lines.ts";
import { intoSame } from "./out.ts";
import type { ValuesIndices } from "./reduceextreme.ts";

export interface SortOptions {
  /** Default -1. */
  dim?: number;
  /** Largest first; default false. */
  descending?: boolean;
  /** Equal elements keep their order, which they always do here. */
  stable?: boolean;
  /** Where to write values and indices. */
  out?: readonly [Tensor, Tensor];
}

interface Picked {
  indices: Tensor;
  dim: number;
  shape: Shape;
}
/** An op whose values are elements of its input, at `indices` along `dim`. */
export const picking = (name: string): FusedRecord<Picked> => ({
  name,
  inputs: ["input"],
  backward: ([g], { indices, dim, shape }) => [
    g == null ? null : shape.length === 0 ? g.reshape([]) : g.newZeros(shape).scatter(dim, indices, g),
  ],
});
const SORT = picking("sort");
const STABLE: FusedRecord<Picked> = { ...SORT, node: "SortBackward1" };

type SortKernel = (
  x: number,
  values: number,
  indices: number,
  n: number,
  inner: number,
  descending: number,
  scratch: number,
  room: number,
  grain: number,
  begin: number,
  end: number,
) => void;

/** Ranges that lines are split into at most, each with an area to work in, and the bytes for all of these. */
const AREAS = 16;
const MOST = 1 << 25;

/** Sorted lines and where their elements were, off the tape. */
export function sorted(input: Tensor, dim: number, descending = false): [values: Tensor, indices: Tensor] {
  const compute = COMPUTE[input.dtype.domain];
  const { source, outer, n, inner } = linesOf(cast(input, compute), input.ndim === 0 ? [] : [dim]);
  const values = empty(input.shape, compute),
    indices = empty(input.shape, int64);
  const run = kernelFor("sort", family<SortKernel>("sort"), compute);
  const size = compute.itemsize;
  if (values.numel() > 0) {
    const lines = outer * inner,
      room = 1024 * size + 2 * n * (size + 4);
    const areas = values.numel() < SPLIT ? 1 : Math.min(lines, AREAS, Math.max(1, Math.floor(MOST / room)));
    const grain = Math.ceil(lines / areas);
    parallel(run, lines, grain, [
      addressOf(source),
      addressOf(values),
      addressOf(indices),
      n,
      inner,
      Number(descending),
      scratch(room * areas),
      room,
      grain,
    ]);
  }
  written(values);
  return [cast(values, input.dtype), written(indices)];
}

/** The elements in ascending (or descending) order along `dim`, and where they were: `{ values, indices }`. NaN counts as the largest; equal elements keep their order. */
export function sort(
  input: Tensor,
  dim?: number | SortOptions,
  descending?: boolean | SortOptions,
  options?: SortOptions,
): ValuesIndices {
  checkTensor("sort", input);
  const [over = -1, down = false, stable, out] = positional(
    "sort",
    ["dim", "descending", "stable", "out"],
    [dim, descending, options],
  );
  const d = wrapDim("sort", over, input.ndim);
  const [values, indices] = sorted(input, d, down);
  if (tracks(input))
    recordAll(stable === undefined ? SORT : STABLE, [input], [values, indices], {
      indices,
      dim: d,
      shape: input.shape,
    });
  return pair("sort", values, indices, out);
}

/** Values and indices, written into `out` where there is one. */
export function pair(
  op: string,
  values: Tensor,
  indices: Tensor,
  out?: readonly [Tensor, Tensor] | null,
): ValuesIndices {
  return out == null
    ? namedResults({ values, indices })
    : namedResults({
        values: intoSame(op, { out: out[0] }, values),
        indices: intoSame(op, { out: out[1] }, indices),
      });
}

/** Where the sorted elements come from along `dim`. */
export function argsort(
  input: Tensor,
  dim?: number | SortOptions,
  descending?: boolean | SortOptions,
  options?: SortOptions,
): Tensor {
  checkTensor("argsort", input);
  const [over = -1, down = false] = positional(
    "argsort",
    ["dim", "descending", "stable"],
    [dim, descending, options],
  );
  return sorted(input, wrapDim("argsort", over, input.ndim), down)[1];
}

/** The elements in ascending order along the first dimension. */
export function msort(input: Tensor, options?: { out?: Tensor }): Tensor {
  return intoSame("msort", options, sort(input, 0).values);
}
