// Views of all parts of a tensor along a dimension.
import { type FusedRecord, recordAll, tracks } from "../autograd/record.ts";
import { IndexError, ShapeError, ValueError } from "../core/errors.ts";
import { positional } from "../core/options.ts";
import { type Shape, shapeText, wrapDim } from "../core/shape.ts";
import { isTensor, type Tensor } from "../tensor/tensor.ts";
import { checkInteger } from "./arguments.ts";
import { checkTensor } from "./dispatch.ts";
import { narrow, select, slice } from "./slices.ts";
