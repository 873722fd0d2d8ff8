// The library on four threads, however many cores there are: --ours tests/golden/variants/four-threads.mjs
import { ready, setNumThreads } from "../../../dist/index.js";

setNumThreads(4);
await ready();

export * from "../../../dist/index.js";
