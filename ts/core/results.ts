/** Several results under PyTorch's names: an object that also iterates over them in order. */
export function namedResults<T extends Record<string, unknown>>(results: T): T & Iterable<T[keyof T]> {
  Object.defineProperty(results, Symbol.iterator, {
    value: () => Object.values(results)[Symbol.iterator](),
  });
  return results as T & Iterable<T[keyof T]>;
}
