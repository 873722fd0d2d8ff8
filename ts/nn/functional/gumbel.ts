import { positional } from "../../core/options.ts";
import { checkTensor } from "../../ops/dispatch.ts";
import { exponential_ } from "../../ops/fillrandom.ts";
import type { Tensor } from "../../tensor/tensor.ts";

export interface GumbelSoftmaxOptions {
  /** Temperature; default 1. */
  tau?: number;
  /** Give one-hot vectors, with the gradients of the soft ones; default false. */
  hard?: boolean;
  /** Without effect. */
  eps?: number;
  /** The dimension that sums to 1; default -1. */
  dim?: number;
}

/** Samples from the Gumbel-Softmax distribution of `logits` (Jang et al., 2016; Maddison et al., 2016). */
export function gumbelSoftmax(
  logits: Tensor,
  tau?: number | GumbelSoftmaxOptions,
  hard?: boolean | GumbelSoftmaxOptions,
  eps?: number | GumbelSoftmaxOptions,
  dim?: number | GumbelSoftmaxOptions,
  options?: GumbelSoftmaxOptions,
): Tensor {
  checkTensor("gumbelSoftmax", logits);
  const [temperature = 1, sharp = false, , along = -1] = positional<[number?, boolean?, number?, number?]>(
    "gumbelSoftmax",
    ["tau", "hard", "eps", "dim"],
    [tau, hard, eps, dim, options],
  );
  const noise = exponential_(logits.newZeros(logits.shape)).log().neg();
  const soft = logits.add(noise).div(temperature).softmax(along);
  if (!sharp) return soft;
  const index = soft.detach().max(along, true).indices;
  const one = soft.newZeros(soft.shape).scatter(along, index, 1);
  return one.sub(soft.detach()).add(soft);
}
