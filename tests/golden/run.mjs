#!/usr/bin/env node
// Runs the fixtures of one folder against the library and prints a table. See README.md.
import { readdirSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { programs as autograd, runAutogradCase } from "./lib/autograd.mjs";
import { runFileCase } from "./lib/files.mjs";
import { Fixture, fixtureExists } from "./lib/fixture.mjs";
import { loadLibrary } from "./lib/library.mjs";
import { builders as modules } from "./lib/module-texts.mjs";
import { runModuleCase } from "./lib/modules.mjs";
import { runOperatorCase } from "./lib/operators.mjs";
import { runOptimizerCase, runSchedulerCase } from "./lib/optimizers.mjs";
import { judge } from "./lib/outcome.mjs";
import { runPrintCase } from "./lib/printing.mjs";
import { runPromotionCase } from "./lib/promotion.mjs";
import { runRandomCase } from "./lib/random.mjs";
import { printTable } from "./lib/report.mjs";
import { runTutorialCase } from "./lib/tutorial-cases.mjs";
import * as tutorials from "./lib/tutorials.mjs";
import { runViewCase } from "./lib/views.mjs";
import { runTransformCase, runVisionModelCase } from "./lib/vision.mjs";

/** How the cases of each group run: `(lib, fixture, testCase, programs)`, throwing what went wrong. */
const GROUPS = {
  ops_unary: runOperatorCase,
  ops_binary: runOperatorCase,
  ops_reduction: runOperatorCase,
  ops_shape_index: runOperatorCase,
  ops_linalg: runOperatorCase,
  ops_nnf: runOperatorCase,
  ops_special_masked: runOperatorCase,
  ops_errors: runOperatorCase,
  special_values: runOperatorCase,
  indexing: runOperatorCase,
  creation: runOperatorCase,
  inplace: runOperatorCase,
  extra_ops: runOperatorCase,
  promotion: runPromotionCase,
  views: runViewCase,
  autograd: runAutogradCase,
  modules: runModuleCase,
  modules_db: runModuleCase,
  optim: runOptimizerCase,
  lr_schedulers: runSchedulerCase,
  rng: runRandomCase,
  print: runPrintCase,
  serial: runFileCase,
  transforms: runTransformCase,
  vision_models: runVisionModelCase,
  tutorials: runTutorialCase,
};

const here = dirname(fileURLToPath(import.meta.url));
const { values: options } = parseArgs({
  options: {
    ours: { type: "string", default: join(here, "../../dist/index.js") },
    fixtures: { type: "string", default: join(here, "fixtures") },
    only: { type: "string" },
    group: { type: "string" },
    json: { type: "string" },
    verbose: { type: "boolean", default: false },
    min: { type: "string", default: "1" },
  },
});

/**
 * The programs of `lib`, and those in files beside the fixtures named `<anything>-autograd.mjs`, `-modules.mjs` or
 * `-tutorials.mjs`: an export `programs`, a table or a function that makes one from the tutorials' shared parts.
 */
async function loadPrograms(folder) {
  const programs = {
    autograd: { ...autograd },
    modules: { ...modules },
    tutorials: { ...tutorials.programs },
  };
  for (const file of readdirSync(folder)) {
    const kind = /-(autograd|modules|tutorials)\.mjs$/.exec(file)?.[1];
    if (!kind) continue;
    const { programs: more } = await import(pathToFileURL(join(folder, file)));
    Object.assign(programs[kind], typeof more === "function" ? more(tutorials) : more);
  }
  return programs;
}

async function runCase(lib, fixture, testCase, programs) {
  const run = GROUPS[fixture.group];
  const start = performance.now();
  let outcome = { status: "passed", reason: "" };
  try {
    if (fixture.group === "serial") await run(lib, fixture, testCase, programs);
    else lib.scoped(() => run(lib, fixture, testCase, programs));
  } catch (error) {
    outcome = judge(error);
  }
  return {
    group: fixture.group,
    id: testCase.id,
    op: testCase.op ?? testCase.id,
    ...outcome,
    milliseconds: performance.now() - start,
  };
}

async function main() {
  const folder = resolve(options.fixtures);
  const lib = await loadLibrary(options.ours);
  const programs = await loadPrograms(folder);
  const only = options.only ? new RegExp(options.only) : null;
  const chosen = options.group ? options.group.split(",") : Object.keys(GROUPS);
  const unknown = chosen.filter((name) => !(name in GROUPS));
  if (unknown.length)
    throw new Error(`no group ${unknown.join(", ")}; there are ${Object.keys(GROUPS).join(", ")}`);
  const results = [];
  for (const name of chosen) {
    const path = join(folder, name + ".json");
    if (!fixtureExists(path)) continue;
    const fixture = new Fixture(path);
    for (const testCase of fixture.cases) {
      if (only && !only.test(testCase.id)) continue;
      const result = await runCase(lib, fixture, testCase, programs);
      results.push(result);
      if (options.verbose && result.status !== "passed")
        console.log(`${result.status} ${name} ${result.id}: ${result.reason}`);
    }
  }
  if (options.json) writeFileSync(options.json, JSON.stringify(results, null, 1));
  const { passed, failed } = printTable(results, chosen, options.verbose);
  console.log(`${passed} passed, ${failed} failed`);
  // A library with workers would keep the process alive; a run in which nothing ran must not look like a success.
  process.exit(passed + failed > 0 && passed / (passed + failed) >= Number(options.min) ? 0 : 1);
}

await main();
