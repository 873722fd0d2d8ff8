// Threads where a file can be run: Node, Deno.
import * as torch from "../../dist/index.js";
import { sumOnThreads } from "./sum.mjs";

console.log(JSON.stringify(await sumOnThreads(torch)));
