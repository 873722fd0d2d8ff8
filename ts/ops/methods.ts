// The methods of Tensor: each function here takes the receiver as its first argument.
import * as autograd from "../autograd/backward.ts";
import { checkWritable, inPlace, snapshot } from "../autograd/inplace.ts";
import { record, tracks, tracksAny } from "../autograd/record.ts";
import { untaped } from "../autograd/untaped.ts";
import { showAsText } from "../core/inspect.ts";
import {
  item,
  type NestedList,
  primitiveOf,
  tensorText,
  tolist,
  toTypedArray,
  typedArray,
} from "../tensor/read.ts";
import { isTensor, Tensor } from "../tensor/tensor.ts";
import * as activation from "./activation.ts";
import { at, put_ } from "./at.ts";
import * as binary from "./binary.ts";
import * as blend from "./blend.ts";
import * as clamps from "./clamp.ts";
import * as close from "./close.ts";
import * as compare from "./compare.ts";
import * as convert from "./convert.ts";
import * as diagonals from "./diagonals.ts";
import { diff } from "./differences.ts";
import * as dims from "./dims.ts";
import * as fills from "./fill.ts";
import {
  bernoulli_,
  cauchy_,
  exponential_,
  geometric_,
  logNormal_,
  normal_,
  random_,
  uniform_,
} from "./fillrandom.ts";
import * as flips from "./flips.ts";
import * as indexing from "./indexmethods.ts";
import * as inplace from "./inplace.ts";
import { newEmpty, newEmptyStrided, newFull, newOnes, newTensor, newZeros } from "./like.ts";
import { pNorm } from "./linalg/norms.ts";
import * as linalg from "./linalg/older.ts";
import * as logic from "./logic.ts";
import * as matmul from "./matmul.ts";
import * as matmulAdd from "./matmuladd.ts";
import * as pairs from "./pairs.ts";
import { floatPower, floatPower_, pow } from "./power.ts";
import type { Operand } from "./promote.ts";
import { installProperties, type TensorProperties } from "./properties.ts";
import { isNonzero, isSameSize, isSigned } from "./queries.ts";
import { bernoulli, multinomial } from "./random.ts";
import * as reduce from "./reduce.ts";
import * as extreme from "./reduceextreme.ts";
import * as middle from "./reducemedian.ts";
import * as scan from "./reducescan.ts";
import * as deviation from "./reducespread.ts";
import * as repeats from "./repeats.ts";
import { diagonal, narrow, narrowCopy, select, unfold } from "./slices.ts";
import { logSoftmax, softmax } from "./softmax.ts";
import { igamma, igammac, mvlgamma } from "./specialformulas.ts";
import * as splits from "./splits.ts";
import * as statistics from "./statistics.ts";
import { inner, kron } from "./tensordot.ts";
import { tril, tril_, triu, triu_ } from "./triangle.ts";
import type { NonzeroMethod } from "./truepositions.ts";
import * as unary from "./unary.ts";
import * as scaled from "./unaryscaled.ts";
import { digamma, erfinv, i0, lgamma, polygamma } from "./unaryspecial.ts";
import * as turns from "./unaryturns.ts";
import type { UniqueConsecutiveMethod, UniqueMethod } from "./unique.ts";
import * as views from "./views.ts";
import * as viewsInPlace from "./viewsinplace.ts";
import { fillMasked, maskedFill, where } from "./where.ts";

const { backward, registerHook, requiresGrad_, retainGrad } = autograd;

const { real: _real, ...scaledMethods } = scaled;
const METHODS = {
  ...unary,
  ...turns,
  ...scaledMethods,
  digamma,
  erfinv,
  i0,
  igamma,
  igammac,
  lgamma,
  mvlgamma,
  polygamma,
  ...activation,
  ...binary,
  ...matmul,
  ...linalg,
  ...matmulAdd,
  inner,
  kron,
  ...close,
  ...compare,
  ...blend,
  ...clamps,
  ...fills,
  ...logic,
  ...pairs,
  floatPower,
  floatPower_,
  pow,
  maskedFill,
  maskedFill_: (input: Tensor, mask: Tensor, value: Operand): Tensor =>
    tracks(input, value)
      ? inPlace("maskedFill_", input, () => maskedFill(snapshot(input), mask, value))
      : fillMasked(input, mask, value),
  where: (input: Operand, condition: Tensor, other: Operand): Tensor => where(condition, input, other),
  ...reduce,
  ...extreme,
  ...middle,
  ...scan,
  std: deviation.std,
  var: deviation.var,
  logsumexp: deviation.logsumexp,
  norm: pNorm,
  ...statistics,
  diff,
  softmax,
  logSoftmax,
  ...views,
  ...convert,
  newEmpty,
  newEmptyStrided,
  newFull,
  newOnes,
  newTensor,
  newZeros,
  ...dims,
  diagonal,
  narrow,
  narrowCopy,
  select,
  unfold,
  ...diagonals,
  ...viewsInPlace,
  ...splits,
  ...flips,
  at,
  put_,
  ...repeats,
  tril,
  triu,
  tril_,
  triu_,
  ...inplace,
  bernoulli,
  multinomial,
  bernoulli_,
  cauchy_,
  exponential_,
  geometric_,
  logNormal_,
  normal_,
  random_,
  uniform_,
  ...indexing,
  isNonzero,
  isSameSize,
  isSigned,
  backward,
  registerHook,
  requiresGrad_,
  retainGrad,
  item,
  tolist,
  toJSON: (input: Tensor): NestedList => tolist(input),
  toTypedArray,
  typedArray,
};

