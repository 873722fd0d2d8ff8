import { positional } from "../../core/options.ts";
import { floatText, tupleText } from "../../core/pythontext.ts";
import { type PadMode, pad } from "../../ops/pad.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import type { Names } from "../forwardnames.ts";
import { Module } from "../module.ts";

/** One number for all sides, or `[left, right, top, bottom, ...]`. */
export type Padding = number | readonly number[];
export interface PaddingOptions {
  padding?: Padding;
}

abstract class AnyPad extends Module {
  readonly padding: readonly number[];
  private readonly mode: PadMode;
  private readonly fill: number;

  constructor(rank: number, mode: PadMode, padding: Padding | PaddingOptions, fill = 0) {
    super();
    const [sides] = positional<[Padding]>(this.constructor.name, ["padding"], [padding]);
    this.padding = typeof sides === "number" ? new Array<number>(2 * rank).fill(sides) : [...sides];
    this.mode = mode;
    this.fill = fill;
  }
  override forward(input: Tensor): Tensor {
    return pad(input, this.padding, this.mode, this.mode === "constant" ? this.fill : null);
  }
  override extraRepr(): string {
    return tupleText(this.padding);
  }
}

export interface ConstantPadOptions extends PaddingOptions {
  value?: number;
}

abstract class ConstantPad extends AnyPad {
  readonly value: number;

  constructor(rank: number, padding: Padding | ConstantPadOptions, value?: number | ConstantPadOptions) {
    const [sides, fill] = positional<[Padding, number]>(
      "ConstantPad",
      ["padding", "value"],
      [padding, value],
    );
    super(rank, "constant", sides, fill);
    this.value = fill;
  }
  override extraRepr(): string {
    return `padding=${tupleText(this.padding)}, value=${floatText(this.value)}`;
  }
}
/** Adds a constant around [N, C, L]. */
export class ConstantPad1d extends ConstantPad {
  protected static get inputs(): Names {
    return ["input"];
  }
  constructor(padding: Padding | ConstantPadOptions, value?: number | ConstantPadOptions) {
    super(1, padding, value);
  }
}
/** Adds a constant around [N, C, H, W]. */
export class ConstantPad2d extends ConstantPad {
  protected static get inputs(): Names {
    return ["input"];
  }
  constructor(padding: Padding | ConstantPadOptions, value?: number | ConstantPadOptions) {
    super(2, padding, value);
  }
}
/** Adds a constant around [N, C, D, H, W]. */
export class ConstantPad3d extends ConstantPad {
  protected static get inputs(): Names {
    return ["input"];
  }
  constructor(padding: Padding | ConstantPadOptions, value?: number | ConstantPadOptions) {
    super(3, padding, value);
  }
}
/** Adds zeros around [N, C, L]. */
export class ZeroPad1d extends AnyPad {
  protected static get inputs(): Names {
    return ["input"];
  }
  constructor(padding: Padding | PaddingOptions) {
    super(1, "constant", padding);
  }
}
/** Adds zeros around [N, C, H, W]. */
export class ZeroPad2d extends AnyPad {
  protected static get inputs(): Names {
    return ["input"];
  }
  constructor(padding: Padding | PaddingOptions) {
    super(2, "constant", padding);
  }
}
/** Adds zeros around [N, C, D, H, W]. */
export class ZeroPad3d extends AnyPad {
  protected static get inputs(): Names {
    return ["input"];
  }
  constructor(padding: Padding | PaddingOptions) {
    super(3, "constant", padding);
  }
}
/** Continues by reflection [N, C, L]. */
export class ReflectionPad1d extends AnyPad {
  protected static get inputs(): Names {
    return ["input"];
  }
  constructor(padding: Padding | PaddingOptions) {
    super(1, "reflect", padding);
  }
}
/** Continues by reflection [N, C, H, W]. */
export class ReflectionPad2d extends AnyPad {
  protected static get inputs(): Names {
    return ["input"];
  }
  constructor(padding: Padding | PaddingOptions) {
    super(2, "reflect", padding);
  }
}
/** Continues by reflection [N, C, D, H, W]. */
export class ReflectionPad3d extends AnyPad {
  protected static get inputs(): Names {
    return ["input"];
  }
  constructor(padding: Padding | PaddingOptions) {
    super(3, "reflect", padding);
  }
}
/** Continues with the edge's values [N, C, L]. */
export class ReplicationPad1d extends AnyPad {
  protected static get inputs(): Names {
    return ["input"];
  }
  constructor(padding: Padding | PaddingOptions) {
    super(1, "replicate", padding);
  }
}
/** Continues with the edge's values [N, C, H, W]. */
export class ReplicationPad2d extends AnyPad {
  protected static get inputs(): Names {
    return ["input"];
  }
  constructor(padding: Padding | PaddingOptions) {
    super(2, "replicate", padding);
  }
}
/** Continues with the edge's values [N, C, D, H, W]. */
export class ReplicationPad3d extends AnyPad {
  protected static get inputs(): Names {
    return ["input"];
  }
  constructor(padding: Padding | PaddingOptions) {
    super(3, "replicate", padding);
  }
}
/** Continues from the other side [N, C, L]. */
export class CircularPad1d extends AnyPad {
  protected static get inputs(): Names {
    return ["input"];
  }
  constructor(padding: Padding | PaddingOptions) {
    super(1, "circular", padding);
  }
}
/** Continues from the other side [N, C, H, W]. */
export class CircularPad2d extends AnyPad {
  protected static get inputs(): Names {
    return ["input"];
  }
  constructor(padding: Padding | PaddingOptions) {
    super(2, "circular", padding);
  }
}
/** Continues from the other side [N, C, D, H, W]. */
export class CircularPad3d extends AnyPad {
  protected static get inputs(): Names {
    return ["input"];
  }
  constructor(padding: Padding | PaddingOptions) {
    super(3, "circular", padding);
  }
}
