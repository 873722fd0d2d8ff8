// The trained network on disk: the whole file or none.
import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import * as torch from "torchlet";
import { Failure, reasonOf } from "./failure.mjs";

/** Refuses, before any work is done, a path that cannot be written. */
export function checkWritable(file) {
  if (existsSync(file) && statSync(file).isDirectory()) {
    throw Failure.inFile(file, "the name of a file to save the model in", "a folder");
  }
  const folder = dirname(resolve(file));
  try {
    rmSync(mkdtempSync(join(folder, ".torchlet-")), { recursive: true });
  } catch (error) {
    throw Failure.inFile(folder, "a folder that can be written", reasonOf(error));
  }
}

export function save(file, model) {
  const unfinished = join(dirname(file), `.${basename(file)}.${process.pid}`);
  try {
    writeFileSync(unfinished, torch.io.saveSafetensors(model.stateDict()));
    renameSync(unfinished, file);
  } catch (error) {
    rmSync(unfinished, { force: true });
    throw Failure.inFile(file, "a file that can be written", reasonOf(error));
  }
}

export async function load(file, model) {
  model.loadStateDict(await torch.io.loadSafetensors(new Uint8Array(readFileSync(file))));
  return model;
}
