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
}

type Scalar = (...inputs: Tensor[]) => Tensor | readonly Tensor[];
const NAMES = ["eps", "atol", "rtol", "raiseException"] as const;

/**
 * Compares the gradients of `func` with central differences, for every float64 input that requires a gradient.
 * @throws AutogradError naming input, output and the two Jacobians' entries where they differ.
 */
export function gradcheck(
  func: Scalar,
  inputs: Tensor | readonly Tensor[],
  options?: GradcheckOptions,
): boolean {
  const [eps = 1e-6, atol = 1e-5, rtol = 1e-3, raise = true] = positional<number[]>("gradcheck", NAMES, [
    options,
  ]);
  const given = isTensor(inputs) ? [inputs] : [...inputs];
  const checked = given.filter((x) => isTensor(x) && x.requiresGrad);
  if (checked.length === 0) throw new AutogradError("gradcheck: none of the inputs requires a gradient");
  for (const x of checked)
    if (x.dtype !== float64)
      throw new DtypeError(`gradcheck: inputs must be float64 for differences to be precise, got ${x.dtype}`);
  try {
    for (const x of checked) compare(func, given, x, eps!, atol!, rtol!);
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

function compare(
  func: Scalar,
  inputs: readonly Tensor[],
  x: Tensor,
  eps: number,
  atol: number,
  rtol: number,
): void {
  const outputs = outputsOf(func, inputs);
  const numeric = differences(func, inputs, x, eps);
  outputs.forEach((out, k) => {
    if (!out.requiresGrad) {
      if (numeric[k]!.some((column) => column.some((v) => Math.abs(v) > atol)))
        throw new AutogradError(`gradcheck: output ${k} depends on an input but does not require a gradient`);
      return;
    }
    for (let j = 0; j < out.numel(); j++) {
      const seed = new Float64Array(out.numel());
      seed[j] = 1;
      const upstream = out.newTensor(Array.from(seed)).reshape(out.shape);
      const [analytic] = grad([out], [x], { gradOutputs: [upstream], retainGraph: true, allowUnused: true });
      const values = analytic
        ? Array.from(analytic.detach().reshape([-1]).toTypedArray() as Float64Array)
        : new Array<number>(x.numel()).fill(0);
      values.forEach((value, i) => {
        const want = numeric[k]![i]![j]!;
        if (
          !(Math.abs(value - want) <= atol + rtol * Math.abs(want)) &&
          !(Number.isNaN(value) && Number.isNaN(want))
        )
          throw new AutogradError(
            `gradcheck: Jacobian mismatch for output ${k} with respect to input ${inputs.indexOf(x)}, element [${i}, ${j}]: numerical ${want}, analytical ${value}`,
          );
      });
    }
  });
}

/** Central differences: [output][element of x][element of the output]. */
function differences(func: Scalar, inputs: readonly Tensor[], x: Tensor, eps: number): number[][][] {
  const flat = x.detach().clone().reshape([-1]).toTypedArray() as Float64Array;
  const evaluate = (i: number, step: number): number[][] =>
    noGrad(() => {
      const moved = Float64Array.from(flat);
      moved[i]! += step;
      const values = x.newTensor(Array.from(moved)).reshape(x.shape);
      return outputsOf(
        func,
        inputs.map((t) => (t === x ? values : t)),
      ).map((o) => Array.from(o.reshape([-1]).toTypedArray() as Float64Array));
    });
  const result: number[][][] = [];
  for (let i = 0; i < flat.length; i++) {
    const ahead = evaluate(i, eps),
      behind = evaluate(i, -eps);
    ahead.forEach((values, k) => {
      (result[k] ??= [])[i] = values.map((v, j) => (v - behind[k]![j]!) / (2 * eps));
    });
  }
  if (flat.length === 0) outputsOf(func, inputs).forEach((_, k) => (result[k] = []));
  return result;
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
