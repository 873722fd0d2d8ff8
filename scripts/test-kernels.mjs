#!/usr/bin/env node
// Runs the as-pect specs of assembly/__tests__ twice: compiled with relaxed SIMD, and without.
//   node scripts/test-kernels.mjs [name...]     without a name: every spec
import { spawn } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { basename } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { filesBelow, fromRoot, ROOT } from "./build/paths.mjs";

const VARIANTS = [
  { name: "plain", asconfig: "tests/as-pect/as-pect.asconfig.json" },
  { name: "relaxed", asconfig: "tests/as-pect/as-pect.relaxed.asconfig.json" },
];

const wanted = process.argv.slice(2);
const known = filesBelow("assembly/__tests__", (path) => path.endsWith(".spec.ts")).map((path) =>
  basename(path, ".spec.ts"),
);
if (known.length === 0 || wanted.some((name) => !known.includes(name))) {
  const unknown = wanted.filter((name) => !known.includes(name)).join(", ");
  console.error(
    `test-kernels: no spec ${unknown}; assembly/__tests__ holds ${known.join(", ") || "no spec at all"}`,
  );
  process.exit(1);
}

/** One run over all wanted specs. as-pect exits 0 when it ran nothing, so its summary is read. */
function run({ name, asconfig }) {
  const args = [
    "node_modules/@as-pect/cli/bin/asp.js",
    "--no-logo",
    "--config",
    "tests/as-pect/as-pect.config.js",
  ];
  const names = wanted.length === 0 ? "*" : wanted.length === 1 ? wanted[0] : `{${wanted.join(",")}}`;
  const pattern = `assembly/__tests__/**/${names}.spec.ts`;
  const start = performance.now();
  return new Promise((resolve, reject) => {
    let output = "";
    const child = spawn(process.execPath, [...args, "--as-config", fromRoot(asconfig), "--summary"], {
      cwd: ROOT,
      env: { ...process.env, TORCHLET_SPECS: pattern },
      stdio: ["ignore", "pipe", "pipe"],
    });
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (output += chunk));
    child.on("error", reject);
    child.on("exit", (code) => {
      output = stripVTControlCharacters(output);
      output = output.slice(output.indexOf("Using config"));
      const [, passed, total] = /\[Tests\]: (\d+) \/ (\d+)/.exec(output) ?? [null, 0, 0];
      const seconds = (performance.now() - start) / 1000;
      const ok = code === 0 && Number(total) > 0 && passed === total;
      resolve({ name, output, ok, passed: Number(passed), total: Number(total), seconds });
    });
  });
}

const results = await Promise.all(VARIANTS.map(run));
let failed = 0;
for (const result of results) {
  if (!result.ok) console.log(result.output);
  // A run that broke off (a spec that does not compile) counts at least one failure.
  failed += result.total - result.passed || (result.ok ? 0 : 1);
  const verdict = result.ok ? "passed" : "FAILED";
  console.log(
    `kernels, ${result.name}: ${result.passed} of ${result.total} tests ${verdict}, ${result.seconds.toFixed(1)} s`,
  );
}
const passed = results.reduce((sum, result) => sum + result.passed, 0);
mkdirSync(fromRoot("build"), { recursive: true });
writeFileSync(fromRoot("build/test-kernels.json"), JSON.stringify({ passed, failed }));
process.exit(failed === 0 ? 0 : 1);
