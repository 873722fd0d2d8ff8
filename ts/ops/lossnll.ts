// Negative log likelihood: of each sample, the log-probability of its class.
import { nonDifferentiable, type OpRecord, record, tracks } from "../autograd/record.ts";
import { COMPUTE, float32, int64, uint8 } from "../core/dtype.ts";
import { DtypeError, IndexError, ShapeError } from "../core/errors.ts";
import { numelOf, type Shape, sameShape, shapeText } from "../core/shape.ts";
import { doubles, floats, words } from "../memory/wasm.ts";
import { cast, packed } from "../tensor/raw.ts";
import { addressOf, empty, type Tensor, written } from "../tensor/tensor.ts";
import { checkTensor } from "./dispatch.ts";
import { checkReduction, type Reduction } from "./loss.ts";

export interface NllOptions {
  /** Factor of each class; default null, all 1. */
  weight?: Tensor | null;
  /** A class that counts for nothing; default -100. */
  ignoreIndex?: number;
  /** Default "mean", over the weights of the samples that count. */
  reduction?: Reduction;
}

/** Samples laid out as [outer, classes, inner], with checked targets. */
interface Likelihood {
  shape: Shape;
  /** int64, row-major. */
  target: Tensor;
  weight: Tensor | null;
  outer: number;
  classes: number;
  inner: number;
  ignore: number;
  reduction: Reduction;
  /** The sum of the weights of the samples that count. */
  total: number;
}

const NLL: OpRecord<Likelihood> = {
  name: "nllLoss",
  vjp: { input: (g, s) => nllBackward(g, s), target: nonDifferentiable, weight: nonDifferentiable },
};
const NLL_2D: OpRecord<Likelihood> = { ...NLL, name: "nllLoss2D" };
const NLL_BACKWARD: OpRecord<Likelihood> = { name: "nllLossBackward", vjp: (gg, s) => nll(gg, s) };

/** Checks shapes and classes before anything is computed. @throws ShapeError, DtypeError, or IndexError for a class out of range. */
export function likelihood(
  op: string,
  input: Tensor,
  target: Tensor,
  weight: Tensor | null,
  ignore: number,
  reduction: unknown,
): Likelihood {
  checkTensor(op, input);
  checkTensor(op, target);
  checkReduction(op, reduction);
  const { shape } = input;
  if (shape.length === 0) throw new ShapeError(`${op}: input must have at least one dimension, the classes`);
  if (!input.dtype.isFloatingPoint) throw new DtypeError(`${op}: not implemented for ${input.dtype}`);
  const expected = shape.length === 1 ? [] : shape.toSpliced(1, 1);
  if (!sameShape(target.shape, expected))
    throw new ShapeError(
      `${op}: input of shape ${shapeText(shape)} expects a target of shape ${shapeText(expected)}, got ${shapeText(target.shape)}`,
    );
  if (target.dtype !== int64 && (target.dtype !== uint8 || shape.length > 2))
    throw new DtypeError(`${op}: expected class indices as ${int64}, got ${target.dtype}`);
  const classes = shape.length === 1 ? shape[0]! : shape[1]!;
  if (weight !== null) checkTensor(op, weight);
  if (weight !== null && (weight.ndim !== 1 || weight.shape[0] !== classes))
    throw new ShapeError(
      `${op}: weight must be one factor for each of ${classes} classes, got shape ${shapeText(weight.shape)}`,
    );
  const s: Likelihood = {
    shape,
    classes,
    ignore,
    reduction,
    target: packed(cast(target, int64)),
    weight: weight === null ? null : packed(cast(weight.detach(), COMPUTE[input.dtype.domain])),
    outer: shape.length === 1 ? 1 : shape[0]!,
    inner: numelOf(shape.slice(2)),
    total: 0,
  };
  s.total = weightOf(op, s);
  return s;
}

const view = (x: Tensor) => (x.dtype === float32 ? floats : doubles);
const start = (x: Tensor) => addressOf(x) >>> (x.dtype === float32 ? 2 : 3);

