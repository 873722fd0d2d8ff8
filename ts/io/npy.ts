import { DTYPES, type DType } from "../core/dtype.ts";
import { ValueError } from "../core/errors.ts";
import { contiguousStrides, numelOf } from "../core/shape.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { type FileBytes, setKey, swapped, tensorOf, toBytes } from "./bytes.ts";
import { unzip } from "./zip.ts";

/** NumPy's kinds and sizes. */
const KINDS: Record<string, string> = {
  f2: "float16",
  f4: "float32",
  f8: "float64",
  i1: "int8",
  i2: "int16",
  i4: "int32",
  i8: "int64",
  u1: "uint8",
  b1: "bool",
};

/** The dtype of NumPy's kind and size, such as `f4`. @throws ValueError where there is none. */
export function numpyDType(op: string, kind: string): DType {
  const dtype = DTYPES.find((own) => own.name === KINDS[kind]);
  if (dtype === undefined) throw new ValueError(`${op}: there is no dtype for NumPy's "${kind}"`);
  return dtype;
}

/** A tensor of an array's bytes. */
export function fromNumpy(
  content: Uint8Array,
  dtype: DType,
  bigEndian: boolean,
  shape: readonly number[],
  fortran: boolean,
): Tensor {
  const strides = fortran ? contiguousStrides([...shape].reverse()).reverse() : contiguousStrides(shape);
  return tensorOf(bigEndian ? swapped(content, dtype.itemsize) : content, dtype, shape, strides);
}

/** The array of a `.npy` file; one in Fortran's order keeps its strides. @throws ValueError for a malformed file or a dtype there is not. */
export function loadNpy(file: FileBytes): Tensor {
  return readNpy("loadNpy", toBytes("loadNpy", file));
}

function readNpy(op: string, bytes: Uint8Array): Tensor {
  const refuse = (rule: string): never => {
    throw new ValueError(`${op}: ${rule}`);
  };
  if (bytes.length < 12 || bytes[0] !== 0x93 || new TextDecoder().decode(bytes.subarray(1, 6)) !== "NUMPY")
    refuse("this is not a .npy file");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const start = bytes[6] === 1 ? 10 : 12;
  const end = start + (start === 10 ? view.getUint16(8, true) : view.getUint32(8, true));
  if (end > bytes.length) refuse("the file ends within its header");
  const header = new TextDecoder().decode(bytes.subarray(start, end));
  const descr = /'descr': *'([<>|=])(\w+)'/.exec(header),
    order = /'fortran_order': *(True|False)/.exec(header),
    sizes = /'shape': *\(([\d, ]*)\)/.exec(header);
  if (!descr || !order || !sizes) return refuse(`cannot read the header ${header.trim()}`);
  const dtype = numpyDType(op, descr[2]!);
  const shape = sizes[1]!
    .split(",")
    .filter((size) => size.trim() !== "")
    .map(Number);
  const size = numelOf(shape) * dtype.itemsize;
  if (bytes.length - end !== size)
    refuse(`the array takes ${size} bytes, the file has ${bytes.length - end} behind its header`);
  return fromNumpy(bytes.subarray(end), dtype, descr[1] === ">", shape, order[1] === "True");
}

/** The arrays of a `.npz` file by name. @throws ValueError for a malformed file. */
export function loadNpz(file: FileBytes): Record<string, Tensor> {
  const arrays: Record<string, Tensor> = {};
  for (const [name, read] of unzip("loadNpz", toBytes("loadNpz", file)))
    setKey(arrays, name.replace(/\.npy$/, ""), readNpy(`loadNpz, ${name}`, read()));
  return arrays;
}
