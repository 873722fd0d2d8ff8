// Functions only (nn.functional): windows of an image as columns, and columns summed back into an image.
import { type OpRecord, record, tracks } from "../autograd/record.ts";
import { untaped } from "../autograd/untaped.ts";
import { ShapeError } from "../core/errors.ts";
import { positional } from "../core/options.ts";
import { numelOf, type Shape, shapeText } from "../core/shape.ts";
import { packed, packedCopy } from "../tensor/raw.ts";
import { Tensor } from "../tensor/tensor.ts";
import { checkFloat } from "./arguments.ts";
import { type Sizes, spatial } from "./conv.ts";
import { filled } from "./creation.ts";
import { checkTensor } from "./dispatch.ts";
import { pad } from "./pad.ts";

export interface UnfoldOptions {
  kernelSize?: Sizes;
  /** Distance between the window's elements; default 1. */
  dilation?: Sizes;
  /** Zeros around the image; default 0. */
  padding?: Sizes;
  /** Step of the window; default 1. */
  stride?: Sizes;
}
export interface FoldOptions extends UnfoldOptions {
  /** Height and width of the image. */
  outputSize?: Sizes;
}

interface Plan {
  kernel: number[];
  dilation: number[];
  padding: number[];
  stride: number[];
  size: readonly number[];
  places: number[];
  lead: Shape;
  channels: number;
}

const UNFOLD: OpRecord<{ plan: Plan }> = {
  name: "unfold",
  node: "Im2ColBackward0",
  vjp: (g, { plan }) => gathered(g, plan),
};
const FOLD: OpRecord<{ plan: Plan }> = {
  name: "fold",
  node: "Col2ImBackward0",
  vjp: (g, { plan }) => columns(g, plan),
};

function planOf(
  op: string,
  size: readonly number[],
  lead: Shape,
  channels: number,
  kernelSize: Sizes,
  dilationSize: Sizes,
  paddingSize: Sizes,
  strideSize: Sizes,
): Plan {
  const kernel = spatial(op, "kernelSize", kernelSize, 2, 1),
    dilation = spatial(op, "dilation", dilationSize, 2, 1);
  const padding = spatial(op, "padding", paddingSize, 2, 0),
    stride = spatial(op, "stride", strideSize, 2, 1);
  const places = size.map(
    (n, d) => Math.floor((n + 2 * padding[d]! - dilation[d]! * (kernel[d]! - 1) - 1) / stride[d]!) + 1,
  );
  if (places.some((n) => n < 1))
    throw new ShapeError(`${op}: an image of ${shapeText(size)} has no window of ${shapeText(kernel)}`);
  return { kernel, dilation, padding, stride, size, places, lead, channels };
}

/** The windows over a row-major [N, C, H, W] as a view [N, C, KH, KW, OH, OW]. */
function windows(x: Tensor, { kernel, dilation, stride, places }: Plan): Tensor {
  const [n, c, h, w] = x.strides as [number, number, number, number];
  const steps = [n, c, h * dilation[0]!, w * dilation[1]!, h * stride[0]!, w * stride[1]!];
  return new Tensor(x.storage, x.dtype, [x.shape[0]!, x.shape[1]!, ...kernel, ...places], steps, x.offset);
}

const batchOf = (plan: Plan): number => numelOf(plan.lead);
const edges = ({ padding: [h, w] }: Plan, sign: number): number[] => [
  w! * sign,
  w! * sign,
  h! * sign,
  h! * sign,
];

function columns(input: Tensor, plan: Plan): Tensor {
  checkFloat("unfold", input);
  const out = untaped(() => {
    const image = packed(input.detach()).reshape([batchOf(plan), plan.channels, ...plan.size]);
    const copy = packedCopy(windows(pad(image, edges(plan, 1)), plan));
    return copy.reshape([...plan.lead, plan.channels * numelOf(plan.kernel), numelOf(plan.places)]);
  });
  return tracks(input) ? record(UNFOLD, [input], out, { plan }) : out;
}

