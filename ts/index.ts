import { installMethods } from "./ops/methods.ts";

export {
  enableGrad,
  inferenceMode,
  isGradEnabled,
  isInferenceModeEnabled,
  noGrad,
  noOffload,
  setGradEnabled,
} from "./autograd/contexts.ts";
export * as autograd from "./autograd/index.ts";
export { cuda, type Device, device, getDefaultDevice, setDefaultDevice } from "./core/device.ts";
export {
  bfloat16,
  bool,
  canCast,
  DType,
  float16,
  float16 as half,
  float32,
  float32 as float,
  float64,
  float64 as double,
  getDefaultDtype,
  int8,
  int16,
  int16 as short,
  int32,
  int32 as int,
  int64,
  int64 as long,
  promoteTypes,
  setDefaultDtype,
  uint8,
} from "./core/dtype.ts";
export * from "./core/errors.ts";
export { finfo, iinfo } from "./core/typeinfo.ts";
export * as utils from "./data/utils.ts";
export * as io from "./io/index.ts";
export { load } from "./io/load.ts";
export { memory } from "./memory/report.ts";
export * as func from "./nn/func.ts";
export { rrelu } from "./nn/functional/activation.ts";
export { bilinear } from "./nn/functional/bilinear.ts";
export { cosineSimilarity, pairwiseDistance } from "./nn/functional/distance.ts";
export {
  alphaDropout,
  alphaDropout_,
  dropout,
  dropout_,
  featureAlphaDropout,
  featureAlphaDropout_,
} from "./nn/functional/dropout.ts";
export * as F from "./nn/functional/index.ts";
export { celu_, relu_, rrelu_, selu_, threshold_ } from "./nn/functional/inplace.ts";
export { binaryCrossEntropyWithLogits, ctcLoss, klDiv } from "./nn/functional/loss.ts";
export {
  cosineEmbeddingLoss,
  hingeEmbeddingLoss,
  marginRankingLoss,
  poissonNllLoss,
  tripletMarginLoss,
} from "./nn/functional/marginloss.ts";
export { rmsNorm } from "./nn/functional/rmsnorm.ts";
export { channelShuffle, pixelShuffle, pixelUnshuffle } from "./nn/functional/shuffle.ts";
export * as nn from "./nn/index.ts";
export * from "./ops/activation.ts";
export { celu, selu, threshold } from "./ops/activationrectifier.ts";
export { adaptiveAvgPool1d, adaptiveMaxPool1d } from "./ops/adaptivepool.ts";
export { type Backends, backends } from "./ops/backends.ts";
export * from "./ops/binary.ts";
export * from "./ops/blend.ts";
export * from "./ops/clamp.ts";
export * from "./ops/close.ts";
export * from "./ops/compare.ts";
export { conv1d, conv2d, conv3d, convTranspose1d, convTranspose2d, convTranspose3d } from "./ops/conv.ts";
export { conj, isComplex } from "./ops/convert.ts";
export { asTensor, fromTypedArray, ones, tensor, zeros } from "./ops/creation.ts";
export {
  diag,
  diagEmbed,
  diagflat,
  diagonalScatter,
  selectScatter,
  sliceScatter,
  trace,
} from "./ops/diagonals.ts";
export * from "./ops/differences.ts";
export {
  adjoint,
  broadcastTensors,
  broadcastTo,
  flatten,
  moveaxis,
  movedim,
  ravel,
  squeeze,
  swapaxes,
  swapdims,
  unflatten,
  unsqueeze,
} from "./ops/dims.ts";
export * from "./ops/einsum.ts";
export { lookUp as embedding } from "./ops/embedding.ts";
export { fill } from "./ops/fill.ts";
export * from "./ops/flips.ts";
export { gather, indexSelect, take, takeAlongDim } from "./ops/gather.ts";
export { Generator, getRngState, initialSeed, manualSeed, seed, setRngState } from "./ops/generator.ts";
export { gradient } from "./ops/gradient.ts";
export * from "./ops/grids.ts";
export { histogram, histogramdd } from "./ops/histogram.ts";
export { indexPut } from "./ops/indexput.ts";
export { indexAdd, indexCopy, indexFill, put } from "./ops/indexslices.ts";
export { cat, concat, concatenate, stack } from "./ops/join.ts";
export {
  empty,
  emptyLike,
  emptyStrided,
  full,
  fullLike,
  onesLike,
  scalarTensor,
  zerosLike,
} from "./ops/like.ts";
export * as linalg from "./ops/linalg/index.ts";
export { pNorm as norm } from "./ops/linalg/norms.ts";
export * from "./ops/linalg/older.ts";
export { vander } from "./ops/linalg/vandermonde.ts";
export * from "./ops/logic.ts";
export * as masked from "./ops/masked.ts";
export * from "./ops/matmul.ts";
export * from "./ops/matmuladd.ts";
export * from "./ops/matmulint8.ts";
export * from "./ops/norm.ts";
export { constantPadNd } from "./ops/pad.ts";
export { cdist, pdist } from "./ops/pairdistance.ts";
export * from "./ops/pairs.ts";
export { frexp, unravelIndex } from "./ops/parts.ts";
export { avgPool1d, maxPool1d, maxPool2d, maxPool3d } from "./ops/pool.ts";
export { floatPower, pow } from "./ops/power.ts";
export { resultType } from "./ops/promote.ts";
export * from "./ops/queries.ts";
export * from "./ops/random.ts";
export * from "./ops/ranges.ts";
export * from "./ops/reduce.ts";
export * from "./ops/reduceextreme.ts";
export * from "./ops/reducemedian.ts";
export * from "./ops/reducescan.ts";
export { logsumexp, std, stdMean, var, varMean } from "./ops/reducespread.ts";
export { repeatInterleave, tile } from "./ops/repeats.ts";
export { scatter, scatterAdd } from "./ops/scatter.ts";
export { indexReduce, scatterReduce } from "./ops/scatterreduce.ts";
export { bincount, bucketize, histc, isin, searchsorted } from "./ops/search.ts";
export { diagonal, narrow, narrowCopy, select } from "./ops/slices.ts";
export * from "./ops/softmax.ts";
export { argsort, msort, sort } from "./ops/sort.ts";
export * as special from "./ops/special.ts";
export { igamma, igammac, mvlgamma } from "./ops/specialformulas.ts";
export * from "./ops/splits.ts";
export * from "./ops/statistics.ts";
export * from "./ops/tensordot.ts";
export { kthvalue, mode, topk } from "./ops/topk.ts";
export { tril, trilIndices, triu, triuIndices } from "./ops/triangle.ts";
export { argwhere, maskedScatter, maskedSelect, nonzero } from "./ops/truepositions.ts";
export * from "./ops/unary.ts";
export * from "./ops/unaryscaled.ts";
export * from "./ops/unaryspecial.ts";
export { digamma, erfinv, i0, lgamma, polygamma } from "./ops/unaryspecial.ts";
export * from "./ops/unaryturns.ts";
export { unique, uniqueConsecutive } from "./ops/unique.ts";
export { asStrided, asStridedScatter, clone, detach, permute, reshape, t, transpose } from "./ops/views.ts";
export { type WebGpuOptions, type WebGpuState, webgpu } from "./ops/webgpu.ts";
export { maskedFill, where } from "./ops/where.ts";
export * from "./ops/windows.ts";
export * as optim from "./optim/index.ts";
export { setPrintoptions } from "./tensor/format.ts";
export { keep, scope, steps } from "./tensor/lifetime.ts";
export { isTensor, Tensor } from "./tensor/tensor.ts";
export { getNumThreads, ready, setNumThreads } from "./threads/pool.ts";

installMethods();
