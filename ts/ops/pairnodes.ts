// Pairs whose node on the tape has a number for where the tensors are.
import { isTensor, type Tensor } from "../tensor/tensor.ts";
import { type BinaryOp, binary } from "./dispatch.ts";
import type { Operand } from "./promote.ts";

/** The records of two tensors, of a number and a tensor, and of a tensor and a number. */
export const numbered = (stem: string, op: BinaryOp, ends = "012"): BinaryOp[] =>
  Array.from(ends, (end) => ({ ...op, node: `${stem}Backward${end}` }));

export const numberedPair = (forms: readonly BinaryOp[], input: Operand, other: Operand): Tensor =>
  binary(forms[!isTensor(input) ? 1 : isTensor(other) ? 0 : 2]!, input, other);
