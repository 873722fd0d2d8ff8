// A product of matrices added to a tensor: beta * input + alpha * product.

import { type OpRecord, record, tracks } from "../autograd/record.ts";
import { untaped } from "../autograd/untaped.ts";
import { bool } from "../core/dtype.ts";
import { ShapeError, ValueError } from "../core/errors.ts";
import { positional } from "../core/options.ts";
import { broadcastShapes, type Shape, sameShape, shapeText } from "../core/shape.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { checkTensor } from "./dispatch.ts";
import { outer } from "./matmul.ts";
import { asColumn, checkInner, checkRank, checkSameDtype, product, shaped, turned } from "./matmulkernel.ts";
import { into } from "./out.ts";
import { resultType } from "./promote.ts";

export interface AddProductOptions {
  /** Factor of `input`; default 1. At 0 the input is not read. */
  beta?: number;
  /** Factor of the product; default 1. */
  alpha?: number;
  out?: Tensor;
}

interface Saved {
  beta: number;
  alpha: number;
  first: Tensor;
  second: Tensor;
}
const times = (x: Tensor, factor: number): Tensor => (factor === 1 ? x : x.mul(factor));
const input = (g: Tensor, { beta }: Saved): Tensor => times(g, beta);

const ADDMM: OpRecord<Saved> = {
  name: "addmm",
  vjp: {
    input,
    mat1: (g, { alpha, second }) => times(g.matmul(turned(second)), alpha),
    mat2: (g, { alpha, first }) => times(turned(first).matmul(g), alpha),
  },
};
const BADDBMM: OpRecord<Saved> = { ...ADDMM, name: "baddbmm" };
const ADDMV: OpRecord<Saved> = {
  name: "addmv",
  vjp: {
    input,
    mat: (g, { alpha, second }) => times(outer(g, second), alpha),
    vec: (g, { alpha, first }) => times(turned(first).matmul(g), alpha),
  },
};
const ADDBMM: OpRecord<Saved> = {
  name: "addbmm",
  vjp: {
    input,
    batch1: (g, { alpha, second }) => times(g.matmul(turned(second)), alpha),
    batch2: (g, { alpha, first }) => times(turned(first).matmul(g), alpha),
  },
};

const ADDR: OpRecord<Saved> = {
  name: "addr",
  vjp: {
    input,
    vec1: (g, { alpha, second }) => times(g.mv(second), alpha),
    vec2: (g, { alpha, first }) => times(turned(g).mv(first), alpha),
  },
};

/** The factor that an integer dtype makes of a number. */
function integerOf(name: string, factor: number): number {
  if (!Number.isFinite(factor) || (name === "addr" && factor % 1 !== 0))
    throw new ValueError(`${name}: among integers there is no factor ${factor}`);
  return Math.trunc(factor);
}

/** Runs one of the family; `multiply` gives the product, plus a bias where it gets one. */
function added(
  op: OpRecord<Saved>,
  x: Tensor,
  first: Tensor,
  second: Tensor,
  shape: Shape,
  multiply: (bias: Tensor | null) => Tensor,
  options: AddProductOptions | undefined,
): Tensor {
  const { name } = op;
  const [givenBeta = 1, givenAlpha = 1, out] = positional<[number?, number?, Tensor?]>(
    name,
    ["beta", "alpha", "out"],
    [options],
  );
  const dtype = checkSameDtype(name, x, first, second);
  const [beta, alpha] = dtype.isFloatingPoint
    ? [givenBeta, givenAlpha]
    : [integerOf(name, givenBeta), integerOf(name, givenAlpha)];
  if (!sameShape(broadcastShapes(name, x.shape, shape), shape))
    throw new ShapeError(
      `${name}: input of shape ${shapeText(x.shape)} does not broadcast to the product's shape ${shapeText(shape)}`,
    );
  const result = untaped(() => {
    if (beta === 1 && alpha === 1 && sameShape(x.shape, shape.slice(-1)) && shape.length > 1)
      return multiply(x);
    const scaled = times(multiply(null), alpha);
    return beta === 0 ? scaled : scaled.add(times(x, beta));
  });
  return into(
    name,
    { out },
    tracks(x, first, second)
      ? record(op, [x, first, second], result, { beta, alpha, first, second })
      : result,
  );
}

