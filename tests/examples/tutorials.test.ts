// Every program of examples/node prints what its Python original printed.
import { execFile } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { unpackFixtures } from "../golden/unpack.mjs";
import { expectPrinted } from "./printed.ts";

interface Tutorial {
  id: string;
  stdout: string;
  losses: [step: number, loss: number][];
  trace: [step: number, loss: number][];
  tol: { loss_rtol: number[]; param_rel_to_max: number };
}

const { cases } = JSON.parse(readFileSync(`${unpackFixtures()}/tutorials.json`, "utf8")) as {
  cases: Tutorial[];
};
const folder = fileURLToPath(new URL("../../examples/node/", import.meta.url));

/** Which recorded program each file ports, where the names differ. */
const ORIGINALS: Record<string, string> = {
  "two-layers-manual": "two_manual",
  "two-layers-autograd": "two_autograd",
  "two-layers-function": "two_autograd", // prints the same: only its ReLU is written by hand
  "two-layers-nn": "two_nn",
  "two-layers-optim": "two_optim",
  "two-layers-module": "two_module",
};
const originalOf = (name: string) => ORIGINALS[name] ?? name.replaceAll("-", "_");

const programs = readdirSync(folder)
  .filter((file) => file.endsWith(".mjs"))
  .map((file) => file.replace(/\.mjs$/, ""));

/**
 * Rounding drifts along a run: what a line at step `t` is held to is the largest bound recorded up to there, and behind
 * the last recorded step the bound of the final parameters.
 */
function boundAt({ losses, trace, tol }: Tutorial, step: number): number {
  const [points, bounds] =
    losses.length > 0 ? [losses, tol.loss_rtol] : [trace, tol.loss_rtol.slice(losses.length)];
  const drift = step > (points.at(-1)?.[0] ?? 0) ? tol.param_rel_to_max : 0;
  return Math.max(1e-5, drift, ...bounds.filter((_, k) => k < points.length && points[k]![0] <= step));
}

function toleranceOf(tutorial: Tutorial) {
  return (line: string) => {
    if (!line.startsWith("Result:")) return { relative: boundAt(tutorial, Number.parseInt(line, 10) || 0) };
    const largest = Math.max(...line.match(/-?\d+\.\d+/g)!.map((text) => Math.abs(Number(text))));
    return { relative: 0, absolute: Math.max(1e-5, tutorial.tol.param_rel_to_max) * largest };
  };
}

async function expectAsRecorded(name: string, args: string[] = []): Promise<void> {
  const tutorial = cases.find(({ id }) => id === originalOf(name))!;
  const { stdout } = await promisify(execFile)(process.execPath, [`${folder}${name}.mjs`, ...args]);
  expectPrinted(stdout, tutorial.stdout, toleranceOf(tutorial));
}

it("there is a program for every recorded tutorial", () => {
  const ported = new Set(programs.map(originalOf));
  expect([...ported].sort()).toEqual(cases.map(({ id }) => id).sort());
});

it.each(programs)("%s", (name) => expectAsRecorded(name));

it("poly-dynamic as a plain loop, without scopes", () => expectAsRecorded("poly-dynamic", ["--plain"]));
