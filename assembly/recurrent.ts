// One step of recurrent cells, f32: rows [begin, end) of a batch. The gates of a row lie side by side, each `n` long;
// `x` and `h` are the shares that the input and the last state have in them.
import { konst, load4, madd, nmadd, store4 } from "./lanes";
import { onePlusExp4, tanh4 } from "./math";

const ONE = memory.data<f32>([1.0], 16);

// @ts-ignore: decorator
@inline function sigmoid4(x: v128): v128 {
  return f32x4.div(konst(ONE, 0), onePlusExp4(f32x4.neg(x)));
}

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

/** c' = f c + i g and h' = o tanh(c'). `kept` receives i, f, g, o and tanh(c') of each row. */
export function lstmCell_f32(
  x: usize, h: usize, c: usize, outH: usize, outC: usize, kept: usize, n: i32, begin: i32, end: i32,
): void {
  const size = <usize>n << 2;
  for (let r = <usize>begin; r < <usize>end; ++r) {
    const rx = x + r * size * 4, rh = h + r * size * 4, rk = kept + r * size * 5, at = r * size;
    for (let i = 0; i < n; i += 4) {
      const left = n - i;
      const input = sigmoid4(f32x4.add(get(rx, i, left), get(rh, i, left)));
      const forget = sigmoid4(f32x4.add(get(rx + size, i, left), get(rh + size, i, left)));
      const fresh = tanh4(f32x4.add(get(rx + size * 2, i, left), get(rh + size * 2, i, left)));
      const output = sigmoid4(f32x4.add(get(rx + size * 3, i, left), get(rh + size * 3, i, left)));
      const cell = f32x4.add(f32x4.mul(forget, get(c + at, i, left)), f32x4.mul(input, fresh));
      const bent = tanh4(cell);
      put(outC + at, i, left, cell);
      put(outH + at, i, left, f32x4.mul(output, bent));
      put(rk, i, left, input);
      put(rk + size, i, left, forget);
      put(rk + size * 2, i, left, fresh);
      put(rk + size * 3, i, left, output);
      put(rk + size * 4, i, left, bent);
    }
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
  for (let row = <usize>begin; row < <usize>end; ++row) {
    const rx = x + row * size * 3, rh = h + row * size * 3, rk = kept + row * size * 3, at = row * size;
    for (let i = 0; i < n; i += 4) {
      const left = n - i;
      const reset = sigmoid4(f32x4.add(get(rx, i, left), get(rh, i, left)));
      const update = sigmoid4(f32x4.add(get(rx + size, i, left), get(rh + size, i, left)));
      const fresh = tanh4(f32x4.add(get(rx + size * 2, i, left), f32x4.mul(reset, get(rh + size * 2, i, left))));
      put(out + at, i, left, madd(f32x4.sub(get(state + at, i, left), fresh), update, fresh));
      put(rk, i, left, reset);
      put(rk + size, i, left, update);
      put(rk + size * 2, i, left, fresh);
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
