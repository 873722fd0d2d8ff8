// Elements or slices combined into places chosen by indices: sums, products, means and extremes.
import { snapshot } from "../autograd/inplace.ts";
import { type FusedRecord, record } from "../autograd/record.ts";
import { bool, uint8 } from "../core/dtype.ts";
import { AutogradError, ValueError } from "../core/errors.ts";
import { positional } from "../core/options.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { checkNumeric } from "./arguments.ts";
import { filled } from "./creation.ts";
import { checkTensor, describe } from "./dispatch.ts";
import {
  asLine,
  type Fold,
  foldInto,
  type Places,
  refuseOverlap,
  scatterInto,
  writeOver,
} from "./indexed.ts";
import { sliceSources } from "./indexslices.ts";
import { intoSame } from "./out.ts";
import { covered, scatterPlaces } from "./scatter.ts";

export type Reduction = "sum" | "prod" | "mean" | "amax" | "amin";
export interface ReduceAtOptions {
  dim?: number;
  index?: Tensor;
  src?: Tensor;
  reduce?: Reduction;
  /** Whether the input's own elements take part where something arrives; default true. */
  includeSelf?: boolean;
  out?: Tensor;
}
export interface IndexReduceOptions extends Omit<ReduceAtOptions, "src"> {
  source?: Tensor;
}

/** The four things one does with places, by elements or by slices. */
interface Way {
  pick(x: Tensor, dim: number, index: Tensor): Tensor;
  add(x: Tensor, dim: number, index: Tensor, src: Tensor): Tensor;
  zero(x: Tensor, dim: number, index: Tensor): Tensor;
  reduce(
    x: Tensor,
    dim: number,
    index: Tensor,
    src: Tensor,
    reduce: Reduction,
    options: { includeSelf: boolean },
  ): Tensor;
}
const BY_ELEMENT: Way = {
  pick: (x, dim, index) => x.gather(dim, index),
  add: (x, dim, index, src) => x.scatterAdd(dim, index, src),
  zero: (x, dim, index) => x.scatter(dim, index, 0),
  reduce: (x, dim, index, src, reduce, options) => scatterReduce(x, dim, index, src, reduce, options),
};
const BY_SLICE: Way = {
  pick: (x, dim, index) => x.indexSelect(dim, index),
  add: (x, dim, index, src) => x.indexAdd(dim, index, src),
  zero: (x, dim, index) => x.indexFill(dim, index, 0),
  reduce: (x, dim, index, src, reduce, options) => indexReduce(x, dim, index, src, reduce as "prod", options),
};

interface Saved {
  input: Tensor;
  src: Tensor;
  result: Tensor;
  index: Tensor;
  dim: number;
  reduce: Reduction;
  includeSelf: boolean;
}

const gradients =
  (way: Way): FusedRecord<Saved>["backward"] =>
  ([g], saved, [needsInput, needsSource]) => {
    if (g == null) return [null, null];
    const { input, src, index, dim, reduce, includeSelf } = saved;
    const at = (x: Tensor) => way.pick(x, dim, index);
    let own = g,
      theirs: Tensor;
    if (reduce === "sum") theirs = at(g);
    else if (reduce === "mean") {
      const share = g.div(counts(way, g, saved));
      own = share;
      theirs = at(share);
    } else if (reduce === "prod") {
      if (needsInput) {
        const nonzero = input.maskedFill(input.eq(0), 1);
        own = g.mul(way.reduce(nonzero, dim, index, src, "prod", { includeSelf })).div(nonzero);
      }
      theirs = needsSource ? productShares(way, g, saved) : g;
    } else {
      const fromInput = input.eq(saved.result).to(g.dtype);
      const fromSource = src.eq(at(saved.result)).to(g.dtype);
      const share = g.div(way.add(fromInput, dim, index, fromSource));
      own = fromInput.mul(share);
      theirs = fromSource.mul(at(share));
    }
    if (!includeSelf) own = way.zero(own, dim, index);
    return [own, needsSource ? theirs : null];
  };

/** How many elements each mean is of. */
function counts(way: Way, g: Tensor, { src, index, dim, includeSelf }: Saved): Tensor {
  const start = includeSelf ? g.newOnes(g.shape) : g.newZeros(g.shape);
  const n = way.add(start, dim, index, src.newOnes(src.shape));
  return n.maskedFill(n.eq(0), 1);
}

/** A source that is the only zero of its product gets the product of the others. */
function productShares(way: Way, g: Tensor, saved: Saved): Tensor {
  const { input, src, result, index, dim, includeSelf } = saved;
  const at = (x: Tensor) => way.pick(x, dim, index);
  const zero = src.eq(0);
  const zeros = at(way.add(input.detach().mul(0), dim, index, zero.to(src.dtype)));
  if (zeros.gt(1).any().item())
    throw new AutogradError(
      "scatterReduce: the gradient of a product over several zeros among the sources is not implemented (PyTorch: double backward is unsupported for src when >1 zeros in src are scattered to the same position)",
    );
  const alone = zero.mul(zeros.eq(1));
  const others = way.reduce(input, dim, index, src.maskedFill(alone, 1), "prod", { includeSelf });
  return at(g.mul(others))
    .mul(alone)
    .add(at(g.mul(result)).div(src.maskedFill(zero, 1)).maskedFill(alone, 0));
}

const recordOf = (name: string, way: Way): FusedRecord<Saved> => ({
  name,
  inputs: ["input", "src"],
  fixed: ["index"],
  backward: gradients(way),
});
const SCATTER_REDUCE = recordOf("scatterReduce", BY_ELEMENT);
const INDEX_REDUCE = recordOf("indexReduce", BY_SLICE);

const FOLD: Record<Reduction, Fold> = { sum: "Sum", mean: "Sum", prod: "Prod", amax: "Amax", amin: "Amin" };

