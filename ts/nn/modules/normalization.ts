import { getDefaultDtype, int64, toDType } from "../../core/dtype.ts";
import { ShapeError } from "../../core/errors.ts";
import { positional } from "../../core/options.ts";
import { floatText, pythonText, tupleText } from "../../core/pythontext.ts";
import { shapeText } from "../../core/shape.ts";
import { sizesOf } from "../../ops/arguments.ts";
import { filled } from "../../ops/creation.ts";
import { batchNorm, groupNorm, instanceNorm, layerNorm } from "../../ops/norm.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import type { Names } from "../forwardnames.ts";
import { ones_, zeros_ } from "../init.ts";
import { Module } from "../module.ts";
import type { Parameter } from "../parameter.ts";
import { checkSizes, type FactoryOptions, parameter } from "./build.ts";

export interface NormOptions extends FactoryOptions {
  numFeatures?: number;
  /** Added to the variance; default 1e-5. */
  eps?: number;
  /** How far the running statistics move; null for the mean of all batches; default 0.1. */
  momentum?: number | null;
  /** Whether there are a learnable weight and bias. */
  affine?: boolean;
  /** Whether there are running statistics, for evaluation. */
  trackRunningStats?: boolean;
}
type Rest = (number | boolean | null | NormOptions | undefined)[];
const NAMES = ["numFeatures", "eps", "momentum", "affine", "trackRunningStats", "device", "dtype"];

/** What batch and instance norm share: parameters, running statistics and text. */
abstract class RunningNorm extends Module {
  readonly numFeatures: number;
  readonly eps: number;
  readonly momentum: number | null;
  readonly affine: boolean;
  readonly trackRunningStats: boolean;
  weight: Parameter | null;
  bias: Parameter | null;
  declare running_mean: Tensor | null;
  declare running_var: Tensor | null;
  declare num_batches_tracked: Tensor | null;

  constructor(usual: { affine: boolean; track: boolean }, args: readonly unknown[]) {
    super();
    const { name } = this.constructor;
    const [numFeatures, eps = 1e-5, momentum, affine = usual.affine, track = usual.track, , dtype] =
      positional(name, NAMES, args);
    checkSizes(name, { numFeatures });
    this.numFeatures = numFeatures;
    this.eps = eps;
    this.momentum = momentum === undefined ? 0.1 : momentum;
    this.affine = affine;
    this.trackRunningStats = track;
    this.weight = affine ? parameter([numFeatures], dtype) : null;
    this.bias = affine ? parameter([numFeatures], dtype) : null;
    const kind = dtype ? toDType(dtype) : getDefaultDtype();
    this.registerBuffer("running_mean", track ? filled([numFeatures], 0, kind) : null);
    this.registerBuffer("running_var", track ? filled([numFeatures], 1, kind) : null);
    this.registerBuffer("num_batches_tracked", track ? filled([], 0, int64) : null);
    this.resetParameters();
  }
  /** The mean of what training saw; null without running statistics. */
  get runningMean(): Tensor | null {
    return this.running_mean;
  }
  /** The variance of what training saw; null without running statistics. */
  get runningVar(): Tensor | null {
    return this.running_var;
  }
  /** How many batches training saw, as a 0-d tensor. */
  get numBatchesTracked(): Tensor | null {
    return this.num_batches_tracked;
  }
  resetRunningStats(): void {
    this.running_mean?.mul_(0);
    this.running_var?.mul_(0).add_(1);
    this.num_batches_tracked?.mul_(0);
  }
  resetParameters(): void {
    if (this.weight !== null) ones_(this.weight);
    if (this.bias !== null) zeros_(this.bias);
  }
  /** @throws ShapeError unless the input has one of these numbers of dimensions. */
  protected checkDims(input: Tensor, ranks: readonly number[]): void {
    if (!ranks.includes(input.ndim))
      throw new ShapeError(
        `${this.constructor.name}: expected an input of ${ranks.join(" or ")} dimensions, got shape ${shapeText(input.shape)}`,
      );
  }
  override extraRepr(): string {
    return (
      `${this.numFeatures}, eps=${floatText(this.eps)}, momentum=${this.momentum === null ? "None" : floatText(this.momentum)}, ` +
      `affine=${pythonText(this.affine)}, track_running_stats=${pythonText(this.trackRunningStats)}`
    );
  }
}

abstract class BatchNorm extends RunningNorm {
  constructor(numFeatures: number | NormOptions, ...rest: Rest) {
    super({ affine: true, track: true }, [numFeatures, ...rest]);
  }
  protected abstract readonly ranks: readonly number[];

  override forward(input: Tensor): Tensor {
    this.checkDims(input, this.ranks);
    let factor = this.momentum ?? 0;
    if (this.training && this.num_batches_tracked !== null) {
      this.num_batches_tracked.add_(1);
      if (this.momentum === null) factor = 1 / (this.num_batches_tracked.item() as number);
    }
    const own = this.training || (this.running_mean === null && this.running_var === null);
    const moves = !this.training || this.trackRunningStats;
    return batchNorm(
      input,
      moves ? this.running_mean : null,
      moves ? this.running_var : null,
      this.weight,
      this.bias,
      own,
      factor,
      this.eps,
    );
  }
}
/** Normalises each channel of [N, C] or [N, C, L] over the batch. */
export class BatchNorm1d extends BatchNorm {
  protected static get inputs(): Names {
    return ["input"];
  }
  protected get ranks() {
    return [2, 3];
  }
}
/** Normalises each channel of [N, C, H, W] over the batch. */
export class BatchNorm2d extends BatchNorm {
  protected static get inputs(): Names {
    return ["input"];
  }
  protected get ranks() {
    return [4];
  }
}
/** Normalises each channel of [N, C, D, H, W] over the batch. */
export class BatchNorm3d extends BatchNorm {
  protected static get inputs(): Names {
    return ["input"];
  }
  protected get ranks() {
    return [5];
  }
}

