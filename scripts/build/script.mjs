// ts/index.ts -> dist/index.js: one ESM file, everything inside.
import { build } from "esbuild";
import { readFileSync } from "node:fs";
import { fromRoot, ROOT } from "./paths.mjs";

export async function buildScript() {
  const start = performance.now();
  const { version } = JSON.parse(readFileSync(fromRoot("package.json"), "utf8"));
  const result = await build({
    absWorkingDir: ROOT,
    entryPoints: ["ts/index.ts"],
    outfile: "dist/index.js",
    bundle: true,
    format: "esm",
    platform: "neutral", // an import of a Node module is an error
    mainFields: ["module", "main"],
    conditions: ["browser"],
    target: "es2022",
    minify: true,
    keepNames: true, // class names show in printed text
    sourcemap: "external",
    sourcesContent: false,
    charset: "utf8",
    legalComments: "none",
    define: { TORCHLET_VERSION: JSON.stringify(version) },
    metafile: true,
    logLevel: "error",
  });
  const bytes = result.metafile.outputs["dist/index.js"].bytes;
  console.log(`dist/index.js ${(bytes / 1024).toFixed(1)} KB, ${((performance.now() - start) / 1000).toFixed(1)} s`);
}
