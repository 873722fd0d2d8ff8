// Normalisation to mean 0 and variance 1 over some dimensions, then scale and shift: batch, layer, group and instance norm.

import { type FusedRecord, recordAll, tracks } from "../autograd/record.ts";
import { untaped } from "../autograd/untaped.ts";
import { type Shape, sameShape } from "../core/shape.ts";
import { modes } from "../tensor/modes.ts";
import type { Tensor } from "../tensor/tensor.ts";

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

export function normRecord(name: string, node: string): NormRecord {
  return { name, node, inputs: ["input", "weight", "bias"], backward };
}

function statisticsOf(x: Tensor, { dims, eps }: Frame): Statistics & { centered: Tensor; variance: Tensor } {
  const mean = x.mean(dims, true),
    centered = x.sub(mean);
  const variance = centered.mul(centered).mean(dims, true);
  return { mean, centered, variance, rstd: variance.add(eps).rsqrt() };
}

function backward(
  grads: readonly (Tensor | null)[],
  saved: Saved,
  needs: readonly boolean[],
): (Tensor | null)[] {
  const g = grads[0];
  if (g === null || g === undefined) return [null, null, null];
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

/** Normalises `input`, by its own statistics or by those given. */
export function normalized(
  op: NormRecord,
  input: Tensor,
  weight: Tensor | null,
  bias: Tensor | null,
  frame: Frame,
  given: Statistics | null,
): Normalized {
  const { out, mean, rstd, variance } = untaped(() => {
    const x = framed(input, frame.shape);
    const own =
      given === null ? statisticsOf(x, frame) : { ...given, centered: x.sub(given.mean), variance: null };
    let y = framed(own.centered.mul(own.rstd), input.shape);
    if (weight !== null) y = y.mul(weight.reshape(frame.affine));
    if (bias !== null) y = y.add(bias.reshape(frame.affine));
    return { out: y, ...own };
  });
  if (tracks(input, weight, bias))
    recordAll(op, [input, weight, bias], [out], { input, weight, mean, rstd, frame, fixed: given !== null });
  return { out, mean, rstd, variance };
}
