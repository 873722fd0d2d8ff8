// The templates of the f64, i64 and bool rows of two inputs: with a constant op they fold to one loop.

export const enum Op {
  add, sub, mul, div, maximum, minimum, fmax, fmin, truncDivide, copysign,
  reluBackward, tanhBackward, sigmoidBackward, cube,
  floorDivide, remainder, fmod, pow, and, or, xor, leftShift, rightShift, heaviside, gcd, lcm,
  eq, ne, lt, le, gt, ge,
}

// @ts-ignore: decorator
@inline function compare<T>(op: i32, a: T, b: T): bool {
  if (op == Op.eq) return a == b;
  if (op == Op.ne) return a != b;
  if (op == Op.lt) return a < b;
  if (op == Op.le) return a <= b;
  if (op == Op.gt) return a > b;
  return a >= b;
}

// @ts-ignore: decorator
@inline function applyFloat(op: i32, a: f64, b: f64): f64 {
  if (op == Op.div) return a / b;
  if (op == Op.maximum) return max(a, b);
  if (op == Op.minimum) return min(a, b);
  if (op == Op.fmax) return a != a ? b : a < b ? b : a;
  if (op == Op.fmin) return a != a ? b : b < a ? b : a;
  if (op == Op.truncDivide) return trunc(a / b);
  if (op == Op.copysign) return copysign(a, b);
  if (op == Op.reluBackward) return b <= 0 ? 0.0 : a;
  if (op == Op.tanhBackward) return a * (1.0 - b * b);
  if (op == Op.sigmoidBackward) return a * (b * (1.0 - b));
  if (op == Op.cube) return a * a * a;
  return unreachable();
}

/** A divisor of 0 gives 0 (the host has refused it before), -1 negates: neither may trap. */
// @ts-ignore: decorator
@inline function applyInteger<T>(op: i32, a: T, b: T): T {
  if (op == Op.maximum) return a > b ? a : b;
  if (op == Op.minimum) return a < b ? a : b;
  if (op == Op.truncDivide) return b == <T>0 ? <T>0 : b == <T>-1 ? <T>0 - a : a / b;
  if (op == Op.floorDivide) return floorDivide<T>(a, b);
  if (op == Op.remainder) {
    const r = b == <T>0 ? <T>0 : a % b;
    return r != <T>0 && (r ^ b) < <T>0 ? r + b : r;
  }
  if (op == Op.fmod) return b == <T>0 ? <T>0 : a % b;
  if (op == Op.pow) return <T>power(a, b);
  if (op == Op.and) return a & b;
  if (op == Op.or) return a | b;
  if (op == Op.xor) return a ^ b;
  if (op == Op.leftShift) return a << b;
  if (op == Op.rightShift) return a >> b;
  if (op == Op.heaviside) return a == <T>0 ? b : a > <T>0 ? <T>1 : <T>0;
  if (op == Op.gcd) return <T>divisor(a, b);
  if (op == Op.lcm) return a == <T>0 || b == <T>0 ? <T>0 : <T>abs(a / <T>divisor(a, b) * b);
  return unreachable();
}

/** The greatest common divisor, never negative. */
function divisor(a: i64, b: i64): i64 {
  while (b != 0) {
    const r = b == -1 ? 0 : a % b;
    a = b;
    b = r;
  }
  return abs(a);
}

// @ts-ignore: decorator
@inline function floorDivide<T>(a: T, b: T): T {
  if (b == <T>0) return <T>0;
  if (b == <T>-1) return <T>0 - a;
  const q = a / b;
  return q * b != a && (a ^ b) < <T>0 ? q - <T>1 : q;
}

/** Wraps; a negative exponent gives 0 unless the base is 1 or -1. */
function power(base: i64, exponent: i64): i64 {
  if (exponent < 0) return base == 1 ? 1 : base == -1 ? 1 - ((exponent & 1) << 1) : 0;
  let result: i64 = 1;
  for (; exponent; exponent >>= 1) {
    if (exponent & 1) result *= base;
    base *= base;
  }
  return result;
}

/** A comparison writes bytes, everything else its own type. */
// @ts-ignore: decorator
@inline export function row<T>(op: i32, a: usize, b: usize, out: usize, n: i32, sa: i32, sb: i32, so: i32): void {
  const stepA = <usize>sa * sizeof<T>(), stepB = <usize>sb * sizeof<T>();
  const stepOut = <usize>so * (op >= Op.eq ? 1 : sizeof<T>());
  for (; n > 0; --n) {
    const x = load<T>(a), y = load<T>(b);
    if (op >= Op.eq) store<u8>(out, <u8>compare<T>(op, x, y));
    else if (op == Op.add) store<T>(out, x + y);
    else if (op == Op.sub) store<T>(out, x - y);
    else if (op == Op.mul) store<T>(out, x * y);
    else if (isFloat<T>()) store<T>(out, <T>applyFloat(op, <f64>x, <f64>y));
    else store<T>(out, applyInteger<T>(op, x, y));
    a += stepA;
    b += stepB;
    out += stepOut;
  }
}

/** Short stretches by hand: engines leave the module for `memory.copy`. */
function copyBytes(dst: usize, src: usize, n: usize): void {
  if (n > 1024) {
    memory.copy(dst, src, n);
    return;
  }
  for (; n >= 64; n -= 64) {
    v128.store(dst, v128.load(src));
    v128.store(dst, v128.load(src, 16), 16);
    v128.store(dst, v128.load(src, 32), 32);
    v128.store(dst, v128.load(src, 48), 48);
    dst += 64;
    src += 64;
  }
  for (; n >= 16; n -= 16) {
    v128.store(dst, v128.load(src));
    dst += 16;
    src += 16;
  }
  for (; n > 0; --n) {
    store<u8>(dst, load<u8>(src));
    ++dst;
    ++src;
  }
}

/** Copies a row of `n` elements. */
// @ts-ignore: decorator
@inline export function copyRow<T>(src: usize, dst: usize, n: i32, ss: i32, sd: i32): void {
  if (sd == 1 && ss == 1) {
    copyBytes(dst, src, <usize>n * sizeof<T>());
    return;
  }
  const stepS = <usize>ss * sizeof<T>(), stepD = <usize>sd * sizeof<T>();
  if (ss == 0) {
    const value = load<T>(src);
    for (; n > 0; --n) {
      store<T>(dst, value);
      dst += stepD;
    }
    return;
  }
  for (; n > 0; --n) {
    store<T>(dst, load<T>(src));
    src += stepS;
    dst += stepD;
  }
}
