// Stands in for the package `webgpu` and breaks on purpose: faulty.mjs?fault=NAME&flag=PATH breaks with the first submission
// that finds the file PATH, which it removes; "losing" goes on as long as the file is there.
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

function breakDevice(device) {
  let due = false;
  intercept(device.queue, "submit", (submit) => {
    due = existsSync(flag);
    if (due && fault !== "losing") rmSync(flag);
    if (due && fault === "worker") process.exit(0);
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
    if (fault === "hang") intercept(buffer, "mapAsync", (map) => (due ? new Promise(() => {}) : map()));
    return buffer;
  });
}

export function create(options) {
  const gpu = createGpu(options);
  intercept(gpu, "requestAdapter", async (request) => {
    if (fault === "none") return null;
    const adapter = await request();
    intercept(adapter, "requestDevice", async (open) => {
      const device = await open();
      breakDevice(device);
      return device;
    });
    return adapter;
  });
  return gpu;
}
