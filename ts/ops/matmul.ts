import { type OpRecord, record, tracks } from "../autograd/record.ts";
import { float32 } from "../core/dtype.ts";
import { ShapeError } from "../core/errors.ts";
import { shapeText } from "../core/shape.ts";
import { copyInto } from "../tensor/raw.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { OutOptions } from "./binary.ts";
import { checkTensor } from "./dispatch.ts";
import {
  asColumn,
  asRow,
  asRows,
  checkInner,
  checkRank,
  checkSameDtype,
  product,
  shaped,
  turned,
} from "./matmulkernel.ts";
import { begin } from "./offloads.ts";
import { into } from "./out.ts";

interface Factors {
  input: Tensor;
  other: Tensor;
}

const MM: OpRecord<Factors> = {
  name: "mm",
  vjp: { input: (g, { other }) => mm(g, turned(other)), mat2: (g, { input }) => mm(turned(input), g) },
};
/** Product of two matrices, [n, m] @ [m, p]. @throws ShapeError unless both are matrices that fit. */
export function mm(input: Tensor, mat2: Tensor, options?: OutOptions): Tensor {
  checkRank("mm", input, 2);
  checkRank("mm", mat2, 2);
  return into("mm", options, matrices("mm", input, mat2));
}

function matrices(op: string, input: Tensor, other: Tensor): Tensor {
  checkSameDtype(op, input, other);
  checkInner(op, input.shape, other.shape);
  const out = product(op, input, other);
  return tracks(input, other) ? record(MM, [input, other], out, { input, other }) : out;
}

const BMM: OpRecord<Factors> = {
  name: "bmm",
  vjp: { input: (g, { other }) => bmm(g, turned(other)), mat2: (g, { input }) => bmm(turned(input), g) },
};
/** Product of two batches of matrices, [b, n, m] @ [b, m, p]. @throws ShapeError unless both are batches that fit. */
export function bmm(input: Tensor, mat2: Tensor, options?: OutOptions): Tensor {
  checkRank("bmm", input, 3);
  checkRank("bmm", mat2, 3);
  checkSameDtype("bmm", input, mat2);
  if (input.shape[0] !== mat2.shape[0])
    throw new ShapeError(
      `bmm: the batches differ: ${shapeText(input.shape)} and ${shapeText(mat2.shape)} (dimension 0: ${input.shape[0]} against ${mat2.shape[0]})`,
    );
  checkInner("bmm", input.shape, mat2.shape);
  const out = product("bmm", input, mat2);
  return into(
    "bmm",
    options,
    tracks(input, mat2) ? record(BMM, [input, mat2], out, { input, other: mat2 }) : out,
  );
}

const MV: OpRecord<Factors> = {
  name: "mv",
  vjp: { input: (g, { other }) => outer(g, other), vec: (g, { input }) => mv(turned(input), g) },
};
/** Product of a matrix and a vector. @throws ShapeError unless they fit. */
export function mv(input: Tensor, vec: Tensor, options?: OutOptions): Tensor {
  checkRank("mv", input, 2);
  checkRank("mv", vec, 1);
  return into("mv", options, matrixVector("mv", input, vec));
}

function matrixVector(op: string, input: Tensor, other: Tensor): Tensor {
  checkSameDtype(op, input, other);
  checkInner(op, input.shape, other.shape);
  const out = shaped(product(op, input, asColumn(other)), [input.shape[0]!]);
  return tracks(input, other) ? record(MV, [input, other], out, { input, other }) : out;
}

const DOT: OpRecord<Factors> = {
  name: "dot",
  vjp: { input: (g, { other }) => other.mul(g), other: (g, { input }) => input.mul(g) },
};
/** Sum of the products of two vectors' elements. @throws ShapeError unless both are vectors of one length. */
export function dot(input: Tensor, other: Tensor, options?: OutOptions): Tensor {
  return into("dot", options, vectors("dot", input, other));
}
/** As `dot`: the library has no complex numbers. */
export function vdot(input: Tensor, other: Tensor, options?: OutOptions): Tensor {
  return into("vdot", options, vectors("vdot", input, other));
}

