// Convolution and its gradients without a tape. What is done in float32, the first that applies:
//
//   what                                                    how                               compared with the next
//   3 x 3, stride 1, no groups, from 16 channels on both    Winograd's transforms             2.5 to 3 times as fast at
//   sides, from 32 tiles of 4 x 4 (`winogradPays`)          (convwinograd.ts)                 64 channels of 56 x 56
//   one channel to a group, at most two results of it       sums over the taps                2.5 times at 96 channels
//   (`eachAlone`)                                           (assembly/conv-each.ts)           of 56 x 56
//   windows of at most 640 elements (`SHALLOW`)             a product, panel by panel, all    1.2 times at 54 elements
//                                                           images in one call (convslide.ts)
//   others, and float64 and int64                           a product in blocks of panels
//
// The gradient of the input takes the same ways with the weights turned round, once for each rest by the strides; that of
// the weights has the first two and, for the rest, a product in blocks.
import { COMPUTE, type Domain } from "../core/dtype.ts";
import { numelOf, type Shape } from "../core/shape.ts";
import { scratch } from "../memory/scratch.ts";
import { doubles, floats, kernels, longs } from "../memory/wasm.ts";
import { cast, packed } from "../tensor/raw.ts";
import { addressOf, empty, type Tensor, written } from "../tensor/tensor.ts";
import {
  align,
  copy,
  eachAlone,
  imagesAtATime,
  padImages,
  rowMajor,
  slide,
  slideBytes,
  together,
} from "./convslide.ts";
import { choices, phasesOf, tableBytes, Windows } from "./convwindows.ts";
import { type Winograd, winograd, winogradBytes, winogradPays, winogradWeightGrad } from "./convwinograd.ts";
import { multiplyPanels, type Pack, panelsFor, type Start, spread } from "./gemm.ts";

/** All sizes of one convolution. Unbatched shapes lack the first dimension. */
export interface ConvPlan {
  /** Number of spatial dimensions. */
  rank: number;
  strides: readonly number[];
  pads: readonly number[];
  dilations: readonly number[];
  groups: number;
  input: Shape;
  weight: Shape;
  output: Shape;
}

const batchOf = (shape: Shape, rank: number): number => (shape.length === rank + 2 ? shape[0]! : 1);
const spatialOf = (shape: Shape, rank: number): number[] => shape.slice(shape.length - rank);
/** In the type computed in, row-major. */
const operand = (x: Tensor): Tensor => packed(cast(x, COMPUTE[x.dtype.domain]));
const NOTHING: Start = { at: 0, rows: 0, columns: 0 };

function forwardWindows({ rank, pads, weight, dilations, strides, input, output }: ConvPlan): Windows {
  const none = pads.map(() => 0);
  return new Windows(
    spatialOf(input, rank),
    pads,
    pads,
    none,
    weight.slice(2),
    dilations,
    strides,
    spatialOf(output, rank),
  );
}

/** Each element of a bias sixteen times over, as tiles want it. */
function spreadBias(domain: Domain, from: number, to: number, count: number): void {
  const view = domain === "f32" ? floats : domain === "f64" ? doubles : longs,
    shift = domain === "f32" ? 2 : 3;
  for (let i = 0; i < count; i++) {
    const at = (to >>> shift) + 16 * i;
    view.fill(view[(from >>> shift) + i] as never, at, at + 16);
  }
}

/** The convolution (or its transpose, whose image is the other's result) by Winograd's transforms, where they apply and pay. */
function winogradOf(
  { rank, groups, strides, dilations, weight }: ConvPlan,
  domain: Domain,
  image: Shape,
  result: Shape,
  before: readonly number[],
): Winograd | null {
  if (domain !== "f32" || rank !== 2 || groups !== 1 || weight[2] !== 3 || weight[3] !== 3) return null;
  if (strides.some((n) => n !== 1) || dilations.some((n) => n !== 1)) return null;
  const [channels, height, width] = image.slice(-3) as [number, number, number],
    [rows, outHeight, outWidth] = result.slice(-3) as [number, number, number];
  const sizes = {
    images: batchOf(image, rank),
    channels,
    rows,
    height,
    width,
    before,
    outHeight,
    outWidth,
  };
  return winogradPays(sizes) ? sizes : null;
}

