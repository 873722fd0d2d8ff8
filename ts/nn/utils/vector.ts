import { ShapeError, ValueError } from "../../core/errors.ts";
import { contiguousStrides, numelOf } from "../../core/shape.ts";
import { cat } from "../../ops/join.ts";
import { packed, replaceData } from "../../tensor/raw.ts";
import type { Tensor } from "../../tensor/tensor.ts";

/** All parameters, one after another, as one vector. */
export function parametersToVector(parameters: Iterable<Tensor>): Tensor {
  const flat = [...parameters].map((p) => p.reshape([-1]));
  if (flat.length === 0) throw new ValueError("parametersToVector: there are no parameters");
  return cat(flat);
}

/** Writes the pieces of a vector over the parameters. @throws ShapeError unless the sizes add up. */
export function vectorToParameters(vec: Tensor, parameters: Iterable<Tensor>): void {
  const targets = [...parameters],
    size = targets.reduce((n, p) => n + numelOf(p.shape), 0);
  if (vec.ndim !== 1 || vec.numel() < size)
    throw new ShapeError(
      `vectorToParameters: a vector of ${vec.numel()} elements does not fill parameters of ${size}`,
    );
  let at = 0;
  for (const p of targets) {
    replaceData(
      p,
      packed(vec.detach()).asStrided(
        p.shape,
        contiguousStrides(p.shape),
        (vec.isContiguous() ? vec.offset : 0) + at,
      ),
    );
    at += p.numel();
  }
}
