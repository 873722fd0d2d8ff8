// Where products leave for the GPU. Empty until `torch.webgpu.enable` fills it, so that a bundler drops all that lies behind
// from programs that never call that.
import type { beginProduct, offloadProduct } from "./offload.ts";
import type { offloadForward, offloadInputGradient, offloadWeightGradient } from "./offloadconv.ts";

export interface Offloads {
  product: typeof offloadProduct;
  forward: typeof offloadForward;
  inputGradient: typeof offloadInputGradient;
  weightGradient: typeof offloadWeightGradient;
}

/** What takes the products that are worth it; null while all stay here. */
export let offloads: Offloads | null = null;
/** Begins a product while the thread goes on; null before WebGPU was first enabled. */
export let begin: typeof beginProduct | null = null;

export function setOffloads(next: Offloads | null): void {
  offloads = next;
}
export function setBegin(next: typeof beginProduct): void {
  begin = next;
}
