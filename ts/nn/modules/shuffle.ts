import { positional } from "../../core/options.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import type { Names } from "../forwardnames.ts";
import { channelShuffle, pixelShuffle, pixelUnshuffle } from "../functional/shuffle.ts";
import { Module } from "../module.ts";

/** Moves groups of r * r channels into space. */
export class PixelShuffle extends Module {
  protected static get inputs(): Names {
    return ["input"];
  }
  readonly upscaleFactor: number;

  constructor(upscaleFactor: number | { upscaleFactor: number }) {
    super();
    [this.upscaleFactor] = positional<[number]>("PixelShuffle", ["upscaleFactor"], [upscaleFactor]);
  }
  override forward(input: Tensor): Tensor {
    return pixelShuffle(input, this.upscaleFactor);
  }
  override extraRepr(): string {
    return `upscale_factor=${this.upscaleFactor}`;
  }
}

/** Moves r by r places into channels. */
export class PixelUnshuffle extends Module {
  protected static get inputs(): Names {
    return ["input"];
  }
  readonly downscaleFactor: number;

  constructor(downscaleFactor: number | { downscaleFactor: number }) {
    super();
    [this.downscaleFactor] = positional<[number]>("PixelUnshuffle", ["downscaleFactor"], [downscaleFactor]);
  }
  override forward(input: Tensor): Tensor {
    return pixelUnshuffle(input, this.downscaleFactor);
  }
  override extraRepr(): string {
    return `downscale_factor=${this.downscaleFactor}`;
  }
}

/** Deals channels out over groups. */
export class ChannelShuffle extends Module {
  protected static get inputs(): Names {
    return ["input"];
  }
  readonly groups: number;

  constructor(groups: number | { groups: number }) {
    super();
    [this.groups] = positional<[number]>("ChannelShuffle", ["groups"], [groups]);
  }
  override forward(input: Tensor): Tensor {
    return channelShuffle(input, this.groups);
  }
  override extraRepr(): string {
    return `groups=${this.groups}`;
  }
}
