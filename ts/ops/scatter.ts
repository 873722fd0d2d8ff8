// Elements written or combined into places chosen by indices along a dimension.
import { nonDifferentiable, notImplemented, type OpRecord, record } from "../autograd/record.ts";
import { DtypeError, ValueError } from "../core/errors.ts";
import { positional } from "../core/options.ts";
import { wrapDim } from "../core/shape.ts";
import { isTensor, type Tensor } from "../tensor/tensor.ts";
import { filled } from "./creation.ts";
import { checkTensor, describe } from "./dispatch.ts";
import {
  asLine,
  checkIndexDtype,
  checkWithin,
  foldInto,
  type Places,
  places,
  refuseOverlap,
  scatterInto,
  writeOver,
} from "./indexed.ts";
import { intoSame } from "./out.ts";
import { narrow } from "./slices.ts";

export interface ScatterOptions {
  dim?: number;
  index?: Tensor;
  src?: Tensor | number;
  /** In place of `src`: one number for all places. */
  value?: number;
  /** Combine with what is there: "add" or "multiply". */
  reduce?: "add" | "multiply" | null;
  out?: Tensor;
}

interface Saved {
  dim: number;
  index: Tensor;
}
const SCATTER: OpRecord<Saved> = {
  name: "scatter",
  vjp: {
    input: (g, { dim, index }) => g.scatter(dim, index, 0),
    src: (g, { dim, index }) => g.gather(dim, index),
    index: nonDifferentiable,
  },
};
const SCATTER_VALUE: OpRecord<Saved> = {
  name: "scatter",
  node: "ScatterBackward1",
  vjp: { input: (g, { dim, index }) => g.scatter(dim, index, 0), index: nonDifferentiable },
};
const REDUCING = notImplemented("scatter with reduce has none in PyTorch; use scatterReduce");
const SCATTER_REDUCE: OpRecord<Saved> = {
  name: "scatter",
  vjp: { input: REDUCING, src: REDUCING, index: nonDifferentiable },
};
const SCATTER_ADD: OpRecord<Saved> = {
  name: "scatterAdd",
  vjp: { input: (g) => g, src: (g, { dim, index }) => g.gather(dim, index), index: nonDifferentiable },
};

/** The places along `dim` and the sources for them, checked. Null where there is nothing to do. */
export function scatterPlaces(
  op: string,
  input: Tensor,
  dim: number,
  index: Tensor,
  src: Tensor | null,
): [dim: number, at: Places | null] {
  checkTensor(op, input);
  checkTensor(op, index);
  const d = wrapDim(op, dim, input.ndim);
  if (src !== null && src.dtype !== input.dtype)
    throw new DtypeError(`${op}: expected src of dtype ${input.dtype} like the input, got ${src.dtype}`);
  if (index.numel() === 0) return [d, null];
  checkIndexDtype(op, index);
  const self = asLine(input),
    line = asLine(index);
  checkWithin(op, "index", line.shape, self.shape, "the input", d);
  if (src !== null) checkWithin(op, "index", line.shape, asLine(src).shape, "src", null);
  return [d, places(op, self, d, line, line.shape)];
}

/** The part of `src` with the shape of `index`: only that takes part, in the gradient too. */
export function covered(src: Tensor, index: Tensor): Tensor {
  let part = src;
  index.shape.forEach((size, d) => {
    if (part.shape[d] !== size) part = narrow(part, d, 0, size);
  });
  return part;
}

/**
 * A copy of the input with the elements of `src` (a tensor of the same dtype, or a number) written along `dim`:
 * `out[index[i][j]][j] = src[i][j]` for dim 0. With several for one place, the last wins. @throws IndexError for an index out of range.
 */
export function scatter(
  input: Tensor,
  dim: number | ScatterOptions,
  index?: Tensor | ScatterOptions,
  src?: Tensor | number | ScatterOptions,
  options?: ScatterOptions,
): Tensor {
  return scattered("scatter", input, [dim, index, src, options], false);
}
/** Methods only: `scatter` in place. */
export function scatter_(
  input: Tensor,
  dim: number | ScatterOptions,
  index?: Tensor | ScatterOptions,
  src?: Tensor | number | ScatterOptions,
  options?: ScatterOptions,
): Tensor {
  return scattered("scatter_", input, [dim, index, src, options], true);
}

const COMBINE = { add: "Sum", multiply: "Prod" } as const;

function scattered(op: string, input: Tensor, args: readonly unknown[], inPlace: boolean): Tensor {
  const [dim, index, given, value, reduce, out] = positional(
    op,
    ["dim", "index", "src", "value", "reduce", "out"],
    args,
  );
  const src = given ?? value;
  if (!isTensor(src) && typeof src !== "number" && typeof src !== "boolean")
    throw new ValueError(`${op}: src must be a tensor or a number, got ${describe(src)}`);
  if (reduce !== undefined && reduce !== null && !(reduce in COMBINE))
    throw new ValueError(`${op}: reduce must be "add" or "multiply", got ${describe(reduce)}`);
  const [d, at] = scatterPlaces(op, input, dim, index, isTensor(src) ? src : null);
  if (inPlace) {
    refuseOverlap(op, input, index);
    if (isTensor(src)) refuseOverlap(op, input, src);
  }
  const source = isTensor(src) ? asLine(src) : filled([1], src, input.dtype);
  const saved = { dim: d, index };
  const made = writeOver(input, {
    name: op,
    inPlace,
    inputs: [isTensor(src) ? src : null],
    write: (to) => {
      if (at === null) return;
      if (reduce) foldInto(asLine(to), at, source, COMBINE[reduce as "add"]);
      else scatterInto(asLine(to), at, source);
    },
    record: (to) =>
      isTensor(src)
        ? record(reduce ? SCATTER_REDUCE : SCATTER, [input, covered(src, index)], to, saved)
        : record(reduce ? SCATTER_REDUCE : SCATTER_VALUE, [input], to, saved),
  });
  return intoSame(op, { out }, made);
}

export interface ScatterAddOptions {
  dim?: number;
  index?: Tensor;
  src?: Tensor;
  out?: Tensor;
}
/** A copy of the input with the elements of `src` added along `dim`: `out[index[i][j]][j] += src[i][j]` for dim 0. @throws IndexError for an index out of range. */
export function scatterAdd(
  input: Tensor,
  dim: number | ScatterAddOptions,
  index?: Tensor | ScatterAddOptions,
  src?: Tensor | ScatterAddOptions,
  options?: ScatterAddOptions,
): Tensor {
  return added("scatterAdd", input, [dim, index, src, options], false);
}
/** Methods only: `scatterAdd` in place. */
export function scatterAdd_(
  input: Tensor,
  dim: number | ScatterAddOptions,
  index?: Tensor | ScatterAddOptions,
  src?: Tensor | ScatterAddOptions,
  options?: ScatterAddOptions,
): Tensor {
  return added("scatterAdd_", input, [dim, index, src, options], true);
}

function added(op: string, input: Tensor, args: readonly unknown[], inPlace: boolean): Tensor {
  const [dim, index, src, out] = positional(op, ["dim", "index", "src", "out"], args);
  checkTensor(op, src);
  const [d, at] = scatterPlaces(op, input, dim, index, src);
  if (inPlace) refuseOverlap(op, input, src);
  const made = writeOver(input, {
    name: op,
    inPlace,
    inputs: [src],
    write: (to) => at !== null && foldInto(asLine(to), at, asLine(src), "Sum"),
    record: (to) => record(SCATTER_ADD, [input, covered(src, index)], to, { dim: d, index }),
  });
  return intoSame(op, { out }, made);
}
