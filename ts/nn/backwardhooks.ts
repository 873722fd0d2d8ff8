// Full backward hooks: the inputs and outputs of a call pass through identities on the tape that tell their gradients.
import { type FusedRecord, recordAll, tracksAny } from "../autograd/record.ts";
import { keep } from "../tensor/lifetime.ts";
import { isTensor, Tensor } from "../tensor/tensor.ts";
import type { BackwardHook, Module } from "./module.ts";

type Grads = (Tensor | null)[];

const alias = (x: Tensor): Tensor =>
  new Tensor(x.storage, x.dtype, x.shape, x.strides, x.offset, x.contiguousLayout);

/** Replaces the tensors among `values` by copies on the tape behind a node that calls `seen` with their gradients. */
function watch(values: readonly unknown[], seen: (grads: Grads) => Grads): unknown[] {
  const tensors = values.filter((x) => isTensor(x));
  const op: FusedRecord<object> = {
    name: "backwardHookFunction",
    inputs: tensors.map((_, i) => `input${i}`),
    backward: (grads) => seen([...grads]),
  };
  const copies = recordAll(op, tensors, tensors.map(alias), null);
  return values.map((x) => (isTensor(x) ? copies[tensors.indexOf(x)] : x));
}

export function withBackwardHooks(
  module: Module,
  hooks: readonly BackwardHook[],
  inputs: readonly unknown[],
  forward: (inputs: unknown[]) => unknown,
): unknown {
  if (hooks.length === 0) return forward([...inputs]);
  let gradOutput: Grads = [];
  const runHooks = (given: Grads): Grads => {
    let gradInput = given;
    for (const hook of hooks) {
      const changed = hook(module, gradInput, gradOutput) as Tensor | Grads | null | undefined;
      if (changed !== undefined && changed !== null) gradInput = isTensor(changed) ? [changed] : changed;
    }
    return gradInput;
  };
  const watchesInputs = tracksAny(inputs.filter((x) => isTensor(x)));
  const watched = watchesInputs ? watch(inputs, (grads) => runHooks(grads.map((g) => keep(g)))) : [...inputs];
  const output = forward(watched);
  const outputs = Array.isArray(output) ? output : [output];
  if (!tracksAny(outputs.filter((x) => isTensor(x)))) return output;
  const seen = watch(outputs, (grads) => {
    gradOutput = grads.map((g) => keep(g));
    if (!watchesInputs) runHooks(inputs.filter((x) => isTensor(x)).map(() => null));
    return gradOutput;
  });
  return Array.isArray(output) ? seen : seen[0];
}
