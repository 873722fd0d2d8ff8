import { float32 } from "../core/dtype.ts";
import { AutogradError, ShapeError } from "../core/errors.ts";
import { positional } from "../core/options.ts";
import { sameShape, shapeText } from "../core/shape.ts";
import { floats } from "../memory/wasm.ts";
import { addressOf, emptyScalar, isTensor, type Tensor, written } from "../tensor/tensor.ts";
import { runBackward } from "./engine.ts";
import { addHook, type Hook, type HookHandle } from "./hooks.ts";

type Tensors = Tensor | readonly Tensor[];
type Gradients = Tensor | null | readonly (Tensor | null)[];

export interface BackwardOptions {
  /** Gradient of the tensor; may be left out for a scalar. */
  gradient?: Tensor | null;
  /** Keep what the ops saved, to go back again; default is `createGraph`. */
  retainGraph?: boolean;
  /** Record the way back too, for higher derivatives; default false. */
  createGraph?: boolean;
  /** Accumulate into these tensors only. */
  inputs?: Tensors;
}

const list = (x: Tensors): readonly Tensor[] => (isTensor(x) ? [x] : x);

/** The gradient that most passes start from. */
function one(): Tensor {
  const made = emptyScalar(float32);
  floats[addressOf(made) >>> 2] = 1;
  return written(made);
}

function rootGradients(
  op: string,
  roots: readonly Tensor[],
  given: readonly (Tensor | null | undefined)[],
): Tensor[] {
  return roots.map((root, i) => {
    if (!root.requiresGrad)
      throw new AutogradError(
        `${op}: element ${i} of tensors does not require grad and does not have a gradFn`,
      );
    const grad = given[i];
    if (grad === null || grad === undefined) {
      if (root.numel() !== 1)
        throw new AutogradError(
          `${op}: grad can be implicitly created only for scalar outputs, this one has shape ${shapeText(root.shape)}; pass a gradient`,
        );
      return root.ndim === 0 && root.dtype === float32 ? one() : root.newOnes(root.shape);
    }
    if (!sameShape(grad.shape, root.shape))
      throw new ShapeError(
        `${op}: mismatch in shape: gradient ${i} has shape ${shapeText(grad.shape)} and output ${i} has shape ${shapeText(root.shape)}`,
      );
    return grad;
  });
}

const NONE: readonly Tensor[] = [];

/**
 * Computes the gradient of this tensor with respect to the leaves it was made from, and adds it to their `.grad`.
 * @throws AutogradError when nothing requires grad, when a tensor of several elements gets no `gradient`, when the graph
 * was freed by an earlier pass, or when a saved tensor was changed in place.
 */
export function backward(
  input: Tensor,
  gradient?: Tensor | null | BackwardOptions,
  retainGraph?: boolean | BackwardOptions,
  createGraph?: boolean | BackwardOptions,
  options?: BackwardOptions,
): void {
  if (gradient === undefined && retainGraph === undefined && createGraph === undefined && !options) {
    const roots = [input];
    runBackward(roots, rootGradients("backward", roots, NONE), false, false, null);
    return;
  }
  const [grad, retain, create = false, inputs] = positional(
    "backward",
    ["gradient", "retainGraph", "createGraph", "inputs"],
    [gradient, retainGraph, createGraph, options],
  );
  const grads = rootGradients("backward", [input], [grad]);
  backwardInto([input], grads, retain ?? create, create, inputs);
}

function backwardInto(
  roots: readonly Tensor[],
  grads: readonly Tensor[],
  retain: boolean,
  create: boolean,
  inputs?: Tensors,
): void {
  if (inputs === undefined || inputs === null) {
    runBackward(roots, grads, retain, create, null);
    return;
  }
  const targets = list(inputs);
  if (targets.length === 0) throw new AutogradError("backward: inputs cannot be an empty list");
  const found = runBackward(roots, grads, retain, create, targets);
  targets.forEach((t, i) => {
    const grad = found[i];
    if (grad) t.setGrad(t.meta?.grad ? t.meta.grad.add(grad) : grad);
  });
}

