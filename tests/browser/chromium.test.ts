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
      const server = await serve({ isolated });
      const context = await browser!.newContext();
      try {
        const page = await context.newPage();
        await page.goto(`${server.origin}/tests/browser/page.html`);
        // As text: the test tool would rewrite the import.
        const { total, threads } = await page.evaluate<{
          total: number;
          threads: { count: number; started: number; reason: string | null };
        }>(`(async () => {
          const torch = await import("/dist/index.js");
          torch.setNumThreads(2);
          await torch.ready();
          const x = torch.ones([1_000_000]);
          return { total: x.add(x).sum().item(), threads: torch.backends().threads };
        })()`);
        expect(total).toBe(2_000_000);
        expect(threads.count).toBe(isolated ? 2 : 1);
        expect(threads.started).toBe(isolated ? 1 : 0);
        if (isolated) expect(threads.reason).toBe(null);
        else expect(threads.reason).toMatch(/cross-origin isolated/);
      } finally {
        await context.close();
        await server.close();
      }
    });
});
