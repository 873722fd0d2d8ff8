import { ValueError } from "./errors.ts";

/** A plain object: the options that may end a call. */
export function isOptions(value: unknown): value is Record<string, unknown> {
  if (typeof value !== "object" || value === null) return false;
  const prototype = Object.getPrototypeOf(value);
  // Other realms have their own Object.prototype, whose prototype is null too.
  return (
    prototype === null ||
    (Object.getPrototypeOf(prototype) === null && Object.hasOwn(prototype, "hasOwnProperty"))
  );
}

/** A bigint counts as the integer it is; only what fills a tensor tells its dtype by it. */
const plain = (name: string, x: unknown): unknown =>
  typeof x === "bigint" && name !== "fillValue" ? Number(x) : x;

/**
 * The arguments of a call by position, after those that its trailing options object names are filled in.
 * Missing ones are undefined. @throws ValueError for an unknown name, one given twice, or too many arguments.
 */
export function positional<T extends unknown[] = any[]>(
  op: string,
  names: readonly string[],
  args: ArrayLike<unknown>,
): T {
  let count = args.length;
  while (count > 0 && args[count - 1] === undefined) count--;
  const last = count > 0 ? args[count - 1] : undefined;
  const options = isOptions(last) ? last : undefined;
  if (options) count--;
  if (count > names.length)
    throw new ValueError(
      `${op}: takes at most ${names.length} arguments (${names.join(", ")}), got ${count}`,
    );
  const values = new Array<unknown>(names.length).fill(undefined);
  for (let i = 0; i < count; i++) values[i] = plain(names[i]!, args[i]);
  if (options) {
    for (const key in options) {
      const at = names.indexOf(key);
      if (at < 0) throw new ValueError(`${op}: unknown option "${key}"; it takes ${names.join(", ")}`);
      if (at < count && values[at] !== undefined) throw new ValueError(`${op}: "${key}" is given twice`);
      values[at] = plain(key, options[key]);
    }
  }
  return values as T;
}
