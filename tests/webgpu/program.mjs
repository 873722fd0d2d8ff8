// What every runtime must answer: products on the GPU from a thread that waits for them, and one that it does not wait for.
import { sweep } from "./sweep.mjs";

/** @returns plain data, the same everywhere but for the times */
export async function program(torch, count) {
  const found = await torch.webgpu.enable({ allowSoftware: true, minFlops: 0 });
  const a = torch.arange(12).reshape(3, 4).to(torch.float32);
  const later = await a.matmulAsync(a.t());
  const swept = found.enabled ? sweep(torch, count) : null;
  const loop = (runs, work) => {
    const times = [];
    for (let i = 0; i < runs; i++) {
      const begin = performance.now();
      work();
      times.push(performance.now() - begin);
    }
    return times.sort((x, y) => x - y)[runs >> 1];
  };
  const [x, y] = [torch.ones(4, 4), torch.ones(4, 4)];
  const medianMs = found.enabled ? loop(50, () => x.mm(y)) : 0;
  const { failures, ops } = torch.backends().webgpu;
  torch.webgpu.disable();
  return {
    enabled: found.enabled,
    reason: found.reason,
    adapter: found.adapter,
    keepsNonFinite: found.keepsNonFinite,
    rates: found.rates,
    later: later.tolist(),
    swept,
    medianMs,
    failures,
    async: ops.matmulAsync,
  };
}
