// Schedules made of others, and the one that watches a metric.
import { ValueError } from "../core/errors.ts";
import { positional } from "../core/options.ts";
import { isTensor, type Tensor } from "../tensor/tensor.ts";
import { type AnyOptimizer, checkOptimizer, groupsOf, type LRScheduler, perGroup } from "./schedulerbase.ts";

interface Stepping {
  lastEpoch: number;
  step(epoch?: number | null): void;
  getLastLr(): number[];
  stateDict(): Record<string, unknown>;
  loadStateDict(state: Record<string, unknown>): void;
}

export interface SequentialLROptions {
  schedulers?: readonly LRScheduler[];
  /** The epochs at which the next schedule begins, rising; one fewer than schedules. */
  milestones?: readonly number[];
  lastEpoch?: number;
}
/** Schedules one after the other. */
export class SequentialLR implements Stepping {
  readonly schedulers: readonly LRScheduler[];
  readonly milestones: readonly number[];
  lastEpoch: number;

  constructor(
    readonly optimizer: AnyOptimizer,
    schedulers: readonly LRScheduler[] | SequentialLROptions,
    milestones?: readonly number[] | SequentialLROptions,
    lastEpoch?: number | SequentialLROptions,
  ) {
    const [parts, at, last = -1] = positional<[readonly LRScheduler[], readonly number[], number?]>(
      "SequentialLR",
      ["schedulers", "milestones", "lastEpoch"],
      [schedulers, milestones, lastEpoch],
    );
    checkParts("SequentialLR", parts, optimizer);
    if (!Array.isArray(at) || at.length !== parts.length - 1)
      throw new ValueError(
        `SequentialLR: expected one milestone fewer than the ${parts.length} schedulers, got ${at?.length ?? "none"}`,
      );
    this.schedulers = parts;
    this.milestones = at;
    this.lastEpoch = last + 1;
    for (const group of groupsOf(optimizer)) group.lr = group.initialLr!;
    for (const part of parts) part.lastEpoch--;
    parts[0]!.step();
  }

  step(): void {
    this.lastEpoch++;
    const k = this.milestones.filter((at) => at <= this.lastEpoch).length;
    const begins = k > 0 && this.milestones[k - 1] === this.lastEpoch;
    this.schedulers[k]!.step(begins ? 0 : undefined);
  }
  getLastLr(): number[] {
    return groupsOf(this.optimizer).map((group) => group.lr);
  }
  stateDict(): Record<string, unknown> {
    return { lastEpoch: this.lastEpoch, schedulers: this.schedulers.map((part) => part.stateDict()) };
  }
  loadStateDict(state: Record<string, unknown>): void {
    this.lastEpoch = state.lastEpoch as number;
    loadParts(this.schedulers, state);
  }
}

/** Schedules applied together, each on the other's rate. */
export class ChainedScheduler {
  readonly optimizer: AnyOptimizer;
  constructor(readonly schedulers: readonly LRScheduler[]) {
    checkParts("ChainedScheduler", schedulers, schedulers?.[0]?.optimizer);
    this.optimizer = schedulers[0]!.optimizer;
  }
  step(): void {
    for (const part of this.schedulers) part.step();
  }
  getLastLr(): number[] {
    return groupsOf(this.optimizer).map((group) => group.lr);
  }
  stateDict(): Record<string, unknown> {
    return { schedulers: this.schedulers.map((part) => part.stateDict()) };
  }
  loadStateDict(state: Record<string, unknown>): void {
    loadParts(this.schedulers, state);
  }
}

function checkParts(name: string, parts: readonly LRScheduler[], optimizer: unknown): void {
  if (!Array.isArray(parts) || parts.length === 0)
    throw new ValueError(`${name}: expected at least one scheduler`);
  checkOptimizer(name, optimizer);
  if (parts.some((part) => part.optimizer !== optimizer))
    throw new ValueError(`${name}: all schedulers must belong to the same optimizer`);
}

function loadParts(parts: readonly LRScheduler[], state: Record<string, unknown>): void {
  const states = state.schedulers as Record<string, unknown>[];
  parts.forEach((part, k) => part.loadStateDict(states[k]!));
}

