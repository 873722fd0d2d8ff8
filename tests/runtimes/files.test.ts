// The built file runs unchanged wherever a program file can be run.
import { execFile } from "node:child_process";
import { existsSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe } from "vitest";
import { testWhere } from "./available.ts";
import { expectSmoke, type SmokeResult } from "./expected.ts";

const run = promisify(execFile);
const here = (file: string) => fileURLToPath(new URL(file, import.meta.url));
const program = here("program.mjs");
const deno = here("../../node_modules/deno/bin.cjs");

const parse = ({ stdout }: { stdout: string }) => JSON.parse(stdout) as SmokeResult;

describe("runtimes", () => {
  testWhere(null, "Node", async () => {
    expectSmoke(parse(await run(process.execPath, [program])));
  });

  testWhere(null, "Node, through require()", async () => {
    const source = `const torch = require(${JSON.stringify(here("../../dist/index.js"))});
      import(${JSON.stringify(here("smoke.mjs"))}).then(({ smoke }) => console.log(JSON.stringify(smoke(torch))));`;
    expectSmoke(parse(await run(process.execPath, ["--input-type=commonjs", "--eval", source])));
  });

  testWhere(
    existsSync(deno) ? null : "the npm package deno is not installed",
    "Deno, without permissions",
    async () => {
      const env = {
        ...process.env,
        DENO_DIR: mkdtempSync(join(tmpdir(), "deno-")),
        DENO_NO_UPDATE_CHECK: "1",
        NO_COLOR: "1",
      };
      const args = [deno, "run", "--no-prompt", "--no-config", "--no-lock", program];
      expectSmoke(parse(await run(process.execPath, args, { env })));
    },
  );
});
