import { enableGrad } from "../autograd/contexts.ts";
import { untaped } from "../autograd/untaped.ts";
import { ValueError } from "../core/errors.ts";
import { copyInto, replaceData } from "../tensor/raw.ts";
import { isTensor, type Tensor } from "../tensor/tensor.ts";
import { type Closure, Optimizer, type Params } from "./optimizer.ts";
import { settingsOf } from "./settings.ts";
import { stateLike } from "./state.ts";
import { strongWolfe } from "./strongwolfe.ts";

export interface LBFGSOptions {
  lr?: number;
  /** Iterations in a step; default 20. */
  maxIter?: number;
  /** Evaluations of the closure in a step; default 1.25 maxIter. */
  maxEval?: number | null;
  /** Ends a step when no gradient is larger; default 1e-7. */
  toleranceGrad?: number;
  /** Ends a step when parameters or loss change less; default 1e-9. */
  toleranceChange?: number;
  /** Changes remembered; default 100. */
  historySize?: number;
  /** "strongWolfe" (or PyTorch's "strong_wolfe"), or null for steps of length `lr`. */
  lineSearchFn?: "strongWolfe" | "strong_wolfe" | null;
}
type Settings = Required<LBFGSOptions>;

interface Memory {
  func_evals: number;
  n_iter: number;
  d?: Tensor;
  t?: number;
  old_dirs?: Tensor[];
  old_stps?: Tensor[];
  ro?: number[];
  H_diag?: number;
  prev_flat_grad?: Tensor;
  prev_loss?: number;
}

/** L-BFGS (Liu and Nocedal, 1989); lr 1 by default. `step` needs a closure, takes one group, and remembers under the first parameter. */
export class LBFGS extends Optimizer<Settings> {
  constructor(
    params: Params<Settings>,
    lr?: number | LBFGSOptions,
    maxIter?: number | LBFGSOptions,
    maxEval?: number | null | LBFGSOptions,
    toleranceGrad?: number | LBFGSOptions,
    toleranceChange?: number | LBFGSOptions,
    historySize?: number | LBFGSOptions,
    lineSearchFn?: LBFGSOptions["lineSearchFn"] | LBFGSOptions,
    options?: LBFGSOptions,
  ) {
    const settings = settingsOf<Settings>(
      "LBFGS",
      {
        lr: 1,
        maxIter: 20,
        maxEval: null,
        toleranceGrad: 1e-7,
        toleranceChange: 1e-9,
        historySize: 100,
        lineSearchFn: null,
      },
      [lr, maxIter, maxEval, toleranceGrad, toleranceChange, historySize, lineSearchFn, options],
    );
    settings.maxEval ??= Math.floor((settings.maxIter * 5) / 4);
    if (settings.lineSearchFn !== null && !/^strong_?wolfe$/i.test(settings.lineSearchFn))
      throw new ValueError(
        `LBFGS: the only line search is "strongWolfe", got ${String(settings.lineSearchFn)}`,
      );
    super(params, settings);
    if (this.paramGroups.length !== 1) throw new ValueError("LBFGS: doesn't support per-parameter options");
  }

  override step(closure?: Closure | null): Tensor | number {
    if (typeof closure !== "function")
      throw new ValueError("LBFGS: step needs a closure that computes the loss");
    const evaluate = (): Tensor | number => enableGrad(closure);
    const first = evaluate();
    untaped(() => this.iterate(() => valueOf(evaluate()), valueOf(first)));
    return first;
  }

