// Threads of a module worker.
import * as torch from "../../dist/index.js";
import { sumOnThreads } from "../runtimes/sum.mjs";

postMessage(await sumOnThreads(torch));
