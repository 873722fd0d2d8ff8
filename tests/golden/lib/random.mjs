// Random streams: seeded steps in order, module initialisation, and the order in which loaders deliver.
import { callArguments } from "./arguments.mjs";
import { expectEqual, expectRaw, expectSame } from "./compare.mjs";
import { callMethod, lookUp } from "./names.mjs";

const isClass = (path) => /^[A-Z]/.test(path.split(".").pop());

function runStep(lib, fixture, step) {
  const args = callArguments(lib, fixture.decode(step.args), fixture.decodeKwargs(step.kwargs));
  if (step.fn.startsWith("Tensor.")) return callMethod(args[0].clone(), step.fn.slice(7), args.slice(1));
  const found = lookUp(lib.torch, step.fn);
  return isClass(step.fn) ? new found(...args).stateDict() : found(...args);
}

export function runRandomCase(lib, fixture, testCase) {
  lib.seed(testCase.seed);
  if (testCase.kind === "dataloader") return runLoader(lib, fixture, testCase);
  testCase.steps.forEach((step, k) => {
    const got = runStep(lib, fixture, step);
    expectSame(
      lib,
      got,
      fixture.decode(step.out),
      testCase.tol,
      testCase.steps.length > 1 ? `step ${k} (${step.fn})` : "out",
    );
  });
  return undefined;
}

function runLoader(lib, fixture, testCase) {
  const { torch } = lib;
  const { TensorDataset, DataLoader, WeightedRandomSampler } = lookUp(torch, "torch.utils.data");
  const dataset = new TensorDataset(torch.arange(10));
  const options = { batchSize: testCase.batch_size, shuffle: testCase.shuffle, dropLast: testCase.drop_last };
  const epochs = (loader) =>
    [0, 1].map(() => {
      const batches = [];
      for (const [batch] of loader) batches.push([...batch.tolist()]);
      return batches;
    });
  const same = (got, want, what) => expectEqual(JSON.stringify(got), JSON.stringify(want), what);
  same(epochs(new DataLoader(dataset, options)), testCase.epochs, "epochs");
  expectRaw(lib.read(torch.rand(2)), fixture.tensor(testCase.rand_after), undefined, "rand after two epochs");
  const generator = new torch.Generator();
  generator.manualSeed(testCase.seed);
  same(
    epochs(new DataLoader(dataset, { ...options, generator })),
    testCase.epochs_own_generator,
    "epochs with a generator",
  );
  lib.seed(testCase.seed);
  const parts = torch.utils.data.randomSplit(dataset, [7, 3]);
  same(
    [...parts].map((part) => Array.from(part.indices, Number)),
    testCase.random_split_7_3,
    "randomSplit",
  );
  same(
    Array.from(new WeightedRandomSampler([0.1, 0.9, 0.4, 0.7], 6), Number),
    testCase.weighted_sampler,
    "WeightedRandomSampler",
  );
}
