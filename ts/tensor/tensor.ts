import type { Hook } from "../autograd/hooks.ts";
import type { Node } from "../autograd/node.ts";
import { cpu, type Device } from "../core/device.ts";
import type { DType } from "../core/dtype.ts";
import { AutogradError, DtypeError, MemoryError, ShapeError, ValueError } from "../core/errors.ts";
import { contiguousStrides, isContiguous, numelOf, type Shape, shapeText, wrapDim } from "../core/shape.ts";
import { Storage } from "../memory/storage.ts";
import type { Methods } from "../ops/methods.ts";
import { modes } from "./modes.ts";

/** What only some tensors have; made when first needed. */
export interface TensorMeta {
  grad: Tensor | null;
  /** Someone has read `.grad` and may hold it. */
  gradRead: boolean;
  /** The gradient was dropped where PyTorch 1.13 fills it with zeros: optimizers take it for zeros. */
  gradZero: boolean;
  /** Where gradients of this leaf arrive. */
  accumulator: Node | null;
  hooks: Map<number, Hook> | null;
  retainsGrad: boolean;
}

export interface Tensor extends Methods {}

/**
 * An n-dimensional array: a shape and strides over a storage that views may share. Its methods are the functions of
 * `torch` that PyTorch offers as methods, with this tensor as their first argument.
 */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: see above.
export class Tensor {
  /** The op that made this tensor, and which of its outputs it is. Read it through `gradFn`: views may lag behind. */
  node: Node | null = null;
  outputNr = 0;
  /** Asked for by the user; of a tensor that an op made, `node` tells. */
  leafRequiresGrad = false;
  /** The tensor whose storage this one was made to look into, and the base's rebase count at that time. */
  base: Tensor | null = null;
  epoch = 0;
  /** How to follow the base after it was changed in place. */
  refresh: ((view: Tensor) => void) | null = null;
  /** Made in inference mode: kept off every tape. */
  inference = modes.inference;
  meta: TensorMeta | null = null;

  constructor(
    public storage: Storage,
    readonly dtype: DType,
    public shape: Shape,
    public strides: Shape,
    /** First element, counted in elements from the storage's start. */
    public offset = 0,
    /** Whether elements lie row-major without gaps. */
    public contiguousLayout = strides === undefined ? noConstructor() : isContiguous(shape, strides),
  ) {}

  get device(): Device {
    return cpu;
  }

  /** Whether gradients are computed for this tensor. Settable on leaves. */
  get requiresGrad(): boolean {
    return this.leafRequiresGrad || this.gradFn !== null;
  }
  set requiresGrad(flag: boolean) {
    if (flag && !this.dtype.isFloatingPoint)
      throw new AutogradError(
        `requiresGrad: only tensors of floating point dtype can require gradients, this one is ${this.dtype}`,
      );
    if (this.gradFn !== null) {
      if (!flag)
        throw new AutogradError(
          "requiresGrad: you can only change requiresGrad flags of leaf tensors; use x.detach() for a tensor without history",
        );
      return;
    }
    if (flag && this.inference && !modes.inference)
      throw new AutogradError(
        "requiresGrad: setting it on an inference tensor outside inferenceMode is not allowed; clone() it first",
      );
    this.leafRequiresGrad = flag;
    if (flag && this.storage.scope === null) this.storage.promote();
  }

  /** The node of the tape that made this tensor; null for a leaf. */
  get gradFn(): Node | null {
    if (this.refresh !== null && this.base !== null && this.epoch !== this.base.epoch) this.refresh(this);
    return this.node;
  }

  /** True when no recorded op made this tensor. */
  get isLeaf(): boolean {
    return this.gradFn === null;
  }

  /** The accumulated gradient of a leaf (or of a tensor with `retainGrad()`), null before the first `backward()`. */
  get grad(): Tensor | null {
    if (this.meta === null) return null;
    this.meta.gradRead = true;
    return this.meta.grad;
  }
  set grad(value: Tensor | null) {
    if (value !== null) {
      if (!(value instanceof Tensor))
        throw new ValueError(`grad: expected a tensor or null, got ${typeof value}`);
      if (value.dtype !== this.dtype)
        throw new DtypeError(`grad: a gradient of ${value.dtype} does not fit a tensor of ${this.dtype}`);
      if (shapeText(value.shape) !== shapeText(this.shape))
        throw new ShapeError(
          `grad: a gradient of shape ${shapeText(value.shape)} does not fit a tensor of shape ${shapeText(this.shape)}`,
        );
      if (value === this) throw new ValueError("grad: a tensor cannot be its own gradient");
    }
    this.setGrad(value);
    if (value !== null) this.details.gradRead = true;
  }

