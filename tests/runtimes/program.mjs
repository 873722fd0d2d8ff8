// Runs the smoke program where a file can be run: Node, Deno.
import * as torch from "../../dist/index.js";
import { smoke } from "./smoke.mjs";

console.log(JSON.stringify(smoke(torch)));
