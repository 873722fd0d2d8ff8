// Weighted sums of a few elements along one dimension: [outer, count, inner] to [outer, places, inner], by a table of
// `taps` positions (i32) and weights (of the kernel's type) for each place. begin, end: which of the outer.
import { load4, madd, store4 } from "./lanes";

/** What lies `inner` apart is worked on side by side. `back`: from the places to the elements they were made of. */
function sums32(
  back: bool, x: usize, out: usize, positions: usize, weights: usize, taps: i32, count: i32, places: i32, inner: i32,
  begin: i32, end: i32,
): void {
  const step = <usize>inner << 2, from = <usize>(back ? places : count) * step, to = <usize>(back ? count : places) * step;
  if (back) memory.fill(out + <usize>begin * to, 0, <usize>(end - begin) * to);
  for (let o = begin; o < end; ++o) {
    const xs = x + <usize>o * from, outs = out + <usize>o * to;
    for (let j = 0, tap = 0; j < places; ++j, tap += taps) {
      const own = (back ? xs : outs) + <usize>j * step;
      if (inner == 1) {
        let sum: f32 = 0;
        for (let k = tap; k < tap + taps; ++k) {
          const at = <usize>load<i32>(positions + (<usize>k << 2)) << 2, w = load<f32>(weights + (<usize>k << 2));
          if (back) store<f32>(outs + at, load<f32>(outs + at) + w * load<f32>(own));
          else sum += w * load<f32>(xs + at);
        }
        if (!back) store<f32>(own, sum);
        continue;
      }
      for (let i = 0; i < inner; i += 4) {
        const left = inner - i, lane = <usize>i << 2;
        let sum = back ? load4(own + lane, 1, left) : i32x4.splat(0);
        for (let k = tap; k < tap + taps; ++k) {
          const at = <usize>load<i32>(positions + (<usize>k << 2)) * step + lane;
          const w = v128.load32_splat(weights + (<usize>k << 2));
          if (back) store4(outs + at, 1, left, madd(w, sum, load4(outs + at, 1, left)));
          else sum = madd(w, load4(xs + at, 1, left), sum);
        }
        if (!back) store4(own + lane, 1, left, sum);
      }
    }
  }
}

export function resample_f32(
  x: usize, out: usize, positions: usize, weights: usize, taps: i32, count: i32, places: i32, inner: i32,
  begin: i32, end: i32,
): void {
  sums32(false, x, out, positions, weights, taps, count, places, inner, begin, end);
}

export function resampleBackward_f32(
  x: usize, out: usize, positions: usize, weights: usize, taps: i32, count: i32, places: i32, inner: i32,
  begin: i32, end: i32,
): void {
  sums32(true, x, out, positions, weights, taps, count, places, inner, begin, end);
}

function sums64(
  back: bool, x: usize, out: usize, positions: usize, weights: usize, taps: i32, count: i32, places: i32, inner: i32,
  begin: i32, end: i32,
): void {
  const lines = end - begin, skip = <usize>begin * <usize>inner << 3;
  memory.fill(
    out + skip * <usize>(back ? count : places), 0,
    <usize>lines * <usize>inner * <usize>(back ? count : places) << 3,
  );
  for (let o = begin; o < end; ++o) {
    for (let j = 0; j < places; ++j) {
      for (let k = j * taps; k < (j + 1) * taps; ++k) {
        const w = load<f64>(weights + (<usize>k << 3));
        let element = <usize>(o * count + load<i32>(positions + (<usize>k << 2))) * <usize>inner << 3;
        let place = <usize>(o * places + j) * <usize>inner << 3;
        for (let i = 0; i < inner; ++i, element += 8, place += 8) {
          const to = out + (back ? element : place), v = load<f64>(x + (back ? place : element));
          store<f64>(to, load<f64>(to) + w * v);
        }
      }
    }
  }
}

export function resample_f64(
  x: usize, out: usize, positions: usize, weights: usize, taps: i32, count: i32, places: i32, inner: i32,
  begin: i32, end: i32,
): void {
  sums64(false, x, out, positions, weights, taps, count, places, inner, begin, end);
}

export function resampleBackward_f64(
  x: usize, out: usize, positions: usize, weights: usize, taps: i32, count: i32, places: i32, inner: i32,
  begin: i32, end: i32,
): void {
  sums64(true, x, out, positions, weights, taps, count, places, inner, begin, end);
}
