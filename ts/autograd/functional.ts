// torch.autograd.functional: derivatives of functions of tensors.
import { AutogradError, ShapeError, ValueError } from "../core/errors.ts";
import { positional } from "../core/options.ts";
import { type Shape, sameShape, shapeText } from "../core/shape.ts";
import { copyInto } from "../tensor/raw.ts";
import { empty, isTensor, Tensor, written } from "../tensor/tensor.ts";
import { grad } from "./backward.ts";
import { enableGrad } from "./contexts.ts";
import { type FusedRecord, record, tracksAny } from "./record.ts";

type Tensors = Tensor | readonly Tensor[];
/** A function of one or several tensors. */
export type Differentiable = (...inputs: Tensor[]) => Tensors;

export interface FunctionalOptions {
  /** Keep the results on the tape, for further derivatives; default false. */
  createGraph?: boolean;
  /** Throw where an output does not depend on an input, in place of zeros; default false. */
  strict?: boolean;
}
export interface JacobianOptions extends FunctionalOptions {
  /** Accepted, and without effect: rows are computed one by one. */
  vectorize?: boolean;
  /** Only "reverse-mode". */
  strategy?: "reverse-mode";
}
export interface HessianOptions extends FunctionalOptions {
  /** Accepted, and without effect. */
  vectorize?: boolean;
  /** Only "reverse-mode". */
  outerJacobianStrategy?: "reverse-mode";
}

const STACK: FusedRecord<{ count: number }> = {
  name: "stack",
  inputs: ["...tensors"],
  backward: ([g], { count }, needs) =>
    Array.from({ length: count }, (_, i) => (g != null && needs[i] ? g.select(0, i) : null)),
};

/** Tensors of one shape as rows, reshaped. */
function rowsAs(rows: readonly Tensor[], shape: Shape, like: Tensor): Tensor {
  const out = empty([rows.length, ...like.shape], like.dtype);
  rows.forEach((row, i) => {
    copyInto(new Tensor(out.storage, out.dtype, like.shape, out.strides.slice(1), i * out.strides[0]!), row);
  });
  written(out);
  return (tracksAny(rows) ? record(STACK, rows, out, { count: rows.length }) : out).reshape(shape);
}

interface Call {
  op: string;
  createGraph: boolean;
  strict: boolean;
}

const listOf = (x: Tensors): readonly Tensor[] => (isTensor(x) ? [x] : x);
/** Several where there were several, else the one. */
const alike = <T>(given: unknown, list: T[]): T | T[] => (isTensor(given) ? list[0]! : list);

function checkAll(op: string, what: string, list: readonly unknown[]): void {
  if (!Array.isArray(list) || list.length === 0 || !list.every(isTensor))
    throw new ValueError(`${op}: the ${what} must be a tensor or a list of tensors`);
}

/** Copies of the inputs that the function may be differentiated by: still on the tape where the result shall be. */
function prepared({ op, createGraph }: Call, inputs: Tensors): Tensor[] {
  const list = listOf(inputs);
  checkAll(op, "inputs", list);
  return list.map((x) => (createGraph && x.requiresGrad ? x.view(x.shape) : x.detach().requiresGrad_()));
}

function run(op: string, func: Differentiable, inputs: readonly Tensor[]): [Tensors, readonly Tensor[]] {
  const given = func(...inputs);
  const outputs = Array.isArray(given) ? (given as Tensor[]) : [given as Tensor];
  checkAll(op, "outputs of the function", outputs);
  return [given, outputs];
}

