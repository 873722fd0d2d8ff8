// The built file runs unchanged in a page and in a module worker, with isolation headers and without.
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect } from "vitest";
import { serve } from "../../scripts/serve.mjs";
import { testWhere } from "../runtimes/available.ts";
import { expectSmoke, type SmokeResult } from "../runtimes/expected.ts";
import { chromiumMissing, launchChromium } from "./chromium.ts";

let browser: Browser | undefined;
beforeAll(async () => {
  if (chromiumMissing === null) browser = await launchChromium();
});
afterAll(() => browser?.close());

async function runPage(isolated: boolean, query: string): Promise<SmokeResult> {
  const server = await serve({ isolated });
  const context = await browser!.newContext();
  try {
    const page = await context.newPage();
    const errors: string[] = [];
    page.on("pageerror", (error) => errors.push(error.message));
    await page.goto(`${server.origin}/tests/browser/page.html${query}`);
    const outcome = await page.evaluate(
      () => (window as unknown as { outcome: Promise<{ result: unknown; isolated: boolean }> }).outcome,
    );
    expect(outcome.isolated).toBe(isolated);
    expect(errors).toEqual([]);
    return outcome.result as SmokeResult;
  } finally {
    await context.close();
    await server.close();
  }
}

interface Sum {
  total: number;
  threads: { count: number; started: number; reason: string | null };
}
/** What a promise in a page comes to. As text: the test tool would rewrite the imports. */
async function inPage(options: Parameters<typeof serve>[0], promise: string): Promise<Sum> {
  const server = await serve(options);
  const context = await browser!.newContext();
  try {
    const page = await context.newPage();
    await page.goto(`${server.origin}/examples/web/index.html`);
    return await page.evaluate<Sum>(promise);
  } finally {
    await context.close();
    await server.close();
  }
}
const ON_THREADS = `Promise.all([import("/dist/index.js"), import("/tests/runtimes/sum.mjs")])
  .then(([torch, { sumOnThreads }]) => sumOnThreads(torch))`;

describe("Chromium", () => {
  for (const isolated of [true, false]) {
    const headers = isolated ? "with isolation headers" : "without isolation headers";
    testWhere(chromiumMissing, `page ${headers}`, async () => expectSmoke(await runPage(isolated, "")));
    testWhere(chromiumMissing, `module worker ${headers}`, async () =>
      expectSmoke(await runPage(isolated, "?worker")),
    );
  }

  for (const isolated of [true, false])
    testWhere(chromiumMissing, `threads ${isolated ? "with" : "without"} isolation headers`, async () => {
      const { total, threads } = await inPage({ isolated }, ON_THREADS);
      expect([total, threads.count, threads.started]).toEqual([
        2_000_000,
        isolated ? 2 : 1,
        isolated ? 1 : 0,
      ]);
      if (isolated) expect(threads.reason).toBe(null);
      else expect(threads.reason).toMatch(/cross-origin isolated/);
    });

  testWhere(chromiumMissing, "threads of a module worker", async () => {
    const { total, threads } = await inPage(
      { isolated: true },
      `new Promise((resolve, reject) => {
        const worker = new Worker("/tests/browser/threads.mjs", { type: "module" });
        worker.onmessage = ({ data }) => resolve(data);
        worker.onerror = (event) => reject(new Error(event.message));
      })`,
    );
    expect([total, threads]).toEqual([2_000_000, { count: 2, started: 1, reason: null }]);
  });

  const POLICY = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'";
  testWhere(
    chromiumMissing,
    "a policy without blob: workers: threads start from dist/worker.js",
    async () => {
      const headers = { "Content-Security-Policy": `${POLICY}; worker-src 'self'` };
      const { total, threads } = await inPage({ isolated: true, headers }, ON_THREADS);
      expect([total, threads]).toEqual([2_000_000, { count: 2, started: 1, reason: null }]);
    },
  );
  testWhere(chromiumMissing, "a policy without any workers: one thread, and the reason", async () => {
    const headers = { "Content-Security-Policy": `${POLICY}; worker-src 'none'` };
    const { total, threads } = await inPage({ isolated: true, headers }, ON_THREADS);
    expect([total, threads.count, threads.started]).toEqual([2_000_000, 1, 0]);
    expect(threads.reason).toMatch(
      /^a worker was lost: the policy refuses blob:, and .*worker\.js does not load/,
    );
  });
});
