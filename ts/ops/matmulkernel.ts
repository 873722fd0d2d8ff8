// Products of matrices without a tape. Operands go to the kernel with their strides, so that a transpose is never copied.
import { COMPUTE, type DType, float32, int32 } from "../core/dtype.ts";
import { DtypeError, ShapeError } from "../core/errors.ts";
import {
  broadcastShapes,
  broadcastStrides,
  contiguousStrides,
  numelOf,
  type Shape,
  shapeText,
} from "../core/shape.ts";
import type { Storage } from "../memory/storage.ts";
import { cast, packed } from "../tensor/raw.ts";
import { addressOf, empty, Tensor, written } from "../tensor/tensor.ts";
import { checkTensor } from "./dispatch.ts";
import { multiply, multiplyEach, multiplyInt8, type Operand } from "./gemm.ts";
import { offloads } from "./offloads.ts";

/** @throws DtypeError unless all operands have one dtype, and that one has products. */
export function checkSameDtype(op: string, ...operands: Tensor[]): DType {
  for (const x of operands) checkTensor(op, x);
  const { dtype } = operands[0]!;
  for (const x of operands)
    if (x.dtype !== dtype)
      throw new DtypeError(
        `${op}: expected all operands to have the same dtype, got ${operands.map((t) => String(t.dtype)).join(" and ")}`,
      );
  if (dtype.name === "bool") throw new DtypeError(`${op}: not implemented for ${dtype}`);
  return dtype;
}

/** @throws ShapeError unless the columns of `a` are as many as the rows of `b`. */
export function checkInner(op: string, a: Shape, b: Shape): void {
  const da = a.length - 1,
    db = Math.max(b.length - 2, 0);
  if (a[da] !== b[db])
    throw new ShapeError(
      `${op}: ${shapeText(a)} @ ${shapeText(b)} do not match (dimension ${da} of the first is ${a[da]}, dimension ${db} of the second is ${b[db]})`,
    );
}

/** The matrix itself where the kernels can step through it, else a row-major copy. Integers need the second operand's rows packed. */
function steppable(x: Tensor, rowsOnly = false): Tensor {
  const d = x.ndim,
    rs = x.strides[d - 2]!,
    cs = x.strides[d - 1]!;
  return (cs === 1 || (rs === 1 && !rowsOnly)) && rs > 0 && cs > 0 ? x : packed(x);
}

/** The leading dimensions as one, where the strides allow it; null where they do not. */
function foldedRows(a: Tensor): number | null {
  const d = a.ndim;
  let step = a.strides[d - 2]! * a.shape[d - 2]!;
  for (let i = d - 3; i >= 0; i--) {
    if (a.shape[i] === 1) continue;
    if (a.strides[i] !== step) return null;
    step *= a.shape[i]!;
  }
  return numelOf(a.shape.slice(0, d - 1));
}

/**
 * a [..., m, k] @ b [..., k, n], the leading dimensions broadcast, plus `bias` [n]. Shapes and dtypes are checked by the caller.
 */
