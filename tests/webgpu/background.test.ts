// A page that another tab covers goes on multiplying on the GPU.
import { afterAll, beforeAll, expect } from "vitest";
import { serve } from "../../scripts/serve.mjs";
import { chromiumMissing, launchChromium } from "../browser/chromium.ts";
import { testWhere } from "../runtimes/available.ts";
import { displayMissing, openDisplay } from "./display.ts";
import { receiveReports } from "./reports.ts";

const missing = chromiumMissing ?? displayMissing;

let display: Awaited<ReturnType<typeof openDisplay>> | undefined;
beforeAll(async () => {
  if (missing === null) display = await openDisplay();
});
afterAll(() => display?.close());

for (const isolated of [true, false])
  testWhere(
    missing,
    `a page in the background, ${isolated ? "isolated" : "not isolated"}`,
    async () => {
      const browser = await launchChromium(["--enable-unsafe-webgpu"], display!.name);
      const server = await serve({ isolated });
      const reports = await receiveReports();
      try {
        // Not as a page of the driver's: those are always told that they are visible.
        const system = await browser.newBrowserCDPSession();
        const url = `${server.origin}/tests/webgpu/background.html?report=${reports.address}`;
        await system.send("Target.createTarget", { url });
        const reason = isolated ? null : expect.stringMatching(/isolated: only matmulAsync/);
        expect(await reports.next()).toEqual({ visibility: "visible", reason, product: 16 ** 3 });
        await system.send("Target.createTarget", { url: "about:blank" });
        expect(await reports.next()).toEqual({
          visibility: "hidden",
          sums: [16 ** 3],
          chain: 16 ** 5,
          ops: {
            matmulAsync: { gpu: 10, wasm: 0, reasons: {} },
            ...(isolated && { mm: { gpu: 104, wasm: 0, reasons: {} } }),
          },
          failures: [],
        });
      } finally {
        await browser.close();
        await server.close();
        reports.close();
      }
    },
    120_000,
  );
