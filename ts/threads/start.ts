// Starting a worker, wherever this runs.
import { nodeModule } from "../core/node.ts";

export interface WorkerHandle {
  terminate(): unknown;
}

interface NodeThreads {
  Worker: new (
    url: URL,
    options: { workerData: unknown },
  ) => WorkerHandle & { unref(): void; on(event: string, listener: (what: unknown) => void): void };
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

/** Whether the page's content security policy refuses workers made from a blob. */
let blobRefused = false;

/**
 * A worker that runs `program` and does not keep the caller alive. `failed` is called when it ends by itself, with the
 * reason. `file`: name of the same program beside this one, for pages whose policy refuses a worker from a blob.
 */
export function startWorker(
  program: string,
  start: unknown,
  failed: (why: string) => void,
  file?: string,
): WorkerHandle {
  if (nodeThreads) {
    const worker = new nodeThreads.Worker(new URL(`data:text/javascript,${encodeURIComponent(program)}`), {
      workerData: start,
    });
    worker.on("error", (error) => failed(String(error)));
    worker.on("exit", () => failed("it was stopped"));
    worker.unref();
    return worker;
  }
  const begin = (url: URL | string, onerror: (event: ErrorEvent) => void) => {
    const worker = new Worker(url, { type: "module" });
    worker.onerror = onerror;
    worker.postMessage(start);
    return worker;
  };
  const fromFile = () => {
    const url = new URL(file!, import.meta.url);
    return begin(url, ({ message }) =>
      failed(message || `the policy refuses blob:, and ${url} does not load`),
    );
  };
  if (blobRefused && file !== undefined) return fromFile();
  const url = URL.createObjectURL(new Blob([program], { type: "text/javascript" }));
  let worker = begin(url, ({ message }) => {
    // A program that never ran has no message.
    blobRefused ||= !message;
    if (message || file === undefined) failed(message || "the content security policy refuses blob: workers");
    else worker = fromFile();
  });
  return { terminate: () => worker.terminate() };
}
