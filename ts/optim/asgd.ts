import type { Tensor } from "../tensor/tensor.ts";
import { type Group, Optimizer, type Params } from "./optimizer.ts";
import {
  atLeastZero,
  type Common,
  type CommonOptions,
  type SettingsOf,
  settingsOf,
  signed,
} from "./settings.ts";
import { stateLike } from "./state.ts";

export interface ASGDOptions extends CommonOptions {
  /** Decay of the parameters and of the rate; default 1e-4. */
  lambd?: number;
  /** Power by which the rate falls; default 0.75. */
  alpha?: number;
  /** The step from which the average is taken; default 1e6. */
  t0?: number;
}
type Settings = Common & SettingsOf<ASGDOptions>;

/** Averaged stochastic gradient descent (Polyak and Juditsky, 1992); lr 1e-2 by default. The average is `state.get(p).ax`. */
export class ASGD extends Optimizer<Settings> {
  constructor(
    params: Params<Settings>,
    lr?: number | ASGDOptions,
    lambd?: number | ASGDOptions,
    alpha?: number | ASGDOptions,
    t0?: number | ASGDOptions,
    weightDecay?: number | ASGDOptions,
    options?: ASGDOptions,
  ) {
    const settings = settingsOf<Settings>(
      "ASGD",
      { lr: 1e-2, lambd: 1e-4, alpha: 0.75, t0: 1e6, weightDecay: 0, maximize: false },
      [lr, lambd, alpha, t0, weightDecay, options],
    );
    atLeastZero("ASGD", settings, "lr", "weightDecay");
    super(params, settings, "asgd");
  }

  protected override update(p: Tensor, grad: Tensor, group: Settings & Group): void {
    const state = this.stateOf(p, () => ({ step: 0, eta: group.lr, mu: 1, ax: stateLike(p) }));
    const { lr, lambd, alpha, t0, weightDecay } = group;
    const step = ++state.step;
    this.run(p, grad, [signed(group), weightDecay, 1 - lambd * state.eta, state.eta, state.mu], state.ax);
    state.eta = lr / (1 + lambd * lr * step) ** alpha;
    state.mu = 1 / Math.max(1, step - t0);
  }
}
