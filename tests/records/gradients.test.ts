import { describe, expect, test } from "vitest";
import * as torch from "../../ts/index.ts";
import { allRecords, type Op, wordsOf } from "./records.ts";
import { argumentsOf, expanded, type Sample, sizesOf, strided } from "./sample.ts";
import { COMPOSED } from "./samples/composed.ts";
import { RECOMPUTED } from "./samples/recomputed.ts";
import { SAMPLES } from "./samples.ts";
import { resultsOf, tapes, weights } from "./tape.ts";

type Tensor = torch.Tensor;
const { gradcheck, gradgradcheck, grad } = torch.autograd;
const listed = (op: Op) => wordsOf(op).some(([input]) => input.startsWith("..."));

describe("every record", () => {
  test("is on the tape of a sample, and has a word for each tensor it is given", () => {
    const met = new Set<Op>(),
      wrong: string[] = [];
    for (const [name, samples] of Object.entries({ ...SAMPLES, ...COMPOSED }))
      for (const sample of samples)
        for (const dtype of [torch.float64, torch.float32]) {
          const { orders, args } = tapes(sample, dtype);
          // Those that are recorded, and those that come without a gradient.
          const fixed = args.filter((x) => !x.requiresGrad).length;
          for (const { op, edges } of orders.flatMap((nodes) => [...nodes])) {
            met.add(op);
            const tensors = edges.filter((edge) => edge !== null).length + (op.name === name ? fixed : 0);
            if (wordsOf(op).length < tensors && !listed(op))
              wrong.push(`${op.name} in ${name}: ${tensors} tensors, and words for ${wordsOf(op).length}`);
          }
        }
    const silent = (op: Op) =>
      wordsOf(op).every(([, word]) => word === "nonDifferentiable" || typeof word === "object");
    const records = allRecords();
    for (const [op, place] of records) {
      if (wordsOf(op).length === 0) wrong.push(`${place}: no word for any input`);
      if (silent(op) ? !(op.name in SAMPLES) && !met.has(op) : !met.has(op))
        wrong.push(`${place}: no sample`);
    }
    const others = [...met].filter((op) => !records.has(op) && op.name !== "AccumulateGrad");
    expect(new Set(others.map((op) => op.name))).toEqual(new Set(Object.keys(RECOMPUTED)));
    expect([...new Set(wrong)]).toEqual([]);
  });

  test("that a sample names is one", () => {
    const names = new Set([...[...allRecords().keys()].map((op) => op.name), ...Object.keys(RECOMPUTED)]);
    expect(Object.keys(SAMPLES).filter((name) => !names.has(name))).toEqual([]);
  });
});

const FORMS: [string, (x: Tensor) => Tensor][] = [
  ["contiguous", (x) => x],
  ["strided", strided],
  ["expanded", expanded],
];

function check(sample: Sample, n: number, form: (x: Tensor) => Tensor, plain: boolean): void {
  const args = argumentsOf(sample, n).map(form);
  const outs = resultsOf(sample, args);
  if (!outs.some((o) => o.requiresGrad)) return;
  if (sample.none) {
    expect(() => outs[0]!.sum().backward()).toThrow(/not implemented/);
    return;
  }
  const options = { fastMode: !plain || n === 0 || n > 3, eps: sample.eps ?? 1e-6 };
  gradcheck(sample.call, args, options);
  if (!sample.once) gradgradcheck(sample.call, args, null, options);
}

/** A gradient that arrives in another layout counts the same. */
function checkUpstream(sample: Sample, n: number): void {
  const args = argumentsOf(sample, n);
  const leaves = args.filter((x) => x.requiresGrad);
  for (const form of [strided, expanded]) {
    const outs = resultsOf(sample, args).filter((o) => o.requiresGrad);
    if (outs.length === 0 || sample.none) return;
    const given = outs.map((o) => form(weights(o)));
    const [got, want] = [given, given.map((g) => g.clone().contiguous())].map((gradOutputs) =>
      grad(outs, leaves, { gradOutputs, retainGraph: true, allowUnused: true }),
    );
    got!.forEach((g, i) => compare(g, want![i]!, 1e-12, `upstream ${form.name}`));
  }
}

function compare(got: Tensor | null, want: Tensor | null, bound: number, what: string): void {
  expect(got === null, what).toBe(want === null);
  if (got === null || want === null) return;
  const [a, b] = [got, want].map((x) => Array.from(x.detach().toTypedArray(), Number));
  const scale = Math.max(1, ...b!.map(Math.abs).filter(Number.isFinite));
  expect(got.shape, what).toEqual(want.shape);
  for (let i = 0; i < a!.length; i++)
    if (!(Math.abs(a![i]! - b![i]!) <= bound * scale) && !(Number.isNaN(a![i]!) && Number.isNaN(b![i]!)))
      throw new Error(`${what}: element ${i} is ${a![i]}, expected ${b![i]} (bound ${bound * scale})`);
}

/** float32, whose kernels are others, gives what float64 gives. */
function checkFloat32(sample: Sample, n: number): void {
  const narrow = argumentsOf(sample, n).map((x) =>
    x.dtype.isFloatingPoint ? x.detach().float().requiresGrad_(x.requiresGrad) : x,
  );
  const wide = narrow.map((x) =>
    x.dtype.isFloatingPoint ? x.detach().double().requiresGrad_(x.requiresGrad) : x,
  );
  const [a, b] = [narrow, wide].map((args) => resultsOf(sample, args));
  a!.forEach((out, i) => compare(out, b![i]!, sample.float32 ?? 1e-4, "result"));
  const [ga, gb] = [a!, b!].map((outs, k) => {
    const roots = outs.filter((o) => o.requiresGrad);
    const leaves = [narrow, wide][k]!.filter((x) => x.requiresGrad);
    return roots.length === 0 || sample.none
      ? []
      : grad(roots, leaves, { gradOutputs: roots.map((o) => weights(o)), allowUnused: true });
  });
  ga!.forEach((g, i) => compare(g, gb![i]!, sample.float32 ?? 1e-4, "gradient"));
}

describe("gradients and second gradients", () => {
  test.each(Object.entries({ ...SAMPLES, ...COMPOSED }))("%s", (_, samples) => {
    const failures: string[] = [];
    samples.forEach((sample, i) => {
      const attempt = (what: string, work: () => void) => {
        try {
          work();
        } catch (error) {
          failures.push(
            `sample ${i}, ${what}: ${error instanceof torch.TorchError ? error.message : (error as Error).stack}`,
          );
        }
      };
      for (const n of sizesOf(sample)) {
        for (const [name, form] of FORMS)
          if (!(sample.distinct && form === expanded))
            attempt(`size ${n}, ${name}`, () => check(sample, n, form, form === FORMS[0]![1]));
        attempt(`size ${n}, gradient`, () => checkUpstream(sample, n));
        attempt(`size ${n}, float32`, () => checkFloat32(sample, n));
      }
    });
    expect(failures.slice(0, 8)).toEqual([]);
  });
});
