// The shared loops of the elementwise kernels. Cheap operations have their own loops; the rest share these, one
// indirect call per element or row.

type Row = (a: usize, b: usize, out: usize, n: i32, sa: i32, sb: i32, so: i32) => void;
type ScaledRow = (a: usize, b: usize, out: usize, n: i32, sa: i32, sb: i32, so: i32, alpha: f64) => void;
type Row4 = (a: usize, b: usize, c: usize, out: usize, n: i32, sa: i32, sb: i32, sc: i32, so: i32) => void;

/** f32 elements [begin, end) through an f64 function. */
export function each32(f: (x: f64) => f64, x: usize, out: usize, begin: i32, end: i32): void {
  for (let i = begin; i < end; ++i) store<f32>(out + (<usize>i << 2), <f32>f(load<f32>(x + (<usize>i << 2))));
}

/** f64 elements [begin, end). */
export function each64(f: (x: f64) => f64, x: usize, out: usize, begin: i32, end: i32): void {
  for (let i = begin; i < end; ++i) store<f64>(out + (<usize>i << 3), f(load<f64>(x + (<usize>i << 3))));
}

/** f32 elements [begin, end) through an f64 function with two parameters. */
export function each32p(
  f: (x: f64, p: f64, q: f64) => f64, x: usize, out: usize, begin: i32, end: i32, p: f64, q: f64,
): void {
  for (let i = begin; i < end; ++i) store<f32>(out + (<usize>i << 2), <f32>f(load<f32>(x + (<usize>i << 2)), p, q));
}

/** f64 elements [begin, end) with two parameters. */
export function each64p(
  f: (x: f64, p: f64, q: f64) => f64, x: usize, out: usize, begin: i32, end: i32, p: f64, q: f64,
): void {
  for (let i = begin; i < end; ++i) store<f64>(out + (<usize>i << 3), f(load<f64>(x + (<usize>i << 3)), p, q));
}

/** A row of f32 pairs through an f64 function. */
export function pairs32(
  f: (a: f64, b: f64) => f64, a: usize, b: usize, out: usize, n: i32, sa: i32, sb: i32, so: i32,
): void {
  for (; n > 0; --n) {
    store<f32>(out, <f32>f(load<f32>(a), load<f32>(b)));
    a += <usize>sa << 2;
    b += <usize>sb << 2;
    out += <usize>so << 2;
  }
}

/** A row of f64 pairs. */
export function pairs64(
  f: (a: f64, b: f64) => f64, a: usize, b: usize, out: usize, n: i32, sa: i32, sb: i32, so: i32,
): void {
  for (; n > 0; --n) {
    store<f64>(out, f(load<f64>(a), load<f64>(b)));
    a += <usize>sa << 3;
    b += <usize>sb << 3;
    out += <usize>so << 3;
  }
}

/** Rows [begin, end) of a plan of two inputs and an output; `la`, `lb`, `lo`: log2 of the element sizes. */
export function walk2(
  row: Row, a: usize, b: usize, out: usize, plan: usize, begin: i32, end: i32, la: i32, lb: i32, lo: i32,
): void {
  walk(0, row.index, a, b, out, 0, plan, begin, end, la, lb, lo, 0, 0);
}

/** Rows of a tensor whose element an i64 index chooses, `step` elements apart, and of another tensor. */
export function walkIndexed(
  row: ScaledRow, self: usize, index: usize, other: usize, plan: usize, step: i32, begin: i32, end: i32, log: i32,
): void {
  walk(1, row.index, self, index, other, 0, plan, begin, end, log, 3, log, 0, step);
}

/** The same as `walk2` for a byte and two inputs. */
export function walk3(
  row: Row4, a: usize, b: usize, c: usize, out: usize, plan: usize, begin: i32, end: i32, log: i32,
): void {
  walk(2, row.index, a, b, c, out, plan, begin, end, 0, log, log, log, 0);
}

function walk(
  kind: i32, row: i32, a: usize, b: usize, c: usize, d: usize, plan: usize, begin: i32, end: i32,
  la: i32, lb: i32, lc: i32, ld: i32, alpha: f64,
): void {
  if (begin >= end) return;
  const width: usize = kind == 2 ? 20 : 16; // bytes of a dimension: its size and a stride per operand
  const inner = plan + 4 + <usize>(load<i32>(plan) - 1) * width;
  const n = load<i32>(inner);
  const sa = load<i32>(inner, 4), sb = load<i32>(inner, 8), sc = load<i32>(inner, 12);
  const sd = kind == 2 ? load<i32>(inner, 16) : 0;
  const near = inner - width;
  let size = 1, stepA: usize = 0, stepB: usize = 0, stepC: usize = 0, stepD: usize = 0;
  if (near > plan) {
    size = load<i32>(near);
    stepA = <usize>load<i32>(near, 4) << la;
    stepB = <usize>load<i32>(near, 8) << lb;
    stepC = <usize>load<i32>(near, 12) << lc;
    if (kind == 2) stepD = <usize>load<i32>(near, 16) << ld;
  }
  // Only where the dimension next to the last begins anew are the outer indices worked out.
  while (begin < end) {
    const first = begin % size;
    let rest = begin / size;
    let pa = a + <usize>first * stepA, pb = b + <usize>first * stepB;
    let pc = c + <usize>first * stepC, pd = d + <usize>first * stepD;
    for (let dim = near - width; dim > plan && dim < near; dim -= width) {
      const extent = load<i32>(dim), index = <usize>(rest % extent);
      rest /= extent;
      pa += index * load<i32>(dim, 4) << la;
      pb += index * load<i32>(dim, 8) << lb;
      pc += index * load<i32>(dim, 12) << lc;
      if (kind == 2) pd += index * load<i32>(dim, 16) << ld;
    }
    const stop = min(end, begin - first + size);
    for (; begin < stop; ++begin) {
      if (kind == 0) call_indirect<void>(row, pa, pb, pc, n, sa, sb, sc);
      else if (kind == 1) call_indirect<void>(row, pa, pb, pc, n, sa, sb, sc, alpha);
      else call_indirect<void>(row, pa, pb, pc, pd, n, sa, sb, sc, sd);
      pa += stepA;
      pb += stepB;
      pc += stepC;
      pd += stepD;
    }
  }
}