abstract class InstanceNorm extends RunningNorm {
  constructor(numFeatures: number | NormOptions, ...rest: Rest) {
    super({ affine: false, track: false }, [numFeatures, ...rest]);
  }
  protected abstract readonly rank: number;

  override forward(input: Tensor): Tensor {
    this.checkDims(input, [this.rank, this.rank + 1]);
    const single = input.ndim === this.rank,
      x = single ? input.unsqueeze(0) : input;
    const own = this.training || !this.trackRunningStats;
    const y = instanceNorm(
      x,
      this.running_mean,
      this.running_var,
      this.weight,
      this.bias,
      own,
      this.momentum ?? 0,
      this.eps,
    );
    return single ? y.squeeze(0) : y;
  }
}
/** Normalises each channel of each sample of [N, C, L]. */
export class InstanceNorm1d extends InstanceNorm {
  protected static get inputs(): Names {
    return ["input"];
  }
  protected get rank() {
    return 2;
  }
}
/** Normalises each channel of each sample of [N, C, H, W]. */
export class InstanceNorm2d extends InstanceNorm {
  protected static get inputs(): Names {
    return ["input"];
  }
  protected get rank() {
    return 3;
  }
}
/** Normalises each channel of each sample of [N, C, D, H, W]. */
export class InstanceNorm3d extends InstanceNorm {
  protected static get inputs(): Names {
    return ["input"];
  }
  protected get rank() {
    return 4;
  }
}

export interface LayerNormOptions extends FactoryOptions {
  /** Added to the variance; default 1e-5. */
  eps?: number;
  /** Whether there are a learnable weight and bias; default true. */
  elementwiseAffine?: boolean;
}
/** Normalises over the last dimensions, whose sizes are `normalizedShape`. */
export class LayerNorm extends Module {
  protected static get inputs(): Names {
    return ["input"];
  }
  readonly normalizedShape: readonly number[];
  readonly eps: number;
  readonly elementwiseAffine: boolean;
  weight: Parameter | null;
  bias: Parameter | null;

  constructor(
    normalizedShape: number | readonly number[],
    eps?: number | LayerNormOptions,
    elementwiseAffine?: boolean | LayerNormOptions,
    options?: LayerNormOptions,
  ) {
    super();
    const [shape, small = 1e-5, affine = true, , dtype] = positional(
      "LayerNorm",
      ["normalizedShape", "eps", "elementwiseAffine", "device", "dtype"],
      [normalizedShape, eps, elementwiseAffine, options],
    );
    this.normalizedShape = [...sizesOf("LayerNorm", "normalizedShape", shape)];
    this.eps = small;
    this.elementwiseAffine = affine;
    this.weight = affine ? parameter(this.normalizedShape, dtype) : null;
    this.bias = affine ? parameter(this.normalizedShape, dtype) : null;
    this.resetParameters();
  }
  resetParameters(): void {
    if (this.weight !== null) ones_(this.weight);
    if (this.bias !== null) zeros_(this.bias);
  }
  override forward(input: Tensor): Tensor {
    return layerNorm(input, this.normalizedShape, this.weight, this.bias, this.eps);
  }
  override extraRepr(): string {
    return `${tupleText(this.normalizedShape)}, eps=${floatText(this.eps)}, elementwise_affine=${pythonText(this.elementwiseAffine)}`;
  }
}

export interface GroupNormOptions extends FactoryOptions {
  /** Added to the variance; default 1e-5. */
  eps?: number;
  /** Whether there are a learnable weight and bias; default true. */
  affine?: boolean;
}
/** Normalises groups of channels of each sample of [N, C, ...]. */
export class GroupNorm extends Module {
  protected static get inputs(): Names {
    return ["input"];
  }
  readonly numGroups: number;
  readonly numChannels: number;
  readonly eps: number;
  readonly affine: boolean;
  weight: Parameter | null;
  bias: Parameter | null;

  constructor(
    numGroups: number,
    numChannels: number,
    eps?: number | GroupNormOptions,
    affine?: boolean | GroupNormOptions,
    options?: GroupNormOptions,
  ) {
    super();
    const [groups, channels, small = 1e-5, scaled = true, , dtype] = positional(
      "GroupNorm",
      ["numGroups", "numChannels", "eps", "affine", "device", "dtype"],
      [numGroups, numChannels, eps, affine, options],
    );
    checkSizes("GroupNorm", { numGroups: groups, numChannels: channels });
    if (channels % groups !== 0)
      throw new ShapeError(`GroupNorm: numChannels (${channels}) must be divisible by numGroups (${groups})`);
    this.numGroups = groups;
    this.numChannels = channels;
    this.eps = small;
    this.affine = scaled;
    this.weight = scaled ? parameter([channels], dtype) : null;
    this.bias = scaled ? parameter([channels], dtype) : null;
    this.resetParameters();
  }
  resetParameters(): void {
    if (this.weight !== null) ones_(this.weight);
    if (this.bias !== null) zeros_(this.bias);
  }
  override forward(input: Tensor): Tensor {
    return groupNorm(input, this.numGroups, this.weight, this.bias, this.eps);
  }
  override extraRepr(): string {
    return `${this.numGroups}, ${this.numChannels}, eps=${floatText(this.eps)}, affine=${pythonText(this.affine)}`;
  }
}
