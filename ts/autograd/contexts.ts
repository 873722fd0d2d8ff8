import { refusePromise } from "../core/promise.ts";
import { modes } from "../tensor/modes.ts";
import { untaped } from "./untaped.ts";

type Modes = typeof modes;

/**
 * A context as a function around a callback, or as something `using` closes. As PyTorch's context managers, it changes
 * nothing before `using` takes it (by reading its dispose method), unless it is a `setter`.
 */
function context<T>(
  name: string,
  change: Partial<Modes>,
  work: (() => T) | undefined,
  setter = false,
): T | Disposable {
  const enter = () => {
    const before = { ...modes };
    Object.assign(modes, change);
    return () => {
      for (const key in change) (modes as Record<string, boolean>)[key] = before[key as keyof Modes];
    };
  };
  let restore = work || setter ? enter() : undefined;
  if (work === undefined) {
    return {
      get [Symbol.dispose]() {
        return (restore ??= enter());
      },
    };
  }
  try {
    const result = work();
    refusePromise(name, result);
    return result;
  } finally {
    restore!();
  }
}

/** Runs `work` without recording ops on the tape, or until the end of the block: `using _ = noGrad()`. */
export function noGrad<T>(work: () => T): T;
export function noGrad(): Disposable;
export function noGrad<T>(work?: () => T): T | Disposable {
  if (work === undefined) return context("noGrad", { grad: false }, work);
  const result = untaped(work);
  refusePromise("noGrad", result);
  return result;
}

/** Records ops again inside `noGrad`. */
export function enableGrad<T>(work: () => T): T;
export function enableGrad(): Disposable;
export function enableGrad<T>(work?: () => T): T | Disposable {
  return context("enableGrad", { grad: true }, work);
}

/** `noGrad` for tensors that will never meet the tape: they say so in `isInference()`, and cannot be made to require gradients. */
export function inferenceMode<T>(work: () => T): T;
export function inferenceMode<T>(mode: boolean, work: () => T): T;
export function inferenceMode(mode?: boolean): Disposable;
export function inferenceMode<T>(mode: boolean | (() => T) = true, work?: () => T): T | Disposable {
  if (typeof mode === "function") return context("inferenceMode", { grad: false, inference: true }, mode);
  return context("inferenceMode", { grad: !mode, inference: mode }, work);
}

/** Switches recording on or off: for a callback, until disposed, or (the result being ignored) for good. */
export function setGradEnabled<T>(mode: boolean, work: () => T): T;
export function setGradEnabled(mode: boolean): Disposable;
export function setGradEnabled<T>(mode: boolean, work?: () => T): T | Disposable {
  return context("setGradEnabled", { grad: mode }, work, true);
}

/** Keeps products inside `work` off the GPU, or until the returned object is disposed (`using`). */
export function noOffload<T>(work: () => T): T;
export function noOffload(): Disposable;
export function noOffload<T>(work?: () => T): T | Disposable {
  return context("noOffload", { offload: false }, work);
}

/** Whether ops are being recorded. */
export function isGradEnabled(): boolean {
  return modes.grad;
}
export function isInferenceModeEnabled(): boolean {
  return modes.inference;
}

/** Remembers where each op was called, and makes `backward` stop at the first NaN and say which op it came from. */
export function detectAnomaly<T>(work: () => T, options?: { checkNan?: boolean }): T;
export function detectAnomaly(options?: { checkNan?: boolean }): Disposable;
export function detectAnomaly<T>(
  work?: (() => T) | { checkNan?: boolean },
  options?: { checkNan?: boolean },
): T | Disposable {
  const [callback, settings] = typeof work === "function" ? [work, options] : [undefined, work];
  return context("detectAnomaly", { anomaly: true, checkNan: settings?.checkNan ?? true }, callback);
}

/** As `detectAnomaly`, on or off. */
export function setDetectAnomaly<T>(mode: boolean, work: () => T): T;
export function setDetectAnomaly(mode: boolean): Disposable;
export function setDetectAnomaly<T>(mode: boolean, work?: () => T): T | Disposable {
  return context("setDetectAnomaly", { anomaly: mode }, work, true);
}
