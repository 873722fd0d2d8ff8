// Deviation, norms and log-sum-exp.
import { type FusedRecord, type OpRecord, record, recordAll, tracks } from "../autograd/record.ts";
import { untaped } from "../autograd/untaped.ts";
import { getDefaultDtype } from "../core/dtype.ts";
import { DtypeError, ValueError } from "../core/errors.ts";
import { positional } from "../core/options.ts";
import { numelOf, wrapDims } from "../core/shape.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { checkTensor } from "./dispatch.ts";
import { checkLines, reduceLines, restored, spread, varianceLines } from "./lines.ts";
import { into } from "./out.ts";
import type { Dims, ReduceOptions } from "./reduce.ts";

export interface VarOptions extends ReduceOptions {
  /** What is taken off the number of elements in the divisor; default 1. */
  correction?: number | null;
  /** false stands for correction 0. */
  unbiased?: boolean;
}
interface Deviation {
  input: Tensor;
  dims: readonly number[];
  keepdim: boolean;
  correction: number;
}
interface Arguments extends Deviation {
  out: Tensor | undefined;
}

/** `(unbiased)`, `(dim, unbiased, keepdim)` and `(dim, correction, keepdim)` come as PyTorch has them. */
function deviationArguments(op: string, input: Tensor, args: readonly unknown[]): Arguments {
  checkTensor(op, input);
  if (!input.dtype.isFloatingPoint)
    throw new DtypeError(`${op}: only support floating point dtypes, got ${input.dtype}`);
  const [first, ...rest] = args;
  const shifted = typeof first === "boolean" ? [undefined, first, ...rest] : args;
  const [dim, unbiased, keepdim = false, correction, out] = positional(
    op,
    ["dim", "unbiased", "keepdim", "correction", "out"],
    shifted,
  );
  if (unbiased !== undefined && correction !== undefined)
    throw new ValueError(`${op}: give either unbiased or correction`);
  const dims = wrapDims(op, dim, input.ndim);
  return { input, dims, keepdim, correction: correction ?? (unbiased === false ? 0 : 1), out };
}

/** Sums of squared deviations over the divisor: NaN where that is not positive. */
function varianceOf({ input, dims, keepdim, correction }: Deviation): Tensor {
  const n = numelOf(dims.map((d) => input.shape[d]!));
  return varianceLines("var", input, dims, keepdim, Math.max(n - correction, 0));
}

const variancePart = (g: Tensor, { input, dims, keepdim, correction }: Deviation): Tensor => {
  const n = numelOf(dims.map((d) => input.shape[d]!));
  const centred = input.sub(input.mean(dims.length === 0 ? null : dims, true));
  return centred.mul(restored(g, input.shape, dims, keepdim).mul(2 / (n - correction)));
};
interface Rooted extends Deviation {
  result: Tensor;
}
/** Where the deviation is 0 the gradient is, too. */
const throughRoot = (g: Tensor, result: Tensor) => g.div(result.mul(2)).maskedFill(result.eq(0), 0);

const VAR: OpRecord<Deviation> = { name: "var", vjp: variancePart };
const STD: OpRecord<Rooted> = { name: "std", vjp: (g, s) => variancePart(throughRoot(g, s.result), s) };

/** Variance of all elements or along dimensions, by default with n - 1 as the divisor. @throws DtypeError for integers. */
function variance(
  input: Tensor,
  dim?: Dims | boolean | VarOptions,
  unbiased?: boolean | VarOptions,
  keepdim?: boolean | VarOptions,
  options?: VarOptions,
): Tensor {
  const { out, ...s } = deviationArguments("var", input, [dim, unbiased, keepdim, options]);
  const result = untaped(() => varianceOf(s));
  return into("var", { out }, tracks(input) ? record(VAR, [input], result, s) : result);
}

export { variance as var };

/** Standard deviation of all elements or along dimensions, by default with n - 1 as the divisor. @throws DtypeError for integers. */
export function std(
  input: Tensor,
  dim?: Dims | boolean | VarOptions,
  unbiased?: boolean | VarOptions,
  keepdim?: boolean | VarOptions,
  options?: VarOptions,
): Tensor {
  const { out, ...s } = deviationArguments("std", input, [dim, unbiased, keepdim, options]);
  const result = untaped(() => varianceOf(s).sqrt());
  return into("std", { out }, tracks(input) ? record(STD, [input], result, { ...s, result }) : result);
}

const meanPart = (g: Tensor, { input, dims, keepdim }: Deviation) =>
  spread(g.div(numelOf(dims.map((d) => input.shape[d]!))), input.shape, dims, keepdim);
const sumOf = (a: Tensor | null, b: Tensor | null) => (a === null ? b : b === null ? a : a.add(b));
const VAR_MEAN: FusedRecord<Deviation> = {
  name: "varMean",
  inputs: ["input"],
  backward: ([v, m], s) => [sumOf(v ? variancePart(v, s) : null, m ? meanPart(m, s) : null)],
};
const STD_MEAN: FusedRecord<Rooted> = {
  name: "stdMean",
  inputs: ["input"],
  backward: ([d, m], s) => [
    sumOf(d ? variancePart(throughRoot(d, s.result), s) : null, m ? meanPart(m, s) : null),
  ],
};

