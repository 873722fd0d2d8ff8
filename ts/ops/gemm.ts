// How a matrix product is computed: which kernels, in which blocks. On addresses and strides; nothing here knows tensors.
import type { Domain } from "../core/dtype.ts";
import { keptCopy } from "../memory/kept.ts";
import { scratch } from "../memory/scratch.ts";
import type { Storage } from "../memory/storage.ts";
import { kernels } from "../memory/wasm.ts";
import { getNumThreads, parallel } from "../threads/pool.ts";

/** Rows of b in a block: a panel of them stays in the first-level cache. Sums of blocks are added, so it shows in the last bits. */
const DEPTH = 256;
/** Columns of b in a block; with DEPTH it bounds the scratch memory at 4 MiB. */
const BREADTH = 4096;
/** Rows of a block, whose part of a is packed: 3 MiB of scratch memory. */
const HEIGHT = 3072;
/** Bytes of b that are not worth packing. */
const SMALL_B = 32 * 1024;
/** Nor for fewer rows than this, unless rows of b lie more than so many elements apart: each would be on a page of its own. */
const MANY_ROWS = 96;
const FAR = 512;
/** With fewer rows than this, tiles bring less than b's packing costs, or its unfavourable order. */
const FEW_ROWS = 8;
const FEW_ROWS_TURNED = 12;
/** Multiplications that are worth a second thread. */
const THREADED = 68 ** 3;
/** Rows of a tile: threads get multiples of it. */
const TILE_ROWS = 6;
export const sixes = (m: number): number => Math.ceil(m / TILE_ROWS);
/** Of the rows, each thread gets this many shares: of fewer, the last one would be waited for. */
const SHARES = 11;
const COLUMN_GRAIN = 64;
/** Columns of a panel. */
export const WIDTH = 8;
/** Elements of b that a block of `multiplyPanels` holds: 256 KB stay in the second-level cache. */
const BLOCK = 65536;

/** An operand in memory: its address, and the steps, in elements, from row to row and from column to column. */
export interface Operand {
  at: number;
  rows: number;
  columns: number;
  /** Whose bytes they are, from which element on: panels of it may be kept. None by default. */
  owner?: Storage | null;
  offset?: number;
}
/** What a product is added to; address 0 for nothing. With `columns` 0, sixteen equal elements must stand there. */
export type Start = Operand;

/** A kernel over a range: on all threads where the work is worth it. */
export function spread(
  kernel: unknown,
  work: number,
  total: number,
  grain: number,
  args: readonly number[],
  pure = false,
  shares?: number,
): void {
  if (work < THREADED || getNumThreads() === 1) (kernel as (...args: number[]) => void)(...args, 0, total);
  else parallel(kernel, total, grain, args, [], pure, shares);
}

/** A kernel over tiles of m rows. */
export const spreadTiles = (
  kernel: unknown,
  work: number,
  m: number,
  args: readonly number[],
  pure = false,
): void => spread(kernel, work, sixes(m), 1, args, pure, SHARES);

/** out[m, n] = a[m, k] @ b[k, n] + bias[n] (address 0: none), `out` row-major. One step of each operand is 1: beyond f32, b's columns. */
export function multiply(
  domain: Domain,
  a: Operand,
  b: Operand,
  out: number,
  bias: number,
  m: number,
  n: number,
  k: number,
): void {
  if (domain === "i64")
    kernels.matmulRows_i64(a.at, a.rows, a.columns, b.at, b.rows, out, n, bias, 0, 1, m, k, 0, n);
  else if (domain === "f64") double(a, b, out, bias, m, n, k);
  else if (n === 1 && m > 1)
    thin(
      { at: b.at, rows: b.columns, columns: b.rows },
      { at: a.at, rows: a.columns, columns: a.rows },
      out,
      bias,
      0,
      1,
      m,
      k,
    );
  else if (m < (b.columns === 1 ? FEW_ROWS : FEW_ROWS_TURNED) || k === 0) thin(a, b, out, bias, 1, m, n, k);
  else tiled(a, b, out, bias, m, n, k);
}

/** Where the kernels for few rows put the sums of blocks; 0 where one block holds all. */
const blockSums = (size: number, m: number, n: number, k: number): number =>
  k > DEPTH ? scratch(size * m * n) : 0;

