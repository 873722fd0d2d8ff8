export type { FileBytes } from "./bytes.ts";
export { type Cifar10, loadCifar10, loadIdx } from "./datasets.ts";
export { loadNpy, loadNpz } from "./npy.ts";
export { loadSafetensors, safetensorsMetadata, saveSafetensors } from "./safetensors.ts";
