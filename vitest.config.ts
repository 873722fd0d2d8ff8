import { defineConfig } from "vitest/config";

export default defineConfig({
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
