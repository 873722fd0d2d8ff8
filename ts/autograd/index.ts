// torch.autograd
export { type BackwardOptions, backwardAll as backward, type GradOptions, grad } from "./backward.ts";
export {
  detectAnomaly,
  enableGrad,
  inferenceMode,
  noGrad,
  setDetectAnomaly,
  setGradEnabled,
} from "./contexts.ts";
export { Function, FunctionContext } from "./function.ts";
export * as functional from "./functional.ts";
export { type GradcheckOptions, gradcheck, gradgradcheck } from "./gradcheck.ts";
export type { Hook, HookHandle } from "./hooks.ts";
