import type { Sample } from "./sample.ts";
import { ELEMENTWISE } from "./samples/elementwise.ts";
import { INDEXING } from "./samples/indexing.ts";
import { LOSSES } from "./samples/losses.ts";
import { PRODUCTS } from "./samples/products.ts";
import { RECOMPUTED } from "./samples/recomputed.ts";
import { REDUCTIONS } from "./samples/reductions.ts";
import { SHAPES } from "./samples/shapes.ts";
import { WINDOWS } from "./samples/windows.ts";

/** Calls of every op that has a record, by the record's name. */
export const SAMPLES: Record<string, Sample[]> = {
  ...ELEMENTWISE,
  ...REDUCTIONS,
  ...SHAPES,
  ...INDEXING,
  ...PRODUCTS,
  ...LOSSES,
  ...WINDOWS,
  ...RECOMPUTED,
};
