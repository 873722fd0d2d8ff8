// A headless Firefox that opens one page and waits for what the page posts: the system's own, or the one FIREFOX names.
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { receiveReports } from "./reports.ts";

const PLACES = ["/usr/bin/firefox-esr", "/usr/bin/firefox"];
const executable = process.env["FIREFOX"] ?? PLACES.find((path) => existsSync(path));

/** Why there is no Firefox here, or null. */
export const firefoxMissing =
  executable !== undefined && existsSync(executable)
    ? null
    : `no Firefox at ${executable ?? PLACES.join(", ")} (FIREFOX=path names another)`;

const PREFERENCES = {
  "dom.webgpu.enabled": true,
  "gfx.webgpu.ignore-blocklist": true,
  "browser.shell.checkDefaultBrowser": false,
  "browser.aboutwelcome.enabled": false,
  "datareporting.policy.dataSubmissionEnabled": false,
  "toolkit.telemetry.reportingpolicy.firstRun": false,
  "app.update.auto": false,
};

/** Opens `address` with `&report=...` and resolves to what the page posts there. */
export async function answerOf(address: string): Promise<unknown> {
  const profile = mkdtempSync(join(tmpdir(), "firefox-"));
  const lines = Object.entries(PREFERENCES).map(([name, value]) => `user_pref("${name}", ${value});`);
  writeFileSync(join(profile, "user.js"), lines.join("\n"));
  const reports = await receiveReports();
  const args = ["--headless", "--no-remote", "--profile", profile, `${address}&report=${reports.address}`];
  const env = { ...process.env, MOZ_DISABLE_CONTENT_SANDBOX: "1", HOME: profile };
  const browser = spawn(executable!, args, { env, stdio: "ignore" });
  const gone = new Promise<never>((_, reject) => {
    browser.on("exit", (code) => reject(new Error(`Firefox ended with ${code}`)));
  });
  try {
    return await Promise.race([reports.next(), gone]);
  } finally {
    gone.catch(() => {});
    browser.kill();
    reports.close();
    await gone.catch(() => {});
    rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
  }
}
