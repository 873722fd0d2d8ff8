// Products on the GPU in Deno and in browsers, from a worker, from the main thread, and where the caller cannot wait.
import { execFile } from "node:child_process";
import { existsSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { Browser, BrowserContext } from "playwright-core";
import { afterAll, beforeAll, describe, expect } from "vitest";
import { serve } from "../../scripts/serve.mjs";
import { chromiumMissing, launchChromium } from "../browser/chromium.ts";
import { testWhere } from "../runtimes/available.ts";
import { type Answer, expectAnswer } from "./answers.ts";
import { answerOf, firefoxMissing } from "./firefox.ts";
import { adapterMissing } from "./software.ts";

const COUNT = 500;
const TIMEOUT_MS = 180_000;
const here = (file: string) => fileURLToPath(new URL(file, import.meta.url));
const deno = here("../../node_modules/deno/bin.cjs");
const denoMissing = existsSync(deno) ? adapterMissing : "the npm package deno is not installed";

/** Where a page's program runs: `[name, with isolation headers, query]`. */
const PAGES: [string, boolean, string][] = [
  ["a worker", true, "&worker"],
  ["the main thread", true, ""],
  ["a page without isolation", false, ""],
];

let browser: Browser | undefined;
beforeAll(async () => {
  if (chromiumMissing === null) browser = await launchChromium(["--enable-unsafe-webgpu"]);
});
afterAll(() => browser?.close());

async function inChromium(address: string): Promise<unknown> {
  const context = await browser!.newContext();
  try {
    const page = await context.newPage();
    await page.goto(address);
    return await page.evaluate(() => (window as unknown as { outcome: Promise<unknown> }).outcome);
  } finally {
    await context.close();
  }
}

/** A page that multiplies when told to, and what it answers: the product, how many have run on the GPU, and what failed. */
async function multiplyingPage(
  context: BrowserContext,
  origin: string,
): Promise<() => Promise<[number, number, string[]]>> {
  const page = await context.newPage();
  await page.goto(`${origin}/tests/browser/page.html`);
  // As text: the test tool would rewrite the import.
  await page.evaluate(`(async () => {
    const torch = await import("/dist/index.js");
    await torch.webgpu.enable({ allowSoftware: true, minFlops: 0 });
    const a = torch.ones(16, 16);
    window.multiply = () => {
      const sum = a.mm(a).sum().item(), { ops, failures } = torch.backends().webgpu;
      return [sum, ops.mm.gpu, failures];
    };
  })()`);
  return () => page.evaluate("window.multiply()");
}

describe("WebGPU in Chromium", () => {
  testWhere(chromiumMissing, "products are right after the GPU's process has crashed", async () => {
    const server = await serve({ isolated: true });
    const context = await browser!.newContext();
    try {
      const multiply = await multiplyingPage(context, server.origin);
      expect(await multiply()).toEqual([4096, 1, []]);
      const system = await browser!.newBrowserCDPSession();
      const gpuProcess = async () =>
        (await system.send("SystemInfo.getProcessInfo")).processInfo.find(({ type }) => type === "GPU")?.id;
      const first = await gpuProcess();
      process.kill(first!, "SIGKILL");
      expect((await multiply())[0]).toBe(4096);
      await expect.poll(gpuProcess).not.toBe(first);
      const [, before] = await multiply();
      for (let tries = 0, ran = before; ran === before; tries++) {
        expect(tries).toBeLessThan(50);
        const [sum, gpu] = await multiply();
        expect(sum).toBe(4096);
        ran = gpu;
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    } finally {
      await context.close();
      await server.close();
    }
  });
});

describe("WebGPU", () => {
  const programs: [string, string | null, string[]][] = [
    ["Node", adapterMissing, []],
    [
      "Deno",
      denoMissing,
      [deno, "run", "--allow-env", "--allow-read", "--no-prompt", "--no-config", "--no-lock"],
    ],
  ];
  for (const [name, missing, args] of programs)
    for (const where of ["main", "worker"])
      testWhere(
        missing,
        `${name}, a ${where} thread`,
        async () => {
          const env = {
            ...process.env,
            DENO_DIR: mkdtempSync(join(tmpdir(), "deno-")),
            DENO_NO_UPDATE_CHECK: "1",
            NO_COLOR: "1",
          };
          const call = [...args, here("file.mjs"), `${COUNT}`, where];
          const { stdout } = await promisify(execFile)(process.execPath, call, { env });
          expectAnswer(JSON.parse(stdout) as Answer, COUNT);
        },
        TIMEOUT_MS,
      );

  const browsers: [string, string | null, (address: string) => Promise<unknown>][] = [
    ["Chromium", chromiumMissing, inChromium],
    ["Firefox", firefoxMissing, answerOf],
  ];
  for (const [name, missing, open] of browsers)
    for (const [place, isolated, query] of PAGES)
      testWhere(
        missing,
        `${name}, ${place}`,
        async () => {
          const server = await serve({ isolated });
          try {
            const answer = await open(`${server.origin}/tests/webgpu/page.html?count=${COUNT}${query}`);
            expectAnswer(answer as Answer, COUNT, isolated);
          } finally {
            await server.close();
          }
        },
        TIMEOUT_MS,
      );
});
