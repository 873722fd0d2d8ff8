// Random numbers as PyTorch draws them on the CPU: the 32-bit Mersenne Twister of Matsumoto and Nishimura (1998). A
// stream is 624 words and the position in them (2500 bytes); its draws come one after the other, so no kernel here
// takes a range.
import { konst, konst64, madd, pick } from "./lanes";
import { log64 } from "./math-f64";
import { cosNear4, log4, sinNear4 } from "./math";

const N: i32 = 624, M: i32 = 397;
const POSITION: usize = 2496;

const MASKS = memory.data<u32>([0x80000000, 0x7fffffff, 0x9908b0df, 0x9d2c5680, 0xefc60000, 0x00ffffff], 16);
const UNIT = memory.data<f64>([5.9604644775390625e-8], 16); // 2^-24
const NORMAL = memory.data<f32>([
  1.0, -2.0, 6.2831853071795864769,
  0.63661977236758134308, 12582912.0, // 3: 2 / pi;  4: 1.5 * 2^23, whose addition rounds to an integer
  1.5703125, 4.837512969970703125e-4, 7.54978995489188216e-8, // 5: pi / 2; a multiple up to 4 of each of the first two is exact
], 16);
const SIGN = memory.data<u32>([0x80000000], 16);

/** Starts a stream from a seed. */
export function mtSeed(state: usize, seed: i32): void {
  let word = <u32>seed;
  store<u32>(state, word);
  for (let j = 1; j < N; ++j) {
    word = 1812433253 * (word ^ (word >> 30)) + j;
    store<u32>(state + (<usize>j << 2), word);
  }
  store<i32>(state, N, POSITION);
}

/** Word `k` made anew, from the one behind it and the one `M` on, both at their addresses. */
function renew(word: usize, next: usize, far: usize): void {
  const after = load<u32>(next), y = (load<u32>(word) & 0x80000000) | (after & 0x7fffffff);
  store<u32>(word, load<u32>(far) ^ (y >> 1) ^ (after & 1 ? 0x9908b0df : 0));
}

/** Words [from, to) made anew, their far words `distance` bytes away; the next words must still be old. */
function renewRun(state: usize, from: i32, to: i32, distance: usize): void {
  let p = state + (<usize>from << 2);
  const end = state + (<usize>to << 2);
  for (; p + 16 <= end; p += 16) {
    const next = v128.load(p, 4);
    const y = v128.or(v128.and(v128.load(p), konst(MASKS, 0)), v128.and(next, konst(MASKS, 1)));
    const odd = i32x4.shr_s(i32x4.shl(next, 31), 31);
    const mixed = v128.xor(v128.load(p + distance), i32x4.shr_u(y, 1));
    v128.store(p, v128.xor(mixed, v128.and(odd, konst(MASKS, 2))));
  }
  for (; p < end; p += 4) renew(p, p + 4, p + distance);
}

function refill(state: usize): void {
  renewRun(state, 0, N - M, <usize>M << 2);
  renewRun(state, N - M, N - 1, <usize>(M - N) << 2);
  renew(state + (<usize>(N - 1) << 2), state, state + (<usize>(M - 1) << 2));
  store<i32>(state, 0, POSITION);
}

/** The next 32 bits. */
export function mtNext(state: usize): i32 {
  if (load<i32>(state, POSITION) >= N) refill(state);
  const at = load<i32>(state, POSITION);
  store<i32>(state, at + 1, POSITION);
  let y = load<u32>(state + (<usize>at << 2));
  y ^= y >> 11;
  y ^= (y << 7) & 0x9d2c5680;
  y ^= (y << 15) & 0xefc60000;
  return y ^ (y >> 18);
}

/** The next 64 bits: the first output is the high half. */
function next64(state: usize): u64 {
  const high = <u64><u32>mtNext(state);
  return (high << 32) | <u64><u32>mtNext(state);
}

/** The next uniform number in [0, 1) of 53 bits. */
export function mtNextDouble53(state: usize): f64 {
  return <f64>(next64(state) & 0x1fffffffffffff) * 1.1102230246251565e-16; // 2^-53
}

/** Four words of the state as the stream gives them. */
// @ts-ignore: decorator
@inline function temper4(p: usize): v128 {
  let y = v128.load(p);
  y = v128.xor(y, i32x4.shr_u(y, 11));
  y = v128.xor(y, v128.and(i32x4.shl(y, 7), konst(MASKS, 3)));
  y = v128.xor(y, v128.and(i32x4.shl(y, 15), konst(MASKS, 4)));
  return v128.xor(y, i32x4.shr_u(y, 18));
}

