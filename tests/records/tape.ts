import type { Node } from "../../ts/autograd/node.ts";
import * as torch from "../../ts/index.ts";
import { argumentsOf, type Sample, sizesOf } from "./sample.ts";

type Tensor = torch.Tensor;

/** Float results of a call. */
export function resultsOf(sample: Sample, args: readonly Tensor[]): Tensor[] {
  const out = sample.call(...args);
  return (Array.isArray(out) ? [...out] : [out as Tensor]).filter((t) => t.dtype.isFloatingPoint);
}

/** Fixed numbers like those of `x`. */
export const weights = (x: Tensor, k = 1): Tensor =>
  torch
    .tensor(Float64Array.from({ length: x.numel() }, (_, i) => Math.cos(1 + i + k)))
    .to(x.dtype)
    .reshape(x.shape);

/** Gradients of those results that are on the tape, recorded themselves, and the gradients they were given. */
function slopes(outs: readonly Tensor[], leaves: readonly Tensor[]): [grads: Tensor[], given: Tensor[]] {
  const roots = outs.filter((o) => o.requiresGrad);
  if (roots.length === 0 || leaves.length === 0) return [[], []];
  const gradOutputs = roots.map((o) => weights(o).requiresGrad_());
  const found: (Tensor | null)[] = torch.autograd.grad(roots, leaves, {
    gradOutputs,
    createGraph: true,
    allowUnused: true,
  });
  return [found.filter((g) => g !== null), gradOutputs];
}

/** The nodes on the way back from these tensors. */
function nodesBehind(outs: readonly Tensor[]): Set<Node> {
  const seen = new Set<Node>();
  const ahead = outs.map((o) => o.gradFn);
  while (ahead.length > 0) {
    const node = ahead.pop();
    if (!node || seen.has(node)) continue;
    seen.add(node);
    for (const [next] of node.nextFunctions) ahead.push(next);
  }
  return seen;
}

/** What the tape holds of a sample: of the result, of its gradients, and of theirs. An error ends the list. */
export function tapes(
  sample: Sample,
  dtype: torch.DType,
): { orders: Set<Node>[]; args: Tensor[]; error: unknown } {
  const n = sizesOf(sample).find((size) => size >= 3) ?? sizesOf(sample).at(-1)!;
  const args = argumentsOf(sample, n).map((x) =>
    x.dtype.isFloatingPoint ? x.detach().to(dtype).requiresGrad_(x.requiresGrad) : x,
  );
  const orders: Set<Node>[] = [];
  try {
    let outs = resultsOf(sample, args),
      leaves = args.filter((x) => x.requiresGrad);
    for (let order = 0; order < 3 && outs.length > 0; order++) {
      orders.push(nodesBehind(outs));
      if (order === 2) break;
      const [grads, given] = slopes(outs, leaves);
      outs = grads;
      leaves = [...leaves, ...given];
    }
    return { orders, args, error: null };
  } catch (error) {
    return { orders, args, error };
  }
}
