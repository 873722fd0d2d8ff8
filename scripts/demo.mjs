#!/usr/bin/env node
// Serves the demo pages of examples/web.
import { readdirSync } from "node:fs";
import { program } from "commander";
import { fromRoot } from "./build/paths.mjs";
import { serve } from "./serve.mjs";

program
  .name("npm run demo --")
  .description("serves the demo pages of examples/web")
  .option("--port <number>", "port to listen on", "8080")
  .option("--host <name>", "interface to listen on", "127.0.0.1")
  .option("--isolated", "send the COOP and COEP headers that let a page use threads", false)
  .parse();
const { port, host, isolated } = program.opts();

try {
  const { origin } = await serve({ port: Number(port), host, isolated });
  const headers = isolated ? "with isolation headers" : "without isolation headers (--isolated sends them)";
  console.log(`serving ${headers}; stop with Ctrl-C`);
  for (const page of readdirSync(fromRoot("examples/web")).filter((file) => file.endsWith(".html"))) {
    console.log(`  ${origin}/examples/web/${page}`);
  }
} catch (error) {
  console.error(`demo: ${error.message}`);
  process.exit(1);
}
