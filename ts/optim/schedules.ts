// Schedules that are a formula of the epoch.
import { ValueError } from "../core/errors.ts";
import { positional } from "../core/options.ts";
import { type AnyOptimizer, LRScheduler, perGroup } from "./schedulerbase.ts";

interface Resume {
  /** Default -1: from the beginning. */
  lastEpoch?: number;
}
type Rule = (epoch: number) => number;

const counted = (values: readonly number[], x: number): number =>
  values.filter((value) => value === x).length;
const passed = (values: readonly number[], x: number): number => values.filter((value) => value <= x).length;

/** The initial rate times `lrLambda(epoch)`: one function, or one per group. */
export class LambdaLR extends LRScheduler {
  readonly lrLambdas: Rule[];
  constructor(
    optimizer: AnyOptimizer,
    lrLambda: Rule | readonly Rule[] | ({ lrLambda?: Rule | readonly Rule[] } & Resume),
    lastEpoch?: number | Resume,
  ) {
    const [rule, last] = positional("LambdaLR", ["lrLambda", "lastEpoch"], [lrLambda, lastEpoch]);
    super(optimizer, last);
    this.lrLambdas = perGroup<Rule>("LambdaLR", "lrLambda", optimizer, rule);
    this.step();
  }
  protected rates(): number[] {
    return this.baseLrs.map((lr, k) => lr * this.lrLambdas[k]!(this.lastEpoch));
  }
}

/** The rate before times `lrLambda(epoch)`. */
export class MultiplicativeLR extends LRScheduler {
  readonly lrLambdas: Rule[];
  constructor(
    optimizer: AnyOptimizer,
    lrLambda: Rule | readonly Rule[] | ({ lrLambda?: Rule | readonly Rule[] } & Resume),
    lastEpoch?: number | Resume,
  ) {
    const [rule, last] = positional("MultiplicativeLR", ["lrLambda", "lastEpoch"], [lrLambda, lastEpoch]);
    super(optimizer, last);
    this.lrLambdas = perGroup<Rule>("MultiplicativeLR", "lrLambda", optimizer, rule);
    this.step();
  }
  protected rates(): number[] {
    return this.lastEpoch > 0
      ? this.current.map((lr, k) => lr * this.lrLambdas[k]!(this.lastEpoch))
      : this.current;
  }
}

export interface StepLROptions extends Resume {
  /** Epochs between two changes. */
  stepSize?: number;
  /** Factor of each change; default 0.1. */
  gamma?: number;
}
/** Times `gamma` every `stepSize` epochs. */
export class StepLR extends LRScheduler {
  readonly stepSize: number;
  readonly gamma: number;
  constructor(
    optimizer: AnyOptimizer,
    stepSize: number | StepLROptions,
    gamma?: number | StepLROptions,
    lastEpoch?: number | StepLROptions,
  ) {
    const [size, factor = 0.1, last] = positional(
      "StepLR",
      ["stepSize", "gamma", "lastEpoch"],
      [stepSize, gamma, lastEpoch],
    );
    super(optimizer, last);
    this.stepSize = size;
    this.gamma = factor;
    this.step();
  }
  protected rates(jumped: boolean): number[] {
    const { lastEpoch, stepSize, gamma } = this;
    if (jumped) return this.baseLrs.map((lr) => lr * gamma ** Math.floor(lastEpoch / stepSize));
    return lastEpoch === 0 || lastEpoch % stepSize !== 0
      ? this.current
      : this.current.map((lr) => lr * gamma);
  }
}

export interface MultiStepLROptions extends Resume {
  /** The epochs at which the rate changes, rising. */
  milestones?: readonly number[];
  /** Default 0.1. */
  gamma?: number;
}
/** Times `gamma` at each milestone. */
export class MultiStepLR extends LRScheduler {
  readonly milestones: readonly number[];
  readonly gamma: number;
  constructor(
    optimizer: AnyOptimizer,
    milestones: readonly number[] | MultiStepLROptions,
    gamma?: number | MultiStepLROptions,
    lastEpoch?: number | MultiStepLROptions,
  ) {
    const [at, factor = 0.1, last] = positional(
      "MultiStepLR",
      ["milestones", "gamma", "lastEpoch"],
      [milestones, gamma, lastEpoch],
    );
    super(optimizer, last);
    this.milestones = at;
    this.gamma = factor;
    this.step();
  }
  protected rates(jumped: boolean): number[] {
    const { milestones, gamma, lastEpoch } = this;
    return jumped
      ? this.baseLrs.map((lr) => lr * gamma ** passed(milestones, lastEpoch))
      : this.current.map((lr) => lr * gamma ** counted(milestones, lastEpoch));
  }
}

