// A headless Firefox that opens one page and waits for what the page posts: the system's own, or the one FIREFOX names.
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";

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
  let posted = (_: string) => {};
  const answer = new Promise<string>((resolve) => {
    posted = resolve;
  });
  const server = createServer(async (request, response) => {
    const body = await text(request);
    response.end();
    posted(body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const report = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const args = ["--headless", "--no-remote", "--profile", profile, `${address}&report=${report}`];
  const env = { ...process.env, MOZ_DISABLE_CONTENT_SANDBOX: "1", HOME: profile };
  const browser = spawn(executable!, args, { env, stdio: "ignore" });
  const gone = new Promise<never>((_, reject) => {
    browser.on("exit", (code) => reject(new Error(`Firefox ended with ${code}`)));
  });
  try {
    return JSON.parse(await Promise.race([answer, gone]));
  } finally {
    gone.catch(() => {});
    browser.kill();
    server.close();
    await gone.catch(() => {});
    rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
  }
}
