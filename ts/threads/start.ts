// Starting a worker, wherever this runs.
import { nodeModule } from "../core/node.ts";

export interface WorkerHandle {
  terminate(): unknown;
}

interface NodeThreads {
  Worker: new (
    url: URL,
    options: { workerData: unknown },
  ) => WorkerHandle & { unref(): void; on(event: "error", listener: () => void): void };
}

interface Files {
  readFileSync(path: string, encoding: string): string;
}

const nodeThreads = nodeModule<NodeThreads>("node:worker_threads");

/** Bytes of address space with which a few workers can start. */
const ENOUGH = 2 ** 34;

/** The limit of the process, where the system tells. */
function addressSpace(): number {
  try {
    const limits = nodeModule<Files>("node:fs")?.readFileSync("/proc/self/limits", "latin1") ?? "";
    return Number(/^Max address space +(\d+)/m.exec(limits)?.[1] ?? Infinity);
  } catch {
    return Infinity;
  }
}

/** One line that says why there can be no threads here; null where there can. */
export function whyNoThreads(): string | null {
  if (nodeThreads)
    return addressSpace() < ENOUGH
      ? "the process's address space is limited (ulimit -v), and Node ends where a worker finds too little"
      : null;
  if (typeof SharedArrayBuffer === "undefined" || globalThis.crossOriginIsolated === false)
    return "the page is not cross-origin isolated (it needs the headers Cross-Origin-Opener-Policy: same-origin and Cross-Origin-Embedder-Policy: require-corp)";
  return typeof Worker === "undefined" ? "there are no workers here" : null;
}

/** A worker that runs `program` and does not keep the caller alive. `failed` is called when it ends with an error. */
export function startWorker(program: string, start: unknown, failed: () => void): WorkerHandle {
  if (nodeThreads) {
    const worker = new nodeThreads.Worker(new URL(`data:text/javascript,${encodeURIComponent(program)}`), {
      workerData: start,
    });
    worker.on("error", failed);
    worker.unref();
    return worker;
  }
  const url = URL.createObjectURL(new Blob([program], { type: "text/javascript" }));
  const worker = new Worker(url, { type: "module" });
  worker.onerror = failed;
  worker.postMessage(start);
  return worker;
}
