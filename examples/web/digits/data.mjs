// The digits that come with the examples: 8 x 8 pixels from 0 to 16 and a label on each line, gzipped.
import * as torch from "../../../dist/index.js";
import { SIDE } from "./preprocess.mjs";

const WHITE = 16;

async function readText(url) {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url}: ${response.status} ${response.statusText}`);
  const bytes = new Uint8Array(await response.arrayBuffer());
  // Some servers label the file as compressed, so that the browser has unpacked it already.
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return new TextDecoder().decode(bytes);
  return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"))).text();
}

const toSet = (rows) => ({
  images: torch
    .tensor(Float32Array.from(rows.flatMap((row) => row.slice(0, SIDE * SIDE))))
    .div(WHITE)
    .view(-1, 1, SIDE, SIDE),
  labels: torch.tensor(BigInt64Array.from(rows, (row) => BigInt(row.at(-1)))),
});

/** Every fifth digit is for the test. Images are [N, 1, 8, 8], from 0 to 1. */
export async function loadDigits() {
  const text = await readText(new URL("../../data/digits.csv.gz", import.meta.url));
  const rows = text
    .trim()
    .split("\n")
    .map((line) => line.split(",").map(Number));
  const isTest = (_, i) => i % 5 === 4;
  return { train: toSet(rows.filter((row, i) => !isTest(row, i))), test: toSet(rows.filter(isTest)) };
}