/** beta * input + alpha * (mat1 @ mat2); the input broadcasts. @throws ShapeError unless the matrices fit. */
export function addmm(input: Tensor, mat1: Tensor, mat2: Tensor, options?: AddProductOptions): Tensor {
  checkRank("addmm", mat1, 2);
  checkRank("addmm", mat2, 2);
  checkInner("addmm", mat1.shape, mat2.shape);
  return added(
    ADDMM,
    input,
    mat1,
    mat2,
    [mat1.shape[0]!, mat2.shape[1]!],
    (bias) => product("addmm", mat1, mat2, bias),
    options,
  );
}

/** beta * input + alpha * (mat @ vec); the input broadcasts. @throws ShapeError unless matrix and vector fit. */
export function addmv(input: Tensor, mat: Tensor, vec: Tensor, options?: AddProductOptions): Tensor {
  checkRank("addmv", mat, 2);
  checkRank("addmv", vec, 1);
  checkInner("addmv", mat.shape, vec.shape);
  const shape = [mat.shape[0]!];
  return added(
    ADDMV,
    input,
    mat,
    vec,
    shape,
    () => shaped(product("addmv", mat, asColumn(vec)), shape),
    options,
  );
}

/** beta * input + alpha * the outer product of two vectors; the input broadcasts. @throws ShapeError unless both are vectors. */
export function addr(input: Tensor, vec1: Tensor, vec2: Tensor, options?: AddProductOptions): Tensor {
  checkRank("addr", vec1, 1);
  checkRank("addr", vec2, 1);
  checkTensor("addr", input);
  const dtype = resultType(input, vec1, vec2);
  if (dtype === bool) {
    const [beta = 1, alpha = 1, out] = positional("addr", ["beta", "alpha", "out"], [options]);
    return into("addr", { out }, outer(vec1, vec2).mul(!!alpha).logicalOr(input.mul(!!beta)));
  }
  const [x, a, b] = [input.to(dtype), vec1.to(dtype), vec2.to(dtype)] as const;
  const multiply = (bias: Tensor | null) => (bias === null ? outer(a, b) : outer(a, b).add(bias));
  return added(ADDR, x, a, b, [a.shape[0]!, b.shape[0]!], multiply, options);
}

/** beta * input + alpha * (batch1 @ batch2), batch by batch; the input broadcasts. @throws ShapeError unless the batches fit. */
export function baddbmm(input: Tensor, batch1: Tensor, batch2: Tensor, options?: AddProductOptions): Tensor {
  checkBatches("baddbmm", batch1, batch2);
  const shape = [batch1.shape[0]!, batch1.shape[1]!, batch2.shape[2]!];
  return added(
    BADDBMM,
    input,
    batch1,
    batch2,
    shape,
    (bias) => product("baddbmm", batch1, batch2, bias),
    options,
  );
}

/** beta * input + alpha * (the sum of batch1 @ batch2 over the batches); the input broadcasts. @throws ShapeError unless the batches fit. */
export function addbmm(input: Tensor, batch1: Tensor, batch2: Tensor, options?: AddProductOptions): Tensor {
  checkBatches("addbmm", batch1, batch2);
  const shape = [batch1.shape[1]!, batch2.shape[2]!];
  const multiply = (bias: Tensor | null) => {
    const total = product("addbmm", batch1, batch2).sum(0, { dtype: batch1.dtype });
    return bias === null ? total : total.add(bias);
  };
  return added(ADDBMM, input, batch1, batch2, shape, multiply, options);
}

function checkBatches(op: string, batch1: Tensor, batch2: Tensor): void {
  checkRank(op, batch1, 3);
  checkRank(op, batch2, 3);
  if (batch1.shape[0] !== batch2.shape[0])
    throw new ShapeError(
      `${op}: the batches differ: ${shapeText(batch1.shape)} and ${shapeText(batch2.shape)} (dimension 0: ${batch1.shape[0]} against ${batch2.shape[0]})`,
    );
  checkInner(op, batch1.shape, batch2.shape);
}
