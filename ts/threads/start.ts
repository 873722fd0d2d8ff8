// Starting a worker, wherever this runs.
import { nodeModule } from "../core/node.ts";
import { WORKER } from "./generated/worker.ts";
import type { Start } from "./protocol.ts";

export interface WorkerHandle {
  terminate(): unknown;
}

interface NodeThreads {
  Worker: new (
    url: URL,
    options: { workerData: Start },
  ) => WorkerHandle & { unref(): void; on(event: "error", listener: () => void): void };
}

const nodeThreads = nodeModule<NodeThreads>("node:worker_threads");

/** One line that says why there can be no threads here; null where there can. */
export function whyNoThreads(): string | null {
  if (nodeThreads) return null;
  if (typeof SharedArrayBuffer === "undefined" || globalThis.crossOriginIsolated === false)
    return "the page is not cross-origin isolated (it needs the headers Cross-Origin-Opener-Policy: same-origin and Cross-Origin-Embedder-Policy: require-corp)";
  return typeof Worker === "undefined" ? "there are no workers here" : null;
}

/** A worker that does not keep the program alive. */
export function startWorker(start: Start): WorkerHandle {
  if (nodeThreads) {
    const worker = new nodeThreads.Worker(new URL(`data:text/javascript,${encodeURIComponent(WORKER)}`), {
      workerData: start,
    });
    worker.on("error", () => {}); // what it leaves undone is noticed by the pool
    worker.unref();
    return worker;
  }
  const url = URL.createObjectURL(new Blob([WORKER], { type: "text/javascript" }));
  const worker = new Worker(url, { type: "module" });
  worker.postMessage(start);
  return worker;
}
