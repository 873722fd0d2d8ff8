#!/usr/bin/env node
// Where the nanoseconds of common ops go: runs each under V8's profiler and writes docs/profile.md.
//   npm run profile [-- --seconds 2] [--only add]
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { SourceMap } from "node:module";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { setFlagsFromString } from "node:v8";
import { fromRoot } from "./build/paths.mjs";

/** Calls in one turn of `torch.steps`. */
const CALLS = 100;

/** Share of the samples that loading and the compiler's work take: left out. */
const WARM_UP = 0.4;

/** The ops: what one call is, made from the library's namespace. Sizes at which the host's work counts. */
const CASES = {
  "add, 10": (torch) => {
    const [a, b] = [torch.randn(10), torch.randn(10)];
    return () => a.add(b);
  },
  "add, 10, with gradient": (torch) => {
    const [a, b] = [torch.randn(10, { requiresGrad: true }), torch.randn(10)];
    return () => a.add(b);
  },
  "mul, 1000": (torch) => {
    const [a, b] = [torch.randn(1000), torch.randn(1000)];
    return () => a.mul(b);
  },
  "matmul, 16x16 @ 16x16": (torch) => {
    const [a, b] = [torch.randn(16, 16), torch.randn(16, 16)];
    return () => a.matmul(b);
  },
  "relu, 1000": (torch) => {
    const a = torch.randn(1000);
    return () => a.relu();
  },
  "exp, 1000": (torch) => {
    const a = torch.randn(1000);
    return () => a.exp();
  },
  "sum, 1000": (torch) => {
    const a = torch.randn(1000);
    return () => a.sum();
  },
  "softmax, 64x10": (torch) => {
    const a = torch.randn(64, 10);
    return () => a.softmax(1);
  },
  "transpose, 64x10": (torch) => {
    const a = torch.randn(64, 10);
    return () => a.t();
  },
  "linear, 8x16 to 8, with gradient": (torch) => {
    const [layer, x] = [new torch.nn.Linear(16, 8), torch.randn(8, 16)];
    return () => layer(x);
  },
  "mul + sum + backward, 16": (torch) => {
    const [a, b] = [torch.randn(16, { requiresGrad: true }), torch.randn(16)];
    return () => a.mul(b).sum().backward();
  },
};

/** Parts of a call by the folder of the source. */
const PARTS = {
  kernel: "kernel",
  ops: "op",
  core: "op",
  nn: "op",
  tensor: "tensor",
  memory: "memory",
  autograd: "tape",
  threads: "op",
};
const COLUMNS = ["kernel", "op", "tensor", "memory", "tape", "collector", "rest"];

const here = fileURLToPath(import.meta.url);
const { values: options } = parseArgs({
  options: {
    seconds: { type: "string", default: "1.5" },
    only: { type: "string", default: "" },
    case: { type: "string" },
    out: { type: "string", default: "docs/profile.md" },
  },
});
const seconds = Number(options.seconds);

if (options.case !== undefined) await runCase(options.case);
else writePage();

/** In a process of its own, under the profiler: prints nanoseconds per call. */
async function runCase(name) {
  const torch = await import("torchlet");
  torch.setNumThreads(1);
  torch.manualSeed(0);
  const call = CASES[name](torch);
  let best = Number.POSITIVE_INFINITY;
  const end = performance.now() + 1000 * seconds;
  while (performance.now() < end) {
    const start = performance.now();
    for (const _ of torch.steps(100)) for (let i = 0; i < CALLS; i++) call();
    best = Math.min(best, performance.now() - start);
  }
  const relaxed = torch.backends().simd === "relaxed";
  console.log(JSON.stringify({ nanoseconds: (best * 1e6) / (100 * CALLS), relaxed }));
}

/** The source file of a place in dist/index.js. */
function sourceFinder() {
  const map = new SourceMap(JSON.parse(readFileSync(fromRoot("dist/index.js.map"), "utf8")));
  return (line, column) => /ts\/.*/.exec(map.findEntry(line, column).originalSource ?? "")?.[0] ?? "";
}

/** Names of the kernels by their number in the binary that runs here. */
function kernelNames(relaxed) {
  // Node 20 has relaxed SIMD behind a flag.
  if (relaxed && Number.parseInt(process.versions.node, 10) < 22)
    setFlagsFromString("--experimental-wasm-relaxed-simd");
  const binary = readFileSync(fromRoot(`build/kernels${relaxed ? ".relaxed" : ""}.wasm`));
  const module = new WebAssembly.Module(binary);
  const memory = new WebAssembly.Memory({ initial: 256, maximum: 65536, shared: true });
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  return new Map(
    Object.entries(exports)
      .filter(([, value]) => typeof value === "function")
      .map(([name, value]) => [`wasm-function[${value.name}]`, name]),
  );
}

