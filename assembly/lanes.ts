// The SIMD vocabulary of the elementwise kernels: four f32 lanes, and loads and stores of fewer.

/** `a * b + c`; one rounding where the build has relaxed SIMD and the engine fuses, two otherwise. */
// @ts-ignore: decorator
@inline export function madd(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_madd(a, b, c);
  return f32x4.add(f32x4.mul(a, b), c);
}

/** `c - a * b`, rounded like `madd`. */
// @ts-ignore: decorator
@inline export function nmadd(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_nmadd(a, b, c);
  return f32x4.sub(c, f32x4.mul(a, b));
}

/** Entry `k` of a static table of 32-bit words in every lane. */
// @ts-ignore: decorator
@inline export function konst(table: usize, k: i32): v128 {
  return v128.load32_splat(table + (<usize>k << 2));
}

/** Entry `k` of a static table of f64 in both lanes. */
// @ts-ignore: decorator
@inline export function konst64(table: usize, k: i32): v128 {
  return v128.load64_splat(table + (<usize>k << 3));
}

/** `mask ? a : b`, bit by bit. */
// @ts-ignore: decorator
@inline export function pick(mask: v128, a: v128, b: v128): v128 {
  return v128.bitselect(a, b, mask);
}

/** The next `left` (at most 4) floats from `p`, `stride` apart; lanes beyond them hold 0, or at stride 0 the element again. */
// @ts-ignore: decorator
@inline export function load4(p: usize, stride: i32, left: i32): v128 {
  return stride == 1 && left >= 4 ? v128.load(p) : gather4(p, stride, left);
}

/** Stores the first `left` (at most 4) lanes, `stride` floats apart. */
// @ts-ignore: decorator
@inline export function store4(p: usize, stride: i32, left: i32, v: v128): void {
  if (stride == 1 && left >= 4) v128.store(p, v);
  else scatter4(p, stride, left, v);
}

// @ts-ignore: decorator
@inline function gather4(p: usize, stride: i32, left: i32): v128 {
  if (!stride) return v128.load32_splat(p);
  const step = <usize>stride << 2;
  let v = v128.load32_zero(p);
  if (left > 1) v = v128.load_lane<f32>(p + step, v, 1);
  if (left > 2) v = v128.load_lane<f32>(p + 2 * step, v, 2);
  if (left > 3) v = v128.load_lane<f32>(p + 3 * step, v, 3);
  return v;
}

// @ts-ignore: decorator
@inline function scatter4(p: usize, stride: i32, left: i32, v: v128): void {
  const step = <usize>stride << 2;
  v128.store_lane<f32>(p, v, 0);
  if (left > 1) v128.store_lane<f32>(p + step, v, 1);
  if (left > 2) v128.store_lane<f32>(p + 2 * step, v, 2);
  if (left > 3) v128.store_lane<f32>(p + 3 * step, v, 3);
}

/** Four lane masks as four bytes of 0 or 1. */
// @ts-ignore: decorator
@inline export function packMask(mask: v128): u32 {
  const half = i16x8.narrow_i32x4_s(mask, mask);
  return i32x4.extract_lane(i8x16.narrow_i16x8_s(half, half), 0) & 0x01010101;
}

/** `a * b + c` in lanes of any type, fused as `madd` where it is floating point; i32 lanes hold pairs of i16 to multiply and add up. */
// @ts-ignore: decorator
@inline export function mulAdd<T>(a: v128, b: v128, c: v128): v128 {
  if (sizeof<T>() == 4) return isFloat<T>() ? madd(a, b, c) : i32x4.add(c, i32x4.dot_i16x8_s(a, b));
  if (isFloat<T>() && ASC_FEATURE_RELAXED_SIMD) return f64x2.relaxed_madd(a, b, c);
  return v128.add<T>(c, v128.mul<T>(a, b));
}

/** Stores the first `left` elements of a vector. */
// @ts-ignore: decorator
@inline export function storeSome<T>(to: usize, v: v128, left: i32): void {
  if (left >= <i32>(16 / sizeof<T>())) v128.store(to, v);
  else if (sizeof<T>() == 8) {
    if (left > 0) v128.store64_lane(to, v, 0);
  } else storeLanes(to, v, left);
}

// @ts-ignore: decorator
@inline function storeLanes(to: usize, v: v128, left: i32): void {
  if (left > 0) v128.store32_lane(to, v, 0);
  if (left > 1) v128.store32_lane(to, v, 1, 4);
  if (left > 2) v128.store32_lane(to, v, 2, 8);
}

/** Four rows of four at `from`, `ss` bytes apart, as columns: rows of four at `to`, `sd` bytes apart. */
// @ts-ignore: decorator
@inline export function turn4(from: usize, ss: usize, to: usize, sd: usize): void {
  const r0 = v128.load(from), r1 = v128.load(from + ss), r2 = v128.load(from + 2 * ss), r3 = v128.load(from + 3 * ss);
  const lo01 = v128.shuffle<u32>(r0, r1, 0, 4, 1, 5), hi01 = v128.shuffle<u32>(r0, r1, 2, 6, 3, 7);
  const lo23 = v128.shuffle<u32>(r2, r3, 0, 4, 1, 5), hi23 = v128.shuffle<u32>(r2, r3, 2, 6, 3, 7);
  v128.store(to, v128.shuffle<u64>(lo01, lo23, 0, 2));
  v128.store(to + sd, v128.shuffle<u64>(lo01, lo23, 1, 3));
  v128.store(to + 2 * sd, v128.shuffle<u64>(hi01, hi23, 0, 2));
  v128.store(to + 3 * sd, v128.shuffle<u64>(hi01, hi23, 1, 3));
}
