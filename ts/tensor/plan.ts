// Plans tell strided kernels how to walk their operands: assembly/README.md has the format.

import { bool, type Domain, type DType } from "../core/dtype.ts";
import type { Shape } from "../core/shape.ts";
import { PLAN_BYTES, planBase } from "../memory/heap.ts";
import { doubles, floats, kernels, longs, words } from "../memory/wasm.ts";
import { GRAIN, getNumThreads, SPLIT } from "../threads/pool.ts";

/** Plans and constants are written round this area; a kernel is done with its own long before they come round again. */
let next = 0;

function take(size: number): number {
  if (next + size > PLAN_BYTES) next = 0;
  const address = planBase + next;
  next += (size + 15) & ~15;
  return address;
}

export interface Plan {
  address: number;
  /** Index tuples of all dimensions but the last. */
  rows: number;
}

/** What is written next: sizes, and the operands' strides dimension by dimension. */
const sizes: number[] = [];
const steps: number[] = [];

/** Writes a plan over `shape` for operands with these strides, merging the dimensions that all operands step through alike. */
export function writePlan(shape: Shape, ...operands: Shape[]): Plan {
  const count = operands.length;
  let dims = 0;
  for (let d = 0; d < shape.length; d++) {
    const size = shape[d]!;
    if (size === 1) continue;
    const last = (dims - 1) * count;
    let merges = dims > 0;
    for (let k = 0; merges && k < count; k++) merges = steps[last + k] === operands[k]![d]! * size;
    if (merges) sizes[dims - 1]! *= size;
    else sizes[dims++] = size;
    for (let k = 0; k < count; k++) steps[(dims - 1) * count + k] = operands[k]![d]!;
  }
  if (dims === 0) {
    sizes[dims++] = 1;
    for (let k = 0; k < count; k++) steps[k] = 1;
  }
  if (dims === 1) dims = shared(count);
  const address = take(4 * (1 + dims * (1 + count)));
  let at = address >>> 2,
    rows = 1;
  words[at++] = dims;
  for (let d = 0; d < dims; d++) {
    words[at++] = sizes[d]!;
    for (let k = 0; k < count; k++) words[at++] = steps[d * count + k]!;
    if (d < dims - 1) rows *= sizes[d]!;
  }
  return { address, rows };
}

/** Threads share out rows: a long single one becomes several, where it divides. */
function shared(count: number): number {
  const size = sizes[0]!;
  if (size < SPLIT || getNumThreads() === 1) return 1;
  let rows = Math.min(Math.floor(size / GRAIN), MOST_ROWS);
  while (size % rows !== 0) rows--;
  if (rows === 1) return 1;
  sizes[0] = rows;
  sizes[1] = size / rows;
  for (let k = 0; k < count; k++) {
    steps[count + k] = steps[k]!;
    steps[k]! *= sizes[1];
  }
  return 2;
}
const MOST_ROWS = 256;

/** Writes a list of 32-bit integers, such as a convolution's geometry, for a kernel to read. */
export function writeWords(values: readonly number[]): number {
  const address = take(4 * values.length);
  words.set(values, address >>> 2);
  return address;
}

/** Writes one scalar operand in the type a kernel computes in. */
export function writeScalar(domain: Domain, value: number | bigint): number {
  const address = take(8);
  if (domain === "f32") floats[address >>> 2] = Number(value);
  else if (domain === "f64") doubles[address >>> 3] = Number(value);
  else longs[address >>> 3] = typeof value === "bigint" ? value : BigInt(Math.trunc(value));
  return address;
}

/** Writes one element of any dtype. */
export function writeElement(dtype: DType, value: number | boolean): number {
  const address = writeScalar(dtype.domain, dtype === bool ? Number(Boolean(value)) : Number(value));
  // The low bytes of an int64 are the narrower integer; a half-width float is the cast of the wider one, in its place.
  if (dtype.isFloatingPoint && dtype.itemsize === 2) kernels.cast(address, 0, address, dtype.code, 0, 1);
  return address;
}

/** Writes a list of numbers of a floating-point type for a kernel to read. */
export function writeNumbers(domain: Domain, values: readonly number[]): number {
  const size = domain === "f32" ? 4 : 8,
    address = take(size * values.length),
    view = size === 4 ? floats : doubles;
  for (let i = 0, at = address / size; i < values.length; i++) view[at + i] = values[i]!;
  return address;
}
