import { checkFits, checkWritable, overwrite } from "../autograd/inplace.ts";
import { AutogradError, DtypeError, ValueError } from "../core/errors.ts";
import { positional } from "../core/options.ts";
import { sameShape } from "../core/shape.ts";
import { empty, isTensor, type Tensor } from "../tensor/tensor.ts";

export interface OutOptions {
  /** Where to write the result; its dtype must be able to hold it. */
  out?: Tensor;
}

/** `{ out: undefined }` and nothing else: what most calls come to, seen without the general way. */
function isEmpty(options: { out?: Tensor }): boolean {
  if (Object.getPrototypeOf(options) !== Object.prototype) return false;
  for (const key in options) if (key !== "out") return false;
  return options.out === undefined || options.out === null;
}

/** The tail of every function that takes `out`: the result itself, or `out` with the result written into it, of whatever shape `out` was. */
export function into(op: string, options: OutOptions | undefined, result: Tensor): Tensor {
  if (options === undefined || options === null || isEmpty(options)) return result;
  const [out] = positional<[Tensor | undefined]>(op, ["out"], [options]);
  if (out === undefined || out === null) return result;
  if (!isTensor(out)) throw new ValueError(`${op}: out must be a tensor, got ${typeof out}`);
  if (out.requiresGrad || result.requiresGrad)
    throw new AutogradError(
      `${op}: functions with out don't support automatic differentiation, but one of the arguments requires grad`,
    );
  checkWritable(op, out);
  if (!sameShape(out.shape, result.shape)) {
    // PyTorch gives it the result's shape (and warns where it held elements).
    const like = empty(result.shape, out.dtype);
    checkFits(op, like, result);
    const { storage, shape, strides, offset, contiguousLayout } = like;
    storage.moveOut(out.storage.scope);
    Object.assign(out, { storage, shape, strides, offset, contiguousLayout });
  }
  checkFits(op, out, result);
  return overwrite(out, result);
}

/** The same for ops that convert nothing. @throws DtypeError unless `out` has the result's own dtype. */
export function intoSame(op: string, options: OutOptions | undefined, result: Tensor): Tensor {
  const out = options?.out;
  if (isTensor(out) && out.dtype !== result.dtype)
    throw new DtypeError(`${op}: expected out to have dtype ${result.dtype}, got ${out.dtype}`);
  return into(op, options, result);
}