export interface ExponentialLROptions extends Resume {
  gamma?: number;
}
/** Times `gamma` every epoch. */
export class ExponentialLR extends LRScheduler {
  readonly gamma: number;
  constructor(
    optimizer: AnyOptimizer,
    gamma: number | ExponentialLROptions,
    lastEpoch?: number | ExponentialLROptions,
  ) {
    const [factor, last] = positional("ExponentialLR", ["gamma", "lastEpoch"], [gamma, lastEpoch]);
    super(optimizer, last);
    this.gamma = factor;
    this.step();
  }
  protected rates(jumped: boolean): number[] {
    const { gamma, lastEpoch } = this;
    if (jumped) return this.baseLrs.map((lr) => lr * gamma ** lastEpoch);
    return lastEpoch === 0 ? this.current : this.current.map((lr) => lr * gamma);
  }
}

export interface ConstantLROptions extends Resume {
  /** Factor of the rate in the first epochs; default 1/3. */
  factor?: number;
  /** How many epochs those are; default 5. */
  totalIters?: number;
}
/** A smaller rate for the first epochs. */
export class ConstantLR extends LRScheduler {
  readonly factor: number;
  readonly totalIters: number;
  constructor(
    optimizer: AnyOptimizer,
    factor?: number | ConstantLROptions,
    totalIters?: number | ConstantLROptions,
    lastEpoch?: number | ConstantLROptions,
  ) {
    const [share = 1 / 3, count = 5, last] = positional(
      "ConstantLR",
      ["factor", "totalIters", "lastEpoch"],
      [factor, totalIters, lastEpoch],
    );
    if (!(share >= 0 && share <= 1))
      throw new ValueError(`ConstantLR: factor must be between 0 and 1, got ${share}`);
    super(optimizer, last);
    this.factor = share;
    this.totalIters = count;
    this.step();
  }
  protected rates(jumped: boolean): number[] {
    const { factor, totalIters, lastEpoch } = this;
    if (jumped) return this.baseLrs.map((lr) => lr * (lastEpoch >= totalIters ? 1 : factor));
    const change = lastEpoch === 0 ? factor : lastEpoch === totalIters ? 1 / factor : 1;
    return this.current.map((lr) => lr * change);
  }
}

export interface LinearLROptions extends Resume {
  /** Factor at the beginning; default 1/3. */
  startFactor?: number;
  /** Factor at the end; default 1. */
  endFactor?: number;
  /** Epochs from one to the other; default 5. */
  totalIters?: number;
}
/** A factor that goes in a straight line from `startFactor` to `endFactor`. */
export class LinearLR extends LRScheduler {
  readonly startFactor: number;
  readonly endFactor: number;
  readonly totalIters: number;
  constructor(
    optimizer: AnyOptimizer,
    startFactor?: number | LinearLROptions,
    endFactor?: number | LinearLROptions,
    totalIters?: number | LinearLROptions,
    lastEpoch?: number | LinearLROptions,
  ) {
    const [start = 1 / 3, end = 1, count = 5, last] = positional(
      "LinearLR",
      ["startFactor", "endFactor", "totalIters", "lastEpoch"],
      [startFactor, endFactor, totalIters, lastEpoch],
    );
    if (!(start > 0 && start <= 1))
      throw new ValueError(`LinearLR: startFactor must be greater than 0 and at most 1, got ${start}`);
    if (!(end >= 0 && end <= 1))
      throw new ValueError(`LinearLR: endFactor must be between 0 and 1, got ${end}`);
    super(optimizer, last);
    this.startFactor = start;
    this.endFactor = end;
    this.totalIters = count;
    this.step();
  }
  protected rates(jumped: boolean): number[] {
    const { startFactor, endFactor, totalIters, lastEpoch } = this;
    const rise = endFactor - startFactor;
    if (jumped)
      return this.baseLrs.map(
        (lr) => lr * (startFactor + (rise * Math.min(totalIters, lastEpoch)) / totalIters),
      );
    if (lastEpoch === 0) return this.current.map((lr) => lr * startFactor);
    if (lastEpoch > totalIters) return this.current;
    const change = 1 + rise / (totalIters * startFactor + (lastEpoch - 1) * rise);
    return this.current.map((lr) => lr * change);
  }
}

export interface PolynomialLROptions extends Resume {
  /** Epochs until the rate is 0; default 5. */
  totalIters?: number;
  /** Default 1. */
  power?: number;
}
/** The initial rate times (1 - epoch / totalIters)^power. */
export class PolynomialLR extends LRScheduler {
  readonly totalIters: number;
  readonly power: number;
  constructor(
    optimizer: AnyOptimizer,
    totalIters?: number | PolynomialLROptions,
    power?: number | PolynomialLROptions,
    lastEpoch?: number | PolynomialLROptions,
  ) {
    const [count = 5, exponent = 1, last] = positional(
      "PolynomialLR",
      ["totalIters", "power", "lastEpoch"],
      [totalIters, power, lastEpoch],
    );
    super(optimizer, last);
    this.totalIters = count;
    this.power = exponent;
    this.step();
  }
  protected rates(jumped: boolean): number[] {
    const { totalIters, power, lastEpoch } = this;
    if (jumped)
      return this.baseLrs.map((lr) => lr * (1 - Math.min(totalIters, lastEpoch) / totalIters) ** power);
    if (lastEpoch === 0 || lastEpoch > totalIters) return this.current;
    const change = ((1 - lastEpoch / totalIters) / (1 - (lastEpoch - 1) / totalIters)) ** power;
    return this.current.map((lr) => lr * change);
  }
}

