import type { DType } from "../core/dtype.ts";
import { AutogradError } from "../core/errors.ts";
import { showAsText } from "../core/inspect.ts";
import type { Shape } from "../core/shape.ts";
import { modes } from "../tensor/modes.ts";
import { Tensor } from "../tensor/tensor.ts";
import type { Hook } from "./hooks.ts";
import type { AnyRecord, Formula, FusedRecord, OpRecord } from "./record.ts";

/** An engine's notes on a node during one pass. */
export interface Visit {
  /** Edges into the node that have not delivered yet. */
  dependencies: number;
  /** Gradients of the outputs so far. */
  grads: (Tensor | null)[];
  /** Whether a requested input lies behind it. */
  needed: boolean;
  /** The pass that took them. */
  pass: object;
  /** The notes of the pass that this one interrupts. */
  outer: Visit | null;
  /** Lists of nodes: the next one found, and the next in line. */
  found: Node | null;
  ready: Node | null;
}

/** The way from a node to one of its inputs. */
export interface Edge {
  readonly node: Node;
  /** Which output of that node the input was. */
  readonly nr: number;
  /** Of the input: gradients are summed and cast to them. */
  readonly shape: Shape;
  readonly dtype: DType;
}

let sequence = 0;
/** In place of the versions of what a node has let go of. */
const FREED: number[] = [];

/** A function on the tape: what one op did, and how to go back. */
export class Node {
  /** Creation order: later ones run first on the way back. */
  order = sequence++;
  /** One per input; null where no gradient is wanted. */
  readonly edges: (Edge | null)[];
  outputs = 1;
  protected versions: number[] | null = null;
  /** Hooks on the gradients of its outputs, by output. */
  hooks: Map<number, Map<number, Hook>> | null = null;
  visit: Visit | null = null;
  /** Going back calls a function of the user's. */
  get runsUserCode(): boolean {
    return false;
  }
  /** Where the op was called; kept in anomaly mode. */
  declare readonly trace?: string | undefined;

  constructor(
    readonly op: AnyRecord<object>,
    inputs: readonly (Tensor | null | undefined)[],
    protected saved: object | null,
    /** The array of inputs is nobody else's: the edges may take its place. */
    reuse = false,
  ) {
    // Arrays of known length: one that grows by `push` takes room for seventeen.
    this.edges = reuse ? (inputs as unknown as (Edge | null)[]) : new Array(inputs.length);
    for (let i = 0; i < inputs.length; i++) this.edges[i] = edgeTo(inputs[i]);
    if (saved !== null) this.versions = versionsOf(saved);
    if (modes.anomaly) this.trace = new Error("forward").stack;
  }

  /** The name PyTorch prints: `MulBackward0`. */
  name(): string {
    return this.op.node ?? `${this.op.name[0]!.toUpperCase()}${this.op.name.slice(1)}Backward0`;
  }

  /** What comes next on the way back: for each input its node, or null, and which output of that node it was. */
  get nextFunctions(): [Node | null, number][] {
    return this.edges.map((edge) => (edge === null ? [null, 0] : [edge.node, edge.nr]));
  }

  toString(): string {
    return `<${this.name()}>`;
  }

  /** Gradients of the inputs from those of the outputs. */
  apply(grads: readonly (Tensor | null)[], needs: readonly boolean[]): readonly (Tensor | null)[] {
    return backOf(this.op).run(grads, this.unpack(), needs);
  }

  /** Lets go of the tensors that the op saved; without any, the way back stays open, as in PyTorch. */
  release(): void {
    if (this.saved === null || this.versions!.length === 0) return;
    this.saved = null;
    this.versions = FREED;
  }

  private unpack(): object {
    if (this.versions === FREED)
      throw new AutogradError(
        `${this.name()}: trying to backward through the graph a second time, but the saved tensors have already been freed; ` +
          "call .backward() or autograd.grad() with { retainGraph: true } the first time",
      );
    if (this.saved === null) return this;
    let i = 0;
    for (const key in this.saved) {
      const value = (this.saved as Record<string, unknown>)[key];
      if (value instanceof Tensor) checkVersion(value, this.versions![i++]!);
    }
    return this.saved;
  }
}

