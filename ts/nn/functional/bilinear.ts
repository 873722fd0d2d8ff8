import { ShapeError } from "../../core/errors.ts";
import { positional } from "../../core/options.ts";
import { numelOf, sameShape, shapeText } from "../../core/shape.ts";
import { checkTensors } from "../../ops/arguments.ts";
import { matmul } from "../../ops/matmul.ts";
import type { Tensor } from "../../tensor/tensor.ts";

/** input1 [..., in1] and input2 [..., in2] with weight [out, in1, in2]: y[..., o] = input1 W_o input2 + bias[o]. */
export function bilinear(
  input1: Tensor,
  input2: Tensor,
  weight: Tensor,
  bias?: Tensor | null | { bias?: Tensor | null },
): Tensor {
  checkTensors("bilinear", [input1, input2, weight]);
  const [add] = positional<[Tensor | null | undefined]>("bilinear", ["bias"], [bias]);
  if (add != null) checkTensors("bilinear", [add]);
  const lead = input1.shape.slice(0, -1),
    in1 = input1.shape[input1.ndim - 1]!,
    in2 = input2.shape[input2.ndim - 1]!;
  const out = weight.shape[0]!;
  if (
    weight.ndim !== 3 ||
    !sameShape(lead, input2.shape.slice(0, -1)) ||
    weight.shape[1] !== in1 ||
    weight.shape[2] !== in2 ||
    (add && add.shape[0] !== out)
  )
    throw new ShapeError(
      `bilinear: inputs ${shapeText(input1.shape)} and ${shapeText(input2.shape)} do not fit weight ${shapeText(weight.shape)} and bias ${add ? shapeText(add.shape) : "null"}`,
    );
  const rows = numelOf(lead);
  // [rows, in1] @ [in1, out * in2], then the second factor against each of the `out` vectors.
  const halfway = matmul(
    input1.reshape([rows, in1]),
    weight.permute(1, 0, 2).reshape([in1, out * in2]),
  ).reshape([rows, out, in2]);
  const y = matmul(halfway, input2.reshape([rows, in2, 1])).reshape([...lead, out]);
  return add === undefined || add === null ? y : y.add(add);
}
