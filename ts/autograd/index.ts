// torch.autograd
export { backwardAll as backward, grad, type BackwardOptions, type GradOptions } from "./backward.ts";
export { detectAnomaly, enableGrad, inferenceMode, noGrad, setDetectAnomaly, setGradEnabled } from "./contexts.ts";