function vectors(op: string, input: Tensor, other: Tensor): Tensor {
  checkRank(op, input, 1);
  checkRank(op, other, 1);
  checkSameDtype(op, input, other);
  checkInner(op, input.shape, other.shape);
  const out = shaped(product(op, asRow(input), asColumn(other)), []);
  return tracks(input, other) ? record(DOT, [input, other], out, { input, other }) : out;
}

/** The products of each element of one vector with each of another, as a matrix. @throws ShapeError unless both are vectors. */
export function outer(input: Tensor, vec2: Tensor, options?: OutOptions): Tensor {
  checkRank("outer", input, 1);
  checkRank("outer", vec2, 1);
  return into("outer", options, input.reshape([input.shape[0]!, 1]).mul(vec2));
}
/** As `outer`. */
export function ger(input: Tensor, vec2: Tensor, options?: OutOptions): Tensor {
  return outer(input, vec2, options);
}

/** Gradients of [..., m, k] @ [..., k, n]; a factor without leading dimensions gets its rows' gradients in one product. */
const MATMUL: OpRecord<Factors> = {
  name: "matmul",
  node: "UnsafeViewBackward0",
  vjp: {
    input: (g, { other }) => matmul(g, turned(other)),
    other: (g, { input, other }) =>
      other.ndim === 2 ? mm(turned(asRows(input)), asRows(g)) : matmul(turned(input), g),
  },
};

/**
 * Product of matrices [..., n, m] @ [..., m, p], the leading dimensions broadcast; a vector counts as a row on the left
 * and as a column on the right. @throws ShapeError where they do not fit, DtypeError for unequal dtypes.
 */
export function matmul(input: Tensor, other: Tensor, options?: OutOptions): Tensor {
  checkTensor("matmul", input);
  checkTensor("matmul", other);
  return into("matmul", options, anyRank(input, other));
}

function anyRank(input: Tensor, other: Tensor): Tensor {
  const a = input.ndim,
    b = other.ndim;
  if (a === 0 || b === 0)
    throw new ShapeError(
      `matmul: both arguments need at least 1 dimension, but they have shapes ${shapeText(input.shape)} and ${shapeText(other.shape)}`,
    );
  if (a === 1 && b === 1) return vectors("matmul", input, other);
  if (a === 2 && b === 1) return matrixVector("matmul", input, other);
  if (a === 2 && b === 2) return matrices("matmul", input, other);
  checkSameDtype("matmul", input, other);
  checkInner("matmul", input.shape, other.shape);
  if (a === 1) return rowTimes(input, other);
  if (b === 1) return matmul(input, other.reshape([other.shape[0]!, 1])).reshape(input.shape.slice(0, -1));
  const out = product("matmul", input, other);
  return tracks(input, other) ? record(MATMUL, [input, other], out, { input, other }) : out;
}

/**
 * `matmul` on the GPU without blocking the thread, also where `torch.webgpu` can do nothing else (a page that is not
 * cross-origin isolated). Resolves to the same result; where there is no GPU, from the kernels here.
 */
export async function matmulAsync(input: Tensor, other: Tensor): Promise<Tensor> {
  checkTensor("matmulAsync", input);
  checkTensor("matmulAsync", other);
  if (input.dtype !== float32 || input.ndim < 2 || other.ndim < 2) return matmul(input, other);
  checkSameDtype("matmulAsync", input, other);
  checkInner("matmulAsync", input.shape, other.shape);
  const begun = begin?.(input, other);
  if (!begun) return matmul(input, other);
  const { left, right, out, done } = begun;
  // On the tape at once: what is saved is what the operands are now.
  const op = out.ndim === 2 ? MM : MATMUL;
  const result = tracks(input, other) ? record(op, [input, other], out, { input, other }) : out;
  if ((await done) !== null) copyInto(out, product("matmulAsync", left, right));
  return result;
}

function rowTimes(input: Tensor, other: Tensor): Tensor {
  const row = matmul(input.reshape([1, input.shape[0]!]), other);
  return row.reshape([...other.shape.slice(0, -2), other.shape[other.ndim - 1]!]);
}