/** Functions whose in-place form is the function itself, written over the receiver. */
const IN_PLACE = [
  "abs",
  "neg",
  "sign",
  "square",
  "sqrt",
  "rsqrt",
  "reciprocal",
  "exp",
  "exp2",
  "expm1",
  "log",
  "log2",
  "log10",
  "log1p",
  "sin",
  "cos",
  "tan",
  "asin",
  "acos",
  "atan",
  "sinh",
  "cosh",
  "asinh",
  "acosh",
  "atanh",
  "erf",
  "erfc",
  "floor",
  "ceil",
  "trunc",
  "frac",
  "atan2",
  "logicalNot",
  "digamma",
  "lgamma",
  "erfinv",
  "i0",
  "tanh",
  "sigmoid",
  "relu",
  "round",
  "sgn",
  "bitwiseNot",
  "deg2rad",
  "rad2deg",
  "nanToNum",
  "sinc",
  "logit",
  "cumsum",
  "cumprod",
  "eq",
  "ne",
  "lt",
  "le",
  "gt",
  "ge",
  "clamp",
  "clampMin",
  "clampMax",
  "clip",
  "pow",
  "logicalAnd",
  "logicalOr",
  "logicalXor",
  "bitwiseAnd",
  "bitwiseOr",
  "bitwiseXor",
  "bitwiseLeftShift",
  "bitwiseRightShift",
  "xlogy",
  "hypot",
  "copysign",
  "heaviside",
  "nextafter",
  "gcd",
  "lcm",
  "ldexp",
  "lerp",
  "addcmul",
  "addcdiv",
  "polygamma",
  "igamma",
  "igammac",
  "mvlgamma",
  "absolute",
  "arccos",
  "arccosh",
  "arcsin",
  "arcsinh",
  "arctan",
  "arctan2",
  "arctanh",
  "negative",
  "fix",
  "greater",
  "greaterEqual",
  "less",
  "lessEqual",
  "notEqual",
  "addmm",
  "addmv",
  "addr",
  "addbmm",
  "baddbmm",
  "renorm",
] as const satisfies readonly (keyof typeof METHODS)[];

/** A function of a tensor as a method of it. */
type Method<F> = F extends (input: never, ...rest: infer A) => infer R ? (...args: A) => R : never;
/** A mapped method keeps only a function's last overload; these are written by hand. */
interface Overloaded {
  /** The one element as a plain number, or a boolean where it is asked for: `const same: boolean = x.item()`. */
  item<T extends number | boolean = number>(): T;
  max: extreme.ExtremeMethod;
  min: extreme.ExtremeMethod;
  median: middle.MedianMethod;
  nanmedian: middle.MedianMethod;
  nonzero: NonzeroMethod;
  unique: UniqueMethod;
  uniqueConsecutive: UniqueConsecutiveMethod;
}
export type Methods = {
  [K in Exclude<keyof typeof METHODS, keyof Overloaded>]: Method<(typeof METHODS)[K]>;
} & {
  [K in (typeof IN_PLACE)[number] as `${K}_`]: Method<(typeof METHODS)[K]>;
} & TensorProperties &
  Overloaded;

/** A result without slope, such as that of a comparison, as one whose gradient is 0: in place, the history goes on. */
function flat(name: string, input: Tensor, other: unknown, result: Tensor): Tensor {
  const zeros = (g: Tensor) => g.newZeros(g.shape);
  const isPair = isTensor(other);
  const vjp = isPair ? { input: zeros, other: zeros } : zeros;
  return record({ name, vjp }, isPair ? [input, other] : [input], result.to(input.dtype), null);
}

type AnyFunction = (...args: unknown[]) => unknown;

/** Written out, a method is compiled together with its op; those made in the loop below share one code for all. */
const HOT = {
  add(this: Tensor, other: Operand, options?: binary.AlphaOptions) {
    return binary.add(this, other, options);
  },
  sub(this: Tensor, other: Operand, options?: binary.AlphaOptions) {
    return binary.sub(this, other, options);
  },
  mul(this: Tensor, other: Operand, options?: binary.OutOptions) {
    return binary.mul(this, other, options);
  },
  div(this: Tensor, other: Operand, options?: binary.DivOptions) {
    return binary.div(this, other, options);
  },
} satisfies Record<string, (this: Tensor, ...args: never[]) => Tensor>;

/** Makes the ops methods of every tensor. */
export function installMethods(): void {
  const install = (name: string | symbol, value: AnyFunction) =>
    Object.defineProperty(Tensor.prototype, name, { value, writable: true, configurable: true });
  for (const [name, op] of Object.entries(METHODS) as [string, AnyFunction][])
    install(name, function (this: Tensor, ...args) {
      return op(this, ...args);
    });
  for (const [name, method] of Object.entries(HOT)) install(name, method as AnyFunction);
  for (const name of IN_PLACE) {
    const op = METHODS[name] as AnyFunction;
    install(`${name}_`, function (this: Tensor, ...args) {
      const write = () =>
        inPlace(`${name}_`, this, () => {
          const was = tracks(this) || tracksAny(args) ? snapshot(this) : this;
          const result = op(was, ...args) as Tensor;
          return tracks(was, args[0]) && !result.requiresGrad ? flat(name, was, args[0], result) : result;
        });
      // The logical ones leave the history as it was, so gradients pass by them.
      if (!name.startsWith("logical")) return write();
      checkWritable(`${name}_`, this);
      return untaped(write);
    });
  }
  installProperties();
  install("toString", function (this: Tensor) {
    return tensorText(this);
  } as AnyFunction);
  install(Symbol.toPrimitive, function (this: Tensor, hint) {
    return primitiveOf(this, hint as string);
  } as AnyFunction);
  showAsText(Tensor.prototype);
}
