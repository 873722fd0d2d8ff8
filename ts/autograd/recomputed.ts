import { modes } from "../tensor/modes.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { grad } from "./backward.ts";
import { type FusedRecord, record, tracks } from "./record.ts";
import { untaped } from "./untaped.ts";

interface Work {
  a: Tensor;
  b: Tensor | null;
  work: (a: Tensor, b: Tensor | null) => Tensor;
}

function backward(
  grads: readonly (Tensor | null)[],
  { a, b, work }: Work,
  needs: readonly boolean[],
): (Tensor | null)[] {
  const g = grads[0];
  if (g === null || g === undefined) return [null, null];
  const createGraph = modes.grad;
  modes.grad = true;
  try {
    const wanted = [a, b].filter((x, i): x is Tensor => x !== null && needs[i] === true);
    const found = grad(work(a, b), wanted, g, { createGraph, allowUnused: true });
    const next = (x: Tensor) => found.shift() ?? x.newZeros(x.shape);
    return [needs[0] ? next(a) : null, needs[1] ? next(b!) : null];
  } finally {
    modes.grad = createGraph;
  }
}

/**
 * One op on the tape for `work` on up to two tensors, which is made of differentiable ops and done again on the way
 * back: PyTorch's node for what would else be a chain of nodes.
 */
export function recomputed(
  name: string,
  node: string,
  a: Tensor,
  b: Tensor | null,
  work: (a: Tensor, b: Tensor | null) => Tensor,
): Tensor {
  const out = untaped(() => work(a, b));
  const op: FusedRecord<Work> = { name, node, inputs: ["input", "other"], backward };
  return tracks(a, b) ? record(op, [a, b], out, { a, b, work }) : out;
}
