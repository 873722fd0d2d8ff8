// torch.masked: reductions and normalisations over the elements where a mask holds.
import { type DTypeLike, getDefaultDtype, int64, toDType } from "../core/dtype.ts";
import { DtypeError, ShapeError, ValueError } from "../core/errors.ts";
import { positional } from "../core/options.ts";
import { shapeText, wrapDim, wrapDims } from "../core/shape.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { checkNumeric } from "./arguments.ts";
import { broadcastTo } from "./dims.ts";
import { checkTensor } from "./dispatch.ts";
import { vectorNorm } from "./linalg/norms.ts";
import type { Dims } from "./reduce.ts";
import { where } from "./where.ts";

export interface MaskedOptions {
  dim?: Dims;
  /** Keep the reduced dimensions with size 1; default false. */
  keepdim?: boolean;
  /** The dtype to compute in and of the result. */
  dtype?: DTypeLike | null;
  /** Where elements count, as bool; it broadcasts to the input. All do without it. */
  mask?: Tensor | null;
}

/** The mask as large as the input, or null. @throws ShapeError where it does not broadcast to it. */
function maskOf(op: string, input: Tensor, mask: unknown): Tensor | null {
  if (mask === undefined || mask === null) return null;
  checkTensor(op, mask);
  if (mask.ndim > input.ndim)
    throw new ShapeError(
      `masked.${op}: a mask of shape ${shapeText(mask.shape)} does not broadcast to ${shapeText(input.shape)}`,
    );
  return broadcastTo(mask.bool(), input.shape);
}

/** The input with `value` where the mask does not hold. */
function filled(input: Tensor, mask: Tensor | null, value: number | bigint | null): Tensor {
  if (mask === null) return input;
  if (value === null) throw new DtypeError(`masked: no neutral element for ${input.dtype}`);
  return where(mask, input, input.newFull([], value as number).detach());
}

interface Call {
  input: Tensor;
  dims: number[];
  keepdim: boolean;
  mask: Tensor | null;
}

function callOf(op: string, input: Tensor, args: readonly unknown[], wide = false): Call {
  checkTensor(op, input);
  const [dim, keepdim = false, dtype, mask] = positional(
    `masked.${op}`,
    ["dim", "keepdim", "dtype", "mask"],
    args,
  );
  const source = dtype
    ? input.to(toDType(dtype))
    : wide && !input.dtype.isFloatingPoint
      ? input.to(int64)
      : input;
  return {
    input: source,
    dims: wrapDims(`masked.${op}`, dim, input.ndim),
    keepdim,
    mask: maskOf(op, source, mask),
  };
}

/** The least, or the largest, value of a dtype; null for bool. */
function bound({ dtype }: Tensor, largest: boolean): number | bigint | null {
  if (dtype.isFloatingPoint) return largest ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY;
  if (!dtype.isInteger) return null;
  if (dtype.name === "uint8") return largest ? 255 : 0;
  const half = 2n ** BigInt(8 * dtype.itemsize - 1);
  const value = largest ? half - 1n : -half;
  return dtype === int64 ? value : Number(value);
}

type Arg<T> = T | null | MaskedOptions;

/** Sum of the elements where the mask holds; 0 of none. */
export function sum(input: Tensor, dim?: Arg<Dims>, options?: MaskedOptions): Tensor {
  const c = callOf("sum", input, [dim, options], true);
  return total(c);
}
function total({ input, dims, keepdim, mask }: Call): Tensor {
  const x = filled(input, mask, 0);
  return x.sum(dims, keepdim, { dtype: x.dtype });
}

/** Product of the elements where the mask holds; 1 of none. */
export function prod(input: Tensor, dim?: Arg<Dims>, options?: MaskedOptions): Tensor {
  const { input: x, dims, keepdim, mask } = callOf("prod", input, [dim, options], true);
  let out = filled(x, mask, 1);
  for (const d of dims.toReversed()) out = out.prod(d, keepdim);
  return out;
}

function extreme(op: "amax" | "amin", input: Tensor, args: readonly unknown[]): Tensor {
  const { input: x, dims, keepdim, mask } = callOf(op, input, args);
  return filled(x, mask, bound(x, op === "amin"))[op](dims.length === 0 ? null : dims, keepdim);
}
/** The largest element where the mask holds; the dtype's least value of none. */
export function amax(input: Tensor, dim?: Arg<Dims>, options?: MaskedOptions): Tensor {
  return extreme("amax", input, [dim, options]);
}
/** The smallest element where the mask holds; the dtype's largest value of none. */
export function amin(input: Tensor, dim?: Arg<Dims>, options?: MaskedOptions): Tensor {
  return extreme("amin", input, [dim, options]);
}

