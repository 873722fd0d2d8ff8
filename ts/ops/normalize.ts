// Normalisation to mean 0 and variance 1 over some dimensions, then scale and shift: batch, layer, group and instance norm.

import { type FusedRecord, recordAll, tracks } from "../autograd/record.ts";
import { COMPUTE } from "../core/dtype.ts";
import { DtypeError } from "../core/errors.ts";
import { numelOf, type Shape, sameShape } from "../core/shape.ts";
import { modes } from "../tensor/modes.ts";
import { writeWords } from "../tensor/plan.ts";
import { cast, packed } from "../tensor/raw.ts";
import { addressOf, empty, type Tensor, written } from "../tensor/tensor.ts";
import { overUnits } from "../threads/pool.ts";
import { family } from "./dispatch.ts";
import { checkSameDtype } from "./matmulkernel.ts";

/** How to see the input for one kind of normalisation. */
export interface Frame {
  /** The input's shape with what is normalised in dimensions of its own. */
  shape: Shape;
  /** The dimensions of `shape` normalised over. */
  dims: readonly number[];
  /** Shape under which weight and bias broadcast with the input. */
  affine: Shape;
  /** Shape of weight and bias. */
  parameter: Shape;
  eps: number;
  /** What has a mean of its own, and how it lies in memory: the plan of assembly/norm.ts. */
  units: number;
  plan: readonly number[];
}

interface Saved {
  input: Tensor;
  weight: Tensor | null;
  mean: Tensor;
  rstd: Tensor;
  frame: Frame;
  /** Mean and variance do not depend on the input. */
  fixed: boolean;
}
export type NormRecord = FusedRecord<Saved>;

interface Statistics {
  mean: Tensor;
  rstd: Tensor;
}

export function normRecord(name: string, node: string, fixed: readonly string[] = []): NormRecord {
  return { name, node, inputs: ["input", "weight", "bias"], fixed, backward };
}

const addressOr0 = (x: Tensor | null): number => (x === null ? 0 : addressOf(x));

/** Work of a unit, for threads. Units of single elements lie side by side, and are better shared out in bundles. */
const workOf = ([parts, n]: readonly number[]): number => (n === 1 ? Math.ceil(parts! / 16) : parts! * n!);

/** By kernels, for a way back that is not itself recorded. */
function gradients(grad: Tensor, saved: Saved, needs: readonly boolean[]): (Tensor | null)[] {
  const { frame, fixed } = saved,
    { units, plan, parameter } = frame,
    { dtype, shape } = saved.input;
  const compute = COMPUTE[dtype.domain];
  const ready = (x: Tensor | null) => (x === null ? null : packed(cast(x, compute)));
  const g = ready(grad)!,
    x = ready(saved.input)!,
    w = ready(saved.weight),
    mean = ready(saved.mean)!,
    rstd = ready(saved.rstd)!;
  const parts = plan[0]!,
    n = plan[1]!,
    partFactors = plan[6]!,
    each = plan[7]!;
  const out = needs[0] ? empty(shape, compute) : null;
  let sums = [0, 0].map(() => empty([units * (partFactors ? parts : 1)], compute));
  if (!each || out !== null)
    overUnits(family("normBackward")[compute.domain], units, workOf(plan), [
      addressOf(g),
      addressOf(x),
      addressOr0(w),
      addressOf(mean),
      addressOf(rstd),
      addressOf(sums[0]!),
      addressOf(sums[1]!),
      addressOr0(out),
      writeWords(plan),
      Number(fixed),
    ]);
  if (out !== null) written(out);
  if (each && (needs[1] || needs[2])) {
    sums = [0, 0].map(() => empty([n], compute));
    overUnits(family("normFactors")[compute.domain], n, units, [
      addressOf(g),
      addressOf(x),
      addressOf(mean),
      addressOf(rstd),
      addressOf(sums[0]!),
      addressOf(sums[1]!),
      units,
      n,
    ]);
  }
  const factor = (sum: Tensor) => {
    written(sum);
    const own = numelOf(parameter);
    return cast(sum.numel() === own ? sum : sum.reshape([-1, own]).sum(0), dtype).reshape(parameter);
  };
  return [
    out === null ? null : cast(out, dtype),
    needs[1] ? factor(sums[0]!) : null,
    needs[2] ? factor(sums[1]!) : null,
  ];
}

