// Stands in for the package `webgpu` and breaks on purpose: faulty.mjs?fault=NAME&flag=PATH breaks with the first submission
// that finds the file PATH, which it removes; "losing" and "hanging" go on as long as the file is there. "hardware" only says that the adapter is no program.
import { existsSync, rmSync } from "node:fs";
import { create as createGpu, globals } from "webgpu";

export { globals };

const query = new URL(import.meta.url).searchParams;
const fault = query.get("fault");
const flag = query.get("flag");

/** What a scope reports: the class's name is what tells errors apart. */
class GPUOutOfMemoryError {
  message = "asked for too much";
}

/** Calls `then` when `object.name` is called, with what calls the original. */
function intercept(object, name, then) {
  const original = object[name].bind(object);
  object[name] = (...args) => then(() => original(...args), ...args);
}

const NEVER = new Promise(() => {});

/** The worker ends: not before the driver has settled its promises, without which it takes the whole process along. */
function endWorker(device) {
  let pending = 0,
    ended = false;
  const counted = (call) => {
    if (ended) return NEVER;
    pending++;
    return call().finally(() => pending--);
  };
  intercept(device.queue, "onSubmittedWorkDone", counted);
  intercept(device, "popErrorScope", counted);
  intercept(device, "createBuffer", (createBuffer) => {
    const buffer = createBuffer();
    intercept(buffer, "mapAsync", counted);
    return buffer;
  });
  intercept(device.queue, "submit", (submit) => {
    if (!ended && existsSync(flag)) {
      ended = true;
      rmSync(flag);
      setInterval(() => pending === 0 && process.exit(0), 1);
    }
    if (!ended) submit();
  });
}

function breakDevice(device) {
  let due = false;
  intercept(device.queue, "submit", (submit) => {
    due = existsSync(flag);
    if (due && fault !== "losing" && fault !== "hanging") rmSync(flag);
    submit();
    if (due && (fault === "lost" || fault === "losing")) device.destroy();
    if (due && fault === "validation") device.createBuffer({ size: 16, usage: 1 | 2 }); // MAP_READ with MAP_WRITE
  });
  intercept(device, "popErrorScope", async (pop) => {
    const broken = due && fault === "memory";
    const error = await pop();
    return broken ? new GPUOutOfMemoryError() : error;
  });
  intercept(device, "createBuffer", (createBuffer) => {
    const buffer = createBuffer();
    if (fault === "hang" || fault === "hanging")
      intercept(buffer, "mapAsync", (map) => (due ? new Promise(() => {}) : map()));
    return buffer;
  });
}

export function create(options) {
  const gpu = createGpu(options);
  intercept(gpu, "requestAdapter", async (request) => {
    if (fault === "none") return null;
    const adapter = await request();
    if (fault === "hardware") Object.defineProperty(adapter, "info", { value: { vendor: "acme" } });
    intercept(adapter, "requestDevice", async (open) => {
      const device = await open();
      (fault === "worker" ? endWorker : breakDevice)(device);
      return device;
    });
    return adapter;
  });
  return gpu;
}