/** Checks each class and sums the weights of those that count. */
function weightOf(op: string, { target, weight, classes, ignore }: Likelihood): number {
  const n = target.numel();
  if (n === 0) return 0;
  const at = addressOf(target) >>> 2,
    from = weight === null ? 0 : start(weight),
    factors = weight === null ? null : view(weight);
  let total = 0;
  for (let i = 0; i < n; i++) {
    const low = words[at + 2 * i]!,
      high = words[at + 2 * i + 1]!;
    if (isIgnored(low, high, ignore)) continue;
    if (high !== 0 || low < 0 || low >= classes)
      throw new IndexError(
        `${op}: target ${high * 2 ** 32 + (low >>> 0)} is out of bounds for ${classes} classes (sample ${i})`,
      );
    total += factors === null ? 1 : factors[from + low]!;
  }
  return total;
}

const isIgnored = (low: number, high: number, ignore: number) =>
  low === ignore && high === (ignore < 0 ? -1 : 0);

/** The loss of log-probabilities. */
export function nll(input: Tensor, s: Likelihood): Tensor {
  const { shape, target, weight, classes, inner, ignore, reduction, total } = s;
  const compute = COMPUTE[input.dtype.domain],
    n = target.numel(),
    each = reduction === "none";
  const source = packed(cast(input, compute));
  const out = empty(each ? target.shape : [], compute);
  if (n > 0 || !each) {
    const to = start(out),
      results = view(out);
    let sum = 0;
    if (n > 0) {
      const from = start(source),
        values = view(source),
        at = addressOf(target) >>> 2;
      const factors = weight === null ? null : view(weight),
        scale = weight === null ? 0 : start(weight);
      for (let i = 0; i < n; i++) {
        const low = words[at + 2 * i]!;
        let loss = 0;
        if (!isIgnored(low, words[at + 2 * i + 1]!, ignore)) {
          const x = values[from + (Math.floor(i / inner) * classes + low) * inner + (i % inner)]!;
          loss = factors === null ? -x : -x * factors[scale + low]!;
        }
        if (each) results[to + i] = loss;
        else sum += loss;
      }
    }
    if (!each) results[to] = reduction === "mean" ? sum / total : sum;
  }
  const result = cast(written(out), input.dtype);
  return tracks(input) ? record(shape.length > 2 ? NLL_2D : NLL, [input], result, s) : result;
}

/** What each log-probability gets of the loss's gradient. */
function nllBackward(grad: Tensor, s: Likelihood): Tensor {
  const { shape, target, weight, classes, inner, ignore, reduction, total } = s;
  const compute = COMPUTE[grad.dtype.domain],
    n = target.numel();
  const source = packed(cast(grad, compute)),
    step = reduction === "none" ? 1 : 0;
  const out = empty(shape, compute),
    size = out.numel();
  if (size > 0) {
    const address = addressOf(out);
    // Eight bytes at a time, as engines fill shared memory element by element; blocks end at multiples of eight.
    doubles.fill(0, address / 8, Math.ceil((address + size * compute.itemsize) / 8));
    if (n > 0) {
      const to = start(out),
        results = view(out),
        from = start(source),
        grads = view(source),
        at = addressOf(target) >>> 2;
      const factors = weight === null ? null : view(weight),
        scale = weight === null ? 0 : start(weight);
      const divisor = reduction === "mean" ? -total : -1;
      for (let i = 0; i < n; i++) {
        const low = words[at + 2 * i]!;
        if (isIgnored(low, words[at + 2 * i + 1]!, ignore)) continue;
        const g = grads[from + step * i]! / divisor;
        results[to + (Math.floor(i / inner) * classes + low) * inner + (i % inner)] =
          factors === null ? g : g * factors[scale + low]!;
      }
    }
  }
  const result = cast(written(out), grad.dtype);
  return tracks(grad) ? record(NLL_BACKWARD, [grad], result, s) : result;
}
