export * from "./bilinear.ts";
export * from "./dropout.ts";
export { linear } from "../../ops/matmullinear.ts";
export { conv1d, conv2d, conv3d, convTranspose1d, convTranspose2d, convTranspose3d } from "../../ops/conv.ts";
export { batchNorm, groupNorm, instanceNorm, layerNorm } from "../../ops/norm.ts";
export { pad } from "../../ops/pad.ts";
export * from "./attention.ts";
export * from "./distance.ts";