/** `grad` that takes outputs off the tape for constants, and gives zeros (or, strictly, throws) for what does not depend. */
function gradients(
  call: Call,
  outputs: readonly Tensor[],
  inputs: readonly Tensor[],
  weights: readonly Tensor[] | null,
  createGraph: boolean,
  what = "The output of the user-provided function",
): Tensor[] {
  const taped = [...outputs.keys()].filter((i) => outputs[i]!.requiresGrad);
  const found: (Tensor | null)[] =
    taped.length === 0
      ? inputs.map(() => null)
      : grad(
          taped.map((i) => outputs[i]!),
          inputs,
          {
            gradOutputs: weights && taped.map((i) => weights[i]!),
            retainGraph: true,
            createGraph,
            allowUnused: true,
          },
        );
  return found.map((g, i) => {
    if (g !== null) return g;
    if (call.strict)
      throw new AutogradError(
        `${call.op}: ${what} is independent of input ${i}; this is not allowed in strict mode`,
      );
    return inputs[i]!.newZeros(inputs[i]!.shape);
  });
}

const finished = ({ createGraph }: Call, list: readonly Tensor[]): Tensor[] =>
  list.map((x) => (createGraph ? x : x.detach()));

/** The vector of a product, checked against what it goes with. */
function vectorFor(op: string, given: Tensors | null | undefined, like: readonly Tensor[]): Tensor[] {
  if (given === null || given === undefined) {
    if (like.length !== 1 || like[0]!.numel() !== 1)
      throw new ValueError(`${op}: the vector v can only be left out for a single element`);
    return [like[0]!.newOnes(like[0]!.shape)];
  }
  const list = listOf(given);
  checkAll(op, "vector v", list);
  if (list.length !== like.length)
    throw new ValueError(`${op}: v has ${list.length} tensors, expected ${like.length}`);
  list.forEach((v, i) => {
    if (!sameShape(v.shape, like[i]!.shape))
      throw new ShapeError(
        `${op}: v has invalid size: should be ${shapeText(like[i]!.shape)} but got ${shapeText(v.shape)}`,
      );
  });
  return [...list];
}

function checkStrategy(op: string, strategy: unknown): void {
  if (strategy !== undefined && strategy !== "reverse-mode")
    throw new ValueError(`${op}: only the strategy "reverse-mode" exists, got ${String(strategy)}`);
}

/** Jacobians: for each output and input a tensor of both their shapes, in lists where the function has several. */
export type Jacobian = Tensor | Tensor[] | Tensor[][];

/** The Jacobian of `func` at `inputs`: `[...output.shape, ...input.shape]`, nested by outputs and inputs where these are lists. */
export function jacobian(func: Differentiable, inputs: Tensors, options?: JacobianOptions): Jacobian {
  const [createGraph = false, strict = false, , strategy] = positional(
    "jacobian",
    ["createGraph", "strict", "vectorize", "strategy"],
    [options],
  );
  checkStrategy("jacobian", strategy);
  return jacobianOf({ op: "jacobian", createGraph, strict }, func, inputs);
}

function jacobianOf(call: Call, func: Differentiable, inputs: Tensors): Jacobian {
  return enableGrad(() => {
    const at = prepared(call, inputs);
    const [given, outputs] = run(call.op, func, at);
    const blocks = outputs.map((out) => {
      const rows: Tensor[][] = at.map(() => []);
      const flat = out.reshape([-1]);
      for (let j = 0; j < out.numel(); j++)
        gradients(call, [flat.select(0, j)], at, null, call.createGraph).forEach((g, k) => rows[k]!.push(g));
      const own = at.map((x, k) =>
        rows[k]!.length > 0
          ? rowsAs(rows[k]!, [...out.shape, ...x.shape], x)
          : x.newZeros([...out.shape, ...x.shape]),
      );
      return finished(call, own);
    });
    const perOutput = blocks.map((block) => alike(inputs, block));
    return (isTensor(given) ? perOutput[0]! : perOutput) as Jacobian;
  });
}

/** The Hessian of a function of one element: `[...input.shape, ...input.shape]`, nested twice by inputs where these are a list. */
export function hessian(func: Differentiable, inputs: Tensors, options?: HessianOptions): Jacobian {
  const [createGraph = false, strict = false, , strategy] = positional(
    "hessian",
    ["createGraph", "strict", "vectorize", "outerJacobianStrategy"],
    [options],
  );
  checkStrategy("hessian", strategy);
  const several = !isTensor(inputs);
  const first: Differentiable = (...at) => {
    const call = { op: "hessian", createGraph: true, strict };
    return jacobianOf(call, (...x) => single("hessian", func(...x)), several ? at : at[0]!) as Tensors;
  };
  return jacobianOf({ op: "hessian", createGraph, strict }, first, inputs);
}

