// A headless Chromium for tests: the system's own, or the one that CHROMIUM names.
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

export function launchChromium(flags: string[] = []): Promise<Browser> {
  return chromium.launch({ executablePath: executablePath!, headless: true, args: [...FLAGS, ...flags] });
}
