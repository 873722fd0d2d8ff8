import { positional } from "../../core/options.ts";
import { numelOf } from "../../core/shape.ts";
import { sizesOf } from "../../ops/arguments.ts";
import type { Sizes } from "../../ops/conv.ts";
import { checkTensor } from "../../ops/dispatch.ts";
import { avgPool1d, avgPool2d, avgPool3d } from "../../ops/pool.ts";
import type { Tensor } from "../../tensor/tensor.ts";

export interface LPPoolOptions {
  /** Kind of the norm. */
  normType?: number;
  kernelSize?: Sizes;
  /** Step of the window; default the window's size. */
  stride?: Sizes | null;
  /** Round the result's size up instead of down; default false. */
  ceilMode?: boolean;
}
type Arg = Sizes | boolean | null | LPPoolOptions;

function lp(
  op: string,
  rank: number,
  pool: (x: Tensor, kernel: Sizes, stride: Sizes | null, padding: 0, ceil: boolean) => Tensor,
  input: Tensor,
  args: readonly unknown[],
): Tensor {
  checkTensor(op, input);
  const [type, kernel, stride = null, ceil = false] = positional<[number, Sizes, (Sizes | null)?, boolean?]>(
    op,
    ["normType", "kernelSize", "stride", "ceilMode"],
    args,
  );
  const sizes = sizesOf(op, "kernelSize", kernel);
  const size = sizes.length === 1 ? sizes[0]! ** rank : numelOf(sizes);
  const mean = pool(input.pow(type), kernel, stride, 0, ceil);
  return mean
    .sign()
    .mul(mean.abs().relu())
    .mul(size)
    .pow(1 / type);
}

/** The p-norm of each window along one dimension of [N, C, L] or [C, L]; the sign of the elements counts. */
export function lpPool1d(
  input: Tensor,
  normType: number | LPPoolOptions,
  kernelSize?: Sizes | LPPoolOptions,
  stride?: Arg,
  ceilMode?: boolean | LPPoolOptions,
  options?: LPPoolOptions,
): Tensor {
  return lp("lpPool1d", 1, avgPool1d, input, [normType, kernelSize, stride, ceilMode, options]);
}
/** The p-norm of each window of [N, C, H, W] or [C, H, W]; the sign of the elements counts. */
export function lpPool2d(
  input: Tensor,
  normType: number | LPPoolOptions,
  kernelSize?: Sizes | LPPoolOptions,
  stride?: Arg,
  ceilMode?: boolean | LPPoolOptions,
  options?: LPPoolOptions,
): Tensor {
  return lp("lpPool2d", 2, avgPool2d, input, [normType, kernelSize, stride, ceilMode, options]);
}
/** The p-norm of each window of [N, C, D, H, W] or [C, D, H, W]; the sign of the elements counts. */
export function lpPool3d(
  input: Tensor,
  normType: number | LPPoolOptions,
  kernelSize?: Sizes | LPPoolOptions,
  stride?: Arg,
  ceilMode?: boolean | LPPoolOptions,
  options?: LPPoolOptions,
): Tensor {
  return lp("lpPool3d", 3, avgPool3d, input, [normType, kernelSize, stride, ceilMode, options]);
}
