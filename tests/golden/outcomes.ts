// Runs golden groups in a process of their own.
import { execFile } from "node:child_process";
import { mkdirSync, readFileSync } from "node:fs";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { unpackFixtures } from "./unpack.mjs";

export interface Outcome {
  group: string;
  id: string;
  op: string;
  status: "passed" | "failed" | "missing" | "unrepresentable";
  reason: string;
}

export const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/**
 * Runs one group, or several with commas between, with the runner's own command line; its exit status is of no interest, its
 * report is. `only`: a pattern over case ids.
 */
export function runGroup(group: string, library = "dist/index.js", only = ""): Promise<Outcome[]> {
  const report = `build/golden/${group}-${basename(library, ".mjs")}.json`;
  mkdirSync(`${ROOT}/build/golden`, { recursive: true });
  const options = { ours: library, fixtures: unpackFixtures(), group, json: report, only };
  const args = [
    "tests/golden/run.mjs",
    ...Object.entries(options).flatMap(([name, value]) => [`--${name}`, value]),
  ];
  return new Promise((resolve, reject) => {
    execFile(
      process.execPath,
      args,
      { cwd: ROOT, timeout: 280_000, maxBuffer: 1 << 26 },
      (error, stdout, stderr) => {
        // A run that broke off has no closing line.
        if (!/^\d+ passed, \d+ failed$/m.test(stdout))
          reject(new Error(`${group} broke off: ${error?.message}\n${stdout}${stderr}`));
        else resolve(JSON.parse(readFileSync(`${ROOT}/${report}`, "utf8")) as Outcome[]);
      },
    );
  });
}
