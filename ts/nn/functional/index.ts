export * from "../../ops/adaptivepool.ts";
export { conv1d, conv2d, conv3d, convTranspose1d, convTranspose2d, convTranspose3d } from "../../ops/conv.ts";
export { embedding, oneHot } from "../../ops/embedding.ts";
export { fold, unfold } from "../../ops/fold.ts";
export { interpolate, upsample, upsampleBilinear, upsampleNearest } from "../../ops/interpolate.ts";
export { linear } from "../../ops/matmullinear.ts";
export { batchNorm, groupNorm, instanceNorm, layerNorm } from "../../ops/norm.ts";
export { pad } from "../../ops/pad.ts";
export { avgPool1d, avgPool2d, avgPool3d, maxPool1d, maxPool2d, maxPool3d } from "../../ops/pool.ts";
export * from "./activation.ts";
export * from "./attention.ts";
export * from "./bilinear.ts";
export * from "./distance.ts";
export * from "./dropout.ts";
export * from "./inplace.ts";
export {
  binaryCrossEntropy,
  binaryCrossEntropyWithLogits,
  crossEntropy,
  ctcLoss,
  huberLoss,
  klDiv,
  l1Loss,
  mseLoss,
  nllLoss,
  smoothL1Loss,
} from "./loss.ts";
export * from "./marginloss.ts";
export * from "./responsenorm.ts";
export * from "./shuffle.ts";
