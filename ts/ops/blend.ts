// Combinations of three tensors.
import { type OpRecord, record, tracks } from "../autograd/record.ts";
import { untaped } from "../autograd/untaped.ts";
import { bool, COMPUTE, type DType } from "../core/dtype.ts";
import { DtypeError } from "../core/errors.ts";
import { positional } from "../core/options.ts";
import { broadcastShapes, broadcastStrides, type Shape, sameShape } from "../core/shape.ts";
import { kernels } from "../memory/wasm.ts";
import { cast, packed } from "../tensor/raw.ts";
import { addressOf, empty, isTensor, Tensor, written } from "../tensor/tensor.ts";
import { overUnits } from "../threads/pool.ts";
import type { OutOptions } from "./binary.ts";
import { checkOperand, checkTensor } from "./dispatch.ts";
import { into } from "./out.ts";
import { type Operand, resultType } from "./promote.ts";

export interface ValueOptions extends OutOptions {
  /** Factor of the product or quotient; default 1. */
  value?: number;
}
interface Three {
  tensor1: Tensor;
  tensor2: Tensor;
  value: number;
}

/** Row-major, cast and broadcast: what the kernels of three inputs take. */
function laidOut(x: Tensor, shape: Shape, dtype: DType): Tensor {
  const source = cast(x, dtype);
  if (sameShape(source.shape, shape)) return packed(source);
  return packed(
    new Tensor(
      source.storage,
      dtype,
      shape,
      broadcastStrides(shape, source.shape, source.strides),
      source.offset,
    ),
  );
}

function combined(
  op: OpRecord<Three>,
  input: Tensor,
  tensor1: Tensor,
  tensor2: Tensor,
  value: number,
): Tensor {
  const name = op.name as "addcmul" | "addcdiv";
  for (const x of [input, tensor1, tensor2]) checkTensor(name, x);
  const dtype = resultType(input, tensor1, tensor2);
  if (dtype === bool) throw new DtypeError(`${name}: not implemented for ${bool}`);
  if (name === "addcdiv" && !resultType(tensor1, tensor2).isFloatingPoint)
    throw new DtypeError(
      "addcdiv: integer division with addcdiv is not supported; use addcmul or convert to floats",
    );
  const shape = broadcastShapes(name, input.shape, tensor1.shape, tensor2.shape);
  let out: Tensor;
  if (dtype.domain === "i64") {
    const product = untaped(() => tensor1.to(dtype).mul(Math.trunc(value)).mul(tensor2.to(dtype)));
    out = untaped(() => input.to(dtype).add(product).to(dtype));
  } else {
    const compute = COMPUTE[dtype.domain];
    const [a, b, c] = [input, tensor1, tensor2].map((x) => laidOut(x, shape, compute)) as [
      Tensor,
      Tensor,
      Tensor,
    ];
    const result = empty(shape, compute);
    overUnits(kernels[`${name}_${dtype.domain}`], result.numel(), 1, [a, b, c, result].map(addressOf), [
      value,
    ]);
    out = cast(written(result), dtype);
  }
  return tracks(input, tensor1, tensor2)
    ? record(op, [input, tensor1, tensor2], out, { tensor1, tensor2, value })
    : out;
}

const ADDCMUL: OpRecord<Three> = {
  name: "addcmul",
  vjp: {
    input: (g) => g,
    tensor1: (g, { tensor2, value }) => g.mul(tensor2.mul(value)),
    tensor2: (g, { tensor1, value }) => g.mul(tensor1.mul(value)),
  },
};
/** input + value * tensor1 * tensor2. */
export function addcmul(input: Tensor, tensor1: Tensor, tensor2: Tensor, options?: ValueOptions): Tensor {
  const [value = 1, out] = positional<[number?, Tensor?]>("addcmul", ["value", "out"], [options]);
  return into("addcmul", { out }, combined(ADDCMUL, input, tensor1, tensor2, value));
}

const ADDCDIV: OpRecord<Three> = {
  name: "addcdiv",
  vjp: {
    input: (g) => g,
    tensor1: (g, { tensor2, value }) => g.mul(tensor2.reciprocal().mul(value)),
    tensor2: (g, { tensor1, tensor2, value }) => g.neg().mul(tensor1.mul(value).div(tensor2.mul(tensor2))),
  },
};
/** input + value * tensor1 / tensor2. @throws DtypeError for integers. */
export function addcdiv(input: Tensor, tensor1: Tensor, tensor2: Tensor, options?: ValueOptions): Tensor {
  const [value = 1, out] = positional<[number?, Tensor?]>("addcdiv", ["value", "out"], [options]);
  return into("addcdiv", { out }, combined(ADDCDIV, input, tensor1, tensor2, value));
}

interface Way {
  input: Tensor;
  end: Tensor;
  weight: Operand;
}
const LERP: OpRecord<Way> = {
  name: "lerp",
  vjp: {
    input: (g, { weight }) => (isTensor(weight) ? g.mul(weight.neg().add(1)) : g.mul(1 - Number(weight))),
    end: (g, { weight }) => g.mul(weight),
    weight: (g, { input, end }) => g.mul(end.sub(input)),
  },
};
const LERP_TENSOR = { ...LERP, node: "LerpBackward1" };
/** input + weight * (end - input); `weight` is a number or a tensor. @throws DtypeError unless all have one float dtype. */
export function lerp(input: Tensor, end: Tensor, weight: Operand, options?: OutOptions): Tensor {
  checkTensor("lerp", input);
  checkTensor("lerp", end);
  checkOperand("lerp", weight);
  const { dtype } = input;
  if (!dtype.isFloatingPoint) throw new DtypeError(`lerp: not implemented for ${dtype}`);
  for (const x of [end, weight])
    if (isTensor(x) && x.dtype !== dtype)
      throw new DtypeError(`lerp: expected ${dtype} for end and weight, got ${x.dtype}`);
  const out = isTensor(weight)
    ? untaped(() => byTensor(input, end, weight))
    : byNumber(input, end, Number(weight));
  if (!tracks(input, end, weight)) return into("lerp", options, out);
  const saved = { input, end, weight };
  return into(
    "lerp",
    options,
    isTensor(weight)
      ? record(LERP_TENSOR, [input, end, weight], out, saved)
      : record(LERP, [input, end], out, saved),
  );
}

function byNumber(input: Tensor, end: Tensor, weight: number): Tensor {
  const shape = broadcastShapes("lerp", input.shape, end.shape),
    compute = COMPUTE[input.dtype.domain];
  const a = laidOut(input, shape, compute),
    b = laidOut(end, shape, compute),
    out = empty(shape, compute);
  overUnits(
    kernels[compute.domain === "f32" ? "lerp_f32" : "lerp_f64"],
    out.numel(),
    1,
    [a, b, out].map(addressOf),
    [weight],
  );
  return cast(written(out), input.dtype);
}

/** From the nearer end, as the kernel does. */
function byTensor(input: Tensor, end: Tensor, weight: Tensor): Tensor {
  const way = end.sub(input);
  return input.add(way.mul(weight)).where(weight.abs().lt(0.5), end.sub(way.mul(weight.neg().add(1))));
}
