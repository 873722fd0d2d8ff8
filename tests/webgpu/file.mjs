// Runs the program where a file can be run: Node, Deno. Arguments: number of products; "worker" for a worker thread.
import * as torch from "../../dist/index.js";
import { program } from "./program.mjs";

const [, , count, where] = globalThis.process.argv;

/** In Deno a worker of the web, in Node one of its own module. */
async function inWorker() {
  const address = new URL("worker.mjs", import.meta.url);
  if (globalThis.Deno !== undefined) {
    address.search = `count=${count}`;
    const worker = new Worker(address, { type: "module" });
    const answer = await new Promise((resolve, reject) => {
      worker.onmessage = ({ data }) => resolve(data);
      worker.onerror = ({ message }) => reject(new Error(message));
    });
    worker.terminate();
    return answer;
  }
  const { Worker: Thread } = await import("node:worker_threads");
  const worker = new Thread(address, { workerData: Number(count) });
  return new Promise((resolve, reject) => {
    worker.on("message", resolve);
    worker.on("error", reject);
  });
}

console.log(JSON.stringify(await (where === "worker" ? inWorker() : program(torch, Number(count)))));
