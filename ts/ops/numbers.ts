import { float64 } from "../core/dtype.ts";
import { numelOf, type Shape } from "../core/shape.ts";
import { doubles } from "../memory/wasm.ts";
import { addressOf, empty, type Tensor, written } from "../tensor/tensor.ts";

/** A float64 tensor of these numbers, row-major. */
export function fromNumbers(values: Float64Array, shape: Shape): Tensor {
  const out = empty(shape, float64);
  if (numelOf(shape) > 0) {
    // The address first: asking for it may grow the memory and replace its views.
    const at = addressOf(out) >>> 3;
    doubles.set(values, at);
  }
  return written(out);
}
