import { ShapeError, ValueError } from "../core/errors.ts";
import { numelOf, shapeText } from "../core/shape.ts";
import { isTensor, type Tensor } from "../tensor/tensor.ts";
import { matmul } from "./matmul.ts";

/** A tensor whose dimensions carry labels. Those of an ellipsis are called `.0`, `.1`, ... from the right. */
interface Labelled {
  x: Tensor;
  labels: string[];
}

/**
 * Sums of products by Einstein's notation: `einsum("bij,bjk->bik", x, y)`. Without `->`, the labels that appear once, in
 * alphabetical order, are the result's. Operands may also come as one array.
 * @throws ValueError for an equation that does not fit the operands, ShapeError where labels stand for different sizes.
 */
export function einsum(equation: string, ...operands: Tensor[] | [readonly Tensor[]]): Tensor {
  const tensors = (Array.isArray(operands[0]) ? operands[0] : operands) as Tensor[];
  if (typeof equation !== "string")
    throw new ValueError('einsum: the equation must be a string, as in "ij,jk->ik"');
  const [left = "", right] = equation.replaceAll(" ", "").split("->");
  const terms = left.split(",");
  if (terms.length !== tensors.length || !tensors.every(isTensor))
    throw new ValueError(
      `einsum: the equation ${JSON.stringify(equation)} has ${terms.length} operands, ${tensors.length} tensors are given`,
    );
  const inputs = terms.map((term, i) => ({
    x: tensors[i]!,
    labels: labelsOf(equation, term, tensors[i]!.ndim),
  }));
  const sizes = sizesOf(inputs);
  const wanted = right === undefined ? implicitOutput(inputs) : outputLabels(equation, right, inputs);
  for (const label of wanted)
    if (!sizes.has(label))
      throw new ValueError(
        `einsum: the label "${label}" of the result of ${JSON.stringify(equation)} is in no operand`,
      );
  let result = diagonalised(inputs[0]!);
  for (let i = 1; i < inputs.length; i++) {
    const later = new Set([...wanted, ...inputs.slice(i + 1).flatMap(({ labels }) => labels)]);
    result = contracted(result, diagonalised(inputs[i]!), later, sizes);
  }
  result = summed(result, new Set(wanted));
  const order = wanted.map((label) => result.labels.indexOf(label));
  const out = order.every((d, i) => d === i) ? result.x : result.x.permute(order);
  return out === tensors[0] ? out.view(out.shape) : out;
}

function labelsOf(equation: string, term: string, ndim: number): string[] {
  const at = term.indexOf("..."),
    plain = at < 0 ? term : term.slice(0, at) + term.slice(at + 3);
  if (!/^[A-Za-z]*$/.test(plain))
    throw new ValueError(`einsum: labels must be letters, got "${term}" in ${JSON.stringify(equation)}`);
  const hidden = ndim - plain.length;
  if (hidden < 0 || (at < 0 && hidden > 0))
    throw new ValueError(`einsum: the labels "${term}" do not fit an operand of ${ndim} dimensions`);
  const ellipsis = Array.from({ length: at < 0 ? 0 : hidden }, (_, i) => `.${hidden - 1 - i}`);
  return at < 0 ? [...plain] : [...plain.slice(0, at), ...ellipsis, ...plain.slice(at)];
}

function sizesOf(inputs: readonly Labelled[]): Map<string, number> {
  const sizes = new Map<string, number>();
  for (const { x, labels } of inputs)
    labels.forEach((label, d) => {
      const size = x.shape[d]!,
        known = sizes.get(label) ?? 1;
      if (size !== 1 && known !== 1 && size !== known)
        throw new ShapeError(
          `einsum: the label "${label}" stands for size ${known} and for size ${size} (shape ${shapeText(x.shape)})`,
        );
      sizes.set(label, known === 1 ? size : known);
    });
  return sizes;
}

