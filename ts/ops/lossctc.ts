// Connectionist temporal classification: forward and backward variables in float64, one sample after another.
import { nonDifferentiable, notImplemented, type OpRecord, record, tracks } from "../autograd/record.ts";
import { type DType, float64 } from "../core/dtype.ts";
import { DtypeError, IndexError, ShapeError } from "../core/errors.ts";
import { shapeText } from "../core/shape.ts";
import { cast } from "../tensor/raw.ts";
import { isTensor, type Tensor } from "../tensor/tensor.ts";
import { sizesOf } from "./arguments.ts";
import { checkTensor } from "./dispatch.ts";
import { fromNumbers } from "./numbers.ts";

/** What the samples of a batch are: `logs` is [times, batch, classes]. */
interface Alignment {
  logs: Tensor;
  times: readonly number[];
  /** The classes of each sample, with blanks before, between and after. */
  paths: readonly (readonly number[])[];
  blank: number;
  zeroInfinity: boolean;
}

const CTC: OpRecord<Alignment> = {
  name: "ctcLoss",
  vjp: { logProbs: (g, s) => ctcBackward(g, s), targets: nonDifferentiable },
};
const CTC_BACKWARD: OpRecord<object> = {
  name: "ctcLossBackward",
  vjp: { grad: notImplemented("PyTorch has no second derivative of ctcLoss either") },
};

const numbers = (op: string, x: Tensor | readonly number[]): number[] => {
  if (isTensor(x) && !x.dtype.isInteger)
    throw new DtypeError(`${op}: targets and lengths must be integers, got ${x.dtype}`);
  if (!isTensor(x)) return [...sizesOf(op, "targets and lengths", x)];
  return x.reshape([-1]).tolist() as number[];
};

/** Checks the arguments of `ctcLoss`, whose scores are [times, batch, classes]. @throws ShapeError, DtypeError or IndexError. */
export function alignment(
  logs: Tensor,
  targets: Tensor,
  inputLengths: Tensor | readonly number[],
  targetLengths: Tensor | readonly number[],
  blank: number,
  zeroInfinity: boolean,
): Alignment & { lengths: number[] } {
  const op = "ctcLoss";
  checkTensor(op, logs);
  checkTensor(op, targets);
  if (!logs.dtype.isFloatingPoint) throw new DtypeError(`${op}: not implemented for ${logs.dtype}`);
  if (logs.ndim !== 3)
    throw new ShapeError(`${op}: expected scores of 2 or 3 dimensions, got shape ${shapeText(logs.shape)}`);
  const [steps, batch, classes] = logs.shape as [number, number, number];
  const times = numbers(op, inputLengths),
    lengths = numbers(op, targetLengths),
    labels = numbers(op, targets);
  if (times.length !== batch || lengths.length !== batch)
    throw new ShapeError(
      `${op}: expected one input length and one target length for each of ${batch} samples, got ${times.length} and ${lengths.length}`,
    );
  if (!(blank >= 0 && blank < classes))
    throw new IndexError(`${op}: blank ${blank} must be one of ${classes} classes`);
  for (const t of times)
    if (!(t >= 0 && t <= steps))
      throw new ShapeError(`${op}: expected input lengths of at most ${steps}, got ${t}`);
  const longest = targets.ndim === 2 ? targets.shape[1]! : labels.length;
  if (
    targets.ndim === 2
      ? lengths.some((n) => n > longest) || targets.shape[0] !== batch
      : lengths.reduce((a, b) => a + b, 0) !== longest
  )
    throw new ShapeError(
      `${op}: targets of shape ${shapeText(targets.shape)} do not hold samples of ${lengths.join(", ")} classes`,
    );
  let at = 0;
  const paths = lengths.map((length, n) => {
    const from = targets.ndim === 2 ? n * longest : at;
    at += length;
    const path = [blank];
    for (const label of labels.slice(from, from + length)) {
      if (label < 0 || label >= classes)
        throw new IndexError(`${op}: target ${label} is out of bounds for ${classes} classes`);
      path.push(label, blank);
    }
    return path;
  });
  return { logs, times, paths, blank, zeroInfinity, lengths };
}

