import { enableGrad } from "../autograd/contexts.ts";
import { COMPUTE } from "../core/dtype.ts";
import { ValueError } from "../core/errors.ts";
import { showAsText } from "../core/inspect.ts";
import { isOptions, positional } from "../core/options.ts";
import { reliance } from "../memory/storage.ts";
import { describe, family, kernelFor } from "../ops/dispatch.ts";
import { writeNumbers } from "../tensor/plan.ts";
import { cast, copyInto, packed, packedCopy } from "../tensor/raw.ts";
import { addressOf, isTensor, type Tensor } from "../tensor/tensor.ts";
import { overUnits } from "../threads/pool.ts";
import { type OptimizerState, optimizerText, packState, unpackState } from "./state.ts";

interface Rated {
  lr: number;
}
/** What every group of parameters has; the optimizer's own settings beside it may differ by group. */
export interface Group extends Rated {
  params: Tensor[];
  /** The rate that a schedule starts from. */
  initialLr?: number;
}
/** A group as given: settings left out are the optimizer's. */
export type GroupOptions<S> = Partial<S> & { params: Tensor | Iterable<Tensor> };
/** Parameters, or groups of them. */
export type Params<S> = Iterable<Tensor> | Iterable<GroupOptions<S>>;
/** Computes the loss anew, with its gradients. */
export type Closure = () => Tensor | number;
/** What an optimizer remembers of a parameter, under PyTorch's names. */
export type State = Record<string, unknown>;

type Step = (
  p: number,
  g: number,
  a: number,
  b: number,
  c: number,
  scalars: number,
  begin: number,
  end: number,
) => void;

/** Settings that schedules add to groups. */
const SCHEDULED = /^(initial|base|max|min)(Lr|Momentum)$/;

/**
 * Base of all optimizers; a user's own extends it with a `step`. `paramGroups` are live: a changed `group.lr` counts from the next step on. State lives in the
 * heap as long as the optimizer.
 */
export class Optimizer<S extends Rated = any> {
  readonly paramGroups: (S & Group)[] = [];
  readonly state = new Map<Tensor, State>();
  private readonly kernels;

  /** @throws ValueError without parameters, for something that is no leaf tensor, and for one that comes twice. */
  constructor(
    params: Params<S>,
    readonly defaults: S,
    kernel = "",
  ) {
    this.kernels = family<Step>(kernel);
    if (isTensor(params) || typeof params?.[Symbol.iterator] !== "function")
      throw new ValueError(
        `${this.name}: params should be an iterable of tensors or groups, got ${describe(params)}${typeof params === "function" ? "; give model.parameters()" : ""}`,
      );
    const list = [...params] as (Tensor | GroupOptions<S>)[];
    if (list.length === 0) throw new ValueError(`${this.name}: got an empty parameter list`);
    if (isOptions(list[0])) for (const group of list) this.addParamGroup(group as GroupOptions<S>);
    else this.addParamGroup({ params: list } as unknown as GroupOptions<S>);
  }

  protected get name(): string {
    return this.constructor.name;
  }

  /** As PyTorch prints it. */
  toString(): string {
    return optimizerText(this.name, this.paramGroups);
  }

  /** Adds parameters with settings of their own. */
  addParamGroup(group: GroupOptions<S>): void {
    if (!isOptions(group))
      throw new ValueError(`${this.name}: a parameter group must be an object with params`);
    const given: unknown = group.params;
    if (!isTensor(given) && typeof (given as Iterable<Tensor> | undefined)?.[Symbol.iterator] !== "function")
      throw new ValueError(`${this.name}: a parameter group needs params, an iterable of tensors`);
    for (const key of Object.keys(group))
      if (key !== "params" && !(key in this.defaults) && !SCHEDULED.test(key))
        throw new ValueError(
          `${this.name}: unknown option "${key}" of a parameter group; it takes params, ${Object.keys(this.defaults).join(", ")}`,
        );
    const params = isTensor(given) ? [given] : [...(given as Iterable<Tensor>)];
    const known = new Set(this.paramGroups.flatMap((other) => other.params));
    for (const p of params) {
      if (!isTensor(p)) throw new ValueError(`${this.name}: can only optimize tensors, got ${typeof p}`);
      if (!p.isLeaf) throw new ValueError(`${this.name}: can't optimize a tensor that is no leaf`);
      if (known.has(p)) throw new ValueError(`${this.name}: a parameter appears more than once`);
      known.add(p);
    }
    const merged = { ...this.defaults, ...group, params } as S & Group;
    if ("lr" in merged && merged.lr === undefined)
      throw new ValueError(`${this.name}: a parameter group needs a lr`);
    this.paramGroups.push(merged);
  }

