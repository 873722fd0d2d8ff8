import { ValueError } from "./errors.ts";
import { showAsText } from "./inspect.ts";

/** Where a tensor lives. There is one: the GPU takes its share of the work without being named. */
export class Device {
  constructor(
    readonly type: "cpu",
    readonly index: number | null = null,
  ) {
    Object.freeze(this);
  }
  toString(): string {
    return this.index === null ? this.type : `${this.type}:${this.index}`;
  }
}

showAsText(Device.prototype);

export const cpu = new Device("cpu");
export type DeviceLike = Device | string;

/** The device of that name. @throws ValueError for any but `"cpu"`. */
export function toDevice(value: DeviceLike): Device {
  if (value instanceof Device) return value;
  if (value === "cpu") return cpu;
  if (value === "cpu:0") return new Device("cpu", 0);
  throw new ValueError(
    `device "${String(value)}" is not available: tensors live on "cpu"; large products use the GPU by themselves, without a device name`,
  );
}

/** Makes a device: `device("cpu")`. @throws ValueError for any other. */
export function device(type: DeviceLike, index?: number): Device {
  return toDevice(index === undefined ? type : `${String(type)}:${index}`);
}

let defaultDevice = cpu;
/** The device of new tensors. */
export const getDefaultDevice = (): Device => defaultDevice;
/** Sets the device of new tensors. @throws ValueError for a device that does not exist. */
export function setDefaultDevice(value: DeviceLike): void {
  defaultDevice = toDevice(value);
}

/** Asks for NVIDIA's CUDA, which no JavaScript platform has. */
export const cuda = {
  /** Always false. */
  isAvailable: (): boolean => false,
  /** Always 0. */
  deviceCount: (): number => 0,
};
