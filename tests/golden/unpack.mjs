// The fixtures are kept compressed (`.br`), the runner reads plain files: this unpacks what is stale into build/.
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliDecompressSync } from "node:zlib";

const PACKED = fileURLToPath(new URL("fixtures", import.meta.url));
const UNPACKED = fileURLToPath(new URL("../../build/golden/fixtures", import.meta.url));

/** Unpacks the fixtures and returns their folder. Several processes may do so at once. */
export function unpackFixtures() {
  for (const name of readdirSync(PACKED, { recursive: true })) {
    if (!name.endsWith(".br")) continue;
    const source = join(PACKED, name);
    const target = join(UNPACKED, name.slice(0, -".br".length));
    if (existsSync(target) && statSync(target).mtimeMs >= statSync(source).mtimeMs) continue;
    mkdirSync(dirname(target), { recursive: true });
    const unfinished = `${target}.${process.pid}`;
    writeFileSync(unfinished, brotliDecompressSync(readFileSync(source)));
    renameSync(unfinished, target);
  }
  return UNPACKED;
}
