// ts/**/*.ts -> dist/index.d.ts: the declarations of the public surface in one file; dist/namespaces/.
import { rollup } from "rollup";
import { dts } from "rollup-plugin-dts";
import { writeNamespaceTypes } from "./namespaces.mjs";
import { filesBelow, fingerprint, fromRoot, isFresh, ROOT, writeWhole } from "./paths.mjs";

const sources = () => [
  ...filesBelow("ts", (path) => path.endsWith(".ts")),
  "tsconfig.json",
  "scripts/build/types.mjs",
  "scripts/build/namespaces.mjs",
];

export async function buildTypes({ force = false } = {}) {
  const print = fingerprint(sources());
  if (!force && isFresh("types.stamp", print, ["dist/index.d.ts", "dist/namespaces/nn.d.ts"])) return;
  const start = performance.now();
  process.chdir(ROOT);
  const bundle = await rollup({
    input: fromRoot("ts/index.ts"),
    plugins: [dts({ tsconfig: fromRoot("tsconfig.json") })],
    onwarn: (warning) => {
      if (!["EMPTY_BUNDLE", "CIRCULAR_DEPENDENCY"].includes(warning.code)) console.warn(warning.message);
    },
  });
  const { output } = await bundle.generate({
    format: "es",
    // `using` is newer than the library files most projects name.
    banner: '/// <reference lib="esnext.disposable" />',
  });
  await bundle.close();
  writeWhole("dist/index.d.ts", output[0].code);
  writeNamespaceTypes();
  writeWhole("build/types.stamp", print);
  console.log(
    `dist/index.d.ts ${(output[0].code.length / 1024).toFixed(1)} KB, ${((performance.now() - start) / 1000).toFixed(1)} s`,
  );
}
