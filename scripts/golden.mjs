#!/usr/bin/env node
// Runs the golden cases kept in the repository; takes the options of tests/golden/run.mjs.
//   node scripts/golden.mjs [--group print] [--only REGEX] [--verbose]
import { unpackFixtures } from "../tests/golden/unpack.mjs";
import { fromRoot } from "./build/paths.mjs";

const given = process.argv.slice(2);
process.argv.splice(
  2,
  given.length,
  "--ours",
  fromRoot("dist/index.js"),
  "--fixtures",
  unpackFixtures(),
  ...given,
);
await import("../tests/golden/run.mjs");
