#!/usr/bin/env node
// Runs every program of examples/node, one after the other, and says which failed.
//   node scripts/examples.mjs [name...]
import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { basename } from "node:path";
import { fromRoot } from "./build/paths.mjs";

const wanted = process.argv.slice(2).map((name) => basename(name, ".mjs"));
const programs = readdirSync(fromRoot("examples/node"))
  .filter((file) => file.endsWith(".mjs"))
  .map((file) => basename(file, ".mjs"))
  .sort();
const unknown = wanted.filter((name) => !programs.includes(name));
if (unknown.length > 0 || programs.length === 0) {
  console.error(`examples: no program ${unknown.join(", ")}; there are ${programs.join(", ")}`);
  process.exit(1);
}

const failed = [];
for (const name of wanted.length > 0 ? wanted : programs) {
  console.log(`\n--- ${name}`);
  const start = performance.now();
  const { status, signal } = spawnSync(process.execPath, [fromRoot("examples/node", `${name}.mjs`)], {
    stdio: ["ignore", "inherit", "inherit"],
  });
  if (signal === "SIGINT") process.exit(130);
  if (status !== 0) failed.push(name);
  console.log(
    `--- ${name}: ${status === 0 ? "done" : "FAILED"}, ${((performance.now() - start) / 1000).toFixed(1)} s`,
  );
}
if (failed.length > 0) {
  console.error(`\nfailed: ${failed.join(", ")}`);
  process.exit(1);
}
