import { installMethods } from "./ops/methods.ts";

export { bfloat16, bool, DType, float16, float32, float64, getDefaultDtype, int16, int32, int64, int8, promoteTypes, setDefaultDtype, uint8, canCast } from "./core/dtype.ts";
export { float32 as float, float64 as double, float16 as half, int64 as long, int32 as int, int16 as short } from "./core/dtype.ts";
export { device, type Device, cuda, getDefaultDevice, setDefaultDevice } from "./core/device.ts";
export * from "./core/errors.ts";
export { memory } from "./memory/report.ts";
export { keep, scope, steps } from "./tensor/lifetime.ts";
export { enableGrad, inferenceMode, isGradEnabled, isInferenceModeEnabled, noGrad, setGradEnabled } from "./autograd/contexts.ts";
export * as autograd from "./autograd/index.ts";
export * as nn from "./nn/index.ts";
export { Tensor, isTensor } from "./tensor/tensor.ts";
export * from "./ops/unary.ts";
export * from "./ops/binary.ts";
export * from "./ops/compare.ts";
export * from "./ops/reduce.ts";
export * from "./ops/creation.ts";
export { conv1d, conv2d, conv3d, convTranspose1d, convTranspose2d, convTranspose3d } from "./ops/conv.ts";
export * from "./ops/einsum.ts";
export * from "./ops/matmul.ts";
export * from "./ops/matmuladd.ts";
export * from "./ops/norm.ts";
export * from "./ops/tensordot.ts";
export { cosineSimilarity, pairwiseDistance } from "./nn/functional/distance.ts";
export { alphaDropout, dropout, featureAlphaDropout } from "./nn/functional/dropout.ts";
export { asStrided, asStridedScatter, clone, detach, permute, reshape, t, transpose } from "./ops/views.ts";

installMethods();
