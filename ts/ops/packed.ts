// A second operand laid out once for several products.
import { kernels } from "../memory/wasm.ts";
import { type Operand, panelsFor, spread, WIDTH } from "./gemm.ts";

/** Bytes that [k, n] takes, and behind it the packed rows of a first operand [m, k]. */
export const packedBytes = (n: number, k: number, m: number): number =>
  4 * (k * Math.ceil(n / WIDTH) * WIDTH + m * panelsFor("f32", m, n, k).depth);

/** Lays b[k, n] out at an address of the caller's, as kernels read it; gives the rows in a block. */
export function pack({ at: from, rows, columns }: Operand, at: number, n: number, k: number): number {
  const { depth } = panelsFor("f32", 0, n, k),
    panels = Math.ceil(n / WIDTH);
  for (let row = 0; row < k; row += depth) {
    const deep = Math.min(depth, k - row);
    const args = [from + 4 * row * rows, rows, columns, at + 4 * row * panels * WIDTH, n, deep, WIDTH];
    spread(kernels.matmulPack_f32, 4 * n * deep, panels, 1, args);
  }
  return depth;
}
