// Vision models with parameters from an integer hash, and image transforms.
import { optionsFrom } from "./arguments.mjs";
import { expectElements, expectEqual, expectNumber, expectRaw, expectSame } from "./compare.mjs";
import { RawTensor } from "./fixture.mjs";
import { entriesOf } from "./modules.mjs";
import { camelCase } from "./names.mjs";
import { Missing } from "./outcome.mjs";

/** The sequence u(i, j) of `meta.rule`, as values 2u - 1 in float64. */
function hashed(count, j) {
  const values = new Float64Array(count);
  const start = Math.imul(j + 1, 374761393);
  for (let i = 0; i < count; i++) {
    let x = (Math.imul(i, 2654435761) + start) >>> 0;
    x ^= x >>> 15;
    x = Math.imul(x, 2246822519) >>> 0;
    x = (x ^ (x >>> 13)) >>> 0;
    values[i] = (2 * x) / 4294967296 - 1;
  }
  return values;
}

function parameterValues(key, shape, j) {
  const size = shape.reduce((p, q) => p * q, 1);
  const v = hashed(size, j);
  const fanIn = shape.slice(1).reduce((p, q) => p * q, 1);
  const rule =
    shape.length >= 2
      ? (x) => x * Math.sqrt(6 / fanIn)
      : key.endsWith("running_mean")
        ? (x) => 0.1 * x
        : key.endsWith("running_var")
          ? (x) => 1 + 0.5 * x
          : key.endsWith("weight")
            ? (x) => 1 + 0.2 * x
            : (x) => 0.1 * x;
  return Float32Array.from(v, rule);
}

function fill(lib, model) {
  lib.torch.noGrad(() => {
    entriesOf(model.stateDict()).forEach(([key, tensor], j) => {
      if (key.endsWith("num_batches_tracked")) return void tensor.zero_();
      const shape = [...tensor.shape];
      tensor.copy_(lib.tensor(new RawTensor("float32", shape, parameterValues(key, shape, j))));
    });
  });
}

/** An array given by the caller prints as a tuple; PyTorch prints a list where it was given one. */
function expectTransformText(got, want) {
  const asTuples = (text) => text.replaceAll("[", "(").replaceAll("]", ")");
  if (asTuples(got) !== asTuples(want)) expectEqual(got, want, "text");
}

/** Class, shape, mean, deviation and four samples of one layer's output, as in the fixture. */
function summarize(lib, name, module, output) {
  const { shape, data } = lib.read(output);
  let sum = 0;
  for (const v of data) sum += v;
  const mean = sum / data.length;
  let square = 0;
  for (const v of data) square += (v - mean) ** 2;
  const stride = Math.max(1, Math.floor(data.length / 4));
  const samples = [0, 1, 2, 3]
    .map((k) => k * stride)
    .filter((at) => at < data.length)
    .map((at) => data[at]);
  return [name, module.constructor.name, shape, mean, Math.sqrt(square / data.length), samples];
}

function watchLeaves(lib, model, rows) {
  const handles = [];
  for (const [name, module] of model.namedModules()) {
    if ([...module.children()].length > 0) continue;
    handles.push(
      module.registerForwardHook((self, inputs, output) => {
        rows.push(summarize(lib, name, module, output));
      }),
    );
  }
  return handles;
}

function expectLayers(got, want) {
  want.forEach(([name, type, shape, mean, deviation, samples], k) => {
    const row = got[k] ?? [];
    const where = `layer ${k} (${name})`;
    expectEqual(`${row[0]} ${row[1]} [${row[2]}]`, `${name} ${type} [${shape}]`, where);
    const tol = { rtol: 2e-3, atol: 2e-3 * Math.max(deviation, 1e-3) };
    expectNumber(row[3], mean, tol, where + " mean");
    expectNumber(row[4], deviation, tol, where + " deviation");
    expectElements(row[5], samples, tol, where + " samples");
  });
  expectEqual(got.length, want.length, "number of layer outputs");
}

export function runVisionModelCase(lib, fixture, testCase) {
  const name = camelCase(testCase.model);
  const make = lib.vision?.models?.[name];
  if (!make) throw new Missing("torch.vision.models." + name);
  const model = make(...optionsFrom(lib, fixture.decodeKwargs(testCase.kwargs)));
  model.eval();
  if (testCase.str) expectEqual(String(model), testCase.str, "model text");
  const state = entriesOf(model.stateDict());
  if (testCase.state_dict)
    expectEqual(
      state.map(([k, v]) => `${k} [${[...v.shape]}]`).join("\n"),
      testCase.state_dict.map(([k, s]) => `${k} [${s}]`).join("\n"),
      "stateDict",
    );
  let count = 0;
  for (const p of model.parameters()) count += p.numel();
  expectEqual(count, testCase.n_params, "number of parameters");
  fill(lib, model);
  const rows = [];
  const handles = testCase.layers.length ? watchLeaves(lib, model, rows) : [];
  const shape = testCase.input_shape;
  const input = lib.tensor(
    new RawTensor(
      "float32",
      shape,
      Float32Array.from(
        hashed(
          shape.reduce((p, q) => p * q, 1),
          65535,
        ),
      ),
    ),
  );
  let output;
  lib.torch.noGrad(() => {
    output = lib.read(model(input));
  });
  handles.forEach((h) => h.remove());
  expectLayers(rows, testCase.layers);
  expectRaw(output, fixture.tensor(testCase.out), testCase.tol);
}

export function runTransformCase(lib, fixture, testCase) {
  const transforms = lib.vision?.transforms;
  if (!transforms) throw new Missing("torch.vision.transforms");
  const image = (i) => lib.tensor(fixture.tensor(i));
  const options = () => optionsFrom(lib, fixture.decodeKwargs(testCase.kwargs));
  const found = (owner, path) => {
    const name = camelCase(path.split(".").pop());
    if (!owner?.[name]) throw new Missing(path);
    return owner[name];
  };
  if (testCase.id === "compose") {
    const { Compose, ToTensor, Normalize } = transforms;
    const both = new Compose([new ToTensor(), new Normalize([0.5, 0.5, 0.5], [0.5, 0.5, 0.5])]);
    expectTransformText(String(both), testCase.str);
    return expectRaw(
      lib.read(both(image(testCase.input_hwc_uint8))),
      fixture.tensor(testCase.out),
      testCase.tol,
    );
  }
  if (testCase.fn) {
    const f = testCase.fn.startsWith("torchvision.utils.")
      ? found(lib.vision.utils, testCase.fn)
      : found(transforms.functional, testCase.fn);
    const want =
      typeof testCase.out === "number" ? fixture.tensor(testCase.out) : fixture.decode(testCase.out);
    return expectSame(lib, f(image(testCase.input), ...options()), want, testCase.tol);
  }
  const Transform = found(transforms, testCase.cls);
  if ("seed" in testCase) lib.seed(testCase.seed);
  const transform = new Transform(...options());
  if (testCase.str) expectTransformText(String(transform), testCase.str);
  const input = image(testCase.input ?? testCase.input_hwc_uint8);
  (testCase.outs ?? [testCase.out]).forEach((i, k) =>
    expectRaw(lib.read(transform(input)), fixture.tensor(i), testCase.tol, `out ${k}`),
  );
  return undefined;
}
