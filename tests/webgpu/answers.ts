// What the program must answer, wherever it runs.
import { expect } from "vitest";

export interface Answer {
  enabled: boolean;
  reason: string | null;
  keepsNonFinite: boolean | null;
  later: number[][];
  swept: { worst: number; shape: string; gpu: number; count: number } | null;
  medianMs: number;
  failures: string[];
  async?: { gpu: number; wasm: number };
}

const LATER = [
  [14, 38, 62],
  [38, 126, 214],
  [62, 214, 366],
];

/** `blocking`: whether the caller can wait for the GPU. */
export function expectAnswer(answer: Answer, count: number, blocking = true): void {
  expect(answer.reason).toEqual(blocking ? null : expect.stringMatching(/isolated: only matmulAsync/));
  expect(answer.failures).toEqual([]);
  expect(answer.later).toEqual(LATER);
  expect(answer.async).toMatchObject({ gpu: 1, wasm: 0 });
  expect(answer.enabled).toBe(blocking);
  if (!blocking) return;
  expect(answer.keepsNonFinite).toBe(true);
  expect(answer.swept!.worst, answer.swept!.shape).toBeLessThanOrEqual(1);
  expect(answer.swept).toMatchObject({ gpu: count, count });
}
