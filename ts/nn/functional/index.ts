export * from "../../ops/adaptivepool.ts";
export { conv1d, conv2d, conv3d, convTranspose1d, convTranspose2d, convTranspose3d } from "../../ops/conv.ts";
export { embedding, oneHot } from "../../ops/embedding.ts";
export { embeddingBag } from "../../ops/embeddingbag.ts";
export { fold, unfold } from "../../ops/fold.ts";
export { fractionalMaxPool2d, fractionalMaxPool3d } from "../../ops/fractionalpool.ts";
export { affineGrid, gridSample } from "../../ops/gridsample.ts";
export { interpolate, upsample, upsampleBilinear, upsampleNearest } from "../../ops/interpolate.ts";
export { linear } from "../../ops/matmullinear.ts";
export { batchNorm, groupNorm, instanceNorm, layerNorm } from "../../ops/norm.ts";
export { pad } from "../../ops/pad.ts";
export { pdist } from "../../ops/pairdistance.ts";
export { avgPool1d, avgPool2d, avgPool3d, maxPool1d, maxPool2d, maxPool3d } from "../../ops/pool.ts";
export { maxUnpool1d, maxUnpool2d, maxUnpool3d } from "../../ops/unpool.ts";
export * from "./activation.ts";
export * from "./attention.ts";
export * from "./bilinear.ts";
export * from "./distance.ts";
export {
  alphaDropout,
  dropout,
  dropout1d,
  dropout2d,
  dropout3d,
  featureAlphaDropout,
} from "./dropout.ts";
export * from "./gumbel.ts";
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
export * from "./lppool.ts";
export * from "./marginloss.ts";
export * from "./responsenorm.ts";
export * from "./rmsnorm.ts";
export * from "./shuffle.ts";
export { channelShuffle as nativeChannelShuffle } from "./shuffle.ts";
