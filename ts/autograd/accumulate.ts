import type { Scope } from "../memory/scope.ts";
import { packedCopy } from "../tensor/raw.ts";
import type { Tensor } from "../tensor/tensor.ts";

/** Adds `grad` to a leaf's `.grad`; the first one is taken over where only the engine knows it, and copied otherwise. */
export function accumulate(leaf: Tensor, grad: Tensor, pass: Scope | null, createGraph: boolean): void {
  const before = leaf.meta?.grad ?? null;
  if (before !== null) {
    if (createGraph) leaf.setGrad(before.add(grad));
    else before.add_(grad);
    return;
  }
  if (createGraph) {
    leaf.setGrad(grad);
    return;
  }
  const { storage } = grad;
  const whole = grad.contiguousLayout && grad.numel() * grad.dtype.itemsize === storage.size;
  const own =
    whole && pass !== null && storage.scope === pass && storage.holds === 1 ? grad : packedCopy(grad);
  // The pass frees what it owns; a gradient lives with its leaf.
  if (own.storage.scope === pass && leaf.storage.scope !== null) own.storage.moveOut(leaf.storage.scope);
  leaf.setGrad(own);
}