/** `n` words of the stream. */
function fillWords(state: usize, out: usize, n: i32): void {
  while (n > 0) {
    if (load<i32>(state, POSITION) >= N) refill(state);
    let at = load<i32>(state, POSITION);
    const end = at + min(n, N - at);
    n -= end - at;
    for (; at + 4 <= end; at += 4) {
      v128.store(out, temper4(state + (<usize>at << 2)));
      out += 16;
    }
    store<i32>(state, at, POSITION);
    for (; at < end; ++at) {
      store<i32>(out, mtNext(state));
      out += 4;
    }
  }
}

/** Uniform in [from, to): `u * (to - from) + from` with one rounding, as PyTorch's builds with fused multiply-add. */
export function uniform_f32(state: usize, out: usize, n: i32, from: f64, to: f64): void {
  const low = <f64><f32>from, width = <f64>(<f32>to - <f32>from);
  fillWords(state, out, n);
  const scale = f64x2.mul(konst64(UNIT, 0), f64x2.splat(width)), shift = f64x2.splat(low);
  const end = out + (<usize>n << 2);
  for (; out + 16 <= end; out += 16) {
    const u = v128.and(v128.load(out), konst(MASKS, 5));
    const a = f64x2.add(f64x2.mul(f64x2.convert_low_i32x4_u(u), scale), shift);
    const upper = v128.shuffle<i64>(u, u, 1, 1);
    const b = f64x2.add(f64x2.mul(f64x2.convert_low_i32x4_u(upper), scale), shift);
    v128.store(out, v128.shuffle<i64>(f32x4.demote_f64x2_zero(a), f32x4.demote_f64x2_zero(b), 0, 2));
  }
  for (; out < end; out += 4) {
    store<f32>(out, <f32>(<f64>(load<u32>(out) & 0xffffff) * 5.9604644775390625e-8 * width + low));
  }
}

/** Uniform in [from, to), of 53 bits. */
export function uniform_f64(state: usize, out: usize, n: i32, from: f64, to: f64): void {
  const width = to - from;
  for (; n > 0; --n) {
    store<f64>(out, mtNextDouble53(state) * width + from);
    out += 8;
  }
}

/** A block of 16 uniform numbers becomes normal (Box and Muller): j and j + 8 are a pair. Sine and cosine share their work. */
function block_f32(d: usize, mean: v128, std: v128): void {
  const one = konst(NORMAL, 0);
  for (let p = d; p < d + 32; p += 16) {
    const radius = f32x4.sqrt(f32x4.mul(konst(NORMAL, 1), log4(f32x4.sub(one, v128.load(p)))));
    const theta = f32x4.mul(konst(NORMAL, 2), v128.load(p, 32));
    const t = f32x4.add(f32x4.mul(theta, konst(NORMAL, 3)), konst(NORMAL, 4)), n = f32x4.sub(t, konst(NORMAL, 4));
    let r = f32x4.sub(theta, f32x4.mul(n, konst(NORMAL, 5)));
    r = f32x4.sub(f32x4.sub(r, f32x4.mul(n, konst(NORMAL, 6))), f32x4.mul(n, konst(NORMAL, 7)));
    const z = f32x4.mul(r, r), s = sinNear4(r, z), c = cosNear4(z);
    const odd = i32x4.shr_s(i32x4.shl(t, 31), 31), sign = konst(SIGN, 0), half = i32x4.shl(t, 30);
    // The sine is negative in quarters 2 and 3, the cosine in 1 and 2.
    const sine = v128.xor(pick(odd, c, s), v128.and(half, sign));
    const cosine = v128.xor(pick(odd, s, c), v128.and(v128.xor(half, i32x4.shl(t, 31)), sign));
    v128.store(p, madd(f32x4.mul(radius, cosine), std, mean));
    v128.store(p, madd(f32x4.mul(radius, sine), std, mean), 32);
  }
}

/** At least 16 normal numbers, in blocks of 16; what is left at the end is the last 16 drawn again. */
export function normal_f32(state: usize, out: usize, n: i32, mean: f64, std: f64): void {
  const m = f32x4.splat(<f32>mean), s = f32x4.splat(<f32>std);
  uniform_f32(state, out, n, 0, 1);
  for (let i = 0; i + 16 <= n; i += 16) block_f32(out + (<usize>i << 2), m, s);
  if (n & 15) {
    const last = out + (<usize>(n - 16) << 2);
    uniform_f32(state, last, 16, 0, 1);
    block_f32(last, m, s);
  }
}

