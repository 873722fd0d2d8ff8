// The digits that come with the examples: examples/data/README.md says where they are from.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import * as torch from "torchlet";
import { Failure, reasonOf } from "./failure.mjs";

const FILE = fileURLToPath(new URL("../data/digits.csv.gz", import.meta.url));
const SIDE = 8;
const PIXELS = SIDE * SIDE;
const WHITE = 16;

function readRows(file) {
  let text;
  try {
    text = gunzipSync(readFileSync(file)).toString();
  } catch (error) {
    throw Failure.inFile(file, "gzipped lines of numbers", reasonOf(error));
  }
  return text
    .trim()
    .split("\n")
    .map((line, row) => {
      const numbers = line.split(",").map(Number);
      const label = numbers.at(-1);
      const whole = (value, most) => Number.isInteger(value) && value >= 0 && value <= most;
      const right =
        numbers.length === PIXELS + 1 &&
        whole(label, 9) &&
        numbers.slice(0, PIXELS).every((v) => whole(v, WHITE));
      if (!right) {
        const rule = `${PIXELS} numbers from 0 to ${WHITE} and a label from 0 to 9 in line ${row + 1}`;
        throw Failure.inFile(file, rule, `"${line.slice(0, 40)}..."`);
      }
      return numbers;
    });
}

const toSet = (rows) => ({
  images: torch
    .tensor(Float32Array.from(rows.flatMap((row) => row.slice(0, PIXELS))))
    .div(WHITE)
    .view(-1, 1, SIDE, SIDE),
  labels: torch.tensor(BigInt64Array.from(rows, (row) => BigInt(row.at(-1)))),
});

/** Every fifth digit is for the test, whatever the seed. Images are [N, 1, 8, 8], from 0 to 1. */
export function loadEmbedded(file = FILE) {
  const rows = readRows(file);
  const isTest = (_, i) => i % 5 === 4;
  return {
    name: "1797 handwritten digits of 8 x 8 pixels",
    train: toSet(rows.filter((row, i) => !isTest(row, i))),
    test: toSet(rows.filter(isTest)),
  };
}