/** Variance and mean: `[variance, mean]`. */
export function varMean(
  input: Tensor,
  dim?: Dims | boolean | VarOptions,
  unbiased?: boolean | VarOptions,
  keepdim?: boolean | VarOptions,
  options?: VarOptions,
): [variance: Tensor, mean: Tensor] {
  const { out: _, ...s } = deviationArguments("varMean", input, [dim, unbiased, keepdim, options]);
  const results = untaped((): [Tensor, Tensor] => [
    varianceOf(s),
    input.mean(s.dims.length === 0 ? null : s.dims, s.keepdim),
  ]);
  return tracks(input) ? recordAll(VAR_MEAN, [input], results, s) : results;
}

/** Standard deviation and mean: `[deviation, mean]`. */
export function stdMean(
  input: Tensor,
  dim?: Dims | boolean | VarOptions,
  unbiased?: boolean | VarOptions,
  keepdim?: boolean | VarOptions,
  options?: VarOptions,
): [deviation: Tensor, mean: Tensor] {
  const { out: _, ...s } = deviationArguments("stdMean", input, [dim, unbiased, keepdim, options]);
  const results = untaped((): [Tensor, Tensor] => [
    varianceOf(s).sqrt(),
    input.mean(s.dims.length === 0 ? null : s.dims, s.keepdim),
  ]);
  return tracks(input) ? recordAll(STD_MEAN, [input], results, { ...s, result: results[0] }) : results;
}

interface Logs {
  input: Tensor;
  result: Tensor;
  dims: readonly number[];
  keepdim: boolean;
}
const LOGSUMEXP: OpRecord<Logs> = {
  name: "logsumexp",
  vjp: (g, { input, result, dims, keepdim }) =>
    restored(g, input.shape, dims, keepdim).mul(
      input.sub(restored(result, input.shape, dims, keepdim)).exp(),
    ),
};
/** log of the sum of exp along dimensions, without overflow. */
export function logsumexp(
  input: Tensor,
  dim: Dims | ReduceOptions,
  keepdim?: boolean | ReduceOptions,
  options?: ReduceOptions,
): Tensor {
  checkTensor("logsumexp", input);
  const [over, keep = false, out] = positional(
    "logsumexp",
    ["dim", "keepdim", "out"],
    [dim, keepdim, options],
  );
  if (over === undefined || over === null) throw new ValueError("logsumexp: dim must be given");
  const dims = wrapDims("logsumexp", over, input.ndim);
  const source = input.dtype.isFloatingPoint ? input : input.to(getDefaultDtype());
  const result = reduceLines("logsumexp", "logsumexp", source, dims, keep, source.dtype);
  return into(
    "logsumexp",
    { out },
    tracks(input) ? record(LOGSUMEXP, [input], result, { input, result, dims, keepdim: keep }) : result,
  );
}

export interface Norm {
  input: Tensor;
  result: Tensor;
  dims: readonly number[];
  keepdim: boolean;
  p: number;
}
/** PyTorch's subgradients: 0 at 0, and equal extremes share. */
const normFormula = (g: Tensor, { input: x, result, dims, keepdim, p }: Norm): Tensor | null => {
  if (p === 0) return null;
  const up = restored(g, x.shape, dims, keepdim),
    size = restored(result, x.shape, dims, keepdim),
    divisor = size.maskedFill(size.eq(0), Number.POSITIVE_INFINITY);
  if (p === 1) return x.sign().mul(up);
  if (p === 2) return x.mul(up.div(divisor));
  if (Math.abs(p) === Number.POSITIVE_INFINITY) {
    const at = x.abs().eq(size);
    return x
      .sign()
      .mul(at)
      .mul(up.div(at.sum(dims.length === 0 ? null : dims, true)));
  }
  if (p < 1)
    return x
      .sign()
      .mul(
        x
          .abs()
          .pow(p - 1)
          .maskedFill(x.eq(0), 0),
      )
      .mul(up.mul(size.pow(1 - p)));
  const slope = p < 2 ? x.sign().mul(x.abs().pow(p - 1)) : x.mul(x.abs().pow(p - 2));
  return slope.mul(up.div(divisor.pow(p - 1)));
};
export const NORM: OpRecord<Norm> = { name: "norm", node: "NormBackward1", vjp: normFormula };
export const DIST: OpRecord<Norm> = { name: "dist", vjp: normFormula };

/** The p-norm along `dims` as the op `made`. @throws DtypeError for integers. */
export function normAlong(
  made: OpRecord<Norm>,
  input: Tensor,
  p: number,
  dims: readonly number[],
  keepdim: boolean,
): Tensor {
  if (!input.dtype.isFloatingPoint)
    throw new DtypeError(`${made.name}: expected a floating point dtype, got ${input.dtype}`);
  const result = untaped(() => vectorNorm(input, p, dims, keepdim));
  return tracks(input) ? record(made, [input], result, { input, result, dims, keepdim, p }) : result;
}

/** The p-norm along `dims`, off the tape. */
function vectorNorm(x: Tensor, p: number, dims: readonly number[], keepdim: boolean): Tensor {
  const over: Dims = dims.length === 0 ? null : dims;
  if (p < 0 || p === Number.POSITIVE_INFINITY) checkLines("norm", x, dims);
  if (Math.abs(p) === Number.POSITIVE_INFINITY) {
    return p > 0 ? x.abs().amax(over, keepdim) : x.abs().amin(over, keepdim);
  }
  if (p === 0) return x.ne(0).sum(over, keepdim).to(x.dtype);
  if (p === 1 || p === 2) return reduceLines("norm", `norm${p}`, x, dims, keepdim, x.dtype);
  return x
    .abs()
    .pow(p)
    .sum(over, keepdim)
    .pow(1 / p);
}
