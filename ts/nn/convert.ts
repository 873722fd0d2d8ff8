// What `module.to` understands, and how parameters change dtype without becoming other tensors.
import { type DeviceLike, toDevice } from "../core/device.ts";
import { DType, type DTypeLike, toDType } from "../core/dtype.ts";
import { ValueError } from "../core/errors.ts";
import { isOptions, positional } from "../core/options.ts";
import { isTensor, type Tensor } from "../tensor/tensor.ts";
import { replaceData } from "./parameter.ts";

export type ModuleTarget = DTypeLike | DeviceLike | Tensor | { dtype?: DTypeLike; device?: DeviceLike };

/** The dtype asked for, or null where only a device is. @throws ValueError for a dtype that parameters cannot have. */
export function floatTarget(target: ModuleTarget, dtype?: DTypeLike): DType | null {
  let wanted: DTypeLike | null = dtype ?? null;
  if (isTensor(target)) wanted = target.dtype;
  else if (isOptions(target)) {
    const [device, named] = positional("to", ["device", "dtype"], [target]);
    if (device) toDevice(device);
    wanted = named ?? null;
  } else if (target instanceof DType || !isDevice(target as DTypeLike | DeviceLike))
    wanted = target as DTypeLike;
  if (wanted === null) return null;
  const to = toDType(wanted);
  if (!to.isFloatingPoint)
    throw new ValueError(`to: a module's parameters can only become floating point, got ${to}`);
  return to;
}

function isDevice(target: DTypeLike | DeviceLike): boolean {
  if (typeof target === "string" && !/^(cpu|cuda|meta|mps|xpu)/.test(target)) return false;
  toDevice(target as DeviceLike);
  return true;
}

/** Converts a floating-point tensor and its gradient in place. */
export function convertData(x: Tensor, dtype: DType): void {
  if (x.dtype.isFloatingPoint && x.dtype !== dtype) replaceData(x, x.detach().to(dtype));
  const grad = x.meta?.grad;
  if (grad && grad.dtype !== dtype) replaceData(grad, grad.detach().to(dtype));
}
