import { int8 } from "../core/dtype.ts";
import { DtypeError } from "../core/errors.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { checkInner, checkRank, productInt8 } from "./matmulkernel.ts";
import { into, type OutOptions } from "./out.ts";

const OP = "_intMm";

/**
 * Product of two int8 matrices as int32, exact (modulo 2^32): for quantised inference. @throws DtypeError unless both are
 * int8, ShapeError unless they are matrices that fit.
 */
export function _intMm(input: Tensor, mat2: Tensor, options?: OutOptions): Tensor {
  checkRank(OP, input, 2);
  checkRank(OP, mat2, 2);
  for (const { dtype } of [input, mat2])
    if (dtype !== int8) throw new DtypeError(`${OP}: expected int8 matrices, got ${dtype}`);
  checkInner(OP, input.shape, mat2.shape);
  return into(OP, options, productInt8(input, mat2));
}
