// The program in a worker: a page's, Deno's or Node's. How many products: ?count=N, or Node's workerData.
import * as torch from "../../dist/index.js";
import { program } from "./program.mjs";

const count = new URL(import.meta.url).searchParams.get("count");
if (count !== null) postMessage(await program(torch, Number(count)));
else {
  const { parentPort, workerData } = await import("node:worker_threads");
  parentPort.postMessage(await program(torch, workerData));
}
