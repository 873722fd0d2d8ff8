// Type promotion tables: only the dtype of the result, or that there is none.
import { lookUp } from "./names.mjs";
import { isSlip, isTrap, Mismatch, Missing } from "./outcome.mjs";

/** A Python number of each kind. 2.5 stands for a float, because 2.0 cannot be told from 2; promotion does not look at the value. */
const NUMBER = { bool: true, int: 2, float: 2.5 };

/** Operators that need more than a call with both operands. Python turns `2 == x` into `x == 2`. */
const SHAPED = {
  eq: (torch, a, b) => (typeof a === "object" || typeof a === "function" ? torch.eq(a, b) : torch.eq(b, a)),
  where: (torch, a, b) => torch.where(torch.tensor(true), a, b),
  cat: (torch, a, b) => torch.cat([a.reshape([-1]), b.reshape([-1])]),
  matmul: (torch, a, b) => torch.matmul(a.reshape([-1]), b.reshape([-1])),
};
const UNARY = {
  cumsum: (x) => x.cumsum(0),
  softmax: (x) => x.softmax(0),
  sort_values: (x) => x.sort().values,
  // Python's ~x
  invert: (x) => x.bitwiseNot(),
};

function operand(lib, kind, type) {
  if (kind === "py") return NUMBER[type];
  return lib.torch.ones(kind === "vec" ? [2] : [], { dtype: lib.dtype(type) });
}

function resultDtype(lib, compute) {
  try {
    return lib.dtypeName(compute().dtype);
  } catch (error) {
    if (error instanceof Missing || isSlip(error) || isTrap(error)) throw error;
    return null;
  }
}

function check(lib, label, want, compute) {
  const got = resultDtype(lib, compute);
  return got === want ? null : `${label}: ${got ?? "throws"}, want ${want ?? "an error"}`;
}

export function runPromotionCase(lib, fixture, testCase) {
  const { torch } = lib;
  const wrong = [];
  let rows = 0;
  const note = (problem) => {
    rows++;
    if (problem) wrong.push(problem);
  };
  for (const [op, kindA, typeA, kindB, typeB, want] of testCase.rows ?? []) {
    const f = SHAPED[op] ? (a, b) => SHAPED[op](torch, a, b) : lookUp(torch, "torch." + op);
    note(
      check(lib, `${op}(${kindA} ${typeA}, ${kindB} ${typeB})`, want, () =>
        f(operand(lib, kindA, typeA), operand(lib, kindB, typeB)),
      ),
    );
  }
  for (const [key, want] of Object.entries(testCase.result ?? {})) {
    const [op, type] = key.split("/");
    const f = UNARY[op] ?? lookUp(torch, "torch." + op);
    note(check(lib, `${op}(${type})`, want, () => f(operand(lib, "vec", type))));
  }
  if (wrong.length) throw new Mismatch(`${wrong.length} of ${rows} rows: ${wrong.slice(0, 3).join("; ")}`);
}
