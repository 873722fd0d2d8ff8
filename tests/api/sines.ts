import { expect } from "vitest";
import * as torch from "../../ts/index.ts";

/** float64 sin(k), sin(2k), ... in a shape. */
export function sines(shape: number[], k = 1, requiresGrad = false): torch.Tensor {
  const n = shape.reduce((a, b) => a * b, 1);
  const x = torch.tensor(Float64Array.from({ length: n }, (_, i) => Math.sin((i + 1) * k))).reshape(shape);
  return requiresGrad ? x.requiresGrad_() : x;
}

/** sum(x * cos(0), cos(1), ...): a checksum that tells elements apart. */
export function weighted(x: torch.Tensor): torch.Tensor {
  const w = torch.tensor(Float64Array.from({ length: x.numel() }, (_, i) => Math.cos(i)));
  return x.reshape([-1]).mul(w.to(x.dtype)).sum();
}

/** Equal shapes, and elements within `tolerance`. */
export function closeTo(got: torch.Tensor, want: torch.Tensor | number[], tolerance = 1e-9): void {
  const expected = Array.isArray(want) ? want : Array.from(want.toTypedArray(), Number);
  if (!Array.isArray(want)) expect(got.shape).toEqual(want.shape);
  const values = Array.from(got.toTypedArray(), Number);
  expect(values.length).toBe(expected.length);
  values.forEach((v, i) =>
    expect(Math.abs(v - expected[i]!)).toBeLessThanOrEqual(tolerance * (1 + Math.abs(expected[i]!))),
  );
}
