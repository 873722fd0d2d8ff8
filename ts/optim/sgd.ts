import { ValueError } from "../core/errors.ts";
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

export interface SGDOptions extends CommonOptions {
  /** Share of the last step that goes on; default 0. */
  momentum?: number;
  /** Share of the gradient that momentum leaves out; default 0. */
  dampening?: number;
  /** Looks ahead along the momentum; default false. */
  nesterov?: boolean;
}
type Settings = Common & SettingsOf<SGDOptions>;

/** Stochastic gradient descent, with momentum where asked for (Sutskever et al., 2013). `lr` is required, here or in every group. */
export class SGD extends Optimizer<Settings> {
  constructor(
    params: Params<Settings>,
    lr?: number | SGDOptions,
    momentum?: number | SGDOptions,
    dampening?: number | SGDOptions,
    weightDecay?: number | SGDOptions,
    nesterov?: boolean | SGDOptions,
    options?: SGDOptions,
  ) {
    const settings = settingsOf<Settings>(
      "SGD",
      { lr: undefined!, momentum: 0, dampening: 0, weightDecay: 0, nesterov: false, maximize: false },
      [lr, momentum, dampening, weightDecay, nesterov, options],
    );
    if (settings.lr !== undefined) atLeastZero("SGD", settings, "lr");
    atLeastZero("SGD", settings, "momentum", "weightDecay");
    if (settings.nesterov && (settings.momentum <= 0 || settings.dampening !== 0))
      throw new ValueError("SGD: nesterov momentum needs a momentum and no dampening");
    super(params, settings, "sgd");
  }

  protected override update(p: Tensor, grad: Tensor, group: Settings & Group): void {
    const state = this.stateOf(p, () => ({ momentum_buffer: null as Tensor | null }));
    let share = 1 - group.dampening;
    if (group.momentum !== 0 && state.momentum_buffer === null) {
      state.momentum_buffer = stateLike(p);
      share = 1; // momentum begins as the first gradient
    }
    const { momentum, weightDecay, nesterov, lr } = group;
    const moving = momentum !== 0 ? state.momentum_buffer : null;
    this.run(p, grad, [signed(group), weightDecay, momentum, share, nesterov ? 1 : 0, lr], moving);
  }
}