const ellipsisOf = (inputs: readonly Labelled[]): string[] =>
  [...new Set(inputs.flatMap(({ labels }) => labels.filter((l) => l[0] === ".")))].sort(
    (a, b) => Number(b.slice(1)) - Number(a.slice(1)),
  );

function implicitOutput(inputs: readonly Labelled[]): string[] {
  const all = inputs.flatMap(({ labels }) => labels).filter((l) => l[0] !== ".");
  return [...ellipsisOf(inputs), ...all.filter((l) => all.indexOf(l) === all.lastIndexOf(l)).sort()];
}

function outputLabels(equation: string, right: string, inputs: readonly Labelled[]): string[] {
  const at = right.indexOf("...");
  const letters = [...(at < 0 ? right : right.slice(0, at) + right.slice(at + 3))];
  if (new Set(letters).size !== letters.length || letters.some((l) => !/[A-Za-z]/.test(l)))
    throw new ValueError(
      `einsum: the result "${right}" of ${JSON.stringify(equation)} must name each label once`,
    );
  return at < 0 ? letters : [...letters.slice(0, at), ...ellipsisOf(inputs), ...letters.slice(at)];
}

/** Where a label appears twice, the diagonal is meant. */
function diagonalised({ x, labels }: Labelled): Labelled {
  const kept = labels.slice();
  for (let d = kept.length - 1; d > 0; d--) {
    const first = kept.indexOf(kept[d]!);
    if (first === d) continue;
    if (x.shape[first] !== x.shape[d])
      throw new ShapeError(
        `einsum: the label "${kept[d]}" is repeated for an operand whose sizes differ, ${x.shape[first]} and ${x.shape[d]}`,
      );
    x = x.diagonal(0, first, d).movedim(-1, first);
    kept.splice(d, 1);
  }
  return { x, labels: kept };
}

/** Sums over the labels that are not kept. */
function summed({ x, labels }: Labelled, keep: ReadonlySet<string>): Labelled {
  const dims = labels.flatMap((l, d) => (keep.has(l) ? [] : [d]));
  return dims.length === 0 ? { x, labels } : { x: x.sum(dims), labels: labels.filter((l) => keep.has(l)) };
}

/** The product of two operands, summed over the labels that nobody needs later: one product of (batches of) matrices. */
function contracted(
  a: Labelled,
  b: Labelled,
  later: ReadonlySet<string>,
  sizes: ReadonlyMap<string, number>,
): Labelled {
  const left = summed(a, new Set([...later, ...b.labels])),
    right = summed(b, new Set([...later, ...a.labels]));
  const shared = left.labels.filter((l) => right.labels.includes(l));
  const batch = shared.filter((l) => later.has(l)),
    inner = shared.filter((l) => !later.has(l));
  const rows = left.labels.filter((l) => !shared.includes(l)),
    columns = right.labels.filter((l) => !shared.includes(l));
  if (inner.length === 0) {
    const labels = [...batch, ...rows, ...columns];
    const spread = ({ x, labels: own }: Labelled): Tensor =>
      x
        .permute(labels.filter((l) => own.includes(l)).map((l) => own.indexOf(l)))
        .reshape(labels.map((l) => (own.includes(l) ? x.shape[own.indexOf(l)]! : 1)));
    return { x: spread(left).mul(spread(right)), labels };
  }
  const n = (labels: readonly string[]) => numelOf(labels.map((l) => sizes.get(l)!));
  const arranged = ({ x, labels }: Labelled, order: readonly string[], shape: number[]): Tensor =>
    x
      .permute(order.map((l) => labels.indexOf(l)))
      .expand(order.map((l) => sizes.get(l)!))
      .reshape(shape);
  const x = arranged(left, [...batch, ...rows, ...inner], [n(batch), n(rows), n(inner)]);
  const y = arranged(right, [...batch, ...inner, ...columns], [n(batch), n(inner), n(columns)]);
  const labels = [...batch, ...rows, ...columns];
  return { x: matmul(x, y).view(labels.map((l) => sizes.get(l)!)), labels };
}
