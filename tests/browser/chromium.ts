// A Chromium for tests: the system's own, or the one that CHROMIUM names.
import { existsSync } from "node:fs";
import { type Browser, chromium } from "playwright-core";

const PLACES = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
const executablePath = process.env["CHROMIUM"] ?? PLACES.find((path) => existsSync(path));

/** Why there is no browser here, or null. */
export const chromiumMissing =
  executablePath !== undefined && existsSync(executablePath)
    ? null
    : `no Chromium at ${executablePath ?? PLACES.join(", ")} (CHROMIUM=path names another)`;

const FLAGS = [
  "--no-sandbox",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** The driver keeps pages in the background as busy as others. */
const ALWAYS_BUSY = [
  "--disable-background-timer-throttling",
  "--disable-backgrounding-occluded-windows",
  "--disable-renderer-backgrounding",
];

/** `display`: name of an X display, for a browser with windows, whose pages rest in the background as a user's do. */
export function launchChromium(flags: string[] = [], display?: string): Promise<Browser> {
  return chromium.launch({
    executablePath: executablePath!,
    headless: display === undefined,
    args: [...FLAGS, ...flags],
    ...(display !== undefined && {
      env: { ...process.env, DISPLAY: display },
      ignoreDefaultArgs: ALWAYS_BUSY,
    }),
  });
}
