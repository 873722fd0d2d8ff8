import { toDType } from "../core/dtype.ts";
import { ValueError } from "../core/errors.ts";
import { isOptions, positional } from "../core/options.ts";
import { tensorText } from "../tensor/read.ts";
import { isTensor, Tensor } from "../tensor/tensor.ts";

export interface ParameterOptions {
  /** Default true. */
  requiresGrad?: boolean;
}

/** A tensor that a module counts among its parameters when it is one of its properties. Shares the memory of `data`. */
export class Parameter extends Tensor {
  constructor(data: Tensor, requiresGrad?: boolean | ParameterOptions) {
    if (isOptions(data)) [data, requiresGrad] = positional("Parameter", ["data", "requiresGrad"], [data]);
    else if (isOptions(requiresGrad))
      [requiresGrad] = positional("Parameter", ["requiresGrad"], [requiresGrad]);
    if (!isTensor(data)) throw new ValueError(`Parameter: expected a tensor, got ${typeof data}`);
    super(data.storage, data.dtype, data.shape, data.strides, data.offset, data.contiguousLayout);
    this.requiresGrad = (requiresGrad as boolean | undefined) ?? true;
  }

  override toString(): string {
    return `Parameter containing:\n${tensorText(this)}`;
  }
}

/** Gives a tensor the memory, dtype and shape of another, and keeps its identity: what `module.double()` does to parameters. */
export function replaceData(tensor: Tensor, data: Tensor): void {
  const target = tensor as { -readonly [K in keyof Tensor]: Tensor[K] };
  target.dtype = toDType(data.dtype);
  target.storage = data.storage;
  target.shape = data.shape;
  target.strides = data.strides;
  target.offset = data.offset;
  target.contiguousLayout = data.contiguousLayout;
  if (tensor.leafRequiresGrad && data.storage.scope === null) data.storage.promote();
}
