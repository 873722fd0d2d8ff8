// The pages of examples/web work in a real browser, as `npm run demo` serves them.
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect } from "vitest";
import { serve } from "../../scripts/serve.mjs";
import { testWhere } from "../runtimes/available.ts";
import { chromiumMissing, launchChromium } from "./chromium.ts";

let browser: Browser | undefined;
beforeAll(async () => {
  if (chromiumMissing === null) browser = await launchChromium();
});
afterAll(() => browser?.close());

/** How many pixels of a canvas have just this colour. */
const pixelsOf = (page: Page, canvas: string, colour: [number, number, number]) =>
  page.evaluate(
    ([id, [red, green, blue]]) => {
      const element = document.getElementById(id) as HTMLCanvasElement;
      const { data } = element.getContext("2d")!.getImageData(0, 0, element.width, element.height);
      let count = 0;
      for (let i = 0; i < data.length; i += 4) {
        if (data[i] === red && data[i + 1] === green && data[i + 2] === blue) count++;
      }
      return count;
    },
    [canvas, colour] as const,
  );

async function fitsTheSine(isolated: boolean): Promise<void> {
  const server = await serve({ isolated });
  const page = await browser!.newPage();
  try {
    const errors: string[] = [];
    page.on("pageerror", (error) => errors.push(error.message));
    await page.goto(`${server.origin}/examples/web/sine.html`);
    await page.waitForFunction(() => Number(document.getElementById("step")!.textContent) >= 1000);
    expect(errors).toEqual([]);
    expect(await page.evaluate(() => crossOriginIsolated)).toBe(isolated);
    // The noise alone costs 0.0064.
    expect(Number(await page.textContent("#loss"))).toBeLessThan(0.03);
    expect(await pixelsOf(page, "plot", [0xd9, 0x48, 0x0f])).toBeGreaterThan(1000);
    expect(await pixelsOf(page, "losses", [0x2b, 0x8a, 0x3e])).toBeGreaterThan(500);
  } finally {
    await page.close();
    await server.close();
  }
}

describe("examples/web/sine.html", () => {
  for (const isolated of [true, false]) {
    const headers = isolated ? "with isolation headers" : "without isolation headers";
    testWhere(chromiumMissing, headers, () => fitsTheSine(isolated));
  }
});
