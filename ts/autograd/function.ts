import { AutogradError } from "../core/errors.ts";
import { modes } from "../tensor/modes.ts";
import { isTensor, Tensor } from "../tensor/tensor.ts";
import { noGrad } from "./contexts.ts";
import { checkVersion, Node } from "./node.ts";
import { type FusedRecord, tracksAny } from "./record.ts";

type Result = Tensor | readonly Tensor[];

/** What `forward` leaves for `backward`. Anything may be kept as a property; tensors belong in `saveForBackward`. */
export class FunctionContext {
  [key: string]: unknown;
  /** For each argument of `apply`, whether its gradient is wanted. */
  needsInputGrad: boolean[] = [];
  /** The tensors given to `saveForBackward`. @throws AutogradError when they were freed, or changed in place since. */
  declare readonly savedTensors: readonly (Tensor | null)[];

  /** Keeps tensors for `backward`, checked against in-place changes. Call it once, in `forward`. */
  saveForBackward(...tensors: (Tensor | null)[]): void {
    secrets(this).saved = tensors;
  }
  /** Declares that outputs have no gradient. */
  markNonDifferentiable(...tensors: Tensor[]): void {
    for (const tensor of tensors) secrets(this).nonDifferentiable.add(tensor);
  }
  /** Declares inputs that `forward` changed in place. */
  markDirty(...tensors: Tensor[]): void {
    for (const tensor of tensors) secrets(this).dirty.add(tensor);
  }
  /** Whether `backward` gets zeros, rather than null, for outputs nobody used; default true. */
  setMaterializeGrads(value: boolean): void {
    secrets(this).materialize = value;
  }
}

class Secrets {
  saved: (Tensor | null)[] = [];
  versions: number[] = [];
  freed = false;
  readonly nonDifferentiable = new Set<Tensor>();
  readonly dirty = new Set<Tensor>();
  materialize = true;
}

const SECRETS = new WeakMap<FunctionContext, Secrets>();
const secrets = (ctx: FunctionContext): Secrets => SECRETS.get(ctx)!;

Object.defineProperty(FunctionContext.prototype, "savedTensors", {
  get(this: FunctionContext): readonly (Tensor | null)[] {
    const { saved, versions, freed } = secrets(this);
    if (freed)
      throw new AutogradError(
        "trying to backward through the graph a second time, but the saved tensors have already been freed; call .backward() or autograd.grad() with { retainGraph: true } the first time",
      );
    saved.forEach((t, i) => t !== null && versions.length > 0 && checkVersion(t, versions[i]!));
    return saved;
  },
});

/** The node of a user's function. */
class FunctionNode extends Node {
  override get runsUserCode(): boolean {
    return true;
  }

  constructor(
    private readonly owner: FunctionClass,
    private readonly ctx: FunctionContext,
    private readonly args: readonly unknown[],
    private readonly outs: readonly Tensor[],
  ) {
    const record: FusedRecord<object> = {
      name: owner.name,
      node: `${owner.name}Backward`,
      inputs: args.map(String),
      backward: () => [],
    };
    super(
      record,
      args.map((x) => (isTensor(x) ? x : null)),
      null,
    );
    this.outputs = outs.length;
    this.outs = outs.map((t) => t.detach());
  }

  override apply(grads: readonly (Tensor | null)[]): readonly (Tensor | null)[] {
    const { materialize } = secrets(this.ctx);
    const given = grads.map((g, i) =>
      g === null && materialize ? this.outs[i]!.newZeros(this.outs[i]!.shape) : g,
    );
    const answer = this.owner.backward(this.ctx, ...(given as Tensor[]));
    const results = Array.isArray(answer) ? (answer as (Tensor | null)[]) : [answer as Tensor | null];
    const { args } = this;
    if (results.length < args.length || results.slice(args.length).some((r) => r !== null && r !== undefined))
      throw new AutogradError(
        `${this.name()}: returned an incorrect number of gradients (expected ${args.length}, got ${results.length})`,
      );
    results.forEach((r, i) => {
      if (r !== null && r !== undefined && !isTensor(r))
        throw new AutogradError(`${this.name()}: gradient ${i} is not a tensor or null`);
    });
    return results.map((r) => r ?? null);
  }

  override release(): void {
    const own = secrets(this.ctx);
    if (own.saved.length > 0) {
      own.saved = [];
      own.freed = true;
    }
  }
}

interface FunctionClass {
  readonly name: string;
  forward(ctx: FunctionContext, ...args: never[]): Result;
  backward(ctx: FunctionContext, ...grads: Tensor[]): Tensor | null | readonly (Tensor | null)[];
}

type Apply<C> = C extends { forward(ctx: never, ...args: infer A): infer R } ? (...args: A) => R : never;

/**
 * An op of your own: a class with `static forward(ctx, ...args)` and `static backward(ctx, ...gradOutputs)`, which returns
 * one gradient (or null) per argument of `forward`. Used as `MyFunction.apply(...)`; `apply` may be taken off the class.
 */
export class Function {
  static forward(_ctx: FunctionContext, ..._args: never[]): Result {
    throw new AutogradError("autograd.Function: a subclass must define static forward(ctx, ...args)");
  }
  static backward(_ctx: FunctionContext, ..._grads: Tensor[]): Tensor | null | readonly (Tensor | null)[] {
    throw new AutogradError("autograd.Function: a subclass must define static backward(ctx, ...gradOutputs)");
  }
  /** Runs `forward` and puts it on the tape. A getter, so that it stays bound when taken off its class. */
  static get apply(): <C>(this: C, ...args: Parameters<Apply<C>>) => ReturnType<Apply<C>> {
    const owner = this as unknown as FunctionClass;
    return ((...args: unknown[]) => run(owner, args)) as never;
  }
}

function run(owner: FunctionClass, args: readonly unknown[]): Result {
  const ctx = new FunctionContext();
  SECRETS.set(ctx, new Secrets());
  const inputs = args.map((x) => (isTensor(x) ? x : null));
  const tracked = tracksAny(inputs);
  ctx.needsInputGrad = inputs.map((x) => x !== null && modes.grad && x.requiresGrad);
  const result = noGrad(() => owner.forward(ctx, ...(args as never[])));
  const own = secrets(ctx);
  if (!tracked) {
    own.saved = [];
    return result;
  }
  // An input handed straight through becomes an output of its own.
  const outs = (isTensor(result) ? [result] : result).map((out) =>
    inputs.includes(out) && !own.dirty.has(out) ? viewAsSelf(out) : out,
  );
  const node = new FunctionNode(owner, ctx, args, outs);
  own.versions = own.saved.map((t) => t?.storage.version ?? 0);
  const marked = isTensor(result) ? [result] : [...result];
  outs.forEach((out, i) => {
    if (!out.dtype.isFloatingPoint || own.nonDifferentiable.has(marked[i]!)) return;
    out.node = node;
    out.outputNr = i;
  });
  return isTensor(result) ? outs[0]! : outs;
}

function viewAsSelf(x: Tensor): Tensor {
  return new Tensor(x.storage, x.dtype, x.shape, x.strides, x.offset);
}
