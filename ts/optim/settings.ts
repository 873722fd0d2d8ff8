import { ValueError } from "../core/errors.ts";
import { positional } from "../core/options.ts";
import { describe } from "../ops/dispatch.ts";

/** What most optimizers take. */
export interface CommonOptions extends ImplementationOptions {
  /** Learning rate. */
  lr?: number;
  /** Adds this multiple of the parameters to their gradients; default 0. */
  weightDecay?: number;
  /** Steps up the gradients instead of down; default false. */
  maximize?: boolean;
}
/** PyTorch's choices among its implementations: accepted, and without a meaning here. */
interface ImplementationOptions {
  foreach?: boolean | null;
  differentiable?: boolean;
  capturable?: boolean;
  fused?: boolean;
}
/** All options but those. */
export type SettingsOf<O> = Required<Omit<O, keyof ImplementationOptions>>;

const IMPLEMENTATION = ["foreach", "differentiable", "capturable", "fused"];

/** The settings of a call, in PyTorch's order: what is not given is `defaults`. @throws ValueError for an unknown name. */
export function settingsOf<S extends object>(name: string, defaults: S, args: readonly unknown[]): S {
  const names = Object.keys(defaults);
  const values = positional(name, [...names, ...IMPLEMENTATION], args);
  return Object.fromEntries(
    names.map((key, i) => [key, values[i] === undefined ? defaults[key as keyof S] : values[i]]),
  ) as S;
}

/** @throws ValueError for a setting below 0. */
export function atLeastZero(name: string, settings: object, ...keys: string[]): void {
  for (const key of keys) {
    const value = (settings as Record<string, unknown>)[key];
    if (!(typeof value === "number" && value >= 0))
      throw new ValueError(`${name}: invalid ${key}: ${describe(value)}; it must be a number from 0 up`);
  }
}

/** @throws ValueError unless both betas are in [0, 1). */
export function checkBetas(name: string, betas: readonly number[]): void {
  if (!Array.isArray(betas) || betas.length !== 2)
    throw new ValueError(`${name}: betas must be two numbers, got ${String(betas)}`);
  betas.forEach((beta, i) => {
    if (!(beta >= 0 && beta < 1))
      throw new ValueError(`${name}: invalid beta at index ${i}: ${beta}; it must be in [0, 1)`);
  });
}

/** Settings that every group holds. */
export interface Common {
  lr: number;
  weightDecay: number;
  maximize: boolean;
}

/** What every kernel's scalars begin with. */
export const signed = (group: { maximize?: boolean }): number => (group.maximize ? -1 : 1);
