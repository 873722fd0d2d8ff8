// Elements or slices without repetitions.
import { notImplemented, type OpRecord, record, tracks } from "../autograd/record.ts";
import { untaped } from "../autograd/untaped.ts";
import { bool, int64 } from "../core/dtype.ts";
import { ShapeError } from "../core/errors.ts";
import { positional } from "../core/options.ts";
import { shapeText, wrapDim } from "../core/shape.ts";
import { empty, type Tensor } from "../tensor/tensor.ts";
import { filled } from "./creation.ts";
import { movedim } from "./dims.ts";
import { checkTensor } from "./dispatch.ts";
import { cat } from "./join.ts";
import { narrow, select } from "./slices.ts";
import { sorted } from "./sort.ts";
import { truePositions } from "./truepositions.ts";

export interface ConsecutiveOptions {
  /** Also where each element went; default false. */
  returnInverse?: boolean;
  /** Also how often each one occurred; default false. */
  returnCounts?: boolean;
  /** Compare slices along this dimension; by default the elements of the flattened tensor. */
  dim?: number | null;
}
export interface UniqueOptions extends ConsecutiveOptions {
  /** In ascending order, which they always are. */
  sorted?: boolean;
}
type Both<O> = O & ({ returnInverse: true } | { returnCounts: true });
/** The calls of `unique`: one tensor, or a list with inverse and counts behind it. */
export interface Unique {
  (input: Tensor, options: Both<UniqueOptions>): Tensor[];
  (input: Tensor, options?: UniqueOptions & { returnInverse?: false; returnCounts?: false }): Tensor;
  (
    input: Tensor,
    sorted: boolean,
    returnInverse?: boolean,
    returnCounts?: boolean,
    dim?: number | null,
  ): Tensor | Tensor[];
}
/** The same as methods. */
export interface UniqueMethod {
  (options: Both<UniqueOptions>): Tensor[];
  (options?: UniqueOptions & { returnInverse?: false; returnCounts?: false }): Tensor;
  (sorted: boolean, returnInverse?: boolean, returnCounts?: boolean, dim?: number | null): Tensor | Tensor[];
}
/** The calls of `uniqueConsecutive`. */
export interface UniqueConsecutive {
  (input: Tensor, options: Both<ConsecutiveOptions>): Tensor[];
  (input: Tensor, options?: ConsecutiveOptions & { returnInverse?: false; returnCounts?: false }): Tensor;
  (input: Tensor, returnInverse: boolean, returnCounts?: boolean, dim?: number | null): Tensor | Tensor[];
}
/** The same as methods. */
export interface UniqueConsecutiveMethod {
  (options: Both<ConsecutiveOptions>): Tensor[];
  (options?: ConsecutiveOptions & { returnInverse?: false; returnCounts?: false }): Tensor;
  (returnInverse: boolean, returnCounts?: boolean, dim?: number | null): Tensor | Tensor[];
}

const missing = (name: string, node: string): OpRecord<object> => ({
  name,
  node,
  vjp: { input: notImplemented("PyTorch has none for it") },
});
const UNIQUE = missing("unique", "Unique2Backward0");
const CONSECUTIVE = missing("uniqueConsecutive", "UniqueConsecutiveBackward0");

/** The distinct elements in ascending order, or the distinct slices along `dim` in lexicographic order. NaNs are all distinct. */
export const unique = ((input: Tensor, ...args: unknown[]) => {
  const [, inverse, counts, dim] = positional(
    "unique",
    ["sorted", "returnInverse", "returnCounts", "dim"],
    args,
  );
  return distinct("unique", UNIQUE, input, dim, true, [inverse, counts]);
}) as Unique;
/** The elements that differ from the one before, or the slices along `dim` that do. */
export const uniqueConsecutive = ((input: Tensor, ...args: unknown[]) => {
  const [inverse, counts, dim] = positional(
    "uniqueConsecutive",
    ["returnInverse", "returnCounts", "dim"],
    args,
  );
  return distinct("uniqueConsecutive", CONSECUTIVE, input, dim, false, [inverse, counts]);
}) as UniqueConsecutive;

function distinct(
  op: string,
  made: OpRecord<object>,
  input: Tensor,
  dim: number | null | undefined,
  sorting: boolean,
  wants: readonly [boolean | undefined, boolean | undefined],
): Tensor | Tensor[] {
  checkTensor(op, input);
  const results = untaped(() =>
    dim === undefined || dim === null
      ? runs(input.reshape([-1]), input.shape, sorting)
      : distinctSlices(op, input, wrapDim(op, dim, input.ndim), sorting),
  );
  if (tracks(input)) record(made, [input], results[0], null);
  const [wantsInverse, wantsCounts] = wants;
  if (!wantsInverse && !wantsCounts) return results[0];
  return results.filter((_, i) => i === 0 || wants[i - 1]);
}

function distinctSlices(op: string, input: Tensor, dim: number, sorting: boolean): [Tensor, Tensor, Tensor] {
  const line = input.ndim === 0 ? input.reshape([1]) : input;
  if (line.numel() === 0 && line.shape[dim] !== 0)
    throw new ShapeError(
      `${op}: there are dimensions of size 0 and they aren't selected, so ${op} cannot be applied to shape ${shapeText(input.shape)}`,
    );
  const n = line.shape[dim]!;
  const moved = movedim(line, dim, 0);
  const [rows, inverse, counts] = runs(moved.reshape([n, n === 0 ? 0 : moved.numel() / n]), [n], sorting);
  return [
    movedim(rows.reshape([rows.shape[0]!, ...moved.shape.slice(1)]), 0, dim).contiguous(),
    inverse,
    counts,
  ];
}

/** Distinct entries along the first dimension of a list or matrix, with inverse (of a shape) and counts. */
function runs(x: Tensor, inverseShape: readonly number[], sorting: boolean): [Tensor, Tensor, Tensor] {
  const n = x.shape[0]!;
  if (n === 0) return [x.clone(), empty(inverseShape, int64), empty([0], int64)];
  let order: Tensor | null = null,
    list = x;
  if (sorting) {
    if (x.ndim === 1) [list, order] = sorted(x, 0);
    else {
      order = lexicographic(x);
      list = x.indexSelect(0, order);
    }
  }
  let differs = narrow(list, 0, 1, n - 1).ne(narrow(list, 0, 0, n - 1));
  if (x.ndim === 2) differs = differs.any(1);
  const first = cat([filled([1], true, bool), differs]);
  const starts = truePositions(first);
  let inverse = first.cumsum(0).sub(1);
  if (order !== null) inverse = inverse.newZeros([n]).scatter(0, order, inverse);
  const ends = cat([narrow(starts, 0, 1, starts.numel() - 1), filled([1], n, int64)]);
  return [list.indexSelect(0, starts), inverse.reshape(inverseShape), ends.sub(starts)];
}

/** The order of a matrix's rows: by the last column, then stably by the one before, up to the first. */
function lexicographic(x: Tensor): Tensor {
  let order = sorted(select(x, 1, x.shape[1]! - 1), 0)[1];
  for (let column = x.shape[1]! - 2; column >= 0; column--)
    order = order.indexSelect(0, sorted(select(x, 1, column).indexSelect(0, order), 0)[1]);
  return order;
}
