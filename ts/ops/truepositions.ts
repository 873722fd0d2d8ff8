// Where a tensor is not zero, and the elements under a mask.
import { nonDifferentiable, type OpRecord, record, tracks } from "../autograd/record.ts";
import { bool, int64, uint8 } from "../core/dtype.ts";
import { DtypeError, ShapeError } from "../core/errors.ts";
import { positional } from "../core/options.ts";
import { broadcastShapes, numelOf, type Shape, shapeText } from "../core/shape.ts";
import { kernels } from "../memory/wasm.ts";
import { cast, copyInto, packed } from "../tensor/raw.ts";
import { addressOf, empty, type Tensor, written } from "../tensor/tensor.ts";
import { checkTensor } from "./dispatch.ts";
import { reshaped } from "./gather.ts";
import { gatherInto, scatterInto, writeOver } from "./indexed.ts";
import { cat, stack } from "./join.ts";
import { intoSame } from "./out.ts";

/** Positions, in the flattened tensor, of the elements that are not zero. */
export function truePositions(x: Tensor): Tensor {
  const flags = cast(packed(x), bool),
    n = flags.numel();
  const count = n === 0 ? 0 : kernels.countTrue(addressOf(flags), 0, n);
  // The kernel writes one position ahead of those it keeps.
  const out = empty([count + 1], int64);
  if (n > 0) kernels.findTrue(addressOf(flags), addressOf(out), 0, n);
  written(out);
  return reshaped(out, [count]);
}

/** The indices along each dimension of positions in a flattened tensor of `shape`. */
export function unraveled(positions: Tensor, shape: Shape): Tensor[] {
  let rest = positions;
  const columns: Tensor[] = [];
  for (let d = shape.length - 1; d >= 0; d--) {
    columns.unshift(d === 0 ? rest : rest.remainder(Math.max(shape[d]!, 1)));
    if (d > 0) rest = rest.div(Math.max(shape[d]!, 1), { roundingMode: "trunc" });
  }
  return columns;
}

export interface NonzeroOptions {
  /** A list of indices per dimension in place of one matrix; default false. */
  asTuple?: boolean;
  out?: Tensor;
}
/** The calls of `nonzero`. */
export interface Nonzero {
  (input: Tensor, options: NonzeroOptions & { asTuple: true }): Tensor[];
  (input: Tensor, options?: NonzeroOptions & { asTuple?: false }): Tensor;
}
/** The same as methods. */
export interface NonzeroMethod {
  (options: NonzeroOptions & { asTuple: true }): Tensor[];
  (options?: NonzeroOptions & { asTuple?: false }): Tensor;
}
/** Indices of the elements that are not zero, in row-major order: int64 [count, ndim], or with `asTuple` a list of ndim times [count]. */
export const nonzero = ((input: Tensor, options?: NonzeroOptions): Tensor | Tensor[] => {
  checkTensor("nonzero", input);
  const [asTuple = false, out] = positional("nonzero", ["asTuple", "out"], [options]);
  const positions = truePositions(input);
  const columns = unraveled(positions, input.shape);
  if (asTuple) return columns.length > 0 ? columns : [positions];
  const count = positions.numel();
  return intoSame("nonzero", { out }, columns.length > 0 ? stack(columns, 1) : empty([count, 0], int64));
}) as Nonzero;
/** Indices of the elements that are not zero, in row-major order: int64 [count, ndim]. */
export function argwhere(input: Tensor): Tensor {
  return nonzero(input);
}

/** @throws DtypeError unless the mask is bool (or, as long ago, uint8). */
function checkMask(op: string, mask: unknown): asserts mask is Tensor {
  checkTensor(op, mask);
  if (mask.dtype !== bool && mask.dtype !== uint8)
    throw new DtypeError(`${op}: expected a bool mask, got ${mask.dtype}`);
}