function gathered(input: Tensor, plan: Plan): Tensor {
  checkFloat("fold", input);
  const out = untaped(() => {
    const { kernel, padding, size, places, channels, dilation, stride } = plan,
      n = batchOf(plan);
    const image = filled([n, channels, ...size.map((s, d) => s + 2 * padding[d]!)], 0, input.dtype);
    const parts = packed(input.detach()).reshape([n, channels, ...kernel, ...places]);
    const [sn, sc, sh, sw] = image.strides as [number, number, number, number];
    for (let i = 0; i < kernel[0]!; i++)
      for (let j = 0; j < kernel[1]!; j++) {
        const seen = new Tensor(
          image.storage,
          image.dtype,
          [n, channels, ...places],
          [sn, sc, sh * stride[0]!, sw * stride[1]!],
          i * dilation[0]! * sh + j * dilation[1]! * sw,
        );
        const [pn, pc, pi, pj, ph, pw] = parts.strides as number[];
        seen.add_(
          new Tensor(
            parts.storage,
            parts.dtype,
            seen.shape,
            [pn!, pc!, ph!, pw!],
            parts.offset + i * pi! + j * pj!,
          ),
        );
      }
    return pad(image, edges(plan, -1)).reshape([...plan.lead, channels, ...size]);
  });
  return tracks(input) ? record(FOLD, [input], out, { plan }) : out;
}

/** Windows of [N, C, H, W] (or [C, H, W]) as columns: [N, C * KH * KW, places]. */
export function unfold(
  input: Tensor,
  kernelSize: Sizes | UnfoldOptions,
  dilation?: Sizes | UnfoldOptions,
  padding?: Sizes | UnfoldOptions,
  stride?: Sizes | UnfoldOptions,
  options?: UnfoldOptions,
): Tensor {
  const [k, d = 1, p = 0, s = 1] = positional(
    "unfold",
    ["kernelSize", "dilation", "padding", "stride"],
    [kernelSize, dilation, padding, stride, options],
  );
  checkTensor("unfold", input);
  if (input.ndim !== 3 && input.ndim !== 4)
    throw new ShapeError(
      `unfold: expected an input of 3 or 4 dimensions, got shape ${shapeText(input.shape)}`,
    );
  const plan = planOf(
    "unfold",
    input.shape.slice(-2),
    input.shape.slice(0, -3),
    input.shape[input.ndim - 3]!,
    k,
    d,
    p,
    s,
  );
  return columns(input, plan);
}

/** Columns [N, C * KH * KW, places] (or without N) summed into images [N, C, H, W]: where windows overlap, they add up. */
export function fold(
  input: Tensor,
  outputSize: Sizes | FoldOptions,
  kernelSize?: Sizes | FoldOptions,
  dilation?: Sizes | FoldOptions,
  padding?: Sizes | FoldOptions,
  stride?: Sizes | FoldOptions,
  options?: FoldOptions,
): Tensor {
  const [size, k, d = 1, p = 0, s = 1] = positional(
    "fold",
    ["outputSize", "kernelSize", "dilation", "padding", "stride"],
    [outputSize, kernelSize, dilation, padding, stride, options],
  );
  checkTensor("fold", input);
  if (input.ndim !== 2 && input.ndim !== 3)
    throw new ShapeError(`fold: expected an input of 2 or 3 dimensions, got shape ${shapeText(input.shape)}`);
  const taps = numelOf(spatial("fold", "kernelSize", k, 2, 1)),
    rows = input.shape[input.ndim - 2]!;
  if (rows % taps !== 0)
    throw new ShapeError(
      `fold: dimension ${input.ndim - 2} of ${shapeText(input.shape)} must be divisible by the kernel's ${taps} elements`,
    );
  const plan = planOf(
    "fold",
    spatial("fold", "outputSize", size, 2, 1),
    input.shape.slice(0, -2),
    rows / taps,
    k,
    d,
    p,
    s,
  );
  if (input.shape[input.ndim - 1] !== numelOf(plan.places))
    throw new ShapeError(
      `fold: an image of ${shapeText(plan.size)} has ${numelOf(plan.places)} windows, the input ${shapeText(input.shape)} has ${input.shape[input.ndim - 1]}`,
    );
  return gathered(input, plan);
}
