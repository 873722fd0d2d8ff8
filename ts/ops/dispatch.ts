// From op records to kernels: dtype and shape rules, strided plans, and the tape.

import { checkFits, checkWritable, overwrite, snapshot } from "../autograd/inplace.ts";
import type { OpRecord } from "../autograd/record.ts";
import { record, tracks } from "../autograd/record.ts";
import {
  bool,
  COMPUTE,
  type Domain,
  type DType,
  float32,
  float64,
  getDefaultDtype,
  int64,
  promoteTypes,
  uint8,
} from "../core/dtype.ts";
import { DtypeError } from "../core/errors.ts";
import { broadcastShapes, broadcastStrides, sameShape } from "../core/shape.ts";
import type { Kernels } from "../memory/wasm.ts";
import { writeElement, writePlan, writeWords } from "../tensor/plan.ts";
import { cast, packed } from "../tensor/raw.ts";
import { addressOf, empty, emptyAs, isTensor, type Tensor, written } from "../tensor/tensor.ts";
import { GRAIN, getNumThreads, overUnits, parallel, SPLIT } from "../threads/pool.ts";
import { checkOperand, checkTensor } from "./checks.ts";
import { type Form, family, formOf } from "./forms.ts";
import { into, type OutOptions } from "./out.ts";
import { type Operand, resultType } from "./promote.ts";

export { checkOperand, checkTensor, describe } from "./checks.ts";
export { family, kernelFor } from "./forms.ts";

type Stem<Name, Suffix extends string> = Name extends `${infer S}${Suffix}` ? S : never;
type Contiguous = (x: number, out: number, begin: number, end: number) => void;
type Parameterised = (x: number, out: number, begin: number, end: number, p: number, q: number) => void;
type Rows = (a: number, b: number, out: number, n: number, sa: number, sb: number, so: number) => void;
type Planned = (a: number, b: number, out: number, plan: number, begin: number, end: number) => void;
type NamesOf<F> = {
  [K in keyof Kernels]: Kernels[K] extends F ? (F extends Kernels[K] ? K : never) : never;
}[keyof Kernels];

/** Kernels `<name>_f32(x, out, begin, end)`. */
export type UnaryKernel = Stem<NamesOf<Contiguous>, "_f32">;
/** Kernels `<name>_f32(x, out, begin, end, p, q)`. */
export type ScalarKernel = Stem<NamesOf<Parameterised>, "_f32">;
/** Kernels `<name>_f32(a, b, out, n, sa, sb, so)` with a strided twin. */
export type BinaryKernel = Stem<NamesOf<Rows>, "_f32" | "_i64" | "_b1">;

/** An elementwise function of one tensor. Integers and bools become the default float dtype where `integers` does not say otherwise. */
export interface UnaryOp extends OpRecord<{ input: Tensor; result: Tensor }> {
  form?: Form;
  readonly kernel: UnaryKernel;
  /** "keep": integers stay integers. "bool": the result is bool, whatever comes in. */
  readonly result?: "keep" | "bool";
  /** Which tensor the formula uses; that one is checked against in-place changes. Neither by default. */
  readonly saves?: "input" | "result";
}

/** Runs a unary op on `input`. @throws DtypeError where the op has no kernel for the dtype. */
export function unary(op: UnaryOp, input: Tensor, options?: OutOptions): Tensor {
  if (options !== undefined) return into(op.name, options, unary(op, input));
  const { form, dtype, kernel, source } = prepared<Contiguous>(op, input);
  const n = source.numel();
  let out = emptyAs(source, form.result === "bool" ? bool : source.dtype, n);
  if (n < SPLIT) kernel(addressOf(source), addressOf(out), 0, n);
  else parallel(kernel, n, GRAIN, [addressOf(source), addressOf(out)], [], true);
  written(out);
  if (form.result === "bool") return out;
  out = cast(out, dtype);
  if (!tracks(input)) return out;
  const { saves } = form;
  return record(
    op,
    [input],
    out,
    saves === undefined ? null : saves === "input" ? savedInput(input) : savedResult(out),
    true,
  );
}

