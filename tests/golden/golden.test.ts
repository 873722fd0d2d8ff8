// Every case of the groups in scope.ts gives what PyTorch gives. Each group runs in a process of its own.
import { execFileSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { type Outcome, ROOT, runGroup } from "./outcomes.ts";
import { GROUPS, OUT_OF_SCOPE } from "./scope.ts";

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
