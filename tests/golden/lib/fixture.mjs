// Reads one fixture group: a JSON document and the binary file beside it. FORMAT.md describes both.
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { brotliDecompressSync } from "node:zlib";

const VIEW = {
  float32: Float32Array,
  float64: Float64Array,
  int64: BigInt64Array,
  int32: Int32Array,
  int16: Int16Array,
  int8: Int8Array,
  uint8: Uint8Array,
  bool: Uint8Array,
};

/** A recorded tensor: `data` is a row-major typed array (bool as bytes, int64 as BigInt64Array). */
export class RawTensor {
  constructor(dtype, shape, data, requiresGrad = false) {
    Object.assign(this, { dtype, shape, data, requiresGrad });
  }
}
/** A Python float. Kept apart from an int because the difference decides whether a case can be written in JavaScript. */
export class PyFloat {
  constructor(value) {
    this.value = value;
  }
}
export class PyTuple {
  constructor(items, isSize) {
    this.items = items;
    this.isSize = isSize;
  }
}
export class PySlice {
  constructor(start, stop, step) {
    Object.assign(this, { start, stop, step });
  }
}
export class PyDtype {
  constructor(name) {
    this.name = name;
  }
}
/** A memory format or layout. */
export class PyConst {
  constructor(name) {
    this.name = name;
  }
}
export class PyDict {
  constructor(entries) {
    this.entries = entries;
  }
}
export const ELLIPSIS = Symbol("...");

const SPECIAL_FLOAT = { nan: NaN, inf: Infinity, "-inf": -Infinity };

/** Whether a fixture file is there, as it is or compressed (`.br`). */
export const fixtureExists = (path) => existsSync(path) || existsSync(path + ".br");

/** The bytes of a fixture file, in an ArrayBuffer of their own. */
export function readFixture(path) {
  const bytes = existsSync(path) ? readFileSync(path) : brotliDecompressSync(readFileSync(path + ".br"));
  return new Uint8Array(bytes);
}

export class Fixture {
  constructor(jsonPath) {
    this.folder = dirname(jsonPath);
    this.doc = JSON.parse(new TextDecoder().decode(readFixture(jsonPath)));
    this.group = this.doc.group;
    this.cases = this.doc.cases;
    if (this.doc.bin) this.buffer = readFixture(join(this.folder, this.doc.bin)).buffer;
  }

  /** Array `index` of the group. The data is a copy, so a library may keep or change it. */
  tensor(index, requiresGrad = false) {
    const { dtype, shape, offset } = this.doc.arrays[index];
    const size = shape.reduce((p, q) => p * q, 1);
    return new RawTensor(dtype, shape, new VIEW[dtype](this.buffer, offset, size).slice(), requiresGrad);
  }

  /** An encoded value as JavaScript values and the wrapper classes above. */
  decode(v) {
    if (Array.isArray(v)) return v.map((x) => this.decode(x));
    if (v === null || typeof v !== "object") return v;
    if ("t" in v) return this.tensor(v.t, v.rg === true);
    if ("f" in v) return new PyFloat(typeof v.f === "string" ? SPECIAL_FLOAT[v.f] : v.f);
    if ("i" in v) return BigInt(v.i);
    if ("tuple" in v) return new PyTuple(this.decode(v.tuple), v.size === true);
    if ("slice" in v) return new PySlice(...this.decode(v.slice));
    if ("dtype" in v) return new PyDtype(v.dtype);
    if ("ellipsis" in v) return ELLIPSIS;
    if ("dict" in v) return new PyDict(Object.entries(v.dict).map(([k, x]) => [k, this.decode(x)]));
    if ("const" in v) return new PyConst(v.const);
    if ("device" in v) return v.device;
    throw new Error("unknown encoded value " + JSON.stringify(v));
  }

  /** The entries of an encoded keyword dictionary, decoded. */
  decodeKwargs(kwargs = {}) {
    return Object.entries(kwargs).map(([name, value]) => [name, this.decode(value)]);
  }
}

/** Depth-first list of the recorded tensors inside a decoded value. */
export function rawTensorsIn(value, found = []) {
  if (value instanceof RawTensor) found.push(value);
  else if (value instanceof PyTuple) rawTensorsIn(value.items, found);
  else if (value instanceof PyDict) value.entries.forEach(([, x]) => rawTensorsIn(x, found));
  else if (Array.isArray(value)) value.forEach((x) => rawTensorsIn(x, found));
  return found;
}
