export type Names = readonly string[];

/**
 * What a built-in module calls the inputs of its `forward`, as in `linear({ input: x })`. The class names them in its static
 * `inputs`, its own, so a subclass with another `forward` is not meant; and a getter, unlike a table filled at import, lets a
 * bundler drop the class.
 */
export function namesOfForward(module: object): Names | undefined {
  for (let prototype = Object.getPrototypeOf(module); prototype !== null; ) {
    const { constructor } = prototype as { constructor: { inputs?: Names } };
    if (Object.hasOwn(constructor, "inputs")) return constructor.inputs;
    if (Object.hasOwn(prototype, "forward")) return undefined;
    prototype = Object.getPrototypeOf(prototype);
  }
  return undefined;
}
