// Functions only: lists of tensors joined, spread over grids, or combined.
import { type FusedRecord, recordAll, tracksAny } from "../autograd/record.ts";
import { int64, promoteTypes } from "../core/dtype.ts";
import { ShapeError, ValueError } from "../core/errors.ts";
import { positional } from "../core/options.ts";
import { broadcastShapes as common, type Shape, shapeText, toShape } from "../core/shape.ts";
import { copyInto } from "../tensor/raw.ts";
import { isTensor, Tensor } from "../tensor/tensor.ts";
import { checkInteger, tensorList } from "./arguments.ts";
import { filled, tensor } from "./creation.ts";
import { unsqueeze } from "./dims.ts";
import { checkTensor } from "./dispatch.ts";
import { cat, stack } from "./join.ts";
import { into } from "./out.ts";
import { expand, reshape } from "./views.ts";

type Tensors = Tensor[] | [readonly Tensor[]];

function raised(x: Tensor, rank: 1 | 2 | 3): Tensor {
  if (x.ndim >= rank) return x;
  if (x.ndim === 0) return reshape(x, new Array(rank).fill(1));
  const row = x.ndim === 1 ? unsqueeze(x, 0) : x;
  return rank === 3 ? unsqueeze(row, -1) : row;
}

function atleast(op: string, rank: 1 | 2 | 3, tensors: readonly unknown[]): any {
  const [list] = tensorList(op, tensors);
  const all = list.map((x) => raised(x, rank));
  return tensors.length === 1 && isTensor(tensors[0]) ? all[0] : all;
}

/** What takes one tensor and gives one, or several and gives a list. */
interface OneOrMore {
  (input: Tensor): Tensor;
  (...tensors: Tensors): Tensor[];
}
/** A view with at least one dimension. */
export const atleast1d: OneOrMore = (...tensors: unknown[]) => atleast("atleast1d", 1, tensors);
/** A view with at least two dimensions; a vector becomes a row. */
export const atleast2d: OneOrMore = (...tensors: unknown[]) => atleast("atleast2d", 2, tensors);
/** A view with at least three dimensions; a vector [n] becomes [1, n, 1], a matrix [m, n] becomes [m, n, 1]. */
export const atleast3d: OneOrMore = (...tensors: unknown[]) => atleast("atleast3d", 3, tensors);

interface Out {
  out?: Tensor;
}
function joined(
  op: string,
  tensors: readonly Tensor[],
  dim: (all: readonly Tensor[]) => number,
  lift: (x: Tensor) => Tensor,
  options: Out | undefined,
): Tensor {
  const [list] = tensorList(op, [tensors]);
  if (list.length === 0) throw new ShapeError(`${op}: expects a non-empty list of tensors`);
  const all = list.map(lift);
  return into(op, options, cat(all, dim(all)));
}
/** Tensors side by side: along the second dimension, vectors along their only one. */
export function hstack(tensors: readonly Tensor[], options?: Out): Tensor {
  return joined(
    "hstack",
    tensors,
    (all) => (all[0]!.ndim === 1 ? 0 : 1),
    (x) => raised(x, 1),
    options,
  );
}
/** Tensors one below the other; vectors become rows. */
export function vstack(tensors: readonly Tensor[], options?: Out): Tensor {
  return joined(
    "vstack",
    tensors,
    () => 0,
    (x) => raised(x, 2),
    options,
  );
}
/** Another name of `vstack`. */
export function rowStack(tensors: readonly Tensor[], options?: Out): Tensor {
  return joined(
    "rowStack",
    tensors,
    () => 0,
    (x) => raised(x, 2),
    options,
  );
}
/** Tensors behind each other, along the third dimension. */
export function dstack(tensors: readonly Tensor[], options?: Out): Tensor {
  return joined(
    "dstack",
    tensors,
    () => 2,
    (x) => raised(x, 3),
    options,
  );
}
/** Tensors side by side; vectors become columns. */
export function columnStack(tensors: readonly Tensor[], options?: Out): Tensor {
  const column = (x: Tensor) => (x.ndim < 2 ? reshape(x, [x.numel(), 1]) : x);
  return joined("columnStack", tensors, () => 1, column, options);
}

