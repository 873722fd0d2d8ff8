// One step of recurrent cells, f32: rows [begin, end) of a batch. The gates of a row lie side by side, each `n` long;
// `x` and `h` are the shares that the input and the last state have in them.
import { konst, load4, madd, nmadd, store4, storeSome } from "./lanes";
import { sigmoid_f32, tanh_f32 } from "./unary";

const ONE = memory.data<f32>([1.0], 16);

/** y (1 - y) g, the gradient behind a sigmoid. */
// @ts-ignore: decorator
@inline function sigmoidSlope(g: v128, y: v128): v128 {
  return f32x4.mul(g, nmadd(y, y, y));
}

// @ts-ignore: decorator
@inline function get(row: usize, i: i32, left: i32): v128 {
  return load4(row + (<usize>i << 2), 1, left);
}

// @ts-ignore: decorator
@inline function put(row: usize, i: i32, left: i32, v: v128): void {
  store4(row + (<usize>i << 2), 1, left, v);
}

/** out = a + b, `n` elements. Loads run past the end. */
function addLine(a: usize, b: usize, out: usize, n: i32): void {
  for (; n > 0; n -= 4) {
    storeSome<f32>(out, f32x4.add(v128.load(a), v128.load(b)), n);
    a += 16;
    b += 16;
    out += 16;
  }
}

/**
 * c' = f c + i g and h' = o tanh(c'). `kept` receives i, f, g, o and tanh(c') of each row. One function at a time: all five
 * in one loop have more constants than there are registers, and take twice as long.
 */
export function lstmCell_f32(
  x: usize, h: usize, c: usize, outH: usize, outC: usize, kept: usize, n: i32, begin: i32, end: i32,
): void {
  const size = <usize>n << 2;
  for (let r = <usize>begin; r < <usize>end; ++r) {
    const own = kept + r * size * 5, at = r * size, fresh = own + 2 * size, output = fresh + size, bent = output + size;
    addLine(x + at * 4, h + at * 4, own, 4 * n);
    sigmoid_f32(own, own, 0, 2 * n);
    tanh_f32(fresh, fresh, 0, n);
    sigmoid_f32(output, output, 0, n);
    for (let i: usize = 0, left = n; left > 0; i += 16, left -= 4) {
      const kept = f32x4.mul(v128.load(own + size + i), v128.load(c + at + i));
      storeSome<f32>(outC + at + i, madd(v128.load(own + i), v128.load(fresh + i), kept), left);
    }
    tanh_f32(outC + at, bent, 0, n);
    for (let i: usize = 0, left = n; left > 0; i += 16, left -= 4)
      storeSome<f32>(outH + at + i, f32x4.mul(v128.load(output + i), v128.load(bent + i)), left);
  }
}

/** Gradients of the gates and of c from those of h' and c' (0: none). */
export function lstmCellBackward_f32(
  gh: usize, gc: usize, c: usize, kept: usize, outGates: usize, outC: usize, n: i32, begin: i32, end: i32,
): void {
  const size = <usize>n << 2, one = konst(ONE, 0);
  for (let r = <usize>begin; r < <usize>end; ++r) {
    const rk = kept + r * size * 5, rg = outGates + r * size * 4, at = r * size;
    for (let i = 0; i < n; i += 4) {
      const left = n - i;
      const input = get(rk, i, left), forget = get(rk + size, i, left), fresh = get(rk + size * 2, i, left);
      const output = get(rk + size * 3, i, left), bent = get(rk + size * 4, i, left);
      const up = gh ? get(gh + at, i, left) : i32x4.splat(0);
      let cell = f32x4.mul(f32x4.mul(up, output), nmadd(bent, bent, one));
      if (gc) cell = f32x4.add(cell, get(gc + at, i, left));
      put(rg, i, left, sigmoidSlope(f32x4.mul(cell, fresh), input));
      put(rg + size, i, left, sigmoidSlope(f32x4.mul(cell, get(c + at, i, left)), forget));
      put(rg + size * 2, i, left, f32x4.mul(f32x4.mul(cell, input), nmadd(fresh, fresh, one)));
      put(rg + size * 3, i, left, sigmoidSlope(f32x4.mul(up, bent), output));
      put(outC + at, i, left, f32x4.mul(cell, forget));
    }
  }
}

/** h' = n + z (h - n), with n = tanh(x_n + r h_n). `kept` receives r, z and n of each row. */
export function gruCell_f32(
  x: usize, h: usize, state: usize, out: usize, kept: usize, n: i32, begin: i32, end: i32,
): void {
  const size = <usize>n << 2;
  for (let r = <usize>begin; r < <usize>end; ++r) {
    const at = r * size, rx = x + at * 3, rh = h + at * 3, own = kept + at * 3, update = own + size, fresh = update + size;
    addLine(rx, rh, own, 2 * n);
    sigmoid_f32(own, own, 0, 2 * n);
    for (let i: usize = 0, left = n; left > 0; i += 16, left -= 4) {
      const share = v128.load(rh + 2 * size + i);
      storeSome<f32>(fresh + i, madd(v128.load(own + i), share, v128.load(rx + 2 * size + i)), left);
    }
    tanh_f32(fresh, fresh, 0, n);
    for (let i: usize = 0, left = n; left > 0; i += 16, left -= 4) {
      const newer = v128.load(fresh + i), change = f32x4.sub(v128.load(state + at + i), newer);
      storeSome<f32>(out + at + i, madd(change, v128.load(update + i), newer), left);
    }
  }
}

/** Gradients of both shares of the gates and of h from that of h'. */
export function gruCellBackward_f32(
  g: usize, h: usize, state: usize, kept: usize, outX: usize, outH: usize, outState: usize, n: i32, begin: i32, end: i32,
): void {
  const size = <usize>n << 2, one = konst(ONE, 0);
  for (let row = <usize>begin; row < <usize>end; ++row) {
    const rh = h + row * size * 3, rk = kept + row * size * 3, at = row * size;
    const ox = outX + row * size * 3, oh = outH + row * size * 3;
    for (let i = 0; i < n; i += 4) {
      const left = n - i, up = get(g + at, i, left);
      const reset = get(rk, i, left), update = get(rk + size, i, left), fresh = get(rk + size * 2, i, left);
      const slope = f32x4.mul(nmadd(up, update, up), nmadd(fresh, fresh, one));
      const forReset = sigmoidSlope(f32x4.mul(slope, get(rh + size * 2, i, left)), reset);
      const forUpdate = sigmoidSlope(f32x4.mul(up, f32x4.sub(get(state + at, i, left), fresh)), update);
      put(ox, i, left, forReset);
      put(oh, i, left, forReset);
      put(ox + size, i, left, forUpdate);
      put(oh + size, i, left, forUpdate);
      put(ox + size * 2, i, left, slope);
      put(oh + size * 2, i, left, f32x4.mul(slope, reset));
      put(outState + at, i, left, f32x4.mul(up, update));
    }
  }
}
