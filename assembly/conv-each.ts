// Convolutions in which every channel is alone: no product to make, but a sum over few taps. Tables as in conv.ts; those of
// places are readable, with offsets within the image, up to the next multiple of 16.
import { load4, madd, storeSome } from "./lanes";
import { firstRun, four, spacing } from "./places";

// @ts-ignore: decorator
@inline function sum(kind: i32, image: usize, taps: usize, last: usize, w: usize, p: usize, start: v128): v128 {
  const first = firstRun(kind, p);
  for (; taps < last; taps += 4) {
    start = madd(v128.load32_splat(w), four(kind, image + load<i32>(taps), p, first), start);
    w += 4;
  }
  return start;
}

/**
 * The result's planes [begin, end) of n places, of `rows` in each image: plane o of an image is the sum of w[o, k] times
 * the windows over its input plane o / repeat, plus `init` (sixteen equal elements for each plane, address 0: nothing).
 * Input planes are `plane` elements apart.
 */
export function convEach_f32(
  x: usize, plane: i32, taps: usize, k: i32, places: usize, n: i32, w: usize, rows: i32, repeat: i32, out: usize,
  init: usize, begin: i32, end: i32,
): void {
  const last = taps + (<usize>k << 2);
  for (let i = begin; i < end; ++i) {
    const o = i % rows, image = x + (<usize>(i / repeat) * <usize>plane << 2), weights = w + (<usize>(o * k) << 2);
    const start = init ? v128.load(init + (<usize>o << 6)) : f32x4.splat(0);
    let to = out + (<usize>i * <usize>n << 2), p = places, left = n;
    for (; left > 0; left -= 16) {
      if (left >= 16 && spacing(p) == 1 && spacing(p + 16) == 1 && spacing(p + 32) == 1 && spacing(p + 48) == 1) {
        const a0 = image + load<i32>(p), a1 = image + load<i32>(p, 16), a2 = image + load<i32>(p, 32);
        const a3 = image + load<i32>(p, 48);
        let s0 = start, s1 = start, s2 = start, s3 = start, value = weights;
        for (let t = taps; t < last; t += 4) {
          const tap = load<i32>(t), times = v128.load32_splat(value);
          s0 = madd(times, v128.load(a0 + tap), s0);
          s1 = madd(times, v128.load(a1 + tap), s1);
          s2 = madd(times, v128.load(a2 + tap), s2);
          s3 = madd(times, v128.load(a3 + tap), s3);
          value += 4;
        }
        v128.store(to, s0);
        v128.store(to, s1, 16);
        v128.store(to, s2, 32);
        v128.store(to, s3, 48);
        p += 64;
        to += 64;
        continue;
      }
      for (let c = 0; c < 16; c += 4) {
        const kind = spacing(p);
        let s: v128;
        if (kind == 1) s = sum(1, image, taps, last, weights, p, start);
        else if (kind == 3) s = sum(3, image, taps, last, weights, p, start);
        else if (kind == 2) s = sum(2, image, taps, last, weights, p, start);
        else if (kind == 4) s = sum(4, image, taps, last, weights, p, start);
        else s = sum(0, image, taps, last, weights, p, start);
        storeSome<f32>(to, s, left - c);
        p += 16;
        to += 16;
      }
    }
  }
}

/** Lanes that are not `live` count for nothing, whatever the image holds there: 0 times infinity would not. */
// @ts-ignore: decorator
@inline function addTaps(
  kind: i32, image: usize, taps: usize, last: usize, p: usize, g: v128, live: v128, sums: usize,
): void {
  const first = firstRun(kind, p);
  for (; taps < last; taps += 4) {
    const values = v128.and(live, four(kind, image + load<i32>(taps), p, first));
    v128.store(sums, madd(g, values, v128.load(sums)));
    sums += 16;
  }
}

/**
 * The gradient of the weights: w[o, k] for the channels o in [begin, end), from the gradient of the result, whose planes
 * have n places. `rows` and `repeat` as above. `sums`: 16 k bytes for each channel, which keep what earlier calls for other
 * images have summed unless `fresh`.
 */
export function convEachTaps_f32(
  x: usize, plane: i32, taps: usize, k: i32, places: usize, n: i32, grad: usize, images: i32, rows: i32, repeat: i32,
  w: usize, sums: usize, fresh: i32, begin: i32, end: i32,
): void {
  const last = taps + (<usize>k << 2);
  for (let o = begin; o < end; ++o) {
    const own = sums + (<usize>(o * k) << 4);
    if (fresh) memory.fill(own, 0, <usize>k << 4);
    for (let i = 0; i < images; ++i) {
      const at = i * rows + o, image = x + (<usize>(at / repeat) * <usize>plane << 2);
      let g = grad + (<usize>at * <usize>n << 2), p = places;
      for (let left = n; left > 0; left -= 4) {
        const kind = spacing(p), values = load4(g, 1, left);
        const live = i32x4.gt_s(i32x4.splat(left), i32x4(0, 1, 2, 3));
        if (kind == 1) addTaps(1, image, taps, last, p, values, live, own);
        else if (kind == 3) addTaps(3, image, taps, last, p, values, live, own);
        else if (kind == 2) addTaps(2, image, taps, last, p, values, live, own);
        else if (kind == 4) addTaps(4, image, taps, last, p, values, live, own);
        else addTaps(0, image, taps, last, p, values, live, own);
        g += 16;
        p += 16;
      }
    }
    for (let t = 0; t < k; ++t) {
      const s = v128.load(own + (<usize>t << 4));
      const even = f32x4.extract_lane(s, 0) + f32x4.extract_lane(s, 2), odd = f32x4.extract_lane(s, 1) + f32x4.extract_lane(s, 3);
      store<f32>(w + (<usize>(o * k + t) << 2), even + odd);
    }
  }
}