  /** One step along the gradients; parameters without one are left alone. With a closure, returns its loss. */
  step(closure?: Closure | null): Tensor | number | null {
    const loss = closure ? enableGrad(closure) : null;
    for (const group of this.paramGroups)
      for (const p of group.params) {
        const { meta } = p;
        const grad = meta?.grad ?? (meta?.gradZero ? p.detach().newZeros(p.shape) : null);
        if (grad !== null) this.update(p, grad, group);
      }
    return loss;
  }

  /** The step of one parameter; a subclass has this, or a `step` of its own. */
  protected update(_p: Tensor, _grad: Tensor, _group: S & Group): void {
    throw new ValueError(`${this.name}: an optimizer needs a step() of its own`);
  }

  /**
   * Drops the gradients, so that they are null. A parameter that the next loss does not reach then moves by its momentum
   * all the same, as in PyTorch 1.13, whose default fills with zeros; with `setToNone` true it stays where it is, with
   * false the zeros are really there.
   */
  zeroGrad(setToNone?: boolean | { setToNone?: boolean }): void {
    const [wish] = positional<[boolean?]>("zeroGrad", ["setToNone"], [setToNone]);
    for (const group of this.paramGroups) for (const p of group.params) p.clearGrad(wish);
  }

  /** What it remembers and its settings, as PyTorch's own state dictionary: `{ state, param_groups }`. The tensors are shared. */
  stateDict(): OptimizerState {
    return packState(this.paramGroups, this.state);
  }

  /** Continues from a state dictionary, which is copied. @throws ValueError where its groups do not fit. */
  loadStateDict(dict: OptimizerState): void {
    unpackState(this.name, dict, this.paramGroups, this.state);
  }

  /** The state of a parameter; `make` begins it. */
  protected stateOf<T extends object>(p: Tensor, make: () => T): T {
    let found = this.state.get(p) as T | undefined;
    if (found === undefined) {
      found = make();
      this.state.set(p, found as State);
    }
    return found;
  }

  /** Runs the kernel over a parameter. */
  protected run(
    p: Tensor,
    grad: Tensor,
    scalars: readonly number[],
    a: Tensor | null = null,
    b: Tensor | null = null,
    c: Tensor | null = null,
  ): void {
    const n = p.numel();
    if (n === 0) return;
    reliance.settle?.(p.storage);
    const compute = COMPUTE[p.dtype.domain];
    const run = kernelFor(this.name, this.kernels, p.dtype);
    const direct = p.contiguousLayout && p.dtype === compute;
    const target = direct ? p : p.dtype === compute ? packedCopy(p) : cast(p, compute);
    const slope = cast(packed(grad), compute);
    overUnits(run, n, 1, [
      addressOf(target),
      addressOf(slope),
      a ? addressOf(a) : 0,
      b ? addressOf(b) : 0,
      c ? addressOf(c) : 0,
      writeNumbers(compute.domain, scalars),
    ]);
    target.storage.written();
    if (!direct) {
      copyInto(p, target);
      target.dispose();
    }
    if (slope.storage !== grad.storage) slope.dispose();
    p.storage.version++;
  }
}

showAsText(Optimizer.prototype);
