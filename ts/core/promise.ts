import { ValueError } from "./errors.ts";

/** @throws ValueError for a promise: what surrounds the callback would end before its work is done. */
export function refusePromise(name: string, result: unknown): void {
  if (typeof (result as { then?: unknown } | null)?.then === "function")
    throw new ValueError(
      `${name}: the callback returned a promise, so its work would run after ${name} has ended; await first, then enter it`,
    );
}