/** The input in the type computed in, and the kernel. */
function prepared<F>(op: UnaryOp | ScalarOp, input: Tensor) {
  const form = formOf(op);
  checkTensor(form.name, input);
  const dtype = input.dtype.isFloatingPoint || form.result !== undefined ? input.dtype : getDefaultDtype();
  const kernel = form.kernel<F>(dtype);
  return { form, dtype, kernel, source: cast(packed(input), COMPUTE[dtype.domain]) };
}

const savedInput = (input: Tensor) => ({ input }) as { input: Tensor; result: Tensor };
const savedResult = (result: Tensor) => ({ result }) as { input: Tensor; result: Tensor };

/** What scalar-parameter formulas see. */
export interface ScalarSaved {
  input: Tensor;
  result: Tensor;
  p: number;
  q: number;
}

/** An elementwise function of one tensor and up to two numbers. */
export interface ScalarOp extends OpRecord<ScalarSaved> {
  form?: Form;
  readonly kernel: ScalarKernel;
  readonly result?: "keep";
  readonly saves?: "input" | "result";
}

/** Runs an elementwise op with scalar parameters. */
export function unaryWith(op: ScalarOp, input: Tensor, p: number, q = 0): Tensor {
  const { form, dtype, kernel, source } = prepared<Parameterised>(op, input);
  let out = emptyAs(source, source.dtype);
  overUnits(kernel, source.numel(), 1, [addressOf(source), addressOf(out)], [p, q], true);
  out = cast(written(out), dtype);
  if (!tracks(input)) return out;
  const saved =
    form.saves === "input" ? { input, p, q } : form.saves === "result" ? { result: out, p, q } : { p, q };
  return record(op, [input], out, saved as unknown as ScalarSaved);
}

/** What the formulas of a binary op see; an operand may be a number. */
export interface BinarySaved {
  input: Operand;
  other: Operand;
  result: Tensor;
}

/** An elementwise function of two operands that broadcast and promote. */
export interface BinaryOp extends OpRecord<BinarySaved> {
  form?: Form;
  readonly kernel: BinaryKernel;
  /**
   * "float": integers become the default float dtype. "bool": the result is bool. "truth": the operands count as bools
   * too. Else the promoted dtype.
   */
  readonly result?: "float" | "bool" | "truth";
  /** What the formulas use. "crosswise": of each operand, only the other's gradient does. */
  readonly saves?: "crosswise" | "operands" | "all";
}

/** Runs a binary op. With `target`, the result is written there (same shape, and the dtype is checked). */
export function binary(
  op: BinaryOp,
  input: Operand,
  other: Operand,
  target?: Tensor,
  alias?: string,
): Tensor {
  if (target === undefined && isTensor(input)) {
    const form = formOf(op);
    const out = plainPair(form, input, other);
    if (out !== null) return tracks(input, other) ? recordPair(op, form, input, other, out) : out;
  }
  return anyPair(op, input, other, target, alias);
}

/** Operands of any kind, into any target. */
function anyPair(op: BinaryOp, input: Operand, other: Operand, target?: Tensor, alias?: string): Tensor {
  const form = formOf(op);
  const name = alias ?? form.name;
  checkOperand(name, input);
  checkOperand(name, other);
  const promoted = resultType(input, other);
  const dtype = op.result === "float" && !promoted.isFloatingPoint ? getDefaultDtype() : promoted;
  const isBool = op.result === "bool" || op.result === "truth";
  const compute = op.result === "truth" ? bool : COMPUTE[dtype.domain];
  const a = operandIn(op.result === "truth" ? bool : dtype, compute, input),
    b = operandIn(op.result === "truth" ? bool : dtype, compute, other);
  const shapeA = isTensor(a) ? a.shape : [],
    shapeB = isTensor(b) ? b.shape : [];
  const shape = sameShape(shapeA, shapeB) ? shapeA : broadcastShapes(name, shapeA, shapeB);
  const resultDtype = isBool ? bool : dtype;
  const kernelDtype = isBool ? bool : compute;
  const direct =
    target !== undefined &&
    target.dtype === kernelDtype &&
    sameShape(target.shape, shape) &&
    clearOf(target, a) &&
    clearOf(target, b);
  let out = direct
    ? target
    : isTensor(a) && a.shape === shape && a.contiguousLayout
      ? emptyAs(a, kernelDtype)
      : empty(shape, kernelDtype);
  run(op, compute, a, b, out);
  if (target !== undefined) return finish(name, target, out, resultDtype);
  if (out.dtype !== resultDtype) out = cast(out, resultDtype);
  if (isBool || !tracks(input, other)) return out;
  return recordPair(op, form, input, other, out);
}

