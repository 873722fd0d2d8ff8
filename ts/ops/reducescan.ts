// Running sums, products and extremes along a dimension, and the product of a line.
import { type FusedRecord, type OpRecord, record, recordAll, tracks } from "../autograd/record.ts";
import { untaped } from "../autograd/untaped.ts";
import { bool, type DTypeLike, int64, toDType } from "../core/dtype.ts";
import { DtypeError } from "../core/errors.ts";
import { positional } from "../core/options.ts";
import { namedResults } from "../core/results.ts";
import { type Shape, wrapDim, wrapDims } from "../core/shape.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { checkTensor } from "./dispatch.ts";
import { cat } from "./join.ts";
import { alongLines, pickAlongLines, reduceLines, restored } from "./lines.ts";
import { into } from "./out.ts";
import type { ValuesIndices } from "./reduceextreme.ts";

export interface ScanOptions {
  dim?: number;
  /** The dtype to compute in and of the result; default the input's, int64 for integers and bool. */
  dtype?: DTypeLike | null;
  out?: Tensor;
}
interface Scanned {
  dim: number;
}

const CUMSUM: OpRecord<Scanned> = {
  name: "cumsum",
  vjp: (g, { dim }) => backwards(g, dim, (x) => cumsum(x, dim)),
};
/** Sums of the elements up to each one along `dim`. */
export function cumsum(
  input: Tensor,
  dim: number | ScanOptions,
  dtype?: DTypeLike | null | ScanOptions,
  options?: ScanOptions,
): Tensor {
  return scan("cumsum", CUMSUM, input, [dim, dtype, options], (_, d) => ({ dim: d }));
}

interface Multiplied extends Scanned {
  input: Tensor;
  result: Tensor;
}
const CUMPROD: OpRecord<Multiplied> = {
  name: "cumprod",
  vjp: (g, { input, result, dim }) => {
    if (input.ndim === 0 || input.numel() === 0) return g;
    if (!input.eq(0).any().item()) return backwards(g.mul(result), dim, (x) => cumsum(x, dim)).div(input);
    // With zeros: the product of what comes before each element times the gradient through what comes after it.
    const n = input.shape[dim]!;
    let after = g.narrow(dim, n - 1, 1);
    const parts = [after];
    for (let k = n - 2; k >= 0; k--) {
      after = g.narrow(dim, k, 1).add(input.narrow(dim, k + 1, 1).mul(after));
      parts.push(after);
    }
    return before(input, dim).mul(cat(parts.reverse(), dim));
  },
};
/** Products of the elements up to each one along `dim`. */
export function cumprod(
  input: Tensor,
  dim: number | ScanOptions,
  dtype?: DTypeLike | null | ScanOptions,
  options?: ScanOptions,
): Tensor {
  return scan("cumprod", CUMPROD, input, [dim, dtype, options], (x, d, result) => ({
    input: x,
    result,
    dim: d,
  }));
}

function scan<S extends object>(
  op: string,
  made: OpRecord<S>,
  input: Tensor,
  args: readonly unknown[],
  saved: (x: Tensor, dim: number, result: Tensor) => S,
): Tensor {
  checkTensor(op, input);
  const [dim, given, out] = positional(op, ["dim", "dtype", "out"], args);
  const d = wrapDim(op, dim, input.ndim);
  const dtype = given ? toDType(given) : input.dtype.isFloatingPoint ? input.dtype : int64;
  if (dtype === bool) throw new DtypeError(`${op}: not implemented for ${bool}`);
  const source = input.to(dtype);
  const result = alongLines(op, op, source, d, dtype);
  return into(
    op,
    { out },
    tracks(source) && dtype.isFloatingPoint
      ? record(made, [source], result, saved(source, d, result))
      : result,
  );
}

/** Runs `f` over the lines of `dim` from their ends. */
function backwards(x: Tensor, dim: number, f: (x: Tensor) => Tensor): Tensor {
  return x.ndim === 0 ? x : f(x.flip(dim)).flip(dim);
}

/** Of each element, the product of those before it along `dim`. */
function before(x: Tensor, dim: number): Tensor {
  const n = x.shape[dim]!;
  const one = x.newOnes(x.shape.with(dim, 1));
  return n === 1 ? one : cat([one, cumprod(x.narrow(dim, 0, n - 1), dim)], dim);
}