const logAdd = (a: number, b: number): number => {
  const top = Math.max(a, b);
  return top === Number.NEGATIVE_INFINITY ? top : top + Math.log1p(Math.exp(-Math.abs(a - b)));
};

/** Log-probabilities of being at each place of the path at each time, over all ways there; backwards with `reversed`. */
function walk(
  log: (t: number, label: number) => number,
  path: readonly number[],
  times: number,
  reversed: boolean,
): Float64Array[] {
  const size = path.length,
    rows: Float64Array[] = new Array(times);
  const step = reversed ? -1 : 1,
    first = reversed ? size - 1 : 0;
  for (let k = 0; k < times; k++) {
    const t = reversed ? times - 1 - k : k,
      row = new Float64Array(size).fill(Number.NEGATIVE_INFINITY),
      last = rows[t - step];
    for (let j = 0; j < size; j++) {
      const s = first + step * j;
      let way = Number.NEGATIVE_INFINITY;
      if (last === undefined) way = j < 2 ? 0 : way;
      else {
        way = last[s]!;
        if (j > 0) way = logAdd(way, last[s - step]!);
        // Only a blank between two equal labels tells them apart.
        if (j > 1 && s % 2 === 1 && path[s] !== path[s - 2 * step]) way = logAdd(way, last[s - 2 * step]!);
      }
      row[s] = way + log(t, path[s]!);
    }
    rows[t] = row;
  }
  return rows;
}

/** Minus the log-likelihood of one sample. */
function loss(rows: readonly Float64Array[], path: readonly number[]): number {
  const last = rows[rows.length - 1];
  if (last === undefined) return path.length === 1 ? 0 : Number.POSITIVE_INFINITY;
  return -(path.length === 1 ? last[0]! : logAdd(last[path.length - 1]!, last[path.length - 2]!));
}

function reader({ logs }: Alignment): (n: number) => (t: number, label: number) => number {
  const values = cast(logs, float64).toTypedArray() as Float64Array,
    [, batch, classes] = logs.shape as [number, number, number];
  return (n) => (t, label) => values[(t * batch + n) * classes + label]!;
}

/** The losses of the samples. */
export function ctc(s: Alignment): Tensor {
  const at = reader(s);
  const losses = Float64Array.from(s.paths, (path, n) => {
    const value = loss(walk(at(n), path, s.times[n]!, false), path);
    return s.zeroInfinity && value === Number.POSITIVE_INFINITY ? 0 : value;
  });
  const out = cast(fromNumbers(losses, [losses.length]), s.logs.dtype);
  return tracks(s.logs) ? record(CTC, [s.logs], out, s) : out;
}

/** As PyTorch's: what the scores before a logSoftmax get, so that only normalised scores have exact gradients. */
function ctcBackward(grad: Tensor, s: Alignment): Tensor {
  const [steps, batch, classes] = s.logs.shape as [number, number, number];
  const dtype: DType = s.logs.dtype,
    at = reader(s);
  const upstream = cast(grad, float64).toTypedArray() as Float64Array;
  const result = new Float64Array(steps * batch * classes);
  s.paths.forEach((path, n) => {
    const log = at(n),
      times = s.times[n]!;
    const ahead = walk(log, path, times, false),
      behind = walk(log, path, times, true),
      value = loss(ahead, path);
    if (s.zeroInfinity && value === Number.POSITIVE_INFINITY) return;
    for (let t = 0; t < times; t++) {
      const through = new Float64Array(classes).fill(Number.NEGATIVE_INFINITY);
      path.forEach((label, k) => {
        through[label] = logAdd(through[label]!, ahead[t]![k]! + behind[t]![k]!);
      });
      for (let c = 0; c < classes; c++) {
        const lp = log(t, c);
        result[(t * batch + n) * classes + c] =
          upstream[n]! * (Math.exp(lp) - Math.exp(through[c]! + value - lp));
      }
    }
  });
  const out = cast(fromNumbers(result, [steps, batch, classes]), dtype);
  return tracks(grad) ? record(CTC_BACKWARD, [grad], out, null) : out;
}
