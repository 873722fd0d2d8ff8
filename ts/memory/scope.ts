import type { Storage } from "./storage.ts";

let current: Scope | null = null;

/** The innermost open scope, or null. */
export const currentScope = (): Scope | null => current;

/** Owns the heap blocks made while it is open, and frees at its end those that were not moved out. */
export class Scope {
  private owned: (Storage | null)[] = [];
  /** How many storages it has taken in; a mark for `freeSince`. */
  mark = 0;

  constructor(public parent: Scope | null) {}

  add(storage: Storage): void {
    storage.scope = this;
    this.owned[this.mark++] = storage;
  }

  /** Frees what was made since `mark`, but for what a backward pass holds. */
  freeSince(mark: number): void {
    const { owned } = this;
    let end = mark;
    for (let i = mark; i < this.mark; i++) {
      const storage = owned[i]!;
      owned[i] = null;
      if (storage.scope !== this) continue;
      if (storage.holds > 0) owned[end++] = storage;
      else storage.free();
    }
    this.mark = end;
  }

  /** Frees everything still owned; the scope can be used again. */
  clear(): void {
    const { owned } = this;
    // Made longer and longer, an array is copied each time: its room is kept.
    for (let i = 0; i < this.mark; i++) {
      const storage = owned[i]!;
      owned[i] = null;
      if (storage.scope === this) storage.free();
    }
    if (this.mark > KEPT) this.owned = [];
    this.mark = 0;
  }
}
/** Up to so many places a closed scope keeps for the next one. */
const KEPT = 4096;
let spare: Scope | null = null;

/** Opens a scope inside the current one. */
export function openScope(): Scope {
  const scope = spare ?? new Scope(null);
  spare = null;
  scope.parent = current;
  return (current = scope);
}

/** Closes `scope` and whatever was left open inside it. What is no longer open stays as it is. */
export function closeScope(scope: Scope): void {
  let open = current;
  while (open !== null && open !== scope) open = open.parent;
  if (open === null) return;
  for (let s = current; s !== null && s !== scope; s = s.parent) s.clear();
  current = scope.parent;
  scope.clear();
  spare = scope;
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
