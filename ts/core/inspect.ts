/** Makes the consoles of Node and Deno show an object as its text. */
export function showAsText(prototype: object): void {
  for (const name of ["nodejs.util.inspect.custom", "Deno.customInspect"])
    Object.defineProperty(prototype, Symbol.for(name), {
      value() {
        return String(this);
      },
      writable: true,
      configurable: true,
    });
}