/** `backward` from several tensors at once: `torch.autograd.backward`. */
export function backwardAll(
  tensors: Tensors,
  gradTensors?: Gradients | Record<string, unknown>,
  retainGraph?: boolean | Record<string, unknown>,
  createGraph?: boolean | Record<string, unknown>,
  options?: Record<string, unknown>,
): void {
  const [given, retain, create = false, inputs] = positional(
    "autograd.backward",
    ["gradTensors", "retainGraph", "createGraph", "inputs"],
    [gradTensors, retainGraph, createGraph, options],
  );
  const roots = list(tensors);
  const grads = rootGradients("autograd.backward", roots, isTensor(given) ? [given] : (given ?? []));
  backwardInto(roots, grads, retain ?? create, create, inputs);
}

export interface GradOptions {
  gradOutputs?: Gradients;
  retainGraph?: boolean | null;
  createGraph?: boolean;
  /** Null instead of an error for inputs that do not contribute; default false. */
  allowUnused?: boolean;
}

/**
 * Gradients of `outputs` (their sum, weighted by `gradOutputs`) with respect to `inputs`; no `.grad` is touched.
 * @returns one tensor per input, or null for an unused one under `allowUnused`.
 * @throws AutogradError as `backward` does, and for an unused input.
 */
export function grad(
  outputs: Tensors,
  inputs: Tensors,
  gradOutputs?: Gradients | GradOptions,
  retainGraph?: boolean | null | GradOptions,
  createGraph?: boolean | GradOptions,
  options?: GradOptions,
): Tensor[] {
  const [given, retain, create = false, allowUnused = false] = positional(
    "autograd.grad",
    ["gradOutputs", "retainGraph", "createGraph", "allowUnused"],
    [gradOutputs, retainGraph, createGraph, options],
  );
  const roots = list(outputs);
  const grads = rootGradients("autograd.grad", roots, isTensor(given) ? [given] : (given ?? []));
  const found = runBackward(roots, grads, retain ?? create, create, list(inputs));
  if (!allowUnused && found.includes(null))
    throw new AutogradError(
      `autograd.grad: one of the differentiated tensors (input ${found.indexOf(null)}) appears to not have been used in the graph; set allowUnused: true if this is the desired behavior`,
    );
  return found as Tensor[];
}

/** Calls `hook` with this tensor's gradient whenever it is computed; a tensor returned takes its place. */
export function registerHook(input: Tensor, hook: Hook): HookHandle {
  if (!input.requiresGrad)
    throw new AutogradError("registerHook: cannot register a hook on a tensor that doesn't require gradient");
  const node = input.gradFn;
  if (node === null) return addHook((input.details.hooks ??= new Map()), hook);
  const byOutput = (node.hooks ??= new Map<number, Map<number, Hook>>());
  let hooks = byOutput.get(input.outputNr);
  if (hooks === undefined) byOutput.set(input.outputNr, (hooks = new Map()));
  return addHook(hooks, hook);
}

/** Makes `backward` fill in `.grad` of a tensor that is not a leaf. */
export function retainGrad(input: Tensor): void {
  if (!input.requiresGrad)
    throw new AutogradError("retainGrad: can't retain grad on a tensor that has requiresGrad=false");
  if (input.isLeaf || input.details.retainsGrad) return;
  input.details.retainsGrad = true;
  registerHook(input, (g) => {
    const before = input.meta!.grad;
    input.setGrad(before === null ? g : before.add(g));
  });
}

/** Makes this leaf require gradients, or not. Returns it. @throws DtypeError unless floating point. */
export function requiresGrad_(
  input: Tensor,
  requiresGrad: boolean | { requiresGrad?: boolean } = true,
): Tensor {
  input.requiresGrad =
    typeof requiresGrad === "boolean" ? requiresGrad : (requiresGrad?.requiresGrad ?? true);
  return input;
}
