// Operator cases: functions, methods, properties and subscripts, with their gradients.
import { compareAmbiguous } from "./ambiguity.mjs";
import { callArguments, indexArguments, toJs } from "./arguments.mjs";
import { expectGradients, expectSame, sequence } from "./compare.mjs";
import { PyFloat, RawTensor, rawTensorsIn } from "./fixture.mjs";
import { callMethod, camelCase, lookUp } from "./names.mjs";
import { Mismatch, Missing, mustThrow, Unrepresentable } from "./outcome.mjs";

/** `x.__rsub__(y)` is what Python runs for `y - x`; here it is a function call with the operands in that order. */
const REFLECTED = {
  __radd__: "add",
  __rsub__: "sub",
  __rmul__: "mul",
  __rdiv__: "div",
  __rpow__: "pow",
  __rmod__: "remainder",
  __rmatmul__: "matmul",
  __rand__: "bitwiseAnd",
  __ror__: "bitwiseOr",
  __rxor__: "bitwiseXor",
};

/** Functions that make a tensor from numbers: there a Python int is a bigint, as dtypes never depend on a value. */
const FROM_DATA = new Set(["torch.tensor", "torch.as_tensor", "torch.full"]);

/**
 * Recorded absolute tolerances hold for a whole tensor. Where its elements reach from 1e-10 to 1e38, that leaves the
 * small ones unchecked; elementwise results are therefore also bound one by one. (A broadcast gradient is a sum, so
 * gradients of binary functions are exempt.) PyTorch in float64 stays within these bounds everywhere.
 */
const ELEMENT_BOUND = { rtol: 1e-3, atol: 1e-4 };
const ELEMENTWISE = {
  ops_unary: { cap: ELEMENT_BOUND, gradCap: ELEMENT_BOUND },
  special_values: { cap: ELEMENT_BOUND, gradCap: ELEMENT_BOUND },
  ops_binary: { cap: ELEMENT_BOUND },
};

const isIntegralFloat = (v) => v instanceof PyFloat && Number.isInteger(v.value);
const isPyNumber = (v) => typeof v === "number" || v instanceof PyFloat;

function refuseUnrepresentable(testCase, args, kwargs) {
  const { fn } = testCase.call;
  const numbers = args.filter(isPyNumber);
  if (
    fn === "torch.arange" &&
    numbers.some(isIntegralFloat) &&
    numbers.every((v) => !(v instanceof PyFloat) || isIntegralFloat(v)) &&
    !kwargs.some(([name]) => name === "dtype")
  )
    throw new Unrepresentable("arange tells 5.0 from 5 by its type");
  if (
    (fn === "torch.linspace" || fn === "torch.logspace") &&
    "raises" in testCase &&
    isIntegralFloat(args[2])
  )
    throw new Unrepresentable("a float where an int is required is the same number here");
  if (
    (testCase.raises === "TypeError" || testCase.raises === "AttributeError") &&
    args.length === 2 &&
    args.slice(0, 2).some(isPyNumber) &&
    args.every((v) => isPyNumber(v) || v instanceof RawTensor)
  )
    throw new Unrepresentable("an operand may be a number");
}

function withBigints(value) {
  if (typeof value === "number" && Number.isInteger(value)) return BigInt(value);
  if (Array.isArray(value)) return value.map(withBigints);
  return value;
}

function dataArguments(testCase, args) {
  const { fn, kwargs } = testCase.call;
  const wantsInt64 = args.want instanceof RawTensor && args.want.dtype === "int64";
  if (!FROM_DATA.has(fn) || !wantsInt64 || "dtype" in kwargs) return args.values;
  const k = fn === "torch.full" ? 1 : 0;
  return args.values.map((v, i) => (i === k ? withBigints(v) : v));
}

