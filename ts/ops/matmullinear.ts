// Functions only: in PyTorch `linear` belongs to nn.functional.
import { type OpRecord, record, tracks } from "../autograd/record.ts";
import { ShapeError } from "../core/errors.ts";
import { isOptions, positional } from "../core/options.ts";
import { sameShape, shapeText } from "../core/shape.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { checkTensor } from "./dispatch.ts";
import { matmul, mm } from "./matmul.ts";
import {
  asRow,
  asRows,
  checkInner,
  checkRank,
  checkSameDtype,
  product,
  shaped,
  turned,
} from "./matmulkernel.ts";

interface LinearSaved {
  input: Tensor;
  weight: Tensor;
  bias: number;
}
/** What linear's gradients are made of; the node is named after what PyTorch composes for the case. */
const linearRecord = (node: string): OpRecord<LinearSaved> => ({
  name: "linear",
  node,
  vjp: {
    input: (g, { weight }) => matmul(g, weight),
    weight: (g, { input }) => mm(turned(asRows(g)), asRows(input)),
    bias: (g) => g,
  },
});
const LINEAR = linearRecord("AddmmBackward0"),
  LINEAR_3D = linearRecord("ViewBackward0"),
  LINEAR_ND = linearRecord("AddBackward0");
const LINEAR_PLAIN = linearRecord("MmBackward0"),
  LINEAR_PLAIN_ND = linearRecord("UnsafeViewBackward0");

export interface LinearArguments {
  input?: Tensor;
  weight?: Tensor;
  bias?: Tensor | null;
}

/** input [..., in] @ weight [out, in] transposed, plus bias [out]. @throws ShapeError where they do not fit. */
export function linear(input: Tensor, weight: Tensor, bias?: Tensor | null | LinearArguments): Tensor {
  let add = bias as Tensor | null | undefined;
  if (isOptions(bias)) [, , add] = positional("linear", ["input", "weight", "bias"], [input, weight, bias]);
  checkTensor("linear", input);
  checkTensor("linear", weight);
  add ??= null;
  if (weight.ndim === 1) {
    const out = matmul(input, weight);
    return add === null ? out : out.add(add);
  }
  checkRank("linear", weight, 2);
  if (input.ndim === 0) throw new ShapeError("linear: the input needs at least 1 dimension");
  const wide = turned(weight.detach());
  checkInner("linear", input.shape, wide.shape);
  checkSameDtype("linear", input, weight, ...(add === null ? [] : [add]));
  const width = weight.shape[0]!;
  if (add !== null && !sameShape(add.shape, [width]) && add.numel() !== 1)
    throw new ShapeError(
      `linear: bias has shape ${shapeText(add.shape)}, weight ${shapeText(weight.shape)} wants [${width}]`,
    );
  const fused = add !== null && add.shape.length === 1 && add.shape[0] === width ? add : null;
  let out = product("linear", input.ndim === 1 ? asRow(input) : input, wide, fused);
  if (input.ndim === 1) out = shaped(out, [width]);
  if (add !== null && fused === null)
    return tracks(input, weight)
      ? record(LINEAR_PLAIN, [input, weight], out, { input, weight, bias: 0 }).add(add)
      : out.add(add);
  if (!tracks(input, weight, add)) return out;
  const small = input.ndim <= 2;
  const op =
    add === null
      ? small
        ? LINEAR_PLAIN
        : LINEAR_PLAIN_ND
      : small
        ? LINEAR
        : input.ndim === 3
          ? LINEAR_3D
          : LINEAR_ND;
  return record(op, add === null ? [input, weight] : [input, weight, add], out, { input, weight, bias: 0 });
}
