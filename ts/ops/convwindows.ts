// Where the windows of a convolution lie in row-major images: tables of offsets that kernels read.
import { numelOf, type Shape } from "../core/shape.ts";
import { words } from "../memory/wasm.ts";

/** Entries that kernels may read beyond a table's end. */
const SPARE = 16;

/** Bytes of a table with `entries` entries. */
export const tableBytes = (entries: number): number => 4 * (entries + SPARE);

/** Sizes of one sliding product; every list has one entry per spatial dimension. */
export class Windows {
  /** Sizes of the padded image, and steps along them. */
  readonly sizes: readonly number[];
  readonly steps: readonly number[];
  /** Elements of one padded channel. */
  readonly plane: number;
  /** Positions of the result in one image. */
  readonly places: number;
  /** Elements of a window in one channel. */
  readonly taps: number;
  readonly pads: boolean;

  constructor(
    readonly source: Shape,
    /** Zeros before and behind the image. */
    readonly before: Shape,
    readonly after: Shape,
    /** Where, in the padded image, the first window begins. */
    readonly first: Shape,
    readonly kernel: Shape,
    readonly dilations: Shape,
    readonly strides: Shape,
    readonly result: Shape,
  ) {
    this.sizes = source.map((size, d) => size + before[d]! + after[d]!);
    const steps = source.map(() => 1);
    for (let d = steps.length - 2; d >= 0; d--) steps[d] = steps[d + 1]! * this.sizes[d + 1]!;
    this.steps = steps;
    this.plane = numelOf(this.sizes);
    this.places = numelOf(result);
    this.taps = numelOf(kernel);
    this.pads = this.plane !== numelOf(source);
  }

  /** Elements from the padded image's start to where the image itself begins. */
  get inset(): number {
    return this.at(this.before);
  }

  private at(position: Shape): number {
    return this.steps.reduce((sum, step, d) => sum + position[d]! * step, 0);
  }

  /** Writes the offsets of a window's elements in `channels` channels, in bytes of elements of `size`. */
  writeTaps(address: number, channels: number, size: number): void {
    this.write(address, 0, channels, this.plane, this.kernel, this.dilations, size);
  }

  /** Writes the offsets of the positions in `images` images, `step` elements apart. */
  writePlaces(address: number, images: number, step: number, size: number): void {
    this.write(address, this.at(this.first), images, step, this.result, this.strides, size);
  }

  private write(
    address: number,
    start: number,
    outer: number,
    outerStep: number,
    counts: Shape,
    along: Shape,
    size: number,
  ): void {
    const missing = 3 - counts.length;
    const [n0, n1, n2] = [1, 1, 1].map((one, d) => counts[d - missing] ?? one) as [number, number, number];
    const [s0, s1, s2] = [0, 0, 0].map((zero, d) =>
      d < missing ? zero : along[d - missing]! * this.steps[d - missing]! * size,
    ) as [number, number, number];
    let at = address >>> 2;
    for (let o = 0; o < outer; o++)
      for (let i = 0; i < n0; i++)
        for (let j = 0; j < n1; j++) {
          let offset = (start + o * outerStep) * size + i * s0 + j * s1;
          for (let k = 0; k < n2; k++, offset += s2) words[at++] = offset;
        }
    words.fill(words[at - 1]!, at, at + SPARE);
  }
}

/** The windows over a gradient that make the inputs `phase + stride * q` along one dimension, and the taps that reach them. */
export interface Phase {
  /** From the last tap to the first, `step` positions of the gradient apart. */
  taps: number[];
  step: number;
  /** Position of the first tap for q = 0; count of q. */
  first: number;
  count: number;
}

export function phasesOf(
  size: number,
  stride: number,
  pad: number,
  dilation: number,
  kernel: number,
): Phase[] {
  const phases: Phase[] = [];
  for (let phase = 0; phase < Math.min(stride, size); phase++) {
    const taps: number[] = [];
    for (let k = kernel - 1; k >= 0; k--) if ((phase + pad - k * dilation) % stride === 0) taps.push(k);
    const [a, b] = taps;
    const at = (k: number) => (phase + pad - k * dilation) / stride;
    phases.push({
      taps,
      step: b === undefined ? 1 : at(b) - at(a!),
      first: a === undefined ? 0 : at(a),
      count: Math.ceil((size - phase) / stride),
    });
  }
  return phases;
}

/** Every choice of one from each list, the last varying fastest. */
export function choices<T>(lists: readonly (readonly T[])[]): T[][] {
  return lists.reduce<T[][]>((all, list) => all.flatMap((head) => list.map((x) => [...head, x])), [[]]);
}
