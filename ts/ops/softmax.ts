import { type OpRecord, record, tracks } from "../autograd/record.ts";
import { COMPUTE, type DTypeLike, toDType } from "../core/dtype.ts";
import { DtypeError, ValueError } from "../core/errors.ts";
import { positional } from "../core/options.ts";
import { wrapDim } from "../core/shape.ts";
import { cast } from "../tensor/raw.ts";
import { addressOf, empty, type Tensor, written } from "../tensor/tensor.ts";
import { overUnits } from "../threads/pool.ts";
import { checkTensor, family, kernelFor } from "./dispatch.ts";
import { alongLines, linesOf } from "./lines.ts";
import { into } from "./out.ts";

export interface SoftmaxOptions {
  dim?: number;
  /** Convert to this dtype first; default null keeps the input's. */
  dtype?: DTypeLike | null;
  out?: Tensor;
}

interface Saved {
  result: Tensor;
  dim: number;
}
interface BackwardSaved extends Saved {
  grad: Tensor;
}
type BackwardKernel = (
  g: number,
  result: number,
  out: number,
  n: number,
  inner: number,
  begin: number,
  end: number,
) => void;

/** Runs a fused backward kernel on the lines of `dim`. */
function backward(
  op: OpRecord<BackwardSaved>,
  kernel: string,
  grad: Tensor,
  result: Tensor,
  dim: number,
): Tensor {
  const compute = COMPUTE[result.dtype.domain],
    dims = result.ndim === 0 ? [] : [dim];
  const lines = linesOf(cast(result, compute), dims),
    grads = linesOf(cast(grad, compute), dims);
  const out = empty(result.shape, compute);
  const run = kernelFor(op.name, family<BackwardKernel>(kernel), compute);
  if (out.numel() > 0)
    overUnits(run, lines.outer, lines.n * lines.inner, [
      addressOf(grads.source),
      addressOf(lines.source),
      addressOf(out),
      lines.n,
      lines.inner,
    ]);
  const made = cast(written(out), result.dtype);
  return tracks(grad, result) ? record(op, [grad, result], made, { grad, result, dim }) : made;
}

const SOFTMAX_BACKWARD: OpRecord<BackwardSaved> = {
  name: "softmaxBackwardData",
  vjp: {
    grad: (gg, { result, dim }) => softmaxBackward(gg, result, dim),
    result: (gg, { grad, result, dim }) =>
      gg.mul(grad).sub(result.mul(grad).sum(dim, true).mul(gg)).sub(result.mul(gg).sum(dim, true).mul(grad)),
  },
};
const softmaxBackward = (grad: Tensor, result: Tensor, dim: number): Tensor =>
  backward(SOFTMAX_BACKWARD, "softmaxBackward", grad, result, dim);
const SOFTMAX: OpRecord<Saved> = {
  name: "softmax",
  vjp: (g, { result, dim }) => softmaxBackward(g, result, dim),
};

const LOG_SOFTMAX_BACKWARD: OpRecord<BackwardSaved> = {
  name: "logSoftmaxBackwardData",
  vjp: {
    grad: (gg, { result, dim }) => gg.sub(gg.mul(result.exp()).sum(dim, true)),
    result: (gg, { grad, result, dim }) => grad.sum(dim, true).mul(result.exp()).mul(gg).neg(),
  },
};
const LOG_SOFTMAX: OpRecord<Saved> = {
  name: "logSoftmax",
  vjp: (g, { result, dim }) => backward(LOG_SOFTMAX_BACKWARD, "logSoftmaxBackward", g, result, dim),
};

/** exp(x) over its sum along `dim`. @throws DtypeError for integers without a float `dtype`. */
export function softmax(
  input: Tensor,
  dim: number | SoftmaxOptions,
  dtype?: DTypeLike | null | SoftmaxOptions,
  options?: SoftmaxOptions,
): Tensor {
  return normalized("softmax", SOFTMAX, input, [dim, dtype, options]);
}

/** The logarithm of `softmax`, accurate where that is near 0. @throws DtypeError for integers without a float `dtype`. */
export function logSoftmax(
  input: Tensor,
  dim: number | SoftmaxOptions,
  dtype?: DTypeLike | null | SoftmaxOptions,
  options?: SoftmaxOptions,
): Tensor {
  return normalized("logSoftmax", LOG_SOFTMAX, input, [dim, dtype, options]);
}

function normalized(op: string, made: OpRecord<Saved>, input: Tensor, args: readonly unknown[]): Tensor {
  checkTensor(op, input);
  const [dim, dtype, out] = positional(
    op,
    ["dim", "dtype", "out"],
    args[0] === undefined ? [null, ...args.slice(1)] : args,
  );
  if (dim === undefined || dim === null) throw new ValueError(`${op}: dim must be given`);
  const d = wrapDim(op, dim, input.ndim);
  const source = dtype ? input.to(toDType(dtype)) : input;
  if (!source.dtype.isFloatingPoint) throw new DtypeError(`${op}: not implemented for ${source.dtype}`);
  const result = alongLines(op, op, source, d, source.dtype);
  return into(op, { out }, tracks(source) ? record(made, [source], result, { result, dim: d }) : result);
}
