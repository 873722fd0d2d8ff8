// Tensors of evenly spaced numbers.
import { bool, type DType, type DTypeLike, getDefaultDtype, int64, toDType } from "../core/dtype.ts";
import { DtypeError, MemoryError, ShapeError, ValueError } from "../core/errors.ts";
import { isOptions, positional } from "../core/options.ts";
import { kernels } from "../memory/wasm.ts";
import { addressOf, empty, isTensor, type Tensor, written } from "../tensor/tensor.ts";
import { checkHolds, checkInteger } from "./arguments.ts";
import { type CreationOptions, finish, tensor, zeros } from "./creation.ts";
import { describe } from "./dispatch.ts";

const OPTIONS = ["dtype", "device", "requiresGrad", "out"];
const real = (op: string, name: string, value: unknown): number => {
  const plain = isTensor(value) ? value.item() : value;
  if (typeof plain !== "number" && typeof plain !== "bigint" && typeof plain !== "boolean")
    throw new ValueError(`${op}: ${name} must be a number, got ${describe(value)}`);
  return Number(plain);
};

/** @throws DtypeError for bool, which does not count. */
function numeric(op: string, dtype: DType): DType {
  if (dtype === bool) throw new DtypeError(`${op}: not implemented for ${bool}`);
  return dtype;
}

function evenly(op: string, args: unknown[], isClosed: boolean): Tensor {
  const count = args.findLastIndex((x) => x !== undefined) + 1;
  const last = args[count - 1];
  const plain = count - (isOptions(last) ? 1 : 0);
  const [start, end, step, dtype, device, requiresGrad, out] =
    // A single number is the end.
    positional(
      op,
      ["start", "end", "step", ...OPTIONS],
      plain === 1 && !(isOptions(last) && "end" in last) ? [0, ...args] : args,
    );
  const given = [real(op, "start", start ?? 0), real(op, "end", end), real(op, "step", step ?? 1)];
  const isWhole = !isClosed && given.every(Number.isInteger);
  const type = numeric(op, dtype ? toDType(dtype) : (out?.dtype ?? (isWhole ? int64 : getDefaultDtype())));
  // Integer dtypes count in integers; arange takes its length from them for the widest only.
  const [from, to, by] = (type.isFloatingPoint ? given : given.map(Math.trunc)) as [number, number, number];
  if (by === 0) throw new ValueError(`${op}: step must be nonzero`);
  if (![from, to, by].every(Number.isFinite))
    throw new ValueError(`${op}: unsupported range: ${from} -> ${to} with step ${by}`);
  if ((to - from) * by < 0)
    throw new ValueError(
      `${op}: upper bound and larger bound inconsistent with step sign (${from} -> ${to}, step ${by})`,
    );
  const [low, high, pace] = isClosed || type === int64 ? [from, to, by] : (given as [number, number, number]);
  const steps = (high - low) / pace;
  const length = isClosed ? Math.floor(steps) + 1 : Math.ceil(steps);
  const made = empty([length], type);
  kernels.sequence(addressOf(made), type.code, from, by, 0, length);
  return finish(op, written(made), { device, requiresGrad, out });
}

export interface RangeOptions extends CreationOptions {
  start?: number;
  end?: number;
  step?: number;
}

/** The numbers from `start` (default 0) to before `end`: `arange(5)`, `arange(1, 2, 0.5)`. int64 when all arguments are integers, else the default dtype. */
export function arange(
  start: number | Tensor | RangeOptions,
  end?: number | Tensor | RangeOptions,
  step?: number | Tensor | RangeOptions,
  options?: RangeOptions,
): Tensor {
  return evenly("arange", [start, end, step, options], false);
}
/** The numbers from `start` to `end`, both included, in the default dtype; `arange` is what PyTorch advises. */
export function range(
  start: number | RangeOptions,
  end?: number | RangeOptions,
  step?: number | RangeOptions,
  options?: RangeOptions,
): Tensor {
  return evenly("range", [start, end, step, options], true);
}

function spaced(
  op: string,
  args: unknown[],
  named: string[],
  map: (x: number, base: number) => number,
): Tensor {
  const values = positional(op, [...named, ...OPTIONS], args);
  const from = real(op, "start", values[0]),
    to = real(op, "end", values[1]),
    steps = values[2];
  checkInteger(op, "steps", steps);
  if (steps < 0) throw new ShapeError(`${op}: number of steps must be non-negative, got ${steps}`);
  // What no memory holds is not an error of the engine's.
  if (steps > 2 ** 30) throw new MemoryError(`${op}: ${steps} steps do not fit into memory`);
  const base = named.length > 3 ? real(op, "base", values[3] ?? 10) : 0;
  const [dtype, device, requiresGrad, out] = values.slice(named.length) as [
    DTypeLike?,
    string?,
    boolean?,
    Tensor?,
  ];
  const type = numeric(op, dtype ? toDType(dtype) : (out?.dtype ?? getDefaultDtype()));
  for (const x of [from, to]) checkHolds(op, type, x);
  // PyTorch counts from both ends, in the dtype's own precision.
  const round = type.domain === "f32" ? Math.fround : (x: number) => x;
  const [first, last] = type.isFloatingPoint ? [from, to] : [Math.trunc(from), Math.trunc(to)];
  const step = round((round(last) - round(first)) / (steps - 1));
  const list = new Float64Array(steps);
  const point = (i: number) =>
    i < Math.floor(steps / 2)
      ? round(round(first) + round(step * i))
      : round(round(last) - round(step * (steps - 1 - i)));
  // Of integers, it counts on from the whole number at the start of each vector of 256 bits, in pairs of vectors.
  const width = 32 / type.itemsize,
    rest = type.isFloatingPoint || op !== "linspace" ? 0 : steps - (steps % (2 * width));
  for (let i = 0; i < steps; i++) {
    const at = i - (i % width);
    list[i] = map(i < rest ? Math.trunc(point(at)) + step * (i - at) : point(i), base);
  }
  if (steps === 1) list[0] = map(round(first), base);
  return finish(op, tensor(list, { dtype: type }), { device, requiresGrad, out });
}

/** `steps` numbers from `start` to `end`, both included, evenly spaced. */
export function linspace(
  start: number | object,
  end?: number | object,
  steps?: number | object,
  options?: CreationOptions,
): Tensor {
  return spaced("linspace", [start, end, steps, options], ["start", "end", "steps"], (x) => x);
}
/** `steps` numbers from base^start to base^end, both included, evenly spaced on a logarithmic scale. Base 10 by default. */
export function logspace(
  start: number | object,
  end?: number | object,
  steps?: number | object,
  base?: number | object,
  options?: CreationOptions,
): Tensor {
  return spaced(
    "logspace",
    [start, end, steps, base, options],
    ["start", "end", "steps", "base"],
    (x, b) => b ** x,
  );
}

/** An `n` by `m` (default `n`) matrix with ones on the diagonal. */
export function eye(n: number, m?: number | CreationOptions, options?: CreationOptions): Tensor {
  const [rows, columns, dtype, device, requiresGrad, out] = positional(
    "eye",
    ["n", "m", ...OPTIONS],
    [n, m, options],
  );
  const cols = columns ?? rows;
  checkInteger("eye", "n", rows);
  checkInteger("eye", "m", cols);
  if (rows < 0 || cols < 0)
    throw new ShapeError(`eye: n and m must not be negative, got ${rows} and ${cols}`);
  const made = zeros([rows, cols], { dtype: dtype ?? out?.dtype ?? getDefaultDtype() });
  made.diagonal().fill_(1);
  return finish("eye", made, { device, requiresGrad, out });
}
