import { afterAll, beforeAll, describe, expect, test } from "vitest";
import * as torch from "../../ts/index.ts";

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
    exp: () => a.exp(),
    "strided rows": () => a.narrow(0, 0, 200_000).view([400, 500]).t().mul(wave(400, 0.3)),
    "in place": () => a.clone().mul_(b),
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
