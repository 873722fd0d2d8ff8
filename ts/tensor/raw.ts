// Copies and casts without a tape: what ops and engine build on.
import type { DType } from "../core/dtype.ts";
import { broadcastStrides, sameShape } from "../core/shape.ts";
import { reliance } from "../memory/storage.ts";
import { bytes, kernels } from "../memory/wasm.ts";
import { overUnits } from "../threads/pool.ts";
import { writePlan } from "./plan.ts";
import { addressOf, empty, emptyAs, type Tensor, written } from "./tensor.ts";

const COPY = { 1: "copy_b1_nd", 2: "copy_b2_nd", 4: "copy_b4_nd", 8: "copy_b8_nd" } as const;

/** Copies `source`, broadcast to the target's shape, over the target's elements. Same dtype. */
function copyStrided(target: Tensor, source: Tensor): void {
  const n = target.numel();
  if (n === 0) return;
  if (
    target.storage === source.storage &&
    target.contiguousLayout &&
    source.contiguousLayout &&
    sameShape(source.shape, target.shape)
  ) {
    // They may overlap.
    const from = addressOf(source),
      to = addressOf(target);
    bytes.copyWithin(to, from, from + n * target.dtype.itemsize);
    written(target);
    return;
  }
  const { address, rows } = writePlan(
    target.shape,
    broadcastStrides(target.shape, source.shape, source.strides),
    target.strides,
  );
  overUnits(kernels[COPY[target.dtype.itemsize as 1]], rows, target.numel() / rows, [
    addressOf(source),
    addressOf(target),
    address,
  ]);
  written(target);
}

/** The same elements, row-major: the tensor itself where it is already so. */
export function packed(tensor: Tensor): Tensor {
  return tensor.contiguousLayout ? tensor : packedCopy(tensor);
}

/** A row-major copy. */
export function packedCopy(tensor: Tensor): Tensor {
  const out = empty(tensor.shape, tensor.dtype);
  copyStrided(out, tensor);
  return out;
}

/** The elements as another dtype: the tensor itself where it has that dtype already. */
export function cast(tensor: Tensor, dtype: DType): Tensor {
  if (tensor.dtype === dtype) return tensor;
  const source = packed(tensor);
  const out = emptyAs(source, dtype);
  const n = out.numel();
  overUnits(kernels.cast, n, 1, [addressOf(source), source.dtype.code, addressOf(out), dtype.code], [], true);
  return written(out);
}

/** Gives a tensor other elements, off the tape: `copyInto` for data that anyone may rely on. */
export function replaceData(target: Tensor, source: Tensor): void {
  reliance.settle?.(target.storage);
  copyInto(target, source);
  target.storage.version++;
}

/** Copies `source`, cast and broadcast, over the target's elements. */
export function copyInto(target: Tensor, source: Tensor): void {
  copyStrided(target, source.dtype === target.dtype ? source : cast(source, target.dtype));
}
