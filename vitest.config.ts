import { defineConfig } from "vitest/config";

/** Op records are private to their modules. Under test each module of ts/ also exports its constants, for tests/records. */
const constants = {
  name: "constants",
  enforce: "pre" as const,
  transform(code: string, id: string) {
    if (!/\/ts\/(autograd|ops|nn)\/.*\.ts$/.test(id)) return;
    const names = Array.from(code.matchAll(/^(?:export )?const (\w+)/gm), ([, name]) => name);
    return { code: `${code}\nexport const $constants = { ${names.join(", ")} };`, map: null };
  },
};

export default defineConfig({
  plugins: [constants],
  test: {
    include: ["tests/**/*.test.ts"],
    pool: "forks",
    server: { deps: { external: [/\/dist\/index\.js$/] } }, // the built file as it is, not as Vite would serve it
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    passWithNoTests: false,
    reporters: ["default", ["json", { outputFile: "build/test-vitest.json" }]],
  },
});
