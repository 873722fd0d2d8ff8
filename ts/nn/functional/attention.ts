import { ValueError } from "../../core/errors.ts";
import { positional } from "../../core/options.ts";
import { checkTensors } from "../../ops/arguments.ts";
import { checkTensor } from "../../ops/dispatch.ts";
import { matmul } from "../../ops/matmul.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { dropout } from "./dropout.ts";

export interface AttentionOptions {
  /** Added to the scores; a bool mask says where attention may go. */
  attnMask?: Tensor | null;
  /** Dropout of the weights; default 0. */
  dropoutP?: number;
  /** Each position attends to itself and those before it; default false. */
  isCausal?: boolean;
  /** Factor of the scores; default 1 / sqrt of the query's width. */
  scale?: number | null;
}

/** softmax(query key^T * scale + mask) value, over the last two dimensions; [..., L, E], [..., S, E] and [..., S, V] give [..., L, V]. */
export function scaledDotProductAttention(
  query: Tensor,
  key: Tensor,
  value: Tensor,
  attnMask?: Tensor | null | AttentionOptions,
  dropoutP?: number | AttentionOptions,
  isCausal?: boolean | AttentionOptions,
  options?: AttentionOptions,
): Tensor {
  checkTensors("scaledDotProductAttention", [query, key, value]);
  const [mask = null, p = 0, causal = false, scale = null] = positional<
    [(Tensor | null)?, number?, boolean?, (number | null)?]
  >(
    "scaledDotProductAttention",
    ["attnMask", "dropoutP", "isCausal", "scale"],
    [attnMask, dropoutP, isCausal, options],
  );
  if (mask !== null) checkTensor("scaledDotProductAttention", mask);
  if (causal && mask !== null)
    throw new ValueError("scaledDotProductAttention: attnMask must be null when isCausal is set");
  const factor = scale ?? 1 / Math.sqrt(query.shape[query.ndim - 1]!);
  let scores = matmul(query.mul(factor), key.transpose(-2, -1));
  const allowed = causal ? query.newOnes(scores.shape.slice(-2)).tril().bool() : mask;
  if (allowed !== null)
    scores =
      allowed.dtype.name === "bool"
        ? scores.maskedFill(allowed.logicalNot(), Number.NEGATIVE_INFINITY)
        : scores.add(allowed);
  return matmul(dropout(scores.softmax(-1), p, p > 0), value);
}