/** Sliding dot products of the plan's shapes. */
export function convForward(input: Tensor, weight: Tensor, bias: Tensor | null, plan: ConvPlan): Tensor {
  const { dtype } = input,
    { domain } = dtype,
    size = domain === "f32" ? 4 : 8;
  const x = operand(input),
    a = operand(weight),
    add = bias === null ? null : operand(bias);
  const out = empty(plan.output, x.dtype);
  if (out.numel() === 0) return cast(written(out), dtype);
  const { rank, groups } = plan,
    images = batchOf(plan.input, rank),
    channels = plan.weight[1]!,
    rows = plan.weight[0]! / groups;
  const fast = winogradOf(plan, domain, plan.input, plan.output, plan.pads);
  if (fast !== null) {
    const area = scratch(winogradBytes(fast));
    const taps = { at: addressOf(a), rows: 9 * channels, columns: 9, turned: false };
    winograd(fast, addressOf(x), taps, addressOf(out), add === null ? 0 : addressOf(add), area);
    return cast(written(out), dtype);
  }
  const windows = forwardWindows(plan);
  const biasBytes = add === null ? 0 : size * 16 * groups * rows;
  const sizes = {
    domain,
    windows,
    images,
    groups,
    channels,
    rows,
    plane: windows.places,
    steps: rowMajor(windows.result),
  };
  const area = scratch(biasBytes + slideBytes(sizes));
  if (add !== null) spreadBias(domain, addressOf(add), area, groups * rows);
  slide(
    {
      ...sizes,
      from: addressOf(x),
      weights: addressOf(a),
      out: addressOf(out),
      bias: add === null ? 0 : area,
    },
    area + biasBytes,
  );
  return cast(written(out), dtype);
}

/** The gradient of the weight, from those of the output. */
export function convBackWeight(grad: Tensor, input: Tensor, plan: ConvPlan): Tensor {
  const { dtype } = input,
    { domain } = dtype,
    size = domain === "f32" ? 4 : 8;
  const x = operand(input),
    g = operand(grad),
    out = empty(plan.weight, x.dtype);
  const { rank, groups } = plan,
    images = batchOf(plan.input, rank),
    channels = plan.weight[1]!,
    rows = plan.weight[0]! / groups;
  const w = forwardWindows(plan),
    inner = channels * w.taps,
    image = groups * channels * w.plane;
  if (out.numel() === 0) return cast(written(out), dtype);
  const to = addressOf(out);
  if (images * w.places === 0) {
    kernels.zero(to, size * out.numel());
    return cast(written(out), dtype);
  }
  const fast = winogradOf(plan, domain, plan.input, plan.output, plan.pads);
  if (fast !== null) {
    const area = scratch(winogradBytes(fast));
    winogradWeightGrad(fast, addressOf(x), addressOf(g), to, area);
    return cast(written(out), dtype);
  }
  if (eachAlone(domain, channels, rows)) {
    eachWeight(w, images, groups, rows, addressOf(x), addressOf(g), to);
    return cast(written(out), dtype);
  }
  const chunk = together(images, w.places);
  const panels = panelsFor(domain, rows, inner, chunk * w.places);
  const gathered = chunk > 1 ? size * rows * chunk * w.places : 0;
  const taps = scratch(
    tableBytes(inner) +
      tableBytes(chunk * w.places) +
      (w.pads ? size * chunk * image : 0) +
      gathered +
      panels.bytes +
      64,
  );
  const places = taps + tableBytes(inner),
    left = align(places + tableBytes(chunk * w.places)),
    work = left + gathered,
    padded = align(work + panels.bytes);
  w.writeTaps(taps, channels, size);
  const source = addressOf(x),
    gradient = addressOf(g);
  let written_ = 0;
  for (let first = 0; first < images; first += chunk) {
    const count = Math.min(chunk, images - first),
      n = count * w.places;
    const from = padImages(
      w,
      source + size * first * groups * channels * numelOf(w.source),
      count * groups * channels,
      padded,
      size,
    );
    if (written_ !== count) w.writePlaces(places, (written_ = count), image, size);
    for (let group = 0; group < groups; group++) {
      const at = from + size * group * channels * w.plane;
      const pack: Pack = (area, row, column, deep, wide) => {
        const start = places + 4 * row,
          tap = taps + 4 * column,
          last = Math.ceil(wide / panels.width);
        if (size === 4) kernels.convPackTurned_f32(at, tap, start, deep, area, panels.width, 0, last);
        else kernels.convPack_b8(at, start, deep, tap, wide, area, panels.width, 0, last);
      };
      let a = gradient + size * (first * groups + group) * rows * w.places;
      if (chunk > 1) {
        copy(
          a,
          left,
          [rows, count, w.places],
          [w.places, groups * rows * w.places, 1],
          [n, w.places, 1],
          size,
        );
        a = left;
      }
      const result = to + size * group * rows * inner;
      const start = first === 0 ? NOTHING : { at: result, rows: inner, columns: 1 };
      multiplyPanels(domain, panels, work, a, n, pack, result, inner, start, rows, inner, n);
    }
  }
  return cast(written(out), dtype);
}

