// examples/web/digits.html as people use it: train, stop, resume, draw; on a desktop with a mouse and on a phone.
import type { BrowserContextOptions, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect } from "vitest";
import { serve } from "../../scripts/serve.mjs";
import { testWhere } from "../runtimes/available.ts";
import { chromiumMissing, launchChromium } from "./chromium.ts";
import { written } from "./strokes.ts";

type Point = [number, number];
type Browser = Awaited<ReturnType<typeof launchChromium>>;

let browser: Browser | undefined;
beforeAll(async () => {
  if (chromiumMissing === null) browser = await launchChromium();
});
afterAll(() => browser?.close());

const DESKTOP: BrowserContextOptions = { viewport: { width: 1280, height: 900 } };
const PHONE: BrowserContextOptions = {
  viewport: { width: 390, height: 844 },
  hasTouch: true,
  isMobile: true,
  colorScheme: "dark",
};

/** Software rendering on a busy machine takes its time. */
const TIMEOUT = 180_000;

const text = async (page: Page, id: string) => (await page.textContent(`#${id}`)) ?? "";
const inState = (page: Page, state: string) =>
  page.waitForFunction((wanted) => document.body.dataset["state"] === wanted, state);

/** Draws with the mouse or with a finger. */
async function pen(page: Page, touch: boolean): Promise<(strokes: Point[][]) => Promise<void>> {
  await page.locator("#pad").scrollIntoViewIfNeeded();
  const box = (await page.locator("#pad").boundingBox())!;
  const place = ([x, y]: Point) => ({ x: box.x + (x / 100) * box.width, y: box.y + (y / 100) * box.height });
  if (!touch)
    return async (strokes) => {
      for (const [first, ...rest] of strokes) {
        const { x, y } = place(first!);
        await page.mouse.move(x, y);
        await page.mouse.down();
        await Promise.all(rest.map((point) => page.mouse.move(place(point).x, place(point).y)));
        await page.mouse.up();
      }
    };
  const session = await page.context().newCDPSession(page);
  return async (strokes) => {
    for (const [first, ...rest] of strokes) {
      await session.send("Input.dispatchTouchEvent", { type: "touchStart", touchPoints: [place(first!)] });
      await Promise.all(
        rest.map((point) =>
          session.send("Input.dispatchTouchEvent", { type: "touchMove", touchPoints: [place(point)] }),
        ),
      );
      await session.send("Input.dispatchTouchEvent", { type: "touchEnd", touchPoints: [] });
    }
  };
}

/** The answer to what is drawn now. */
async function answer(page: Page): Promise<string> {
  await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve))));
  await page.waitForSelector("#answer[aria-busy=false]");
  return text(page, "digit");
}

/** Pixels of a chart that have just the colour of a variable of the page. */
const pixels = (page: Page, chart: string, colour: string) =>
  page.evaluate(
    ([id, name]) => {
      const hex = getComputedStyle(document.documentElement).getPropertyValue(name).trim();
      const wanted = [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16));
      const canvas = document.querySelector<HTMLCanvasElement>(`#${id} canvas`)!;
      const { data } = canvas.getContext("2d")!.getImageData(0, 0, canvas.width, canvas.height);
      let count = 0;
      for (let i = 0; i < data.length; i += 4) if (wanted.every((value, k) => data[i + k] === value)) count++;
      return count;
    },
    [chart, colour] as const,
  );

async function useThePage(isolated: boolean, device: BrowserContextOptions): Promise<void> {
  const server = await serve({ isolated });
  const context = await browser!.newContext(device);
  try {
    const page = await context.newPage();
    const faults: string[] = [];
    page.on("pageerror", (error) => faults.push(error.message));
    page.on("requestfailed", (request) => faults.push(`failed: ${request.url()}`));
    page.on("request", (request) => {
      if (!/^(data|blob):/.test(request.url()) && !request.url().startsWith(server.origin))
        faults.push(`a request outside: ${request.url()}`);
    });
    await page.goto(`${server.origin}/`);
    await page.click("text=Digits");
    await inState(page, "fresh");
    const cores = isolated ? await page.evaluate(() => navigator.hardwareConcurrency) : 1;
    expect(await text(page, "cores")).toBe(cores > 1 ? `Running on ${cores} cores` : "Running on one core");
    if (!isolated) expect(await text(page, "cores-why")).toMatch(/isolation headers/);
    expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);

    const progress = () => page.evaluate(() => document.querySelector("progress")!.value);
    await page.click("#toggle");
    await page.waitForFunction(() => document.querySelector("progress")!.value > 0.02);
    await page.click("#toggle");
    await inState(page, "stopped");
    const stoppedAt = await progress();
    expect(stoppedAt).toBeLessThan(1);
    const draw = await pen(page, device.hasTouch === true);
    await draw(written[0]!.strokes);
    expect(await answer(page)).toMatch(/^\d$/);
    expect(await progress()).toBe(stoppedAt);
    await page.click("#toggle");
    await inState(page, "done");
    expect(await progress()).toBe(1);
    expect(await text(page, "epoch")).toBe("30 of 30");
    expect(Number.parseFloat(await text(page, "accuracy"))).toBeGreaterThan(97);
    expect(Number(await text(page, "loss"))).toBeLessThan(0.3);
    expect(Number((await text(page, "speed")).replace(",", ""))).toBeGreaterThan(0);
    expect(await pixels(page, "loss-chart", "--loss")).toBeGreaterThan(200);
    expect(await pixels(page, "accuracy-chart", "--accent")).toBeGreaterThan(200);

    // Ways of writing, in other sizes and places each time; on the phone one way for each digit.
    const drawAgain = await pen(page, device.hasTouch === true);
    const misread: string[] = [];
    const ways = device.hasTouch
      ? written.filter(({ digit }, i) => digit !== written[i - 1]?.digit)
      : written;
    for (const [i, { digit, name, strokes }] of ways.entries()) {
      await page.click("#clear");
      const size = 0.4 + 0.18 * (i % 3);
      const [left, top] = [(98 - 100 * size) * ((i % 5) / 4), (98 - 100 * size) * ((i % 4) / 3)];
      await drawAgain(
        strokes.map((stroke) => stroke.map(([x, y]): Point => [left + x * size, top + y * size])),
      );
      const seen = await answer(page);
      if (seen !== String(digit)) misread.push(`${digit} (${name}) taken for ${seen}`);
    }
    expect(misread.length, misread.join("; ")).toBeLessThanOrEqual(1);
    const shares = await page.locator("#bars .share").allTextContents();
    expect(shares.reduce((sum, share) => sum + Number.parseFloat(share), 0)).toBeCloseTo(100, 0);

    await page.click("#clear");
    await page.waitForSelector("#answer[data-empty=true]");
    expect(await text(page, "digit")).toBe("");
    await page.focus("#sample");
    await page.keyboard.press("Enter");
    expect(await answer(page)).toMatch(/^\d$/);
    expect(await text(page, "hint")).toMatch(/^From the test set: a \d$/);

    await page.click("#restart");
    await inState(page, "fresh");
    expect([await text(page, "loss"), await progress()]).toEqual(["–", 0]);
    expect(faults).toEqual([]);
  } finally {
    await context.close();
    await server.close();
  }
}

describe("examples/web/digits.html", () => {
  testWhere(
    chromiumMissing,
    "on a desktop, with isolation headers",
    () => useThePage(true, DESKTOP),
    TIMEOUT,
  );
  testWhere(
    chromiumMissing,
    "on a phone, without isolation headers",
    () => useThePage(false, PHONE),
    TIMEOUT,
  );
});
