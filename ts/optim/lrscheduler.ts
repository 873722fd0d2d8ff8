export { CyclicLR, type CyclicLROptions, OneCycleLR, type OneCycleLROptions } from "./cycles.ts";
export {
  ChainedScheduler,
  type PlateauOptions,
  ReduceLROnPlateau,
  SequentialLR,
} from "./schedulecombined.ts";
export { LRScheduler } from "./schedulerbase.ts";
export * from "./schedules.ts";
