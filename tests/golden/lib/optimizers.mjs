// Optimizers on the recorded problem and on prescribed gradients, gradient clipping, learning-rate schedules.
import { optionsFrom } from "./arguments.mjs";
import { entryOf, expectElements, expectNumber, expectRaw, expectSame } from "./compare.mjs";
import { RawTensor } from "./fixture.mjs";
import { camelCase, lookUp } from "./names.mjs";
import { Mismatch, mustThrow } from "./outcome.mjs";
import { evaluate } from "./python-expression.mjs";

/** Settings of PyTorch's implementations that say nothing about the result. */
const IMPLEMENTATION = new Set(["foreach", "differentiable", "capturable", "fused"]);

/**
 * Quasi-Newton steps amplify rounding along the flat directions of the problem, and the recorded tolerances of the
 * parameters grow with it until they say nothing. The first step (several iterations) and the losses stay meaningful.
 */
const LBFGS = { firstStep: { rtol: 1e-4, atol: 1e-4 }, loss: { rtol: 0.15, atol: 0 } };

/** Row `k` of a recorded history. */
function row(history, k) {
  const shape = history.shape.slice(1);
  const size = shape.reduce((p, q) => p * q, 1);
  return new RawTensor(history.dtype, shape, history.data.slice(k * size, (k + 1) * size));
}

function leaf(lib, raw) {
  return lib.tensor(new RawTensor(raw.dtype, raw.shape, raw.data, true));
}

function build(lib, testCase, fixture, params) {
  const Class = lookUp(lib.torch, "torch.optim." + testCase.optimizer);
  return new Class(params, ...optionsFrom(lib, fixture.decodeKwargs(testCase.config)));
}

export function runOptimizerCase(lib, fixture, testCase) {
  if (testCase.kind === "clip") return runClip(lib, fixture, testCase);
  if (testCase.kind === "must_throw") {
    lookUp(lib.torch, "torch.optim." + testCase.optimizer);
    const params = () =>
      testCase.params === "empty"
        ? []
        : testCase.params === "tensor"
          ? lib.torch.zeros([2])
          : [leaf(lib, new RawTensor("float32", [2], new Float32Array(2)))];
    const config = testCase.config ? testCase : { ...testCase, config: { lr: { f: 0.1 } } };
    return mustThrow(() => build(lib, config, fixture, params()), testCase.message);
  }
  const optimizer = runProblem(lib, fixture, testCase, testCase, (ps) => ps);
  expectState(lib, fixture, testCase, optimizer.stateDict());
  if (testCase.given) runGiven(lib, fixture, testCase);
  if (testCase.two_groups) {
    const lr = (testCase.config.lr?.f ?? 0.01) * 0.1;
    runProblem(lib, fixture, testCase, testCase.two_groups, ([w, ...rest]) => [
      { params: [w] },
      { params: rest, lr },
    ]);
  }
  return undefined;
}

function runProblem(lib, fixture, testCase, record, group) {
  const histories = record.params.map((i) => fixture.tensor(i));
  const params = histories.map((h) => leaf(lib, row(h, 0)));
  const [W, b, s] = params;
  const X = lib.tensor(fixture.tensor(testCase.X));
  const Y = lib.tensor(fixture.tensor(testCase.Y));
  const loss = () => X.matmul(W.t()).add(b).tanh().mul(s).sub(Y).pow(2).mean();
  const optimizer = build(lib, testCase, fixture, group(params));
  const tol = { rtol: 1e-5, atol: testCase.atol };
  const where = record === testCase ? "" : "two groups: ";
  for (let step = 1; step < histories[0].shape[0]; step++) {
    const closure = () => {
      optimizer.zeroGrad();
      const l = loss();
      l.backward();
      return l;
    };
    let value;
    if (testCase.optimizer === "LBFGS") {
      value = optimizer.step(closure);
      value = typeof value === "number" ? value : value.item();
    } else {
      value = closure().item();
      optimizer.step();
    }
    const lbfgs = testCase.optimizer === "LBFGS";
    expectNumber(
      value,
      record.losses[step - 1],
      lbfgs ? LBFGS.loss : { rtol: 1e-4, atol: testCase.atol },
      `${where}loss ${step - 1}`,
    );
    const bound = lbfgs && step === 1 ? LBFGS.firstStep : tol;
    params.forEach((p, k) =>
      expectRaw(lib.read(p), row(histories[k], step), bound, `${where}parameter ${k} after step ${step}`),
    );
  }
  return optimizer;
}

function runGiven(lib, fixture, testCase) {
  const grads = fixture.tensor(testCase.given.grads);
  const history = fixture.tensor(testCase.given.param);
  const p = leaf(lib, row(history, 0));
  const optimizer = build(lib, testCase, fixture, [p]);
  for (let step = 1; step < history.shape[0]; step++) {
    p.grad = lib.tensor(row(grads, step - 1));
    optimizer.step();
    expectRaw(
      lib.read(p),
      row(history, step),
      { rtol: 1e-5, atol: testCase.given.atol },
      `given gradients, step ${step}`,
    );
  }
}

