// The smoke program in a module worker.
import * as torch from "../../dist/index.js";
import { smoke } from "../runtimes/smoke.mjs";

postMessage(smoke(torch));
