// ts/index.ts -> dist/index.js: one ESM file, everything inside.

import { readFileSync } from "node:fs";
import { relative } from "node:path";
import { build } from "esbuild";
import { filesBelow, fingerprint, fromRoot, isFresh, ROOT, writeWhole } from "./paths.mjs";

const sources = () => [
  ...filesBelow("ts", (path) => path.endsWith(".ts")),
  "package.json",
  "package-lock.json",
  "scripts/build/script.mjs",
];

/** Class names show in printed text: make them survive the minifier of whoever bundles this file. */
const keepClassNames = {
  name: "keep-class-names",
  setup(build) {
    build.onLoad({ filter: /[\\/]ts[\\/].*\.ts$/ }, ({ path }) => ({
      loader: "ts",
      contents: readFileSync(path, "utf8").replace(
        /^export (?:abstract )?class (\w+)[^{]*\{/gm,
        (head, name) => `${head} static { Object.defineProperty(this, "name", { value: "${name}" }); }`,
      ),
    }));
  },
};

export async function buildScript({ force = false } = {}) {
  const print = fingerprint(sources());
  if (!force && isFresh("script.stamp", print, ["dist/index.js"])) return;
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
    // Lines stay lines and names stay names: an uncaught error shows the line that threw, and a stack is readable.
    // (`keepNames` would set the name of every closure each time one is made.)
    minifySyntax: true,
    // Assigned fields make objects several times faster than defined ones.
    tsconfigRaw: { compilerOptions: { useDefineForClassFields: false } },
    plugins: [keepClassNames],
    sourcemap: "external",
    sourcesContent: false,
    charset: "utf8",
    legalComments: "none",
    define: { TORCHLET_VERSION: JSON.stringify(version) },
    write: false, // renamed into place, so that a program that starts meanwhile never loads half a file
    logLevel: "error",
  });
  for (const file of result.outputFiles) writeWhole(relative(ROOT, file.path), file.contents);
  writeWhole("build/script.stamp", print);
  const bytes = result.outputFiles.find((file) => file.path.endsWith(".js")).contents.length;
  console.log(
    `dist/index.js ${(bytes / 1024).toFixed(1)} KB, ${((performance.now() - start) / 1000).toFixed(1)} s`,
  );
}
