// What can become of a case, and how a thrown value is judged.

/** The library has no function, class or method of that name. */
export class Missing extends Error {}
/** The library answered, but not as PyTorch does. */
export class Mismatch extends Error {}
/** The case cannot be written in JavaScript under the API rules; it is counted apart. */
export class Unrepresentable extends Error {}

const ENGINE_ERRORS = [TypeError, RangeError, ReferenceError, SyntaxError, EvalError, URIError];

// Texts by which V8, SpiderMonkey and JavaScriptCore report a programming slip. A library may throw a TypeError or
// RangeError of its own on purpose, so the class alone decides nothing.
const SLIP =
  /is not a function|is not a constructor|not iterable|is not defined|[Cc]annot (read|set|access|convert|mix|delete|assign|destructure|perform|define|add)|[Uu]ndefined|null \(reading|Invalid (typed )?array|array (buffer )?length|[Mm]aximum call stack|[Oo]ut[- ]of[- ]bounds memory|offset is out of bounds|should be a multiple of|BigInt|before initialization|detached/;
const NOT_CALLABLE = /is not a (function|constructor)/;

export function isTrap(error) {
  return error instanceof WebAssembly.RuntimeError || error instanceof WebAssembly.CompileError;
}

/** True when the error looks like broken code rather than like a refusal the library decided on. */
export function isSlip(error) {
  if (isTrap(error) || !(error instanceof Error)) return true;
  if (error instanceof ReferenceError || error instanceof SyntaxError) return true;
  return ENGINE_ERRORS.includes(error.constructor) && SLIP.test(error.message);
}

/** A hand-written program called something that does not exist. */
function isMissingCall(error) {
  return error?.constructor === TypeError && NOT_CALLABLE.test(error.message);
}

function shortText(error) {
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return text.replace(/\s+/g, " ").slice(0, 200);
}

/** Turns whatever a case threw into `{status, reason}`. */
export function judge(error) {
  if (error instanceof Missing) return { status: "missing", reason: error.message };
  if (error instanceof Unrepresentable) return { status: "unrepresentable", reason: error.message };
  if (error instanceof Mismatch) return { status: "failed", reason: error.message };
  if (isTrap(error)) return { status: "failed", reason: "crash: " + shortText(error) };
  if (isMissingCall(error)) return { status: "missing", reason: error.message.slice(0, 120) };
  return { status: "failed", reason: "threw " + shortText(error) };
}

/** Runs `action`, which must refuse. Anything but a deliberate Error is a failure. */
export function mustThrow(action, message) {
  try {
    action();
  } catch (error) {
    if (error instanceof Missing || error instanceof Unrepresentable) throw error;
    if (!isSlip(error)) return;
    if (isMissingCall(error)) throw error;
    throw new Mismatch(`refused by accident (${shortText(error)})`);
  }
  throw new Mismatch(`did not throw; PyTorch: ${String(message).replace(/\s+/g, " ").slice(0, 100)}`);
}
