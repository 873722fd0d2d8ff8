// Plans tell strided kernels how to walk their operands: assembly/README.md has the format.

import { bool, type Domain, type DType } from "../core/dtype.ts";
import type { Shape } from "../core/shape.ts";
import { PLAN_BYTES, planBase } from "../memory/heap.ts";
import { doubles, floats, kernels, longs, words } from "../memory/wasm.ts";

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

/** Writes a plan over `shape` for operands with these strides, merging the dimensions that all operands step through alike. */
export function writePlan(shape: Shape, ...operands: Shape[]): Plan {
  const sizes: number[] = [];
  const strides: number[][] = operands.map(() => []);
  for (let d = 0; d < shape.length; d++) {
    const size = shape[d]!;
    if (size === 1) continue;
    const last = sizes.length - 1;
    if (last >= 0 && operands.every((s, k) => strides[k]![last] === s[d]! * size)) {
      sizes[last]! *= size;
      operands.forEach((s, k) => (strides[k]![last] = s[d]!));
    } else {
      sizes.push(size);
      operands.forEach((s, k) => strides[k]!.push(s[d]!));
    }
  }
  if (sizes.length === 0) {
    sizes.push(1);
    for (const s of strides) s.push(1);
  }
  const address = take(4 * (1 + sizes.length * (1 + operands.length)));
  let at = address >>> 2;
  words[at++] = sizes.length;
  let rows = 1;
  for (let d = 0; d < sizes.length; d++) {
    words[at++] = sizes[d]!;
    for (const s of strides) words[at++] = s[d]!;
    if (d < sizes.length - 1) rows *= sizes[d]!;
  }
  return { address, rows };
}

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

/** Writes a list of float64 numbers for a kernel to read. */
export function writeDoubles(values: readonly number[]): number {
  const address = take(8 * values.length);
  const at = address >>> 3;
  for (let i = 0; i < values.length; i++) doubles[at + i] = values[i]!;
  return address;
}
