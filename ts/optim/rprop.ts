import { ValueError } from "../core/errors.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { type Group, Optimizer, type Params } from "./optimizer.ts";
import { atLeastZero, settingsOf, signed } from "./settings.ts";
import { stateLike } from "./state.ts";

export interface RpropOptions {
  lr?: number;
  /** Factors of an element's step where its gradient turned, and where it kept its sign; default [0.5, 1.2]. */
  etas?: readonly [number, number];
  /** The smallest and the largest step; default [1e-6, 50]. */
  stepSizes?: readonly [number, number];
  maximize?: boolean;
}
type Settings = Required<RpropOptions>;

/** Resilient backpropagation (Riedmiller and Braun, 1993): steps by the sign of the gradient alone; lr, the first step, 1e-2 by default. */
export class Rprop extends Optimizer<Settings> {
  constructor(
    params: Params<Settings>,
    lr?: number | RpropOptions,
    etas?: readonly [number, number] | RpropOptions,
    stepSizes?: readonly [number, number] | RpropOptions,
    options?: RpropOptions,
  ) {
    const settings = settingsOf<Settings>(
      "Rprop",
      { lr: 1e-2, etas: [0.5, 1.2], stepSizes: [1e-6, 50], maximize: false },
      [lr, etas, stepSizes, options],
    );
    atLeastZero("Rprop", settings, "lr");
    const [down, up] = settings.etas;
    if (!(down > 0 && down < 1 && up > 1))
      throw new ValueError(`Rprop: invalid etas: ${down}, ${up}; expected 0 < etas[0] < 1 < etas[1]`);
    super(params, settings, "rprop");
  }

  protected override update(p: Tensor, grad: Tensor, group: Settings & Group): void {
    const state = this.stateOf(p, () => ({ step: 0, prev: stateLike(p), step_size: stateLike(p, group.lr) }));
    state.step++;
    this.run(p, grad, [signed(group), 0, ...group.etas, ...group.stepSizes], state.prev, state.step_size);
  }
}
