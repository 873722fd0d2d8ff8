// What a program's own bundler makes of the library.
import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { rollup } from "rollup";
import { describe, expect, it } from "vitest";
import manifest from "../../package.json" with { type: "json" };

const fromRoot = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));

/** As esbuild finds the package by its name; or with one file in its place. */
async function bundled(program: string, alias: Record<string, string> = {}): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents: program, resolveDir: fromRoot("tests") },
    bundle: true,
    minify: true,
    format: "esm",
    platform: "node",
    logLevel: "silent",
    alias,
    write: false,
  });
  return outputFiles[0]!.text;
}

/** As Rollup and what is made like it (Vite) read the package. */
async function rolled(program: string): Promise<string> {
  const entry = fromRoot(manifest.exports["."].module);
  const bundle = await rollup({
    input: "program",
    plugins: [
      {
        name: "package",
        resolveId: (id) => (id === "program" ? id : id === "torchlet" ? entry : null),
        load: (id) => (id === "program" ? program : null),
      },
    ],
    treeshake: {
      moduleSideEffects: (id) =>
        id === "program" || manifest.sideEffects.some((path) => id === fromRoot(path)),
    },
  });
  const { output } = await bundle.generate({ format: "es" });
  return output[0].code;
}

const run = (script: string) =>
  import(`data:text/javascript;base64,${Buffer.from(script).toString("base64")}`);

const TENSORS = `import * as torch from "torchlet"; export const sum = torch.ones(2, 3).relu().sum().item();`;

const BY_PATHS = `import * as torch from "torchlet";
  import * as nn from "torchlet/nn";
  import * as F from "torchlet/nn/functional";
  import * as optim from "torchlet/optim";`;

/** A small convolutional network and a step of its training. */
const trainer = (imports: string) => `${imports}
  class Net extends nn.Module {
    conv = new nn.Conv2d(1, 2, 3);
    fc = new nn.Linear(8, 3);
    forward(x) { return this.fc(F.maxPool2d(F.relu(this.conv(x)), 2).flatten(1)); }
  }
  torch.manualSeed(0);
  const model = new Net(), lossOf = new nn.CrossEntropyLoss();
  const optimizer = new optim.SGD(model.parameters(), { lr: 0.1, momentum: 0.9 });
  const x = torch.randn(4, 1, 6, 6), y = torch.tensor([0, 1, 2, 0], { dtype: torch.int64 });
  export const losses = Array.from(torch.steps(10), () => {
    optimizer.zeroGrad();
    const loss = lossOf(model(x), y);
    loss.backward();
    optimizer.step();
    return loss.item();
  });`;

const ELSEWHERE = [
  "gridSample",
  "DataLoader",
  "safetensors",
  "Adagrad",
  "TripletMarginLoss",
  "TransformerEncoder",
  "requestAdapter",
];

/** What a server sends of it, in KB. The budgets are what docs/size.md names and 3% more. */
const kilobytes = (script: string) => gzipSync(script, { level: 9 }).length / 1000;

const leftIn = (script: string, names: string[]) => names.filter((name) => script.includes(name));

describe("a bundle", () => {
  it.each([
    ["esbuild", () => bundled(TENSORS)],
    ["esbuild, of the one file", () => bundled(TENSORS, { torchlet: fromRoot("dist/index.js") })],
    ["Rollup", () => rolled(TENSORS)],
  ])("of tensors alone has no modules, optimizers, files and nothing for the GPU: %s", async (_, bundle) => {
    const script = await bundle();
    expect(leftIn(script, [...ELSEWHERE, "Conv2d", "CrossEntropyLoss", "momentum"])).toEqual([]);
    expect((await run(script)).sum).toBe(6);
  });

  it.each([
    ["esbuild, namespaces imported by their paths", () => bundled(trainer(BY_PATHS))],
    [
      "Rollup, by name",
      () => rolled(trainer('import * as torch from "torchlet"; import { F, nn, optim } from "torchlet";')),
    ],
    [
      "Rollup, as members",
      () =>
        rolled(
          trainer('import * as torch from "torchlet";')
            .replaceAll(/\b(nn|optim)\./g, "torch.$1.")
            .replaceAll("F.", "torch.nn.functional."),
        ),
    ],
  ])("of a network has the modules and the optimizer that it uses: %s", async (_, bundle) => {
    const script = await bundle();
    expect(leftIn(script, ELSEWHERE)).toEqual([]);
    const { losses } = await run(script);
    expect(losses.at(-1)).toBeLessThan(losses[0]);
  });

  it("keeps to its budget: tensors alone, a network", async () => {
    expect(kilobytes(await bundled(TENSORS))).toBeLessThan(130);
    expect(kilobytes(await bundled(trainer(BY_PATHS)))).toBeLessThan(151);
  });

  it("of everything has everything that the one file has", async () => {
    const script = await bundled('export * from "torchlet";');
    expect(kilobytes(script)).toBeLessThan(245);
    expect(leftIn(script, ELSEWHERE)).toEqual(ELSEWHERE);
    const [torch, library] = await Promise.all([run(script), import("torchlet")]);
    expect(Object.keys(torch)).toEqual(Object.keys(library));
    expect(torch.ones(2).add(1).tolist()).toEqual([2, 2]);
  });

  it("prints the names that classes had, and takes the names of their inputs", async () => {
    const { text, error, output } = await run(
      await bundled(`
        import * as torch from "torchlet";
        const linear = new torch.nn.Linear(2, 3);
        export const text = String(linear);
        export const output = linear({ input: torch.ones(1, 2) }).shape;
        export let error;
        try { linear(torch.ones(5)); } catch (caught) { error = caught.name; }`),
    );
    expect(text).toBe("Linear(in_features=2, out_features=3, bias=True)");
    expect(output).toEqual([1, 3]);
    expect(error).toBe("ShapeError");
  });
});

it("namespaces imported by their paths are those of the one file", async () => {
  const torch = await import("torchlet");
  const files = readdirSync(fromRoot("dist/namespaces"), { recursive: true, encoding: "utf8" });
  const paths = files.filter((file) => file.endsWith(".js")).map((file) => file.slice(0, -3));
  expect(paths).toContain("nn/functional");
  for (const path of paths) {
    const named = await import(/* @vite-ignore */ `torchlet/${path}`);
    const member = path.split("/").reduce((outer: any, name) => outer[name], torch);
    expect(Object.keys(named), path).toEqual(Object.keys(member));
    for (const [name, value] of Object.entries(named)) expect(value, `${path} ${name}`).toBe(member[name]);
  }
});
