// Triangles of matrices.

import { inPlace } from "../autograd/inplace.ts";
import { type OpRecord, record, tracks } from "../autograd/record.ts";
import { type DeviceLike, toDevice } from "../core/device.ts";
import { type DType, type DTypeLike, int64, toDType } from "../core/dtype.ts";
import { DtypeError, ShapeError } from "../core/errors.ts";
import { positional } from "../core/options.ts";
import { shapeText } from "../core/shape.ts";
import { kernels } from "../memory/wasm.ts";
import { packed } from "../tensor/raw.ts";
import { addressOf, emptyAs, type Tensor, written } from "../tensor/tensor.ts";
import { overUnits } from "../threads/pool.ts";
import { checkInteger } from "./arguments.ts";
import { tensor } from "./creation.ts";
import { checkTensor } from "./dispatch.ts";
import { into } from "./out.ts";

type Half = "tril" | "triu";
export interface TriangleOptions {
  /** 0 for the main diagonal, positive ones lie above it; default 0. */
  diagonal?: number;
  out?: Tensor;
}
export interface IndicesOptions {
  /** Only `"cpu"` exists. */
  device?: DeviceLike | null;
  /** Default 0. */
  offset?: number;
  /** Default int64. */
  dtype?: DTypeLike;
}

const HALVES: Record<Half, OpRecord<{ diagonal: number }>> = {
  tril: { name: "tril", vjp: (g, { diagonal }) => half("tril", g, diagonal) },
  triu: { name: "triu", vjp: (g, { diagonal }) => half("triu", g, diagonal) },
};

function half(op: Half, input: Tensor, diagonal: number): Tensor {
  const source = packed(input),
    out = emptyAs(source, source.dtype);
  const [rows, cols] = input.shape.slice(-2) as [number, number];
  if (out.numel() > 0)
    overUnits(kernels.triangle, out.numel() / cols, cols, [
      addressOf(source),
      addressOf(out),
      out.dtype.itemsize,
      rows,
      cols,
      diagonal,
      op === "triu" ? 1 : 0,
    ]);
  written(out);
  return tracks(input) ? record(HALVES[op], [input], out, { diagonal }) : out;
}

function triangle(op: Half, input: Tensor, args: unknown[]): Tensor {
  checkTensor(op, input);
  const [diagonal = 0, out] = positional(op, ["diagonal", "out"], args);
  checkInteger(op, "diagonal", diagonal);
  if (input.ndim < 2)
    throw new ShapeError(
      `${op}: input tensor must have at least 2 dimensions, got shape ${shapeText(input.shape)}`,
    );
  const result = half(op, input, diagonal);
  return out === undefined ? result : into(op, { out }, result);
}

/** The elements on and below a diagonal of each matrix, and zeros elsewhere. @throws ShapeError for fewer than two dimensions. */
export function tril(input: Tensor, diagonal?: number | TriangleOptions, options?: TriangleOptions): Tensor {
  return triangle("tril", input, [diagonal, options]);
}
/** The elements on and above a diagonal of each matrix, and zeros elsewhere. @throws ShapeError for fewer than two dimensions. */
export function triu(input: Tensor, diagonal?: number | TriangleOptions, options?: TriangleOptions): Tensor {
  return triangle("triu", input, [diagonal, options]);
}
/** In place: `tril`. */
export function tril_(input: Tensor, diagonal?: number | TriangleOptions): Tensor {
  return inPlace("tril_", input, () => triangle("tril", input, [diagonal]));
}
/** In place: `triu`. */
export function triu_(input: Tensor, diagonal?: number | TriangleOptions): Tensor {
  return inPlace("triu_", input, () => triangle("triu", input, [diagonal]));
}

function indices(op: string, args: unknown[], isIn: (step: number) => boolean): Tensor {
  const [row, col, offset = 0, dtype, device] = positional(
    op,
    ["row", "col", "offset", "dtype", "device"],
    args,
  );
  if (device !== undefined && device !== null) toDevice(device);
  checkInteger(op, "row", row);
  checkInteger(op, "col", col);
  checkInteger(op, "offset", offset);
  if (row < 0 || col < 0) throw new ShapeError(`${op}: row and col must be non-negative, got ${row}, ${col}`);
  const type: DType = dtype === undefined ? int64 : toDType(dtype);
  if (type !== int64 && type.name !== "int32") throw new DtypeError(`${op}: not implemented for ${type}`);
  const rows: number[] = [],
    cols: number[] = [];
  for (let i = 0; i < row; i++)
    for (let j = 0; j < col; j++)
      if (isIn(j - i - offset)) {
        rows.push(i);
        cols.push(j);
      }
  return tensor(Float64Array.from([...rows, ...cols]), { dtype: type }).reshape(2, rows.length);
}

/** Row and column numbers of the elements on and below a diagonal, row by row: shape [2, count]. */
export function trilIndices(
  row: number,
  col: number,
  offset?: number | IndicesOptions,
  options?: IndicesOptions,
): Tensor {
  return indices("trilIndices", [row, col, offset, options], (step) => step <= 0);
}
/** Row and column numbers of the elements on and above a diagonal, row by row: shape [2, count]. */
export function triuIndices(
  row: number,
  col: number,
  offset?: number | IndicesOptions,
  options?: IndicesOptions,
): Tensor {
  return indices("triuIndices", [row, col, offset, options], (step) => step >= 0);
}
