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

export interface AdagradOptions extends CommonOptions {
  /** Step t goes by lr / (1 + (t - 1) lrDecay); default 0. */
  lrDecay?: number;
  /** The sum of squares at the beginning; default 0. */
  initialAccumulatorValue?: number;
  /** Added to the denominator; default 1e-10. */
  eps?: number;
}
type AdagradSettings = Common & SettingsOf<AdagradOptions>;

/** Adagrad (Duchi, Hazan and Singer, 2011); lr 1e-2 by default. */
export class Adagrad extends Optimizer<AdagradSettings> {
  constructor(
    params: Params<AdagradSettings>,
    lr?: number | AdagradOptions,
    lrDecay?: number | AdagradOptions,
    weightDecay?: number | AdagradOptions,
    initialAccumulatorValue?: number | AdagradOptions,
    eps?: number | AdagradOptions,
    options?: AdagradOptions,
  ) {
    const settings = settingsOf<AdagradSettings>(
      "Adagrad",
      { lr: 1e-2, lrDecay: 0, weightDecay: 0, initialAccumulatorValue: 0, eps: 1e-10, maximize: false },
      [lr, lrDecay, weightDecay, initialAccumulatorValue, eps, options],
    );
    atLeastZero("Adagrad", settings, "lr", "lrDecay", "weightDecay", "initialAccumulatorValue", "eps");
    super(params, settings, "adagrad");
  }

  protected override update(p: Tensor, grad: Tensor, group: AdagradSettings & Group): void {
    const state = this.stateOf(p, () => ({ step: 0, sum: stateLike(p, group.initialAccumulatorValue) }));
    const rate = group.lr / (1 + state.step++ * group.lrDecay);
    this.run(p, grad, [signed(group), group.weightDecay, group.eps, rate], state.sum);
  }
}

export interface RMSpropOptions extends CommonOptions {
  /** How much of the running mean square stays; default 0.99. */
  alpha?: number;
  /** Added to the denominator; default 1e-8. */
  eps?: number;
  /** Share of the last step that goes on; default 0. */
  momentum?: number;
  /** Divides by the deviation instead of the root of the mean square; default false. */
  centered?: boolean;
}
type RMSpropSettings = Common & SettingsOf<RMSpropOptions>;

/** RMSprop (Hinton, 2012; centered: Graves, 2013); lr 1e-2 by default. */
export class RMSprop extends Optimizer<RMSpropSettings> {
  constructor(
    params: Params<RMSpropSettings>,
    lr?: number | RMSpropOptions,
    alpha?: number | RMSpropOptions,
    eps?: number | RMSpropOptions,
    weightDecay?: number | RMSpropOptions,
    momentum?: number | RMSpropOptions,
    centered?: boolean | RMSpropOptions,
    options?: RMSpropOptions,
  ) {
    const settings = settingsOf<RMSpropSettings>(
      "RMSprop",
      { lr: 1e-2, alpha: 0.99, eps: 1e-8, weightDecay: 0, momentum: 0, centered: false, maximize: false },
      [lr, alpha, eps, weightDecay, momentum, centered, options],
    );
    atLeastZero("RMSprop", settings, "lr", "alpha", "eps", "weightDecay", "momentum");
    super(params, settings, "rmsprop");
  }

  protected override update(p: Tensor, grad: Tensor, group: RMSpropSettings & Group): void {
    const { alpha, momentum, centered } = group;
    const state = this.stateOf(
      p,
      (): { step: number; square_avg: Tensor; grad_avg?: Tensor; momentum_buffer?: Tensor } => ({
        step: 0,
        square_avg: stateLike(p),
      }),
    );
    state.step++;
    if (centered) state.grad_avg ??= stateLike(p);
    if (momentum > 0) state.momentum_buffer ??= stateLike(p);
    this.run(
      p,
      grad,
      [signed(group), group.weightDecay, alpha, 1 - alpha, group.eps, momentum, group.lr],
      state.square_avg,
      centered ? state.grad_avg : null,
      momentum > 0 ? state.momentum_buffer : null,
    );
  }
}

export interface AdadeltaOptions extends CommonOptions {
  /** How much of the running mean squares stays; default 0.9. */
  rho?: number;
  /** Added under both roots; default 1e-6. */
  eps?: number;
}
type AdadeltaSettings = Common & SettingsOf<AdadeltaOptions>;

/** Adadelta (Zeiler, 2012); lr 1 by default. */
export class Adadelta extends Optimizer<AdadeltaSettings> {
  constructor(
    params: Params<AdadeltaSettings>,
    lr?: number | AdadeltaOptions,
    rho?: number | AdadeltaOptions,
    eps?: number | AdadeltaOptions,
    weightDecay?: number | AdadeltaOptions,
    options?: AdadeltaOptions,
  ) {
    const settings = settingsOf<AdadeltaSettings>(
      "Adadelta",
      { lr: 1, rho: 0.9, eps: 1e-6, weightDecay: 0, maximize: false },
      [lr, rho, eps, weightDecay, options],
    );
    atLeastZero("Adadelta", settings, "lr", "eps", "weightDecay");
    if (!(settings.rho >= 0 && settings.rho <= 1))
      throw new ValueError(`Adadelta: invalid rho: ${settings.rho}; it must be in [0, 1]`);
    super(params, settings, "adadelta");
  }

  protected override update(p: Tensor, grad: Tensor, group: AdadeltaSettings & Group): void {
    const state = this.stateOf(p, () => ({ step: 0, square_avg: stateLike(p), acc_delta: stateLike(p) }));
    state.step++;
    const { rho } = group;
    this.run(
      p,
      grad,
      [signed(group), group.weightDecay, rho, 1 - rho, group.eps, group.lr],
      state.square_avg,
      state.acc_delta,
    );
  }
}
