import { afterAll, beforeAll, describe, expect, test } from "vitest";
import * as torch from "../../ts/index.ts";

const { nn } = torch;
const threads = torch.getNumThreads();
beforeAll(async () => {
  torch.setNumThreads(4);
  await torch.ready();
});
afterAll(() => torch.setNumThreads(threads));

const N = 200_003; // several ranges, and a remainder
const wave = (n: number, step: number) =>
  torch.tensor(Float32Array.from({ length: n }, (_, i) => Math.sin(i * step)));

/** What `work` gives on 1 to 4 threads, as bytes. */
function onThreads(work: () => torch.Tensor): Uint8Array[] {
  return [1, 2, 3, 4].map((n) => {
    torch.setNumThreads(n);
    const array = work().toTypedArray();
    return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
  });
}

describe("threads", () => {
  const a = wave(N, 0.1),
    b = wave(N, 0.7);
  const cases: Record<string, () => torch.Tensor> = {
    add: () => a.add(b),
    "add a number": () => a.add(0.5),
    compare: () => a.lt(b),
    "truth tables": () => a.gt(0).logicalXor(b.gt(0)),
    "limits and blends": () => a.clamp(-0.5, 0.5).addcmul(a, b, { value: 0.3 }).lerp(b, 0.2),
    choices: () =>
      a
        .narrow(0, 0, 200_000)
        .view([400, 500])
        .t()
        .where(b.narrow(0, 0, 500).gt(0).reshape([500, 1]), 0),
    exp: () => a.exp(),
    "strided rows": () => a.narrow(0, 0, 200_000).view([400, 500]).t().mul(wave(400, 0.3)),
    "in place": () => a.clone().mul_(b),
    "sum, mean and max of all": () => torch.stack([a.sum(), a.mean(), a.max(), a.amin(), a.std()]),
    "sum along rows": () => a.narrow(0, 0, 200_000).view([400, 500]).sum(1),
    "sum across rows": () => a.narrow(0, 0, 200_000).view([400, 500]).sum(0),
    "max across rows": () => a.narrow(0, 0, 200_000).view([400, 500]).max(0).values,
    "argmin along rows": () => a.narrow(0, 0, 200_000).view([400, 500]).argmin(1),
    cumsum: () => a.narrow(0, 0, 200_000).view([400, 500]).cumsum(1),
    any: () => a.gt(0.99).narrow(0, 0, 200_000).view([400, 500]).any(0),
    variance: () => a.narrow(0, 0, 200_000).view([400, 500]).var(0),
    softmax: () => a.narrow(0, 0, 200_000).view([400, 500]).softmax(1),
    "logSoftmax across": () => a.narrow(0, 0, 200_000).view([2, 200, 500]).logSoftmax(1),
    "max pool": () => nn.functional.maxPool2d(a.narrow(0, 0, 200_000).view([5, 40, 40, 25]), 2),
    "max pool, overlapping": () =>
      nn.functional.maxPool2d(a.narrow(0, 0, 200_000).view([5, 40, 40, 25]), 3, 2, 1),
    "average pool": () => nn.functional.avgPool2d(a.narrow(0, 0, 200_000).view([5, 40, 40, 25]), 3, 2, 1),
    "matrix product with odd edges": () =>
      a
        .narrow(0, 0, 46_500)
        .view([150, 310])
        .matmul(b.narrow(0, 0, 52_700).view([310, 170])),
    "matrix product": () =>
      a
        .narrow(0, 0, 200_000)
        .view([400, 500])
        .mm(b.narrow(0, 0, 200_000).view([500, 400])),
    "product with a transposed one": () =>
      a
        .narrow(0, 0, 200_000)
        .view([400, 500])
        .mm(b.narrow(0, 0, 200_000).view([400, 500]).t()),
    "batched products": () =>
      a
        .narrow(0, 0, 200_000)
        .view([20, 100, 100])
        .bmm(b.narrow(0, 0, 200_000).view([20, 100, 100])),
    convolution: () =>
      nn.functional.conv2d(
        a.narrow(0, 0, 192_000).view([4, 30, 40, 40]),
        b.narrow(0, 0, 5400).view([20, 30, 3, 3]),
        { padding: 1 },
      ),
    "first layer": () =>
      nn.functional.conv2d(
        a.narrow(0, 0, 192_000).view([120, 1, 40, 40]),
        b.narrow(0, 0, 54).view([6, 1, 3, 3]),
      ),
    "layer norm": () => nn.functional.layerNorm(a.narrow(0, 0, 200_000).view([400, 500]), [500]),
    "batch norm": () =>
      nn.functional.batchNorm(a.narrow(0, 0, 200_000).view([20, 10, 1000]), null, null, { training: true }),
    sort: () => a.sort().values,
    copy: () => a.narrow(0, 0, 200_000).view([400, 500]).t().contiguous(),
    cast: () => a.to(torch.int32),
    gather: () => a.at(torch.arange(0, 200_000, 2)),
    "gradients of a few channels' convolution": () => {
      const w = b.narrow(0, 0, 1200).view([16, 3, 5, 5]).clone().requiresGrad_();
      const x = a.narrow(0, 0, 182_784).view([17, 3, 64, 56]).clone().requiresGrad_();
      nn.functional
        .conv2d(x, w, { padding: 2, stride: [1, 2] })
        .square()
        .sum()
        .backward();
      return torch.cat([w.grad!.flatten(), x.grad!.flatten()]);
    },
    "an LSTM and its gradients": () => {
      torch.manualSeed(2);
      const layer = new nn.LSTM(12, 50);
      const x = a.narrow(0, 0, 20_160).view([15, 112, 12]).clone().requiresGrad_();
      const [out] = layer(x);
      out.square().sum().backward();
      return torch.cat(
        [out, x.grad!, ...[...layer.parameters()].map((p) => p.grad!)].map((t) => t.detach().flatten()),
      );
    },
    "attention and its gradients": () => {
      torch.manualSeed(2);
      const layer = new nn.MultiheadAttention(24, 3, { batchFirst: true });
      const x = a.narrow(0, 0, 24_000).view([20, 50, 24]).clone().requiresGrad_();
      const [out] = layer(x, x, x);
      out.square().sum().backward();
      return torch.cat([out.detach().flatten(), x.grad!.flatten()]);
    },
    "gradients of a convolution": () => {
      const w = b.narrow(0, 0, 5400).view([20, 30, 3, 3]).clone().requiresGrad_();
      const x = a.narrow(0, 0, 192_000).view([4, 30, 40, 40]).clone().requiresGrad_();
      nn.functional.conv2d(x, w, { padding: 1 }).square().sum().backward();
      return torch.cat([w.grad!.flatten(), x.grad!.flatten()]);
    },
    "an Adam step": () => {
      const p = a.clone().requiresGrad_();
      const adam = new torch.optim.Adam([p], { lr: 0.1 });
      p.mul(b).sum().backward();
      adam.step();
      return p.detach();
    },
    float64: () => a.to(torch.float64).mul(b.to(torch.float64)),
  };
  for (const [name, work] of Object.entries(cases))
    test(`${name}: the same bits on any number of threads`, () => {
      const [one, ...others] = onThreads(work);
      for (const other of others) expect(Buffer.compare(one!, other)).toBe(0);
    });

  test("many small jobs in a row are all done", () => {
    torch.setNumThreads(4);
    torch.scope(() => {
      const x = torch.zeros([40_000]);
      for (let i = 0; i < 2000; i++) x.add_(1);
      expect(x.min().item()).toBe(2000);
      expect(x.max().item()).toBe(2000);
    });
  });

  test("the number of threads is a whole number from 1 to 64", () => {
    for (const n of [0, -1, 1.5, 65, Number.NaN])
      expect(() => torch.setNumThreads(n)).toThrow(torch.ValueError);
    torch.setNumThreads(3);
    expect(torch.getNumThreads()).toBe(3);
  });
});