function block_f64(d: usize, mean: f64, std: f64): void {
  for (let j = 0; j < 8; ++j) {
    const radius = sqrt(-2.0 * log64(1.0 - load<f64>(d))), theta = 6.28318530717958647693 * load<f64>(d, 64);
    store<f64>(d, radius * NativeMath.cos(theta) * std + mean);
    store<f64>(d, radius * NativeMath.sin(theta) * std + mean, 64);
    d += 8;
  }
}

/** As `normal_f32`. */
export function normal_f64(state: usize, out: usize, n: i32, mean: f64, std: f64): void {
  uniform_f64(state, out, n, 0, 1);
  for (let i = 0; i + 16 <= n; i += 16) block_f64(out + (<usize>i << 3), mean, std);
  if (n & 15) {
    const last = out + (<usize>(n - 16) << 3);
    uniform_f64(state, last, 16, 0, 1);
    block_f64(last, mean, std);
  }
}

function exponential(state: usize, rate: f64): f64 {
  return -1.0 / rate * log64(1.0 - mtNextDouble53(state));
}

/** Exponentially distributed numbers. */
export function exponential_f32(state: usize, out: usize, n: i32, rate: f64): void {
  for (let i = 0; i < n; ++i) store<f32>(out + (<usize>i << 2), <f32>exponential(state, rate));
}

/** Exponentially distributed numbers. */
export function exponential_f64(state: usize, out: usize, n: i32, rate: f64): void {
  for (let i = 0; i < n; ++i) store<f64>(out + (<usize>i << 3), exponential(state, rate));
}

/** `low + draw % range`, both integers below 2^53 in size; ranges from 2^32 take two words a draw. */
export function randint_i64(state: usize, out: usize, n: i32, low: f64, range: f64): void {
  const first = <i64>low, count = <u64>range, wide = count >= 0x100000000;
  for (let i = 0; i < n; ++i) {
    const drawn = wide ? next64(state) : <u64><u32>mtNext(state);
    store<i64>(out + (<usize>i << 3), first + <i64>(drawn % count));
  }
}

/** A random order of 0 to n - 1. */
export function randperm(state: usize, out: usize, n: i32): void {
  for (let i = 0; i < n; ++i) store<i64>(out + (<usize>i << 3), i);
  for (let i = 0; i < n - 1; ++i) {
    const a = out + (<usize>i << 3), b = a + (<usize>(<u32>mtNext(state) % <u32>(n - i)) << 3);
    const kept = load<i64>(a);
    store<i64>(a, load<i64>(b));
    store<i64>(b, kept);
  }
}

/** 1 with probability `p`. */
export function bernoulli_b1(state: usize, out: usize, n: i32, p: f64): void {
  // u * 2^-53 < p for an integer u: u < ceil(p * 2^53)
  const bound = <i64>ceil(p * 9007199254740992.0), bounds = i64x2.splat(bound), bits = i64x2.splat(0x1fffffffffffff);
  const end = out + n;
  while (out < end) {
    let at = load<i32>(state, POSITION);
    for (; at + 4 <= N && out + 2 <= end; at += 4) {
      const words = temper4(state + (<usize>at << 2));
      const u = v128.and(v128.shuffle<i32>(words, words, 1, 0, 3, 2), bits);
      const below = i64x2.bitmask(i64x2.lt_s(u, bounds));
      store<u16>(out, (below & 1) | ((below & 2) << 7));
      out += 2;
    }
    store<i32>(state, at, POSITION);
    if (out < end) store<u8>(out++, <i64>(next64(state) & 0x1fffffffffffff) < bound);
  }
}

/** 1 with each element's own probability, against 24-bit uniform numbers. */
export function bernoulliTensor_f32(state: usize, p: usize, out: usize, n: i32): void {
  for (let i = 0; i < n; ++i) {
    const u = <f32>(mtNext(state) & 0xffffff) * <f32>5.9604644775390625e-8;
    store<u8>(out + i, u < load<f32>(p + (<usize>i << 2)));
  }
}

/** The same against 53-bit uniform numbers. */
export function bernoulliTensor_f64(state: usize, p: usize, out: usize, n: i32): void {
  for (let i = 0; i < n; ++i) store<u8>(out + i, mtNextDouble53(state) < load<f64>(p + (<usize>i << 3)));
}
