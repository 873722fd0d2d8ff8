import type { Tensor } from "../tensor/tensor.ts";
import { grad } from "./backward.ts";

/**
 * Gradients of a fused op that can be differentiated again: those of `composed`, the same function made of recorded ops.
 * Each input enters as an identity of its own, so that one input's dependence on another does not count.
 */
export function gradientsOf(
  composed: (...inputs: Tensor[]) => readonly Tensor[],
  inputs: readonly Tensor[],
  grads: readonly (Tensor | null)[],
  needs: readonly boolean[],
): (Tensor | null)[] {
  const own = inputs.map((x) => x.view(x.shape));
  const outs = composed(...own);
  const used = outs.filter((_, i) => grads[i]);
  const wanted = own.filter((_, i) => needs[i]);
  const found = grad(used, wanted, {
    gradOutputs: grads.filter((g) => g !== null),
    createGraph: true,
    allowUnused: true,
  });
  let next = 0;
  return needs.map((needed) => (needed ? found[next++]! : null));
}
