#!/usr/bin/env node
// Writes the pages of docs/ that are made from the library.
import { writeFileSync } from "node:fs";
import { fromRoot } from "./build/paths.mjs";
import { namesPage } from "./docs/names.mjs";

const torch = await import(fromRoot("dist/index.js"));
writeFileSync(fromRoot("docs/pytorch.md"), namesPage(torch));