function profileOf(name) {
  const folder = mkdtempSync(join(tmpdir(), "profile-"));
  try {
    const flags = ["--cpu-prof", "--cpu-prof-interval", "200", "--cpu-prof-dir", folder];
    const { stdout, status, stderr } = spawnSync(
      process.execPath,
      [...flags, here, "--case", name, "--seconds", options.seconds],
      { encoding: "utf8", cwd: fromRoot() },
    );
    if (status !== 0) throw new Error(`${name}: ${stderr}`);
    const file = readdirSync(folder).find((entry) => entry.endsWith(".cpuprofile"));
    return { ...JSON.parse(stdout), ...JSON.parse(readFileSync(join(folder, file), "utf8")) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Shares of the time by part, and the functions with the most. */
function analyse({ nodes, samples, timeDeltas, relaxed }, sourceOf) {
  const kernels = kernelNames(relaxed);
  const byId = new Map(nodes.map((node) => [node.id, node.callFrame]));
  const parts = Object.fromEntries(COLUMNS.map((part) => [part, 0]));
  const functions = new Map();
  const begin = WARM_UP * timeDeltas.reduce((sum, delta) => sum + delta, 0);
  let [all, elapsed] = [0, 0];
  samples.forEach((id, i) => {
    elapsed += timeDeltas[i];
    if (elapsed < begin) return;
    const { functionName, url, lineNumber, columnNumber } = byId.get(id);
    const time = timeDeltas[i];
    let part = "rest";
    let label = null;
    if (url.startsWith("wasm:")) [part, label] = ["kernel", kernels.get(functionName) ?? "inside a kernel"];
    else if (functionName === "(garbage collector)") part = "collector";
    else if (url.endsWith("/dist/index.js")) {
      const file = sourceOf(lineNumber, columnNumber);
      part = PARTS[file.split("/")[1]] ?? "rest";
      label = `${functionName.replace(/\$\d+$/, "") || "(anonymous)"} (${file.slice(3)})`;
    } else if (functionName.startsWith("(")) return; // start-up, idle, the profiler itself
    parts[part] += time;
    all += time;
    if (label !== null) functions.set(label, (functions.get(label) ?? 0) + time);
  });
  const top = [...functions].sort((a, b) => b[1] - a[1]).slice(0, 6);
  return { parts, all, top };
}

function writePage() {
  const sourceOf = sourceFinder();
  const names = Object.keys(CASES).filter((name) => name.includes(options.only));
  const rows = names.map((name) => {
    const profile = profileOf(name);
    return { name, nanoseconds: profile.nanoseconds, ...analyse(profile, sourceOf) };
  });
  const percent = (value, all) => `${Math.round((100 * value) / all)}%`;
  const page = `# Where the nanoseconds go

${new Date().toISOString().slice(0, 10)}, Node ${process.version}, ${cpus()[0]?.model.trim() ?? "unknown processor"}, one thread. Each op runs for ${seconds} s in scopes (\`torch.steps\`), ${CALLS} calls a turn, under V8's sampling profiler; the time of a call is the best of its batches and includes the profiler's own cost. Shares are of the samples taken in the library; inlined functions count for the one they were inlined into.

| op | ns a call | ${COLUMNS.join(" | ")} |
|---|---:|${COLUMNS.map(() => "---:|").join("")}
${rows.map(({ name, nanoseconds, parts, all }) => `| ${name} | ${nanoseconds.toFixed(0)} | ${COLUMNS.map((part) => percent(parts[part], all)).join(" | ")} |`).join("\n")}

- **kernel**: WebAssembly. **op**: checks of arguments, shapes and dtypes, the choice of the kernel, the call into it. **tensor**: making the result object. **memory**: its block, and giving it back when the scope ends. **tape**: recording a node, and the walk of \`backward()\`. **collector**: V8's garbage collection. **rest**: the loop itself and built-in functions.
- A call from JavaScript into WebAssembly costs a few nanoseconds, and a tensor is one object with a shape, strides and a storage: that is the floor of the small ops. From about a thousand elements on the kernel dominates.

## The functions with the most time of their own

${rows.map(({ name, top, all }) => `- **${name}**: ${top.map(([label, time]) => `${label} ${percent(time, all)}`).join(", ")}.`).join("\n")}

\`npm run profile\` writes this page again.
`;
  writeFileSync(fromRoot(options.out), page);
  console.log(`${options.out}: ${rows.length} ops`);
}
