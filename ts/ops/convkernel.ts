// Convolution and its gradients without a tape. What is done in float32, the first that applies:
//
//   what                                                    how                               compared with the next
//   3 x 3, stride 1, no groups, from 16 channels on both    Winograd's transforms             2.5 to 3 times as fast at
//   sides, from 32 tiles of 4 x 4 (`winogradPays`)          (convwinograd.ts)                 64 channels of 56 x 56
//   one channel to a group, at most two results of it       sums over the taps                2.5 times at 96 channels
//   (`eachAlone`)                                           (assembly/conv-each.ts)           of 56 x 56
//   lines of the result that are nearly runs of four        a product with runs straight      1.5 times at 9 elements and
//   (`inRuns`), windows of at most 640 elements             from the images                   6 results, 1.2 at 54 and 16,
//                                                           (assembly/conv-rows.ts)           as fast at 64 (1 x 1)
//   windows of at most 640 elements (`SHALLOW`)             a product, panel by panel, all    1.2 times at 54 elements
//                                                           images in one call (convslide.ts)
//   others, and float64 and int64                           a product in blocks of panels
//
// The gradient of the input takes the same ways with the weights turned round, once for each rest by the strides; that of
// the weights has the first three (the third: 1.4 times at 54 elements and 16 results, 2.3 at 9 and 6) and, for the rest, a
// product in blocks.
import { COMPUTE, type Domain } from "../core/dtype.ts";
import { numelOf, type Shape } from "../core/shape.ts";
import { scratch } from "../memory/scratch.ts";
import { doubles, floats, kernels, longs } from "../memory/wasm.ts";
import { cast, packed } from "../tensor/raw.ts";
import { addressOf, empty, type Tensor, written } from "../tensor/tensor.ts";
import { slide, slideBytes } from "./convslide.ts";
import { weightGradient } from "./convweights.ts";
import { choices, copy, phasesOf, rowMajor, Windows } from "./convwindows.ts";
import { type Winograd, winograd, winogradBytes, winogradPays, winogradWeightGrad } from "./convwinograd.ts";
import { offloads } from "./offloads.ts";

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
/** Where a window is a single element and all of them are used, spatial dimensions are as good as one. */
function flattened(plan: ConvPlan): ConvPlan {
  const { rank, strides, pads, weight } = plan;
  const [before, after] = [spatialOf(plan.input, rank), spatialOf(plan.output, rank)];
  // A transposed one may add places of its own.
  const simple = weight
    .slice(2)
    .every((k, d) => k === 1 && strides[d] === 1 && pads[d] === 0 && before[d] === after[d]);
  if (rank === 1 || !simple) return plan;
  const flat = (shape: Shape): Shape => [
    ...shape.slice(0, shape.length - rank),
    numelOf(spatialOf(shape, rank)),
  ];
  const [input, shape, output] = [plan.input, weight, plan.output].map(flat) as [Shape, Shape, Shape];
  return { ...plan, rank: 1, strides: [1], pads: [0], dilations: [1], input, weight: shape, output };
}

function forwardWindows(
  { rank, pads, weight, dilations, strides, input, output }: ConvPlan,
  domain: Domain,
): Windows {
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
    domain === "f32" ? strides[rank - 1] : 1,
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
  if (offloads !== null && domain === "f32") {
    const there = offloads.forward(x, a, add, flattened(plan), plan.output, () =>
      convForward(x, a, add, plan),
    );
    if (there !== null) return cast(there, dtype);
  }
  const out = empty(plan.output, x.dtype);
  if (out.numel() === 0) return cast(written(out), dtype);
  const simple = flattened(plan),
    { rank, groups } = simple,
    images = batchOf(simple.input, rank),
    channels = plan.weight[1]!,
    rows = plan.weight[0]! / groups;
  const fast = winogradOf(plan, domain, plan.input, plan.output, plan.pads);
  if (fast !== null) {
    const area = scratch(winogradBytes(fast));
    const taps = {
      at: addressOf(a),
      owner: a.storage,
      offset: a.offset,
      rows: 9 * channels,
      columns: 9,
      turned: false,
    };
    winograd(fast, addressOf(x), taps, addressOf(out), add === null ? 0 : addressOf(add), area);
    return cast(written(out), dtype);
  }
  const windows = forwardWindows(simple, domain);
  const biasBytes = add === null ? 0 : size * 16 * groups * rows;
  const product = {
    domain,
    images,
    groups,
    channels,
    rows,
    plane: windows.places,
    steps: rowMajor(windows.result),
  };
  const area = scratch(biasBytes + slideBytes(product, [windows]));
  if (add !== null) spreadBias(domain, addressOf(add), area, groups * rows);
  const job = { windows, weights: addressOf(a), out: addressOf(out) };
  slide(product, addressOf(x), add === null ? 0 : area, [job], area + biasBytes);
  return cast(written(out), dtype);
}

