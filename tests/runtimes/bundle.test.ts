// What a program's own bundler makes of the library.
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { describe, expect, it } from "vitest";

const library = fileURLToPath(new URL("../../dist/index.js", import.meta.url));

async function bundled(program: string): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents: `import * as torch from ${JSON.stringify(library)};\n${program}`, resolveDir: "." },
    bundle: true,
    minify: true,
    format: "esm",
    platform: "node",
    logLevel: "silent",
    write: false,
  });
  return outputFiles[0]!.text;
}

const run = (script: string) =>
  import(`data:text/javascript;base64,${Buffer.from(script).toString("base64")}`);

describe("a minified bundle", () => {
  it("leaves out the modules, optimizers and files that a program does not use", async () => {
    const script = await bundled("export const sum = torch.ones(2, 3).sum().item();");
    for (const name of ["Conv2d", "CrossEntropyLoss", "Adagrad", "DataLoader", "safetensors", "gridSample"])
      expect(script.includes(name), name).toBe(false);
    expect((await run(script)).sum).toBe(6);
  });

  it("prints the names that classes had, and takes the names of their inputs", async () => {
    const { text, error, output } = await run(
      await bundled(`
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
