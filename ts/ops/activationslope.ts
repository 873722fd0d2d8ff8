// Gradients of activations by fused kernels: the gradient times the slope, with a gradient of their own.
import { type OpRecord, record, tracks } from "../autograd/record.ts";
import { COMPUTE } from "../core/dtype.ts";
import { cast, packed } from "../tensor/raw.ts";
import { addressOf, emptyAs, type Tensor, written } from "../tensor/tensor.ts";
import { family, kernelFor } from "./dispatch.ts";

type SlopeKernel = (
  g: number,
  x: number,
  out: number,
  begin: number,
  end: number,
  p: number,
  q: number,
) => void;
interface Saved {
  grad: Tensor;
  input: Tensor;
  p: number;
  q: number;
}
/** A kernel `<kernel>_f32(g, x, out, begin, end, p, q)`, and the second derivative of its activation. */
interface Slope {
  readonly kernel: string;
  readonly record: OpRecord<Saved>;
}

function slope(
  name: string,
  kernel: string,
  curvature: (x: Tensor, p: number, q: number) => Tensor | null,
): Slope {
  const made: Slope = {
    kernel,
    record: {
      name,
      vjp: {
        grad: (gg, { input, p, q }) => throughSlope(made, gg, input, p, q),
        input: (gg, { grad, input, p, q }) =>
          curvature(input, p, q)?.mul(gg).mul(grad) ?? input.newZeros(input.shape),
      },
    },
  };
  return made;
}

const squareSigmoid = (s: Tensor) => s.mul(s.neg().add(1));

export const LEAKY_RELU_SLOPE = slope("leakyReluBackward", "leakyReluBackward", () => null);
export const HARDTANH_SLOPE = slope("hardtanhBackward", "hardtanhBackward", () => null);
export const ELU_SLOPE = slope("eluBackward", "eluBackward", (x, p) =>
  x.minimum(0).exp().mul(p).maskedFill(x.gt(0), 0),
);
export const SOFTPLUS_SLOPE = slope("softplusBackward", "softplusBackward", (x, p, q) => {
  const scaled = x.mul(p);
  return squareSigmoid(scaled.sigmoid()).mul(p).maskedFill(scaled.gt(q), 0);
});
export const SILU_SLOPE = slope("siluBackward", "siluBackward", (x) => {
  const s = x.sigmoid();
  return squareSigmoid(s).mul(x.mul(s.mul(-2).add(1)).add(2));
});
export const GELU_SLOPE = slope("geluBackward", "geluBackward", (x) =>
  x
    .square()
    .mul(-0.5)
    .exp()
    .mul(1 / Math.sqrt(2 * Math.PI))
    .mul(x.square().neg().add(2)),
);
const C = Math.sqrt(2 / Math.PI),
  CUBIC = 0.044715;
export const GELU_TANH_SLOPE = slope("geluBackward", "geluTanhBackward", (x) => {
  const square = x.square(),
    t = x.mul(square.mul(CUBIC).add(1)).mul(C).tanh();
  const rise = square
    .mul(3 * CUBIC)
    .add(1)
    .mul(C);
  return t
    .square()
    .neg()
    .add(1)
    .mul(rise.add(square.mul(3 * CUBIC * C)).sub(x.mul(t).mul(rise.square())));
});

/** `grad` times the slope at `input`. */
export function throughSlope(op: Slope, grad: Tensor, input: Tensor, p = 0, q = 0): Tensor {
  const compute = COMPUTE[input.dtype.domain];
  const g = packed(cast(grad, compute)),
    x = packed(cast(input, compute));
  const out = emptyAs(x, compute);
  const run = kernelFor(op.record.name, family<SlopeKernel>(op.kernel), compute);
  run(addressOf(g), addressOf(x), addressOf(out), 0, x.numel(), p, q);
  const result = cast(written(out), input.dtype);
  return tracks(grad, input) ? record(op.record, [grad, input], result, { grad, input, p, q }) : result;
}
