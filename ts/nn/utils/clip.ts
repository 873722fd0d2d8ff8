import { untaped } from "../../autograd/untaped.ts";
import { getDefaultDtype } from "../../core/dtype.ts";
import { ValueError } from "../../core/errors.ts";
import { positional } from "../../core/options.ts";
import { filled } from "../../ops/creation.ts";
import { describe } from "../../ops/dispatch.ts";
import { isTensor, type Tensor } from "../../tensor/tensor.ts";

type Tensors = Tensor | Iterable<Tensor>;
function listOf(x: Tensors): Tensor[] {
  if (isTensor(x)) return [x];
  if (typeof x?.[Symbol.iterator] !== "function")
    throw new ValueError(
      `clipping gradients: expected parameters, got ${describe(x)}; give model.parameters()`,
    );
  return [...x];
}
/** Gradients in place, without counting as read by the user. */
const gradientsOf = (parameters: Tensors): Tensor[] => listOf(parameters).flatMap((p) => p.meta?.grad ?? []);

export interface ClipOptions {
  /** The largest norm to leave. */
  maxNorm?: number;
  /** Kind of the norm; default 2. */
  normType?: number;
  /** Throw when the total norm is NaN or infinite; default false. */
  errorIfNonfinite?: boolean;
}

/**
 * Scales all gradients in place so that their norm, taken as one vector, is at most `maxNorm`. Returns the norm before.
 * @throws ValueError for a norm that is not finite, when asked to.
 */
export function clipGradNorm_(
  parameters: Tensors,
  maxNorm: number | ClipOptions,
  normType?: number | ClipOptions,
  errorIfNonfinite?: boolean | ClipOptions,
  options?: ClipOptions,
): Tensor {
  const [most, type = 2, strict = false] = positional<[number, number?, boolean?]>(
    "clipGradNorm_",
    ["maxNorm", "normType", "errorIfNonfinite"],
    [maxNorm, normType, errorIfNonfinite, options],
  );
  if (typeof most !== "number")
    throw new ValueError(`clipGradNorm_: maxNorm must be a number, got ${String(most)}`);
  const grads = gradientsOf(parameters);
  if (grads.length === 0) return filled([], 0, listOf(parameters)[0]?.dtype ?? getDefaultDtype());
  return untaped(() => {
    const total = totalNorm(grads, Number(type));
    const value = total.item() as number;
    if (strict && !Number.isFinite(value))
      throw new ValueError(
        `clipGradNorm_: the total norm of order ${type} of the gradients is ${value}, so it cannot be clipped`,
      );
    const factor = most / (value + 1e-6);
    if (!(factor >= 1)) for (const grad of grads) grad.mul_(factor);
    return total;
  });
}

function totalNorm(grads: readonly Tensor[], type: number): Tensor {
  const sizes = grads.map((g) => g.detach().reshape([-1]).abs());
  if (type === Number.POSITIVE_INFINITY) return sizes.map((g) => g.amax()).reduce((a, b) => a.maximum(b));
  const powers = sizes.map((g) => (type === 2 ? g.mul(g) : g.pow(type)).sum());
  return powers.reduce((a, b) => a.add(b)).pow(1 / type);
}

/** Clips every gradient element in place to [-clipValue, clipValue]. */
export function clipGradValue_(parameters: Tensors, clipValue: number | { clipValue: number }): void {
  const [most] = positional<[number]>("clipGradValue_", ["clipValue"], [clipValue]);
  untaped(() => {
    for (const grad of gradientsOf(parameters)) grad.clamp_(-most, most);
  });
}
