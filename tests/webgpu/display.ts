// A display that nobody looks at: browsers with windows need one, and only they have pages in the background.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import type { Readable } from "node:stream";

const XVFB = "/usr/bin/Xvfb";
/** Why there is no display here, or null. */
export const displayMissing = existsSync(XVFB) ? null : `no virtual display at ${XVFB} (Debian: xvfb)`;

/** Starts one; resolves to its name. */
export async function openDisplay(): Promise<{ name: string; close(): void }> {
  const server = spawn(XVFB, ["-displayfd", "3", "-screen", "0", "1024x768x24", "-nolisten", "tcp"], {
    stdio: ["ignore", "ignore", "ignore", "pipe"],
  });
  const number = await new Promise<string>((resolve, reject) => {
    (server.stdio[3] as Readable).once("data", (data) => resolve(String(data).trim()));
    server.once("error", reject);
    server.once("exit", (code) => reject(new Error(`Xvfb ended with ${code}`)));
  });
  return { name: `:${number}`, close: () => void server.kill() };
}
