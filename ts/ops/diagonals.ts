// Diagonals as matrices and back, and copies with one part replaced.
import { type OpRecord, record, tracks } from "../autograd/record.ts";
import { ShapeError, ValueError } from "../core/errors.ts";
import { positional } from "../core/options.ts";
import { type Shape, sameShape, shapeText, wrapDim } from "../core/shape.ts";
import { copyInto, packedCopy } from "../tensor/raw.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { checkInteger, checkNumeric } from "./arguments.ts";
import { filled } from "./creation.ts";
import { checkTensor } from "./dispatch.ts";
import { fill_ } from "./fill.ts";
import { into } from "./out.ts";
import type { Operand } from "./promote.ts";
import { diagonal, select, slice } from "./slices.ts";
import { asStrided } from "./views.ts";

interface Replaced {
  part: (x: Tensor) => Tensor;
  shape: Shape;
}
const replacing = (name: string): OpRecord<Replaced> => {
  const op: OpRecord<Replaced> = {
    name,
    vjp: {
      input: (g, { part, shape }) => replaced(op, g, g.newZeros(shape), part),
      src: (g, { part }) => part(g),
    },
  };
  return op;
};

/** A copy of `input` in which a part, given as a view, holds the elements of `src`. */
function replaced(op: OpRecord<Replaced>, input: Tensor, src: Tensor, part: (x: Tensor) => Tensor): Tensor {
  checkTensor(op.name, input);
  checkTensor(op.name, src);
  const out = packedCopy(input),
    place = part(out);
  if (!sameShape(place.shape, src.shape))
    throw new ShapeError(
      `${op.name}: expected src to have the shape of the part it replaces, ${shapeText(place.shape)}, got ${shapeText(src.shape)}`,
    );
  copyInto(place, src);
  return tracks(input, src) ? record(op, [input, src], out, { part, shape: src.shape }) : out;
}

const DIAGONAL_SCATTER = replacing("diagonalScatter");
/** A copy of the input with a diagonal replaced by `src`. */
export function diagonalScatter(
  input: Tensor,
  src: Tensor | object,
  offset?: number | object,
  dim1?: number | object,
  dim2?: number | object,
  options?: object,
): Tensor {
  const [values, by = 0, a = 0, b = 1] = positional(
    "diagonalScatter",
    ["src", "offset", "dim1", "dim2"],
    [src, offset, dim1, dim2, options],
  );
  return replaced(DIAGONAL_SCATTER, input, values, (x) => diagonal(x, by, a, b));
}

const SELECT_SCATTER = replacing("selectScatter");
/** A copy of the input with one index of a dimension replaced by `src`. */
export function selectScatter(
  input: Tensor,
  src: Tensor | object,
  dim?: number | object,
  index?: number | object,
  options?: object,
): Tensor {
  const [values, d, i] = positional("selectScatter", ["src", "dim", "index"], [src, dim, index, options]);
  return replaced(SELECT_SCATTER, input, values, (x) => select(x, d, i));
}

const SLICE_SCATTER = replacing("sliceScatter");
/** A copy of the input with a slice of a dimension replaced by `src`. */
export function sliceScatter(
  input: Tensor,
  src: Tensor | object,
  dim?: number | object,
  start?: number | null | object,
  end?: number | null | object,
  step?: number | object,
  options?: object,
): Tensor {
  const [values, d = 0, from = null, to = null, by = 1] = positional(
    "sliceScatter",
    ["src", "dim", "start", "end", "step"],
    [src, dim, start, end, step, options],
  );
  return replaced(SLICE_SCATTER, input, values, (x) => slice(x, d, from, to, by));
}

const DIAG: OpRecord<{ diagonal: number; shape: Shape }> = {
  name: "diag",
  vjp: (g, { diagonal: by, shape }) =>
    shape.length === 1 ? diagonal(g, by) : diagonalScatter(g.newZeros(shape), g, by),
};
/** The diagonal of a matrix, as a copy, or the matrix with a vector on its diagonal. @throws ShapeError for another number of dimensions. */
export function diag(input: Tensor, diagonal_?: number | object, options?: object): Tensor {
  checkTensor("diag", input);
  const [by = 0, out] = positional("diag", ["diagonal", "out"], [diagonal_, options]);
  checkInteger("diag", "diagonal", by);
  if (input.ndim !== 1 && input.ndim !== 2)
    throw new ShapeError(`diag: input must be 1-d or 2-d, got shape ${shapeText(input.shape)}`);
  const result = input.ndim === 1 ? embedded(input, by, 0, 1) : packedCopy(diagonal(input, by));
  if (tracks(input)) record(DIAG, [input], result, { diagonal: by, shape: input.shape });
  return out === undefined ? result : into("diag", { out }, result);
}