function thin(
  a: Operand,
  b: Operand,
  out: number,
  bias: number,
  biasStep: number,
  m: number,
  n: number,
  k: number,
): void {
  const work = m * n * k;
  let { at, rows } = a;
  if (b.columns === 1) {
    const args = [at, rows, a.columns, b.at, b.rows, out, n, bias, 0, biasStep, m, k, blockSums(4, m, n, k)];
    spread(kernels.matmulRows_f32, work, n, COLUMN_GRAIN, args);
  } else {
    if (a.columns !== 1) {
      at = scratch(4 * m * k);
      kernels.turn_b4(a.at, a.columns, at, k, k, 0, m);
      rows = k;
    }
    const args = [at, rows, b.at, b.columns, out, n, bias, 0, biasStep, m, k];
    spread(kernels.matmulDots_f32, work, n, COLUMN_GRAIN, args);
  }
}

function double(a: Operand, b: Operand, out: number, bias: number, m: number, n: number, k: number): void {
  const work = 2 * m * n * k;
  if (a.columns === 1 && m >= 4) {
    const args = [a.at, a.rows, 1, b.at, b.rows, 4, out, n, bias, 0, 1, m, n, k, scratch(8 * m * k)];
    spreadTiles(kernels.matmulTiles_f64, work, m, args);
  } else {
    const args = [a.at, a.rows, a.columns, b.at, b.rows, out, n, bias, 0, 1, m, k, blockSums(8, m, n, k)];
    spread(kernels.matmulRows_f64, work, n, COLUMN_GRAIN, args);
  }
}

function tiled(a: Operand, b: Operand, out: number, bias: number, m: number, n: number, k: number): void {
  const packs = b.columns !== 1 || (4 * n * k > SMALL_B && (m >= MANY_ROWS || b.rows > FAR));
  const depth = Math.ceil(k / Math.ceil(k / DEPTH)),
    breadth = packs ? Math.min(BREADTH, n) : n,
    height = Math.min(HEIGHT, m);
  const padded = Math.ceil(n / WIDTH) * WIDTH;
  const pack = (to: number, column: number, from: number): void => {
    const wide = Math.min(breadth, n - column),
      deep = Math.min(depth, k - from),
      args = [b.at + 4 * (from * b.rows + column * b.columns), b.rows, b.columns, to, wide, deep, WIDTH];
    spread(kernels.matmulPack_f32, m * wide * deep, Math.ceil(wide / WIDTH), 1, args);
  };
  let kept = 0;
  // Where a block's panels stand among all.
  const place = (column: number, from: number): number =>
    4 * (column * k + from * Math.min(BREADTH, padded - column));
  if (packs && b.owner)
    kept = keptCopy(b.owner, [b.offset!, b.rows, b.columns, n, k], 4 * k * padded, (to) => {
      for (let column = 0; column < n; column += breadth)
        for (let from = 0; from < k; from += depth) pack(to + place(column, from), column, from);
    });
  const packedBytes = packs && kept === 0 ? 4 * depth * Math.min(BREADTH, padded) : 0;
  const room = scratch(4 * depth * height + packedBytes),
    area = room + 4 * depth * height;
  for (let column = 0; column < n; column += breadth) {
    const wide = Math.min(breadth, n - column);
    for (let from = 0; from < k; from += depth) {
      const deep = Math.min(depth, k - from);
      let panels = b.at + 4 * (from * b.rows + column * b.columns);
      if (kept > 0) panels = kept + place(column, from);
      else if (packs) pack((panels = area), column, from);
      for (let row = 0; row < m; row += height) {
        const high = Math.min(height, m - row);
        const at = a.at + 4 * (row * a.rows + from * a.columns),
          to = out + 4 * (row * n + column),
          ldb = packs ? WIDTH : b.rows,
          panel = packs ? WIDTH * deep : WIDTH;
        // What was summed so far, or the bias.
        const init = from > 0 ? to : bias && bias + 4 * column,
          initRow = from > 0 ? n : 0;
        const args = [
          at,
          a.rows,
          a.columns,
          panels,
          ldb,
          panel,
          to,
          n,
          init,
          initRow,
          1,
          high,
          wide,
          deep,
          room,
        ];
        spreadTiles(kernels.matmulTiles_f32, m * wide * deep, high, args, init !== to);
      }
    }
  }
}

/**
 * `count` products as of `multiply`, operands `eachA` and `eachB` elements apart, results adjacent: in one call where they
 * are small float32 ones.
 */
