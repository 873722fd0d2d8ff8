import { ShapeError, ValueError } from "../core/errors.ts";
import { isOptions, positional } from "../core/options.ts";
import { numelOf, shapeText, wrapDim } from "../core/shape.ts";
import { isTensor, type Tensor } from "../tensor/tensor.ts";
import type { OutOptions } from "./binary.ts";
import { checkTensor, describe } from "./dispatch.ts";
import { matmul } from "./matmul.ts";
import { into } from "./out.ts";

export interface TensordotOptions {
  /** How many dimensions to sum over, the last of `input` with the first of `other`; or those of each: `[[0, 1], [1, 0]]`. Default 2. */
  dims?: number | readonly (readonly number[])[];
  out?: Tensor;
}

/** Products of two tensors summed over some dimensions of each. @throws ShapeError where those differ in size. */
export function tensordot(
  input: Tensor,
  other: Tensor,
  dims?: TensordotOptions["dims"] | TensordotOptions,
  options?: TensordotOptions,
): Tensor {
  checkTensor("tensordot", input);
  checkTensor("tensordot", other);
  let a = input,
    b = other;
  const [over = 2, out] = positional("tensordot", ["dims", "out"], [dims, options]);
  if (typeof over === "number" && (!Number.isInteger(over) || over < 0 || over > Math.min(a.ndim, b.ndim)))
    throw new ValueError(
      `tensordot: dims must be an integer within [0, ${Math.min(a.ndim, b.ndim)}], got ${over}`,
    );
  const pair: readonly (readonly number[])[] =
    typeof over === "number"
      ? [Array.from({ length: over }, (_, i) => a.ndim - over + i), Array.from({ length: over }, (_, i) => i)]
      : over;
  if (!Array.isArray(pair) || !Array.isArray(pair[0]) || !Array.isArray(pair[1]))
    throw new ValueError(
      `tensordot: dims must be a number or two lists of dimensions, got ${describe(over)}`,
    );
  const ofA = [...pair[0]!].map((d) => wrapDim("tensordot", d, a.ndim)),
    ofB = [...pair[1]!].map((d) => wrapDim("tensordot", d, b.ndim));
  if (ofA.length !== ofB.length)
    throw new ShapeError(
      `tensordot: both lists of dims must be equally long, got ${shapeText(ofA)} and ${shapeText(ofB)}`,
    );
  ofA.forEach((d, i) => {
    const e = ofB[i]!;
    // A dimension of size 1 meets any other.
    if (b.shape[e] === 1) a = a.shape[d] === 1 ? a : a.sum(d, true, { dtype: a.dtype });
    else if (a.shape[d] === 1) b = b.sum(e, true, { dtype: b.dtype });
    else if (a.shape[d] !== b.shape[e])
      throw new ShapeError(
        `tensordot: dimension ${d} of the first (${a.shape[d]}) and dimension ${ofB[i]} of the second (${b.shape[ofB[i]!]}) differ`,
      );
  });
  const restA = a.shape.map((_, d) => d).filter((d) => !ofA.includes(d)),
    restB = b.shape.map((_, d) => d).filter((d) => !ofB.includes(d));
  const inner = numelOf(ofA.map((d) => a.shape[d]!));
  const shapeA = restA.map((d) => a.shape[d]!),
    shapeB = restB.map((d) => b.shape[d]!);
  const x = a.permute([...restA, ...ofA]).reshape([numelOf(shapeA), inner]),
    y = b.permute([...ofB, ...restB]).reshape([inner, numelOf(shapeB)]);
  return into("tensordot", { out }, matmul(x, y).reshape([...shapeA, ...shapeB]));
}

/** Products of two tensors summed over the last dimension of each; of a 0-d tensor, the plain product. */
export function inner(input: Tensor, other: Tensor, options?: OutOptions): Tensor {
  checkTensor("inner", input);
  checkTensor("inner", other);
  if (input.ndim === 0 || other.ndim === 0) return into("inner", options, input.mul(other));
  if (input.shape[input.ndim - 1] !== other.shape[other.ndim - 1])
    throw new ShapeError(
      `inner: the last dimensions of ${shapeText(input.shape)} and ${shapeText(other.shape)} differ`,
    );
  return into("inner", options, tensordot(input, other, [[-1], [-1]]));
}

/** Kronecker product: every element of `input` times the whole of `other`. */
export function kron(input: Tensor, other: Tensor, options?: OutOptions): Tensor {
  checkTensor("kron", input);
  checkTensor("kron", other);
  const rank = Math.max(input.ndim, other.ndim);
  const padded = (x: Tensor) => [...new Array<number>(rank - x.ndim).fill(1), ...x.shape];
  const a = padded(input),
    b = padded(other);
  const x = input.reshape(a.flatMap((n) => [n, 1])),
    y = other.reshape(b.flatMap((n) => [1, n]));
  return into("kron", options, x.mul(y).reshape(a.map((n, d) => n * b[d]!)));
}

/** The product of several matrices, multiplied in the order that costs least. */
export function chainMatmul(...matrices: Tensor[] | [...Tensor[], OutOptions]): Tensor {
  const last = matrices[matrices.length - 1];
  const options = isOptions(last) ? (last as OutOptions) : undefined;
  const chain = (options ? matrices.slice(0, -1) : matrices) as Tensor[];
  for (const m of chain)
    if (!isTensor(m) || m.ndim !== 2) throw new ShapeError("chainMatmul: every argument must be a matrix");
  if (chain.length === 0) throw new ValueError("chainMatmul: expected at least one matrix");
  return into("chainMatmul", options, multiplied(chain));
}

/** Dynamic programming over where to split, by the number of multiplications. */
function multiplied(chain: readonly Tensor[]): Tensor {
  const n = chain.length,
    sizes = [chain[0]!.shape[0]!, ...chain.map((m) => m.shape[1]!)];
  const cost = chain.map(() => new Array<number>(n).fill(0)),
    split = chain.map(() => new Array<number>(n).fill(0));
  for (let span = 1; span < n; span++)
    for (let i = 0; i + span < n; i++) {
      const j = i + span;
      cost[i]![j] = Number.POSITIVE_INFINITY;
      for (let s = i; s < j; s++) {
        const total = cost[i]![s]! + cost[s + 1]![j]! + sizes[i]! * sizes[s + 1]! * sizes[j + 1]!;
        if (total < cost[i]![j]!) [cost[i]![j], split[i]![j]] = [total, s];
      }
    }
  const product = (i: number, j: number): Tensor =>
    i === j ? chain[i]! : matmul(product(i, split[i]![j]!), product(split[i]![j]! + 1, j));
  return product(0, n - 1);
}
