// Whatever breaks on the GPU's side, the product is computed here instead, and the program goes on.
import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { afterEach, describe, expect } from "vitest";
import * as torch from "../../ts/index.ts";
import { testWhere } from "../runtimes/available.ts";
import { adapterMissing } from "./software.ts";

const here = (file: string) => fileURLToPath(new URL(file, import.meta.url));
const flag = join(mkdtempSync(join(tmpdir(), "faulty-")), "break");
const state = () => torch.backends().webgpu;
const onGpu = (name: string, run: () => Promise<void>) => testWhere(adapterMissing, name, run);

/** Enables WebGPU so that it breaks as named when `breakIt` is called. */
function enableFaulty(fault: string, more: torch.WebGpuOptions = {}) {
  const module = pathToFileURL(here("faulty.mjs"));
  module.search = new URLSearchParams({ fault, flag }).toString();
  return torch.webgpu.enable({ allowSoftware: true, minFlops: 0, module: module.href, ...more });
}
const breakIt = () => writeFileSync(flag, "");
async function until(what: () => boolean): Promise<void> {
  for (let tries = 0; !what() && tries < 1000; tries++)
    await new Promise((resolve) => setTimeout(resolve, 10));
  expect(what()).toBe(true);
}
afterEach(() => {
  torch.webgpu.disable();
  rmSync(flag, { force: true });
});

const a = torch
    .arange(24 * 8)
    .reshape(24, 8)
    .to(torch.float32),
  b = a.flip(0).reshape(8, 24);
const expected = torch.noOffload(() => a.mm(b)).tolist();
/** Computes a product, checks it, and returns how many have run on the GPU so far. */
function product(): number {
  expect(a.mm(b).tolist()).toEqual(expected);
  return state().ops["mm"]?.gpu ?? 0;
}

describe("WebGPU that fails", () => {
  const passing: Record<string, [RegExp, torch.WebGpuOptions?]> = {
    memory: [/the GPU is out of memory: asked for too much/],
    validation: [/the GPU refused the job: .*usage/is],
    hang: [/no answer within 300 ms/, { timeout: 300 }],
  };
  for (const [fault, [reason, more]] of Object.entries(passing))
    onGpu(`${fault}: one product runs here, the next on the GPU again`, async () => {
      expect((await enableFaulty(fault, more)).reason).toBe(null);
      expect(product()).toBe(1);
      breakIt();
      expect(product()).toBe(1);
      expect(existsSync(flag)).toBe(false);
      expect(state().failures).toEqual([expect.stringMatching(reason)]);
      expect(product()).toBe(2);
      expect(state().ops["mm"]).toMatchObject({ gpu: 2, wasm: 1 });
    });

  for (const [fault, reason] of Object.entries({
    lost: /the device was lost/,
    worker: /the GPU worker died/,
  }))
    onGpu(`${fault}: products run here until there is a device again`, async () => {
      await enableFaulty(fault);
      expect(product()).toBe(1);
      breakIt();
      expect(product()).toBe(1);
      product(); // here or on the GPU again, as fast as that comes back
      expect(state().failures[0]).toMatch(reason);
      await until(() => state().reason === null);
      expect(product()).toBeGreaterThan(1);
    });

  onGpu("a result that was still under way is computed here when it is asked for", async () => {
    await enableFaulty("memory");
    torch.scope(() => {
      const first = a.mm(b);
      breakIt();
      const second = first.mm(a); // in a scope nobody waits for it yet
      first.add_(1); // waits: the failed product needs the operand as it was
      expect(second.tolist()).toEqual(torch.noOffload(() => a.mm(b).mm(a)).tolist());
      expect(state().ops["mm"]).toMatchObject({ gpu: 1, reasons: { noOffload: 2 } });
      expect(state().ops["mm"]!.wasm).toBe(3);
      expect(product()).toBe(2);
    });
  });

  onGpu("a chain that was under way is computed here, link by link", async () => {
    const c = a.remainder(3),
      d = b.remainder(3); // small enough that every sum is exact
    const expected = torch.noOffload(() => c.mm(d).mm(c).mm(d)).tolist();
    await enableFaulty("hanging", { timeout: 300 });
    torch.scope(() => {
      const first = c.mm(d);
      breakIt();
      const second = first.mm(c),
        third = second.mm(d);
      second.tolist();
      expect(third.tolist()).toEqual(expected);
    });
  });

  onGpu("of calls that overlap the last one counts", async () => {
    const first = enableFaulty("hang"),
      second = enableFaulty("hang");
    await first;
    expect((await second).enabled).toBe(true);
    expect(product()).toBe(1);
    const third = enableFaulty("hang");
    torch.webgpu.disable();
    expect((await third).enabled).toBe(false);
    expect(state().reason).toBe("not enabled");
    expect(product()).toBe(0);
  });

  onGpu("a device that is lost again and again is given up", async () => {
    await enableFaulty("losing");
    breakIt();
    for (let i = 0; i < 20; i++) {
      product();
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    expect(state().enabled).toBe(false);
    expect(product()).toBe(0);
  });

  onGpu("no adapter: the answer says so, and everything runs here", async () => {
    expect(await enableFaulty("none")).toMatchObject({ enabled: false, reason: "no adapter" });
    expect(product()).toBe(0);
  });

  onGpu("a module that cannot be loaded is told", async () => {
    const { enabled, reason } = await torch.webgpu.enable({ module: "file:///nowhere/webgpu.mjs" });
    expect(enabled).toBe(false);
    expect(reason).toMatch(/nowhere/);
    expect(product()).toBe(0);
  });

  onGpu("products beyond the limits run here", async () => {
    await torch.webgpu.enable({ allowSoftware: true, minFlops: 0 });
    const many = torch.ones([70_000, 2, 2]);
    expect(many.bmm(many).sum().item()).toBe(70_000 * 8);
    expect(state().ops["bmm"]!.reasons).toEqual({ "too large for the device": 1 });
    expect(state().failures).toEqual([]);
  });

  for (const way of ["exit", "end"])
    onGpu(`the process ends with jobs in flight (${way})`, async () => {
      const { stdout } = await promisify(execFile)(process.execPath, [here("exit.mjs"), way]);
      expect(stdout).toBe("posted\n");
    });
});