/** State dictionaries are data shared with PyTorch, so their keys are PyTorch's own, in snake_case. */
function expectState(lib, fixture, testCase, got) {
  const tol = { rtol: 1e-4, atol: Math.max(testCase.atol, 1e-5) };
  for (const [k, entries] of Object.entries(testCase.state_dict.state)) {
    const state = entryOf(got.state, k) ?? entryOf(got.state, Number(k));
    if (!state && Object.values(entries).some((v) => v !== null))
      throw new Mismatch(`stateDict: no state for parameter ${k}`);
    for (const [name, encoded] of Object.entries(entries))
      expectStateValue(lib, entryOf(state, name), fixture.decode(encoded), tol, `state.${k}.${name}`);
  }
  testCase.state_dict.param_groups.forEach((group, k) => {
    for (const [name, encoded] of Object.entries(group))
      if (!IMPLEMENTATION.has(name))
        expectSame(
          lib,
          got.param_groups?.[k]?.[name],
          fixture.decode(encoded),
          { rtol: 1e-6, atol: 0 },
          `param_groups.${k}.${name}`,
        );
  });
}

function expectStateValue(lib, got, want, tol, where) {
  // A counter may be kept as a plain number where PyTorch keeps a tensor of one element, and the other way round.
  const single = (x) => (lib.isTensor(x) && [...x.shape].length === 0 ? x.item() : x);
  const number =
    want instanceof RawTensor && want.shape.length === 0 ? Number(want.data[0]) : (want?.value ?? want);
  if (typeof number === "number" && typeof single(got) === "number")
    return expectNumber(single(got), number, tol, where);
  return expectSame(lib, got, want, tol, where);
}

function runClip(lib, fixture, testCase) {
  const clip = lookUp(lib.torch, testCase.fn);
  const params = testCase.grads_in.map((i) => {
    const raw = fixture.tensor(i);
    const p = leaf(
      lib,
      new RawTensor(
        raw.dtype,
        raw.shape,
        raw.data.map(() => 0),
      ),
    );
    p.grad = lib.tensor(raw);
    return p;
  });
  const result = clip(params, ...optionsFrom(lib, fixture.decodeKwargs(testCase.kwargs)));
  const tol = { rtol: 1e-5, atol: testCase.atol };
  const want = fixture.decode(testCase.returns);
  if (want instanceof RawTensor) {
    const value = lib.isTensor(result) ? result.item() : result;
    expectNumber(value, want.data[0], tol, "total norm");
  }
  params.forEach((p, k) =>
    expectElements(lib.read(p.grad).data, fixture.tensor(testCase.grads_out[k]).data, tol, `grad ${k}`),
  );
}

// ---------------------------------------------------------------- schedules
function schedulerOptions(lib, kwargs, optimizer) {
  return Object.fromEntries(
    Object.entries(kwargs).map(([name, value]) => {
      if (name === "lr_lambda") {
        const rule = (source) => (epoch) => evaluate(source, { epoch });
        return [camelCase(name), Array.isArray(value) ? value.map(rule) : rule(value)];
      }
      if (name === "schedulers")
        return [name, value.map(([inner, options]) => buildScheduler(lib, inner, options, optimizer))];
      return [camelCase(name), value];
    }),
  );
}

function buildScheduler(lib, name, kwargs, optimizer) {
  const Class = lookUp(lib.torch, "torch.optim.lr_scheduler." + name);
  const options = schedulerOptions(lib, kwargs, optimizer);
  if (name === "ChainedScheduler") return new Class(options.schedulers);
  return Object.keys(options).length ? new Class(optimizer, options) : new Class(optimizer);
}

export function runSchedulerCase(lib, fixture, testCase) {
  const { torch } = lib;
  const params = [0, 1].map(() => leaf(lib, new RawTensor("float32", [2], new Float32Array(2))));
  const groups = testCase.base_lrs.map((lr, k) => ({ params: [params[k]], lr }));
  const optimizer = new torch.optim.SGD(groups, { lr: 0.1, momentum: testCase.momentum });
  const scheduler = buildScheduler(lib, testCase.scheduler, testCase.kwargs, optimizer);
  const tol = { rtol: testCase.rtol, atol: 1e-15 };
  for (let t = 0; t <= testCase.steps; t++) {
    [...optimizer.paramGroups].forEach((group, k) => {
      expectNumber(group.lr, testCase.lrs[t][k], tol, `lr of group ${k} before step ${t}`);
      if (testCase.momentums)
        expectNumber(
          group.momentum,
          testCase.momentums[t][k],
          tol,
          `momentum of group ${k} before step ${t}`,
        );
    });
    if (t === testCase.steps) break;
    optimizer.step();
    if (testCase.metrics) scheduler.step(testCase.metrics[t]);
    else scheduler.step();
  }
}
