// Functions only (nn.functional): the way back from a max-pool, with zeros where nothing was the largest.
import { nonDifferentiable, type OpRecord, record, tracks } from "../autograd/record.ts";
import { int32 } from "../core/dtype.ts";
import { DtypeError, IndexError, ShapeError } from "../core/errors.ts";
import { positional } from "../core/options.ts";
import { numelOf, sameShape, shapeText } from "../core/shape.ts";
import { cast, packed } from "../tensor/raw.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { type Sizes, spatial } from "./conv.ts";
import { checkTensor } from "./dispatch.ts";
import { gathered, type Positions, scattered } from "./pooling.ts";

export interface UnpoolOptions {
  /** The pool's window, step (default: the window's size) and border. */
  kernelSize?: Sizes;
  stride?: Sizes | null;
  padding?: Sizes;
  /** Which of the sizes that pool to the input's is meant; all dimensions, or the spatial ones. */
  outputSize?: readonly number[] | null;
}
type Arg = Sizes | null | UnpoolOptions;

const RECORDS = ["MaxUnpool2DBackward0", "MaxUnpool2DBackward0", "MaxUnpool3DBackward0"].map(
  (node): OpRecord<Positions> => ({
    name: "maxUnpool",
    node,
    vjp: { input: (g, at) => gathered(g, at), indices: nonDifferentiable },
  }),
);

function unpool(op: string, rank: number, input: Tensor, indices: Tensor, args: readonly unknown[]): Tensor {
  const [kernelSize, stride = null, padding = 0, outputSize = null] = positional<
    [Sizes, (Sizes | null)?, Sizes?, (readonly number[] | null)?]
  >(op, ["kernelSize", "stride", "padding", "outputSize"], args);
  checkTensor(op, input);
  checkTensor(op, indices);
  if (indices.dtype.name !== "int64")
    throw new DtypeError(`${op}: elements in indices should be of type int64, got ${indices.dtype}`);
  if (!sameShape(indices.shape, input.shape))
    throw new ShapeError(
      `${op}: expected indices of the same shape as the input ${shapeText(input.shape)}, got ${shapeText(indices.shape)}`,
    );
  if (input.ndim !== rank + 1 && input.ndim !== rank + 2)
    throw new ShapeError(
      `${op}: expected an input of ${rank + 1} or ${rank + 2} dimensions, got shape ${shapeText(input.shape)}`,
    );
  if (input.shape.slice(-rank - 1).includes(0))
    throw new ShapeError(
      `${op}: expected an input with non-zero sizes but for the batch, got ${shapeText(input.shape)}`,
    );
  const kernel = spatial(op, "kernelSize", kernelSize, rank, 1),
    strides = stride === null ? kernel : spatial(op, "stride", stride, rank, 1),
    pads = spatial(op, "padding", padding, rank, 0);
  const usual = kernel.map(
    (k, d) => (input.shape[input.ndim - rank + d]! - 1) * strides[d]! - 2 * pads[d]! + k,
  );
  const sizes = outputSize === null ? usual : outputSize.slice(outputSize.length === rank + 2 ? 2 : 0);
  if (sizes.length !== rank)
    throw new ShapeError(
      `${op}: outputSize should have ${rank} or ${rank + 2} elements, got ${shapeText(outputSize!)}`,
    );
  sizes.forEach((size, d) => {
    if (outputSize !== null && !(Math.abs(size - usual[d]!) < strides[d]!))
      throw new ShapeError(
        `${op}: invalid outputSize ${shapeText(outputSize)}: dimension ${d} must be between ${usual[d]! - strides[d]!} and ${usual[d]! + strides[d]!}`,
      );
  });
  const volume = numelOf(sizes);
  if (indices.numel() > 0) {
    const low = indices.min().item() as number,
      high = indices.max().item() as number;
    if (low < 0 || high >= volume)
      throw new IndexError(
        `${op}: found an invalid max index: ${low < 0 ? low : high} (output volumes are of size ${sizes.join("x")})`,
      );
  }
  const at: Positions = {
    indices: packed(cast(indices.detach(), int32)),
    shape: [...input.shape.slice(0, -rank), ...sizes],
    rank,
  };
  const out = scattered(input, at);
  return tracks(input) ? record(RECORDS[rank - 1]!, [input], out, at) : out;
}

/** Puts each element of [N, C, L] or [C, L] back where `maxPool1d` found it, zeros elsewhere. @throws IndexError for an index outside. */
export function maxUnpool1d(
  input: Tensor,
  indices: Tensor,
  kernelSize: Sizes | UnpoolOptions,
  stride?: Arg,
  padding?: Arg,
  outputSize?: readonly number[] | null | UnpoolOptions,
  options?: UnpoolOptions,
): Tensor {
  return unpool("maxUnpool1d", 1, input, indices, [kernelSize, stride, padding, outputSize, options]);
}
/** Puts each element of [N, C, H, W] or [C, H, W] back where `maxPool2d` found it, zeros elsewhere. @throws IndexError for an index outside. */
export function maxUnpool2d(
  input: Tensor,
  indices: Tensor,
  kernelSize: Sizes | UnpoolOptions,
  stride?: Arg,
  padding?: Arg,
  outputSize?: readonly number[] | null | UnpoolOptions,
  options?: UnpoolOptions,
): Tensor {
  return unpool("maxUnpool2d", 2, input, indices, [kernelSize, stride, padding, outputSize, options]);
}
/** Puts each element of [N, C, D, H, W] or [C, D, H, W] back where `maxPool3d` found it, zeros elsewhere. @throws IndexError for an index outside. */
export function maxUnpool3d(
  input: Tensor,
  indices: Tensor,
  kernelSize: Sizes | UnpoolOptions,
  stride?: Arg,
  padding?: Arg,
  outputSize?: readonly number[] | null | UnpoolOptions,
  options?: UnpoolOptions,
): Tensor {
  return unpool("maxUnpool3d", 3, input, indices, [kernelSize, stride, padding, outputSize, options]);
}
