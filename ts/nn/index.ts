export * as functional from "./functional/index.ts";
export * as init from "./init.ts";
export { Module } from "./module.ts";
export type { BackwardHook, ForwardHook, ForwardPreHook } from "./module.ts";
export { Parameter } from "./parameter.ts";
export type { LoadResult, StateDict } from "./statedict.ts";
export * from "./modules/containers.ts";
export * from "./modules/linear.ts";
export * from "./modules/parameterlists.ts";
