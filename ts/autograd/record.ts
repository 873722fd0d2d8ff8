import { modes } from "../tensor/modes.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { Node } from "./node.ts";

/** The input has no gradient by its nature: an index, a mask, a size. */
export const nonDifferentiable = "nonDifferentiable";
/** The input would have a gradient, which the library lacks. */
export interface NotImplemented {
  readonly reason: string;
}
export function notImplemented(reason: string): NotImplemented {
  return { reason };
}

/** The gradient of one input: `grad` is that of the output, `saved` what the op kept. Null counts as zero. */
export type Formula<S> = (grad: Tensor, saved: S) => Tensor | null;

interface Named {
  /** The public name, as in `torch.<name>`. */
  readonly name: string;
  /** The node's name on the tape, where it is not the public one with `Backward0`. */
  readonly node?: string;
  /** What the engine made of the record at its first use. */
  back?: object;
}

/** An op whose inputs each have a formula. The engine sums gradients down to an input's shape and casts them to its dtype. */
export interface OpRecord<S> extends Named {
  /**
   * One entry per tensor input: first those that are recorded, in that order. A bare formula where there is one input;
   * `...name` for a list of tensors.
   */
  readonly vjp: Formula<S> | Readonly<Record<string, Formula<S> | typeof nonDifferentiable | NotImplemented>>;
}

/** An op with one function for all gradients: several outputs, or work that the inputs' gradients share. */
export interface FusedRecord<S> extends Named {
  /** The tensor inputs that have a gradient, in the order they are recorded. */
  readonly inputs: readonly string[];
  /** Those that have none by their nature. */
  readonly fixed?: readonly string[];
  /** `grads` has null where an output was not used, `needs` tells which inputs want an answer. */
  readonly backward: (
    grads: readonly (Tensor | null)[],
    saved: S,
    needs: readonly boolean[],
  ) => readonly (Tensor | null)[];
}

export type AnyRecord<S> = OpRecord<S> | FusedRecord<S>;

/** Whether an op on these inputs belongs on the tape. Ask before building what `record` wants. */
export function tracks(a: unknown, b?: unknown, c?: unknown): boolean {
  return modes.grad && (wants(a) || wants(b) || wants(c));
}

/** The same for a list of inputs. */
export function tracksAny(inputs: readonly unknown[]): boolean {
  return modes.grad && inputs.some(wants);
}

function wants(x: unknown): boolean {
  const t = x as Tensor | null | undefined;
  return (
    typeof t === "object" &&
    t !== null &&
    (t.leafRequiresGrad || t.node !== null || (t.refresh != null && t.gradFn !== null))
  );
}

/**
 * Puts an op on the tape: `out` becomes its result. Tensors in `saved` are checked against in-place changes when used.
 * Inputs that are not tensors (numbers, null) are passed as null. With `reuse`, the array of inputs goes to the node.
 */
export function record<S extends object>(
  op: AnyRecord<S>,
  inputs: readonly (Tensor | null | undefined)[],
  out: Tensor,
  saved: S | null,
  reuse = false,
): Tensor {
  out.node = new Node(op as AnyRecord<object>, inputs, saved, reuse);
  out.outputNr = 0;
  return out;
}

/** As `record`, for several outputs; those that are not floating point stay off the tape. */
export function recordAll<S extends object, T extends readonly Tensor[]>(
  op: AnyRecord<S>,
  inputs: readonly (Tensor | null | undefined)[],
  outs: T,
  saved: S | null,
): T {
  const node = new Node(op as AnyRecord<object>, inputs, saved);
  node.outputs = outs.length;
  outs.forEach((out, i) => {
    if (!out.dtype.isFloatingPoint) return;
    out.node = node;
    out.outputNr = i;
  });
  return outs;
}