/** The gradient of the weight, from those of the output. */
export function convBackWeight(grad: Tensor, input: Tensor, plan: ConvPlan): Tensor {
  const { dtype } = input,
    { domain } = dtype,
    size = domain === "f32" ? 4 : 8;
  const x = operand(input),
    g = operand(grad);
  if (offloads !== null && domain === "f32") {
    const there = offloads.weightGradient(g, x, flattened(plan), plan.weight, () =>
      convBackWeight(g, x, plan),
    );
    if (there !== null) return cast(there, dtype);
  }
  const out = empty(plan.weight, x.dtype);
  const simple = flattened(plan),
    { rank, groups } = simple,
    images = batchOf(simple.input, rank),
    channels = plan.weight[1]!,
    rows = plan.weight[0]! / groups;
  const w = forwardWindows(simple, domain);
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
  weightGradient({
    windows: w,
    domain,
    images,
    groups,
    channels,
    rows,
    from: addressOf(x),
    grad: addressOf(g),
    to,
  });
  return cast(written(out), dtype);
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
  if (offloads !== null && domain === "f32") {
    const there = offloads.inputGradient(g, a, add, flattened(plan), plan.input, () =>
      convBackInput(g, a, plan, add),
    );
    if (there !== null) return cast(there, dtype);
  }
  const out = empty(plan.input, g.dtype);
  if (out.numel() === 0) return cast(written(out), dtype);
  const simple = flattened(plan),
    { rank, groups, strides } = simple,
    images = batchOf(simple.input, rank),
    rows = simple.weight[1]!,
    channels = simple.weight[0]! / groups,
    kernel = simple.weight.slice(2),
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
    const taps = {
      at: addressOf(a),
      owner: a.storage,
      offset: a.offset,
      rows: 9,
      columns: 9 * rows,
      turned: true,
    };
    winograd(fast, addressOf(g), taps, addressOf(out), add === null ? 0 : addressOf(add), area);
    return cast(written(out), dtype);
  }
  const sizes = spatialOf(simple.input, rank),
    grads = spatialOf(simple.output, rank),
    steps = rowMajor(sizes);
  const along = sizes.map((n, d) =>
    phasesOf(n, strides[d]!, simple.pads[d]!, simple.dilations[d]!, kernel[d]!),
  );
  const before = along.map((phases) => Math.max(0, ...phases.map((p) => -p.first)));
  const after = along.map((phases, d) =>
    Math.max(0, ...phases.map((p) => p.first + (p.taps.length - 1) * p.step + p.count - grads[d]!)),
  );
  const phases = choices(along),
    windows = phases.map(
      (phase) =>
        new Windows(
          grads,
          before,
          after,
          phase.map((p, d) => p.first + before[d]!),
          phase.map((p) => p.taps.length),
          phase.map((p) => p.step),
          sizes.map(() => 1),
          phase.map((p) => p.count),
        ),
    );
  const biasBytes = add === null ? 0 : size * 16 * groups * rows;
  const product = {
    domain,
    images,
    groups,
    channels,
    rows,
    plane: numelOf(sizes),
    steps: steps.map((step, d) => step * strides[d]!),
  };
  const area = scratch(biasBytes + size * a.numel() + slideBytes(product, windows));
  let turned = area + biasBytes;
  const weights = addressOf(a),
    to = addressOf(out);
  if (add !== null) spreadBias(domain, addressOf(add), area, groups * rows);
  const jobs = phases.map((phase, job) => {
    const reached = windows[job]!.taps,
      own = turned;
    for (const [i, tap] of choices(phase.map((p) => p.taps)).entries()) {
      const at = tap.reduce((sum, k, d) => sum * kernel[d]! + k, 0);
      copy(
        weights + size * at,
        own + size * i,
        [groups, rows, channels],
        [channels * rows * allTaps, allTaps, rows * allTaps],
        [rows * channels * reached, channels * reached, reached],
        size,
      );
    }
    turned += size * groups * rows * channels * reached;
    const offset = along.reduce((sum, phases, d) => {
      const index =
        Math.floor(job / along.slice(d + 1).reduce((n, later) => n * later.length, 1)) % phases.length;
      return sum + index * steps[d]!;
    }, 0);
    return { windows: windows[job]!, weights: own, out: to + size * offset };
  });
  slide(product, addressOf(g), add === null ? 0 : area, jobs, area + biasBytes + size * a.numel());
  return cast(written(out), dtype);
}
