// torch.func
import { ValueError } from "../core/errors.ts";
import { isOptions } from "../core/options.ts";
import { isTensor, type Tensor } from "../tensor/tensor.ts";
import type { Module } from "./module.ts";
import { Parameter } from "./parameter.ts";

type Tensors = Record<string, Tensor> | ReadonlyMap<string, Tensor>;
interface Slot {
  holder: Record<string, unknown>;
  name: string;
  key: string;
  was: Tensor;
}

/**
 * Calls a module as if its parameters and buffers were those given by dotted name (one dictionary or several); the others
 * stay its own, and afterwards all are. What was one tensor under several names is replaced under all of them.
 * @throws ValueError for a name that the module does not have.
 */
export function functionalCall<M extends Module>(
  module: M,
  tensors: Tensors | readonly Tensors[],
  args?: unknown,
  kwargs?: Record<string, unknown>,
): ReturnType<M["forward"]> {
  const given = new Map<string, Tensor>();
  for (const part of Array.isArray(tensors) ? tensors : [tensors])
    for (const [key, x] of part instanceof Map ? part : Object.entries(part)) given.set(key, x as Tensor);
  const slots = slotsOf(module);
  const replaced = new Map<Tensor, Tensor>();
  for (const [key, x] of given) {
    const slot = slots.find((s) => s.key === key);
    if (slot === undefined)
      throw new ValueError(`functionalCall: ${module.constructor.name} has no parameter or buffer "${key}"`);
    if (!isTensor(x)) throw new ValueError(`functionalCall: "${key}" must be a tensor`);
    replaced.set(slot.was, x);
  }
  const inputs = args === undefined || args === null ? [] : Array.isArray(args) ? args : [args];
  if (isOptions(kwargs)) inputs.push(kwargs);
  const changed = slots.filter((s) => replaced.has(s.was));
  try {
    for (const { holder, name, was } of changed) holder[name] = replaced.get(was);
    return module(...(inputs as Parameters<M["forward"]>));
  } finally {
    for (const { holder, name, was } of changed) holder[name] = was;
  }
}

/** Where parameters and buffers are kept. */
function slotsOf(module: Module): Slot[] {
  const buffers = new Set<unknown>(module.buffers());
  const slots: Slot[] = [];
  for (const [path, m] of module.namedModules()) {
    const holder = m as unknown as Record<string, unknown>;
    for (const name of Object.keys(m)) {
      const was = holder[name];
      if (was instanceof Parameter || buffers.has(was))
        slots.push({ holder, name, key: path === "" ? name : `${path}.${name}`, was: was as Tensor });
    }
  }
  return slots;
}
