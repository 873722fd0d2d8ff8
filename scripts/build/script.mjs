// ts/index.ts -> dist/index.js: one ESM file, everything inside; dist/modules/: the same file by file, for bundlers, which
// drop what a program does not use of a namespace only where it is a file; dist/namespaces/; dist/kernels-*.wasm.

import { readFileSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build, transform } from "esbuild";
import { rollup } from "rollup";
import { writeNamespaces } from "./namespaces.mjs";
import { filesBelow, fingerprint, fromRoot, isFresh, ROOT, writeWhole } from "./paths.mjs";

const sources = () => [
  ...filesBelow("ts", (path) => path.endsWith(".ts")),
  "package.json",
  "package-lock.json",
  "scripts/build/script.mjs",
  "scripts/build/namespaces.mjs",
];

/** What comes first: gzip packs the script 1.3 KB better behind the kernels than around them. */
const KERNELS = "memory/generated/binary";

/** Functions of a library that builds its tables when it is loaded, which the first call of one does. */
const loadedAtFirstCall = (library, functions) => ({
  name: "loaded-at-first-call",
  resolveId: (id) => (id === library ? `\0${library}` : null),
  async load(id) {
    if (id !== `\0${library}`) return null;
    const contents = `export { ${functions} } from "${library}";`;
    const options = { bundle: true, format: "esm", target: "es2022", minifySyntax: true, write: false };
    const { outputFiles } = await build({ stdin: { contents, resolveDir: ROOT }, ...options });
    const body = outputFiles[0].text.replace(/export (\{[^}]*\};\s*)$/, "return $1");
    const calls = functions.map(
      (name) => `export const ${name} = (...args) => (loaded ??= load()).${name}(...args);`,
    );
    return `const load = () => {\n${body}};\nlet loaded;\n${calls.join("\n")}`;
  },
});

/** TypeScript to JavaScript, file by file. */
const typescript = (version) => ({
  name: "typescript",
  /** The libraries inside; an import of a Node module has no path and is an error. */
  resolveId: (id) => (/^[@\w]/.test(id) ? fileURLToPath(import.meta.resolve(id)) : null),
  async transform(code, path) {
    if (!path.endsWith(".ts")) return null;
    const first = path === fromRoot("ts/index.ts") ? `import "./${KERNELS}.ts";\n` : "";
    return transform(first + withPureConstants(withClassNames(code)), {
      loader: "ts",
      format: "esm",
      target: "es2022",
      sourcefile: path,
      sourcemap: true,
      charset: "utf8",
      // Lines stay lines and names stay names: an uncaught error shows the line that threw, and a stack is readable.
      // (`keepNames` would set the name of every closure each time one is made.)
      minifySyntax: true,
      // Assigned fields make objects several times faster than defined ones.
      tsconfigRaw: { compilerOptions: { useDefineForClassFields: false, verbatimModuleSyntax: true } },
      define: { TORCHLET_VERSION: JSON.stringify(version) },
    });
  },
});

/**
 * Class names show in printed text: getters make them survive the minifier of whoever bundles this file, and let it
 * drop the classes that a program does not use, which static blocks would not.
 */
const withClassNames = (code) =>
  code.replace(
    /^export (?:abstract )?class (\w+)[^{]*\{/gm,
    (head, name) => `${head} static get name() { return "${name}"; }`,
  );

/** What a constant is set to matters only where the constant is used: a bundler may drop the call with it. */
const withPureConstants = (code) =>
  code.replace(
    /^((?:export )?const \w+(?:: [^=\n]+)? = )(?=(?:new )?[\w.]+[(<])/gm,
    (head) => `${head}/* @__PURE__ */ `,
  );

/** The kernels as they are, beside the script, where Node reads them faster than it unpacks them (ts/memory/binary.ts). */
function writeKernelFile() {
  const [name] = readFileSync(fromRoot("ts/memory/generated/binary.ts"), "utf8").match(/kernels-\w+\.wasm/);
  for (const old of filesBelow("dist", (path) => /kernels-\w+\.wasm$/.test(path))) rmSync(fromRoot(old));
  writeWhole(`dist/${name}`, readFileSync(fromRoot("build/kernels.relaxed.wasm")));
}

export async function buildScript({ force = false } = {}) {
  const print = fingerprint(sources());
  if (!force && isFresh("script.stamp", print, ["dist/index.js", "dist/modules/index.js"])) return;
  const start = performance.now();
  const { version } = JSON.parse(readFileSync(fromRoot("package.json"), "utf8"));
  // Rollup's namespaces are plain objects that a program's bundler can drop; esbuild's are getters set by a call.
  const bundle = await rollup({
    input: fromRoot("ts/index.ts"),
    plugins: [loadedAtFirstCall("fflate/browser", ["gunzipSync", "inflateSync"]), typescript(version)],
    treeshake: { moduleSideEffects: (id) => id.endsWith("ts/index.ts") },
    onwarn(warning) {
      throw new Error(warning.message);
    },
  });
  const form = { format: "es", generatedCode: { preset: "es2015", symbols: false } };
  const { output } = await bundle.generate({
    ...form,
    file: fromRoot("dist/index.js"),
    sourcemap: "hidden",
    sourcemapExcludeSources: true,
  });
  const { output: modules } = await bundle.generate({
    ...form,
    dir: fromRoot("dist/modules"),
    preserveModules: true,
    preserveModulesRoot: fromRoot("ts"),
    // A folder named node_modules is left out of packages.
    entryFileNames: ({ name }) => `${name.replace(/^(node_modules|_virtual)\//, "libraries/")}.js`,
  });
  await bundle.close();
  // Renamed into place, so that a program that starts meanwhile never loads half a file.
  for (const file of output)
    writeWhole(`dist/${file.fileName}`, file.type === "chunk" ? file.code : file.source);
  for (const { fileName, code } of modules) {
    const first = fileName === "index.js" ? `import "./${KERNELS}.js";\n` : "";
    writeWhole(`dist/modules/${fileName}`, first + code);
  }
  writeKernelFile();
  const ours = new Set(modules.map(({ fileName }) => `dist/modules/${fileName}`));
  for (const old of filesBelow("dist/modules", (path) => !ours.has(path))) rmSync(fromRoot(old));
  writeNamespaces((source) => modules.find(({ fileName }) => fileName === `${source}.js`).exports);
  writeWhole("build/script.stamp", print);
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  console.log(`dist/index.js ${(output[0].code.length / 1024).toFixed(1)} KB, ${seconds} s`);
}
