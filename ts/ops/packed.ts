// A second operand laid out once for several products.
import { kernels } from "../memory/wasm.ts";
import { type Operand, panelsFor, spread } from "./gemm.ts";

/** A float32 matrix [k, n] in panels, at an address of the caller's. */
export interface PackedOperand {
  at: number;
  n: number;
  k: number;
  width: number;
  depth: number;
  shape: number;
}

/** Bytes that [k, n] takes. Ask before taking scratch memory: the comparison of tiles uses it too. */
export function packedBytes(m: number, n: number, k: number): number {
  panelsFor("f32", m, n, k);
  return 4 * k * Math.ceil(n / 16) * 16;
}

export function pack(
  { at: from, rows, columns }: Operand,
  at: number,
  m: number,
  n: number,
  k: number,
): PackedOperand {
  const { width, depth, shape } = panelsFor("f32", m, n, k),
    panels = Math.ceil(n / width);
  for (let row = 0; row < k; row += depth) {
    const deep = Math.min(depth, k - row);
    const args = [from + 4 * row * rows, rows, columns, at + 4 * row * panels * width, n, deep, width];
    spread(kernels.matmulPack_f32, 4 * n * deep, panels, 1, args);
  }
  return { at, n, k, width, depth, shape };
}

/** out[m, n] = a[m, k] @ b + start; `a` and `out` row-major. */
export function multiplyPacked(
  a: number,
  { at, n, k, width, depth, shape }: PackedOperand,
  out: number,
  start: Operand,
  m: number,
): void {
  const row = Math.ceil(n / width) * width;
  let init = start.at,
    initRow = start.rows,
    initColumn = start.columns;
  for (let from = 0; from < k; from += depth) {
    const deep = Math.min(depth, k - from);
    const args = [
      a + 4 * from,
      k,
      at + 4 * from * row,
      width,
      width * deep,
      out,
      n,
      init,
      initRow,
      initColumn,
      n,
      deep,
    ];
    spread(kernels.matmulTiles_f32, m * n * deep, m, 12, [...args, shape]);
    init = out;
    initRow = n;
    initColumn = 1;
  }
}