const recordPair = (op: BinaryOp, form: Form, input: Operand, other: Operand, out: Tensor) =>
  record(op, [asInput(input), asInput(other)], out, savedOf(form, input, other, out), true);

/**
 * The common case without the general one's questions: float operands of one dtype, of one shape or one of them a single
 * element. The result goes to `target`, or is new; null: not this case.
 */
function plainPair(form: Form, a: Tensor, b: Operand, target?: Tensor): Tensor | null {
  const { dtype } = a;
  const kernel = (dtype === float32 ? form.f32 : dtype === float64 ? form.f64 : undefined) as
    | Rows
    | undefined;
  if (kernel === undefined || (form.result !== undefined && form.result !== "float")) return null;
  let like = a,
    sa = 1,
    sb = 1;
  if (
    !isTensor(b) ||
    b.dtype !== dtype ||
    !a.contiguousLayout ||
    !b.contiguousLayout ||
    !sameShape(a.shape, b.shape)
  ) {
    sa = stepAlong(a);
    sb = 0;
    if (isTensor(b)) {
      if (b.dtype !== dtype) return null;
      if (sameShape(a.shape, b.shape)) {
        sb = stepAlong(b);
        if (sa === 0) like = b;
      } else if (a.shape.length === 0) {
        like = b;
        sa = 0;
        sb = stepAlong(b);
      } else if (b.shape.length > 0) return null;
    } else if (typeof b !== "number") return null;
    if (sa < 0 || sb < 0 || !like.contiguousLayout) return null;
  }
  if (a.storage.released || (isTensor(b) && b.storage.released)) return null;
  if (
    target !== undefined &&
    !(
      target.contiguousLayout &&
      sameShape(target.shape, like.shape) &&
      clearOf(target, a) &&
      clearOf(target, b)
    )
  )
    return null;
  const n = like.numel();
  const out = target ?? emptyAs(like, dtype, n);
  if (n === 0) return out;
  const from = addressOf(a);
  const with_ = isTensor(b) ? addressOf(b) : writeElement(dtype, b);
  if (n < SPLIT) kernel(from, with_, addressOf(out), n, sa, sb, 1);
  else runPair(form.op as BinaryOp, dtype, kernel, from, with_, addressOf(out), n, sa, sb);
  return written(out);
}

/** 1 where the elements lie in a row, 0 where they are all the same one, else -1. */
function stepAlong(x: Tensor): number {
  if (x.contiguousLayout) return 1;
  for (let d = 0; d < x.strides.length; d++) if (x.strides[d] !== 0) return -1;
  return 0;
}

/** The in-place form: `input.op_(other)`. */
export function binary_(op: BinaryOp, input: Tensor, other: Operand): Tensor {
  const name = `${op.name}_`;
  checkWritable(name, input);
  if (tracks(input, other)) {
    const result = binary(op, op.saves === undefined ? input : snapshot(input), other);
    checkFits(name, input, result);
    return overwrite(input, result);
  }
  if (plainPair(formOf(op), input, other, input) === null) binary(op, input, other, input, name);
  input.storage.version++;
  return input;
}

function finish(name: string, target: Tensor, out: Tensor, resultDtype: DType): Tensor {
  if (out === target) return target;
  checkFits(name, target, out.dtype === resultDtype ? out : cast(out, resultDtype));
  return overwrite(target, out);
}

