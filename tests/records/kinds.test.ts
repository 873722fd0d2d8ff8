import { expect, test } from "vitest";
import * as torch from "../../ts/index.ts";
import { argumentsOf } from "./sample.ts";
import { COMPOSED } from "./samples/composed.ts";
import { SAMPLES } from "./samples.ts";

/** What may stand where a tensor belongs, by mistake. */
const OTHERS: unknown[] = [
  null,
  undefined,
  "a",
  3n,
  Number.NaN,
  true,
  {},
  [1, 2],
  () => 1,
  torch.zeros([0]),
  torch.zeros([2, 3, 4, 5, 6]),
  torch.tensor(1n),
  torch.zeros([7, 7], { dtype: torch.bool }),
];
/** What only `nn` calls, with arguments it has checked. */
const INNER = new Set(["lstmCell", "gruCell", "lstm", "gru", "multiheadAttention"]);

/** Whether the library threw an error that is none of its own, or a kernel trapped; the sample's own code may fail as it likes. */
function isDefect(error: unknown): boolean {
  if (error instanceof torch.TorchError) return false;
  const thrower = (error as Error).stack?.match(/^\s*at .*\/(ts|tests)\//m);
  return error instanceof WebAssembly.RuntimeError || thrower?.[1] === "ts";
}

test("what is no tensor, or one of another kind, is refused by name", () => {
  const wrong = new Set<string>();
  for (const [name, samples] of Object.entries({ ...SAMPLES, ...COMPOSED })) {
    if (INNER.has(name)) continue;
    for (const sample of samples) {
      const args: unknown[] = argumentsOf(sample, Math.max(4, sample.from ?? 0));
      args.forEach((_, k) => {
        for (const other of OTHERS)
          try {
            sample.call(...(args.with(k, other) as torch.Tensor[]));
          } catch (error) {
            if (isDefect(error)) wrong.add(`${name}, argument ${k}: ${(error as Error).message}`);
          }
      });
    }
  }
  expect([...wrong]).toEqual([]);
});
