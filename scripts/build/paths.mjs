// Paths from the repository root, fingerprints of sources, and files that appear whole or not at all.
import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

export const ROOT = join(dirname(fileURLToPath(import.meta.url)), "../..");
export const fromRoot = (...parts) => join(ROOT, ...parts);

/** All files below `folder` (relative to the root) whose name passes, in a stable order. */
export function filesBelow(folder, accept) {
  if (!existsSync(fromRoot(folder))) return [];
  return readdirSync(fromRoot(folder), { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return filesBelow(path, accept);
      return accept(path) ? [path] : [];
    });
}

/** A hash over names and contents of `files`: unlike a date it survives a checkout. */
export function fingerprint(files) {
  const hash = createHash("sha256");
  for (const file of files)
    hash
      .update(relative(ROOT, fromRoot(file)))
      .update("\0")
      .update(readFileSync(fromRoot(file)))
      .update("\0");
  return hash.digest("hex");
}

/** Whether `outputs` exist and were last made from sources with this fingerprint. */
export function isFresh(stamp, print, outputs) {
  const path = fromRoot("build", stamp);
  return (
    outputs.every((file) => existsSync(fromRoot(file)) && statSync(fromRoot(file)).size > 0) &&
    existsSync(path) &&
    readFileSync(path, "utf8") === print
  );
}

/** Writes beside the target and renames, so that a reader (or a second build) never sees half a file. */
export function writeWhole(file, content) {
  const path = fromRoot(file);
  mkdirSync(dirname(path), { recursive: true });
  const temporary = `${path}.${process.pid}`;
  writeFileSync(temporary, content);
  renameSync(temporary, path);
}
