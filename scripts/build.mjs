#!/usr/bin/env node
// Builds what is stale: kernels (build/*.wasm and ts/memory/generated/), dist/index.js, dist/index.d.ts.
//   node scripts/build.mjs [--js] [--types] [--force]     without a part named: both of those; kernels and workers always
import { parseArgs } from "node:util";
import { buildKernels } from "./build/kernels.mjs";
import { buildScript } from "./build/script.mjs";
import { buildTypes } from "./build/types.mjs";
import { buildWorker } from "./build/worker.mjs";

const { values: options } = parseArgs({
  options: {
    js: { type: "boolean", default: false },
    types: { type: "boolean", default: false },
    force: { type: "boolean", default: false },
  },
});
const all = !options.js && !options.types;

try {
  await buildKernels(options);
  await buildWorker(options);
  if (all || options.js) await buildScript(options);
  if (all || options.types) await buildTypes(options);
} catch (error) {
  console.error(`build: ${error instanceof Error ? error.message : error}`);
  process.exitCode = 1;
}
