// Searching in sorted lines.

// @ts-ignore: decorator
@inline function search<T>(
  sequence: usize, values: usize, out: usize, n: i32, count: i32, right: i32, begin: i32, end: i32,
): void {
  for (; begin < end; ++begin) {
    const value = load<T>(values + <usize>begin * sizeof<T>());
    const line = sequence + <usize>(begin / count) * <usize>n * sizeof<T>();
    let low = 0, high = n;
    while (low < high) {
      const middle = (low + high) >>> 1, v = load<T>(line + <usize>middle * sizeof<T>());
      if (right ? v > value : v >= value) high = middle;
      else low = middle + 1;
    }
    store<i64>(out + (<usize>begin << 3), low);
  }
}

/**
 * How many elements of a sorted line of n are smaller than each value (with `right`: or equal), all of them for NaN.
 * The first `count` values go with the first line, and so on. Values [begin, end).
 */
export function searchsorted_f32(
  sequence: usize, values: usize, out: usize, n: i32, count: i32, right: i32, begin: i32, end: i32,
): void {
  search<f32>(sequence, values, out, n, count, right, begin, end);
}
export function searchsorted_f64(
  sequence: usize, values: usize, out: usize, n: i32, count: i32, right: i32, begin: i32, end: i32,
): void {
  search<f64>(sequence, values, out, n, count, right, begin, end);
}
export function searchsorted_i64(
  sequence: usize, values: usize, out: usize, n: i32, count: i32, right: i32, begin: i32, end: i32,
): void {
  search<i64>(sequence, values, out, n, count, right, begin, end);
}

/** The longest run of equal elements in a line, the first of equally long ones. A NaN is a run by itself. */
// @ts-ignore: decorator
@inline function longestRun<T>(sorted: usize, at: usize, n: i32, inner: i32, begin: i32, end: i32): void {
  const step = <usize>inner * sizeof<T>();
  for (; begin < end; ++begin) {
    let x = sorted + (<usize>(begin / inner) * <usize>n * <usize>inner + <usize>(begin % inner)) * sizeof<T>();
    let best = 0, length = 0, longest = 0, v = load<T>(x);
    for (let i = 0; i < n; ++i) {
      const value = v;
      ++length;
      x += step;
      if (i + 1 < n) v = load<T>(x);
      if (i + 1 < n && v == value) continue;
      if (length > longest) {
        longest = length;
        best = i;
      }
      length = 0;
    }
    store<i64>(at + (<usize>begin << 3), best);
  }
}

/** Writes the position in each sorted line of the last of the longest run. Lines [begin, end), counted over outer and inner; n > 0. */
export function mode_f32(sorted: usize, at: usize, n: i32, inner: i32, begin: i32, end: i32): void {
  longestRun<f32>(sorted, at, n, inner, begin, end);
}
export function mode_f64(sorted: usize, at: usize, n: i32, inner: i32, begin: i32, end: i32): void {
  longestRun<f64>(sorted, at, n, inner, begin, end);
}
export function mode_i64(sorted: usize, at: usize, n: i32, inner: i32, begin: i32, end: i32): void {
  longestRun<i64>(sorted, at, n, inner, begin, end);
}
