// Files of well-known data sets.
import { gunzipSync } from "fflate/browser";
import { type DType, float32, float64, int8, int16, int32, int64, uint8 } from "../core/dtype.ts";
import { ValueError } from "../core/errors.ts";
import { numelOf } from "../core/shape.ts";
import { tensor } from "../ops/creation.ts";
import { isTensor, type Tensor } from "../tensor/tensor.ts";
import { type FileBytes, swapped, tensorOf, toBytes } from "./bytes.ts";
import { numpyGlobals } from "./numpypickle.ts";
import { Unpickler } from "./pickle.ts";

const IDX_TYPES: Record<number, DType> = {
  8: uint8,
  9: int8,
  11: int16,
  12: int32,
  13: float32,
  14: float64,
};

/** The array of an IDX file (MNIST and its kin), plain or gzipped. @throws ValueError for a malformed file. */
export function loadIdx(file: FileBytes): Tensor {
  let bytes = toBytes("loadIdx", file);
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) {
    try {
      bytes = gunzipSync(bytes);
    } catch (error) {
      throw new ValueError(`loadIdx: damaged gzip file (${error instanceof Error ? error.message : error})`);
    }
  }
  const dtype = bytes[0] === 0 && bytes[1] === 0 ? IDX_TYPES[bytes[2]!] : undefined;
  const start = 4 + 4 * (bytes[3] ?? 0);
  if (dtype === undefined || bytes.length < start) throw new ValueError("loadIdx: this is not an IDX file");
  const view = new DataView(bytes.buffer, bytes.byteOffset, start);
  const shape = Array.from({ length: bytes[3]! }, (_, d) => view.getUint32(4 + 4 * d));
  const size = numelOf(shape) * dtype.itemsize;
  if (bytes.length - start !== size)
    throw new ValueError(
      `loadIdx: an array of shape [${shape.join(", ")}] takes ${size} bytes, the file has ${bytes.length - start}`,
    );
  return tensorOf(swapped(bytes.subarray(start), dtype.itemsize), dtype, shape);
}

export interface Cifar10 {
  /** uint8 [n, 3, 32, 32] */
  images: Tensor;
  /** int64 [n] */
  labels: Tensor;
}
const IMAGE_BYTES = 3 * 32 * 32;

/** A batch of CIFAR-10, of the binary or the Python version. @throws ValueError for anything else. */
export function loadCifar10(file: FileBytes): Cifar10 {
  const bytes = toBytes("loadCifar10", file);
  if (bytes.length > 0 && bytes[0]! < 10) {
    const n = bytes.length / (IMAGE_BYTES + 1);
    if (!Number.isInteger(n))
      throw new ValueError(
        `loadCifar10: a binary batch has a multiple of ${IMAGE_BYTES + 1} bytes, this one has ${bytes.length}`,
      );
    const pixels = new Uint8Array(n * IMAGE_BYTES),
      labels = new BigInt64Array(n);
    for (let i = 0; i < n; i++) {
      const at = i * (IMAGE_BYTES + 1);
      labels[i] = BigInt(bytes[at]!);
      pixels.set(bytes.subarray(at + 1, at + 1 + IMAGE_BYTES), i * IMAGE_BYTES);
    }
    return { images: tensorOf(pixels, uint8, [n, 3, 32, 32]), labels: tensor(labels) };
  }
  const batch = new Unpickler("loadCifar10", bytes, {
    globals: numpyGlobals("loadCifar10"),
    longStrings: "bytes",
  }).load() as { data?: unknown; labels?: unknown } | null;
  const { data, labels } = batch ?? {};
  if (!isTensor(data) || data.dtype !== uint8 || data.shape[1] !== IMAGE_BYTES || !Array.isArray(labels))
    throw new ValueError("loadCifar10: the file holds no images and labels");
  return {
    images: data.reshape([-1, 3, 32, 32]),
    labels: tensor(labels as number[], { dtype: int64 }),
  };
}
