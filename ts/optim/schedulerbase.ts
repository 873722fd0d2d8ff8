import { ValueError } from "../core/errors.ts";
import { type Group, Optimizer } from "./optimizer.ts";

/** An optimizer as schedules see it. */
export type AnyOptimizer = Optimizer<any>;
type LiveGroup = Group & Record<string, unknown>;

export const groupsOf = (optimizer: AnyOptimizer): LiveGroup[] => optimizer.paramGroups as LiveGroup[];

/** @throws ValueError for something that is no optimizer. */
export function checkOptimizer(name: string, optimizer: unknown): void {
  if (!(optimizer instanceof Optimizer))
    throw new ValueError(`${name}: expected an optimizer, got ${typeof optimizer}`);
}

/**
 * Base of the schedules that change every group's `lr` once a `step()`, usually an epoch. Each takes `lastEpoch` (default
 * -1, from the beginning; otherwise the groups need an `initialLr`) as its last parameter.
 */
export abstract class LRScheduler {
  /** The rates the groups began with. */
  readonly baseLrs: number[];
  protected lastLr: number[] = [];

  constructor(
    readonly optimizer: AnyOptimizer,
    /** How many steps were taken. */
    public lastEpoch = -1,
  ) {
    checkOptimizer(this.constructor.name, optimizer);
    const groups = groupsOf(optimizer);
    if (lastEpoch === -1) for (const group of groups) group.initialLr ??= group.lr;
    else if (groups.some((group) => group.initialLr === undefined))
      throw new ValueError(
        `${this.constructor.name}: to resume at lastEpoch ${lastEpoch}, every parameter group needs initialLr`,
      );
    this.baseLrs = groups.map((group) => group.initialLr!);
  }

  /** The groups' rates at `lastEpoch`; `jumped` where it did not follow on the epoch before. */
  protected abstract rates(jumped: boolean): number[];

  /** Goes on to the next epoch, or to a given one. */
  step(epoch?: number | null): void {
    const jumped = epoch !== undefined && epoch !== null;
    this.lastEpoch = jumped ? epoch : this.lastEpoch + 1;
    const rates = this.rates(jumped);
    groupsOf(this.optimizer).forEach((group, k) => (group.lr = rates[k]!));
    this.lastLr = rates;
  }

  /** The rates last set, by group. */
  getLastLr(): number[] {
    return this.lastLr;
  }

  /** What changes from step to step, as plain data. */
  stateDict(): Record<string, unknown> {
    return Object.fromEntries(Object.entries(this).filter(([key, x]) => key !== "optimizer" && isData(x)));
  }
  /** Continues from `stateDict()`. */
  loadStateDict(state: Record<string, unknown>): void {
    Object.assign(this, state);
  }

  protected get current(): number[] {
    return groupsOf(this.optimizer).map((group) => group.lr);
  }
}

const isData = (x: unknown): boolean =>
  typeof x !== "function" &&
  (!Array.isArray(x) || x.every((item) => isData(item) && typeof item !== "object"));

/** One value per group. @throws ValueError for a list of another length. */
export function perGroup<T>(
  name: string,
  key: string,
  optimizer: AnyOptimizer,
  value: T | readonly T[],
): T[] {
  const n = optimizer.paramGroups.length;
  if (!Array.isArray(value)) return new Array<T>(n).fill(value as T);
  if (value.length !== n)
    throw new ValueError(
      `${name}: expected ${n} values for ${key}, one per parameter group, got ${value.length}`,
    );
  return value as T[];
}
