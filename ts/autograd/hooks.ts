import type { Tensor } from "../tensor/tensor.ts";

/** Sees a gradient on its way, and replaces it by what it returns. */
export type Hook = (grad: Tensor) => Tensor | undefined | null | void;

/** Takes a hook away again. */
export interface HookHandle {
  remove(): void;
}

let nextId = 0;

/** Adds to a table of hooks, which run in the order they came. */
export function addHook<H>(hooks: Map<number, H>, hook: H): HookHandle {
  const id = nextId++;
  hooks.set(id, hook);
  return { remove: () => void hooks.delete(id) };
}
