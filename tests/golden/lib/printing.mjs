// Printed tensors, print options, and the names of gradient functions.
import { expectEqual } from "./compare.mjs";
import { camelCase } from "./names.mjs";
import { Missing, Unrepresentable } from "./outcome.mjs";
import { evaluate } from "./python-expression.mjs";

export function gradFnName(node) {
  if (node === null || node === undefined) return null;
  return (typeof node.name === "function" ? node.name() : String(node.name)).replace(
    /^torch::autograd::/,
    "",
  );
}

function printed(lib, fixture, testCase) {
  const { torch } = lib;
  const value = lib.tensor(fixture.tensor(testCase.value));
  if (testCase.parameter)
    return new torch.nn.Parameter(value, { requiresGrad: testCase.requires_grad === true });
  return testCase.requires_grad ? value.requiresGrad_() : value;
}

export function runPrintCase(lib, fixture, testCase) {
  const { torch } = lib;
  if (testCase.options) {
    if (typeof torch.setPrintoptions !== "function") throw new Missing("torch.setPrintoptions");
    torch.setPrintoptions(
      Object.fromEntries(Object.entries(testCase.options).map(([k, v]) => [camelCase(k), v])),
    );
    try {
      return expectEqual(String(printed(lib, fixture, testCase)), testCase.repr, "text");
    } finally {
      torch.setPrintoptions({ profile: "default" });
      torch.setPrintoptions({ sciMode: null });
    }
  }
  if ("text" in testCase) return runText(lib, testCase);
  if (!testCase.expr) return expectEqual(String(printed(lib, fixture, testCase)), testCase.repr, "text");

  const leaf = (i) => lib.tensor(fixture.tensor(i, true));
  const result = evaluate(testCase.expr, { torch, x: leaf(testCase.x), y: leaf(testCase.y) }, lib);
  expectEqual(result.requiresGrad, testCase.requires_grad, "requiresGrad");
  expectEqual(result.isLeaf, testCase.is_leaf, "isLeaf");
  expectEqual(gradFnName(result.gradFn), testCase.grad_fn, "gradFn.name()");
  return expectEqual(String(result), testCase.repr, "text");
}

function runText(lib, testCase) {
  if (
    /\.dtype\b|^(str|repr)\(torch\.\w+\)$|torch\.(Size|device|return_types|finfo|iinfo|max|sort|topk)\b|\.(size|shape)\b|\blen\(|\b(float|int)\(|f'|\{|\(\(/.test(
      testCase.expr,
    )
  )
    throw new Unrepresentable("text of a Python object that JavaScript does not have");
  const { torch } = lib;
  const names = {
    torch,
    t: torch.tensor([1.5, 2.5]),
    s: torch.tensor(1.23456789),
    i: torch.tensor(5n),
    b: torch.tensor(true),
    m: torch.zeros(2, 3),
  };
  expectEqual(evaluate(testCase.expr, names, lib), testCase.text, "text");
}
