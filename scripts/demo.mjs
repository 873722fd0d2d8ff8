#!/usr/bin/env node
// Serves the demo pages of examples/web.
import { program } from "commander";
import { serve } from "./serve.mjs";

program
  .name("npm run demo --")
  .description("serves the demo pages of examples/web")
  .option("--port <number>", "port to listen on", "8080")
  .option("--host <name>", "interface to listen on", "127.0.0.1")
  .option("--no-isolated", "leave out the COOP and COEP headers that let a page use threads")
  .parse();
const { port, host, isolated } = program.opts();

try {
  const { origin } = await serve({ port: Number(port), host, isolated });
  const headers = isolated
    ? "with isolation headers: on all cores"
    : "without isolation headers: on one core";
  console.log(`serving ${headers}; stop with Ctrl-C`);
  console.log(`  ${origin}/`);
} catch (error) {
  console.error(`demo: ${error.message}`);
  process.exit(1);
}
