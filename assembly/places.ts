// Places of a convolution's result, four at a time: see conv.ts for the tables.

/**
 * How the four places at `p` lie: 1 side by side, 2 every other, 3 and 4 the same in two runs (the end of a row and the
 * beginning of the next), 0 otherwise. Their elements are of four bytes.
 */
// @ts-ignore: decorator
@inline export function spacing(p: usize): i32 {
  const v = v128.load(p), gaps = i32x4.sub(v128.shuffle<u32>(v, v, 1, 2, 3, 3), v);
  const g0 = i32x4.extract_lane(gaps, 0), g1 = i32x4.extract_lane(gaps, 1), g2 = i32x4.extract_lane(gaps, 2);
  const near = i32(g0 == 4) + i32(g1 == 4) + i32(g2 == 4), apart = i32(g0 == 8) + i32(g1 == 8) + i32(g2 == 8);
  return near == 3 ? 1 : apart == 3 ? 2 : near == 2 ? 3 : apart == 2 ? 4 : 0;
}

// @ts-ignore: decorator
@inline export function gather(from: usize, p: usize): v128 {
  let v = v128.load32_zero(from + load<i32>(p));
  v = v128.load32_lane(from + load<i32>(p, 4), v, 1);
  v = v128.load32_lane(from + load<i32>(p, 8), v, 2);
  return v128.load32_lane(from + load<i32>(p, 12), v, 3);
}

// @ts-ignore: decorator
@inline export function everyOther(at: usize): v128 {
  return v128.shuffle<u32>(v128.load(at), v128.load(at, 16), 0, 2, 4, 6);
}

/** The elements at four places from `from` on, which lie as `kind` says; `first`: see `firstRun`. */
// @ts-ignore: decorator
@inline export function four(kind: i32, from: usize, p: usize, first: v128): v128 {
  const at = from + load<i32>(p);
  if (kind == 1) return v128.load(at);
  if (kind == 2) return everyOther(at);
  if (kind == 3) return v128.bitselect(v128.load(at), v128.load(from + load<i32>(p, 12) - 12), first);
  if (kind == 4) return v128.bitselect(everyOther(at), everyOther(from + load<i32>(p, 12) - 24), first);
  return gather(from, p);
}

/** Which of four places in two runs belong to the first, as a mask. */
// @ts-ignore: decorator
@inline export function firstRun(kind: i32, p: usize): v128 {
  const run = i32x4.mul(i32x4(0, 1, 2, 3), i32x4.splat(kind == 4 ? 8 : 4));
  return i32x4.eq(i32x4.sub(v128.load(p), v128.load32_splat(p)), run);
}
