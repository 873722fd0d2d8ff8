// Convolutions as products: the windows of an image become panels for the tiles of gemm.ts. Tables of offsets, in bytes
// from an image's start, say where they lie: `taps[k]` for each element of a window (channel by channel), `places[p]` for
// each position of the result. An element is at image + taps[k] + places[p]; images are padded beforehand.

/** How the four places at `p` lie: 1 side by side, 2 every other, 0 otherwise. Their elements are of four bytes. */
// @ts-ignore: decorator
@inline function spacing(p: usize): i32 {
  const first = load<i32>(p), step = load<i32>(p, 4) - first;
  if (load<i32>(p, 8) - first != 2 * step || load<i32>(p, 12) - first != 3 * step) return 0;
  return step == 4 ? 1 : step == 8 ? 2 : 0;
}

// @ts-ignore: decorator
@inline function gather(from: usize, p: usize): v128 {
  let v = v128.load32_zero(from + load<i32>(p));
  v = v128.load32_lane(from + load<i32>(p, 4), v, 1);
  v = v128.load32_lane(from + load<i32>(p, 8), v, 2);
  return v128.load32_lane(from + load<i32>(p, 12), v, 3);
}

/** The elements at four places, which lie as `kind` says. */
// @ts-ignore: decorator
@inline function four(kind: i32, from: usize, p: usize): v128 {
  if (kind == 0) return gather(from, p);
  const at = from + load<i32>(p);
  if (kind == 1) return v128.load(at);
  return v128.shuffle<u32>(v128.load(at), v128.load(at, 16), 0, 2, 4, 6);
}

// @ts-ignore: decorator
@inline function packFour(kind: i32, image: usize, taps: usize, k: i32, p: usize, to: usize, row: usize): void {
  const last = taps + (<usize>k << 2);
  for (; taps < last; taps += 4) {
    v128.store(to, four(kind, image + load<i32>(taps), p));
    to += row;
  }
}

/**
 * Panels [begin, end) of `width` places (16 or 8): k rows of `width`. The table of places is readable up to the last
 * panel's end; what stands there beyond the last place are offsets within the image.
 */
export function convPack_f32(
  image: usize, taps: usize, k: i32, places: usize, to: usize, width: i32, begin: i32, end: i32,
): void {
  const row = <usize>width << 2;
  for (let i = begin; i < end; ++i) {
    for (let c = 0; c < width; c += 4) {
      const p = places + (<usize>(i * width + c) << 2), at = to + <usize>i * <usize>k * row + (<usize>c << 2);
      const kind = spacing(p);
      if (kind == 1) packFour(1, image, taps, k, p, at, row);
      else if (kind == 2) packFour(2, image, taps, k, p, at, row);
      else packFour(0, image, taps, k, p, at, row);
    }
  }
}

/**
 * The transpose: panels [begin, end) of `width` taps (16 or 8), a row of `width` for each of n places. Both tables are
 * readable, with offsets within the image, up to the next multiple of 4 and the last panel's end.
 */
export function convPackTurned_f32(
  image: usize, taps: usize, places: usize, n: i32, to: usize, width: i32, begin: i32, end: i32,
): void {
  const row = <usize>width << 2;
  for (let i = begin; i < end; ++i) {
    let at = to + <usize>i * <usize>n * row;
    for (let j = 0; j < n; j += 4) {
      const p = places + (<usize>j << 2), kind = spacing(p);
      for (let c = 0; c < width; c += 4) {
        const t = taps + (<usize>(i * width + c) << 2), target = at + (<usize>c << 2);
        const x0 = image + load<i32>(t), x1 = image + load<i32>(t, 4), x2 = image + load<i32>(t, 8), x3 = image + load<i32>(t, 12);
        let r0: v128, r1: v128, r2: v128, r3: v128;
        if (kind == 1) {
          r0 = four(1, x0, p);
          r1 = four(1, x1, p);
          r2 = four(1, x2, p);
          r3 = four(1, x3, p);
        } else {
          r0 = gather(x0, p);
          r1 = gather(x1, p);
          r2 = gather(x2, p);
          r3 = gather(x3, p);
        }
        const lo01 = v128.shuffle<u32>(r0, r1, 0, 4, 1, 5), hi01 = v128.shuffle<u32>(r0, r1, 2, 6, 3, 7);
        const lo23 = v128.shuffle<u32>(r2, r3, 0, 4, 1, 5), hi23 = v128.shuffle<u32>(r2, r3, 2, 6, 3, 7);
        v128.store(target, v128.shuffle<u64>(lo01, lo23, 0, 2));
        if (j + 1 < n) v128.store(target + row, v128.shuffle<u64>(lo01, lo23, 1, 3));
        if (j + 2 < n) v128.store(target + 2 * row, v128.shuffle<u64>(hi01, hi23, 0, 2));
        if (j + 3 < n) v128.store(target + 3 * row, v128.shuffle<u64>(hi01, hi23, 1, 3));
      }
      at += row << 2;
    }
  }
}

/** As convPack_f32, for elements of eight bytes and any width; beyond the last place of n there is nothing to read. */
export function convPack_b8(
  image: usize, taps: usize, k: i32, places: usize, n: i32, to: usize, width: i32, begin: i32, end: i32,
): void {
  for (let i = begin; i < end; ++i) {
    let at = to + (<usize>i * <usize>k * <usize>width << 3);
    const last = min(width, n - i * width);
    for (let t = 0; t < k; ++t) {
      const from = image + load<i32>(taps + (<usize>t << 2));
      for (let c = 0; c < last; ++c)
        store<u64>(at + (<usize>c << 3), load<u64>(from + load<i32>(places + (<usize>(i * width + c) << 2))));
      at += <usize>width << 3;
    }
  }
}
