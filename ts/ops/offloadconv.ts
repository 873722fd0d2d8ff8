// Convolution and its gradients on the GPU: products of the weights with an image's windows, which the kernel finds itself.
import { numelOf, type Shape } from "../core/shape.ts";
import { packed } from "../tensor/raw.ts";
import { Tensor } from "../tensor/tensor.ts";
import { Layout } from "../webgpu/wgsl.ts";
import type { ConvPlan } from "./convkernel.ts";
import { offload } from "./offload.ts";

/** Products of parts of the images, to have enough work side by side for a gradient of few weights. */
const GROUPS_WANTED = 64;

/** Winograd's transforms spare that many multiplications, where 3 x 3 windows move by single steps. */
const spared = ({ rank, groups, strides, dilations, weight }: ConvPlan): number =>
  rank === 2 && groups === 1 && numelOf(weight.slice(2)) === 9 && numelOf(strides) * numelOf(dilations) === 1
    ? 2.5
    : 1;

/** Three numbers, with `fill` in front of fewer. */
const three = (list: readonly number[], fill: number): number[] => [fill, fill, ...list].slice(-3);

/** All sizes that the three products have in common. */
function sizesOf({ rank, groups, input, weight, output }: ConvPlan) {
  const spatial = (shape: Shape) => three(shape.slice(shape.length - rank), 1);
  const [from, kernel, to] = [spatial(input), three(weight.slice(2), 1), spatial(output)];
  return {
    from,
    kernel,
    to,
    images: input.length === rank + 2 ? input[0]! : 1,
    rows: weight[0]! / groups,
    channels: weight[1]!,
    plane: numelOf(from),
    taps: numelOf(kernel),
    places: numelOf(to),
  };
}

/** Words for the kernel (wgsl.ts). `step`: from part to part of a's sum, each of as many elements as the result has places. */
function windowSizes(
  kernel: number[],
  result: number[],
  image: number[],
  mul: number[],
  dil: number[],
  pad: number[],
  div: number[],
  step = 0,
): number[] {
  const places = numelOf(result);
  return [
    ...[kernel[1]!, kernel[2]!, numelOf(kernel), places],
    ...[result[1]!, result[2]!, places, step],
    ...[...image, numelOf(image)],
    ...[dil, mul, pad, div].flatMap((list) => [...list, 0]),
  ];
}

/** The convolution of the plan's shapes; `shape`: of the result. Null where it does not run on the GPU. */
export function offloadForward(
  input: Tensor,
  weight: Tensor,
  bias: Tensor | null,
  plan: ConvPlan,
  shape: Shape,
  here: () => Tensor,
): Tensor | null {
  const { from, kernel, to, images, rows, channels, plane, taps, places } = sizesOf(plan),
    { groups, strides, dilations, pads } = plan;
  const k = channels * taps;
  const sizes = () =>
    windowSizes(kernel, to, from, three(strides, 1), three(dilations, 1), three(pads, 0), [1, 1, 1]);
  return offload(
    "convolution",
    shape,
    2 * numelOf(shape) * k,
    () => [weight, input, bias],
    () => ({
      m: rows,
      n: places,
      k,
      batch: [1, images, groups],
      a: { rows: k, columns: 1, steps: [0, 0, rows * k] },
      b: { rows: 0, columns: 0, steps: [0, groups * channels * plane, channels * plane] },
      windows: { layout: Layout.taps, sizes: sizes() },
    }),
    here,
    spared(plan),
  );
}

/** The gradient of the input, or the transposed convolution. */
export function offloadInputGradient(
  grad: Tensor,
  weight: Tensor,
  bias: Tensor | null,
  plan: ConvPlan,
  shape: Shape,
  here: () => Tensor,
): Tensor | null {
  const { from, kernel, to, images, rows, channels, plane, taps, places } = sizesOf(plan),
    { groups, strides, dilations, pads } = plan;
  const k = rows * taps;
  const negative = (list: readonly number[], fill: number) => three(list, fill).map((x) => -x);
  const sizes = () =>
    windowSizes(kernel, from, to, [1, 1, 1], negative(dilations, 1), negative(pads, 0), three(strides, 1));
  // [groups, channels, rows, taps]: a row for each channel of the input.
  const turned = () =>
    packed(
      new Tensor(
        weight.storage,
        weight.dtype,
        [groups, channels, rows, taps],
        [rows * channels * taps, taps, channels * taps, 1],
        weight.offset,
      ),
    );
  return offload(
    "convolutionInputGradient",
    shape,
    2 * numelOf(shape) * k,
    () => [turned(), grad, bias],
    () => ({
      m: channels,
      n: plane,
      k,
      batch: [1, images, groups],
      a: { rows: k, columns: 1, steps: [0, 0, channels * k] },
      b: { rows: 0, columns: 0, steps: [0, groups * rows * places, rows * places] },
      windows: { layout: strides.some((step) => step > 1) ? Layout.turned : Layout.taps, sizes: sizes() },
    }),
    here,
    spared(plan),
  );
}

/** The gradient of the weight. */
export function offloadWeightGradient(
  grad: Tensor,
  input: Tensor,
  plan: ConvPlan,
  shape: Shape,
  here: () => Tensor,
): Tensor | null {
  const { from, kernel, to, images, rows, channels, plane, taps, places } = sizesOf(plan),
    { groups, strides, dilations, pads } = plan;
  const n = channels * taps;
  const tiles = Math.ceil(rows / 32) * Math.ceil(n / 32) * groups;
  let parts = Math.max(1, Math.min(images, Math.ceil(GROUPS_WANTED / tiles)));
  while (images % parts !== 0) parts--;
  const each = images / parts,
    image = groups * channels * plane,
    result = groups * rows * places;
  const sizes = () =>
    windowSizes(kernel, to, from, three(strides, 1), three(dilations, 1), three(pads, 0), [1, 1, 1], result);
  const flops = 2 * numelOf(shape) * images * places;
  const out = offload(
    "convolutionWeightGradient",
    [parts, ...shape],
    flops,
    () => [grad, input, null],
    () => ({
      m: rows,
      n,
      k: each * places,
      batch: [1, parts, groups],
      a: { rows: places, columns: 1, steps: [0, each * result, rows * places] },
      b: { rows: image, columns: 0, steps: [0, each * image, channels * plane] },
      windows: { layout: Layout.places, sizes: sizes() },
    }),
    here,
    spared(plan),
  );
  return out === null ? null : out.sum(0);
}
