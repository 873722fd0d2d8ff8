// The training program as a user runs it: what it prints and saves, and what it says about bad input.
import { spawn } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gunzipSync, gzipSync } from "node:zlib";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import * as torch from "../../dist/index.js";

const PROGRAM = fileURLToPath(new URL("../../examples/train-digits.mjs", import.meta.url));
const root = mkdtempSync(join(tmpdir(), "torchlet-digits-"));
afterAll(() => rmSync(root, { recursive: true }));

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(root, "run-"));
});

interface Outcome {
  status: number | null;
  out: string;
  err: string;
}

/** Runs the program in an empty folder; `watch` sees what it writes to stderr. */
function run(
  args: string[],
  watch?: (text: string, kill: (signal: NodeJS.Signals) => void) => void,
): Promise<Outcome> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [PROGRAM, ...args], { cwd: folder });
    const outcome: Outcome = { status: null, out: "", err: "" };
    child.stdout.on("data", (chunk) => {
      outcome.out += chunk;
      watch?.(outcome.out, (signal) => child.kill(signal));
    });
    child.stderr.on("data", (chunk) => (outcome.err += chunk));
    child.on("close", (status) => resolve({ ...outcome, status }));
  });
}

/** One image file and one label file as MNIST has them, of random pixels. */
function idx(count: number, { rows = 28, magic = 2051 } = {}) {
  const header = (numbers: number[]) =>
    Buffer.concat(numbers.map((n) => Buffer.from([n >>> 24, n >>> 16, n >>> 8, n])));
  const pixels = Buffer.from(Array.from({ length: count * rows * 28 }, (_, i) => (i * 31) & 255));
  const labels = Buffer.from(Array.from({ length: count }, (_, i) => i % 10));
  return {
    images: Buffer.concat([header([magic, count, rows, 28]), pixels]),
    labels: Buffer.concat([header([2049, count]), labels]),
  };
}

/** A folder with MNIST's test files. */
function mnist(images: Uint8Array, labels: Uint8Array): string {
  const data = join(folder, "data");
  mkdirSync(data);
  writeFileSync(join(data, "t10k-images-idx3-ubyte.gz"), gzipSync(images));
  writeFileSync(join(data, "t10k-labels-idx1-ubyte"), labels);
  return data;
}

