import { relaxedSimd } from "../memory/wasm.ts";
import { threadState } from "../threads/pool.ts";
import { MATMUL_TILE } from "./gemm.ts";
import { type WebGpuState, webgpuState } from "./webgpu.ts";

/** Where ops run. */
export interface Backends {
  /** "relaxed": with fused multiply-add; "fixed": 128-bit SIMD without. */
  simd: "relaxed" | "fixed";
  threads: {
    /** How many heavy ops use. */
    count: number;
    /** Workers that have come up so far; they start with the first heavy op. */
    started: number;
    /** Why there is only one thread, in one line; null where there may be more. */
    reason: string | null;
  };
  /** Rows x columns of the register tile of float32 products. */
  matmulTile: string;
  /** What was found by `torch.webgpu.enable`, and what ran where since. */
  webgpu: WebGpuState;
}

/** Tells what ops run on. */
export function backends(): Backends {
  return {
    simd: relaxedSimd ? "relaxed" : "fixed",
    threads: threadState(),
    matmulTile: MATMUL_TILE,
    webgpu: webgpuState(),
  };
}