function edgeTo(input: Tensor | null | undefined): Edge | null {
  if (input === null || input === undefined) return null;
  const node = input.gradFn;
  if (node !== null) return { node, nr: input.outputNr, shape: input.shape, dtype: input.dtype };
  return input.leafRequiresGrad ? accumulatorOf(input).edgeFrom(input) : null;
}

/** Versions of the tensors among `saved`, in its order. */
function versionsOf(saved: object): number[] {
  let count = 0;
  for (const key in saved) if ((saved as Record<string, unknown>)[key] instanceof Tensor) count++;
  const versions = new Array<number>(count);
  let i = 0;
  for (const key in saved) {
    const value = (saved as Record<string, unknown>)[key];
    if (!(value instanceof Tensor)) continue;
    if (value.inference)
      throw new AutogradError(
        "inference tensors cannot be saved for backward; clone() it outside of inferenceMode to work with autograd",
      );
    versions[i++] = value.storage.version;
  }
  return versions;
}

showAsText(Node.prototype);

/** @throws AutogradError, in PyTorch's words, when a saved tensor was changed in place since. */
export function checkVersion(tensor: Tensor, expected: number): void {
  const version = tensor.storage.version;
  if (version === expected) return;
  const origin =
    tensor.gradFn === null ? "" : `, which is output ${tensor.outputNr} of ${tensor.gradFn.name()},`;
  throw new AutogradError(
    `one of the variables needed for gradient computation has been modified by an inplace operation: ` +
      `[torch.${tensor.dtype.tensorType}Tensor ${tensor.shape.length ? `[${tensor.shape.join(", ")}]` : "[]"}]${origin} is at version ${version}; ` +
      `expected version ${expected} instead. Hint: enable anomaly detection to find the operation that failed to compute its gradient, with torch.autograd.setDetectAnomaly(true).`,
  );
}

/** The way back through an op, in one shape for all records. */
class Back {
  constructor(
    readonly op: AnyRecord<object>,
    readonly run: FusedRecord<object>["backward"],
  ) {}
}

/** A record spread into another brings the other's way back along. */
function backOf(op: AnyRecord<object>): Back {
  const back = op.back;
  if (back instanceof Back && back.op === op) return back;
  return (op.back = new Back(op, "backward" in op ? op.backward : byFormulas(op)));
}

function byFormulas(op: OpRecord<object>): FusedRecord<object>["backward"] {
  const { vjp } = op;
  const formulas: Formula<object>[] =
    typeof vjp === "function"
      ? [vjp]
      : Object.entries(vjp).map(([input, formula]) => {
          if (typeof formula === "function") return formula;
          if (formula === "nonDifferentiable") return () => null;
          return () => {
            throw new AutogradError(
              `${op.name}: the gradient of ${input} is not implemented: ${formula.reason}`,
            );
          };
        });
  return (grads, saved, needs) => {
    const g = grads[0]!;
    const results = new Array<Tensor | null>(needs.length);
    for (let i = 0; i < needs.length; i++) results[i] = needs[i] ? formulas[i]!(g, saved) : null;
    return results;
  };
}

/** Where the gradient of a tensor goes: the node that made it, a leaf's accumulator, or nowhere. */
export function edgeOf(tensor: Tensor): Node | null {
  return tensor.gradFn ?? (tensor.leafRequiresGrad ? accumulatorOf(tensor) : null);
}

const ACCUMULATE = {
  name: "AccumulateGrad",
  node: "AccumulateGrad",
  inputs: [],
  backward: () => [],
} as const;

/** The end of the way back: adds to a leaf's `.grad`. */
export class AccumulateGrad extends Node {
  constructor(readonly variable: Tensor) {
    super(ACCUMULATE, [], null);
    // Made late or early, nothing comes after it.
    this.order = -1;
  }

  private edge: Edge | null = null;
  /** All ops on the leaf share one edge, as long as it has one shape. */
  edgeFrom({ shape, dtype }: Tensor): Edge {
    const { edge } = this;
    return edge !== null && edge.shape === shape ? edge : (this.edge = { node: this, nr: 0, shape, dtype });
  }
}

function accumulatorOf(leaf: Tensor): AccumulateGrad {
  const { details } = leaf;
  return (details.accumulator ??= new AccumulateGrad(leaf)) as AccumulateGrad;
}
