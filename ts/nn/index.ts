export * as functional from "./functional/index.ts";
export * as init from "./init.ts";
export type { BackwardHook, ForwardHook, ForwardPreHook } from "./module.ts";
export { Module } from "./module.ts";
export * from "./modules/activation.ts";
export * from "./modules/adaptivesoftmax.ts";
export * from "./modules/attention.ts";
export { ModuleDict, ModuleList, Sequential } from "./modules/containers.ts";
export * from "./modules/conv.ts";
export * from "./modules/distance.ts";
export * from "./modules/dropout.ts";
export * from "./modules/embedding.ts";
export * from "./modules/embeddingbag.ts";
export * from "./modules/flatten.ts";
export * from "./modules/fold.ts";
export * from "./modules/linear.ts";
export * from "./modules/loss.ts";
export type { LossOptions, Reduction } from "./modules/lossbase.ts";
export * from "./modules/marginloss.ts";
export * from "./modules/normalization.ts";
export * from "./modules/padding.ts";
export * from "./modules/parameterlists.ts";
export * from "./modules/pooling.ts";
export * from "./modules/rarepooling.ts";
export * from "./modules/rectifier.ts";
export * from "./modules/responsenorm.ts";
export * from "./modules/rmsnorm.ts";
export * from "./modules/rnn.ts";
export {
  type CellOptions,
  GRUCell,
  LSTMCell,
  type Nonlinearity,
  RNNCell,
  type RNNCellOptions,
  type Step,
  type StepState,
} from "./modules/rnncells.ts";
export * from "./modules/shapedactivation.ts";
export * from "./modules/shuffle.ts";
export * from "./modules/softmax.ts";
export * from "./modules/transformer.ts";
export * from "./modules/upsample.ts";
export { Parameter } from "./parameter.ts";
export type { LoadResult, StateDict } from "./statedict.ts";
export * as utils from "./utils/index.ts";
