// Files of PyTorch and its neighbours. Readers take bytes; a reader may return a promise.
import { join } from "node:path";
import { expectEqual, expectNumber, expectRaw, expectSame } from "./compare.mjs";
import { readFixture } from "./fixture.mjs";
import { lookUp } from "./names.mjs";
import { isSlip, Mismatch } from "./outcome.mjs";
import { defineLeNet } from "./tutorials-networks.mjs";

const READER = {
  "torch-zip": "torch.load",
  "torch-legacy": "torch.load",
  safetensors: "torch.io.load_safetensors",
  npy: "torch.io.load_npy",
  npz: "torch.io.load_npz",
  idx: "torch.io.load_idx",
  "idx-gzip": "torch.io.load_idx",
  "cifar10-binary": "torch.io.load_cifar10",
  "cifar10-python": "torch.io.load_cifar10",
};
const BY_NAME = [
  [/\.npy$/, "npy"],
  [/\.npz$/, "npz"],
  [/\.safetensors$/, "safetensors"],
  [/\.pt$/, "torch-zip"],
  [/idx/, "idx"],
];

export async function runFileCase(lib, fixture, testCase) {
  const bytesOf = (name) => readFixture(join(fixture.folder, "files", name));
  if (testCase.kind === "forward") return runForward(lib, fixture, testCase, bytesOf("lenet_zip.pt"));
  const bytes = bytesOf(testCase.file);
  if (testCase.kind === "must_throw") {
    const format = BY_NAME.find(([pattern]) => pattern.test(testCase.file))[1];
    return mustRefuse(lookUp(lib.torch, READER[format]), bytes);
  }
  const loaded = await lookUp(lib.torch, READER[testCase.format])(bytes);
  if (testCase.format.startsWith("cifar10")) {
    expectSame(lib, loaded.images, fixture.tensor(testCase.expect.images), undefined, "images");
    const labels = await loaded.labels.to(lib.dtype("uint8"));
    return expectSame(lib, labels, fixture.tensor(testCase.expect.labels), undefined, "labels");
  }
  expectContents(lib, fixture, loaded, testCase.expect, testCase.file);
  if (testCase.metadata) {
    const metadata = await lookUp(lib.torch, "torch.io.safetensors_metadata")(bytes);
    for (const [key, text] of Object.entries(testCase.metadata))
      expectEqual(metadata[key], text, "metadata." + key);
  }
  if (testCase.shared_storage) expectShared(lib, loaded, testCase.shared_storage);
  return undefined;
}

async function mustRefuse(read, bytes) {
  try {
    await read(bytes);
  } catch (error) {
    if (isSlip(error)) throw error;
    return;
  }
  throw new Mismatch("read a damaged file without complaint");
}

const get = (dictionary, key) => (dictionary instanceof Map ? dictionary.get(key) : dictionary[key]);

function expectContents(lib, fixture, got, want, where) {
  if (want === null || typeof want !== "object") {
    return typeof want === "number"
      ? expectNumber(got, want, { rtol: 0, atol: 0 }, where)
      : expectEqual(got ?? null, want, where);
  }
  if ("t" in want) return expectTensor(lib, fixture, got, want, where);
  if ("dict" in want) {
    const pairs = Array.isArray(want.dict) ? want.dict : Object.entries(want.dict);
    for (const [key, x] of pairs) expectContents(lib, fixture, get(got, key), x, `${where}.${key}`);
    const keys = got instanceof Map ? [...got.keys()] : Object.keys(got);
    // Objects move integer keys to the front, so order is compared only where none occurs.
    if (pairs.every(([key]) => typeof key === "string" && !/^\d+$/.test(key)))
      expectEqual(keys.join(), pairs.map(([key]) => key).join(), where + " keys");
    return expectEqual(keys.length, pairs.length, where + " number of keys");
  }
  for (const kind of ["list", "tuple", "size"]) {
    if (!(kind in want)) continue;
    const list = [...got];
    expectEqual(list.length, want[kind].length, where + " length");
    return want[kind].forEach((x, i) => expectContents(lib, fixture, list[i], x, `${where}.${i}`));
  }
  if ("set" in want) return expectEqual([...got].sort().join(), want.set.join(), where);
  if ("bytes" in want) return expectEqual([...got].join(), want.bytes.join(), where);
  if ("dtype_value" in want) return expectEqual(lib.dtypeName(got), want.dtype_value, where);
  return expectSame(lib, got, fixture.decode(want), undefined, where);
}

function expectTensor(lib, fixture, got, want, where) {
  const raw = fixture.tensor(want.t);
  if (!lib.isTensor(got)) throw new Mismatch(`${where}: not a tensor`);
  const half = want.dtype === "float16" || want.dtype === "bfloat16" || want.descr === "<f2";
  const dtype = lib.dtypeName(got.dtype);
  if (half) expectEqual(dtype, want.dtype ?? "float16", where + " dtype");
  expectRaw(lib.read(half ? got.float() : got), raw, undefined, where);
  if (want.dtype || want.parameter)
    expectEqual(got.requiresGrad, want.requires_grad === true, where + " requiresGrad");
  if (want.stride) {
    expectEqual([...got.stride()].join(), want.stride.join(), where + " stride");
    expectEqual(got.storageOffset(), want.storage_offset, where + " storageOffset");
  }
}

/** Tensors saved from one storage share one again: what is written to the first shows in the others. */
function expectShared(lib, loaded, names) {
  get(loaded, names[0]).fill_(7);
  for (const name of names) {
    const { data } = lib.read(get(loaded, name));
    if (data.some((v) => v !== 7)) throw new Mismatch(`${name} does not share the storage of ${names[0]}`);
  }
}

async function runForward(lib, fixture, testCase, bytes) {
  const Net = defineLeNet(lib.torch);
  const net = new Net(testCase.kernel);
  net.loadStateDict(await lookUp(lib.torch, "torch.load")(bytes));
  expectSame(
    lib,
    net(lib.tensor(fixture.tensor(testCase.input))),
    fixture.tensor(testCase.out),
    testCase.tol,
  );
}
