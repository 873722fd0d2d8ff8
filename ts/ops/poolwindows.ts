// The windows of pools, written down for the kernels as a table (assembly/pool.ts has the format).
import { writeWords } from "../tensor/plan.ts";
import { addressOf } from "../tensor/tensor.ts";
import { fromTypedArray } from "./creation.ts";

export interface PoolPlan {
  /** Number of spatial dimensions. */
  rank: number;
  kernel: readonly number[];
  strides: readonly number[];
  pads: readonly number[];
  dilations: readonly number[];
  /** Spatial sizes of the input and of the result. */
  sizes: readonly number[];
  result: readonly number[];
}

/** For each spatial dimension and each place along it: the first element of its window, how many, and how many to divide by. */
export interface Windows {
  sizes: readonly number[];
  result: readonly number[];
  /** Distance between a window's elements. */
  steps: readonly number[];
  spans: readonly (readonly number[])[];
}

function spansOf(count: number, span: (place: number) => readonly [number, number, number]): number[] {
  const list: number[] = [];
  for (let place = 0; place < count; place++) list.push(...span(place));
  return list;
}

/** Sliding windows. A border counts towards the divisor where `countBorder` says so. */
export function slidingWindows(plan: PoolPlan, countBorder = false): Windows {
  const { sizes, result, kernel, strides, pads, dilations } = plan;
  const spans = sizes.map((size, d) =>
    spansOf(result[d]!, (place) => {
      const start = place * strides[d]! - pads[d]!,
        step = dilations[d]!;
      const skipped = start < 0 ? Math.ceil(-start / step) : 0;
      const count = Math.max(Math.min(kernel[d]!, Math.ceil((size - start) / step)) - skipped, 0);
      const all = Math.min(start + kernel[d]!, size + pads[d]!) - start;
      return [Math.min(start + skipped * step, size - 1), count, countBorder ? all : count];
    }),
  );
  return { sizes, result, steps: dilations, spans };
}

/** Windows that divide the input as evenly as possible. */
export function evenWindows(sizes: readonly number[], result: readonly number[]): Windows {
  const spans = sizes.map((size, d) =>
    spansOf(result[d]!, (place) => {
      const first = Math.floor((place * size) / result[d]!),
        count = Math.ceil(((place + 1) * size) / result[d]!) - first;
      return [first, count, count];
    }),
  );
  return { sizes, result, steps: sizes.map(() => 1), spans };
}

/** Windows of one size at given first elements. */
export function windowsAt(
  sizes: readonly number[],
  kernel: readonly number[],
  firsts: readonly (readonly number[])[],
): Windows {
  return {
    sizes,
    result: firsts.map((list) => list.length),
    steps: sizes.map(() => 1),
    spans: firsts.map((list, d) => list.flatMap((first) => [first, kernel[d]!, kernel[d]!])),
  };
}

/** Words of a table that go through the area for plans. */
const SMALL = 4096;

/** Writes the table for the kernel called next. */
export function writeWindows({ sizes, result, steps, spans }: Windows): number {
  const lead = new Array<number>(3 - sizes.length).fill(1);
  const table = [...lead, ...sizes, ...lead, ...result, ...lead, ...steps];
  for (const _ of lead) table.push(0, 1, 1);
  for (const list of spans) for (const word of list) table.push(word);
  return table.length <= SMALL ? writeWords(table) : addressOf(fromTypedArray(Int32Array.from(table)));
}
