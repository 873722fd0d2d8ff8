#!/usr/bin/env node
// Adds up the kernel tests and the vitest tests of the last `npm test`. Fails where a kind did not run at all, where a
// test failed, or where a test of tests/runtimes, tests/browser or tests/webgpu was skipped.
import { existsSync, readFileSync } from "node:fs";
import { relative } from "node:path";
import { fromRoot, ROOT } from "./build/paths.mjs";

const read = (file) => (existsSync(fromRoot(file)) ? JSON.parse(readFileSync(fromRoot(file), "utf8")) : null);
const kernels = read("build/test-kernels.json");
const vitest = read("build/test-vitest.json");
const problems = [];

if (!kernels?.passed) problems.push("no kernel test passed");
if (!vitest?.numPassedTests) problems.push("no vitest test passed");
for (const { name, assertionResults } of vitest?.testResults ?? []) {
  const file = relative(ROOT, name);
  if (!/^tests\/(runtimes|browser|webgpu)\//.test(file)) continue;
  for (const { status, fullName } of assertionResults) {
    if (status !== "passed" && status !== "failed") problems.push(`${file}: ${fullName} did not run`);
  }
}

const passed = (kernels?.passed ?? 0) + (vitest?.numPassedTests ?? 0);
// A suite that could not even be loaded has no failed test of its own, and counts as one.
const broken = (vitest?.testResults ?? []).filter(
  ({ status, assertionResults }) =>
    status === "failed" && !assertionResults.some((test) => test.status === "failed"),
).length;
const failed = (kernels?.failed ?? 0) + (vitest?.numFailedTests ?? 0) + broken;
for (const problem of problems) console.error(`count-tests: ${problem}`);
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 || problems.length > 0 ? 1 : 0;
