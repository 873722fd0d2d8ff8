// Modules: construction, printed text, loading of state, forward, backward, buffers.
import { callArguments, optionsFrom, toJs } from "./arguments.mjs";
import {
  entryOf,
  expectEqual,
  expectGradient,
  expectGradients,
  expectRaw,
  expectSame,
  firstDifference,
} from "./compare.mjs";
import { lookUp } from "./names.mjs";
import { Mismatch, Unrepresentable } from "./outcome.mjs";

export const entriesOf = (state) => (state instanceof Map ? [...state] : Object.entries(state));

/** A number given by the caller prints as `1.0` or `1` in Python by its type, which JavaScript does not have. */
const withoutIntegralPoint = (text) => text.replace(/(\d)\.0(?!\d)/g, "$1");

function expectText(got, want, numbersGiven) {
  if (got === want) return;
  if (numbersGiven && withoutIntegralPoint(got) === withoutIntegralPoint(want)) return;
  throw new Mismatch("module text: " + firstDifference(got, want));
}

export function runModuleCase(lib, fixture, testCase, programs) {
  if (testCase.kind === "text") return runTextCase(lib, testCase, programs);
  const Class = lookUp(lib.torch, testCase.module);
  const kwargs = fixture.decodeKwargs(testCase.kwargs);
  const module = new Class(...callArguments(lib, fixture.decode(testCase.args), kwargs));
  expectText(String(module), testCase.str, testCase.args.length + kwargs.length > 0);
  const names = [...module.namedParameters()].map(([name]) => name);
  expectEqual(names.join(), testCase.parameter_names.join(), "parameter names");
  expectEqual(
    entriesOf(module.stateDict())
      .map(([key]) => key)
      .join(),
    Object.keys(testCase.state).join(),
    "stateDict keys",
  );
  module.loadStateDict(
    Object.fromEntries(
      Object.entries(testCase.state).map(([key, i]) => [key, lib.tensor(fixture.tensor(i))]),
    ),
  );
  module.train(testCase.training);
  testCase.passes.forEach((pass, k) =>
    runPass(lib, fixture, testCase, module, pass, testCase.passes.length > 1 ? `pass ${k} ` : ""),
  );
  return undefined;
}

function runPass(lib, fixture, testCase, module, pass, label) {
  const { tol } = testCase;
  const parameters = [...module.namedParameters()];
  for (const [, p] of parameters) p.grad = null;
  const leaves = [];
  const inputs = fixture.decode(pass.inputs).map((x) => toJs(lib, x, leaves));
  const out = module(...inputs, ...optionsFrom(lib, fixture.decodeKwargs(pass.kwargs)));
  expectSame(lib, out, fixture.decode(pass.out), tol, label + "out");
  if (pass.grad_out) {
    const at = (i) => (i === null ? null : fixture.tensor(i));
    lib.backward(
      lib.tensorsIn(out),
      pass.grad_out.map((i) => (i === null ? null : lib.tensor(fixture.tensor(i)))),
    );
    expectGradients(lib, leaves, pass.input_grads.map(at), tol, label + "input grad");
    for (const [name, p] of parameters)
      expectGradient(lib, p.grad, at(pass.param_grads[name]), tol, `${label}grad of ${name}`);
  }
  const state = module.stateDict();
  for (const [key, i] of Object.entries(pass.buffers_after ?? {}))
    expectRaw(
      lib.read(entryOf(state, key)),
      fixture.tensor(i),
      { rtol: 1e-6, atol: 1e-6 },
      `${label}buffer ${key}`,
    );
}

function runTextCase(lib, testCase, programs) {
  const build = programs.modules[testCase.id];
  if (!build) throw new Unrepresentable("no program for " + testCase.id);
  const module = build(lib.torch);
  expectText(String(module), testCase.str, true);
  const got = entriesOf(module.stateDict()).map(([key, value]) => `${key} [${[...value.shape]}]`);
  expectEqual(got.join(), testCase.state_keys.map(([key, shape]) => `${key} [${shape}]`).join(), "state");
}
