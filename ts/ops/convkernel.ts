// Convolution and its gradients without a tape, as products with the windows of the input laid out as columns.
import { untaped } from "../autograd/untaped.ts";
import { contiguousStrides, numelOf, type Shape } from "../core/shape.ts";
import { copyInto, packed, packedCopy } from "../tensor/raw.ts";
import { Tensor } from "../tensor/tensor.ts";
import { filled } from "./creation.ts";
import { product } from "./matmulkernel.ts";
import { pad } from "./pad.ts";

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

const view = (x: Tensor, shape: Shape, strides: Shape = contiguousStrides(shape)): Tensor =>
  new Tensor(x.storage, x.dtype, shape, strides, x.offset);
const batchOf = (shape: Shape, rank: number): number => (shape.length === rank + 2 ? shape[0]! : 1);
const spatialOf = (shape: Shape, rank: number): number[] => shape.slice(shape.length - rank);

/** As a batch of groups: [N, G, C / G, ...]. */
function grouped(x: Tensor, { rank, groups }: ConvPlan): Tensor {
  const source = packed(x.detach()),
    channels = x.shape[x.ndim - 1 - rank]!;
  return view(source, [batchOf(x.shape, rank), groups, channels / groups, ...spatialOf(x.shape, rank)]);
}

/** The windows over a row-major [N, G, C, ...] as an overlapping view: [N, G, C, kernel..., result...]. */
function windows(x: Tensor, kernel: Shape, result: Shape, strides: Shape, dilations: Shape): Tensor {
  const [own, along] = [x.strides.slice(0, 3), x.strides.slice(3)];
  return view(
    x,
    [...x.shape.slice(0, 3), ...kernel, ...result],
    [...own, ...along.map((s, d) => s * dilations[d]!), ...along.map((s, d) => s * strides[d]!)],
  );
}

function padded(x: Tensor, edges: readonly (readonly [number, number])[]): Tensor {
  if (edges.every(([before, after]) => before === 0 && after === 0)) return x;
  return pad(x, edges.flatMap(([before, after]) => [after, before]).reverse());
}

const evenly = (pads: readonly number[]): [number, number][] => pads.map((p) => [p, p]);

/** Sliding dot products of the plan's shapes. */
export function convForward(input: Tensor, weight: Tensor, bias: Tensor | null, plan: ConvPlan): Tensor {
  return untaped(() => {
    const { rank, groups } = plan,
      kernel = plan.weight.slice(2),
      result = spatialOf(plan.output, rank);
    const x = padded(grouped(input, plan), evenly(plan.pads));
    const columns = packedCopy(windows(x, kernel, result, plan.strides, plan.dilations));
    const inner = x.shape[2]! * numelOf(kernel),
      rows = plan.weight[0]! / groups;
    const out = product(
      "convolution",
      view(packed(weight.detach()), [groups, rows, inner]),
      view(columns, [x.shape[0]!, groups, inner, numelOf(result)]),
    );
    const shaped = view(out, plan.output);
    return bias === null ? shaped : shaped.add(bias.detach().reshape([-1, ...result.map(() => 1)]));
  });
}

/** The gradient of the weight, from those of the output. */
export function convBackWeight(grad: Tensor, input: Tensor, plan: ConvPlan): Tensor {
  return untaped(() => {
    const { rank, groups } = plan,
      kernel = plan.weight.slice(2),
      result = spatialOf(plan.output, rank);
    const x = padded(grouped(input, plan), evenly(plan.pads)),
      n = x.shape[0]!,
      own = x.shape[2]!;
    const all = windows(x, kernel, result, plan.strides, plan.dilations);
    // Positions of the whole batch come last, so that one product per group sums over them.
    const order = [1, 2, ...kernel.map((_, d) => 3 + d), 0, ...result.map((_, d) => 3 + rank + d)];
    const columns = packedCopy(
      view(
        all,
        order.map((d) => all.shape[d]!),
        order.map((d) => all.strides[d]!),
      ),
    );
    const g = grouped(grad, plan),
      rows = g.shape[2]!,
      count = n * numelOf(result);
    const lead = [1, 2, 0, ...result.map((_, d) => 3 + d)];
    const left = packedCopy(
      view(
        g,
        lead.map((d) => g.shape[d]!),
        lead.map((d) => g.strides[d]!),
      ),
    );
    const inner = own * numelOf(kernel);
    const right = view(columns, [groups, count, inner], [inner * count, 1, count]);
    return view(product("convolution", view(left, [groups, rows, count]), right), plan.weight);
  });
}

/** The gradient of the input, from those of the output: a convolution of what the strides spread out with the weight turned round. */
export function convBackInput(grad: Tensor, weight: Tensor, plan: ConvPlan): Tensor {
  return untaped(() => {
    const { rank, groups, strides, pads, dilations } = plan,
      kernel = plan.weight.slice(2),
      sizes = spatialOf(plan.input, rank);
    const g = spread(grouped(grad, plan), strides);
    const edges = sizes.map((size, d): [number, number] => {
      const reach = dilations[d]! * (kernel[d]! - 1),
        before = reach - pads[d]!;
      return [before, size + reach - before - g.shape[3 + d]!];
    });
    const x = padded(g, edges);
    const columns = packedCopy(
      windows(
        x,
        kernel,
        sizes,
        sizes.map(() => 1),
        dilations,
      ),
    );
    const rows = plan.weight[1]!,
      own = x.shape[2]!,
      taps = numelOf(kernel);
    const out = product(
      "convolution",
      view(turnedRound(weight, groups, own, rows, taps), [groups, rows, own * taps]),
      view(columns, [x.shape[0]!, groups, own * taps, numelOf(sizes)]),
    );
    return view(out, plan.input);
  });
}

/** Zeros between the elements, as many as the stride skips. */
function spread(g: Tensor, strides: readonly number[]): Tensor {
  if (strides.every((s) => s === 1)) return g;
  const shape = g.shape.map((size, d) => (d < 3 ? size : Math.max((size - 1) * strides[d - 3]! + 1, 0)));
  const out = filled(shape, 0, g.dtype);
  copyInto(
    view(
      out,
      g.shape,
      out.strides.map((s, d) => (d < 3 ? s : s * strides[d - 3]!)),
    ),
    g,
  );
  return out;
}

/** [G * O, C, taps] as [G, C, O, taps], the taps in reverse. */
function turnedRound(weight: Tensor, groups: number, own: number, rows: number, taps: number): Tensor {
  const from = packed(weight.detach()),
    out = filled([groups, rows, own, taps], 0, weight.dtype);
  for (let tap = 0; tap < taps; tap++) {
    const source = new Tensor(
      from.storage,
      from.dtype,
      [groups, rows, own],
      [own * rows * taps, taps, rows * taps],
      from.offset + tap,
    );
    copyInto(
      new Tensor(out.storage, out.dtype, [groups, rows, own], out.strides.slice(0, 3), taps - 1 - tap),
      source,
    );
  }
  return out;
}
