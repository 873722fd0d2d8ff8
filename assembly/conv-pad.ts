// Images with zeros around them, for the convolutions that read windows straight from memory.

/**
 * Copies the channels [begin, end) of row-major images [depth, height, width] into planes of `plane` elements that are zero
 * around them: `inset` elements before the first line, `layer` from one [height, width] to the next, lines of `split` parts
 * of `part` elements. Element j of a line goes to part (j + before) % split.
 */
export function convPad_f32(
  x: usize, to: usize, depth: i32, height: i32, width: i32, plane: i32, inset: i32, layer: i32, before: i32, split: i32,
  part: i32, begin: i32, end: i32,
): void {
  const line = <usize>(split * part) << 2;
  let from = x + (<usize>begin * <usize>(depth * height * width) << 2);
  for (let c = begin; c < end; ++c) {
    const target = to + (<usize>c * <usize>plane << 2);
    memory.fill(target, 0, <usize>plane << 2);
    for (let z = 0; z < depth; ++z) {
      let at = target + (<usize>(inset + z * layer) << 2);
      for (let y = 0; y < height; ++y) {
        if (split == 1) {
          let p = at + (<usize>before << 2), j = width;
          for (; j >= 4; j -= 4) {
            v128.store(p, v128.load(from));
            p += 16;
            from += 16;
          }
          for (; j > 0; --j) {
            store<f32>(p, load<f32>(from));
            p += 4;
            from += 4;
          }
        } else splitLine(from, at, width, before, split, part), (from += <usize>width << 2);
        at += line;
      }
    }
  }
}

function splitLine(from: usize, at: usize, width: i32, before: i32, split: i32, part: i32): void {
  const size = <usize>part << 2;
  let j = 0;
  if (split == 2) {
    let even = at + (<usize>(before & 1) * size) + (<usize>(before >> 1) << 2);
    let odd = at + (<usize>(1 - (before & 1)) * size) + (<usize>((before + 1) >> 1) << 2);
    for (; j + 8 <= width; j += 8) {
      const u = v128.load(from), v = v128.load(from, 16);
      v128.store(even, v128.shuffle<u32>(u, v, 0, 2, 4, 6));
      v128.store(odd, v128.shuffle<u32>(u, v, 1, 3, 5, 7));
      from += 32;
      even += 16;
      odd += 16;
    }
  }
  for (; j < width; ++j) {
    const k = j + before;
    store<f32>(at + <usize>(k % split) * size + (<usize>(k / split) << 2), load<f32>(from));
    from += 4;
  }
}
