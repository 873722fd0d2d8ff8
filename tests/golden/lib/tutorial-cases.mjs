// Runs a tutorial program, records what the fixture recorded, and compares: start, losses, data, graph, end.
import { expectElements, expectEqual, expectNumber, expectRaw } from "./compare.mjs";
import { entriesOf } from "./modules.mjs";
import { Mismatch, Unrepresentable } from "./outcome.mjs";

class Recorder {
  constructor(lib, fixture, testCase) {
    Object.assign(this, { lib, fixture, testCase, seed: testCase.seed, losses: [], traces: [], extras: {} });
    this.recorded = { initial: new Map(), data: new Map(), final: new Map() };
  }

  // Values are read at once: the program may change or release the tensor later.
  keep(part, named) {
    for (const [name, value] of entriesOf(named))
      this.recorded[part].set(name, this.lib.isTensor(value) ? this.lib.read(value) : value);
  }
  initial(named) {
    this.keep("initial", named);
  }
  data(named) {
    this.keep("data", named);
  }
  final(named) {
    this.keep("final", named);
  }
  loss(step, value) {
    this.losses.push([step, value]);
  }
  trace(step, value) {
    this.traces.push([step, value]);
  }
  extra(name, value) {
    this.extras[name] = value;
  }

  /** Recorded data that the program cannot draw from torch's generator. */
  given(name) {
    const index = this.testCase.data[name] ?? this.testCase.initial[name];
    return this.lib.tensor(this.fixture.tensor(index));
  }
}

const largest = (data) => data.reduce((m, v) => Math.max(m, Math.abs(Number(v))), 0);

function expectNamed(recorder, part, want, tolerance) {
  const { fixture } = recorder;
  for (const [name, index] of Object.entries(want)) {
    // Data that was given to the program and not recorded again is not a result.
    if (!recorder.recorded[part].has(name)) {
      if (part === "data") continue;
      throw new Mismatch(`${part}: no ${name}`);
    }
    const raw = fixture.tensor(index);
    const got = recorder.recorded[part].get(name);
    const tol = tolerance(raw);
    if (typeof got === "number") expectNumber(got, raw.data[0], tol, `${part} ${name}`);
    else expectRaw(got, raw, tol, `${part} ${name}`);
  }
}

/**
 * Each bound is ten times the drift that rounding alone caused in one run, which is small by chance wherever two
 * trajectories cross. Drift grows along a run, so the largest bound so far is the honest one: PyTorch itself, on
 * another processor, leaves the single bounds by up to four times and stays within a quarter of these.
 */
function expectCurve(got, want, bounds, what) {
  expectEqual(got.length, want.length, `number of ${what}`);
  let bound = 0;
  want.forEach(([step, value], k) => {
    bound = Math.max(bound, bounds[k]);
    expectEqual(got[k][0], step, `${what} ${k}: step`);
    const distance = Math.abs(got[k][1] - value) / Math.max(Math.abs(got[k][1]), Math.abs(value), 1e-30);
    if (!(distance <= bound))
      throw new Mismatch(
        `${what} at ${step}: ${got[k][1]}, want ${value} (relative ${distance.toExponential(1)} > ${bound})`,
      );
  });
}

function expectSamples(recorder, want, bound) {
  const scale = Math.max(...Object.values(want).map((s) => largest(recorder.fixture.tensor(s.values).data)));
  for (const [name, sample] of Object.entries(want)) {
    const got = recorder.recorded.final.get(name);
    if (!got) throw new Mismatch(`final: no ${name}`);
    const values = recorder.fixture.tensor(sample.values).data;
    expectElements(
      got.data.filter((_, i) => i % sample.stride === 0),
      values,
      { rtol: 0, atol: bound * scale },
      `final ${name}`,
    );
    const sum = got.data.reduce((s, v) => s + v, 0);
    const square = got.data.reduce((s, v) => s + v * v, 0);
    const slack = bound * scale * got.data.length;
    expectNumber(sum, sample.sum, { rtol: 1e-5, atol: slack }, `final ${name}: sum`);
    expectNumber(square, sample.sumsq, { rtol: 1e-3, atol: slack * scale }, `final ${name}: sum of squares`);
  }
}

export function runTutorialCase(lib, fixture, testCase, all) {
  const program = all.tutorials[testCase.id];
  if (!program) throw new Unrepresentable("only printed text is recorded, or there is no program");
  const recorder = new Recorder(lib, fixture, testCase);
  // Random draws agree to the last bits only, and the start inherits that.
  const start = () => ({ rtol: 1e-5, atol: 5e-6 });
  const { loss_rtol: bounds, param_rel_to_max: bound } = testCase.tol;
  program(lib.torch, recorder);
  expectNamed(recorder, "initial", testCase.initial, start);
  expectCurve(recorder.losses, testCase.losses, bounds, "loss");
  expectCurve(recorder.traces, testCase.trace, bounds.slice(testCase.losses.length), "trace");
  expectNamed(recorder, "data", testCase.data, (raw) => ({
    rtol: 1e-4,
    atol: Math.max(1e-4, bound) * Math.max(largest(raw.data), 1e-3),
  }));
  if (testCase.graph)
    expectEqual(JSON.stringify(recorder.extras.graph), JSON.stringify(testCase.graph), "graph");
  if (testCase.final_sample) return expectSamples(recorder, testCase.final_sample, bound);
  const scale = Math.max(0, ...Object.values(testCase.final).map((i) => largest(fixture.tensor(i).data)));
  return expectNamed(recorder, "final", testCase.final, () => ({ rtol: 0, atol: bound * scale }));
}