  private iterate(evaluate: () => number, loss: number): void {
    const group = this.paramGroups[0]!;
    const { params, lr, maxIter, toleranceGrad, toleranceChange, historySize } = group;
    const state = this.stateOf<Memory>(params[0]!, () => ({ func_evals: 0, n_iter: 0 }));
    state.func_evals++;
    let evaluations = 1,
      grad = this.flatGrad(),
      converged = largest(grad) <= toleranceGrad;
    if (converged) return;
    for (let n = 1; n <= maxIter; n++) {
      state.n_iter++;
      state.d = direction(state, grad, historySize);
      state.prev_flat_grad = grad;
      state.prev_loss = loss;
      let t = state.n_iter === 1 ? Math.min(1, 1 / (grad.abs().sum().item() as number)) * lr : lr;
      state.t = t;
      const slope = grad.dot(state.d).item() as number;
      if (slope > -toleranceChange) return;
      const { d } = state;
      let spent = 0;
      if (group.lineSearchFn !== null) {
        const start = params.map((p) => p.detach().clone());
        const objective = (length: number): [number, Tensor] => {
          this.move(length, d);
          const value = evaluate(),
            g = this.flatGrad();
          params.forEach((p, k) => {
            replaceData(p, start[k]!);
          });
          return [value, g];
        };
        const found = strongWolfe(objective, t, d, loss, grad, slope);
        ({ loss, grad, t, evaluations: spent } = found);
        this.move(t, d);
        converged = largest(grad) <= toleranceGrad;
      } else {
        this.move(t, d);
        if (n !== maxIter) {
          loss = evaluate();
          grad = this.flatGrad();
          converged = largest(grad) <= toleranceGrad;
          spent = 1;
        }
      }
      state.t = t;
      evaluations += spent;
      state.func_evals += spent;
      if (evaluations >= group.maxEval! || converged) return;
      if (largest(d) * Math.abs(t) <= toleranceChange) return;
      if (Math.abs(loss - state.prev_loss) < toleranceChange) return;
    }
  }

  /** All gradients as one vector, in memory of its own. */
  private flatGrad(): Tensor {
    const { params } = this.paramGroups[0]!;
    const flat = stateLike(params[0]!, 0, [params.reduce((n, p) => n + p.numel(), 0)]);
    let at = 0;
    for (const p of params) {
      const n = p.numel(),
        grad = p.meta?.grad;
      if (grad) copyInto(flat.narrow(0, at, n), grad.detach().reshape([n]));
      at += n;
    }
    return flat;
  }

  /** Moves the parameters `t` along `direction`. */
  private move(t: number, direction: Tensor): void {
    let at = 0;
    for (const p of this.paramGroups[0]!.params) {
      const n = p.numel();
      p.add_(direction.narrow(0, at, n).reshape(p.shape).to(p.dtype), { alpha: t });
      at += n;
    }
  }
}

const valueOf = (loss: Tensor | number): number => Number(isTensor(loss) ? loss.item() : loss);
const largest = (x: Tensor): number => x.abs().amax().item() as number;

/** A vector that outlives scopes. */
function owned(x: Tensor): Tensor {
  const copy = stateLike(x);
  copyInto(copy, x);
  return copy;
}

/** The quasi-Newton direction at `grad`, by the two-loop recursion; takes the last step into the memory first. */
function direction(state: Memory, grad: Tensor, historySize: number): Tensor {
  if (state.n_iter === 1 || state.d === undefined) {
    Object.assign(state, { old_dirs: [], old_stps: [], ro: [], H_diag: 1 });
    return owned(grad.neg());
  }
  const changes = state.old_dirs!,
    moves = state.old_stps!,
    inverse = state.ro!;
  const y = grad.sub(state.prev_flat_grad!),
    s = state.d.mul(state.t!);
  const ys = y.dot(s).item() as number;
  if (ys > 1e-10) {
    if (changes.length === historySize) for (const list of [changes, moves, inverse]) list.shift();
    changes.push(owned(y));
    moves.push(owned(s));
    inverse.push(1 / ys);
    state.H_diag = ys / (y.dot(y).item() as number);
  }
  const shares: number[] = [];
  const q = owned(grad.neg());
  for (let i = changes.length - 1; i >= 0; i--) {
    shares[i] = (moves[i]!.dot(q).item() as number) * inverse[i]!;
    q.add_(changes[i]!, { alpha: -shares[i]! });
  }
  q.mul_(state.H_diag!);
  for (let i = 0; i < changes.length; i++) {
    const back = (changes[i]!.dot(q).item() as number) * inverse[i]!;
    q.add_(moves[i]!, { alpha: shares[i]! - back });
  }
  return q;
}