function run(op: BinaryOp, compute: DType, a: Tensor | number, b: Tensor | number, out: Tensor): void {
  const domain = domainOf(compute);
  const single = family<Rows>(op.kernel)[domain];
  if (single === undefined) throw new DtypeError(`${op.name}: not implemented for ${compute}`);
  const n = out.numel();
  if (n === 0) return;
  const sa = isTensor(a) ? stepOf(a, out) : 0,
    sb = isTensor(b) ? stepOf(b, out) : 0;
  const from = isTensor(a) ? addressOf(a) : writeElement(compute, a);
  const with_ = isTensor(b) ? addressOf(b) : writeElement(compute, b);
  if (sa >= 0 && sb >= 0 && out.contiguousLayout) {
    runPair(op, compute, single, from, with_, addressOf(out), n, sa, sb);
  } else {
    const strides = (x: Tensor | number) =>
      isTensor(x) ? broadcastStrides(out.shape, x.shape, x.strides) : out.shape.map(() => 0);
    const { address, rows } = writePlan(out.shape, strides(a), strides(b), out.strides);
    overUnits(family<Planned>(op.kernel, "_nd")[domain]!, rows, n / rows, [
      from,
      with_,
      addressOf(out),
      address,
    ]);
  }
  written(out);
}

const domainOf = (compute: DType): Domain | "b1" => (compute === bool ? "b1" : compute.domain);

/** A long row of pairs goes to the threads as many short ones. */
function runPair(
  op: BinaryOp,
  compute: DType,
  kernel: Rows,
  a: number,
  b: number,
  out: number,
  n: number,
  sa: number,
  sb: number,
): void {
  const rows = n < SPLIT || getNumThreads() === 1 ? 0 : Math.floor(n / GRAIN);
  if (rows > 0) {
    const plan = writeWords([2, rows, GRAIN * sa, GRAIN * sb, GRAIN, GRAIN, sa, sb, 1]);
    parallel(
      family<Planned>(op.kernel, "_nd")[domainOf(compute)]!,
      rows,
      1,
      [a, b, out, plan],
      [],
      a !== out && b !== out,
    );
  }
  const done = rows * GRAIN,
    size = compute.itemsize;
  const outSize = op.result === "bool" ? 1 : size;
  if (done < n) kernel(a + done * sa * size, b + done * sb * size, out + done * outSize, n - done, sa, sb, 1);
}

/** 1 where the operand runs along with the result, 0 where it is one element, -1 where only a plan can tell. */
function stepOf(x: Tensor, out: Tensor): number {
  if (x.contiguousLayout && sameShape(x.shape, out.shape)) return 1;
  return x.numel() === 1 ? 0 : -1;
}

/** A kernel may write over an operand only where both step through the same elements in the same way. */
function clearOf(target: Tensor, operand: Tensor | number): boolean {
  if (!isTensor(operand) || operand.storage !== target.storage) return true;
  return (
    operand.offset === target.offset &&
    sameShape(operand.shape, target.shape) &&
    sameShape(operand.strides, target.strides)
  );
}

/** In the type computed in, after integers were wrapped to the promoted dtype: 0-d tensors and numbers may lie beyond it. */
function operandIn(dtype: DType, compute: DType, x: Operand): Tensor | number {
  const narrow = compute === int64 && dtype !== int64;
  if (!isTensor(x)) return narrow ? wrapped(Number(x), dtype) : Number(x);
  return cast(narrow && promoteTypes(x.dtype, dtype) !== dtype ? cast(x, dtype) : x, compute);
}

/** What a number becomes in an integer dtype. */
export function wrapped(value: number, dtype: DType): number {
  if (dtype === bool) return value === 0 ? 0 : 1;
  if (dtype === int64 || !Number.isFinite(value)) return value;
  const size = 2 ** (8 * dtype.itemsize),
    low = dtype === uint8 ? 0 : -size / 2;
  return ((((Math.trunc(value) - low) % size) + size) % size) + low;
}

function savedOf({ saves }: Form, input: Operand, other: Operand, result: Tensor): BinarySaved | null {
  if (saves === undefined) return null;
  if (saves === "all") return { input, other, result };
  return (
    saves === "operands"
      ? { input, other }
      : { input: tracks(other) ? input : 0, other: tracks(input) ? other : 0 }
  ) as BinarySaved;
}

const asInput = (x: Operand): Tensor | null => (isTensor(x) ? x : null);