/** The gradient of the weights where every channel is alone. */
function eachWeight(
  w: Windows,
  images: number,
  groups: number,
  rows: number,
  from: number,
  grad: number,
  to: number,
): void {
  const batch = imagesAtATime(images, 4 * groups * w.plane),
    all = groups * rows;
  const taps = scratch(
    tableBytes(w.taps) +
      tableBytes(w.places) +
      16 * w.taps * all +
      (w.pads ? 4 * batch * groups * w.plane : 0) +
      64,
  );
  const places = taps + tableBytes(w.taps),
    sums = align(places + tableBytes(w.places)),
    padded = sums + 16 * w.taps * all;
  w.writeTaps(taps, 1, 4);
  w.writePlaces(places, 1, 0, 4);
  for (let first = 0; first < images; first += batch) {
    const count = Math.min(batch, images - first);
    const source = padImages(w, from + 4 * first * groups * numelOf(w.source), count * groups, padded, 4);
    const gradient = grad + 4 * first * all * w.places;
    const args = [source, w.plane, taps, w.taps, places, w.places, gradient, count, all, rows, to, sums];
    spread(kernels.convEachTaps_f32, count * all * w.places * w.taps, all, 1, [...args, first === 0 ? 1 : 0]);
  }
}

/**
 * The gradient of the input, from those of the output. Inputs whose positions leave the same rest by the strides meet the
 * same taps: for each rest a sliding product of the gradient with those taps turned round.
 */
export function convBackInput(
  grad: Tensor,
  weight: Tensor,
  plan: ConvPlan,
  bias: Tensor | null = null,
): Tensor {
  const { dtype } = grad,
    { domain } = dtype,
    size = domain === "f32" ? 4 : 8;
  const g = operand(grad),
    a = operand(weight),
    add = bias === null ? null : operand(bias);
  const out = empty(plan.input, g.dtype);
  if (out.numel() === 0) return cast(written(out), dtype);
  const { rank, groups, strides } = plan,
    images = batchOf(plan.input, rank),
    rows = plan.weight[1]!,
    channels = plan.weight[0]! / groups,
    kernel = plan.weight.slice(2),
    allTaps = numelOf(kernel);
  const fast = winogradOf(
    plan,
    domain,
    plan.output,
    plan.input,
    plan.pads.map((p) => 2 - p),
  );
  if (fast !== null) {
    const area = scratch(winogradBytes(fast));
    const taps = { at: addressOf(a), rows: 9, columns: 9 * rows, turned: true };
    winograd(fast, addressOf(g), taps, addressOf(out), add === null ? 0 : addressOf(add), area);
    return cast(written(out), dtype);
  }
  const sizes = spatialOf(plan.input, rank),
    grads = spatialOf(plan.output, rank),
    steps = rowMajor(sizes);
  const along = sizes.map((n, d) => phasesOf(n, strides[d]!, plan.pads[d]!, plan.dilations[d]!, kernel[d]!));
  const before = along.map((phases) => Math.max(0, ...phases.map((p) => -p.first)));
  const after = along.map((phases, d) =>
    Math.max(0, ...phases.map((p) => p.first + (p.taps.length - 1) * p.step + p.count - grads[d]!)),
  );
  const jobs = choices(along).map((phase) => ({
    phase,
    windows: new Windows(
      grads,
      before,
      after,
      phase.map((p, d) => p.first + before[d]!),
      phase.map((p) => p.taps.length),
      phase.map((p) => p.step),
      sizes.map(() => 1),
      phase.map((p) => p.count),
    ),
  }));
  const biasBytes = add === null ? 0 : size * 16 * groups * rows,
    weightBytes = size * Math.ceil(a.numel() / 4) * 4;
  const common = {
    domain,
    images,
    groups,
    channels,
    rows,
    plane: numelOf(sizes),
    steps: steps.map((step, d) => step * strides[d]!),
  };
  const most = Math.max(...jobs.map(({ windows }) => slideBytes({ ...common, windows })));
  const area = scratch(biasBytes + weightBytes + most);
  const turned = area + biasBytes,
    from = addressOf(g),
    weights = addressOf(a),
    to = addressOf(out);
  if (add !== null) spreadBias(domain, addressOf(add), area, groups * rows);
  for (const [job, { phase, windows }] of jobs.entries()) {
    const reached = windows.taps;
    for (const [i, tap] of choices(phase.map((p) => p.taps)).entries()) {
      const at = tap.reduce((sum, k, d) => sum * kernel[d]! + k, 0);
      copy(
        weights + size * at,
        turned + size * i,
        [groups, rows, channels],
        [channels * rows * allTaps, allTaps, rows * allTaps],
        [rows * channels * reached, channels * reached, reached],
        size,
      );
    }
    const offset = along.reduce((sum, phases, d) => {
      const index =
        Math.floor(job / along.slice(d + 1).reduce((n, later) => n * later.length, 1)) % phases.length;
      return sum + index * steps[d]!;
    }, 0);
    slide(
      {
        ...common,
        windows,
        from,
        weights: turned,
        out: to + size * offset,
        bias: add === null ? 0 : area,
      },
      turned + weightBytes,
    );
  }
  return cast(written(out), dtype);
}