  /** Replaces the gradient; one that nobody else has seen is freed. */
  setGrad(value: Tensor | null): void {
    const meta = this.details;
    const old = meta.grad;
    if (old === value) {
      if (value === null) meta.gradZero = false;
      return;
    }
    meta.grad = value;
    meta.gradZero = false;
    if (old !== null && old.storage !== value?.storage) {
      if (meta.gradRead) old.storage.handOver();
      else old.storage.free();
    }
    meta.gradRead = false;
    if (value !== null && this.storage.scope === null) value.storage.detachFromScope();
  }

  /** Makes the gradient null, or zeros with `setToNone` false. Without a wish, optimizers take the null for zeros. */
  clearGrad(setToNone: boolean | undefined): void {
    const grad = this.meta?.grad;
    if (!grad) {
      if (setToNone) this.setGrad(null);
      return;
    }
    if (setToNone === false && !grad.requiresGrad) {
      grad.zero_();
      return;
    }
    this.setGrad(setToNone === false ? grad.newZeros(grad.shape) : null);
    this.details.gradZero = setToNone === undefined;
  }

  get details(): TensorMeta {
    return (this.meta ??= {
      grad: null,
      gradRead: false,
      gradZero: false,
      accumulator: null,
      hooks: null,
      retainsGrad: false,
    });
  }

  /** The tensor itself: there are no complex dtypes. */
  get real(): Tensor {
    return this;
  }
  /** Number of dimensions. */
  get ndim(): number {
    return this.shape.length;
  }
  /** Number of dimensions. */
  dim(): number {
    return this.shape.length;
  }
  /** Number of elements. */
  numel(): number {
    return numelOf(this.shape);
  }
  /** Number of dimensions. */
  ndimension(): number {
    return this.shape.length;
  }
  /** Number of elements. */
  nelement(): number {
    return numelOf(this.shape);
  }
  /** The shape, or the size of one dimension. @throws IndexError for a dimension that is not there. */
  size(): readonly number[];
  size(dim: number): number;
  size(dim?: number): readonly number[] | number {
    if (dim === undefined) return this.shape;
    const d = wrapDim("size", dim, this.ndim);
    if (this.ndim === 0) throw new ShapeError("size: a 0-d tensor has no dimensions");
    return this.shape[d]!;
  }
  /** Steps, in elements, between neighbours along each dimension, or along one. */
  stride(): readonly number[];
  stride(dim: number): number;
  stride(dim?: number): readonly number[] | number {
    return dim === undefined ? this.strides : this.strides[wrapDim("stride", dim, this.ndim)]!;
  }
  /** Position of the first element, in elements from the storage's start. */
  storageOffset(): number {
    return this.offset;
  }
  /** Bytes of one element. */
  elementSize(): number {
    return this.dtype.itemsize;
  }
  /** Whether the elements lie in row-major order without gaps. */
  isContiguous(): boolean {
    return this.contiguousLayout;
  }
  isFloatingPoint(): boolean {
    return this.dtype.isFloatingPoint;
  }
  isInference(): boolean {
    return this.inference;
  }

  /** Frees the memory now instead of when the collector or a scope would. Views of it are released too. */
  dispose(): void {
    this.storage.free();
  }
  [Symbol.dispose](): void {
    this.storage.free();
  }
}

function noConstructor(): never {
  throw new ValueError("new Tensor: use torch.tensor(data), torch.zeros(size) or torch.empty(size)");
}

/** Whether `value` is a tensor. */
export function isTensor(value: unknown): value is Tensor {
  return value instanceof Tensor;
}

/** A tensor for a result: row-major, contents undefined. Whoever fills it ends with `written`. */
export function empty(shape: Shape, dtype: DType): Tensor {
  const count = numelOf(shape);
  // Kernels count in 32 bits.
  if (count > 0x7fffffff)
    throw new MemoryError(`a tensor of shape ${shapeText(shape)} has more than 2^31 - 1 elements`);
  return new Tensor(
    Storage.allocate(count * dtype.itemsize),
    dtype,
    shape,
    contiguousStrides(shape),
    0,
    true,
  );
}

const NONE: Shape = [];
/** As `empty`, without dimensions. */
export function emptyScalar(dtype: DType): Tensor {
  return new Tensor(Storage.allocate(dtype.itemsize), dtype, NONE, NONE, 0, true);
}

/** As `empty`, with the shape and strides of a contiguous tensor. */
export function emptyAs(like: Tensor, dtype: DType, count = like.numel()): Tensor {
  return new Tensor(Storage.allocate(count * dtype.itemsize), dtype, like.shape, like.strides, 0, true);
}

/** Where kernels find the first element. */
export function addressOf(tensor: Tensor): number {
  return tensor.storage.address() + tensor.offset * tensor.dtype.itemsize;
}

/** Ends the writing of a result. */
export function written(tensor: Tensor): Tensor {
  tensor.storage.written();
  return tensor;
}