function embedded(input: Tensor, by: number, a: number, b: number): Tensor {
  const shape = input.shape.slice(0, -1),
    size = input.shape[input.ndim - 1]! + Math.abs(by);
  shape.splice(Math.min(a, b), 0, size);
  shape.splice(Math.max(a, b), 0, size);
  const out = filled(shape, 0, input.dtype);
  copyInto(diagonal(out, by, a, b), input);
  return out;
}

const DIAG_EMBED: OpRecord<{ by: number; a: number; b: number }> = {
  name: "diagEmbed",
  vjp: (g, { by, a, b }) => diagonal(g, by, a, b),
};
/** Matrices, in dimensions `dim1` and `dim2` of the result (by default the last two), with the last dimension of the input on a diagonal. */
export function diagEmbed(
  input: Tensor,
  offset?: number | object,
  dim1?: number | object,
  dim2?: number | object,
  options?: object,
): Tensor {
  checkTensor("diagEmbed", input);
  const [by = 0, first = -2, second = -1] = positional(
    "diagEmbed",
    ["offset", "dim1", "dim2"],
    [offset, dim1, dim2, options],
  );
  checkInteger("diagEmbed", "offset", by);
  const a = wrapDim("diagEmbed", first, input.ndim + 1),
    b = wrapDim("diagEmbed", second, input.ndim + 1);
  if (a === b) throw new ValueError(`diagEmbed: dimensions cannot be identical, got ${first} and ${second}`);
  if (input.ndim === 0) throw new ShapeError("diagEmbed: expects at least a 1-dimensional tensor");
  const out = embedded(input, by, a, b);
  return tracks(input) ? record(DIAG_EMBED, [input], out, { by, a, b }) : out;
}
/** The matrix with the flattened input on its diagonal. */
export function diagflat(input: Tensor, offset?: number | { offset?: number }): Tensor {
  checkTensor("diagflat", input);
  const [by = 0] = positional<[number?]>("diagflat", ["offset"], [offset]);
  return diag(input.reshape([-1]), by);
}

const TRACE: OpRecord<{ shape: Shape }> = {
  name: "trace",
  vjp: (g, { shape }) => diagonalScatter(g.newZeros(shape), g.expand([Math.min(...shape)])),
};
/** The sum of a matrix's diagonal. @throws ShapeError for anything but a matrix. */
export function trace(input: Tensor): Tensor {
  checkNumeric("trace", input);
  if (input.ndim !== 2) throw new ShapeError(`trace: expected a matrix, got shape ${shapeText(input.shape)}`);
  const out = diagonal(input.detach()).sum();
  return tracks(input) ? record(TRACE, [input], out, { shape: input.shape }) : out;
}

/** In place: the main diagonal, where all indices are equal, becomes the value; with `wrap`, a tall matrix starts a new one below. */
export function fillDiagonal_(
  input: Tensor,
  fillValue: Operand | object,
  wrap?: boolean | object,
  options?: object,
): Tensor {
  checkTensor("fillDiagonal_", input);
  const [value, again = false] = positional(
    "fillDiagonal_",
    ["fillValue", "wrap"],
    [fillValue, wrap, options],
  );
  const { shape, strides, ndim } = input;
  if (ndim < 2) throw new ShapeError("fillDiagonal_: dimensions must larger than 1");
  if (ndim > 2 && shape.some((size) => size !== shape[0]))
    throw new ShapeError(
      `fillDiagonal_: all dimensions of input must be of equal length, got ${shapeText(shape)}`,
    );
  const size = Math.min(...shape),
    step = strides.reduce((sum, s) => sum + s, 0);
  fill_(asStrided(input, [size], [step], input.offset), value);
  if (again && ndim === 2 && shape[0]! > shape[1]! + 1) {
    const count = Math.floor((input.numel() + size) / (size + 1)) - size;
    fill_(asStrided(input, [count], [step], input.offset + strides[0]! * (size + 1)), value);
  }
  return input;
}
