import {
  bfloat16,
  bool,
  DTYPES,
  type DType,
  float16,
  float32,
  float64,
  int8,
  int16,
  int32,
  int64,
  uint8,
} from "../core/dtype.ts";
import { ValueError } from "../core/errors.ts";
import { Storage } from "../memory/storage.ts";
import { isTensor, Tensor } from "../tensor/tensor.ts";
import { type FileBytes, fillStorage, toBytes } from "./bytes.ts";
import { numpyGlobals } from "./numpypickle.ts";
import { type Globals, Unpickler } from "./pickle.ts";
import { isZip, unzip } from "./zip.ts";

const OP = "load";
const STORAGES: Record<string, DType> = {
  Float: float32,
  Double: float64,
  Half: float16,
  BFloat16: bfloat16,
  Long: int64,
  Int: int32,
  Short: int16,
  Char: int8,
  Byte: uint8,
  Bool: bool,
};
/** First object of the layout before PyTorch 1.6. */
const LEGACY_MAGIC = 0x1950a86a20f9469cfc6cn;

class StorageType {
  constructor(readonly dtype: DType) {}
}
/** A storage as pickles refer to it. */
interface Kept {
  storage: Storage;
  dtype: DType;
}

const refuse = (rule: string): never => {
  throw new ValueError(`${OP}: ${rule}`);
};

const isCounts = (x: unknown): x is number[] =>
  Array.isArray(x) && x.every((n) => Number.isSafeInteger(n) && n >= 0);

function rebuild(
  kept: Kept,
  offset: unknown,
  shape: unknown,
  strides: unknown,
  requiresGrad: unknown,
  dtype: DType,
): Tensor {
  if (!(kept?.storage instanceof Storage) || !isCounts([offset]) || !isCounts(shape) || !isCounts(strides))
    return refuse("damaged tensor");
  const last = shape.reduce((at, size, d) => at + (size - 1) * strides[d]!, offset as number);
  if (
    shape.length !== strides.length ||
    (!shape.includes(0) && (last + 1) * dtype.itemsize > kept.storage.size)
  )
    refuse(`a tensor of shape [${shape.join(", ")}] reaches beyond its storage`);
  const x = new Tensor(kept.storage, dtype, shape, strides, offset as number);
  if (requiresGrad) x.requiresGrad = true;
  return x;
}

const GLOBALS: Globals = {
  ...Object.fromEntries(DTYPES.map((dtype) => [String(dtype), dtype])),
  ...Object.fromEntries(
    Object.entries(STORAGES).map(([name, dtype]) => [`torch.${name}Storage`, new StorageType(dtype)]),
  ),
  "torch.storage.UntypedStorage": new StorageType(uint8),
  "torch._utils._rebuild_tensor": (kept: Kept, offset: unknown, shape: unknown, strides: unknown) =>
    rebuild(kept, offset, shape, strides, false, kept?.dtype),
  "torch._utils._rebuild_tensor_v2": (
    kept: Kept,
    offset: unknown,
    shape: unknown,
    strides: unknown,
    grad: unknown,
  ) => rebuild(kept, offset, shape, strides, grad, kept?.dtype),
  "torch._utils._rebuild_tensor_v3": (
    kept: Kept,
    offset: unknown,
    shape: unknown,
    strides: unknown,
    grad: unknown,
    _hooks: unknown,
    dtype: DType,
  ) => rebuild(kept, offset, shape, strides, grad, dtype),
  "torch._utils._rebuild_parameter": (data: unknown, requiresGrad: unknown) =>
    isTensor(data) ? data.requiresGrad_(Boolean(requiresGrad)) : refuse("damaged parameter"),
  "torch.Size": (sizes: unknown) => sizes,
  "torch.device": (type: unknown, index?: unknown) => (index === undefined ? type : `${type}:${index}`),
  ...numpyGlobals(OP),
};

/** Storages of a file by key, made when first referred to; `fill` puts their content in. */
class Storages {
  readonly kept = new Map<string, Kept>();
  constructor(private readonly fill: (key: string, kept: Kept) => void) {}

  readonly find = (id: unknown): Kept => {
    const [kind, type, key, , count, view] = Array.isArray(id) ? id : [];
    if (kind !== "storage" || !(type instanceof StorageType) || !isCounts([count]))
      return refuse("damaged reference to a storage");
    if (view !== undefined && view !== null) refuse("views of storages of very old files are not supported");
    const name = String(key);
    let found = this.kept.get(name);
    if (found === undefined) {
      found = { storage: Storage.allocate(count * type.dtype.itemsize), dtype: type.dtype };
      this.kept.set(name, found);
      this.fill(name, found);
    }
    return found;
  };
}

/**
 * What `torch.save` wrote, by PyTorch of any version since 1.0: tensors with their dtype, strides and shared storage;
 * parameters as tensors that require a gradient; dictionaries as objects; tuples as arrays; NumPy arrays as tensors. Nothing in the file is run: one that holds other
 * objects than data is refused. @throws ValueError for a damaged file.
 */
export function load(file: FileBytes): unknown {
  const bytes = toBytes(OP, file);
  return isZip(bytes) ? loadZip(bytes) : loadLegacy(bytes);
}

function loadZip(bytes: Uint8Array): unknown {
  const files = unzip(OP, bytes);
  const main =
    [...files.keys()].find((name) => name.endsWith("/data.pkl")) ??
    refuse("there is no data.pkl in the archive");
  const folder = main.slice(0, -"data.pkl".length);
  const order = files.get(`${folder}byteorder`);
  if (order !== undefined && new TextDecoder().decode(order()) !== "little")
    refuse("the file is of a big-endian machine");
  const storages = new Storages((key, { storage, dtype }) => {
    const read = files.get(`${folder}data/${key}`) ?? refuse(`storage ${key} is missing`);
    const content = read();
    if (content.length < storage.size)
      refuse(`storage ${key} has ${content.length} bytes instead of ${storage.size}`);
    fillStorage(storage, content.subarray(0, storage.size), dtype);
  });
  return new Unpickler(OP, files.get(main)!(), { globals: GLOBALS, persistent: storages.find }).load();
}

function loadLegacy(bytes: Uint8Array): unknown {
  const storages = new Storages(() => {});
  const pickle = new Unpickler(OP, bytes, { globals: GLOBALS, persistent: storages.find });
  if (pickle.load() !== LEGACY_MAGIC) refuse("this is not a file of torch.save");
  pickle.load(); // protocol
  const system = pickle.load() as { little_endian?: boolean } | null;
  if (system?.little_endian === false) refuse("the file is of a big-endian machine");
  const result = pickle.load();
  const keys = pickle.load();
  if (!Array.isArray(keys)) return refuse("damaged list of storages");
  let at = pickle.at;
  for (const key of keys) {
    const kept = storages.kept.get(String(key)) ?? refuse(`nothing refers to storage ${String(key)}`);
    // Each begins with its number of elements.
    const content = bytes.subarray(at + 8, at + 8 + kept.storage.size);
    if (content.length !== kept.storage.size) refuse(`storage ${String(key)} is cut off`);
    fillStorage(kept.storage, content, kept.dtype);
    at += 8 + kept.storage.size;
  }
  return result;
}
