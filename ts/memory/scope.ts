import type { Storage } from "./storage.ts";

let current: Scope | null = null;

/** The innermost open scope, or null. */
export const currentScope = (): Scope | null => current;

/** Owns the heap blocks made while it is open, and frees at its end those that were not moved out. */
export class Scope {
  private owned: Storage[] = [];

  constructor(readonly parent: Scope | null) {}

  add(storage: Storage): void {
    storage.scope = this;
    this.owned.push(storage);
  }

  /** How many storages it has taken in; a mark for `freeSince`. */
  get mark(): number {
    return this.owned.length;
  }

  /** Frees what was made since `mark`, but for what a backward pass holds. */
  freeSince(mark: number): void {
    const { owned } = this;
    let end = mark;
    for (let i = mark; i < owned.length; i++) {
      const storage = owned[i]!;
      if (storage.scope !== this) continue;
      if (storage.holds > 0) owned[end++] = storage;
      else storage.free();
    }
    owned.length = end;
  }

  /** Frees everything still owned; the scope can be used again. */
  clear(): void {
    const owned = this.owned;
    for (let i = 0; i < owned.length; i++) if (owned[i]!.scope === this) owned[i]!.free();
    owned.length = 0;
  }
}

/** Opens a scope inside the current one. */
export function openScope(): Scope {
  return (current = new Scope(current));
}

/** Closes `scope` and whatever was left open inside it. */
export function closeScope(scope: Scope): void {
  for (let s = current; s !== null && s !== scope; s = s.parent) s.clear();
  current = scope.parent;
  scope.clear();
}

/** Runs `work` as if `scope` (null: none) were the current one. */
export function within<T>(scope: Scope | null, work: () => T): T {
  const before = current;
  current = scope;
  try {
    return work();
  } finally {
    current = before;
  }
}
