import type { Tensor } from "../tensor/tensor.ts";
import { type Group, Optimizer, type Params } from "./optimizer.ts";
import { atLeastZero, type Common, type CommonOptions, checkBetas, settingsOf, signed } from "./settings.ts";
import { stateLike } from "./state.ts";

export interface BetaOptions {
  /** How much of the running means of the gradient and of its square stays; default [0.9, 0.999]. */
  betas?: readonly [number, number];
  /** Added to the denominator; default 1e-8. */
  eps?: number;
}
export interface AdamOptions extends CommonOptions, BetaOptions {
  /** Divides by the largest mean square so far (Reddi et al., 2018); default false. */
  amsgrad?: boolean;
}
export interface BetaSettings {
  lr: number;
  weightDecay: number;
  betas: readonly [number, number];
  eps: number;
}
type Settings = Common & BetaSettings & { amsgrad: boolean };

/** What Adam and its kin remember of a parameter. */
export interface Means {
  step: number;
  exp_avg: Tensor;
  exp_avg_sq: Tensor;
  max_exp_avg_sq?: Tensor;
  mu_product?: number;
}
export const newMeans = (p: Tensor): Means => ({ step: 0, exp_avg: stateLike(p), exp_avg_sq: stateLike(p) });

/** @throws ValueError for a setting out of its range. */
export function checkBetaSettings(name: string, settings: BetaSettings): void {
  atLeastZero(name, settings, "lr", "eps", "weightDecay");
  checkBetas(name, settings.betas);
}

abstract class AdamLike extends Optimizer<Settings> {
  /** Whether decay shrinks the parameter rather than adding to the gradient. */
  protected abstract readonly decoupled: boolean;

  protected override update(p: Tensor, grad: Tensor, group: Settings & Group): void {
    const state = this.stateOf<Means>(p, () => newMeans(p));
    if (group.amsgrad) state.max_exp_avg_sq ??= stateLike(p);
    const step = ++state.step;
    const [beta1, beta2] = group.betas;
    const { lr, weightDecay, eps } = group;
    this.run(
      p,
      grad,
      [
        signed(group),
        this.decoupled ? 0 : weightDecay,
        this.decoupled ? 1 - lr * weightDecay : 1,
        beta1,
        1 - beta1,
        beta2,
        1 - beta2,
        0,
        lr / (1 - beta1 ** step),
        1 / Math.sqrt(1 - beta2 ** step),
        eps,
      ],
      state.exp_avg,
      state.exp_avg_sq,
      group.amsgrad ? state.max_exp_avg_sq : null,
    );
  }
}

/** Adam (Kingma and Ba, 2015); lr 1e-3 by default, weight decay 0. */
export class Adam extends AdamLike {
  protected get decoupled(): boolean {
    return false;
  }
  constructor(
    params: Params<Settings>,
    lr?: number | AdamOptions,
    betas?: readonly [number, number] | AdamOptions,
    eps?: number | AdamOptions,
    weightDecay?: number | AdamOptions,
    amsgrad?: boolean | AdamOptions,
    options?: AdamOptions,
  ) {
    const settings = settingsOf<Settings>(
      "Adam",
      { lr: 1e-3, betas: [0.9, 0.999], eps: 1e-8, weightDecay: 0, amsgrad: false, maximize: false },
      [lr, betas, eps, weightDecay, amsgrad, options],
    );
    checkBetaSettings("Adam", settings);
    super(params, settings, "adam");
  }
}

/** Adam whose weight decay shrinks the parameters themselves (Loshchilov and Hutter, 2019); lr 1e-3, weight decay 1e-2 by default. */
export class AdamW extends AdamLike {
  protected get decoupled(): boolean {
    return true;
  }
  constructor(
    params: Params<Settings>,
    lr?: number | AdamOptions,
    betas?: readonly [number, number] | AdamOptions,
    eps?: number | AdamOptions,
    weightDecay?: number | AdamOptions,
    amsgrad?: boolean | AdamOptions,
    options?: AdamOptions,
  ) {
    const settings = settingsOf<Settings>(
      "AdamW",
      { lr: 1e-3, betas: [0.9, 0.999], eps: 1e-8, weightDecay: 1e-2, amsgrad: false, maximize: false },
      [lr, betas, eps, weightDecay, amsgrad, options],
    );
    checkBetaSettings("AdamW", settings);
    super(params, settings, "adam");
  }
}
