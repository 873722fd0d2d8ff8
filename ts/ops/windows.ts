// Window functions of signal processing.
import { type DTypeLike, getDefaultDtype, toDType } from "../core/dtype.ts";
import { ShapeError, ValueError } from "../core/errors.ts";
import { positional } from "../core/options.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { checkInteger } from "./arguments.ts";
import { finish, tensor } from "./creation.ts";

/** Window weights by their place in a symmetric window of `length` points. */
function windowOf(
  op: string,
  args: unknown[],
  named: string[],
  weights: (length: number, extra: number[]) => (i: number) => number,
): Tensor {
  const values = positional(
    op,
    ["windowLength", "periodic", ...named, "dtype", "device", "requiresGrad"],
    args,
  );
  const [size, periodic = true] = values;
  checkInteger(op, "windowLength", size);
  if (size < 0) throw new ShapeError(`${op}: windowLength must be non-negative, got ${size}`);
  const [dtype, device, requiresGrad] = values.slice(2 + named.length) as [DTypeLike?, string?, boolean?];
  const type = dtype ? toDType(dtype) : getDefaultDtype();
  if (!type.isFloatingPoint) throw new ValueError(`${op}: expects a floating point dtype, got ${type}`);
  const list = new Float64Array(size).fill(1);
  if (size > 1) {
    const at = weights(periodic ? size + 1 : size, values.slice(2, 2 + named.length) as number[]);
    for (let i = 0; i < size; i++) list[i] = at(i);
  }
  return finish(op, tensor(list, { dtype: type }), { device, requiresGrad });
}

type Flag = boolean | object;
const cosines = (length: number, ...terms: number[]) => {
  const turn = (2 * Math.PI) / (length - 1);
  return (i: number) => terms.reduce((sum, a, k) => sum + a * Math.cos(k * turn * i), 0);
};

/** Half a period of a raised cosine; `periodic` (default true) leaves out the last point of a symmetric one. */
export function hannWindow(windowLength: number | object, periodic?: Flag, options?: object): Tensor {
  return windowOf("hannWindow", [windowLength, periodic, options], [], (n) => cosines(n, 0.5, -0.5));
}
/** `alpha - beta * cos(...)`, by default 0.54 and 0.46. */
export function hammingWindow(
  windowLength: number | object,
  periodic?: Flag,
  alpha?: number | object,
  beta?: number | object,
  options?: object,
): Tensor {
  return windowOf(
    "hammingWindow",
    [windowLength, periodic, alpha, beta, options],
    ["alpha", "beta"],
    (n, [a, b]) => cosines(n, a ?? 0.54, -(b ?? 0.46)),
  );
}
/** Blackman's window. */
export function blackmanWindow(windowLength: number | object, periodic?: Flag, options?: object): Tensor {
  return windowOf("blackmanWindow", [windowLength, periodic, options], [], (n) =>
    cosines(n, 0.42, -0.5, 0.08),
  );
}
/** A triangle. */
export function bartlettWindow(windowLength: number | object, periodic?: Flag, options?: object): Tensor {
  return windowOf(
    "bartlettWindow",
    [windowLength, periodic, options],
    [],
    (n) => (i) => 1 - Math.abs((2 * i) / (n - 1) - 1),
  );
}
/** Kaiser's window; `beta` is 12 by default. */
export function kaiserWindow(
  windowLength: number | object,
  periodic?: Flag,
  beta?: number | object,
  options?: object,
): Tensor {
  return windowOf("kaiserWindow", [windowLength, periodic, beta, options], ["beta"], (n, [b = 12]) => {
    const scale = bessel0(b);
    return (i) => bessel0(b * Math.sqrt(Math.max(0, 1 - ((2 * i) / (n - 1) - 1) ** 2))) / scale;
  });
}

/** The modified Bessel function of order 0, by its power series. */
function bessel0(x: number): number {
  let sum = 1;
  for (let k = 1, term = 1; term > sum * 1e-17; k++) sum += term *= (x / (2 * k)) ** 2;
  return sum;
}
