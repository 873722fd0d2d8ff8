// `torch.webgpu`: products on the GPU.
import { ValueError } from "../core/errors.ts";
import { nodeModule } from "../core/node.ts";
import { positional } from "../core/options.ts";
import { scratch } from "../memory/scratch.ts";
import { floats } from "../memory/wasm.ts";
import {
  adapter,
  blocking,
  closeGpu,
  NOT_ISOLATED,
  openGpu,
  setPatience,
  whyNoGpu,
} from "../webgpu/client.ts";
import type { Adapter } from "../webgpu/device.ts";
import { keepsNonFinite, measure } from "../webgpu/measure.ts";
import { crossover, type Rates } from "../webgpu/policy.ts";
import { clearResidents, residentBytes } from "../webgpu/residents.ts";
import { multiply } from "./gemm.ts";
import {
  beginProduct,
  type OpCalls,
  offloadFailures,
  offloadProduct,
  opCalls,
  setOffloading,
} from "./offload.ts";
import { offloadForward, offloadInputGradient, offloadWeightGradient } from "./offloadconv.ts";
import { setBegin, setOffloads } from "./offloads.ts";

export interface WebGpuOptions {
  /** Part of the adapter's name, where a certain one is wanted. */
  adapter?: string;
  /** Products of at least so many operations (2 m n k) go to the GPU; default: those that win by what was measured. 0: all. */
  minFlops?: number;
  /** Default "high-performance". */
  powerPreference?: "high-performance" | "low-power";
  /** Whether an adapter will do that is a program; default false. */
  allowSoftware?: boolean;
  /** Bytes of operands and results kept on the GPU; default 512 MiB. */
  memory?: number;
  /** Longest wait for one product, in milliseconds; then it is computed here. Default 30000. */
  timeout?: number;
  /** Node: URL of the module that stands for the package `webgpu`, where that cannot be found (bundled programs, other builds). */
  module?: string;
}

/** What `enable` found. */
export interface WebGpuState {
  /** Whether products go to the GPU by themselves. */
  enabled: boolean;
  /** Why they do not; null where they do. */
  reason: string | null;
  /** The adapter; null without one. */
  adapter: Adapter | null;
  /** Seconds, bytes per second and operations per second as measured; null without a device. */
  rates: Rates | null;
  /** The least n for which a product of two n x n matrices goes to the GPU, by the rates; null if none does. */
  crossover: number | null;
  /** Whether the adapter keeps NaN and infinities; operands with them stay here where it does not. */
  keepsNonFinite: boolean | null;
  /** Bytes of tensors on the GPU. */
  bytes: number;
  /** What went wrong, each text once. The results are right all the same: they were computed here. */
  failures: string[];
  /** Where the calls of each op ran since WebGPU was enabled. */
  ops: Record<string, OpCalls>;
}

const NAMES = [
  "adapter",
  "minFlops",
  "powerPreference",
  "allowSoftware",
  "memory",
  "timeout",
  "module",
] as const;
const MEMORY = 512 * 2 ** 20;
const TIMEOUT_MS = 30_000;

let measured: Pick<WebGpuState, "rates" | "crossover" | "keepsNonFinite"> | null = null;

/**
 * Looks for a GPU and sends float32 products there from now on, where that is faster; results, gradients and the rest of
 * the program stay as they are. Never throws for want of a GPU: the answer says why there is none.
 */
async function enable(options: WebGpuOptions = {}): Promise<WebGpuState> {
  const given = Object.fromEntries(
    positional("webgpu.enable", NAMES, [options]).map((value, i) => [NAMES[i], value]),
  ) as WebGpuOptions;
  const { minFlops = null, memory = MEMORY, timeout = TIMEOUT_MS, module, ...settings } = given;
  for (const [name, value] of Object.entries({ minFlops, memory, timeout }))
    if (value !== null && !(typeof value === "number" && value >= 0))
      throw new ValueError(`webgpu.enable: ${name} must be a number of at least 0, got ${String(value)}`);
  disable();
  setBegin(beginProduct);
  const found = findModule(module);
  if (found instanceof Error) return refused(found.message);
  try {
    const opened = await openGpu({ ...settings, ...(found === null ? {} : { module: found }) });
    if (!opened) return webgpuState();
  } catch (error) {
    return refused(`the GPU's side could not be started: ${String(error)}`);
  }
  if (whyNoGpu() !== null) return refused(whyNoGpu()!);
  clearResidents(memory);
  if (!blocking()) {
    setPatience(timeout);
    return webgpuState();
  }
  try {
    const rates: Rates = { ...measure(wasmRate()), windows: null };
    const keeps = keepsNonFinite();
    measured = { rates, crossover: crossover(rates), keepsNonFinite: keeps };
    setPatience(timeout);
    setOffloading({ rates, minFlops, finiteOnly: !keeps }, memory);
    setOffloads({
      product: offloadProduct,
      forward: offloadForward,
      inputGradient: offloadInputGradient,
      weightGradient: offloadWeightGradient,
    });
  } catch (error) {
    return refused(`the self-test failed: ${error instanceof Error ? error.message : String(error)}`);
  }
  return webgpuState();
}

/** Lets go of the GPU: everything runs here again. */
function disable(): void {
  refused("not enabled");
}

function refused(why: string): WebGpuState {
  setOffloads(null);
  setOffloading(null);
  measured = null;
  closeGpu(why);
  return webgpuState();
}

export const webgpu = { enable, disable };

/** For `torch.backends()`. */
export function webgpuState(): WebGpuState {
  const reason = whyNoGpu() ?? (blocking() ? null : NOT_ISOLATED);
  return {
    enabled: reason === null && measured !== null,
    reason,
    adapter: adapter(),
    rates: null,
    crossover: null,
    keepsNonFinite: null,
    ...measured,
    bytes: residentBytes(),
    failures: offloadFailures(),
    ops: opCalls(),
  };
}

/** Operations per second of a product on the CPU. */
function wasmRate(): number {
  const n = 256;
  const at = scratch(12 * n * n + 4 * 2 ** 20);
  floats.fill(0.5, at / 4, at / 4 + 2 * n * n);
  const square = (from: number) => ({ at: from, rows: n, columns: 1 });
  let least = Number.POSITIVE_INFINITY;
  for (let round = 0; round < 4; round++) {
    const begin = performance.now();
    multiply("f32", square(at), square(at + 4 * n * n), at + 8 * n * n, 0, n, n, n);
    least = Math.min(least, performance.now() - begin);
  }
  return (2 * n ** 3) / (Math.max(least, 1e-2) / 1000);
}

interface NodeModule {
  createRequire(from: string): { resolve(name: string): string };
}

/** The address of the module that stands in for `navigator.gpu`, null where none is needed, an Error where one is missing. */
function findModule(named: string | undefined): string | null | Error {
  if (named !== undefined) return named;
  if ((globalThis.navigator as { gpu?: unknown } | undefined)?.gpu !== undefined) return null;
  const modules = nodeModule<NodeModule>("node:module");
  if (modules === undefined) return null;
  for (const from of [
    import.meta.url,
    `${(globalThis as unknown as { process: { cwd(): string } }).process.cwd()}/`,
  ]) {
    try {
      return `file://${modules.createRequire(from).resolve("webgpu")}`;
    } catch {}
  }
  return new Error("there is no WebGPU in this runtime; in Node add the package: npm install webgpu");
}
