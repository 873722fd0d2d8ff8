import { ValueError } from "../core/errors.ts";
import { sameShape } from "../core/shape.ts";
import { replaceData } from "../tensor/raw.ts";
import { isTensor, type Tensor } from "../tensor/tensor.ts";

/** Tensors by dotted name: `{ "conv1.weight": ..., "conv1.bias": ... }`. */
export type StateDict = Record<string, Tensor>;

/** What `loadStateDict` found: keys the module wanted and did not get, and keys it has no use for. */
export interface LoadResult {
  missingKeys: string[];
  unexpectedKeys: string[];
}

export function stateOf(entries: Iterable<[string, Tensor]>): StateDict {
  const state: StateDict = {};
  for (const [key, x] of entries) state[key] = x.detach();
  return state;
}

const keyList = (keys: readonly string[]): string => keys.map((key) => `"${key}"`).join(", ");
const sizeText = (x: Tensor): string => `torch.Size([${x.shape.join(", ")}])`;

/** Copies into the tensors of `wanted`; `name` is the module's class. */
export function loadInto(
  name: string,
  wanted: ReadonlyMap<string, Tensor>,
  given: StateDict | Map<string, Tensor>,
  strict: boolean,
): LoadResult {
  if (typeof given !== "object" || given === null)
    throw new ValueError(
      `loadStateDict: expected a state dictionary (an object or a Map), got ${typeof given}`,
    );
  const state = given instanceof Map ? given : new Map(Object.entries(given));
  const missingKeys = [...wanted.keys()].filter((key) => !state.has(key));
  const unexpectedKeys = [...state.keys()].filter((key) => !wanted.has(key));
  const problems: string[] = [];
  if (strict && unexpectedKeys.length > 0)
    problems.push(`Unexpected key(s) in state_dict: ${keyList(unexpectedKeys)}. `);
  if (strict && missingKeys.length > 0)
    problems.unshift(`Missing key(s) in state_dict: ${keyList(missingKeys)}. `);
  const copies: [Tensor, Tensor][] = [];
  for (const [key, target] of wanted) {
    if (!state.has(key)) continue;
    const source: unknown = state.get(key);
    if (!isTensor(source))
      problems.push(`While copying the parameter named "${key}", expected a tensor, got ${typeof source}.`);
    else if (!sameShape(source.shape, target.shape) && !(target.ndim === 0 && source.numel() === 1))
      problems.push(
        `size mismatch for ${key}: copying a param with shape ${sizeText(source)} from checkpoint, the shape in current model is ${sizeText(target)}.`,
      );
    else copies.push([target, source]);
  }
  if (problems.length > 0)
    throw new ValueError(`Error(s) in loading state_dict for ${name}:\n\t${problems.join("\n\t")}`);
  for (const [target, source] of copies) {
    replaceData(target, target.ndim === 0 && source.ndim > 0 ? source.detach().reshape([]) : source);
  }
  return { missingKeys, unexpectedKeys };
}
