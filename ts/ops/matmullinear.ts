// Functions only: in PyTorch `linear` belongs to nn.functional.
import { type OpRecord, record, tracks } from "../autograd/record.ts";
import { ShapeError } from "../core/errors.ts";
import { positional } from "../core/options.ts";
import { sameShape, shapeText } from "../core/shape.ts";
import { isTensor, Tensor } from "../tensor/tensor.ts";
import { checkTensor } from "./dispatch.ts";
import { matmul, mm } from "./matmul.ts";
import { asRow, asRows, checkRank, checkSameDtype, product, shaped, turned } from "./matmulkernel.ts";

/** `other` is the weight transposed: a node of its own, as in PyTorch. */
interface Saved {
  input: Tensor;
  other: Tensor;
}
const input = (g: Tensor, { other }: Saved): Tensor => matmul(g, turned(other));
/** Computed in the weight's own layout, so that the transpose behind it leaves a row-major gradient. */
const other = (g: Tensor, saved: Saved): Tensor => turned(mm(turned(asMatrix(g)), asMatrix(saved.input)));
const asMatrix = (x: Tensor): Tensor => (x.ndim === 1 ? x.reshape([1, x.shape[0]!]) : asRows(x));

const withBias = (node: string): OpRecord<Saved> => ({
  name: "linear",
  node,
  vjp: { bias: (g) => g, input, other },
});
const plain = (node: string): OpRecord<Saved> => ({ name: "linear", node, vjp: { input, other } });
/** Named after what PyTorch composes for the number of dimensions. */
const LINEAR = withBias("AddmmBackward0");
const LINEAR_3D = withBias("ViewBackward0");
const LINEAR_ND = withBias("AddBackward0");
const PLAIN = plain("MmBackward0");
const PLAIN_ND = plain("UnsafeViewBackward0");

export interface LinearArguments {
  bias?: Tensor | null;
}

/** input [..., in] @ weight [out, in] transposed, plus bias [out]. @throws ShapeError where they do not fit. */
export function linear(input: Tensor, weight: Tensor, bias?: Tensor | null | LinearArguments): Tensor {
  const add: Tensor | null =
    bias === undefined || bias === null || isTensor(bias)
      ? (bias ?? null)
      : (positional<[(Tensor | null)?]>("linear", ["bias"], [bias])[0] ?? null);
  checkTensor("linear", input);
  checkTensor("linear", weight);
  if (add !== null) checkTensor("linear", add);
  if (weight.ndim === 1) {
    if (add !== null && (input.ndim === 2 || input.ndim === 3)) checkRank("linear", weight, 2);
    const out = matmul(input, weight);
    return add === null ? out : out.add(add);
  }
  checkRank("linear", weight, 2);
  if (input.ndim === 0) throw new ShapeError("linear: the input needs at least 1 dimension");
  if (input.shape[input.ndim - 1] !== weight.shape[1])
    throw new ShapeError(
      `linear: an input of shape ${shapeText(input.shape)} needs a weight of shape [out, ${input.shape[input.ndim - 1]}], got ${shapeText(weight.shape)}`,
    );
  const tracked = tracks(input, weight, add);
  const wide = tracked ? weight.t() : untracked(weight);
  if (add === null) checkSameDtype("linear", input, weight);
  else checkSameDtype("linear", input, weight, add);
  const width = weight.shape[0]!,
    size = [width];
  if (add !== null && !sameShape(add.shape, size)) return linear(input, weight).add(expandable(add, size));
  let out = product("linear", input.ndim === 1 ? asRow(input) : input, wide, add);
  if (input.ndim === 1) out = shaped(out, size);
  if (!tracked) return out;
  const saved = { input, other: wide };
  if (add === null) return record(input.ndim <= 2 ? PLAIN : PLAIN_ND, [input, wide], out, saved);
  return record(
    input.ndim <= 2 ? LINEAR : input.ndim === 3 ? LINEAR_3D : LINEAR_ND,
    [add, input, wide],
    out,
    saved,
  );
}

/** The transpose without a place on the tape. */
function untracked({ storage, dtype, shape, strides, offset }: Tensor): Tensor {
  return new Tensor(storage, dtype, [shape[1]!, shape[0]!], [strides[1]!, strides[0]!], offset);
}

function expandable(bias: Tensor, size: readonly number[]): Tensor {
  if (bias.numel() !== 1)
    throw new ShapeError(
      `linear: the bias has shape ${shapeText(bias.shape)}, the weight wants ${shapeText(size)}`,
    );
  return bias;
}
