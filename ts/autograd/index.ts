// torch.autograd
export { backwardAll as backward, grad, type BackwardOptions, type GradOptions } from "./backward.ts";
export { detectAnomaly, enableGrad, inferenceMode, noGrad, setDetectAnomaly, setGradEnabled } from "./contexts.ts";
export { Function, FunctionContext } from "./function.ts";
export { gradcheck, gradgradcheck, type GradcheckOptions } from "./gradcheck.ts";
export type { Hook, HookHandle } from "./hooks.ts";
