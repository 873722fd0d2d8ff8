// Decoded Python values as arguments of JavaScript calls.
import { ELLIPSIS, PyConst, PyDict, PyDtype, PyFloat, PySlice, PyTuple, RawTensor } from "./fixture.mjs";
import { camelCase } from "./names.mjs";

// Keywords without meaning in a library that has one layout and one memory format.
const DROPPED = new Set(["memory_format", "layout", "pin_memory", "non_blocking"]);

/** One Python value as a JavaScript value. Tensors become tensors of the library and are appended to `leaves` if they require a gradient. */
export function toJs(lib, value, leaves = []) {
  if (value instanceof RawTensor) {
    const tensor = lib.tensor(value);
    if (value.requiresGrad) leaves.push(tensor);
    return tensor;
  }
  if (value instanceof PyFloat) return value.value;
  if (value instanceof PyTuple) return value.items.map((x) => toJs(lib, x, leaves));
  if (value instanceof PyDtype) return lib.dtype(value.name);
  if (value instanceof PySlice) return sliceText(value);
  if (value instanceof PyDict)
    return Object.fromEntries(value.entries.map(([k, x]) => [k, toJs(lib, x, leaves)]));
  if (value === ELLIPSIS) return "...";
  if (Array.isArray(value)) return value.map((x) => toJs(lib, x, leaves));
  return value;
}

/** Keyword arguments as the one trailing options object, or nothing. */
export function optionsFrom(lib, entries, leaves = []) {
  const kept = entries.filter(([name, value]) => !DROPPED.has(name) && !(value instanceof PyConst));
  if (kept.length === 0) return [];
  return [Object.fromEntries(kept.map(([name, value]) => [camelCase(name), toJs(lib, value, leaves)]))];
}

/** Positional and keyword arguments together. */
export function callArguments(lib, args, kwargEntries, leaves = []) {
  const positional = args.filter((x) => !(x instanceof PyConst)).map((x) => toJs(lib, x, leaves));
  return [...positional, ...optionsFrom(lib, kwargEntries, leaves)];
}

function sliceText({ start, stop, step }) {
  const part = (x) => (x === null ? "" : String(x));
  return `${part(start)}:${part(stop)}` + (step === null ? "" : `:${step}`);
}

/** PyTorch reads a list that holds more than numbers and booleans as a tuple. */
function isTupleLike(index) {
  return Array.isArray(index) && index.some((x) => typeof x !== "number" && typeof x !== "boolean");
}

/** A Python subscript as the argument list of `at`: a tuple gives one argument per part. */
export function indexArguments(lib, index, leaves = []) {
  const parts = index instanceof PyTuple ? index.items : isTupleLike(index) ? index : [index];
  return parts.map((x) => toJs(lib, x, leaves));
}
