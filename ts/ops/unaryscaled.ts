// Elementwise functions with options, and those that are a formula of others.
import { type OpRecord, record, tracks } from "../autograd/record.ts";
import { untaped } from "../autograd/untaped.ts";
import { bool, getDefaultDtype } from "../core/dtype.ts";
import { DtypeError } from "../core/errors.ts";
import { positional } from "../core/options.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { OutOptions } from "./binary.ts";
import { checkTensor, type UnaryOp, unary } from "./dispatch.ts";
import { into } from "./out.ts";

interface Input {
  input: Tensor;
}
const zeros = (g: Tensor) => g.newZeros(g.shape);

/** The tensor itself. @throws DtypeError for bool. */
export function positive(input: Tensor): Tensor {
  checkTensor("positive", input);
  if (input.dtype === bool) throw new DtypeError("positive: the + operator is not supported on bool tensors");
  return input;
}

/** The tensor itself: there are no complex dtypes. */
export function real(input: Tensor): Tensor {
  checkTensor("real", input);
  return input;
}

/** Runs a formula of other ops off the tape, and records it as one op. */
function formula<S extends object>(
  op: OpRecord<S>,
  input: Tensor,
  saved: S,
  compute: (x: Tensor) => Tensor,
): Tensor {
  checkTensor(op.name, input);
  const out = untaped(() => compute(input));
  return tracks(input) ? record(op, [input], out, saved) : out;
}

const DEG2RAD: OpRecord<object> = {
  name: "deg2rad",
  node: "Deg2RadBackward0",
  vjp: (g) => g.mul(Math.PI / 180),
};
/** Degrees as radians. */
export function deg2rad(input: Tensor, options?: OutOptions): Tensor {
  return into(
    "deg2rad",
    options,
    formula(DEG2RAD, input, {}, (x) => x.mul(Math.PI / 180)),
  );
}

const RAD2DEG: OpRecord<object> = {
  name: "rad2deg",
  node: "Rad2DegBackward0",
  vjp: (g) => g.mul(180 / Math.PI),
};
/** Radians as degrees. */
export function rad2deg(input: Tensor, options?: OutOptions): Tensor {
  return into(
    "rad2deg",
    options,
    formula(RAD2DEG, input, {}, (x) => x.mul(180 / Math.PI)),
  );
}

const ANGLE: OpRecord<object> = { name: "angle", vjp: zeros };
/** 0 for what is not negative, pi for what is; NaN stays. */
export function angle(input: Tensor, options?: OutOptions): Tensor {
  return into(
    "angle",
    options,
    formula(ANGLE, input, {}, (x) => {
      const float = x.dtype.isFloatingPoint ? x : x.to(getDefaultDtype());
      const turned = float.lt(0).to(float.dtype).mul(Math.PI);
      return turned.maskedFill(float.isnan(), Number.NaN);
    }),
  );
}

export interface RoundOptions extends OutOptions {
  /** How many decimal places to keep; may be negative; default 0. */
  decimals?: number;
}
const ROUND = { name: "round", kernel: "round", result: "keep", vjp: zeros } satisfies UnaryOp;
const ROUND_DECIMALS: OpRecord<object> = { name: "round", node: "RoundBackward1", vjp: zeros };
/** Each element rounded to the nearest integer, halves to the even one; or to `decimals` places. */
export function round(input: Tensor, options?: RoundOptions): Tensor {
  checkTensor("round", input);
  const [decimals, out] = positional("round", ["decimals", "out"], [options]);
  if (!input.dtype.isFloatingPoint) {
    if (decimals !== undefined || input.dtype === bool)
      throw new DtypeError(
        `round: ${decimals === undefined ? "" : "decimals is "}not implemented for ${input.dtype}`,
      );
    return into("round", { out }, input.clone());
  }
  if (decimals === undefined) return into("round", { out }, unary(ROUND, input));
  const scale = 10 ** Math.abs(decimals);
  const rounded = formula(ROUND_DECIMALS, input, {}, (x) =>
    decimals < 0 ? unary(ROUND, x.div(scale)).mul(scale) : unary(ROUND, x.mul(scale)).div(scale),
  );
  return into("round", { out }, rounded);
}

const LARGEST: Record<string, number> = {
  float64: Number.MAX_VALUE,
  float32: 3.4028234663852886e38,
  bfloat16: 3.3895313892515355e38,
  float16: 65504,
};
export interface NanToNumOptions extends OutOptions {
  /** In place of NaN; default 0. */
  nan?: number | null;
  /** In place of infinity; default the largest finite number of the dtype. */
  posinf?: number | null;
  /** In place of negative infinity; default the smallest finite number of the dtype. */
  neginf?: number | null;
}
const NAN_TO_NUM: OpRecord<Input> = { name: "nanToNum", vjp: (g, { input }) => g.mul(input.isfinite()) };
/** The elements with NaN and the infinities replaced. */
export function nanToNum(
  input: Tensor,
  nan?: number | null | NanToNumOptions,
  posinf?: number | null | NanToNumOptions,
  neginf?: number | null | NanToNumOptions,
  options?: NanToNumOptions,
): Tensor {
  checkTensor("nanToNum", input);
  const [forNan, forPositive, forNegative, out] = positional(
    "nanToNum",
    ["nan", "posinf", "neginf", "out"],
    [nan, posinf, neginf, options],
  );
  const largest = LARGEST[input.dtype.name];
  if (largest === undefined) return into("nanToNum", { out }, input.clone());
  const result = formula(NAN_TO_NUM, input, { input }, (x) =>
    x
      .maskedFill(x.isnan(), forNan ?? 0)
      .maskedFill(x.isposinf(), forPositive ?? largest)
      .maskedFill(x.isneginf(), forNegative ?? -largest),
  );
  return into("nanToNum", { out }, result);
}

const SINC: OpRecord<Input> = {
  name: "sinc",
  vjp: (g, { input }) => {
    const x = input.mul(Math.PI);
    const below = x.mul(input);
    return g.mul(x.cos().mul(x).sub(x.sin()).div(below).maskedFill(below.eq(0), 0));
  },
};
/** sin(pi x) / (pi x), 1 at 0. */
export function sinc(input: Tensor, options?: OutOptions): Tensor {
  return into(
    "sinc",
    options,
    formula(SINC, input, { input }, (x) => {
      const turns = x.mul(Math.PI);
      return turns.sin().div(turns).maskedFill(x.eq(0), 1);
    }),
  );
}

const LOGIT: OpRecord<Input & { eps: number | null }> = {
  name: "logit",
  vjp: (g, { input, eps }) => {
    const slope = g.div(input.mul(input.neg().add(1)));
    return eps === null
      ? slope.maskedFill(input.lt(0).logicalOr(input.gt(1)), Number.NaN)
      : slope.maskedFill(input.lt(eps).logicalOr(input.gt(1 - eps)), 0);
  },
};
/** log(x / (1 - x)); with `eps`, of the elements clamped to [eps, 1 - eps]. */
export function logit(
  input: Tensor,
  eps?: number | null | ({ eps?: number | null } & OutOptions),
  options?: OutOptions,
): Tensor {
  const [margin = null, out] = positional("logit", ["eps", "out"], [eps, options]);
  const result = formula(LOGIT, input, { input, eps: margin }, (x) => {
    const float = x.dtype.isFloatingPoint ? x : x.to(getDefaultDtype());
    const p = margin === null ? float : float.clamp(margin, 1 - margin);
    return p.div(p.neg().add(1)).log();
  });
  return into("logit", { out }, result);
}
