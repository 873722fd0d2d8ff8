// Products on the GPU in Node, by a software adapter: the same results, and what happens when the GPU fails.
import { afterEach, describe, expect } from "vitest";
import * as torch from "../../ts/index.ts";
import { testWhere } from "../runtimes/available.ts";
import { adapterMissing } from "./software.ts";
import { sweep } from "./sweep.mjs";

const FORCED = { allowSoftware: true, minFlops: 0 };
const state = () => torch.backends().webgpu;
const onGpu = (name: string, run: () => Promise<void> | void) => testWhere(adapterMissing, name, run);
afterEach(() => torch.webgpu.disable());

/** A product whose every element is 7, however it is computed. */
const seven = () => torch.full([24, 7], 1).mm(torch.full([7, 20], 1));
const expectSeven = (x: torch.Tensor) =>
  expect(new Set(x.flatten().tolist() as number[])).toEqual(new Set([7]));

describe("WebGPU in Node", () => {
  testWhere(
    adapterMissing,
    "products of many shapes are within the bound of the WASM ones",
    async () => {
      const found = await torch.webgpu.enable(FORCED);
      expect(found).toMatchObject({ enabled: true, reason: null, keepsNonFinite: true });
      const { worst, shape, gpu, count } = sweep(torch, 500);
      expect(worst, shape).toBeLessThanOrEqual(1);
      expect(gpu).toBe(count);
      expect(state().failures).toEqual([]);
    },
    300_000, // each layout is a kernel, which the software adapter takes half a second to make
  );

  onGpu("what was found is told, and a software adapter is refused unless allowed", async () => {
    const refused = await torch.webgpu.enable();
    expect(refused).toMatchObject({ enabled: false, adapter: null });
    expect(refused.reason).toMatch(/SwiftShader.* is a software adapter/);
    expectSeven(seven());
    const found = await torch.webgpu.enable({ allowSoftware: true });
    expect(found.adapter).toMatchObject({ software: true, vendor: "google" });
    expect(found.adapter!.limits["maxBufferSize"]).toBeGreaterThan(2 ** 27);
    for (const rate of Object.values(found.rates!)) expect(rate).toBeGreaterThan(0);
    // By the rates of a program nothing pays.
    expectSeven(seven());
    expect(state().ops).toEqual({ mm: { gpu: 0, wasm: 1, reasons: { "too small to pay": 1 } } });
    const none = await torch.webgpu.enable({ ...FORCED, adapter: "Acme" });
    expect(none.reason).toMatch(/no (suitable|adapter)/);
    await expect(torch.webgpu.enable({ flops: 1 } as never)).rejects.toThrow(torch.ValueError);
  });

  onGpu("noOffload, minFlops and disable keep products here", async () => {
    await torch.webgpu.enable({ allowSoftware: true, minFlops: 2 * 24 * 7 * 20 });
    expectSeven(seven());
    torch.noOffload(() => expectSeven(seven()));
    torch.ones([23, 7]).mm(torch.ones([7, 20]));
    expect(state().ops).toEqual({
      mm: { gpu: 1, wasm: 2, reasons: { noOffload: 1, "too small to pay": 1 } },
    });
    torch.webgpu.disable();
    expectSeven(seven());
    expect(state()).toMatchObject({ enabled: false, reason: "not enabled" });
  });

  onGpu("an operand that was written is uploaded again", async () => {
    await torch.webgpu.enable(FORCED);
    const a = torch.ones([16, 16]),
      b = torch.ones([16, 16]);
    const sum = () => a.mm(b).sum().item();
    expect(sum()).toBe(16 ** 3);
    a.add_(1);
    expect(sum()).toBe(2 * 16 ** 3);
    b.at(0).fill_(3);
    expect(sum()).toBe(2 * 16 * (16 * 16 + 2 * 16));
    (a.typedArray() as Float32Array).fill(0);
    expect(sum()).toBe(0);
    (a.typedArray() as Float32Array).fill(1);
    expect(sum()).toBe(16 * (16 * 16 + 2 * 16));
    expect(state().ops["mm"]).toMatchObject({ gpu: 5, wasm: 0 });
  });

  onGpu("gradients are those of the WASM products", async () => {
    await torch.webgpu.enable(FORCED);
    torch.manualSeed(0);
    const layer = new torch.nn.Linear(33, 20);
    const x = torch.randn(5, 9, 33, { requiresGrad: true });
    const gradients = () => {
      const inputs = [x, layer.weight, layer.bias!];
      return torch.autograd.grad(layer(x).square().sum(), inputs) as torch.Tensor[];
    };
    const there = gradients();
    const here = torch.noOffload(gradients);
    there.forEach((g, i) => expect(torch.allclose(g, here[i]!, 1e-5, 1e-5)).toBe(true));
    expect(state().ops["linear"]!.gpu).toBe(1);
  });

  onGpu("the kernels that are compared at their first use all compute the same", async () => {
    await torch.webgpu.enable({ ...FORCED, autotune: true });
    expect(sweep(torch, 20, 3)).toMatchObject({ gpu: 20 });
    expect(state().failures).toEqual([]);
  });
});
