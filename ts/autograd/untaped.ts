import { modes } from "../tensor/modes.ts";

/** Runs `work` off the tape: what an op with a formula of its own computes by other ops. */
export function untaped<T>(work: () => T): T {
  const before = modes.grad;
  modes.grad = false;
  try {
    return work();
  } finally {
    modes.grad = before;
  }
}
