import { float64 } from "../core/dtype.ts";
import { AutogradError, DtypeError } from "../core/errors.ts";
import { positional } from "../core/options.ts";
import { isTensor, type Tensor } from "../tensor/tensor.ts";
import { grad } from "./backward.ts";
import { enableGrad, noGrad } from "./contexts.ts";

export interface GradcheckOptions {
  /** Step of the central difference; default 1e-6. */
  eps?: number;
  /** Absolute tolerance; default 1e-5. */
  atol?: number;
  /** Relative tolerance; default 1e-3. */
  rtol?: number;
  /** Throw, rather than return false, where gradients differ; default true. */
  raiseException?: boolean;
  /** Compare the Jacobians along one direction instead of entry by entry, for large inputs; default false. */
  fastMode?: boolean;
}

type Scalar = (...inputs: Tensor[]) => Tensor | readonly Tensor[];
const NAMES = ["eps", "atol", "rtol", "raiseException", "fastMode"] as const;

/**
 * Compares the gradients of `func` with central differences, for every float64 input that requires a gradient.
 * @throws AutogradError naming input, output and the two Jacobians' entries where they differ.
 */
export function gradcheck(
  func: Scalar,
  inputs: Tensor | readonly Tensor[],
  options?: GradcheckOptions,
): boolean {
  const [eps = 1e-6, atol = 1e-5, rtol = 1e-3, raise = true, fast = false] = positional<number[]>(
    "gradcheck",
    NAMES,
    [options],
  );
  const given = isTensor(inputs) ? [inputs] : [...inputs];
  const checked = given.filter((x) => isTensor(x) && x.requiresGrad);
  if (checked.length === 0) throw new AutogradError("gradcheck: none of the inputs requires a gradient");
  for (const x of checked)
    if (x.dtype !== float64)
      throw new DtypeError(`gradcheck: inputs must be float64 for differences to be precise, got ${x.dtype}`);
  try {
    for (const x of checked) compare(func, given, x, eps!, atol!, rtol!, Boolean(fast));
    return true;
  } catch (error) {
    if (raise || !(error instanceof AutogradError)) throw error;
    return false;
  }
}

const outputsOf = (func: Scalar, inputs: readonly Tensor[]): Tensor[] => {
  const out = func(...inputs);
  return (isTensor(out) ? [out] : [...out]).filter((t) => t.dtype.isFloatingPoint);
};

/** One element of a tensor, or numbers to weigh all of its elements by. */
type Direction = number | Float64Array;

function directions(count: number, fast: boolean): Direction[] {
  return fast
    ? [Float64Array.from({ length: count }, (_, i) => Math.cos(1 + i))]
    : Array.from({ length: count }, (_, i) => i);
}

/** Elements moved from those of `x` by `step` along a direction. */
function along(x: Tensor, from: Float64Array, way: Direction, step: number): Tensor {
  const moved = from.slice();
  if (typeof way === "number") moved[way]! += step;
  else way.forEach((weight, i) => (moved[i]! += step * weight));
  return x.newTensor(Array.from(moved)).reshape(x.shape);
}

const project = (values: Float64Array, way: Direction): number =>
  typeof way === "number" ? values[way]! : way.reduce((sum, weight, i) => sum + weight * values[i]!, 0);

const valuesOf = (x: Tensor): Float64Array => x.detach().reshape([-1]).toTypedArray() as Float64Array;

function compare(
  func: Scalar,
  inputs: readonly Tensor[],
  x: Tensor,
  eps: number,
  atol: number,
  rtol: number,
  fast: boolean,
): void {
  const outputs = outputsOf(func, inputs);
  const ways = directions(x.numel(), fast);
  const from = valuesOf(x);
  /** Central differences: for each direction those of every output. */
  const numeric = ways.map((way) => {
    const [ahead, behind] = [eps, -eps].map((step) =>
      noGrad(() => {
        const moved = along(x, from, way, step);
        const outs = outputsOf(
          func,
          inputs.map((t) => (t === x ? moved : t)),
        );
        return outs.map(valuesOf);
      }),
    );
    return ahead!.map((values, k) => values.map((v, j) => (v - behind![k]![j]!) / (2 * eps)));
  });
  outputs.forEach((out, k) => {
    if (!out.requiresGrad) {
      if (numeric.some((column) => column[k]!.some((v) => Math.abs(v) > atol)))
        throw new AutogradError(`gradcheck: output ${k} depends on an input but does not require a gradient`);
      return;
    }
    for (const seed of directions(out.numel(), fast)) {
      const upstream = along(out, new Float64Array(out.numel()), seed, 1);
      const [analytic] = grad([out], [x], { gradOutputs: [upstream], retainGraph: true, allowUnused: true });
      const values = analytic ? valuesOf(analytic) : new Float64Array(x.numel());
      ways.forEach((way, i) => {
        const want = project(numeric[i]![k]!, seed),
          value = project(values, way);
        if (
          !(Math.abs(value - want) <= atol + rtol * Math.abs(want)) &&
          !(Number.isNaN(value) && Number.isNaN(want))
        )
          throw new AutogradError(
            `gradcheck: Jacobian mismatch for output ${k} with respect to input ${inputs.indexOf(x)}, ${fast ? "along one direction" : `element [${i}, ${String(seed)}]`}: numerical ${want}, analytical ${value}`,
          );
      });
    }
  });
}

/** `gradcheck` of the gradients of `func`: checks second derivatives. `gradOutputs` default to fixed numbers. */
export function gradgradcheck(
  func: Scalar,
  inputs: Tensor | readonly Tensor[],
  gradOutputs?: readonly Tensor[] | null,
  options?: GradcheckOptions,
): boolean {
  const given = isTensor(inputs) ? [inputs] : [...inputs];
  const outputs = outputsOf(func, given).filter((o) => o.requiresGrad);
  const upstream =
    gradOutputs ??
    outputs.map((o, k) => {
      const weights = Array.from({ length: o.numel() }, (_, i) => Math.cos(1 + i + 3 * k));
      return o.detach().newTensor(weights).reshape(o.shape).requiresGrad_();
    });
  const wanted = given.filter((x) => x.requiresGrad);
  const first = (...all: Tensor[]): Tensor[] => {
    const xs = all.slice(0, given.length),
      gs = all.slice(given.length);
    // Inside `differences` nothing is recorded, but gradients need a tape.
    const live = xs.map((x) => (x.requiresGrad || !x.dtype.isFloatingPoint ? x : x.requiresGrad_()));
    return enableGrad(() => {
      const outs = outputsOf(func, live).filter((o) => o.requiresGrad);
      const targets = live.filter((_, i) => wanted.includes(given[i]!));
      return grad(outs, targets, { gradOutputs: gs, createGraph: true, allowUnused: true }).map(
        (g, i) => g ?? targets[i]!.mul(0),
      );
    });
  };
  return gradcheck(first, [...given, ...upstream], options);
}
