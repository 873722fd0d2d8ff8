// Every case of the groups in scope.ts gives what PyTorch gives. Each group runs in a process of its own.
import { execFile, execFileSync } from "node:child_process";
import { mkdirSync, readFileSync } from "node:fs";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { GROUPS, OUT_OF_SCOPE } from "./scope.ts";
import { unpackFixtures } from "./unpack.mjs";

interface Outcome {
  id: string;
  op: string;
  status: "passed" | "failed" | "missing" | "unrepresentable";
  reason: string;
}

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** Runs one group with the runner's own command line; its exit status is of no interest, its report is. */
function runGroup(group: string, library = "dist/index.js"): Promise<Outcome[]> {
  const report = `build/golden/${group}-${basename(library, ".mjs")}.json`;
  mkdirSync(`${ROOT}/build/golden`, { recursive: true });
  const options = { ours: library, fixtures: unpackFixtures(), group, json: report };
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

describe("golden cases", () => {
  it.each(GROUPS)(
    "%s",
    async (group) => {
      const outcomes = await runGroup(group);
      const laterReason = ({ id }: Outcome) =>
        OUT_OF_SCOPE[group]?.find(({ cases }) => cases.test(id))?.reason;
      const asked = outcomes.filter(
        (outcome) => outcome.status !== "unrepresentable" && !laterReason(outcome),
      );
      const later = outcomes.filter(laterReason);
      const passed = asked.filter(({ status }) => status === "passed");
      const early = later.filter(({ status }) => status === "passed");
      console.log(
        `${group}: ${passed.length} of ${asked.length} pass, ${later.length} out of scope` +
          (early.length > 0 ? ` (pass already: ${early.map(({ id }) => id).join(", ")})` : ""),
      );
      const wrong = asked.filter(({ status }) => status !== "passed");
      expect(wrong.map(({ id, status, reason }) => `${id}: ${status}, ${reason}`)).toEqual([]);
      expect(passed.length).toBeGreaterThan(0);
    },
    300_000,
  );
});

describe.each(["one-thread", "four-threads"])("golden cases on %s", (variant) => {
  it.each(GROUPS)(
    "%s",
    async (group) => {
      const outcomes = await runGroup(group, `tests/golden/variants/${variant}.mjs`);
      const wrong = outcomes.filter(({ status }) => status === "failed" || status === "missing");
      const out = OUT_OF_SCOPE[group] ?? [];
      expect(wrong.filter(({ id }) => !out.some(({ cases }) => cases.test(id)))).toEqual([]);
      expect(outcomes.some(({ status }) => status === "passed")).toBe(true);
    },
    300_000,
  );
});

/** Groups of floats whose kernels have two forms. */
const ROUNDED = ["tutorials", "ops_unary", "ops_linalg", "ops_nnf", "special_values"] as const;
const VARIANT = "tests/golden/variants/without-relaxed-simd.mjs";

describe("golden cases without relaxed SIMD", () => {
  it.each(ROUNDED)(
    "%s",
    async (group) => {
      const outcomes = await runGroup(group, VARIANT);
      expect(outcomes.filter(({ status }) => status === "failed" || status === "missing")).toEqual([]);
      expect(outcomes.some(({ status }) => status === "passed")).toBe(true);
    },
    300_000,
  );

  it("runs the plain kernels", () => {
    const script = `import("./${VARIANT}").then(({ backends }) => console.log(backends().simd))`;
    expect(execFileSync(process.execPath, ["-e", script], { cwd: ROOT, encoding: "utf8" }).trim()).toBe(
      "fixed",
    );
  });
});
