// A second operand laid out once for several products.
import { kernels } from "../memory/wasm.ts";
import { type Operand, panelsFor, ROW_GRAIN, spread, WIDTH } from "./gemm.ts";

/** A float32 matrix [k, n] in panels, at an address of the caller's. */
export interface PackedOperand {
  at: number;
  n: number;
  k: number;
  depth: number;
}

/** Bytes that [k, n] takes. */
export const packedBytes = (n: number, k: number): number => 4 * k * Math.ceil(n / WIDTH) * WIDTH;

export function pack({ at: from, rows, columns }: Operand, at: number, n: number, k: number): PackedOperand {
  const { depth } = panelsFor("f32", n, k),
    panels = Math.ceil(n / WIDTH);
  for (let row = 0; row < k; row += depth) {
    const deep = Math.min(depth, k - row);
    const args = [from + 4 * row * rows, rows, columns, at + 4 * row * panels * WIDTH, n, deep, WIDTH];
    spread(kernels.matmulPack_f32, 4 * n * deep, panels, 1, args);
  }
  return { at, n, k, depth };
}

/** out[m, n] = a[m, k] @ b + start; `a` and `out` row-major. */
export function multiplyPacked(
  a: number,
  { at, n, k, depth }: PackedOperand,
  out: number,
  start: Operand,
  m: number,
): void {
  const row = Math.ceil(n / WIDTH) * WIDTH;
  let init = start.at,
    initRow = start.rows,
    initColumn = start.columns;
  for (let from = 0; from < k; from += depth) {
    const deep = Math.min(depth, k - from);
    const args = [
      a + 4 * from,
      k,
      at + 4 * from * row,
      WIDTH,
      WIDTH * deep,
      out,
      n,
      init,
      initRow,
      initColumn,
      n,
      deep,
    ];
    spread(kernels.matmulTiles_f32, m * n * deep, m, ROW_GRAIN, args);
    init = out;
    initRow = n;
    initColumn = 1;
  }
}
