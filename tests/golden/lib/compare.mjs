// Compares results of the library with recorded ones.
import { PyDict, PyDtype, PyFloat, PyTuple, RawTensor } from "./fixture.mjs";
import { Mismatch } from "./outcome.mjs";

const EXACT = { rtol: 0, atol: 0 };
const isFloat = (dtype) => dtype === "float32" || dtype === "float64";

function close(got, want, { rtol, atol, cap }) {
  if (got === want) return true;
  if (Number.isNaN(want)) return Number.isNaN(got);
  // rtol * Infinity would accept anything.
  if (typeof want !== "number" || !Number.isFinite(want)) return false;
  const size = Math.abs(want);
  const limit = atol + rtol * size;
  return Math.abs(got - want) <= (cap ? Math.min(limit, cap.atol + cap.rtol * size) : limit);
}

const show = (x) => (typeof x === "number" ? String(+x.toPrecision(9)) : String(x));

/** Compares two raw tensors: dtype and shape always, elements within `tol` when floating. `skip` is a set of flat indices. */
export function expectRaw(got, want, tol = EXACT, where = "out", skip = null) {
  if (got.dtype !== want.dtype) throw new Mismatch(`${where}: dtype ${got.dtype}, want ${want.dtype}`);
  if (got.shape.length !== want.shape.length || got.shape.some((s, d) => s !== want.shape[d]))
    throw new Mismatch(`${where}: shape [${got.shape}], want [${want.shape}]`);
  expectElements(got.data, want.data, isFloat(want.dtype) ? tol : EXACT, where, skip);
}

export function expectElements(got, want, tol, where, skip = null) {
  if (got.length !== want.length) throw new Mismatch(`${where}: ${got.length} elements, want ${want.length}`);
  for (let i = 0; i < want.length; i++) {
    if (close(got[i], want[i], tol) || skip?.has(i)) continue;
    let wrong = 0;
    for (let k = i; k < want.length; k++) if (!close(got[k], want[k], tol) && !skip?.has(k)) wrong++;
    throw new Mismatch(
      `${where}[${i}]: ${show(got[i])}, want ${show(want[i])} (${wrong} of ${want.length} differ)`,
    );
  }
}

export function expectNumber(got, want, tol, where) {
  const value = typeof got === "bigint" ? Number(got) : got;
  if (typeof value !== "number")
    throw new Mismatch(`${where}: ${typeof got} ${String(got).slice(0, 40)}, want the number ${want}`);
  if (!close(value, want, tol)) throw new Mismatch(`${where}: ${show(value)}, want ${show(want)}`);
}

export function expectEqual(got, want, where) {
  if (got === want) return;
  if (typeof got === "string" && typeof want === "string")
    throw new Mismatch(`${where}: ${firstDifference(got, want)}`);
  throw new Mismatch(`${where}: ${String(got).slice(0, 60)}, want ${String(want).slice(0, 60)}`);
}

export function firstDifference(got, want) {
  let i = 0;
  while (i < got.length && got[i] === want[i]) i++;
  const part = (s) => JSON.stringify(s.slice(Math.max(0, i - 12), i + 28));
  return `text differs at ${i}: ${part(got)}, want ${part(want)}`;
}

/** Compares any result with a decoded value of the same nesting. `skip(k)` gives the elements to ignore in tensor `k`. */
export function expectSame(
  lib,
  got,
  want,
  tol = EXACT,
  where = "out",
  skip = () => null,
  counter = { k: 0 },
) {
  if (want instanceof RawTensor) {
    if (!lib.isTensor(got)) throw new Mismatch(`${where}: ${describe(got)}, want a tensor`);
    return expectRaw(lib.read(got), want, tol, where, skip(counter.k++));
  }
  if (want instanceof PyTuple || Array.isArray(want)) {
    const items = want instanceof PyTuple ? want.items : want;
    const list = sequence(lib, got, where);
    if (list.length !== items.length)
      throw new Mismatch(`${where}: ${list.length} results, want ${items.length}`);
    return items.forEach((x, i) => expectSame(lib, list[i], x, tol, `${where}.${i}`, skip, counter));
  }
  if (want instanceof PyDict) {
    for (const [key, x] of want.entries)
      expectSame(lib, entryOf(got, key), x, tol, `${where}.${key}`, skip, counter);
    return undefined;
  }
  if (want instanceof PyFloat)
    return expectNumber(got, want.value, { rtol: Math.max(tol.rtol, 1e-7), atol: tol.atol }, where);
  if (want instanceof PyDtype) return expectEqual(lib.dtypeName(got), want.name, where);
  if (typeof want === "number") return expectNumber(got, want, tol, where);
  if (typeof want === "bigint") return expectEqual(BigInt(got), want, where);
  return expectEqual(got ?? null, want, where);
}

/** A list, a shape, or an object of several results that iterates; but not a tensor, which iterates over its rows. */
export function sequence(lib, got, where) {
  if (
    lib.isTensor(got) ||
    got === null ||
    typeof got === "string" ||
    typeof got?.[Symbol.iterator] !== "function"
  )
    throw new Mismatch(`${where}: ${describe(got)}, want several results`);
  return [...got];
}

export function entryOf(container, key) {
  return container instanceof Map ? container.get(key) : container?.[key];
}

function describe(value) {
  if (value === null || value === undefined) return String(value);
  return typeof value === "object" || typeof value === "function"
    ? (value.constructor?.name ?? "object")
    : `${typeof value} ${String(value).slice(0, 40)}`;
}

/** Gradients of leaves against recorded arrays; `null` means that no gradient may be there. */
export function expectGradients(lib, leaves, wanted, tol, where = "grad", skip = () => null) {
  if (leaves.length !== wanted.length)
    throw new Mismatch(`${where}: ${leaves.length} leaves, want ${wanted.length}`);
  leaves.forEach((leaf, k) => expectGradient(lib, leaf.grad, wanted[k], tol, `${where}.${k}`, skip(k)));
}

export function expectGradient(lib, got, want, tol, where, skip = null) {
  const absent = got === null || got === undefined;
  if (want === null) {
    if (!absent) throw new Mismatch(`${where}: a gradient where PyTorch has none`);
    return;
  }
  if (absent) throw new Mismatch(`${where}: no gradient`);
  expectRaw(
    lib.read(got),
    want,
    { rtol: tol.grad_rtol ?? tol.rtol, atol: tol.grad_atol ?? tol.atol, cap: tol.gradCap },
    where,
    skip,
  );
}