describe("the embedded digits", () => {
  it("are learnt to 98% and saved", async () => {
    const { status, out, err } = await run([]);
    expect(err).toMatch(
      /epoch 20\/20 .* 100% {2}loss [\d.]+ {2}accuracy [\d.]+% {2}\d+ images\/s {2}0:00 left/,
    );
    expect(status).toBe(0);
    const [, seconds, accuracy] = /trained for ([\d.]+) s; test accuracy ([\d.]+)%/.exec(out)!;
    expect(Number(accuracy)).toBeGreaterThanOrEqual(98);
    expect(Number(seconds)).toBeLessThan(60); // 10 s on two idle cores
    // Ten rows of a confusion matrix that add up to the test set.
    const rows = [...out.matchAll(/^ {4}\d((?: +(?:\d+|\.)){10})$/gm)].map(([, row]) =>
      row!.trim().split(/ +/),
    );
    expect(rows).toHaveLength(10);
    expect(rows.flat().reduce((sum, cell) => sum + (Number(cell) || 0), 0)).toBe(359);
    expect(out.match(/seen as \d/g)).toHaveLength(4);
    expect(out).toMatch(/[%@#]{2}/);
    expect(out).toMatch(/saved digits\.safetensors; read back, it has the same accuracy/);
    expect(readdirSync(folder)).toEqual(["digits.safetensors"]);
    const state = torch.io.loadSafetensors(new Uint8Array(readFileSync(join(folder, "digits.safetensors"))));
    expect(Object.keys(state)).toContain("conv1.weight");
  });

  it("give the same numbers for the same seed, others for another", async () => {
    const accuracyOf = ({ out }: Outcome) => /test accuracy .*/.exec(out)![0];
    const bytes = () => readFileSync(join(folder, "digits.safetensors"));
    const first = await run(["--epochs", "1", "--seed", "5"]);
    const saved = bytes();
    const second = await run(["--epochs", "1", "--seed", "5", "--batch-size", "64", "--lr", "0.01"]);
    expect(accuracyOf(second)).toBe(accuracyOf(first));
    expect(bytes().equals(saved)).toBe(true);
    await run(["--epochs", "1", "--seed", "6", "--model", "other.safetensors"]);
    expect(readFileSync(join(folder, "other.safetensors")).equals(saved)).toBe(false);
  });
});

describe("MNIST's files", () => {
  it("are read gzipped and not; without a training set the test set is split", async () => {
    const { images, labels } = idx(60);
    const data = mnist(images, labels);
    const alone = await run(["--data", data, "--epochs", "1"]);
    expect(alone.err).not.toMatch(/expected/);
    expect(alone.status).toBe(0);
    expect(alone.out).toMatch(/54 to train on, 6 for the test/);
    cpSync(join(data, "t10k-labels-idx1-ubyte"), join(data, "train-labels-idx1-ubyte"));
    writeFileSync(
      join(data, "train-images-idx3-ubyte"),
      gunzipSync(readFileSync(join(data, "t10k-images-idx3-ubyte.gz"))),
    );
    const both = await run(["--data", data, "--epochs", "1"]);
    expect(both.out).toMatch(/60 to train on, 60 for the test/);
  });
});

describe("bad input is one line, status 2, and leaves no file", () => {
  const { images, labels } = idx(20);
  const cases: [string, () => string[], RegExp][] = [
    ["no folder", () => ["--data", "nowhere"], /^nowhere: expected a folder .*, found nothing$/],
    [
      "a missing file",
      () => {
        mkdirSync(join(folder, "data"));
        return ["--data", "data"];
      },
      /^data\/t10k-images-idx3-ubyte: expected this file or its gzipped form .*, found neither$/,
    ],
    [
      "truncated images",
      () => ["--data", mnist(images.subarray(0, 5000), labels)],
      /t10k-images-idx3-ubyte\.gz: expected .*15696.*(found|got|holds|has).*5000|t10k-images.*15680.*4984/,
    ],
    [
      "a truncated gzip file",
      () => {
        const data = mnist(images, labels);
        const file = join(data, "t10k-images-idx3-ubyte.gz");
        writeFileSync(file, readFileSync(file).subarray(0, 200));
        return ["--data", data];
      },
      /t10k-images-idx3-ubyte\.gz: expected /,
    ],
    [
      "another kind of file",
      () => ["--data", mnist(Buffer.from("PNG, perhaps, but not IDX"), labels)],
      /t10k-images-idx3-ubyte\.gz: expected IDX images/,
    ],
    [
      "images of another size",
      () => ["--data", mnist(idx(20, { rows: 14 }).images, labels)],
      /images-idx3-ubyte\.gz: expected images of 28 x 28 pixels, found 20 of 14 x 28$/,
    ],
    [
      "too few labels",
      () => ["--data", mnist(images, idx(19).labels)],
      /labels-idx1-ubyte: expected 20 labels, one for each image, found 19$/,
    ],
    [
      "a label beyond 9",
      () => ["--data", mnist(images, Buffer.concat([labels.subarray(0, 27), Buffer.from([11])]))],
      /labels-idx1-ubyte: expected labels from 0 to 9, found 11$/,
    ],
    [
      "a folder for the model",
      () => ["--model", "."],
      /^\.: expected the name of a file to save the model in, found a folder$/,
    ],
    [
      "a model in no folder",
      () => ["--model", "no/where.safetensors"],
      /no: expected a folder that can be written, found no such file$/,
    ],
    [
      "a bad number",
      () => ["--epochs", "many"],
      /^error: option '--epochs <count>' argument 'many' is invalid\. It must be an integer from 1 up\.$/,
    ],
    ["an unknown option", () => ["--epoch", "2"], /^error: unknown option '--epoch'/],
    [
      "a learning rate that diverges",
      () => ["--lr", "1e30", "--epochs", "1"],
      /the loss became (NaN|Infinity) in epoch 1: try a learning rate below 1e\+30 \(--lr\)$/,
    ],
  ];
  it.each(cases)("%s", async (_, prepare, line) => {
    const args = prepare();
    const before = readdirSync(folder);
    const { status, err } = await run(args);
    const lines = err
      .trim()
      .split("\n")
      .filter((text) => text !== "" && !text.startsWith("epoch") && !text.startsWith("(Did you mean"));
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(line);
    expect(status).toBe(2);
    expect(readdirSync(folder)).toEqual(before);
  });

  it("a model that was there stays as it was", async () => {
    writeFileSync(join(folder, "digits.safetensors"), "precious");
    expect((await run(["--lr", "1e30", "--epochs", "1"])).status).toBe(2);
    expect(readFileSync(join(folder, "digits.safetensors"), "utf8")).toBe("precious");
  });
});

it("Ctrl-C stops it with status 130 and saves nothing", async () => {
  let asked = false;
  const { status, err } = await run(["--epochs", "1000"], (text, kill) => {
    if (asked || !text.includes("LeNet")) return;
    asked = true;
    setTimeout(() => kill("SIGINT"), 300);
  });
  expect(status).toBe(130);
  expect(err).toMatch(/stopped; no model was saved/);
  expect(existsSync(join(folder, "digits.safetensors"))).toBe(false);
  expect(readdirSync(folder)).toEqual([]);
});

it("--help lists every option", async () => {
  const { status, out } = await run(["--help"]);
  expect(status).toBe(0);
  for (const option of ["--data", "--epochs", "--lr", "--batch-size", "--seed", "--model"])
    expect(out).toContain(option);
});
