// Means over the windows of pool.ts's tables, and their gradients. begin, end: which planes.

const HEAD: usize = 36;

// @ts-ignore: decorator
@inline function size(table: usize, k: i32): i32 {
  return load<i32>(table + (<usize>k << 2));
}

/** Each window's sum over `divisor`, or over the product of its counts where that is 0; `back` gives every element its share instead. */
// @ts-ignore: decorator
@inline function average<T, A>(back: bool, x: usize, out: usize, table: usize, divisor: i32, begin: i32, end: i32): void {
  const h = size(table, 1), w = size(table, 2), plane = size(table, 0) * h * w;
  const rd = size(table, 3), rh = size(table, 4), rw = size(table, 5), places = rd * rh * rw;
  const sd = size(table, 6), sh = size(table, 7), sw = size(table, 8);
  if (back)
    memory.fill(out + <usize>begin * <usize>plane * sizeof<T>(), 0, <usize>(end - begin) * <usize>plane * sizeof<T>());
  let at = (back ? x : out) + <usize>begin * <usize>places * sizeof<T>();
  for (let p = begin; p < end; ++p) {
    const cells = (back ? out : x) + <usize>p * <usize>plane * sizeof<T>();
    for (let d = 0; d < rd; ++d) {
      const td = table + HEAD + <usize>d * 12;
      for (let i = 0; i < rh; ++i) {
        const th = table + HEAD + <usize>(rd + i) * 12, high = load<i32>(th, 4);
        for (let j = 0; j < rw; ++j) {
          const tw = table + HEAD + <usize>(rd + rh + j) * 12, wide = load<i32>(tw, 4);
          const by = <A>(divisor ? divisor : load<i32>(td, 8) * load<i32>(th, 8) * load<i32>(tw, 8));
          const share = back ? <T>(<A>load<T>(at) / by) : <T>0;
          let sum: A = 0;
          for (let a = load<i32>(td, 4), z = load<i32>(td); a > 0; --a, z += sd) {
            for (let b = 0, y = load<i32>(th); b < high; ++b, y += sh) {
              let cell = cells + <usize>((z * h + y) * w + load<i32>(tw)) * sizeof<T>();
              for (let c = 0; c < wide; ++c, cell += <usize>sw * sizeof<T>()) {
                if (back) store<T>(cell, load<T>(cell) + share);
                else sum += <A>load<T>(cell);
              }
            }
          }
          if (!back) store<T>(at, <T>(sum / by));
          at += sizeof<T>();
        }
      }
    }
  }
}

export function avgPool_f32(x: usize, out: usize, table: usize, divisor: i32, begin: i32, end: i32): void {
  average<f32, f32>(false, x, out, table, divisor, begin, end);
}

export function avgPool_f64(x: usize, out: usize, table: usize, divisor: i32, begin: i32, end: i32): void {
  average<f64, f64>(false, x, out, table, divisor, begin, end);
}

/** Divided as in C. */
export function avgPool_i64(x: usize, out: usize, table: usize, divisor: i32, begin: i32, end: i32): void {
  average<i64, i64>(false, x, out, table, divisor, begin, end);
}

export function avgPoolBackward_f32(g: usize, out: usize, table: usize, divisor: i32, begin: i32, end: i32): void {
  average<f32, f32>(true, g, out, table, divisor, begin, end);
}

export function avgPoolBackward_f64(g: usize, out: usize, table: usize, divisor: i32, begin: i32, end: i32): void {
  average<f64, f64>(true, g, out, table, divisor, begin, end);
}
