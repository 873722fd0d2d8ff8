import { DTYPES, type DType } from "../core/dtype.ts";
import { ValueError } from "../core/errors.ts";
import { isOptions } from "../core/options.ts";
import { numelOf } from "../core/shape.ts";
import type { StateDict } from "../nn/statedict.ts";
import { isTensor, type Tensor } from "../tensor/tensor.ts";
import { type FileBytes, setKey, tensorOf, toBytes } from "./bytes.ts";

/** The format's limit on its header. */
const HEADER_LIMIT = 100_000_000;
const NAMES: Record<string, string> = {
  float64: "F64",
  float32: "F32",
  float16: "F16",
  bfloat16: "BF16",
  int64: "I64",
  int32: "I32",
  int16: "I16",
  int8: "I8",
  uint8: "U8",
  bool: "BOOL",
};
const BY_NAME = new Map<unknown, DType>(DTYPES.map((dtype) => [NAMES[dtype.name], dtype]));

interface Entry {
  name: string;
  dtype: DType;
  shape: number[];
  begin: number;
  end: number;
}

interface Header {
  entries: Entry[];
  metadata: Record<string, string>;
  data: Uint8Array;
}

function parse(op: string, file: FileBytes): Header {
  const bytes = toBytes(op, file);
  const refuse = (rule: string): never => {
    throw new ValueError(`${op}: ${rule}`);
  };
  if (bytes.length < 8) refuse(`a safetensors file has at least 8 bytes, this one has ${bytes.length}`);
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0, true));
  if (length > HEADER_LIMIT || 8 + length > bytes.length)
    refuse(
      `the header is said to have ${length} bytes, the file has ${bytes.length}; is it a safetensors file?`,
    );
  const text = new TextDecoder().decode(bytes.subarray(8, 8 + length));
  let header: unknown;
  try {
    header = JSON.parse(text);
  } catch (error) {
    refuse(`the header is not JSON (${error instanceof Error ? error.message : error})`);
  }
  if (!isOptions(header)) return refuse("the header is not a JSON object");
  const data = bytes.subarray(8 + length);
  const metadata: Record<string, string> = {};
  const entries: Entry[] = [];
  for (const [name, value] of Object.entries(header)) {
    if (!isOptions(value)) return refuse(`the header's entry "${name}" is not an object`);
    if (name === "__metadata__") {
      for (const [key, item] of Object.entries(value)) {
        if (typeof item !== "string") refuse(`metadata "${key}" is not a string`);
        setKey(metadata, key, item);
      }
      continue;
    }
    const dtype =
      BY_NAME.get(value.dtype) ?? refuse(`"${name}" has the unknown dtype ${String(value.dtype)}`);
    const { shape, data_offsets: offsets } = value;
    if (!isCounts(shape)) return refuse(`"${name}" has no valid shape`);
    if (!isCounts(offsets) || offsets.length !== 2) return refuse(`"${name}" has no valid data_offsets`);
    const [begin, end] = offsets as [number, number];
    const size = numelOf(shape) * dtype.itemsize;
    if (end - begin !== size)
      refuse(
        `"${name}" of shape [${shape.join(", ")}] takes ${size} bytes, its data_offsets give ${end - begin}`,
      );
    if (end > data.length) refuse(`"${name}" ends at byte ${end}, the file has ${data.length} bytes of data`);
    entries.push({ name, dtype, shape, begin, end });
  }
  let at = 0;
  for (const { name, begin, end } of [...entries].sort((a, b) => a.begin - b.begin || a.end - b.end)) {
    if (begin !== at)
      refuse(`"${name}" begins at byte ${begin}, expected ${at}: data must have no holes or overlaps`);
    at = end;
  }
  if (at !== data.length) refuse(`the tensors end at byte ${at}, the file has ${data.length} bytes of data`);
  return { entries, metadata, data };
}

const isCounts = (x: unknown): x is number[] =>
  Array.isArray(x) && x.every((n) => Number.isSafeInteger(n) && n >= 0);

/** The tensors of a safetensors file by name. @throws ValueError for a malformed file. */
export function loadSafetensors(bytes: FileBytes): StateDict {
  const { entries, data } = parse("loadSafetensors", bytes);
  const state: StateDict = {};
  for (const { name, dtype, shape, begin, end } of entries)
    setKey(state, name, tensorOf(data.subarray(begin, end), dtype, shape));
  return state;
}

/** The texts a safetensors file carries beside its tensors. @throws ValueError for a malformed file. */
export function safetensorsMetadata(bytes: FileBytes): Record<string, string> {
  return parse("safetensorsMetadata", bytes).metadata;
}

/**
 * A safetensors file of tensors by name, such as `model.stateDict()`, with texts beside them.
 * @throws ValueError for something else than tensors and texts.
 */
export function saveSafetensors(
  tensors: StateDict | ReadonlyMap<string, Tensor>,
  metadata?: Readonly<Record<string, string>>,
): Uint8Array {
  const named = tensors instanceof Map ? [...tensors] : Object.entries(tensors ?? {});
  const header: Record<string, unknown> = {};
  if (metadata !== undefined) {
    for (const [key, text] of Object.entries(metadata))
      if (typeof text !== "string")
        throw new ValueError(`saveSafetensors: metadata "${key}" must be a string, got ${typeof text}`);
    header.__metadata__ = metadata;
  }
  for (const [name, x] of named) {
    if (!isTensor(x)) throw new ValueError(`saveSafetensors: "${name}" is not a tensor`);
    if (name === "__metadata__") throw new ValueError(`saveSafetensors: "${name}" cannot name a tensor`);
    setKey(header, name, null);
  }
  // Wide elements first, so that every tensor is aligned to its own; the header keeps the given order.
  const placed = [...named].sort(([, a], [, b]) => b.dtype.itemsize - a.dtype.itemsize);
  let size = 0;
  for (const [name, x] of placed) {
    const begin = size;
    size += x.numel() * x.dtype.itemsize;
    header[name] = { dtype: NAMES[x.dtype.name], shape: x.shape, data_offsets: [begin, size] };
  }
  const text = new TextEncoder().encode(JSON.stringify(header));
  const length = Math.ceil(text.length / 8) * 8;
  const file = new Uint8Array(8 + length + size).fill(32, 8, 8 + length);
  new DataView(file.buffer).setBigUint64(0, BigInt(length), true);
  file.set(text, 8);
  let at = 8 + length;
  for (const [, x] of placed) {
    const { buffer, byteOffset, byteLength } = x.toTypedArray();
    file.set(new Uint8Array(buffer, byteOffset, byteLength), at);
    at += byteLength;
  }
  return file;
}
