// Limits below and above.
import { type OpRecord, record, tracks } from "../autograd/record.ts";
import { untaped } from "../autograd/untaped.ts";
import { bool, COMPUTE } from "../core/dtype.ts";
import { DtypeError, ValueError } from "../core/errors.ts";
import { positional } from "../core/options.ts";
import { kernels } from "../memory/wasm.ts";
import { cast, packed } from "../tensor/raw.ts";
import { addressOf, emptyAs, isTensor, type Tensor, written } from "../tensor/tensor.ts";
import { overUnits } from "../threads/pool.ts";
import { checkHolds } from "./arguments.ts";
import { maximum, minimum, type OutOptions } from "./binary.ts";
import { checkOperand, checkTensor, wrapped } from "./dispatch.ts";
import { into } from "./out.ts";
import { type Operand, resultType } from "./promote.ts";
import { where } from "./where.ts";

type Bound = Operand | null;
interface Bounds {
  input: Tensor;
  min: Bound;
  max: Bound;
}
export interface ClampOptions extends OutOptions {
  /** Lower limit; none by default. */
  min?: Bound;
  /** Upper limit; none by default. It wins where it is below `min`. */
  max?: Bound;
}

/** `g` where the mask holds. */
const only = (g: Tensor, mask: Tensor) => where(mask, g, 0);
const inside = (g: Tensor, { input, min, max }: Bounds) => {
  const above = min === null ? null : input.ge(min),
    below = max === null ? null : input.le(max);
  return only(g, above === null ? below! : below === null ? above : above.logicalAnd(below));
};
/** Where the lower limit lies above the upper one, that one is the result. */
const toMin = (g: Tensor, { input, min, max }: Bounds) => {
  const under = input.lt(min!);
  return only(g, max === null ? under : under.logicalAnd((min as Tensor).lt(max)));
};
const toMax = (g: Tensor, { input, min, max }: Bounds) => {
  const over = input.gt(max!);
  return only(g, min === null ? over : over.logicalOr((max as Tensor).lt(min)));
};
const recordOf = (name: string, overload: number): OpRecord<Bounds> => ({
  name,
  node: `${name[0]!.toUpperCase()}${name.slice(1)}Backward${overload}`,
  vjp: { input: inside, min: toMin, max: toMax },
});
/** The record and its other overload, by PyTorch's count: limits as numbers and as tensors. */
const CLAMP = [recordOf("clamp", 1), recordOf("clamp", 0)] as const;
const CLAMP_MIN = [recordOf("clampMin", 0), recordOf("clampMin", 1)] as const;
const CLAMP_MAX = [recordOf("clampMax", 0), recordOf("clampMax", 1)] as const;

function limited(
  ops: readonly [OpRecord<Bounds>, OpRecord<Bounds>],
  input: Tensor,
  min: Bound,
  max: Bound,
): Tensor {
  const { name } = ops[0];
  checkTensor(name, input);
  const limits = [min, max].filter((b) => b !== null);
  for (const limit of limits) checkOperand(name, limit);
  if (limits.length === 0) throw new ValueError(`${name}: at least one of min and max must be given`);
  const dtype = resultType(input, ...limits);
  const numbers = !limits.some(isTensor);
  if (dtype === bool && (numbers || limits.length === 2))
    throw new DtypeError(`${name}: not implemented for ${bool}`);
  if (numbers) for (const limit of limits) checkHolds(name, dtype, limit);
  const out = numbers ? byNumbers(input, dtype, min, max) : untaped(() => byTensors(input, min, max));
  if (!tracks(input, min, max)) return out;
  const tensors = [input, isTensor(min) ? min : null, isTensor(max) ? max : null];
  return record(ops[numbers ? 0 : 1], numbers ? [input] : tensors, out, { input, min, max });
}

function byNumbers(input: Tensor, dtype: Tensor["dtype"], min: Bound, max: Bound): Tensor {
  const source = cast(packed(input), COMPUTE[dtype.domain]);
  const out = emptyAs(source, source.dtype);
  // Infinite limits of integers saturate at the ends of their range.
  const limit = (bound: Bound, none: number) =>
    bound === null ? none : dtype.isFloatingPoint ? Number(bound) : wrapped(Number(bound), dtype);
  const low = limit(min, Number.NEGATIVE_INFINITY),
    high = limit(max, Number.POSITIVE_INFINITY);
  overUnits(
    kernels[`clamp_${dtype.domain}`],
    source.numel(),
    1,
    [addressOf(source), addressOf(out)],
    [low, high],
  );
  return cast(written(out), dtype);
}

function byTensors(input: Tensor, min: Bound, max: Bound): Tensor {
  const raised = min === null ? input : maximum(input, min);
  return max === null ? raised : minimum(raised, max);
}

/** Each element, but at least `min` and at most `max`; numbers or tensors that broadcast. */
export function clamp(
  input: Tensor,
  min?: Bound | ClampOptions,
  max?: Bound | ClampOptions,
  options?: ClampOptions,
): Tensor {
  const [low = null, high = null, out] = positional<[Bound?, Bound?, Tensor?]>(
    "clamp",
    ["min", "max", "out"],
    [min, max, options],
  );
  return into("clamp", { out }, limited(CLAMP, input, low, high));
}

/** Each element, but at least `min`. */
export function clampMin(input: Tensor, min: Operand | ClampOptions, options?: OutOptions): Tensor {
  const [low = null, out] = positional<[Bound?, Tensor?]>("clampMin", ["min", "out"], [min, options]);
  return into("clampMin", { out }, limited(CLAMP_MIN, input, low, null));
}

/** Each element, but at most `max`. */
export function clampMax(input: Tensor, max: Operand | ClampOptions, options?: OutOptions): Tensor {
  const [high = null, out] = positional<[Bound?, Tensor?]>("clampMax", ["max", "out"], [max, options]);
  return into("clampMax", { out }, limited(CLAMP_MAX, input, null, high));
}
export { clamp as clip };
