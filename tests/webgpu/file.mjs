// Runs the program where a file can be run: Node, Deno. Argument: number of products.
import * as torch from "../../dist/index.js";
import { program } from "./program.mjs";

console.log(JSON.stringify(await program(torch, Number(globalThis.process.argv[2]))));
