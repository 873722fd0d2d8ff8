// Products of many shapes and layouts on the GPU against the same ones on WASM. Runs anywhere.

/** Numbers in [0, 1) that are the same everywhere. */
function generator(seed) {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/**
 * Runs `count` products and returns the largest error in units of its bound, and how many ran on the GPU. The bound is that
 * of two sums in any order: 2 (k + 1) u (sum |a b| + |bias|), u being half the distance from 1 to the next float32.
 */
export function sweep(torch, count, seed = 1) {
  const random = generator(seed);
  const upTo = (n) => 1 + Math.floor(random() * n);
  const pick = (...choices) => choices[Math.floor(random() * choices.length)];
  const side = () => pick(upTo(8), upTo(70), 4 * upTo(20), 64);
  torch.manualSeed(seed);
  let worst = 0,
    shape = "";
  const onGpu = () => Object.values(torch.backends().webgpu.ops).reduce((sum, { gpu }) => sum + gpu, 0);
  const before = onGpu();
  for (let i = 0; i < count; i++) {
    const m = side(),
      n = side(),
      k = i % 50 === 0 ? pick(1024, 2047, 4096) : pick(upTo(8), upTo(200), 4 * upTo(50));
    const lead = pick([], [], [], [2], [3, 2]);
    /** A matrix as it is, transposed, with gaps between the rows, or cut from the middle of a larger one. */
    const matrix = (lead, rows, columns) => {
      switch (pick(0, 0, 1, 1, 2, 3)) {
        case 0:
          return torch.randn(...lead, rows, columns);
        case 1:
          return torch.randn(...lead, columns, rows).transpose(-1, -2);
        case 2:
          return torch.randn(...lead, rows, columns + 4).narrow(-1, pick(0, 1, 4), columns);
        default:
          return torch
            .randn(...lead, rows, 2 * columns)
            .unflatten(-1, [columns, 2])
            .select(-1, 1);
      }
    };
    const a = matrix(lead, m, k),
      b = matrix(pick(lead, lead, []), k, n);
    const plain = a.ndim === 2 && b.ndim === 2;
    const bias = plain && random() < 0.3 ? torch.randn(n) : null;
    const product = () => (bias === null ? a.matmul(b) : torch.addmm(bias, a, b));
    const gpu = product();
    const { error, bound } = torch.noOffload(() => {
      const scale = a.abs().matmul(b.abs());
      const more = bias === null ? scale : scale.add(bias.abs());
      return { error: gpu.sub(product()).abs(), bound: more.mul(2 * (k + 1) * 2 ** -24) };
    });
    const ratio = error.div(bound.add(1e-30)).max().item();
    if (!(ratio <= worst)) {
      worst = ratio;
      shape = `${a.shape} @ ${b.shape}`;
    }
  }
  return { worst, shape, gpu: onGpu() - before, count };
}
