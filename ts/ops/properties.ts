// What PyTorch offers as properties and Python's protocols, rather than as methods.
import { DtypeError, ShapeError, ValueError } from "../core/errors.ts";
import { isTensor, Tensor } from "../tensor/tensor.ts";
import { adjoint } from "./dims.ts";
import { describe } from "./dispatch.ts";
import { unbind } from "./splits.ts";
import { detach, permute, transpose } from "./views.ts";

export interface TensorProperties extends Iterable<Tensor> {
  /** The dimensions in reverse order, as a view. */
  readonly T: Tensor;
  /** The last two dimensions exchanged, as a view. */
  readonly mT: Tensor;
  /** The transposed matrix, as a view. */
  readonly H: Tensor;
  /** The last two dimensions exchanged, as a view. */
  readonly mH: Tensor;
  /** The tensor itself: there are no complex ones. */
  readonly real: Tensor;
  /** The same memory without history. Assigning makes this tensor look at another's memory. */
  data: Tensor;
}

const PROPERTIES: Record<Exclude<keyof TensorProperties, symbol>, (x: Tensor) => Tensor> = {
  T: (x) =>
    permute(
      x,
      x.shape.map((_, d) => x.ndim - 1 - d),
    ),
  mT: adjoint,
  H: (x) => {
    if (x.ndim !== 0 && x.ndim !== 2)
      throw new ShapeError(`H: only supported on matrices, got a ${x.ndim}-d tensor; use mH for batches`);
    return x.ndim === 0 ? x : transpose(x, 0, 1);
  },
  mH: adjoint,
  real: (x) => x,
  data: detach,
};

function setData(target: Tensor, value: unknown): void {
  if (!isTensor(value)) throw new ValueError(`data: expected a tensor, got ${describe(value)}`);
  if (value.dtype !== target.dtype)
    throw new DtypeError(`data: a tensor of ${target.dtype} cannot take the data of one of ${value.dtype}`);
  const { storage, shape, strides, offset, contiguousLayout } = value;
  Object.assign(target, { storage, shape, strides, offset, contiguousLayout });
  if (target.leafRequiresGrad && storage.scope === null) storage.promote();
}

export function installProperties(): void {
  const install = (name: string | symbol, descriptor: PropertyDescriptor) =>
    Object.defineProperty(Tensor.prototype, name, { ...descriptor, configurable: true });
  for (const [name, get] of Object.entries(PROPERTIES))
    install(name, {
      get(this: Tensor) {
        return get(this);
      },
      set:
        name === "data"
          ? function (this: Tensor, value: unknown) {
              setData(this, value);
            }
          : undefined,
    });
  install(Symbol.iterator, {
    value(this: Tensor) {
      if (this.ndim === 0) throw new ShapeError("iteration over a 0-d tensor");
      return unbind(this)[Symbol.iterator]();
    },
  });
}
