// Schedules in steps of a batch that move the momentum along with the rate.
import { ValueError } from "../core/errors.ts";
import { positional } from "../core/options.ts";
import { type AnyOptimizer, groupsOf, LRScheduler, perGroup } from "./schedulerbase.ts";

type PerGroup = number | readonly number[];

/** Momentum under whatever name the optimizer has it. */
function setMomentum(group: Record<string, unknown>, value: number): void {
  if ("betas" in group) group.betas = [value, ...(group.betas as number[]).slice(1)];
  else group.momentum = value;
}
function checkMomentum(name: string, optimizer: AnyOptimizer): void {
  if (!("momentum" in optimizer.defaults || "betas" in optimizer.defaults))
    throw new ValueError(`${name}: the optimizer has no momentum to cycle; give cycleMomentum: false`);
}

export interface CyclicLROptions {
  baseLr?: PerGroup;
  maxLr?: PerGroup;
  /** Steps from the base to the top; default 2000. */
  stepSizeUp?: number;
  /** Steps back; default the same. */
  stepSizeDown?: number | null;
  /** "triangular" (default), "triangular2" (half the height each time), or "exp_range" (the height times gamma^step). */
  mode?: "triangular" | "triangular2" | "exp_range" | "expRange";
  /** Default 1. */
  gamma?: number;
  /** Another height, of the cycle's number or of the step's, by `scaleMode`. */
  scaleFn?: ((x: number) => number) | null;
  scaleMode?: "cycle" | "iterations";
  /** Moves the momentum the other way; default true. */
  cycleMomentum?: boolean;
  /** Default 0.8. */
  baseMomentum?: PerGroup;
  /** Default 0.9. */
  maxMomentum?: PerGroup;
  lastEpoch?: number;
}
/** Up and down between two rates (Smith, 2017). */
export class CyclicLR extends LRScheduler {
  readonly maxLrs: number[];
  private readonly total: number;
  private readonly rise: number;
  private readonly scale: (cycle: number) => number;
  private readonly momenta: [base: number[], max: number[]] | null = null;

  constructor(
    optimizer: AnyOptimizer,
    baseLr: PerGroup | CyclicLROptions,
    maxLr?: PerGroup | CyclicLROptions,
    stepSizeUp?: number | CyclicLROptions,
    stepSizeDown?: number | null | CyclicLROptions,
    mode?: CyclicLROptions["mode"] | CyclicLROptions,
    options?: CyclicLROptions,
  ) {
    const [
      low,
      high,
      up = 2000,
      down,
      kind = "triangular",
      gamma = 1,
      scaleFn,
      scaleMode = "cycle",
      cycles = true,
      baseMomentum = 0.8,
      maxMomentum = 0.9,
      last = -1,
    ] = positional(
      "CyclicLR",
      [
        "baseLr",
        "maxLr",
        "stepSizeUp",
        "stepSizeDown",
        "mode",
        "gamma",
        "scaleFn",
        "scaleMode",
        "cycleMomentum",
        "baseMomentum",
        "maxMomentum",
        "lastEpoch",
      ],
      [baseLr, maxLr, stepSizeUp, stepSizeDown, mode, options],
    );
    if (!["triangular", "triangular2", "exp_range", "expRange"].includes(kind) && !scaleFn)
      throw new ValueError(`CyclicLR: unknown mode ${kind}, and no scaleFn`);
    const base = perGroup<number>("CyclicLR", "baseLr", optimizer, low);
    if (cycles) checkMomentum("CyclicLR", optimizer);
    const groups = groupsOf(optimizer);
    if (last === -1)
      groups.forEach((group, k) => {
        group.lr = base[k]!;
        group.initialLr = base[k]!;
      });
    super(optimizer, last);
    this.maxLrs = perGroup("CyclicLR", "maxLr", optimizer, high);
    this.total = up + (down ?? up);
    this.rise = up / this.total;
    const height: (x: number) => number =
      scaleFn ??
      (kind === "triangular" ? () => 1 : kind === "triangular2" ? (x) => 2 ** (1 - x) : (x) => gamma ** x);
    const byCycle = scaleFn ? scaleMode === "cycle" : kind.startsWith("triangular");
    this.scale = (cycle) => height(byCycle ? cycle : this.lastEpoch);
    if (cycles) {
      this.momenta = [
        perGroup("CyclicLR", "baseMomentum", optimizer, baseMomentum),
        perGroup("CyclicLR", "maxMomentum", optimizer, maxMomentum),
      ];
      if (last === -1) groups.forEach((group, k) => setMomentum(group, this.momenta![1][k]!));
    }
    this.step();
  }

  protected rates(): number[] {
    const cycle = Math.floor(1 + this.lastEpoch / this.total);
    const x = 1 + this.lastEpoch / this.total - cycle;
    const height = (x <= this.rise ? x / this.rise : (x - 1) / (this.rise - 1)) * this.scale(cycle);
    if (this.momenta !== null) {
      const [base, max] = this.momenta;
      groupsOf(this.optimizer).forEach((group, k) =>
        setMomentum(group, max[k]! - (max[k]! - base[k]!) * height),
      );
    }
    return this.baseLrs.map((lr, k) => lr + (this.maxLrs[k]! - lr) * height);
  }
}