export interface PlateauOptions {
  /** "min" (default): the metric should fall. "max": it should rise. */
  mode?: "min" | "max";
  /** Factor of each change; default 0.1. */
  factor?: number;
  /** Epochs without improvement that are borne; default 10. */
  patience?: number;
  /** What counts as improvement; default 1e-4. */
  threshold?: number;
  /** "rel" (default): a share of the best metric. "abs": a difference. */
  thresholdMode?: "rel" | "abs";
  /** Epochs after a change that do not count; default 0. */
  cooldown?: number;
  /** The smallest rate, for all groups or each; default 0. */
  minLr?: number | readonly number[];
  /** Changes smaller than this are left out; default 1e-8. */
  eps?: number;
}
/** Times `factor` when a metric, given to `step(metric)`, has stopped improving. */
export class ReduceLROnPlateau {
  readonly mode: "min" | "max";
  readonly factor: number;
  readonly patience: number;
  readonly threshold: number;
  readonly thresholdMode: "rel" | "abs";
  readonly cooldown: number;
  readonly minLrs: number[];
  readonly eps: number;
  best: number;
  numBadEpochs = 0;
  cooldownCounter = 0;
  lastEpoch = 0;

  constructor(
    readonly optimizer: AnyOptimizer,
    mode?: "min" | "max" | PlateauOptions,
    factor?: number | PlateauOptions,
    patience?: number | PlateauOptions,
    threshold?: number | PlateauOptions,
    options?: PlateauOptions,
  ) {
    const [
      direction = "min",
      change = 0.1,
      borne = 10,
      least = 1e-4,
      kind = "rel",
      rest = 0,
      minLr = 0,
      eps = 1e-8,
    ] = positional(
      "ReduceLROnPlateau",
      ["mode", "factor", "patience", "threshold", "thresholdMode", "cooldown", "minLr", "eps"],
      [mode, factor, patience, threshold, options],
    );
    checkOptimizer("ReduceLROnPlateau", optimizer);
    if (!(change < 1)) throw new ValueError(`ReduceLROnPlateau: factor should be < 1, got ${change}`);
    if (direction !== "min" && direction !== "max")
      throw new ValueError(`ReduceLROnPlateau: mode must be "min" or "max", got ${direction}`);
    if (kind !== "rel" && kind !== "abs")
      throw new ValueError(`ReduceLROnPlateau: thresholdMode must be "rel" or "abs", got ${kind}`);
    this.mode = direction;
    this.factor = change;
    this.patience = borne;
    this.threshold = least;
    this.thresholdMode = kind;
    this.cooldown = rest;
    this.minLrs = perGroup("ReduceLROnPlateau", "minLr", optimizer, minLr);
    this.eps = eps;
    this.best = direction === "min" ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY;
  }

  private improves(metric: number): boolean {
    const { best, threshold, mode } = this;
    if (this.thresholdMode === "abs")
      return mode === "min" ? metric < best - threshold : metric > best + threshold;
    return mode === "min" ? metric < best * (1 - threshold) : metric > best * (1 + threshold);
  }

  /** Takes the metric of an epoch: a number or a tensor of one element. */
  step(metric: number | Tensor): void {
    const value = Number(isTensor(metric) ? metric.item() : metric);
    this.lastEpoch++;
    if (this.improves(value)) {
      this.best = value;
      this.numBadEpochs = 0;
    } else this.numBadEpochs++;
    if (this.cooldownCounter > 0) {
      this.cooldownCounter--;
      this.numBadEpochs = 0;
    }
    if (this.numBadEpochs <= this.patience) return;
    groupsOf(this.optimizer).forEach((group, k) => {
      const lr = Math.max(group.lr * this.factor, this.minLrs[k]!);
      if (group.lr - lr > this.eps) group.lr = lr;
    });
    this.cooldownCounter = this.cooldown;
    this.numBadEpochs = 0;
  }

  /** The rates as they are, by group. */
  getLastLr(): number[] {
    return groupsOf(this.optimizer).map((group) => group.lr);
  }
  /** What changes from step to step. */
  stateDict(): Record<string, number> {
    const { best, numBadEpochs, cooldownCounter, lastEpoch } = this;
    return { best, numBadEpochs, cooldownCounter, lastEpoch };
  }
  /** Continues from `stateDict()`. */
  loadStateDict(state: Record<string, number>): void {
    Object.assign(this, state);
  }
}