export function multiplyEach(
  domain: Domain,
  a: Operand,
  eachA: number,
  b: Operand,
  eachB: number,
  out: number,
  bias: number,
  m: number,
  n: number,
  k: number,
  count: number,
): void {
  if (domain === "f32" && m >= FEW_ROWS && n > 1 && k > 0 && k <= DEPTH && 4 * n * k <= SMALL_B) {
    const share = Math.ceil(count / (4 * getNumThreads())),
      room = scratch(4 * Math.ceil(count / share) * k * (m + n + 7));
    const args = [a.at, eachA, a.rows, a.columns, b.at, eachB, b.rows, b.columns, out, bias, m, n, k];
    spread(kernels.matmulEach_f32, count * m * n * k, count, share, [...args, room, share]);
    return;
  }
  const size = domain === "f32" ? 4 : 8,
    first = { ...a },
    second = { ...b };
  for (let i = 0; i < count; i++) {
    multiply(domain, first, second, out + i * m * n * size, bias, m, n, k);
    first.at += eachA * size;
    second.at += eachB * size;
  }
}

/** out[m, n] = a[m, k] @ b[k, n], exactly, of int8 into int32: pairs of 16-bit products are summed in one instruction. */
export function multiplyInt8(a: Operand, b: Operand, out: number, m: number, n: number, k: number): void {
  const pairs = Math.ceil(k / 2),
    work = m * n * pairs;
  const first = scratch(4 * pairs * (2 * m + Math.ceil(n / WIDTH) * WIDTH)),
    room = first + 4 * pairs * m,
    panels = room + 4 * pairs * m;
  spread(kernels.matmulPairs_i8, work, m, TILE_ROWS, [a.at, a.rows, a.columns, first, k, 1]);
  spread(kernels.matmulPairs_i8, work, n, WIDTH, [b.at, b.columns, b.rows, panels, k, WIDTH]);
  const args = [first, pairs, 1, panels, WIDTH, WIDTH * pairs, out, n, 0, 0, 0, m, n, pairs, room];
  spreadTiles(kernels.matmulTiles_i32, work, m, args);
}

/** How `multiplyPanels` cuts up a b of k rows and n columns, for an a of m rows. */
export interface Panels {
  width: number;
  depth: number;
  breadth: number;
  /** Of the area where panels, and then rows of a, are laid out. */
  bytes: number;
}

export function panelsFor(domain: Domain, m: number, n: number, k: number): Panels {
  const depth = Math.max(1, domain === "i64" ? k : Math.min(DEPTH, k)),
    fitting = Math.max(16, Math.floor(BLOCK / depth) & ~15);
  const width = domain === "f64" ? 4 : domain === "i64" ? Math.min(n, fitting) : WIDTH;
  const breadth = domain === "i64" ? width : Math.min(Math.ceil(n / width) * width, fitting);
  return { width, depth, breadth, bytes: (domain === "f32" ? 4 : 8) * depth * (breadth + m) };
}

/** Lays out `wide` columns from `column` and `deep` rows from `row` of b as panels at `to`. */
export type Pack = (to: number, row: number, column: number, deep: number, wide: number) => void;

/** out = a @ b + start, where `pack` knows b. `a` is row-major with rows `lda` apart, `out` with rows `ldo` apart. */
export function multiplyPanels(
  domain: Domain,
  { width, depth, breadth }: Panels,
  area: number,
  a: number,
  lda: number,
  pack: Pack,
  out: number,
  ldo: number,
  start: Start,
  m: number,
  n: number,
  k: number,
): void {
  const size = domain === "f32" ? 4 : 8;
  for (let column = 0; column < n; column += breadth) {
    const wide = Math.min(breadth, n - column),
      to = out + size * column;
    for (let row = 0; row < Math.max(k, 1); row += depth) {
      const deep = Math.min(depth, k - row);
      pack(area, row, column, deep, wide);
      const init = row > 0 ? to : start.at && start.at + size * column * start.columns,
        initRow = row > 0 ? ldo : start.rows,
        initColumn = row > 0 ? 1 : start.columns;
      const from = a + size * row;
      if (domain === "i64")
        kernels.matmulRows_i64(
          from,
          lda,
          1,
          area,
          width,
          to,
          ldo,
          init,
          initRow,
          initColumn,
          m,
          deep,
          0,
          wide,
        );
      else
        spreadTiles(kernels[`matmulTiles_${domain}`], m * wide * deep, m, [
          from,
          lda,
          1,
          area,
          width,
          width * deep,
          to,
          ldo,
          init,
          initRow,
          initColumn,
          m,
          wide,
          deep,
          area + size * depth * breadth,
        ]);
    }
  }
}

/** The tile of float32 products, rows x columns: on every engine measured (V8 11 to 14) none is faster. */
export const MATMUL_TILE = "6x8";
