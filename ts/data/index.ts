export { defaultCollate } from "./collate.ts";
export { DataLoader, type DataLoaderOptions } from "./dataloader.ts";
export {
  ConcatDataset,
  Dataset,
  type DatasetLike,
  IterableDataset,
  randomSplit,
  type SampleIndex,
  Subset,
  TensorDataset,
} from "./dataset.ts";
export {
  BatchSampler,
  RandomSampler,
  Sampler,
  SequentialSampler,
  SubsetRandomSampler,
  WeightedRandomSampler,
} from "./sampler.ts";
