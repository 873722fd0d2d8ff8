// The program in a module worker.
import * as torch from "../../dist/index.js";
import { program } from "./program.mjs";

postMessage(await program(torch, Number(new URL(import.meta.url).searchParams.get("count"))));
