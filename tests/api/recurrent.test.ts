import { describe, expect, test } from "vitest";
import * as torch from "../../ts/index.ts";

const { nn } = torch;

/** A layer and its inputs in float32 and float64, with the same numbers: float64 runs composed ops, float32 a kernel. */
function twins(kind: "LSTM" | "GRU" | "LSTMCell" | "GRUCell", hidden: number) {
  torch.manualSeed(3);
  const make = (dtype: torch.DType) => new (nn[kind] as any)(3, hidden, { dtype });
  const single = make(torch.float32),
    double = make(torch.float64);
  double.loadStateDict(single.stateDict());
  const x = kind.endsWith("Cell") ? torch.randn(5, 3) : torch.randn(4, 5, 3);
  return [
    [single, x.clone().requiresGrad_()],
    [double, x.to(torch.float64).requiresGrad_()],
  ] as [any, torch.Tensor][];
}

const flat = (out: any): torch.Tensor[] => (torch.isTensor(out) ? [out] : [...out].flatMap(flat));
const close = (a: torch.Tensor, b: torch.Tensor, tolerance: number) =>
  expect(a.to(torch.float64).sub(b).abs().max().item()).toBeLessThan(tolerance);

describe.each(["LSTM", "GRU", "LSTMCell", "GRUCell"] as const)("%s", (kind) => {
  test.each([1, 4, 7])("the kernel for %d hidden units agrees with composed ops, both ways", (hidden) => {
    const [single, double] = twins(kind, hidden).map(([layer, x]) => {
      const outs = flat(layer(x));
      const loss = outs.reduce(
        (sum, out) => sum.add(out.mul(out).sum()),
        torch.zeros([], { dtype: x.dtype }),
      );
      loss.backward();
      return [...outs, x.grad!, ...[...layer.parameters()].map((p: torch.Tensor) => p.grad!)];
    }) as [torch.Tensor[], torch.Tensor[]];
    expect(single.length).toBe(double.length);
    single.forEach((value, i) => close(value, double[i]!, 2e-5));
  });

  test("second derivatives", () => {
    const [single, double] = twins(kind, 4).map(([layer, x]) => {
      const loss = flat(layer(x)).reduce(
        (sum, out) => sum.add(out.pow(3).sum()),
        torch.zeros([], { dtype: x.dtype }),
      );
      const [g] = torch.autograd.grad(loss, [x], { createGraph: true });
      return torch.autograd.grad(g!.pow(2).sum(), [x, ...layer.parameters()], { allowUnused: true });
    }) as [torch.Tensor[], torch.Tensor[]];
    single.forEach((value, i) => {
      expect(!value).toBe(!double[i]);
      if (value) close(value, double[i]!, 1e-4);
    });
    expect(single[0]!.abs().max().item()).toBeGreaterThan(1e-4);
  });

  // Cells have neither layers nor directions.
  test.runIf(!kind.endsWith("Cell"))(
    "both directions, two layers, no biases, given states, batches first",
    () => {
      const make = (dtype: torch.DType) => {
        torch.manualSeed(5);
        return new (nn as any)[kind](3, 6, {
          numLayers: 2,
          bias: false,
          bidirectional: true,
          batchFirst: true,
          dtype,
        });
      };
      const [single, double] = [torch.float32, torch.float64].map((dtype) => {
        const layer = make(torch.float32).to(dtype);
        torch.manualSeed(7);
        const x = torch.randn(5, 4, 3).to(dtype).requiresGrad_(),
          h = torch.randn(4, 5, 6).to(dtype).requiresGrad_(),
          c = torch.randn(4, 5, 6).to(dtype).requiresGrad_();
        const outs = flat(layer(x, kind === "LSTM" ? [h, c] : h));
        const inputs = kind === "LSTM" ? [x, h, c] : [x, h];
        // One use of every result, and another of the last state alone.
        const all = outs.reduce((sum, out) => sum.add(out.mul(out).sum()), torch.zeros([], { dtype }));
        const some = torch.autograd.grad(outs.at(-1)!.sin().sum(), inputs, { retainGraph: true });
        all.backward();
        return [
          ...outs,
          ...some,
          ...inputs.map((t) => t.grad!),
          ...[...layer.parameters()].map((p: torch.Tensor) => p.grad!),
        ];
      }) as [torch.Tensor[], torch.Tensor[]];
      single.forEach((value, i) => close(value, double[i]!, 3e-5));
    },
  );

  test("results may be changed in place after use, and nothing is recorded without gradients", () => {
    const [single] = twins(kind, 5);
    const [layer, x] = single!;
    const outs = flat(layer(x));
    outs[0]!.mul_(2).sum().backward();
    expect(x.grad!.abs().max().item()).toBeGreaterThan(0);
    torch.noGrad(() => expect(flat(layer(x)).every((out) => !out.requiresGrad)).toBe(true));
  });

  test("an empty batch", () => {
    const layer = new (nn[kind] as any)(3, 4);
    const x = kind.endsWith("Cell") ? torch.zeros(0, 3) : torch.zeros(2, 0, 3);
    for (const out of flat(layer(x))) expect(out.numel()).toBe(0);
  });
});
