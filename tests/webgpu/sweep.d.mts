import type * as torch from "../../ts/index.ts";

export function sweep(
  library: typeof torch,
  count: number,
  seed?: number,
): { worst: number; shape: string; gpu: number; count: number };
