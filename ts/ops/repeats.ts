// Copies of a tensor's elements several times over, and more dimensions.

import { type OpRecord, record, tracks } from "../autograd/record.ts";
import { int64 } from "../core/dtype.ts";
import { ShapeError, ValueError } from "../core/errors.ts";
import { positional } from "../core/options.ts";
import { shapeText, wrapDim } from "../core/shape.ts";
import { packedCopy } from "../tensor/raw.ts";
import { isTensor, Tensor } from "../tensor/tensor.ts";
import { checkInteger, listed } from "./arguments.ts";
import { tensor } from "./creation.ts";
import { checkTensor } from "./dispatch.ts";

type Counts = number[] | [readonly number[]] | [object];

const REPEAT: OpRecord<{ repeats: readonly number[]; shape: readonly number[] }> = {
  name: "repeat",
  vjp: (g, { repeats, shape }) => {
    if (repeats.includes(0)) return g.newZeros(shape);
    const lead = repeats.length - shape.length;
    const pairs = repeats.flatMap((r, d) => [r, d < lead ? 1 : shape[d - lead]!]);
    return g
      .reshape(pairs)
      .sum(repeats.map((_, d) => 2 * d))
      .reshape(shape);
  },
};

function repeated(op: string, input: Tensor, repeats: readonly number[]): Tensor {
  const lead = repeats.length - input.ndim;
  if (lead < 0)
    throw new ShapeError(
      `${op}: number of dimensions of repeat dims (${repeats.length}) can not be smaller than number of dimensions of tensor (${input.ndim})`,
    );
  for (const r of repeats) {
    checkInteger(op, "a repeat", r);
    if (r < 0) throw new ValueError(`${op}: repeats must not be negative, got ${shapeText(repeats)}`);
  }
  // Every dimension as a pair, of which the first has stride 0.
  const sizes = repeats.flatMap((r, d) => [r, d < lead ? 1 : input.shape[d - lead]!]);
  const steps = repeats.flatMap((_, d) => [0, d < lead ? 0 : input.strides[d - lead]!]);
  const copy = packedCopy(new Tensor(input.storage, input.dtype, sizes, steps, input.offset, false));
  const shape = repeats.map((r, d) => r * (d < lead ? 1 : input.shape[d - lead]!));
  const out = copy.view(shape).detach();
  return tracks(input) ? record(REPEAT, [input], out, { repeats, shape: input.shape }) : out;
}

/** The tensor that many times along each dimension: `repeat(2, 3)`; more counts than dimensions add dimensions in front. */
export function repeat(input: Tensor, ...repeats: Counts): Tensor {
  checkTensor("repeat", input);
  return repeated("repeat", input, listed("repeat", "repeats", repeats));
}
/** As `repeat`, where fewer counts than dimensions mean the last dimensions. */
export function tile(input: Tensor, ...dims: Counts): Tensor {
  checkTensor("tile", input);
  const counts = listed("tile", "dims", dims);
  return repeated("tile", input, [...new Array(Math.max(input.ndim - counts.length, 0)).fill(1), ...counts]);
}

/** Each element (or index of `dim`) that many times in a row; `repeats` may tell it for each. Without `dim`, of the flattened tensor. */
export function repeatInterleave(
  input: Tensor,
  repeats?: number | Tensor | readonly number[] | object,
  dim?: number | null | object,
  options?: object,
): Tensor {
  checkTensor("repeatInterleave", input);
  const names = ["repeats", "dim", "outputSize"];
  const [counts, along, outputSize] =
    repeats === undefined ? [] : positional("repeatInterleave", names, [repeats, dim, options]);
  if (counts === undefined) return input.newTensor(timesEach("repeatInterleave", input));
  const source = along === undefined || along === null ? input.flatten() : input,
    d = wrapDim("repeatInterleave", along ?? 0, source.ndim);
  const size = source.shape[d] ?? 1;
  if (typeof counts === "number") {
    checkInteger("repeatInterleave", "repeats", counts);
    if (counts < 0) throw new ValueError(`repeatInterleave: repeats can not be negative, got ${counts}`);
  }
  const each = isTensor(counts)
    ? counts
    : tensor(Float64Array.from([counts].flat() as number[]), { dtype: int64 });
  if (each.ndim > 1) throw new ShapeError(`repeatInterleave: repeats must be 0-d or 1-d, got ${each.ndim}-d`);
  const spread = each.numel() === 1 ? each.reshape([1]).expand([size]) : each;
  if (spread.shape[0] !== size)
    throw new ShapeError(
      `repeatInterleave: repeats must have the same size as input along dim (${spread.shape[0]} against ${size})`,
    );
  const places = timesEach("repeatInterleave", spread);
  if (outputSize !== undefined && outputSize !== null && outputSize !== places.length)
    throw new ValueError(
      `repeatInterleave: allocated size ${outputSize} does not match required ${places.length}`,
    );
  return source.indexSelect(d, tensor(places, { dtype: int64 }));
}

/** Index i, counts[i] times. */
function timesEach(op: string, counts: Tensor): Float64Array {
  if (counts.dtype.name !== "int64" && counts.dtype.name !== "int32")
    throw new ValueError(`${op}: repeats has to be int32 or int64, got ${counts.dtype}`);
  if (counts.ndim !== 1)
    throw new ShapeError(`${op}: repeats must be a vector, got ${shapeText(counts.shape)}`);
  const list = counts.tolist() as number[];
  if (list.some((n) => n < 0)) throw new ValueError(`${op}: repeats can not be negative`);
  const places = new Float64Array(list.reduce((sum, n) => sum + n, 0));
  let at = 0;
  for (let i = 0; i < list.length; i++) {
    places.fill(i, at, at + list[i]!);
    at += list[i]!;
  }
  return places;
}
