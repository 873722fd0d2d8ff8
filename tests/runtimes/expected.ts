// What the smoke program must answer, wherever it runs.
import { expect } from "vitest";

export interface SmokeResult {
  gradient: number[];
  text: string[];
  losses: [number, number];
  weight: number[];
  bias: number[];
}

export function expectSmoke(result: SmokeResult): void {
  expect(result.gradient).toEqual([2, 2, 2]);
  expect(result.text).toEqual([
    "tensor([2., 2., 2.])",
    "Linear(in_features=2, out_features=1, bias=True)",
    "tensor([2., 4., 6.], grad_fn=<MulBackward0>)",
  ]);
  const [first, last] = result.losses;
  expect(first).toBeGreaterThan(1);
  expect(last).toBeLessThan(1e-4);
  expect(result.weight[0]).toBeCloseTo(2, 2);
  expect(result.weight[1]).toBeCloseTo(-3, 2);
  expect(result.bias[0]).toBeCloseTo(1, 2);
}