/** What combines with anything to give that. */
function neutral(reduce: Reduction, { dtype }: Tensor): number | bigint {
  if (reduce === "sum" || reduce === "mean") return 0;
  if (reduce === "prod") return 1;
  if (dtype.isFloatingPoint) return reduce === "amax" ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  if (dtype === bool) return reduce === "amax" ? 0 : 1;
  if (dtype === uint8) return reduce === "amax" ? 0 : 255;
  const top = 2n ** BigInt(8 * dtype.itemsize - 1);
  return reduce === "amax" ? -top : top - 1n;
}

function reduceInto(to: Tensor, at: Places, src: Tensor, reduce: Reduction, includeSelf: boolean): void {
  const self = asLine(to);
  if (!includeSelf) scatterInto(self, at, filled([1], neutral(reduce, to), to.dtype));
  foldInto(self, at, src, FOLD[reduce]);
  if (reduce !== "mean") return;
  const many = filled(self.shape, includeSelf ? 1 : 0, to.dtype);
  foldInto(many, at, filled([1], 1, to.dtype), "Sum");
  const divisor = many.maskedFill(many.eq(0), 1);
  self.div_(divisor, to.dtype.isFloatingPoint ? {} : { roundingMode: "floor" });
}

/**
 * A copy of the input with the elements of `src` combined into it along `dim`, as `scatterAdd` places them, by
 * "sum", "prod", "mean", "amax" or "amin". @throws IndexError for an index out of range.
 */
export function scatterReduce(
  input: Tensor,
  dim: number | ReduceAtOptions,
  index?: Tensor | ReduceAtOptions,
  src?: Tensor | ReduceAtOptions,
  reduce?: Reduction | ReduceAtOptions,
  options?: ReduceAtOptions,
): Tensor {
  return reducedAt("scatterReduce", input, [dim, index, src, reduce, options], false);
}
/** Methods only: `scatterReduce` in place. */
export function scatterReduce_(
  input: Tensor,
  dim: number | ReduceAtOptions,
  index?: Tensor | ReduceAtOptions,
  src?: Tensor | ReduceAtOptions,
  reduce?: Reduction | ReduceAtOptions,
  options?: ReduceAtOptions,
): Tensor {
  return reducedAt("scatterReduce_", input, [dim, index, src, reduce, options], true);
}

function checkReduction(op: string, reduce: unknown, allowed: readonly string[]): void {
  if (!allowed.includes(reduce as string))
    throw new ValueError(`${op}: reduce must be one of ${allowed.join(", ")}, got ${describe(reduce)}`);
}

function reducedAt(op: string, input: Tensor, args: readonly unknown[], inPlace: boolean): Tensor {
  const [dim, index, src, reduce, includeSelf = true, out] = positional(
    op,
    ["dim", "index", "src", "reduce", "includeSelf", "out"],
    args,
  );
  checkReduction(op, reduce, Object.keys(FOLD));
  checkTensor(op, src);
  const [d, at] = scatterPlaces(op, input, dim, index, src);
  if (inPlace) refuseOverlap(op, input, src);
  // Only the part of the source that the indices cover takes part, in the gradient too.
  const part = at === null ? src : covered(src, index);
  const made = writeOver(input, {
    name: op,
    inPlace,
    inputs: [src],
    write: (to) => at !== null && reduceInto(to, at, asLine(src.detach()), reduce, includeSelf),
    record: (to) => {
      const was = inPlace ? snapshot(input) : input;
      const saved = { input: was, src: part, result: to, index, dim: d, reduce, includeSelf };
      return record(SCATTER_REDUCE, [input, part], to, saved);
    },
  });
  return intoSame(op, { out }, made);
}

/** A copy of the input with the slices of `source` combined into the slices at `index` along `dim`, by "prod", "mean", "amax" or "amin". @throws IndexError for an index out of range. */
export function indexReduce(
  input: Tensor,
  dim: number | IndexReduceOptions,
  index?: Tensor | IndexReduceOptions,
  source?: Tensor | IndexReduceOptions,
  reduce?: Exclude<Reduction, "sum"> | IndexReduceOptions,
  options?: IndexReduceOptions,
): Tensor {
  return reducedSlices("indexReduce", input, [dim, index, source, reduce, options], false);
}
/** Methods only: `indexReduce` in place. */
export function indexReduce_(
  input: Tensor,
  dim: number | IndexReduceOptions,
  index?: Tensor | IndexReduceOptions,
  source?: Tensor | IndexReduceOptions,
  reduce?: Exclude<Reduction, "sum"> | IndexReduceOptions,
  options?: IndexReduceOptions,
): Tensor {
  return reducedSlices("indexReduce_", input, [dim, index, source, reduce, options], true);
}

function reducedSlices(op: string, input: Tensor, args: readonly unknown[], inPlace: boolean): Tensor {
  const [dim, index, source, reduce, includeSelf = true, out] = positional(
    op,
    ["dim", "index", "source", "reduce", "includeSelf", "out"],
    args,
  );
  checkReduction(op, reduce, ["prod", "mean", "amax", "amin"]);
  checkNumeric(op, input);
  const [d, at, src] = sliceSources(op, input, dim, index, source);
  if (inPlace) refuseOverlap(op, input, source);
  const made = writeOver(input, {
    name: op,
    inPlace,
    inputs: [source],
    write: (to) => reduceInto(to, at, src, reduce, includeSelf),
    record: (to) => {
      const was = inPlace ? snapshot(input) : input;
      const saved = { input: was, src: source, result: to, index, dim: d, reduce, includeSelf };
      return record(INDEX_REDUCE, [input, source], to, saved);
    },
  });
  return intoSame(op, { out }, made);
}
