// State of optimizers, and its form shared with PyTorch: snake_case keys, parameters by number.

import { COMPUTE, float64 } from "../core/dtype.ts";
import { ValueError } from "../core/errors.ts";
import { pythonText } from "../core/pythontext.ts";
import { contiguousStrides, numelOf } from "../core/shape.ts";
import { Storage } from "../memory/storage.ts";
import { doubles, floats } from "../memory/wasm.ts";
import { copyInto } from "../tensor/raw.ts";
import { isTensor, Tensor } from "../tensor/tensor.ts";
import type { Group, State } from "./optimizer.ts";

/** `{ state: { 0: { exp_avg, ... } }, param_groups: [{ lr, weight_decay, ..., params: [0, 1] }] }` */
export interface OptimizerState {
  state: Record<number, State>;
  param_groups: Record<string, unknown>[];
}

/** A vector of state for `p`, every element `value`: in the heap for as long as someone refers to it. */
export function stateLike(p: Tensor, value = 0, shape = p.shape): Tensor {
  const dtype = COMPUTE[p.dtype.domain],
    n = numelOf(shape);
  const storage = Storage.allocateOwned(n * dtype.itemsize);
  const view = dtype === float64 ? doubles : floats;
  const at = storage.address() / dtype.itemsize;
  view.fill(value, at, at + n);
  return new Tensor(storage, dtype, shape, contiguousStrides(shape), 0, true);
}

const snakeCase = (name: string): string => name.replace(/[A-Z]/g, (c) => `_${c.toLowerCase()}`);
const camelCase = (name: string): string => name.replace(/_([a-z])/g, (_, c: string) => c.toUpperCase());

export function packState(groups: readonly Group[], state: ReadonlyMap<Tensor, State>): OptimizerState {
  const numbers = new Map<Tensor, number>();
  for (const group of groups) for (const p of group.params) numbers.set(p, numbers.size);
  const packed: Record<number, State> = {};
  for (const [p, kept] of state) packed[numbers.get(p)!] = { ...kept };
  return {
    state: packed,
    param_groups: groups.map((group) => ({
      ...Object.fromEntries(
        Object.entries(group)
          .filter(([key]) => key !== "params")
          .map(([key, value]) => [snakeCase(key), value]),
      ),
      params: group.params.map((p) => numbers.get(p)!),
    })),
  };
}

/** The settings of each group, by name. */
export function optimizerText(name: string, groups: readonly object[]): string {
  const parts = groups.map((group, i) => {
    const settings = Object.entries(group)
      .filter(([key]) => key !== "params")
      .map(([key, value]) => `    ${snakeCase(key)}: ${pythonText(value)}\n`);
    return `\nParameter Group ${i}\n${settings.sort().join("")}`;
  });
  return `${name} (${parts.join("")})`;
}

/** An entry of an object or a Map. */
function entriesOf(value: unknown): [string, unknown][] {
  if (value instanceof Map) return [...value].map(([key, x]) => [String(key), x]);
  return typeof value === "object" && value !== null ? Object.entries(value) : [];
}

/** A copy in the dtype that the parameter is computed in. */
function restored(p: Tensor, value: unknown): unknown {
  if (Array.isArray(value)) return value.map((x) => restored(p, x));
  if (!isTensor(value)) return value;
  const copy = stateLike(p, 0, value.shape);
  copyInto(copy, value.detach());
  return copy;
}

export function unpackState(
  name: string,
  dict: OptimizerState | Map<string, unknown>,
  groups: readonly Group[],
  state: Map<Tensor, State>,
): void {
  const top = new Map(entriesOf(dict));
  const given = top.get("param_groups");
  if (!Array.isArray(given) || !top.has("state"))
    throw new ValueError(`${name}: loadStateDict expects { state, param_groups }`);
  if (given.length !== groups.length)
    throw new ValueError(
      `${name}: loaded state dict has ${given.length} parameter groups, the optimizer has ${groups.length}`,
    );
  const settings = given.map((group) => new Map(entriesOf(group)));
  const byNumber = new Map<string, Tensor>();
  settings.forEach((group, k) => {
    const numbers = group.get("params");
    const { params } = groups[k]!;
    if (!Array.isArray(numbers) || numbers.length !== params.length)
      throw new ValueError(
        `${name}: loaded state dict contains a parameter group of another size (group ${k})`,
      );
    numbers.forEach((number, i) => byNumber.set(String(number), params[i]!));
  });
  const loaded = new Map<Tensor, State>();
  for (const [number, kept] of entriesOf(top.get("state"))) {
    const p = byNumber.get(number);
    if (p === undefined) continue;
    loaded.set(
      p,
      Object.fromEntries(
        entriesOf(kept).map(([key, value]) => [key, ONE_NUMBER.has(key) ? plain(value) : restored(p, value)]),
      ),
    );
  }
  state.clear();
  for (const [p, kept] of loaded) state.set(p, kept);
  settings.forEach((group, k) => {
    for (const [key, value] of group)
      if (key !== "params" && !IMPLEMENTATION.has(key))
        (groups[k] as unknown as Record<string, unknown>)[camelCase(key)] = value;
  });
}

const ONE_NUMBER = new Set(["step", "mu_product", "eta", "mu"]);
const plain = (value: unknown): unknown => (isTensor(value) ? value.item() : value);
/** Settings of PyTorch's that choose among its implementations. */
const IMPLEMENTATION = new Set(["foreach", "capturable", "differentiable", "fused"]);
