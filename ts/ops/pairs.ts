// Functions of two operands beyond arithmetic.
import { nonDifferentiable, notImplemented } from "../autograd/record.ts";
import { bool } from "../core/dtype.ts";
import { DtypeError } from "../core/errors.ts";
import { isTensor, type Tensor } from "../tensor/tensor.ts";
import { mul, type OutOptions } from "./binary.ts";
import { type BinaryKernel, type BinaryOp, binary } from "./dispatch.ts";
import { into } from "./out.ts";
import { numbered, numberedPair } from "./pairnodes.ts";
import { pow } from "./power.ts";
import { type Operand, resultType, tensorOf } from "./promote.ts";

const zeros = (g: Tensor) => g.newZeros(g.shape);

const XLOGY = numbered("Xlogy", {
  name: "xlogy",
  kernel: "xlogy",
  result: "float",
  saves: "operands",
  vjp: {
    input: (g, { input, other }) => {
      const y = tensorOf(other, g);
      return xlogy(g, y).maskedFill(tensorOf(input, g).eq(0).logicalAnd(y.le(0)), 0);
    },
    other: (g, { input, other }) => g.mul(input).div(other),
  },
});
/** input * log(other), and 0 where input is 0 unless other is NaN. */
export function xlogy(input: Operand, other: Operand, options?: OutOptions): Tensor {
  return into("xlogy", options, numberedPair(XLOGY, input, other));
}

const LOGADDEXP = {
  name: "logaddexp",
  kernel: "logaddexp",
  saves: "operands",
  vjp: {
    input: (g, { input, other }) => g.div(tensorOf(other, g).sub(input).exp().add(1)),
    other: (g, { input, other }) => g.div(tensorOf(input, g).sub(other).exp().add(1)),
  },
} satisfies BinaryOp;
/** log(exp(input) + exp(other)), without overflow. @throws DtypeError for integers. */
export function logaddexp(input: Operand, other: Operand, options?: OutOptions): Tensor {
  return into("logaddexp", options, binary(LOGADDEXP, input, other));
}

const LOGADDEXP2 = {
  name: "logaddexp2",
  kernel: "logaddexp2",
  saves: "operands",
  vjp: {
    input: (g, { input, other }) => g.div(tensorOf(other, g).sub(input).exp2().add(1)),
    other: (g, { input, other }) => g.div(tensorOf(input, g).sub(other).exp2().add(1)),
  },
} satisfies BinaryOp;
/** log2(2^input + 2^other), without overflow. @throws DtypeError for integers. */
export function logaddexp2(input: Operand, other: Operand, options?: OutOptions): Tensor {
  return into("logaddexp2", options, binary(LOGADDEXP2, input, other));
}

const HYPOT = {
  name: "hypot",
  kernel: "hypot",
  saves: "all",
  vjp: {
    input: (g, { input, result }) => g.mul(tensorOf(input, g).div(result)),
    other: (g, { other, result }) => g.mul(tensorOf(other, g).div(result)),
  },
} satisfies BinaryOp;
/** The length of the vector (input, other). @throws DtypeError for integers. */
export function hypot(input: Operand, other: Operand, options?: OutOptions): Tensor {
  return into("hypot", options, binary(HYPOT, input, other));
}

/** Where the first operand is the result: a tie is its own, and so is anything beside NaN. */
const first = (wins: "ge" | "le", { input, other }: { input: Operand; other: Operand }, g: Tensor) => {
  const rival = tensorOf(other, g);
  return tensorOf(input, g)[wins](rival).logicalOr(rival.isnan());
};
const extreme = (name: "fmax" | "fmin", wins: "ge" | "le") =>
  ({
    name,
    kernel: name,
    saves: "operands",
    vjp: {
      input: (g, saved) => g.maskedFill(first(wins, saved, g).logicalNot(), 0),
      other: (g, saved) => g.maskedFill(first(wins, saved, g), 0),
    },
  }) satisfies BinaryOp;
