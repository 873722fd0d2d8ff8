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
    single.forEach((value, i) => value && close(value, double[i]!, 1e-4));
    expect(single[0]!.abs().max().item()).toBeGreaterThan(1e-4);
  });

  test("an empty batch", () => {
    const layer = new (nn[kind] as any)(3, 4);
    const x = kind.endsWith("Cell") ? torch.zeros(0, 3) : torch.zeros(2, 0, 3);
    for (const out of flat(layer(x))) expect(out.numel()).toBe(0);
  });
});