function place(op: "argmax" | "argmin", input: Tensor, args: readonly unknown[]): Tensor {
  checkTensor(op, input);
  const [dim = null, keepdim = false, dtype, mask] = positional(
    `masked.${op}`,
    ["dim", "keepdim", "dtype", "mask"],
    args,
  );
  const x = dtype ? input.to(toDType(dtype)) : input;
  return filled(x, maskOf(op, x, mask), bound(x, op === "argmin"))
    [op](dim, keepdim)
    .to(x.dtype);
}
/** Where the largest element is among those where the mask holds, in the input's dtype. */
export function argmax(input: Tensor, dim?: Arg<number>, options?: MaskedOptions): Tensor {
  return place("argmax", input, [dim, options]);
}
/** Where the smallest element is among those where the mask holds, in the input's dtype. */
export function argmin(input: Tensor, dim?: Arg<number>, options?: MaskedOptions): Tensor {
  return place("argmin", input, [dim, options]);
}

/** How many elements count along the dimensions. */
function countOf(c: Call, keepdim: boolean): Tensor {
  const ones = c.mask ?? c.input.detach().newOnes(c.input.shape).bool();
  return c.dims.length === 0 ? ones.sum() : ones.sum(c.dims, keepdim);
}

/** Mean of the elements where the mask holds; NaN of none. */
export function mean(input: Tensor, dim?: Arg<Dims>, options?: MaskedOptions): Tensor {
  const c = callOf("mean", input, [dim, options]);
  return total(c).div(countOf(c, c.keepdim));
}

/** Median of the elements where the mask holds along a dimension; NaN of none. */
export function median(input: Tensor, dim: number | MaskedOptions = -1, options?: MaskedOptions): Tensor {
  checkTensor("median", input);
  const [over = -1, keepdim = false, dtype, mask] = positional(
    "masked.median",
    ["dim", "keepdim", "dtype", "mask"],
    [dim, options],
  );
  const x = dtype ? input.to(toDType(dtype)) : input;
  const float = x.dtype.isFloatingPoint;
  const given = filled(float ? x : x.to(getDefaultDtype()), maskOf("median", x, mask), Number.NaN);
  const { values } = given.nanmedian(wrapDim("masked.median", over, x.ndim), keepdim);
  if (!float && values.isnan().any().item())
    throw new ValueError(`masked.median: a median of nothing is no ${x.dtype}`);
  return values.to(x.dtype);
}

/** log of the sum of exp where the mask holds, in the input's dtype; -Infinity of none. */
export function logsumexp(input: Tensor, dim?: Arg<Dims>, options?: MaskedOptions): Tensor {
  const { input: given, dims, keepdim, mask } = callOf("logsumexp", input, [dim, options]);
  return filled(given, mask, bound(given, false)).logsumexp(dims, keepdim).to(given.dtype);
}

function spreadOf(op: "var" | "std", input: Tensor, args: readonly unknown[]): Tensor {
  checkNumeric(op, input);
  const [dim, unbiased = false, keepdim, dtype, mask] = positional(
    `masked.${op}`,
    ["dim", "unbiased", "keepdim", "dtype", "mask"],
    args,
  );
  const base = input.dtype.isFloatingPoint ? input : input.to(getDefaultDtype());
  const c = callOf(op, base, [{ dim, keepdim, dtype, mask }]);
  const centred = c.input.sub(total({ ...c, keepdim: true }).div(countOf(c, true)));
  const squares = total({ ...c, input: centred.mul(centred) });
  const count = countOf(c, c.keepdim).sub(unbiased ? 1 : 0);
  const out = squares.div(count.clamp(0));
  return op === "std" ? out.sqrt() : out;
}
export interface SpreadOptions extends MaskedOptions {
  /** Divide by n - 1; default false. */
  unbiased?: boolean;
}
type Unbiased = boolean | SpreadOptions;
/** Variance of the elements where the mask holds, by default with n as the divisor. */
function variance(
  input: Tensor,
  dim?: Dims | SpreadOptions,
  unbiased?: Unbiased,
  options?: SpreadOptions,
): Tensor {
  return spreadOf("var", input, [dim, unbiased, options]);
}

export { variance as var };
/** Standard deviation of the elements where the mask holds, by default with n as the divisor. */
export function std(
  input: Tensor,
  dim?: Dims | SpreadOptions,
  unbiased?: Unbiased,
  options?: SpreadOptions,
): Tensor {
  return spreadOf("std", input, [dim, unbiased, options]);
}