export function product(op: string, left: Tensor, right: Tensor, bias: Tensor | null = null): Tensor {
  const { dtype } = left,
    compute = COMPUTE[dtype.domain];
  const plainA = cast(left, compute),
    plainB = cast(right, compute);
  const add = bias === null ? null : packed(cast(bias, compute));
  if (offloads !== null && compute === float32) {
    const out = offloads.product(op, plainA, plainB, add, () => product(op, plainA, plainB, add));
    if (out !== null) return cast(out, dtype);
  }
  let a = steppable(plainA, dtype.domain === "f64");
  const b = steppable(plainB, compute !== float32);
  const m = a.shape[a.ndim - 2]!,
    k = a.shape[a.ndim - 1]!,
    n = b.shape[b.ndim - 1]!;
  if (a.ndim === 2 && b.ndim === 2) {
    const out = empty([m, n], compute);
    if (m * n > 0) {
      const first = operand(a),
        second = operand(b, b.storage),
        more = add === null ? 0 : addressOf(add);
      multiply(dtype.domain, first, second, addressOf(out), more, m, n, k);
    }
    return cast(written(out), dtype);
  }
  if (a.ndim === b.ndim) {
    const [each, eachB] = [batchStep(a), batchStep(b)];
    if (each !== null && eachB !== null && sameBatch(a, b)) {
      const out = empty([...a.shape.slice(0, -1), n], compute);
      if (out.numel() > 0) {
        const [first, second, to] = [operand(a), operand(b), addressOf(out)],
          more = add === null ? 0 : addressOf(add);
        multiplyEach(dtype.domain, first, each, second, eachB, to, more, m, n, k, out.numel() / (m * n));
      }
      return cast(written(out), dtype);
    }
  }
  const leadA = a.shape.slice(0, -2),
    leadB = b.shape.slice(0, -2);
  const lead = leadA.length + leadB.length === 0 ? [] : broadcastShapes(op, leadA, leadB);
  const out = empty([...lead, m, n], compute);
  if (out.numel() === 0) return cast(written(out), dtype);
  let rows = leadB.length === 0 ? foldedRows(a) : null;
  if (rows === null && leadB.length === 0) {
    // One product of all rows is worth a copy of them.
    a = packed(a);
    rows = foldedRows(a);
  }
  const first = operand(a),
    second = operand(b, rows === null ? null : b.storage);
  const to = addressOf(out),
    more = add === null ? 0 : addressOf(add);
  if (rows !== null) multiply(dtype.domain, first, second, to, more, rows, n, k);
  else {
    const stepsA = broadcastStrides(lead, leadA, a.strides.slice(0, -2)),
      stepsB = broadcastStrides(lead, leadB, b.strides.slice(0, -2));
    const width = compute.itemsize,
      count = numelOf(lead),
      fromA = first.at,
      fromB = second.at;
    for (let i = 0; i < count; i++) {
      let atA = 0,
        atB = 0;
      for (let d = lead.length - 1, rest = i; d >= 0; d--) {
        const index = rest % lead[d]!;
        rest = (rest - index) / lead[d]!;
        atA += index * stepsA[d]!;
        atB += index * stepsB[d]!;
      }
      first.at = fromA + atA * width;
      second.at = fromB + atB * width;
      multiply(dtype.domain, first, second, to + i * m * n * width, more, m, n, k);
    }
  }
  return cast(written(out), dtype);
}

/** The step from matrix to matrix, where the leading dimensions are one by their strides. */
function batchStep(x: Tensor): number | null {
  const last = x.ndim - 3;
  for (let d = 0; d < last; d++) if (x.strides[d] !== x.strides[d + 1]! * x.shape[d + 1]!) return null;
  return x.strides[last]!;
}

function sameBatch(a: Tensor, b: Tensor): boolean {
  for (let d = a.ndim - 3; d >= 0; d--) if (a.shape[d] !== b.shape[d]) return false;
  return true;
}

/** `owner`: whose panels may be kept. */
const operand = (x: Tensor, owner: Storage | null = null): Operand => ({
  at: addressOf(x),
  rows: x.strides[x.ndim - 2]!,
  columns: x.strides[x.ndim - 1]!,
  owner,
  offset: x.offset,
});

/** Exact product of int8 matrices. */
export function productInt8(a: Tensor, b: Tensor): Tensor {
  const [m, k] = a.shape as [number, number],
    n = b.shape[1]!;
  const out = empty([m, n], int32);
  if (m * n > 0) multiplyInt8(operand(a), operand(b), addressOf(out), m, n, k);
  return written(out);
}

/** A vector as a matrix of one row. */
export const asRow = (x: Tensor): Tensor =>
  new Tensor(x.storage, x.dtype, [1, x.shape[0]!], [1, x.strides[0]!], x.offset);
/** A vector as a matrix of one column. */
export const asColumn = (x: Tensor): Tensor =>
  new Tensor(x.storage, x.dtype, [x.shape[0]!, 1], [x.strides[0]!, 1], x.offset);
/** A fresh result under another shape. */
export const shaped = (x: Tensor, shape: Shape): Tensor =>
  new Tensor(x.storage, x.dtype, shape, contiguousStrides(shape), 0, true);
/** The leading dimensions as rows of one matrix. */
export const asRows = (x: Tensor): Tensor =>
  x.ndim === 2 ? x : x.reshape([numelOf(x.shape.slice(0, -1)), x.shape[x.ndim - 1]!]);
/** With the last two dimensions exchanged, as a view. */
export const turned = (x: Tensor): Tensor => x.transpose(-1, -2);

/** @throws ShapeError unless `x` has `rank` dimensions. */
export function checkRank(op: string, x: Tensor, rank: number): void {
  checkTensor(op, x);
  if (x.ndim !== rank)
    throw new ShapeError(
      `${op}: expected a tensor of ${rank} dimension${rank === 1 ? "" : "s"}, got shape ${shapeText(x.shape)}`,
    );
}
