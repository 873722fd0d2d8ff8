// Where the windows of a convolution lie in row-major images: tables of offsets that kernels read.
import { numelOf, type Shape } from "../core/shape.ts";
import { kernels, words } from "../memory/wasm.ts";
import { writePlan } from "../tensor/plan.ts";
import { spread } from "./gemm.ts";

export function rowMajor(shape: Shape): number[] {
  const steps = shape.map(() => 1);
  for (let d = shape.length - 2; d >= 0; d--) steps[d] = steps[d + 1]! * shape[d + 1]!;
  return steps;
}

/** Copies elements by strides. */
export function copy(
  from: number,
  to: number,
  shape: Shape,
  steps: Shape,
  stepsTo: Shape,
  size: number,
): void {
  const { address, rows } = writePlan(shape, steps, stepsTo);
  kernels[size === 4 ? "copy_b4_nd" : "copy_b8_nd"](from, to, address, 0, rows);
}

/** Entries that kernels may read beyond a table's end. */
const SPARE = 16;

/** Bytes of a table with `entries` entries. */
export const tableBytes = (entries: number): number => 4 * (entries + SPARE);

/** Sizes of one sliding product; every list has one entry per spatial dimension. */
export class Windows {
  /** Steps along the padded image. */
  readonly steps: readonly number[];
  /** Elements of one padded channel. */
  readonly plane: number;
  /** Positions of the result in one image. */
  readonly places: number;
  /** Elements of a window in one channel. */
  readonly taps: number;
  readonly pads: boolean;
  /** Elements of a line that lie together. */
  readonly part: number;

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
    /** Each so many elements of a line of the padded image lie together: 1, or the last stride. */
    readonly split = 1,
  ) {
    const last = source.length - 1;
    const sizes = source.map((size, d) => size + before[d]! + after[d]!);
    this.part = Math.ceil(sizes[last]! / split);
    sizes[last] = split * this.part;
    this.steps = rowMajor(sizes);
    this.plane = numelOf(sizes);
    this.places = numelOf(result);
    this.taps = numelOf(kernel);
    this.pads = split > 1 || this.plane !== numelOf(source);
  }

  private at(position: Shape): number {
    return this.steps.reduce((sum, step, d) => sum + position[d]! * step, 0);
  }

  /** The images' channels with their zeros, at `to`; where there are none, the images themselves. */
  pad(from: number, channels: number, to: number, size: number): number {
    if (!this.pads) return from;
    const { source, before, steps, plane, split, part } = this,
      last = source.length - 1;
    if (size === 4) {
      const [depth, height, width] = [1, 1, ...source].slice(-3) as [number, number, number];
      const inset = this.at([...before.slice(0, last), 0]);
      const args = [
        from,
        to,
        depth,
        height,
        width,
        plane,
        inset,
        steps[last - 2] ?? 0,
        before[last]!,
        split,
        part,
      ];
      spread(kernels.convPad_f32, 4 * channels * plane, channels, 1, args);
    } else {
      kernels.zero(to, size * channels * plane);
      const shape = [channels, ...source];
      copy(from, to + size * this.at(before), shape, rowMajor(shape), [plane, ...steps], size);
    }
    return to;
  }

  /** Writes the offsets of a window's elements in `channels` channels, in bytes of elements of `size`. */
  writeTaps(address: number, channels: number, size: number): void {
    const { kernel, dilations, split, part } = this,
      last = kernel.length - 1;
    const along = kernel.map((count, d) =>
      this.offsets(d, count, (k) => {
        const at = k * dilations[d]!;
        return d < last ? at : (at % split) * part + Math.floor(at / split);
      }),
    );
    this.write(address, 0, channels, this.plane, along, size);
  }

  /** Writes the offsets of the positions in `images` images, `step` elements apart. */
  writePlaces(address: number, images: number, step: number, size: number): void {
    const { result, strides, split } = this,
      last = result.length - 1;
    const along = result.map((count, d) =>
      this.offsets(d, count, (i) => (d < last ? i * strides[d]! : (i * strides[d]!) / split)),
    );
    this.write(address, this.at(this.first), images, step, along, size);
  }

  /** For each line of the result, where its windows begin and, by the steps of a result, where it begins itself. */
  private lines(steps: Shape): [from: number, to: number][] {
    const { result, strides } = this,
      last = result.length - 1,
      found: [number, number][] = [];
    const missing = 2 - last;
    const [planes, lines] = [0, 1].map((d) => result[d < missing ? -1 : d - missing] ?? 1) as [
      number,
      number,
    ];
    const step = (d: number, by: Shape): number => (d < missing ? 0 : by[d - missing]!);
    const own = this.steps.map((n, d) => n * strides[d]!);
    for (let i = 0; i < planes; i++)
      for (let j = 0; j < lines; j++)
        found.push([
          this.at(this.first) + i * step(0, own) + j * step(1, own),
          i * step(0, steps) + j * step(1, steps),
        ]);
    return found;
  }

  /** Writes those as a table. */
  writeLines(address: number, steps: Shape): void {
    let at = address >>> 2;
    for (const [from, to] of this.lines(steps)) {
      words[at++] = 4 * from;
      words[at++] = 4 * to;
    }
  }

  /** The same for runs of four places in a row-major result: those of the lines' ends, of fewer than four, come last. */
  writeRuns(address: number): void {
    const lines = this.lines(rowMajor(this.result)),
      width = this.result[this.result.length - 1]!,
      whole = width & ~3;
    let at = address >>> 2;
    const write = (first: number, end: number) => {
      for (const [from, to] of lines)
        for (let i = first; i < end; i += 4) {
          words[at++] = 4 * (from + i);
          words[at++] = 4 * (to + i);
        }
    };
    write(0, whole);
    write(whole, width);
  }

  private offsets(d: number, count: number, position: (i: number) => number): number[] {
    return Array.from({ length: count }, (_, i) => position(i) * this.steps[d]!);
  }

  private write(
    address: number,
    start: number,
    outer: number,
    outerStep: number,
    along: number[][],
    size: number,
  ): void {
    const [planes, lines, elements] = [[0], [0], ...along].slice(-3) as [number[], number[], number[]];
    let at = address >>> 2;
    for (let o = 0; o < outer; o++)
      for (const plane of planes)
        for (const line of lines) {
          const from = start + o * outerStep + plane + line;
          for (let k = 0; k < elements.length; k++) words[at++] = (from + elements[k]!) * size;
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
