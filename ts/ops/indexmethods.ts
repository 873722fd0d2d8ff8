// The functions of gathering, scattering, searching and sorting that are methods too.
export { gather, indexSelect, take, takeAlongDim } from "./gather.ts";
export { histogram } from "./histogram.ts";
export { indexPut, indexPut_ } from "./indexput.ts";
export {
  indexAdd,
  indexAdd_,
  indexCopy,
  indexCopy_,
  indexFill,
  indexFill_,
  put,
} from "./indexslices.ts";
export { frexp } from "./parts.ts";
export { scatter, scatter_, scatterAdd, scatterAdd_ } from "./scatter.ts";
export { indexReduce, indexReduce_, scatterReduce, scatterReduce_ } from "./scatterreduce.ts";
export { bincount, histc } from "./search.ts";
export { argsort, msort, sort } from "./sort.ts";
export { kthvalue, mode, topk } from "./topk.ts";
export { argwhere, maskedScatter, maskedScatter_, maskedSelect, nonzero } from "./truepositions.ts";
export { unique, uniqueConsecutive } from "./unique.ts";
