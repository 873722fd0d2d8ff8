// Arguments of the wrong kind anywhere: what is thrown is always the library's own error.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import * as torch from "../../dist/index.js";

type Anything = (...args: unknown[]) => unknown;
const matrix = torch.tensor([
  [1, 2],
  [3, 4],
]);
const tensors = [
  matrix,
  torch.tensor([0n, 1n]),
  torch.tensor([true, false]),
  torch.tensor(1),
  torch.zeros(0),
];
const argument = fc.constantFrom<unknown>(
  ...[undefined, null, "a", 1.5, -7, 2, 3n, [1], [0, 1], {}, { foo: 1 }, Number.NaN, () => 1, true],
  ...tensors,
  torch.zeros(2, 2, 2),
);
const CALLS = 40;

/** Calls `f` with generated arguments; gives back what was thrown and was not ours. */
function foreignErrors(f: Anything, name: string): string[] {
  const found: string[] = [];
  const seed = [...name].reduce((sum, letter) => sum * 31 + letter.charCodeAt(0), 0) | 0;
  for (const args of fc.sample(fc.array(argument, { minLength: 1, maxLength: 5 }), { numRuns: CALLS, seed }))
    try {
      torch.scope(() => {
        const answer = f(...args);
        if (answer instanceof Promise) answer.catch(() => {}); // refused later: the tests of files and of the GPU look there
      });
    } catch (error) {
      if (!(error instanceof torch.TorchError)) found.push(String(error));
    }
  return [...new Set(found)];
}

/** Functions whose argument is a program or a state of the library, not a value. */
const STATEFUL =
  /^[A-Z]|^(scope|steps|keep|noGrad|enableGrad|inferenceMode|noOffload|setNumThreads|setDefault\w*|setGradEnabled|setPrintoptions|setRngState|ready|load|save)$/;
const functionsOf = (space: object, skip: RegExp): [string, Anything][] =>
  Object.entries(space).filter(
    (entry): entry is [string, Anything] => typeof entry[1] === "function" && !skip.test(entry[0]),
  );

describe.each<[string, object]>([
  ["torch", torch],
  ["torch.linalg", torch.linalg],
  ["torch.special", torch.special],
  ["torch.masked", torch.masked],
  ["nn.functional", torch.nn.functional],
  ["nn.init", torch.nn.init],
])("%s", (_, space) => {
  it("throws nothing but its own errors", () => {
    const failures = functionsOf(space, STATEFUL)
      .map(([name, f]) => [name, ...foreignErrors(f, name)])
      .filter((row) => row.length > 1);
    expect(failures).toEqual([]);
  });
});

it("methods throw nothing but the library's errors", () => {
  const methods = Object.entries(Object.getOwnPropertyDescriptors(torch.Tensor.prototype)).filter(
    ([name, { value }]) => typeof value === "function" && !/^(constructor|dispose)$/.test(name),
  );
  const failures = methods
    .map(([name, { value }]) => {
      const self = tensors[name.length % tensors.length]!;
      return [name, ...foreignErrors((...args) => (value as Anything).apply(self.clone(), args), name)];
    })
    .filter((row) => row.length > 1);
  expect(failures).toEqual([]);
});

it("a bigint counts as the integer it is where PyTorch takes an int, and is refused as an operand", () => {
  const row = torch.tensor([[3, 4]]);
  expect(row.sum({ dim: 1n } as never).tolist()).toEqual([7]);
  expect(torch.nn.functional.dropout(row, { p: 0n, training: true } as never).tolist()).toEqual([[3, 4]]);
  expect(() => row.add(1n as never)).toThrow(torch.ValueError);
});
