import type { Tensor } from "../tensor/tensor.ts";
import { type BetaOptions, type BetaSettings, checkBetaSettings, type Means, newMeans } from "./adam.ts";
import { type Group, Optimizer, type Params } from "./optimizer.ts";
import { atLeastZero, type Common, type CommonOptions, settingsOf, signed } from "./settings.ts";
import { stateLike } from "./state.ts";

type Betas = readonly [number, number];

export type AdamaxOptions = CommonOptions & BetaOptions;
type AdamaxSettings = Common & BetaSettings;

/** Adam by the infinity norm (Kingma and Ba, 2015); lr 2e-3 by default. */
export class Adamax extends Optimizer<AdamaxSettings> {
  constructor(
    params: Params<AdamaxSettings>,
    lr?: number | AdamaxOptions,
    betas?: Betas | AdamaxOptions,
    eps?: number | AdamaxOptions,
    weightDecay?: number | AdamaxOptions,
    options?: AdamaxOptions,
  ) {
    const settings = settingsOf<AdamaxSettings>(
      "Adamax",
      { lr: 2e-3, betas: [0.9, 0.999], eps: 1e-8, weightDecay: 0, maximize: false },
      [lr, betas, eps, weightDecay, options],
    );
    checkBetaSettings("Adamax", settings);
    super(params, settings, "adamax");
  }

  protected override update(p: Tensor, grad: Tensor, group: AdamaxSettings & Group): void {
    const state = this.stateOf(p, () => ({ step: 0, exp_avg: stateLike(p), exp_inf: stateLike(p) }));
    const step = ++state.step;
    const [beta1, beta2] = group.betas;
    this.run(
      p,
      grad,
      [signed(group), group.weightDecay, beta1, 1 - beta1, beta2, group.eps, group.lr / (1 - beta1 ** step)],
      state.exp_avg,
      state.exp_inf,
    );
  }
}

export interface NAdamOptions extends BetaOptions {
  lr?: number;
  weightDecay?: number;
  /** How fast the momentum of early steps grows to its full size; default 4e-3. */
  momentumDecay?: number;
}
type NAdamSettings = BetaSettings & { momentumDecay: number };

/** Adam with Nesterov momentum (Dozat, 2016); lr 2e-3 by default. */
export class NAdam extends Optimizer<NAdamSettings> {
  constructor(
    params: Params<NAdamSettings>,
    lr?: number | NAdamOptions,
    betas?: Betas | NAdamOptions,
    eps?: number | NAdamOptions,
    weightDecay?: number | NAdamOptions,
    momentumDecay?: number | NAdamOptions,
    options?: NAdamOptions,
  ) {
    const settings = settingsOf<NAdamSettings>(
      "NAdam",
      { lr: 2e-3, betas: [0.9, 0.999], eps: 1e-8, weightDecay: 0, momentumDecay: 4e-3 },
      [lr, betas, eps, weightDecay, momentumDecay, options],
    );
    checkBetaSettings("NAdam", settings);
    atLeastZero("NAdam", settings, "momentumDecay");
    super(params, settings, "adam");
  }

  protected override update(p: Tensor, grad: Tensor, group: NAdamSettings & Group): void {
    const state = this.stateOf<Means>(p, () => ({ ...newMeans(p), mu_product: 1 }));
    const step = ++state.step;
    const [beta1, beta2] = group.betas;
    const momentum = (t: number) => beta1 * (1 - 0.5 * 0.96 ** (t * group.momentumDecay));
    const mu = momentum(step),
      next = momentum(step + 1);
    const product = (state.mu_product! *= mu);
    this.run(
      p,
      grad,
      [
        1,
        group.weightDecay,
        1,
        beta1,
        1 - beta1,
        beta2,
        1 - beta2,
        (group.lr * (1 - mu)) / (1 - product),
        (group.lr * next) / (1 - product * mu * next), // the extra mu is that of PyTorch 1.13
        1 / Math.sqrt(1 - beta2 ** step),
        group.eps,
      ],
      state.exp_avg,
      state.exp_avg_sq,
    );
  }
}

export interface RAdamOptions extends BetaOptions {
  lr?: number;
  weightDecay?: number;
}

/** Adam that rectifies the variance of its early steps (Liu et al., 2020); lr 1e-3 by default. */
export class RAdam extends Optimizer<BetaSettings> {
  constructor(
    params: Params<BetaSettings>,
    lr?: number | RAdamOptions,
    betas?: Betas | RAdamOptions,
    eps?: number | RAdamOptions,
    weightDecay?: number | RAdamOptions,
    options?: RAdamOptions,
  ) {
    const settings = settingsOf<BetaSettings>(
      "RAdam",
      { lr: 1e-3, betas: [0.9, 0.999], eps: 1e-8, weightDecay: 0 },
      [lr, betas, eps, weightDecay, options],
    );
    checkBetaSettings("RAdam", settings);
    super(params, settings, "adam");
  }

  protected override update(p: Tensor, grad: Tensor, group: BetaSettings & Group): void {
    const state = this.stateOf<Means>(p, () => newMeans(p));
    const step = ++state.step;
    const [beta1, beta2] = group.betas;
    const correction = 1 - beta2 ** step;
    const longest = 2 / (1 - beta2) - 1;
    const length = longest - (2 * step * (1 - correction)) / correction;
    let rate = group.lr / (1 - beta1 ** step);
    const adapts = length > 5;
    if (adapts)
      rate *= Math.sqrt(
        (correction * (length - 4) * (length - 2) * longest) / ((longest - 4) * (longest - 2) * length),
      );
    this.run(
      p,
      grad,
      [
        1,
        group.weightDecay,
        1,
        beta1,
        1 - beta1,
        beta2,
        1 - beta2,
        0,
        rate,
        adapts ? 1 : 0,
        adapts ? group.eps : 1,
      ],
      state.exp_avg,
      state.exp_avg_sq,
    );
  }
}