export interface MaskedNormOptions extends MaskedOptions {
  ord?: number;
}
/** The `ord`-norm of the elements where the mask holds. */
export function norm(
  input: Tensor,
  ord: number | MaskedNormOptions = 2,
  dim?: Dims | MaskedNormOptions,
  options?: MaskedNormOptions,
): Tensor {
  checkTensor("norm", input);
  const [p = 2, over, keepdim, dtype, mask] = positional(
    "masked.norm",
    ["ord", "dim", "keepdim", "dtype", "mask"],
    [ord, dim, options],
  );
  const c = callOf("norm", input, [{ dim: over, keepdim, dtype, mask }]);
  const x = filled(c.input, c.mask, p === Number.NEGATIVE_INFINITY ? Number.POSITIVE_INFINITY : 0);
  return vectorNorm(x, p, c.dims.length === 0 ? null : c.dims, c.keepdim);
}

interface LineOptions {
  dim?: number;
  dtype?: DTypeLike | null;
  mask?: Tensor | null;
}
function lineOf(op: string, args: readonly unknown[], input: Tensor, value: number): [Tensor, number] {
  checkTensor(op, input);
  const [dim, dtype, mask] = positional(`masked.${op}`, ["dim", "dtype", "mask"], args);
  if (typeof dim !== "number") throw new ValueError(`masked.${op}: dim must be given`);
  const x = dtype ? input.to(toDType(dtype)) : input;
  checkNumeric(op, x);
  return [filled(x, maskOf(op, x, mask), value), wrapDim(`masked.${op}`, dim, x.ndim)];
}
type Line = number | LineOptions;

/** Softmax over the elements where the mask holds; the others get 0, and lines of none NaN. */
export function softmax(input: Tensor, dim: Line, options?: LineOptions): Tensor {
  const [x, d] = lineOf("softmax", [dim, options], input, Number.NEGATIVE_INFINITY);
  return x.softmax(d);
}
/** Logarithm of `softmax`. */
export function logSoftmax(input: Tensor, dim: Line, options?: LineOptions): Tensor {
  const [x, d] = lineOf("logSoftmax", [dim, options], input, Number.NEGATIVE_INFINITY);
  return x.logSoftmax(d);
}
/** Softmax of the negative elements where the mask holds. */
export function softmin(input: Tensor, dim: Line, options?: LineOptions): Tensor {
  const [x, d] = lineOf("softmin", [dim, options], input, Number.POSITIVE_INFINITY);
  return x.neg().softmax(d);
}
/** Running sums of the elements where the mask holds. */
export function cumsum(input: Tensor, dim: Line, options?: LineOptions): Tensor {
  const [x, d] = lineOf("cumsum", [dim, options], input, 0);
  return x.cumsum(d, { dtype: x.dtype });
}
/** Running products of the elements where the mask holds. */
export function cumprod(input: Tensor, dim: Line, options?: LineOptions): Tensor {
  const [x, d] = lineOf("cumprod", [dim, options], input, 1);
  return x.cumprod(d, { dtype: x.dtype });
}

export interface NormalizeOptions extends LineOptions {
  ord?: number;
  /** The least divisor; default 1e-12. */
  eps?: number;
}
/** Lines divided by their norm over the elements where the mask holds. */
export function normalize(
  input: Tensor,
  ord: number,
  dim: number | NormalizeOptions,
  options?: NormalizeOptions,
): Tensor {
  checkTensor("normalize", input);
  const [p, over, eps = 1e-12, dtype, mask] = positional(
    "masked.normalize",
    ["ord", "dim", "eps", "dtype", "mask"],
    [ord, dim, options],
  );
  const x = dtype ? input.to(toDType(dtype)) : input;
  const size = norm(x, p, over, { keepdim: true, mask });
  return filled(x, maskOf("normalize", x, mask), 0).div(size.clamp(eps));
}

/** log(exp(input) + exp(other)) with -Infinity where a mask does not hold. */
export function logaddexp(
  input: Tensor,
  other: Tensor,
  options?: { dtype?: DTypeLike | null; inputMask?: Tensor | null; otherMask?: Tensor | null },
): Tensor {
  checkTensor("logaddexp", input);
  checkTensor("logaddexp", other);
  const [dtype, inputMask, otherMask] = positional(
    "masked.logaddexp",
    ["dtype", "inputMask", "otherMask"],
    [options],
  );
  const part = (x: Tensor, mask: unknown) => {
    const source = dtype ? x.to(toDType(dtype)) : x;
    return filled(source, maskOf("logaddexp", source, mask), bound(source, false));
  };
  return part(input, inputMask)
    .logaddexp(part(other, otherMask))
    .to(dtype ? toDType(dtype) : input.dtype);
}