export interface ProdOptions extends ScanOptions {
  /** Keep the reduced dimension with size 1; default false. */
  keepdim?: boolean;
}
interface Product {
  input: Tensor;
  result: Tensor;
  dims: readonly number[];
  keepdim: boolean;
}
const productFormula = (g: Tensor, { input, result, dims, keepdim }: Product): Tensor => {
  const upstream = restored(g, input.shape, dims, keepdim);
  if (!input.eq(0).any().item()) return upstream.mul(restored(result, input.shape, dims, keepdim)).div(input);
  const whole = dims.length !== 1;
  const line = whole ? input.reshape([-1]) : input,
    dim = whole ? 0 : dims[0]!;
  const others = before(line, dim).mul(backwards(line, dim, (x) => before(x, dim)));
  return upstream.mul(whole ? others.reshape(input.shape) : others);
};
const PROD: OpRecord<Product> = { name: "prod", vjp: productFormula };
const PROD_DIM: OpRecord<Product> = { name: "prod", node: "ProdBackward1", vjp: productFormula };

/** Product of all elements, or along a dimension. Integers and bools multiply to int64. */
export function prod(
  input: Tensor,
  dim?: number | null | ProdOptions,
  keepdim?: boolean | ProdOptions,
  options?: ProdOptions,
): Tensor {
  checkTensor("prod", input);
  const [over = null, keep = false, given, out] = positional(
    "prod",
    ["dim", "keepdim", "dtype", "out"],
    [dim, keepdim, options],
  );
  const dtype = given ? toDType(given) : input.dtype.isFloatingPoint ? input.dtype : int64;
  const dims = wrapDims("prod", over === null ? null : wrapDim("prod", over, input.ndim), input.ndim);
  const source = input.to(dtype);
  const result = reduceLines("prod", "prod", source, dims, keep, dtype);
  if (tracks(source) && dtype.isFloatingPoint)
    record(over === null ? PROD : PROD_DIM, [source], result, { input: source, result, dims, keepdim: keep });
  return into("prod", { out }, result);
}

interface Picked extends Scanned {
  indices: Tensor;
  shape: Shape;
}
const picked = (name: string): FusedRecord<Picked> => ({
  name,
  inputs: ["input"],
  backward: ([g], { indices, shape, dim }) => [
    g == null ? null : shape.length === 0 ? g : g.newZeros(shape).scatterAdd(dim, indices, g),
  ],
});
const PICKED = { cummax: picked("cummax"), cummin: picked("cummin") };

/** The largest element up to each one along `dim`, and where it is; the last of equal ones. */
export function cummax(input: Tensor, dim: number | { dim: number }): ValuesIndices {
  return running("cummax", input, dim);
}
/** The smallest element up to each one along `dim`, and where it is; the last of equal ones. */
export function cummin(input: Tensor, dim: number | { dim: number }): ValuesIndices {
  return running("cummin", input, dim);
}

function running(op: "cummax" | "cummin", input: Tensor, dim: number | { dim: number }): ValuesIndices {
  checkTensor(op, input);
  const [over] = positional<[number]>(op, ["dim"], [dim]);
  const d = wrapDim(op, over, input.ndim);
  const [values, indices] = pickAlongLines(op, op, input, d);
  if (tracks(input))
    recordAll(PICKED[op], [input], [values, indices], { indices, shape: input.shape, dim: d });
  return namedResults({ values, indices });
}

interface LogScanned extends Scanned {
  input: Tensor;
  result: Tensor;
}
const LOGCUMSUMEXP: OpRecord<LogScanned> = {
  name: "logcumsumexp",
  vjp: (g, { input, result, dim }) => {
    if (input.ndim === 0) return g;
    const logs = g.abs().log().sub(result);
    const flow = (without: Tensor) => {
      const part = logs.maskedFill(without, Number.NEGATIVE_INFINITY);
      return backwards(part, dim, (x) => logcumsumexp(x, dim))
        .add(input)
        .exp();
    };
    // Logarithms need the two signs apart.
    return flow(g.le(0)).sub(flow(g.ge(0)));
  },
};
/** Logarithms of the sums of exp up to each element along `dim`. @throws DtypeError for integers. */
export function logcumsumexp(input: Tensor, dim: number | ScanOptions, options?: ScanOptions): Tensor {
  checkTensor("logcumsumexp", input);
  const [over, out] = positional("logcumsumexp", ["dim", "out"], [dim, options]);
  const d = wrapDim("logcumsumexp", over, input.ndim);
  if (!input.dtype.isFloatingPoint) throw new DtypeError(`logcumsumexp: not implemented for ${input.dtype}`);
  const result = untaped(() => alongLines("logcumsumexp", "logcumsumexp", input, d, input.dtype));
  return into(
    "logcumsumexp",
    { out },
    tracks(input) ? record(LOGCUMSUMEXP, [input], result, { input, result, dim: d }) : result,
  );
}
