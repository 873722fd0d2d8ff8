type Forward = (...args: never[]) => unknown;

const names = new WeakMap<Forward, readonly string[]>();

/** Lets the inputs of built-in modules be named: `linear({ input: x })`. A subclass with a `forward` of its own is not meant. */
export function nameInputs(
  inputs: readonly string[],
  ...classes: { readonly prototype: { forward: Forward } }[]
): void {
  for (const { prototype } of classes) names.set(prototype.forward, inputs);
}

export function namesOfForward(forward: Forward): readonly string[] | undefined {
  return names.get(forward);
}
