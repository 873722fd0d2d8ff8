import { expect, test, vi } from "vitest";
import type { Trace } from "./coverage.ts";

const trace = vi.hoisted(() => ({ kernels: new Set<string>(), threads: false }) as Trace);

/** A module of which some exports are others. */
function replaced<T extends object>(original: T, parts: Partial<T>): T {
  return new Proxy(original, {
    get: (target, key) => Reflect.get(key in parts ? parts : target, key),
  });
}

vi.mock(import("../../ts/memory/wasm.ts"), async (importOriginal) => {
  const original = await importOriginal();
  const kernels: Record<string, unknown> = {};
  for (const [name, kernel] of Object.entries(original.kernels as unknown as Record<string, unknown>))
    kernels[name] =
      typeof kernel !== "function"
        ? kernel
        : (...args: unknown[]) => {
            trace.kernels.add(name);
            return kernel(...args);
          };
  return replaced(original, { kernels: kernels as unknown as typeof original.kernels });
});

vi.mock(import("../../ts/threads/pool.ts"), async (importOriginal) => {
  const original = await importOriginal();
  type AnyKernel = (...args: number[]) => void;
  const parallel: typeof original.parallel = (kernel, total, grain, before, after = []) => {
    trace.threads ||= total >= 2 * grain;
    (kernel as AnyKernel)(...before, 0, total, ...after);
  };
  const overUnits: typeof original.overUnits = (kernel, units, each, before, after = []) => {
    trace.threads ||= units * each >= original.SPLIT && units > 1;
    (kernel as AnyKernel)(...before, 0, units, ...after);
  };
  return replaced(original, { getNumThreads: () => 2, parallel, overUnits });
});

test("the page of docs/ is up to date", { timeout: 300_000 }, async () => {
  const { coveragePage } = await import("./coverage.ts");
  const { simdKernels } = await import("./kernelsimd.ts");
  const { SAMPLES } = await import("./samples.ts");
  const traced = (work: () => void) => {
    trace.kernels = new Set();
    trace.threads = false;
    work();
    return trace;
  };
  await expect(coveragePage(SAMPLES, simdKernels(), traced)).toMatchFileSnapshot("../../docs/coverage.md");
});
