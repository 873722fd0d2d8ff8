import { positional } from "../../core/options.ts";
import { tupleText } from "../../core/pythontext.ts";
import { wrapDim } from "../../core/shape.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import type { Names } from "../forwardnames.ts";
import { Module } from "../module.ts";

export interface FlattenOptions {
  /** First dimension of those that become one; default 1. */
  startDim?: number;
  /** Last one; default -1. */
  endDim?: number;
}
/** Makes one dimension of several; by default of all but the batch. */
export class Flatten extends Module {
  protected static get inputs(): Names {
    return ["input"];
  }
  readonly startDim: number;
  readonly endDim: number;

  constructor(
    startDim?: number | FlattenOptions,
    endDim?: number | FlattenOptions,
    options?: FlattenOptions,
  ) {
    super();
    [this.startDim = 1, this.endDim = -1] = positional(
      "Flatten",
      ["startDim", "endDim"],
      [startDim, endDim, options],
    );
  }
  override forward(input: Tensor): Tensor {
    const from = wrapDim("Flatten", this.startDim, input.ndim),
      to = wrapDim("Flatten", this.endDim, input.ndim);
    const size = input.shape.slice(from, to + 1).reduce((n, s) => n * s, 1);
    return input.reshape([...input.shape.slice(0, from), size, ...input.shape.slice(to + 1)]);
  }
  override extraRepr(): string {
    return `start_dim=${this.startDim}, end_dim=${this.endDim}`;
  }
}

export interface UnflattenOptions {
  dim?: number;
  unflattenedSize?: readonly number[];
}
/** Makes several dimensions of one. */
export class Unflatten extends Module {
  protected static get inputs(): Names {
    return ["input"];
  }
  readonly dim: number;
  readonly unflattenedSize: readonly number[];

  constructor(
    dim: number | UnflattenOptions,
    unflattenedSize?: readonly number[] | UnflattenOptions,
    options?: UnflattenOptions,
  ) {
    super();
    [this.dim, this.unflattenedSize] = positional<[number, readonly number[]]>(
      "Unflatten",
      ["dim", "unflattenedSize"],
      [dim, unflattenedSize, options],
    );
  }
  override forward(input: Tensor): Tensor {
    const d = wrapDim("Unflatten", this.dim, input.ndim);
    const known = this.unflattenedSize.reduce((n, s) => (s === -1 ? n : n * s), 1);
    const sizes = this.unflattenedSize.map((s) => (s === -1 ? input.shape[d]! / known : s));
    return input.reshape([...input.shape.slice(0, d), ...sizes, ...input.shape.slice(d + 1)]);
  }
  override extraRepr(): string {
    return `dim=${this.dim}, unflattened_size=${tupleText(this.unflattenedSize)}`;
  }
}
