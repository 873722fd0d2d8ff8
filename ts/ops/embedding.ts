// Functions only: in PyTorch these belong to nn.functional.
import { nonDifferentiable, type OpRecord, record, tracks } from "../autograd/record.ts";
import { untaped } from "../autograd/untaped.ts";
import { int64 } from "../core/dtype.ts";
import { DtypeError, ShapeError, ValueError } from "../core/errors.ts";
import { positional } from "../core/options.ts";
import { shapeText } from "../core/shape.ts";
import { cast } from "../tensor/raw.ts";
import { empty, type Tensor } from "../tensor/tensor.ts";
import { ones, tensor } from "./creation.ts";
import { checkTensor } from "./dispatch.ts";
import { gatherInto, slicePlaces } from "./indexed.ts";
import { seenAs } from "./lines.ts";

export interface EmbeddingArguments {
  /** A row that gets no gradient; negative ones count from the end. */
  paddingIdx?: number | null;
  /** Rows that are looked up are first scaled down, in place, to at most this norm. */
  maxNorm?: number | null;
  /** Kind of that norm; default 2. */
  normType?: number;
  /** Divide each row's gradient by how often it was looked up; default false. */
  scaleGradByFreq?: boolean;
  /** Accepted, and without effect. */
  sparse?: boolean;
}

interface Saved {
  indices: Tensor;
  rows: number;
  paddingIdx: number;
  scale: boolean;
}
const EMBEDDING: OpRecord<Saved> = {
  name: "embedding",
  vjp: {
    weight: (g, { indices, rows, paddingIdx, scale }) => {
      const width = g.shape[g.ndim - 1]!,
        n = indices.numel();
      let grad = g.reshape([n, width]);
      if (paddingIdx >= 0) grad = grad.mul(indices.ne(paddingIdx).to(g.dtype).reshape([n, 1]));
      if (scale) grad = grad.div(frequencies(indices, rows).to(g.dtype).reshape([n, 1]));
      return g.newZeros([rows, width]).indexAdd(0, indices, grad);
    },
    input: nonDifferentiable,
  },
};

/** How often each index occurs among all of them. */
function frequencies(indices: Tensor, rows: number): Tensor {
  const counts = indices.newZeros([rows]).indexAdd(0, indices, ones([indices.numel()], { dtype: int64 }));
  return counts.indexSelect(0, indices);
}

/** Rows of `weight` [rows, width] by index: a tensor of indices [...] gives [..., width]. @throws IndexError for an index out of range. */
export function embedding(
  input: Tensor,
  weight: Tensor,
  paddingIdx?: number | null | EmbeddingArguments,
  maxNorm?: number | null | EmbeddingArguments,
  normType?: number | EmbeddingArguments,
  scaleGradByFreq?: boolean | EmbeddingArguments,
  sparse?: boolean | EmbeddingArguments,
  options?: EmbeddingArguments,
): Tensor {
  const [padding = null, limit = null, type = 2, scale = false] = positional<
    [(number | null)?, (number | null)?, number?, boolean?]
  >(
    "embedding",
    ["paddingIdx", "maxNorm", "normType", "scaleGradByFreq", "sparse"],
    [paddingIdx, maxNorm, normType, scaleGradByFreq, sparse, options],
  );
  checkTensor("embedding", input);
  checkTensor("embedding", weight);
  if (weight.ndim !== 2)
    throw new ShapeError(`embedding: weight must have 2 dimensions, got shape ${shapeText(weight.shape)}`);
  if (input.dtype.name !== "int64" && input.dtype.name !== "int32")
    throw new DtypeError(`embedding: expected int64 or int32 indices, got ${input.dtype}`);
  const rows = weight.shape[0]!,
    width = weight.shape[1]!;
  if (padding !== null && (padding >= rows || padding < -rows))
    throw new ValueError(`embedding: paddingIdx must be within the ${rows} rows, got ${padding}`);
  const indices = cast(input, int64).detach().reshape([-1]);
  const spots = slicePlaces("embedding", weight, 0, indices);
  if (limit !== null) renormalize(weight, indices, limit, type);
  const found = empty([input.numel(), width], weight.dtype);
  const out = seenAs(gatherInto(found, weight, spots), [...input.shape, width]);
  if (!tracks(weight)) return out;
  const paddingRow = padding === null ? -1 : padding < 0 ? padding + rows : padding;
  return record(EMBEDDING, [weight], out, { indices, rows, paddingIdx: paddingRow, scale });
}

export interface LookUpOptions {
  /** A row that gets no gradient; default -1, none. */
  paddingIdx?: number;
  /** Divide each row's gradient by how often it was looked up; default false. */
  scaleGradByFreq?: boolean;
  /** Accepted, and without effect. */
  sparse?: boolean;
}
/** `torch.embedding`: as `nn.functional.embedding`, the rows first. */
export function lookUp(
  weight: Tensor,
  indices: Tensor,
  paddingIdx?: number | LookUpOptions,
  scaleGradByFreq?: boolean | LookUpOptions,
  sparse?: boolean | LookUpOptions,
  options?: LookUpOptions,
): Tensor {
  const [padding = -1, scale = false] = positional<[number?, boolean?]>(
    "embedding",
    ["paddingIdx", "scaleGradByFreq", "sparse"],
    [paddingIdx, scaleGradByFreq, sparse, options],
  );
  return embedding(indices, weight, padding < 0 ? null : padding, null, 2, scale);
}

/** Scales rows down in place, off the tape. */
function renormalize(weight: Tensor, indices: Tensor, limit: number, type: number): void {
  untaped(() => {
    const rows = weight.detach().indexSelect(0, indices);
    const norms = rows.norm(type, 1, true);
    const factor = norms.gt(limit).to(rows.dtype).mul(norms.add(1e-7).reciprocal().mul(limit).sub(1)).add(1);
    weight.detach().indexCopy_(0, indices, rows.mul(factor));
    weight.storage.version++;
  });
}

/** Rows of zeros with a one at each index: [...] gives [..., numClasses], int64; -1 counts the classes. */
export function oneHot(input: Tensor, numClasses?: number | { numClasses?: number }): Tensor {
  const [given = -1] = positional<[number?]>("oneHot", ["numClasses"], [numClasses]);
  checkTensor("oneHot", input);
  if (input.dtype.name !== "int64")
    throw new DtypeError(`oneHot: expected int64 class indices, got ${input.dtype}`);
  if (input.numel() === 0) {
    if (given <= 0)
      throw new ValueError("oneHot: the number of classes cannot be inferred from an empty tensor");
    return input.newZeros([...input.shape, given]);
  }
  const low = input.amin().item() as number,
    high = input.amax().item() as number;
  if (low < 0) throw new ValueError(`oneHot: class values must be non-negative, got ${low}`);
  if (given !== -1 && high >= given)
    throw new ValueError(`oneHot: class values must be smaller than numClasses (${given}), got ${high}`);
  const count = given === -1 ? high + 1 : given;
  const classes = tensor(
    Float64Array.from({ length: count }, (_, i) => i),
    { dtype: int64 },
  );
  return input
    .reshape([...input.shape, 1])
    .eq(classes)
    .to(int64);
}