function invoke(lib, testCase, args, kwargs, leaves) {
  const { style, fn } = testCase.call;
  const name = fn.split(".").pop();
  if (style === "function") {
    const f = lookUp(lib.torch, fn);
    return f(...callArguments(lib, args, kwargs, leaves));
  }
  if (name in REFLECTED) {
    const [self, other] = args.map((x) => toJs(lib, x, leaves));
    // PyTorch's own __rpow__ copies the base, so no gradient reaches it.
    const first = name === "__rpow__" && lib.isTensor(other) ? other.detach() : other;
    return lookUp(lib.torch, "torch." + REFLECTED[name])(first, self);
  }
  if (name === "__getitem__") {
    const self = toJs(lib, args[0], leaves);
    return callMethod(self, "at", indexArguments(lib, args[1], leaves));
  }
  if (style === "setitem") {
    const self = callMethod(toJs(lib, args[0], leaves), "clone", []);
    const index = indexArguments(lib, args[1], leaves);
    callMethod(self, "put_", [index, toJs(lib, args[2], leaves)]);
    return self;
  }
  const [receiver, ...rest] = callArguments(lib, args, kwargs, leaves);
  if (style === "property") {
    const value = receiver[camelCase(name)];
    if (value === undefined) throw new Missing("Tensor." + camelCase(name));
    return value;
  }
  if (name === "__len__") return lengthOf(receiver);
  if (name === "__bool__") return Boolean(callMethod(receiver, "item", []));
  // In-place methods run on a clone, so that a leaf can be written and its gradient still be asked for.
  const self = name.endsWith("_") ? callMethod(receiver, "clone", []) : receiver;
  return callMethod(self, name, rest);
}

function lengthOf(tensor) {
  return callMethod(tensor, "size", [0]);
}

function skipSet(list, k) {
  const found = list?.find(([index]) => index === k);
  return found ? new Set(found[1]) : null;
}

export function runOperatorCase(lib, fixture, testCase) {
  const args = fixture.decode(testCase.call.args);
  const kwargs = fixture.decodeKwargs(testCase.call.kwargs);
  refuseUnrepresentable(testCase, args, kwargs);
  if ("raises" in testCase) {
    if (testCase.call.style === "function") lookUp(lib.torch, testCase.call.fn);
    // A library that cannot even make the inputs has not refused the call.
    rawTensorsIn([args, kwargs]).forEach((raw) => lib.tensor(raw));
    return mustThrow(() => invoke(lib, testCase, args, kwargs, []), testCase.message);
  }
  const want = fixture.decode(testCase.out);
  const leaves = [];
  const values = dataArguments(testCase, { values: args, want });
  let got = invoke(lib, testCase, values, kwargs, leaves);
  if (testCase.call.fn === "torch.linalg.lstsq") got = sequence(lib, got, "out")[0];

  const tol = { ...(testCase.tol ?? { rtol: 0, atol: 0 }), ...ELEMENTWISE[fixture.group] };
  const skip = testCase.skip_elements ?? {};
  let gradOut = testCase.grad_out?.map((i) => (i === null ? null : fixture.tensor(i)));
  if (testCase.compare) {
    const verdict = compareAmbiguous(lib, testCase, args, kwargs, got, want, tol, gradOut);
    if (verdict.skipGradients) return undefined;
    gradOut = verdict.gradOut;
  } else {
    expectSame(lib, got, want, tol, "out", (k) => skipSet(skip.out, k));
  }
  if (!testCase.grads) return undefined;
  const outputs = lib.tensorsIn(got);
  gradOut.forEach((g, k) => {
    if (g && !outputs[k].requiresGrad) throw new Mismatch(`out.${k} does not require a gradient`);
  });
  lib.backward(
    outputs,
    gradOut.map((g) => g && lib.tensor(g)),
  );
  const grads = testCase.grads.map((i) => (i === null ? null : fixture.tensor(i)));
  return expectGradients(lib, leaves, grads, tol, "grad", (k) => skipSet(skip.grads, k));
}
