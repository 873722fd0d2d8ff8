// The library on one thread: --ours tests/golden/variants/one-thread.mjs
import { ready, setNumThreads } from "../../../dist/index.js";

setNumThreads(1);
await ready();

export * from "../../../dist/index.js";
