// The built file runs unchanged wherever a program file can be run.
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { copyFileSync, existsSync, mkdtempSync, readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { testWhere } from "./available.ts";
import { expectSmoke, type SmokeResult } from "./expected.ts";

const run = promisify(execFile);
const here = (file: string) => fileURLToPath(new URL(file, import.meta.url));
const program = here("program.mjs");
const deno = here("../../node_modules/deno/bin.cjs");

const parse = ({ stdout }: { stdout: string }) => JSON.parse(stdout) as SmokeResult;

interface Sum {
  total: number;
  threads: { count: number; started: number; reason: string | null };
}
function expectSum({ stdout }: { stdout: string }): void {
  const { total, threads } = JSON.parse(stdout) as Sum;
  expect([total, threads]).toEqual([2_000_000, { count: 2, started: 1, reason: null }]);
}

const withDeno = (file: string) => {
  const env = {
    ...process.env,
    DENO_DIR: mkdtempSync(join(tmpdir(), "deno-")),
    DENO_NO_UPDATE_CHECK: "1",
    NO_COLOR: "1",
  };
  return run(process.execPath, [deno, "run", "--no-prompt", "--no-config", "--no-lock", file], { env });
};
const denoMissing = existsSync(deno) ? null : "the npm package deno is not installed";

interface Killed {
  error: string | null;
  right: boolean | null;
  reason: string | null;
  after: number;
  workers: number;
}
const killed = async (kind: string) =>
  JSON.parse((await run(process.execPath, [here("killed.mjs"), kind])).stdout) as Killed;

describe("runtimes", () => {
  testWhere(null, "Node", async () => {
    expectSmoke(parse(await run(process.execPath, [program])));
  });

  testWhere(null, "Node, through require()", async () => {
    const source = `const torch = require(${JSON.stringify(here("../../dist/index.js"))});
      import(${JSON.stringify(here("smoke.mjs"))}).then(({ smoke }) => console.log(JSON.stringify(smoke(torch))));`;
    expectSmoke(parse(await run(process.execPath, ["--input-type=commonjs", "--eval", source])));
  });

  testWhere(null, "Node, the script without the kernels beside it", async () => {
    const alone = join(mkdtempSync(join(tmpdir(), "torchlet-")), "index.mjs");
    copyFileSync(here("../../dist/index.js"), alone);
    const source = `Promise.all([import(${JSON.stringify(alone)}), import(${JSON.stringify(here("smoke.mjs"))})])
      .then(([torch, { smoke }]) => console.log(JSON.stringify(smoke(torch))));`;
    expectSmoke(parse(await run(process.execPath, ["--eval", source])));
  });

  test("the kernels beside the script are named after their content, as the script asks for them", () => {
    const found = readdirSync(here("../../dist")).filter((name) => name.startsWith("kernels-"));
    expect(found).toHaveLength(1);
    const [name] = found as [string];
    const hash = createHash("sha256").update(readFileSync(here(`../../dist/${name}`)));
    expect(name).toBe(`kernels-${hash.digest("hex").slice(0, 16)}.wasm`);
    expect(readFileSync(here("../../dist/index.js"), "utf8")).toContain(`"${name}"`);
  });

  testWhere(denoMissing, "Deno, without permissions", async () => {
    expectSmoke(parse(await withDeno(program)));
  });

  testWhere(null, "threads in Node", async () => {
    expectSum(await run(process.execPath, [here("threads.mjs")]));
  });
  testWhere(denoMissing, "threads in Deno, without permissions", async () => {
    expectSum(await withDeno(here("threads.mjs")));
  });
});

describe("a worker that is killed", () => {
  test("at work: its share is done again, and the next job starts another", async () => {
    const { error, right, reason, after, workers } = await killed("pure");
    expect({ error, right, workers }).toEqual({ error: null, right: true, workers: 2 });
    expect(reason).toBe("a worker was lost at work; its share was done again");
    expect(after).toBeLessThan(1e-3);
  });
  test("while it updates parameters in place: an error, nothing is applied twice in silence", async () => {
    const { error, reason, workers } = await killed("inplace");
    expect(error).toMatch(/^a worker thread died at work that cannot be taken up again/);
    expect(reason).toBe("a worker was lost at work; what it wrote may be half done");
    expect(workers).toBe(2);
  });
  test("between jobs: it is replaced", async () => {
    const { right, reason, workers } = await killed("idle");
    expect([right, workers, reason]).toEqual([true, 2, "a worker was lost: it was stopped"]);
  });
});