function statisticsOf(x: Tensor, { dims, eps }: Frame): Statistics {
  const mean = x.mean(dims, true),
    centered = x.sub(mean);
  return { mean, rstd: centered.mul(centered).mean(dims, true).add(eps).rsqrt() };
}

function backward(
  grads: readonly (Tensor | null)[],
  saved: Saved,
  needs: readonly boolean[],
): (Tensor | null)[] {
  const g = grads[0];
  if (g === null || g === undefined) return [null, null, null];
  if (!modes.grad && g.numel() > 0) return gradients(g, saved, needs);
  const { input, weight, frame, fixed } = saved;
  const x = framed(input, frame.shape);
  // For a graph of the way back, mean and variance have to be functions of the input again.
  const { mean, rstd } = modes.grad && !fixed ? statisticsOf(x, frame) : saved;
  const normal = x.sub(mean).mul(rstd);
  const summed = (y: Tensor) => framed(y.sumToSize(frame.affine), frame.parameter);
  return [
    needs[0]
      ? inputGradient(weight === null ? g : g.mul(weight.reshape(frame.affine)), normal, rstd, saved)
      : null,
    needs[1] ? summed(g.mul(framed(normal, input.shape))) : null,
    needs[2] ? summed(g) : null,
  ];
}

function inputGradient(g: Tensor, normal: Tensor, rstd: Tensor, { input, frame, fixed }: Saved): Tensor {
  const flat = framed(g, frame.shape);
  if (fixed) return framed(flat.mul(rstd), input.shape);
  const { dims } = frame;
  const along = normal.mul(flat.mul(normal).mean(dims, true));
  return framed(flat.sub(flat.mean(dims, true)).sub(along).mul(rstd), input.shape);
}

const framed = (x: Tensor, shape: Shape): Tensor => (sameShape(x.shape, shape) ? x : x.reshape(shape));

export interface Normalized extends Statistics {
  out: Tensor;
  /** Biased variance; absent where the statistics were given. */
  variance: Tensor | null;
}

/** Normalises `input`, by its own statistics or by those given. @throws DtypeError unless all are of one floating-point dtype. */
export function normalized(
  op: NormRecord,
  input: Tensor,
  weight: Tensor | null,
  bias: Tensor | null,
  frame: Frame,
  given: Statistics | null,
): Normalized {
  const { dtype } = input;
  if (!dtype.isFloatingPoint) throw new DtypeError(`${op.name}: not implemented for ${dtype}`);
  checkSameDtype(op.name, input, ...[weight, bias].filter((x) => x !== null));
  const compute = COMPUTE[dtype.domain];
  const kept = frame.shape.map((size, d) => (frame.dims.includes(d) ? 1 : size));
  const ready = (x: Tensor | null) => (x === null ? null : packed(cast(x, compute)));
  const x = ready(input)!,
    w = ready(weight),
    b = ready(bias),
    mean = given === null ? empty(kept, compute) : ready(given.mean)!,
    rstd = given === null ? empty(kept, compute) : ready(given.rstd)!,
    variance = given === null ? empty(kept, compute) : null;
  const y = empty(input.shape, compute);
  const { units, plan } = frame;
  overUnits(family("norm")[compute.domain], units, workOf(plan), [
    addressOf(x),
    addressOr0(w),
    addressOr0(b),
    addressOf(y),
    addressOf(mean),
    addressOr0(variance),
    addressOf(rstd),
    writeWords(plan),
    frame.eps,
    Number(given !== null),
  ]);
  const out = cast(written(y), dtype);
  if (given === null) for (const s of [mean, rstd, variance!]) written(s);
  if (tracks(input, weight, bias))
    recordAll(op, [input, weight, bias], [out], { input, weight, mean, rstd, frame, fixed: given !== null });
  return { out, mean: cast(mean, dtype), rstd: cast(rstd, dtype), variance };
}
