// Resampling along spatial dimensions, one after the other: each place of the result is a weighted sum of a few elements.
import { type OpRecord, record, tracks } from "../autograd/record.ts";
import { COMPUTE, uint8 } from "../core/dtype.ts";
import { DtypeError } from "../core/errors.ts";
import { numelOf, type Shape } from "../core/shape.ts";
import { cast, packed } from "../tensor/raw.ts";
import { addressOf, empty, type Tensor, written } from "../tensor/tensor.ts";
import { overUnits } from "../threads/pool.ts";
import { fromTypedArray } from "./creation.ts";
import { family } from "./dispatch.ts";

/** For each place along a dimension, `taps` positions in the input and their weights. */
export interface Taps {
  taps: number;
  positions: Int32Array;
  weights: Float64Array;
}

/** How to resample the last dimensions of a tensor. */
export interface Resampling {
  sizes: Shape;
  result: Shape;
  /** Null where a dimension stays as it is. */
  tables: readonly (Taps | null)[];
}

/** Fills a table: `at` gives the positions of a place, kept within the input, with their weights. */
export function tapsOf(
  size: number,
  places: number,
  taps: number,
  at: (place: number) => Iterable<readonly [position: number, weight: number]>,
): Taps {
  const positions = new Int32Array(places * taps),
    weights = new Float64Array(places * taps);
  for (let place = 0; place < places; place++) {
    let k = place * taps;
    for (const [position, weight] of at(place)) {
      positions[k] = Math.min(Math.max(position, 0), size - 1);
      weights[k++] = weight;
    }
  }
  return { taps, positions, weights };
}

function along(kernel: string, x: Tensor, d: number, size: number, places: number, table: Taps): Tensor {
  const back = kernel !== "resample";
  const out = empty(
    x.shape.map((n, i) => (i === d ? (back ? size : places) : n)),
    x.dtype,
  );
  const positions = fromTypedArray(table.positions),
    weights = cast(fromTypedArray(table.weights), x.dtype);
  const inner = numelOf(x.shape.slice(d + 1));
  if (out.numel() > 0)
    overUnits(family(kernel)[x.dtype.domain], numelOf(x.shape.slice(0, d)), places * inner * table.taps, [
      addressOf(x),
      addressOf(out),
      addressOf(positions),
      addressOf(weights),
      table.taps,
      size,
      places,
      inner,
    ]);
  return written(out);
}

function everywhere(kernel: string, x: Tensor, { sizes, result, tables }: Resampling): Tensor {
  const first = x.ndim - sizes.length;
  let out = packed(cast(x, COMPUTE[x.dtype.domain]));
  // The last dimension costs most, so it comes while there are few lines.
  const order = sizes.map((_, d) => d);
  if (kernel === "resample") order.reverse();
  for (const d of order) {
    const table = tables[d]!;
    if (table !== null) out = along(kernel, out, first + d, sizes[d]!, result[d]!, table);
  }
  return cast(out, x.dtype);
}

const BACK: OpRecord<Resampling> = { name: "interpolateBackward", vjp: (gg, s) => resample(FORTH, gg, s) };
const FORTH: OpRecord<Resampling> = { name: "interpolate", vjp: resampleBack };

function resampleBack(g: Tensor, s: Resampling): Tensor {
  const out = everywhere("resampleBackward", g, s);
  return tracks(g) ? record(BACK, [g], out === g ? g.clone() : out, s) : out;
}

/** A node of its own for each kind of resampling. */
export const resampleRecord = (node: string): OpRecord<Resampling> => ({ ...FORTH, node });

/** @throws DtypeError for integers, unless every place shows one element. */
export function resample(op: OpRecord<Resampling>, input: Tensor, s: Resampling): Tensor {
  if (!input.dtype.isFloatingPoint) {
    if (input.dtype !== uint8 || s.tables.some((table) => table !== null && table.taps > 1))
      throw new DtypeError(`interpolate: not implemented for ${input.dtype}`);
    return s.tables.reduce<Tensor>(
      (x, table, d) =>
        table === null ? x : x.indexSelect(input.ndim - s.sizes.length + d, fromTypedArray(table.positions)),
      input.clone(),
    );
  }
  const made = everywhere("resample", input, s);
  const out = made.storage === input.storage ? made.clone() : made;
  return tracks(input) ? record(op, [input], out, s) : out;
}