const BLOCK_DIAG: FusedRecord<{ shapes: readonly Shape[] }> = {
  name: "blockDiag",
  inputs: ["...tensors"],
  backward: ([g], { shapes }) => {
    let row = 0,
      column = 0;
    return shapes.map((shape) => {
      const [rows, columns] = blockOf(shape);
      const part = g!.narrow(0, row, rows).narrow(1, column, columns).reshape(shape);
      row += rows;
      column += columns;
      return part;
    });
  },
};
const blockOf = (shape: Shape): [rows: number, columns: number] => [
  shape.length === 2 ? shape[0]! : 1,
  shape[shape.length - 1] ?? 1,
];
/** A matrix with the given ones along its diagonal; vectors and 0-d tensors are rows. @throws ShapeError for more than two dimensions. */
export function blockDiag(...tensors: Tensors): Tensor {
  const [list] = tensorList("blockDiag", tensors);
  for (const x of list)
    if (x.ndim > 2)
      throw new ShapeError(
        `blockDiag: input tensors must have 2 or fewer dimensions, got shape ${shapeText(x.shape)}`,
      );
  if (list.length === 0) return tensor([[]]);
  const blocks = list.map((x) => blockOf(x.shape));
  const total = blocks.reduce(([m, n], [rows, columns]) => [m + rows, n + columns], [0, 0]);
  const out = filled(
    total,
    0,
    list.reduce((dtype, x) => promoteTypes(dtype, x.dtype), list[0]!.dtype),
  );
  let at = 0;
  list.forEach((x, i) => {
    const [rows, columns] = blocks[i]!;
    const strides = x.ndim === 2 ? x.strides : [0, x.strides[0] ?? 0];
    const block = new Tensor(x.storage, x.dtype, [rows, columns], strides, x.offset);
    copyInto(new Tensor(out.storage, out.dtype, [rows, columns], out.strides, at), block);
    at += rows * total[1]! + columns;
  });
  if (tracksAny(list)) recordAll(BLOCK_DIAG, list, [out], { shapes: list.map((x) => x.shape) });
  return out;
}

export interface MeshgridOptions {
  /** "ij" (default): the first tensor runs along the first dimension; "xy": along the second. */
  indexing?: "ij" | "xy";
}
/** The coordinates of a grid: views of the 1-d inputs, each spread over all of it. @throws ShapeError for more than one dimension. */
export function meshgrid(
  ...tensors: [...Tensor[], MeshgridOptions] | [readonly Tensor[], MeshgridOptions?] | Tensor[]
): Tensor[] {
  const [list, options] = tensorList("meshgrid", tensors);
  const [indexing = "ij"] = positional("meshgrid", ["indexing"], [options]);
  if (indexing !== "ij" && indexing !== "xy")
    throw new ValueError(`meshgrid: indexing must be one of "xy" or "ij", got "${String(indexing)}"`);
  if (list.length === 0) throw new ShapeError("meshgrid: expects a non-empty list of tensors");
  for (const x of list) {
    if (x.ndim > 1)
      throw new ShapeError(`meshgrid: expected 0-d or 1-d tensors, got shape ${shapeText(x.shape)}`);
    if (x.dtype !== list[0]!.dtype)
      throw new ValueError(
        `meshgrid: expects all tensors to have the same dtype, got ${list[0]!.dtype} and ${x.dtype}`,
      );
  }
  const swapped = indexing === "xy" && list.length >= 2;
  const order = list.map((_, k) => (swapped && k < 2 ? 1 - k : k));
  const shape = order.map((k) => list[k]!.numel());
  return list.map((x, k) =>
    expand(
      reshape(
        x,
        shape.map((_, d) => (order[d] === k ? -1 : 1)),
      ),
      shape,
    ),
  );
}

/** All tuples of one element of each vector, as rows in order; a single vector as it is. */
export function cartesianProd(...tensors: Tensors): Tensor {
  const [list] = tensorList("cartesianProd", tensors);
  for (const x of list)
    if (x.ndim !== 1)
      throw new ShapeError(`cartesianProd: expects 1-d tensors, got shape ${shapeText(x.shape)}`);
  if (list.length === 1) return list[0]!;
  return stack(
    meshgrid(list).map((x) => x.flatten()),
    1,
  );
}

/** All choices of `r` elements (default 2) of a vector in order, as rows; with replacement an element may come again. */
export function combinations(
  input: Tensor,
  r?: number | object,
  withReplacement?: boolean | object,
  options?: object,
): Tensor {
  checkTensor("combinations", input);
  const [count = 2, again = false] = positional(
    "combinations",
    ["r", "withReplacement"],
    [r, withReplacement, options],
  );
  checkInteger("combinations", "r", count);
  if (input.ndim !== 1)
    throw new ShapeError(`combinations: expects a 1-d tensor, got shape ${shapeText(input.shape)}`);
  if (count < 0) throw new ValueError(`combinations: expects a non-negative number, got ${count}`);
  if (count === 0) return input.newEmpty([0]);
  const columns: number[][] = Array.from({ length: count }, () => []);
  const chosen: number[] = [];
  const choose = (first: number): void => {
    if (chosen.length === count) {
      columns.forEach((column, k) => column.push(chosen[k]!));
      return;
    }
    for (let i = first; i < input.numel(); i++) {
      chosen.push(i);
      choose(again ? i : i + 1);
      chosen.pop();
    }
  };
  choose(0);
  return stack(
    columns.map((column) => input.indexSelect(0, tensor(Float64Array.from(column), { dtype: int64 }))),
    1,
  );
}

/** The shape to which tensors of the given shapes broadcast. @throws ShapeError where they do not. */
export function broadcastShapes(...shapes: (number | Shape)[]): number[] {
  return common("broadcastShapes", ...shapes.map((s) => toShape("broadcastShapes", [s])));
}