const MASKED_SELECT: OpRecord<{ positions: Tensor; common: Shape }> = {
  name: "maskedSelect",
  vjp: {
    input: (g, { positions, common }) => {
      const flat = g.newZeros([numelOf(common)]);
      return flat.indexCopy(0, positions, g).reshape(common);
    },
    mask: nonDifferentiable,
  },
};
/** The elements where `mask` is true, in row-major order, as a list. Input and mask broadcast against each other. */
export function maskedSelect(
  input: Tensor,
  mask: Tensor | { mask: Tensor; out?: Tensor },
  options?: { out?: Tensor },
): Tensor {
  checkTensor("maskedSelect", input);
  const [where, out] = positional<[Tensor, Tensor?]>("maskedSelect", ["mask", "out"], [mask, options]);
  checkMask("maskedSelect", where);
  const common = broadcastShapes("maskedSelect", input.shape, where.shape);
  const positions = truePositions(where.detach().expand(common));
  const result = empty(positions.shape, input.dtype);
  const source = packed(input.detach().expand(common));
  gatherInto(result, reshaped(source, [source.numel()]), {
    dim: 0,
    index: positions,
    shape: positions.shape,
  });
  if (tracks(input)) record(MASKED_SELECT, [input], result, { positions, common });
  return intoSame("maskedSelect", { out }, result);
}

interface Masked {
  positions: Tensor;
  mask: Tensor;
  shape: Shape;
}
const MASKED_SCATTER: OpRecord<Masked> = {
  name: "maskedScatter",
  vjp: {
    input: (g, { mask }) => g.maskedFill(mask, 0),
    source: (g, { positions, shape }) => {
      const taken = g.reshape([-1]).indexSelect(0, positions);
      return cat([taken, g.newZeros([numelOf(shape) - taken.numel()])]).reshape(shape);
    },
    mask: nonDifferentiable,
  },
};
/** A copy of the input with the elements where `mask` is true replaced by those of `source` in order. Input and mask broadcast. @throws ShapeError where source has too few. */
export function maskedScatter(
  input: Tensor,
  mask: Tensor | { mask: Tensor; source: Tensor },
  source?: Tensor | { source: Tensor },
): Tensor {
  checkTensor("maskedScatter", input);
  const [where, from] = positional<[Tensor, Tensor]>("maskedScatter", ["mask", "source"], [mask, source]);
  checkMask("maskedScatter", where);
  const common = broadcastShapes("maskedScatter", input.shape, where.shape);
  return scatterMasked("maskedScatter", input.expand(common), where, from, false);
}
/** Methods only: `maskedScatter` in place. */
export function maskedScatter_(
  input: Tensor,
  mask: Tensor | { mask: Tensor; source: Tensor },
  source?: Tensor | { source: Tensor },
): Tensor {
  checkTensor("maskedScatter_", input);
  const [where, from] = positional<[Tensor, Tensor]>("maskedScatter_", ["mask", "source"], [mask, source]);
  checkMask("maskedScatter_", where);
  return scatterMasked("maskedScatter_", input, where, from, true);
}

function scatterMasked(op: string, input: Tensor, mask: Tensor, source: Tensor, inPlace: boolean): Tensor {
  checkTensor(op, source);
  if (source.dtype !== input.dtype)
    throw new DtypeError(
      `${op}: expected a source of dtype ${input.dtype} like the input, got ${source.dtype}`,
    );
  const spread = mask.detach().expand(input.shape);
  const positions = truePositions(spread);
  const count = positions.numel();
  if (source.numel() < count)
    throw new ShapeError(
      `${op}: the mask selects ${count} elements, source of shape ${shapeText(source.shape)} has only ${source.numel()}`,
    );
  const values = reshaped(packed(source), [source.numel()]);
  return writeOver(input, {
    name: op,
    inPlace,
    inputs: [source],
    write: (to) => {
      const flat = packed(to);
      const at = { dim: 0, index: positions, shape: [count] };
      scatterInto(reshaped(flat, [flat.numel()]), at, values);
      if (flat !== to) copyInto(to, flat);
    },
    record: (to) =>
      record(MASKED_SCATTER, [input, source], to, { positions, mask: spread, shape: source.shape }),
  });
}