export interface OneCycleLROptions {
  maxLr?: PerGroup;
  /** Steps of the whole cycle, or `epochs` times `stepsPerEpoch`. */
  totalSteps?: number | null;
  epochs?: number | null;
  stepsPerEpoch?: number | null;
  /** Share of the steps in which the rate rises; default 0.3. */
  pctStart?: number;
  /** "cos" (default) or "linear". */
  annealStrategy?: "cos" | "linear";
  /** Moves the momentum the other way; default true. */
  cycleMomentum?: boolean;
  /** Default 0.85. */
  baseMomentum?: PerGroup;
  /** Default 0.95. */
  maxMomentum?: PerGroup;
  /** The initial rate is maxLr / divFactor; default 25. */
  divFactor?: number;
  /** The last rate is the initial one / finalDivFactor; default 1e4. */
  finalDivFactor?: number;
  /** Down as fast as up, and then to the last rate; default false. */
  threePhase?: boolean;
  lastEpoch?: number;
}
interface Phase {
  end: number;
  lr: [from: "initialLr" | "maxLr" | "minLr", to: "initialLr" | "maxLr" | "minLr"];
  momentum: [from: "baseMomentum" | "maxMomentum", to: "baseMomentum" | "maxMomentum"];
}
/** Once up to `maxLr` and down to almost nothing (Smith and Topin, 2018). @throws ValueError when stepped past its end. */
export class OneCycleLR extends LRScheduler {
  readonly totalSteps: number;
  private readonly phases: Phase[];
  private readonly cycles: boolean;
  private readonly anneal: (from: number, to: number, share: number) => number;

  constructor(
    optimizer: AnyOptimizer,
    maxLr: PerGroup | OneCycleLROptions,
    totalSteps?: number | null | OneCycleLROptions,
    options?: OneCycleLROptions,
  ) {
    const [
      top,
      total,
      epochs,
      perEpoch,
      start = 0.3,
      strategy = "cos",
      cycles = true,
      low = 0.85,
      high = 0.95,
      divide = 25,
      divideLast = 1e4,
      three = false,
      last = -1,
    ] = positional(
      "OneCycleLR",
      [
        "maxLr",
        "totalSteps",
        "epochs",
        "stepsPerEpoch",
        "pctStart",
        "annealStrategy",
        "cycleMomentum",
        "baseMomentum",
        "maxMomentum",
        "divFactor",
        "finalDivFactor",
        "threePhase",
        "lastEpoch",
      ],
      [maxLr, totalSteps, options],
    );
    const steps = total ?? (epochs && perEpoch ? epochs * perEpoch : undefined);
    if (!Number.isInteger(steps) || steps <= 0)
      throw new ValueError(
        "OneCycleLR: give a positive integer as totalSteps, or both epochs and stepsPerEpoch",
      );
    if (!(start >= 0 && start <= 1))
      throw new ValueError(`OneCycleLR: expected pctStart between 0 and 1, got ${start}`);
    if (strategy !== "cos" && strategy !== "linear")
      throw new ValueError(`OneCycleLR: annealStrategy must be "cos" or "linear", got ${strategy}`);
    if (cycles) checkMomentum("OneCycleLR", optimizer);
    const tops = perGroup<number>("OneCycleLR", "maxLr", optimizer, top);
    const lows = perGroup<number>("OneCycleLR", "baseMomentum", optimizer, low),
      highs = perGroup<number>("OneCycleLR", "maxMomentum", optimizer, high);
    if (last === -1)
      groupsOf(optimizer).forEach((group, k) => {
        group.initialLr = tops[k]! / divide;
        group.maxLr = tops[k]!;
        group.minLr = group.initialLr / divideLast;
        if (!cycles) return;
        setMomentum(group, highs[k]!);
        group.maxMomentum = highs[k]!;
        group.baseMomentum = lows[k]!;
      });
    super(optimizer, last);
    this.totalSteps = steps;
    this.cycles = cycles;
    this.anneal =
      strategy === "cos"
        ? (from, to, share) => to + ((from - to) / 2) * (1 + Math.cos(Math.PI * share))
        : (from, to, share) => (to - from) * share + from;
    const up: Phase = {
      end: start * steps - 1,
      lr: ["initialLr", "maxLr"],
      momentum: ["maxMomentum", "baseMomentum"],
    };
    this.phases = three
      ? [
          up,
          {
            end: 2 * start * steps - 2,
            lr: ["maxLr", "initialLr"],
            momentum: ["baseMomentum", "maxMomentum"],
          },
          { end: steps - 1, lr: ["initialLr", "minLr"], momentum: ["maxMomentum", "maxMomentum"] },
        ]
      : [up, { end: steps - 1, lr: ["maxLr", "minLr"], momentum: ["baseMomentum", "maxMomentum"] }];
    this.step();
  }

  protected rates(): number[] {
    const at = this.lastEpoch;
    if (at > this.totalSteps)
      throw new ValueError(
        `OneCycleLR: tried to step ${at} times; the number of total steps is ${this.totalSteps}`,
      );
    let begin = 0;
    const last = this.phases.length - 1;
    const k = this.phases.findIndex((phase, i) => {
      if (at <= phase.end || i === last) return true;
      begin = phase.end;
      return false;
    });
    const { end, lr, momentum } = this.phases[k]!;
    const share = (at - begin) / (end - begin);
    return groupsOf(this.optimizer).map((group) => {
      const between = ([from, to]: readonly [string, string]) =>
        this.anneal(group[from] as number, group[to] as number, share);
      if (this.cycles) setMomentum(group, between(momentum));
      return between(lr);
    });
  }
}
