export * as data from "./index.ts";
