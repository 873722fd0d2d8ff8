import { describe, expect, test } from "vitest";
import * as torch from "../../ts/index.ts";

const { nn } = torch;

const close = (a: torch.Tensor, b: torch.Tensor, tolerance: number) => {
  expect(a.shape).toEqual(b.shape);
  expect(a.to(torch.float64).sub(b).abs().max().item()).toBeLessThan(tolerance);
};

interface Case {
  options?: NonNullable<ConstructorParameters<typeof nn.MultiheadAttention>[2]> & object;
  /** Lengths of queries and of keys; without the latter the query is key and value. */
  lengths: [number, number?];
  inputs?: (dtype: torch.DType) => object;
}
interface Twin {
  run: () => [torch.Tensor, torch.Tensor];
  leaves: torch.Tensor[];
}
const wave = (shape: number[], dtype: torch.DType) =>
  torch
    .arange(
      shape.reduce((a, b) => a * b, 1),
      { dtype: torch.float64 },
    )
    .mul(0.37)
    .sin()
    .reshape(shape)
    .to(dtype);
const CASES: Record<string, Case> = {
  "of a sequence to itself": { lengths: [5] },
  "batches first, each head's weights": {
    options: { batchFirst: true },
    lengths: [6],
    inputs: () => ({ averageAttnWeights: false }),
  },
  "to another sequence, of other widths": { options: { kdim: 3, vdim: 7 }, lengths: [4, 9] },
  "a mask for all that is added": { lengths: [5], inputs: (dtype) => ({ attnMask: wave([5, 5], dtype) }) },
  "a mask for each head": { lengths: [5, 3], inputs: (dtype) => ({ attnMask: wave([4, 5, 3], dtype) }) },
  "a mask and padding": {
    options: { batchFirst: true },
    lengths: [5, 7],
    inputs: () => ({
      attnMask: torch.ones(5, 7).triu(3).bool(),
      keyPaddingMask: torch.tensor([
        [false, false, false, true, false, true, true],
        [false, false, false, false, false, false, false],
      ]),
    }),
  },
  "more keys by biases and zeros": {
    options: { addBiasKv: true, addZeroAttn: true, batchFirst: true },
    lengths: [3],
    inputs: (dtype) => ({ attnMask: wave([3, 3], dtype) }),
  },
};

describe.each(Object.entries(CASES))("attention, %s", (_, { options, lengths, inputs }) => {
  const [single, double] = [torch.float32, torch.float64].map((dtype) => {
    torch.manualSeed(1);
    const layer = new nn.MultiheadAttention(8, 2, options ?? {}).to(dtype);
    const first = options?.batchFirst === true;
    const make = (length: number, width: number, k: number) =>
      wave(first ? [2, length, width] : [length, 2, width], dtype)
        .mul(k)
        .requiresGrad_();
    const [l, s] = lengths;
    const q = make(l, 8, 1),
      k = s === undefined ? q : make(s, options?.kdim ?? 8, 0.9),
      v = s === undefined ? q : make(s, options?.vdim ?? 8, 1.1);
    const leaves = [...new Set([q, k, v]), ...(layer.parameters() as Iterable<torch.Tensor>)];
    const run = () => layer(q, k, v, inputs?.(dtype) ?? {}) as [torch.Tensor, torch.Tensor];
    return { run, leaves };
  }) as [Twin, Twin];

  test("the kernel agrees with composed ops, both ways", () => {
    const [got, want] = [single, double].map(({ run, leaves }) => {
      const [out, weights] = run();
      const grads = torch.autograd.grad(out.sin().sum().add(weights.square().sum()), leaves);
      const alone = torch.autograd.grad(run()[0].cos().sum(), leaves);
      return [out, weights, ...grads, ...alone] as torch.Tensor[];
    }) as [torch.Tensor[], torch.Tensor[]];
    got.forEach((value, i) => close(value, want[i]!, 2e-5));
  });

  test("second derivatives", () => {
    const [got, want] = [single, double].map(({ run, leaves }) => {
      const [out, weights] = run();
      const [g] = torch.autograd.grad(out.pow(3).sum().add(weights.pow(3).sum()), leaves, {
        createGraph: true,
      });
      return torch.autograd.grad(g!.pow(2).sum(), leaves, { allowUnused: true });
    }) as [torch.Tensor[], torch.Tensor[]];
    got.forEach((value, i) => {
      expect(!value).toBe(!want[i]);
      if (value) close(value, want[i]!, 1e-3 * (1 + (want[i]!.abs().max().item() as number)));
    });
  });
});

test("an empty batch, and a query without keys", () => {
  const layer = new nn.MultiheadAttention(8, 2);
  expect(layer(torch.zeros(3, 0, 8), torch.zeros(3, 0, 8), torch.zeros(3, 0, 8))[0].shape).toEqual([3, 0, 8]);
});