/** The one element a function gives. */
function single(op: string, out: Tensors): Tensor {
  if (!isTensor(out)) throw new ValueError(`${op}: the function must return a single tensor`);
  if (out.numel() !== 1)
    throw new ValueError(
      `${op}: the tensor the function returns must have a single element, got shape ${shapeText(out.shape)}`,
    );
  return out.reshape([]);
}

type Product = [output: Tensors, product: Tensors];
type Work = (
  call: Call,
  at: Tensor[],
  given: Tensors,
  outputs: readonly Tensor[],
  v: Tensors | null | undefined,
) => Tensor[];

function product(
  op: string,
  func: Differentiable,
  inputs: Tensors,
  args: readonly unknown[],
  likeOutputs: boolean,
  work: Work,
): Product {
  const [v, createGraph = false, strict = false] = positional(op, ["v", "createGraph", "strict"], args);
  const call = { op, createGraph, strict };
  return enableGrad(() => {
    const at = prepared(call, inputs);
    const [given, outputs] = run(op, func, at);
    const result = work(call, at, given, outputs, v);
    return [
      alike(given, finished(call, outputs)),
      alike(likeOutputs ? given : inputs, finished(call, result)),
    ];
  });
}

/** The outputs, and `v` times the Jacobian: `v` has the outputs' shapes and may be left out for one element. */
export function vjp(
  func: Differentiable,
  inputs: Tensors,
  v?: Tensors | null | FunctionalOptions,
  options?: FunctionalOptions,
): Product {
  return product("vjp", func, inputs, [v, options], false, (call, at, _given, outputs, vector) =>
    gradients(call, outputs, at, vectorFor("vjp", vector, outputs), call.createGraph),
  );
}

/** The outputs, and the Jacobian times `v`, which has the inputs' shapes: the derivative of `vjp` by its vector. */
export function jvp(
  func: Differentiable,
  inputs: Tensors,
  v?: Tensors | null | FunctionalOptions,
  options?: FunctionalOptions,
): Product {
  return product("jvp", func, inputs, [v, options], true, (call, at, _given, outputs, vector) => {
    const along = vectorFor("jvp", vector, at);
    const dummies = outputs.map((x) => x.newZeros(x.shape).requiresGrad_());
    const back = gradients(call, outputs, at, dummies, true);
    return gradients(call, back, dummies, along, call.createGraph);
  });
}

/** The output (one element), and `v` times the Hessian. */
export function vhp(
  func: Differentiable,
  inputs: Tensors,
  v?: Tensors | null | FunctionalOptions,
  options?: FunctionalOptions,
): Product {
  return product("vhp", func, inputs, [v, options], false, (call, at, given, _outputs, vector) => {
    const along = vectorFor("vhp", vector, at);
    const first = gradients(call, [single("vhp", given)], at, null, true);
    return gradients(call, first, at, along, call.createGraph, "The Jacobian of the user-provided function");
  });
}

/** The output (one element), and the Hessian times `v`. */
export function hvp(
  func: Differentiable,
  inputs: Tensors,
  v?: Tensors | null | FunctionalOptions,
  options?: FunctionalOptions,
): Product {
  return product("hvp", func, inputs, [v, options], false, (call, at, given, _outputs, vector) => {
    const along = vectorFor("hvp", vector, at);
    const first = gradients(call, [single("hvp", given)], at, null, true);
    const dummies = at.map((x) => x.newZeros(x.shape).requiresGrad_());
    const back = gradients(call, first, at, dummies, true, "The Jacobian of the user-provided function");
    return gradients(call, back, dummies, along, call.createGraph);
  });
}
