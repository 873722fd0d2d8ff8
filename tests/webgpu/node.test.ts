// Products on the GPU in Node, by a software adapter: the same results, and what happens when the GPU fails.
import { afterEach, describe, expect } from "vitest";
import * as torch from "../../ts/index.ts";
import { measureWindows } from "../../ts/webgpu/measure.ts";
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
    const { windows, ...rates } = found.rates!;
    for (const rate of Object.values(rates)) expect(rate).toBeGreaterThan(0);
    // Convolutions are measured when one may pay, which by these rates none does.
    expect(windows).toBeNull();
    expect(measureWindows(found.rates!)).toBeGreaterThan(0);
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

  onGpu("a chain goes on while its middle is under way", async () => {
    await torch.webgpu.enable(FORCED);
    const [a, b, c] = [torch.full([40, 30], 1), torch.full([30, 20], 2), torch.full([20, 10], 0.5)];
    const total = torch.scope(() => {
      const whole = a.mm(b).mm(c).reshape([10, 40]);
      for (let i = 0; i < 30; i++) a.mm(b); // results that nobody asks for
      a.mm(b).dispose();
      return torch.stack([whole.sum(), a.mm(b).t().sum()]);
    });
    expect(total.tolist()).toEqual([400 * 600, 800 * 60]);
    const kept = torch.scope(() => a.mm(b));
    expect(kept.sum().item()).toBe(800 * 60);
    expect(state().ops["mm"]).toMatchObject({ gpu: 35, wasm: 0 });
    expect(state().failures).toEqual([]);
  });

  onGpu("more products than the ring holds wait for their turn", async () => {
    await torch.webgpu.enable(FORCED);
    const a = torch.full([16, 16], 1);
    for (let i = 0; i < 100; i++) torch.scope(() => void a.mm(a)); // given up at once
    const many = Array.from({ length: 40 }, (_, i) => a.mul(i).matmulAsync(a));
    const sums = (await Promise.all(many)).map((product) => product.sum().item());
    expect(sums).toEqual(many.map((_, i) => i * 16 ** 3));
    expect(state().failures).toEqual([]);
    expect(state().ops).toMatchObject({ mm: { gpu: 100, wasm: 0 }, matmulAsync: { gpu: 40, wasm: 0 } });
    expect(state().bytes).toBe(4 * 16 * 16); // what scopes released is gone from there too
  });

  const convolutions: [string, number[], number[], object][] = [
    ["conv2d", [2, 4, 9, 10], [8, 2, 3, 2], { stride: [2, 1], dilation: [1, 2], groups: 2, padding: [1, 0] }],
    ["conv1d", [4, 20], [6, 4, 5], { padding: 2 }],
    ["convTranspose2d", [2, 4, 5, 6], [4, 3, 3, 3], { stride: 2, padding: 1, outputPadding: 1 }],
  ];
  for (const [name, image, window, settings] of convolutions)
    testWhere(
      adapterMissing,
      `${name} and its gradients are those of WASM`,
      async () => {
        await torch.webgpu.enable(FORCED);
        torch.manualSeed(0);
        const x = torch.randn(image, { requiresGrad: true }),
          weight = torch.randn(window, { requiresGrad: true }),
          bias = torch.randn(name === "convTranspose2d" ? window[1]! : window[0]!, { requiresGrad: true });
        const convolve = torch.F[name as "conv2d"];
        const run = () => {
          const y = convolve(x, weight, bias, settings);
          return [y, ...torch.autograd.grad(y.square().sum(), [x, weight, bias])] as torch.Tensor[];
        };
        const there = run();
        const here = torch.noOffload(run);
        there.forEach((t, i) => expect(torch.allclose(t, here[i]!, 1e-5, 1e-4)).toBe(true));
        expect(Object.keys(state().ops).sort()).toEqual([
          "convolution",
          "convolutionInputGradient",
          "convolutionWeightGradient",
        ]);
        for (const { gpu } of Object.values(state().ops)) expect(gpu).toBe(1);
      },
      120_000,
    );

  testWhere(
    adapterMissing,
    "LeNet trains to the same losses",
    async () => {
      await torch.webgpu.enable(FORCED);
      const losses = () => {
        torch.manualSeed(0);
        const { nn } = torch;
        const model = new nn.Sequential(
          new nn.Conv2d(1, 6, 5, { padding: 2 }),
          new nn.ReLU(),
          new nn.MaxPool2d(2),
          new nn.Conv2d(6, 16, 5),
          new nn.ReLU(),
          new nn.MaxPool2d(2),
          new nn.Flatten(),
          new nn.Linear(64, 32),
          new nn.ReLU(),
          new nn.Linear(32, 10),
        );
        const x = torch.randn(8, 1, 16, 16),
          y = torch.arange(8);
        const optimizer = new torch.optim.SGD(model.parameters(), { lr: 0.05, momentum: 0.9 });
        return Array.from({ length: 24 }, () => {
          const loss = torch.F.crossEntropy(model.forward(x), y);
          optimizer.zeroGrad();
          loss.backward();
          optimizer.step();
          return loss.item();
        });
      };
      const there = losses();
      expect(state().failures).toEqual([]);
      const here = torch.noOffload(losses);
      expect(there.at(-1)).toBeLessThan(there[0]! / 2);
      there.forEach((loss, i) => expect(Math.abs(loss - here[i]!)).toBeLessThan(1e-4 * here[0]!));
      expect(state().ops["convolution"]!.gpu).toBe(48);
    },
    120_000,
  );

  onGpu("the kernels that hardware compares at their first use all compute the same", async () => {
    const module = new URL("faulty.mjs?fault=hardware", import.meta.url).href;
    await torch.webgpu.enable({ minFlops: 0, module });
    const { worst, shape, gpu } = sweep(torch, 20, 3);
    expect(worst, shape).toBeLessThanOrEqual(1);
    expect(gpu).toBe(20);
    expect(state().failures).toEqual([]);
  });
});
