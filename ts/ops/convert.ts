import { type OpRecord, record, tracks } from "../autograd/record.ts";
import { type DeviceLike, toDevice } from "../core/device.ts";
import {
  bfloat16 as bfloat16Type,
  bool as boolType,
  DType,
  type DTypeLike,
  float16,
  float32,
  float64,
  int8,
  int16,
  int32,
  int64,
  toDType,
  uint8,
} from "../core/dtype.ts";
import { ValueError } from "../core/errors.ts";
import { positional } from "../core/options.ts";
import { cast } from "../tensor/raw.ts";
import { isTensor, type Tensor } from "../tensor/tensor.ts";
import { checkTensor } from "./dispatch.ts";

const TO: OpRecord<object> = { name: "to", node: "ToCopyBackward0", vjp: (g) => g };

export interface ToOptions {
  dtype?: DTypeLike;
  device?: DeviceLike;
  /** Copy even where nothing changes; default false. */
  copy?: boolean;
}

/** This tensor as another dtype (`x.to(torch.float64)`), on a device (`x.to("cpu")`), or like another tensor; itself where nothing changes. */
export function to(
  input: Tensor,
  target: DTypeLike | DeviceLike | Tensor | ToOptions,
  dtype?: DTypeLike | ToOptions,
  options?: ToOptions,
): Tensor {
  let wanted: DTypeLike | undefined,
    copy = false;
  if (isTensor(target)) wanted = target.dtype;
  else if (target instanceof DType || (typeof target === "string" && isDtypeName(target))) {
    const rest = positional("to", ["copy"], [dtype ?? options]);
    [wanted, copy] = [target as DTypeLike, rest[0] ?? false];
  } else {
    const [device, named, copied] = positional("to", ["device", "dtype", "copy"], [target, dtype, options]);
    if (typeof device === "string" && !/^(cpu|cuda|meta|mps|xpu)/.test(device))
      throw new ValueError(`to: "${device}" is neither a dtype, such as "float64", nor the device "cpu"`);
    if (device !== undefined && device !== null) toDevice(device);
    [wanted, copy] = [named, copied ?? false];
  }
  const out = wanted === undefined || wanted === null ? input : converted(input, toDType(wanted));
  return out === input && copy ? input.clone() : out;
}

function isDtypeName(name: string): boolean {
  try {
    toDType(name as DTypeLike);
    return true;
  } catch {
    return false;
  }
}

function converted(input: Tensor, dtype: DType): Tensor {
  if (input.dtype === dtype) return input;
  const out = cast(input, dtype);
  return tracks(input) && dtype.isFloatingPoint ? record(TO, [input], out, null) : out;
}

/** As float32. */
export function float(input: Tensor): Tensor {
  return converted(input, float32);
}
/** As float64. */
export function double(input: Tensor): Tensor {
  return converted(input, float64);
}
/** As float16. */
export function half(input: Tensor): Tensor {
  return converted(input, float16);
}
/** As bfloat16. */
export function bfloat16(input: Tensor): Tensor {
  return converted(input, bfloat16Type);
}
/** As int64. */
export function long(input: Tensor): Tensor {
  return converted(input, int64);
}
/** As int32. */
export function int(input: Tensor): Tensor {
  return converted(input, int32);
}
/** As int16. */
export function short(input: Tensor): Tensor {
  return converted(input, int16);
}
/** As int8. */
export function char(input: Tensor): Tensor {
  return converted(input, int8);
}
/** As uint8. */
export function byte(input: Tensor): Tensor {
  return converted(input, uint8);
}
/** As bool: whether each element is not 0. */
export function bool(input: Tensor): Tensor {
  return converted(input, boolType);
}
/** On the CPU, where every tensor is: itself. */
export function cpu(input: Tensor): Tensor {
  return input;
}
/** @throws ValueError: there is no CUDA. */
export function cuda(_input: Tensor, device: DeviceLike = "cuda"): never {
  toDevice(device);
  throw new ValueError("cuda: there is no CUDA device");
}
/** -1, as PyTorch's number of the CPU. */
export function getDevice(_input: Tensor): number {
  return -1;
}
/** False: there are no complex dtypes. */
export function isComplex(_input: Tensor): boolean {
  return false;
}
/** The complex conjugate: the tensor itself. */
export function conj(input: Tensor): Tensor {
  return input;
}
/** With the dtype of `other`. */
export function typeAs(input: Tensor, other: Tensor): Tensor {
  checkTensor("typeAs", other);
  return converted(input, other.dtype);
}
/** The name of the tensor type (`torch.FloatTensor`), or the tensor as another dtype. */
export function type(input: Tensor, dtype?: DTypeLike): string | Tensor {
  if (dtype === undefined) return `torch.${input.dtype.tensorType}Tensor`;
  if (isTensor(dtype)) throw new ValueError("type: expected a dtype");
  return converted(input, toDType(dtype));
}
