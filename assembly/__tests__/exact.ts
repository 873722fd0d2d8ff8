// References and error measures of the elementwise specs.

export type Unary = (x: usize, out: usize, begin: i32, end: i32) => void;
export type Parametric = (x: usize, out: usize, begin: i32, end: i32, p: f64, q: f64) => void;
export type Row = (a: usize, b: usize, out: usize, n: i32, sa: i32, sb: i32, so: i32) => void;
export type Exact = (x: f64) => f64;

/** The error of `got` in units in the last place of a float of the size of `want`; infinite where the kinds differ. */
export function ulp32(got: f32, want: f64): f64 {
  if (got != got || want != want) return got != got && want != want ? 0 : Infinity;
  const rounded = <f32>want;
  if (rounded == got) return abs(<f64>got - want) <= 0 || abs(rounded) == Infinity ? 0 : scaled(<f64>got - want, want);
  // a finite value above the largest float may stand for infinity, and back, when it is near
  if (abs(got) == Infinity) return abs(want) > 3.40282e38 && abs(want) < Infinity ? 1 : Infinity;
  return scaled(<f64>got - want, want);
}

function scaled(error: f64, want: f64): f64 {
  const exponent = max<i32>(<i32>((reinterpret<u64>(want) >> 52) & 2047) - 1023, -126);
  return abs(error) * reinterpret<f64>(<u64>(1023 - (exponent - 23)) << 52);
}

/** The same for f64: `want` is itself rounded, so bounds are to be 0.5 above. */
export function ulp64(got: f64, want: f64): f64 {
  if (got != got || want != want) return got != got && want != want ? 0 : Infinity;
  if (got == want) return 0;
  const distance = reinterpret<i64>(got) - reinterpret<i64>(want);
  return <f64>(distance < 0 ? -distance : distance);
}

const COUNT = 1 << 16;
const x32 = heap.alloc(4 * COUNT), y32 = heap.alloc(4 * COUNT);
const x64 = heap.alloc(8 * COUNT), y64 = heap.alloc(8 * COUNT);

/** The largest error over 65536 floats spread evenly over all bit patterns, those with low <= x <= high. */
export function worst32(kernel: Unary, exact: Exact, low: f64 = -Infinity, high: f64 = Infinity): f64 {
  for (let i = 0; i < COUNT; i++) store<u32>(x32 + (<usize>i << 2), <u32>i * 65536 + ((<u32>i * 40503) & 65535));
  return worstOf(kernel, exact, low, high);
}

/** The same over floats spread evenly over [low, high]. */
export function worstBetween32(kernel: Unary, exact: Exact, low: f64, high: f64): f64 {
  for (let i = 0; i < COUNT; i++) store<f32>(x32 + (<usize>i << 2), <f32>(low + (high - low) * <f64>i / <f64>(COUNT - 1)));
  return worstOf(kernel, exact, low, high);
}

function worstOf(kernel: Unary, exact: Exact, low: f64, high: f64): f64 {
  kernel(x32, y32, 0, COUNT);
  let worst = 0.0;
  for (let i = 0; i < COUNT; i++) {
    const x = <f64>load<f32>(x32 + (<usize>i << 2));
    if (x < low || x > high) continue;
    const error = ulp32(load<f32>(y32 + (<usize>i << 2)), exact(x));
    if (error > worst) worst = error;
  }
  return worst;
}

/** The largest distance from `exact` in floats, over f64 spread evenly over [low, high]. */
export function worst64(kernel: Unary, exact: Exact, low: f64, high: f64): f64 {
  for (let i = 0; i < COUNT; i++) store<f64>(x64 + (<usize>i << 3), low + (high - low) * <f64>i / <f64>(COUNT - 1));
  kernel(x64, y64, 0, COUNT);
  let worst = 0.0;
  for (let i = 0; i < COUNT; i++) {
    const error = ulp64(load<f64>(y64 + (<usize>i << 3)), exact(load<f64>(x64 + (<usize>i << 3))));
    if (error > worst) worst = error;
  }
  return worst;
}

/** kernel(x) of one float, and of one double. */
export function at32(kernel: Unary, x: f32): f32 {
  store<f32>(x32, x);
  kernel(x32, y32, 0, 1);
  return load<f32>(y32);
}

export function at64(kernel: Unary, x: f64): f64 {
  store<f64>(x64, x);
  kernel(x64, y64, 0, 1);
  return load<f64>(y64);
}

/** kernel(a, b) of one pair. */
export function pair32(kernel: Row, a: f32, b: f32): f32 {
  store<f32>(x32, a);
  store<f32>(x32, b, 4);
  kernel(x32, x32 + 4, y32, 1, 1, 1, 1);
  return load<f32>(y32);
}

export function pair64(kernel: Row, a: f64, b: f64): f64 {
  store<f64>(x64, a);
  store<f64>(x64, b, 8);
  kernel(x64, x64 + 8, y64, 1, 1, 1, 1);
  return load<f64>(y64);
}

export function pairI64(kernel: Row, a: i64, b: i64): i64 {
  store<i64>(x64, a);
  store<i64>(x64, b, 8);
  kernel(x64, x64 + 8, y64, 1, 1, 1, 1);
  return load<i64>(y64);
}

/** erf by its series without cancellation, erfc by its continued fraction: neither shares anything with the kernels. */
export function erfExact(x: f64): f64 {
  if (abs(x) > 3) return x > 0 ? 1 - erfcFraction(x) : erfcFraction(-x) - 1;
  let term = x, sum = x;
  for (let k = 1; k < 120; k++) {
    term *= 2 * x * x / <f64>(2 * k + 1);
    sum += term;
  }
  return x == 0 ? x : 1.1283791670955126 * NativeMath.exp(-x * x) * sum;
}

export function erfcExact(x: f64): f64 {
  if (x > 2) return erfcFraction(x);
  return 1 - erfExact(x);
}

function erfcFraction(x: f64): f64 {
  if (!(x < 30)) return x > 0 ? 0 : x;
  let f = x;
  for (let k = 200; k > 0; k--) f = x + 0.5 * <f64>k / f;
  return 0.5641895835477563 * NativeMath.exp(-x * x) / f;
}

/** -0 and +0 are different here, NaN is itself. */
export function same(a: f64, b: f64): bool {
  return a != a ? b != b : reinterpret<u64>(a) == reinterpret<u64>(b);
}
