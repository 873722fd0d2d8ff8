#!/usr/bin/env node
// Results of a benchmark run as a page: node scripts/benchmarks.mjs RESULTS.json [--out docs/benchmarks.md] [--date 2026-01-31]
//
// RESULTS.json: { node, load, about: { contestant: text }, skipped: { contestant: reason }, options: { rounds, ms },
//   results: [{ group, name, unit?: "ns" | "bytes", cells: { contestant: { samples, min, median } | { wrong } | { error } | { missing } } }] }
import { readFileSync, statSync, writeFileSync } from "node:fs";
import { availableParallelism, cpus, totalmem } from "node:os";
import { parseArgs } from "node:util";

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: { out: { type: "string", default: "docs/benchmarks.md" }, date: { type: "string" } },
});
const [file] = positionals;
if (file === undefined) {
  console.error("benchmarks: expected a file of results");
  process.exit(2);
}

const { node, load, about, skipped, options: run, results } = JSON.parse(readFileSync(file, "utf8"));
const BASE = "torch";
/** No library: what the hardware or the language allows. */
const YARDSTICKS = new Set(["simd-peak"]);
/** Below this a difference is noise. */
const NOTEWORTHY = 1.05;

const NAMES = {
  torch: "PyTorch",
  "torch-2t": "PyTorch, 2 threads",
  ours: "torchlet",
  "ours-2t": "torchlet, 2 threads",
  "tfjs-wasm": "TensorFlow.js wasm",
  "tfjs-cpu": "TensorFlow.js cpu",
  jax: "jax-js",
  "ort-web": "onnxruntime-web",
  "plain-js": "plain loop",
  "simd-peak": "limit of SIMD",
};
const nameOf = (who) => NAMES[who] ?? who;
const contestants = Object.keys(about);

const UNITS = {
  ns: [
    [1, "ns"],
    [1e3, "µs"],
    [1e6, "ms"],
    [1e9, "s"],
  ],
  bytes: [
    [1, "B"],
    [1024, "KiB"],
    [1024 ** 2, "MiB"],
    [1024 ** 3, "GiB"],
  ],
};
const short = (value) =>
  value >= 100 || Number.isInteger(value)
    ? value.toFixed(0)
    : value >= 10
      ? value.toFixed(1)
      : value.toPrecision(2);
function quantity(value, unit) {
  const [size, name] = UNITS[unit].findLast(([least]) => value >= least) ?? UNITS[unit][0];
  return `${short(value / size)} ${name}`;
}

const timed = (cell) => cell?.samples?.length > 0;

function cellText({ cells, unit = "ns" }, who) {
  const cell = cells[who];
  if (cell === undefined || cell.missing) return "";
  if (!timed(cell)) return cell.wrong ? "wrong result" : "error";
  const base = cells[BASE];
  const ratio = timed(base) && base.min > 0 && who !== BASE ? `${short(cell.min / base.min)} ` : "";
  return ratio ? `${ratio}(${quantity(cell.min, unit)})` : quantity(cell.min, unit);
}

function table(rows) {
  const shown = contestants.filter((who) => rows.some(({ cells }) => cells[who] && !cells[who].missing));
  return [
    `| | ${shown.map(nameOf).join(" | ")} |`,
    `|---|${shown.map(() => "---:|").join("")}`,
    ...rows.map((row) => `| ${row.name} | ${shown.map((who) => cellText(row, who)).join(" | ")} |`),
  ].join("\n");
}

/** Where another is faster (or smaller) on as many threads, the largest differences first. */
function behind() {
  const found = [];
  for (const { group, name, unit = "ns", cells } of results)
    for (const who of contestants) {
      const own = cells[who.endsWith("-2t") ? "ours-2t" : "ours"];
      if (/^ours/.test(who) || YARDSTICKS.has(who) || !timed(own) || !timed(cells[who])) continue;
      const times = own.min / cells[who].min;
      if (times >= NOTEWORTHY && Number.isFinite(times)) found.push({ group, name, unit, who, times });
    }
  return found.sort((a, b) => b.times - a.times);
}

function behindText() {
  const found = behind();
  if (found.length === 0) return "Nowhere in this run.";
  const rows = found.map(
    ({ group, name, who, times }) => `| ${group}: ${name} | ${nameOf(who)} | ${short(times)} |`,
  );
  return ["| case | who | torchlet takes so many times as much |", "|---|---|---:|", ...rows].join("\n");
}

const faults = results.flatMap(({ name, cells }) =>
  Object.entries(cells)
    .filter(([, cell]) => cell.wrong || cell.error)
    .map(
      ([who, cell]) =>
        `- ${nameOf(who)}, ${name}: ${cell.wrong ? `wrong result: ${cell.wrong}` : cell.error}`,
    ),
);
const groups = [...new Set(results.map(({ group }) => group))];
const date = options.date ?? statSync(file).mtime.toISOString().slice(0, 10);

const page = `# Benchmarks

${date}, Node ${node}, ${cpus()[0]?.model.trim() ?? "unknown processor"}, ${availableParallelism()} cores, ${Math.round(totalmem() / 1024 ** 3)} GiB.${
  load > 0.1
    ? ` Other programs kept ${load.toFixed(1)} cores busy: ratios count, times less so, two-thread figures least.`
    : ""
}

A cell is the time (or size) as a ratio to PyTorch's on one thread, lower is better, and in brackets the time itself; where PyTorch has no figure, that alone. An empty cell: the contestant does not offer the case.

How it is measured: one process for each contestant, all alive together; each case goes round them ${run.rounds} times, ${run.ms} ms each, so that a slow moment of the machine hits all alike; the smallest time counts. Results are compared with PyTorch's before anything is timed.

${contestants.map((who) => `- ${nameOf(who)}: ${about[who]}`).join("\n")}
${Object.entries(skipped)
  .map(([who, why]) => `- ${nameOf(who)} was not run: ${why}\n`)
  .join("")}
${groups.map((group) => `## ${group[0].toUpperCase()}${group.slice(1)}\n\n${table(results.filter((row) => row.group === group))}`).join("\n\n")}

## Where others are faster

Against contestants on as many threads, differences of ${Math.round((NOTEWORTHY - 1) * 100)}% and more.

${behindText()}
${faults.length > 0 ? `\n## Wrong or failed\n\n${faults.join("\n")}\n` : ""}
## Running it again

The programs that measure, each contestant in a process of its own, are not in this repository: they install PyTorch and the other libraries. They write their samples to a JSON file, whose form \`scripts/benchmarks.mjs\` describes. From such a file

    node scripts/benchmarks.mjs results.json

writes this page. Run nothing else meanwhile. \`npm run profile\` measures single ops here, without any other library: see [profile.md](profile.md).
`;
writeFileSync(options.out, page);
console.log(`${options.out}: ${results.length} cases, ${behind().length} places where others are faster`);
