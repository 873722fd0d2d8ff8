import { ValueError } from "../core/errors.ts";
import { refusePromise } from "../core/promise.ts";
import { closeScope, currentScope, openScope, type Scope } from "../memory/scope.ts";
import { Tensor } from "./tensor.ts";

/**
 * Runs `work` and frees at its end every tensor made inside, except those it returns: tensors in arrays, plain objects,
 * Maps, or a module. An exception closes the scope too. @throws ValueError when `work` returns a promise.
 */
export function scope<T>(work: () => T): T {
  const own = openScope();
  try {
    const result = work();
    refusePromise("scope", result);
    moveOut(result, own, own.parent, new Set());
    return result;
  } finally {
    closeScope(own);
  }
}

/** A loop whose every turn is a scope: `for (const i of torch.steps(2000))`, `for (const [x, y] of torch.steps(loader))`. */
export function steps(count: number): Iterable<number>;
export function steps<T>(source: Iterable<T>): Iterable<T>;
export function* steps<T>(source: number | Iterable<T>): Iterable<T | number> {
  if (typeof source === "number" ? !(source >= 0) : typeof source === "string" || !source?.[Symbol.iterator])
    throw new ValueError(
      `steps: expected a number of turns or something to iterate over, got ${String(source)}`,
    );
  if (typeof source === "number") {
    for (let i = 0; i < source; i++) {
      const own = openScope();
      try {
        yield i;
      } finally {
        closeScope(own);
      }
    }
    return;
  }
  const iterator = source[Symbol.iterator]();
  let ended = false;
  try {
    while (!ended) {
      const own = openScope();
      try {
        const { done, value } = iterator.next();
        ended = done === true;
        if (!ended) yield value;
      } finally {
        closeScope(own);
      }
    }
  } finally {
    if (!ended) iterator.return?.();
  }
}

/** Moves a tensor (or those in an array, object, Map or module) out of all scopes, so that it lives as long as it is used. Returns it. */
export function keep<T>(value: T): T {
  for (let own = currentScope(); own !== null; own = own.parent) moveOut(value, own, null, new Set());
  return value;
}

/** What a value holds, as scopes see it: found by shape, since modules live above this file. */
function moveOut(value: unknown, from: Scope, to: Scope | null, seen: Set<unknown>): void {
  if (value === null || (typeof value !== "object" && typeof value !== "function") || seen.has(value)) return;
  seen.add(value);
  if (value instanceof Tensor) {
    if (value.storage.scope === from) value.storage.moveOut(to);
    if (value.meta?.grad) moveOut(value.meta.grad, from, to, seen);
    return;
  }
  if (Array.isArray(value)) for (const x of value) moveOut(x, from, to, seen);
  else if (value instanceof Map) for (const x of value.values()) moveOut(x, from, to, seen);
  else {
    const prototype = Object.getPrototypeOf(value) as object | null;
    const holder = value as { parameters?: () => Iterable<Tensor>; buffers?: () => Iterable<Tensor> };
    if (typeof holder.parameters === "function" && typeof holder.buffers === "function") {
      for (const x of holder.parameters()) moveOut(x, from, to, seen);
      for (const x of holder.buffers()) moveOut(x, from, to, seen);
    } else if (prototype === null || Object.getPrototypeOf(prototype) === null || Symbol.iterator in value) {
      for (const x of Object.values(value)) moveOut(x, from, to, seen);
    }
  }
}