const FMAX = extreme("fmax", "ge");
const FMIN = extreme("fmin", "le");
// Among integers there is no NaN to pass over.
const INTEGERS = { input: nonDifferentiable, other: nonDifferentiable } as const;
const INTEGER_MAX = { ...FMAX, kernel: "maximum", vjp: INTEGERS } satisfies BinaryOp;
const INTEGER_MIN = { ...FMIN, kernel: "minimum", vjp: INTEGERS } satisfies BinaryOp;
/** The larger of two elements; NaN only where both are. */
export function fmax(input: Operand, other: Operand, options?: OutOptions): Tensor {
  return into(
    "fmax",
    options,
    binary(resultType(input, other).isFloatingPoint ? FMAX : INTEGER_MAX, input, other),
  );
}
/** The smaller of two elements; NaN only where both are. */
export function fmin(input: Operand, other: Operand, options?: OutOptions): Tensor {
  return into(
    "fmin",
    options,
    binary(resultType(input, other).isFloatingPoint ? FMIN : INTEGER_MIN, input, other),
  );
}

const COPYSIGN = numbered(
  "Copysign",
  {
    name: "copysign",
    kernel: "copysign",
    result: "float",
    saves: "all",
    vjp: {
      input: (g, { input, result }) => {
        const x = tensorOf(input, g);
        return g.mul(result.div(x).maskedFill(x.eq(0), 0));
      },
      other: zeros,
    },
  },
  "001",
);
/** The magnitude of `input` with the sign of `other`. */
export function copysign(input: Operand, other: Operand, options?: OutOptions): Tensor {
  return into("copysign", options, numberedPair(COPYSIGN, input, other));
}

const without = notImplemented("PyTorch has no derivative of it either");
const HEAVISIDE = {
  name: "heaviside",
  kernel: "heaviside",
  vjp: { input: without, other: without },
} satisfies BinaryOp;
/** 0 for negative elements, 1 for positive ones, `values` at 0. @throws DtypeError for different dtypes. */
export function heaviside(input: Operand, values: Operand, options?: OutOptions): Tensor {
  if (isTensor(input) && isTensor(values) && input.dtype !== values.dtype)
    throw new DtypeError(
      `heaviside: input and values must have one dtype, got ${input.dtype} and ${values.dtype}`,
    );
  return into("heaviside", options, binary(HEAVISIDE, input, values));
}

const NEXTAFTER = {
  name: "nextafter",
  kernel: "nextafter",
  vjp: { input: without, other: without },
} satisfies BinaryOp;
/** The next number after `input` towards `other` in their dtype. @throws DtypeError for anything but float32 and float64. */
export function nextafter(input: Operand, other: Operand, options?: OutOptions): Tensor {
  const dtype = resultType(input, other);
  if (dtype.itemsize < 4 || !dtype.isFloatingPoint)
    throw new DtypeError(`nextafter: not implemented for ${dtype}`);
  return into("nextafter", options, binary(NEXTAFTER, input, other));
}

const vjp = { input: nonDifferentiable, other: nonDifferentiable } as const;
function ofIntegers(name: "gcd" | "lcm", input: Operand, other: Operand, options?: OutOptions): Tensor {
  if (resultType(input, other) === bool) throw new DtypeError(`${name}: not implemented for ${bool}`);
  return into(name, options, binary({ name, kernel: name as BinaryKernel, vjp }, input, other));
}
/** The greatest common divisor. @throws DtypeError for anything but integers. */
export function gcd(input: Operand, other: Operand, options?: OutOptions): Tensor {
  return ofIntegers("gcd", input, other, options);
}
/** The least common multiple. @throws DtypeError for anything but integers. */
export function lcm(input: Operand, other: Operand, options?: OutOptions): Tensor {
  return ofIntegers("lcm", input, other, options);
}

/** input * 2^other. */
export function ldexp(input: Operand, other: Operand, options?: OutOptions): Tensor {
  return into(
    "ldexp",
    options,
    mul(input, pow(2.0, isTensor(other) && !other.dtype.isFloatingPoint ? other.float() : other)),
  );
}
