import { positional } from "../../core/options.ts";
import { floatText, pythonText } from "../../core/pythontext.ts";
import type { Sizes } from "../../ops/conv.ts";
import { type InterpolateOptions, type InterpolationMode, interpolate } from "../../ops/interpolate.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import type { Names } from "../forwardnames.ts";
import { Module } from "../module.ts";

/** Images of another size: `interpolate`. */
export class Upsample extends Module {
  protected static get inputs(): Names {
    return ["input"];
  }
  readonly size: Sizes | null;
  readonly scaleFactor: Sizes | null;
  readonly mode: InterpolationMode;
  readonly alignCorners: boolean | null;
  readonly recomputeScaleFactor: boolean | null;

  constructor(
    size?: Sizes | null | InterpolateOptions,
    ...rest: (Sizes | InterpolationMode | boolean | null | InterpolateOptions)[]
  ) {
    super();
    [
      this.size = null,
      this.scaleFactor = null,
      this.mode = "nearest",
      this.alignCorners = null,
      this.recomputeScaleFactor = null,
    ] = positional<[Sizes?, Sizes?, InterpolationMode?, (boolean | null)?, (boolean | null)?]>(
      this.constructor.name,
      ["size", "scaleFactor", "mode", "alignCorners", "recomputeScaleFactor"],
      [size, ...rest],
    );
  }
  override forward(input: Tensor): Tensor {
    const { size, scaleFactor, mode, alignCorners, recomputeScaleFactor } = this;
    return interpolate(input, { size, scaleFactor, mode, alignCorners, recomputeScaleFactor });
  }
  override extraRepr(): string {
    const { scaleFactor } = this;
    const factors =
      typeof scaleFactor === "number"
        ? floatText(scaleFactor)
        : `(${scaleFactor?.map(floatText).join(", ")}${scaleFactor?.length === 1 ? "," : ""})`;
    return `${scaleFactor === null ? `size=${pythonText(this.size)}` : `scale_factor=${factors}`}, mode=${this.mode}`;
  }
}

interface UpsamplingOptions {
  size?: Sizes | null;
  scaleFactor?: Sizes | null;
}
const sizesOf = (
  name: string,
  size: Sizes | null | UpsamplingOptions | undefined,
  scaleFactor: Sizes | null | UpsamplingOptions | undefined,
): [Sizes | null, Sizes | null] => {
  const [n = null, factor = null] = positional<[Sizes?, Sizes?]>(
    name,
    ["size", "scaleFactor"],
    [size, scaleFactor],
  );
  return [n, factor];
};

/** `Upsample` of [N, C, H, W] with mode "nearest". */
export class UpsamplingNearest2d extends Upsample {
  constructor(size?: Sizes | null | UpsamplingOptions, scaleFactor?: Sizes | null | UpsamplingOptions) {
    super(...sizesOf("UpsamplingNearest2d", size, scaleFactor), "nearest");
  }
}
/** `Upsample` of [N, C, H, W] with mode "bilinear" and aligned corners. */
export class UpsamplingBilinear2d extends Upsample {
  constructor(size?: Sizes | null | UpsamplingOptions, scaleFactor?: Sizes | null | UpsamplingOptions) {
    super(...sizesOf("UpsamplingBilinear2d", size, scaleFactor), "bilinear", true);
  }
}