export interface CosineAnnealingLROptions extends Resume {
  /** Epochs from the initial rate to the smallest. */
  TMax?: number;
  /** The smallest rate; default 0. */
  etaMin?: number;
}
/** Half a cosine from the initial rate to `etaMin` and back (Loshchilov and Hutter, 2017, without the restarts). */
export class CosineAnnealingLR extends LRScheduler {
  readonly TMax: number;
  readonly etaMin: number;
  constructor(
    optimizer: AnyOptimizer,
    TMax: number | CosineAnnealingLROptions,
    etaMin?: number | CosineAnnealingLROptions,
    lastEpoch?: number | CosineAnnealingLROptions,
  ) {
    const [length, least = 0, last] = positional(
      "CosineAnnealingLR",
      ["TMax", "etaMin", "lastEpoch"],
      [TMax, etaMin, lastEpoch],
    );
    super(optimizer, last);
    this.TMax = length;
    this.etaMin = least;
    this.step();
  }
  protected rates(jumped: boolean): number[] {
    const { TMax, etaMin, lastEpoch } = this;
    const height = (epoch: number) => 1 + Math.cos((Math.PI * epoch) / TMax);
    if (jumped) return this.baseLrs.map((lr) => etaMin + ((lr - etaMin) * height(lastEpoch)) / 2);
    if (lastEpoch === 0) return this.current;
    if ((lastEpoch - 1 - TMax) % (2 * TMax) === 0)
      return this.current.map(
        (lr, k) => lr + ((this.baseLrs[k]! - etaMin) * (1 - Math.cos(Math.PI / TMax))) / 2,
      );
    const change = height(lastEpoch) / height(lastEpoch - 1);
    return this.current.map((lr) => change * (lr - etaMin) + etaMin);
  }
}

export interface WarmRestartsOptions extends Resume {
  /** Epochs until the first restart. */
  T0?: number;
  /** Each time this many times longer; default 1. */
  TMult?: number;
  /** The smallest rate; default 0. */
  etaMin?: number;
}
/** Half cosines from the initial rate to `etaMin`, over and over (Loshchilov and Hutter, 2017). `step` takes fractions of an epoch. */
export class CosineAnnealingWarmRestarts extends LRScheduler {
  readonly T0: number;
  readonly TMult: number;
  readonly etaMin: number;
  private period: number;
  private position: number;
  constructor(
    optimizer: AnyOptimizer,
    T0: number | WarmRestartsOptions,
    TMult?: number | WarmRestartsOptions,
    etaMin?: number | WarmRestartsOptions,
    lastEpoch?: number | WarmRestartsOptions,
  ) {
    const [first, factor = 1, least = 0, last = -1] = positional(
      "CosineAnnealingWarmRestarts",
      ["T0", "TMult", "etaMin", "lastEpoch"],
      [T0, TMult, etaMin, lastEpoch],
    );
    for (const [name, value] of [
      ["T0", first],
      ["TMult", factor],
    ] as const)
      if (!Number.isInteger(value) || value < 1)
        throw new ValueError(
          `CosineAnnealingWarmRestarts: ${name} must be an integer of at least 1, got ${value}`,
        );
    super(optimizer, last);
    this.T0 = first;
    this.TMult = factor;
    this.etaMin = least;
    this.period = first;
    this.position = last;
    this.step();
  }
  override step(epoch?: number | null): void {
    const { T0, TMult } = this;
    if (epoch === undefined || epoch === null) {
      if (this.lastEpoch < 0) this.position = 0;
      else if (++this.position >= this.period) {
        this.position -= this.period;
        this.period *= TMult;
      }
      super.step();
      return;
    }
    if (epoch < 0)
      throw new ValueError(`CosineAnnealingWarmRestarts: expected a non-negative epoch, got ${epoch}`);
    if (epoch < T0 || TMult === 1) {
      this.period = T0;
      this.position = epoch % T0;
    } else {
      const n = Math.floor(Math.log((epoch / T0) * (TMult - 1) + 1) / Math.log(TMult));
      this.position = epoch - (T0 * (TMult ** n - 1)) / (TMult - 1);
      this.period = T0 * TMult ** n;
    }
    super.step(epoch);
    this.lastEpoch = Math.floor(epoch);
  }
  protected rates(): number[] {
    const height = (1 + Math.cos((Math.PI * this.position) / this.period)) / 2;
    return this.baseLrs.map((lr) => this.etaMin + (lr - this.etaMin) * height);
  }
}
